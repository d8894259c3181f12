"""Episodes as rows: matched by step, complete where something is missing."""

import pandas as pd
import pytest

from gymdash_jupyter.errors import UnknownSimulationError
from gymdash_jupyter.frames import control_requests_frame, episodes_frame
from gymdash_jupyter.records import Batch, ControlRequest
from tests.frames.projects import NOON, add_simulation, record

NOON_S = NOON.timestamp()
DTYPES = {
    "sim_id": "category",
    "episode": "int64",
    "step": "int64",
    "time": "datetime64[us, UTC]",
    "return": "float64",
    "length": "Int64",
    "duration_s": "float64",
}


def add_episodes(store, sim_id, returns=(), lengths=(), times=()):
    """Record series of pairs (step, value), each point at the second of its step."""
    series = {"episode/return": returns, "episode/length": lengths, "episode/time": times}
    for key, points in series.items():
        if points:
            steps, values = zip(*points, strict=True)
            record(store, sim_id, key, steps, values, [NOON_S + step for step in steps])


def rows(store, *columns):
    return (
        episodes_frame(store)[list(columns)]
        .astype(object)
        .where(lambda f: f.notna(), None)
        .to_numpy()
        .tolist()
    )


def test_one_row_an_episode(store):
    sim_id = add_simulation(store)
    add_episodes(
        store, sim_id, [(10, 1.5), (30, 2.5)], [(10, 10), (30, 20)], [(10, 0.1), (30, 0.2)]
    )
    frame = episodes_frame(store)
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == DTYPES
    assert frame.to_dict("list") == {
        "sim_id": [str(sim_id)] * 2,
        "episode": [1, 2],
        "step": [10, 30],
        "time": [NOON + pd.Timedelta(seconds=10), NOON + pd.Timedelta(seconds=30)],
        "return": [1.5, 2.5],
        "length": [10, 20],
        "duration_s": [0.1, 0.2],
    }


def test_an_empty_project_has_the_same_columns_and_dtypes(store):
    assert {name: str(dtype) for name, dtype in episodes_frame(store).dtypes.items()} == DTYPES


def test_episodes_count_from_1_in_each_simulation(store):
    one, two = add_simulation(store, minute=1), add_simulation(store, minute=2)
    add_episodes(store, two, [(1, 1.0)])
    add_episodes(store, one, [(1, 1.0), (2, 2.0)])
    assert rows(store, "sim_id", "episode") == [[str(one), 1], [str(one), 2], [str(two), 1]]


def test_a_series_that_was_never_recorded_is_missing(store):
    add_episodes(store, add_simulation(store), lengths=[(5, 5)])
    assert rows(store, "step", "return", "length", "duration_s") == [[5, None, 5, None]]


def test_a_gap_in_one_series_moves_nothing(store):
    add_episodes(
        store,
        add_simulation(store),
        [(1, 0.1), (2, 0.2), (3, 0.3)],
        [(1, 11), (3, 13)],
        [(2, 9.0)],
    )
    assert rows(store, "episode", "step", "return", "length", "duration_s") == [
        [1, 1, 0.1, 11, None],
        [2, 2, 0.2, None, 9.0],
        [3, 3, 0.3, 13, None],
    ]


def test_an_episode_without_a_return_stands_at_its_time(store):
    add_episodes(store, add_simulation(store), [(1, 0.1), (3, 0.3)], [(1, 1), (2, 2), (3, 3)])
    assert rows(store, "step", "return", "length") == [[1, 0.1, 1], [2, None, 2], [3, 0.3, 3]]


def test_episodes_that_end_at_one_step_are_several(store):
    add_episodes(store, add_simulation(store), [(8, 1.0), (8, 2.0)], [(8, 8), (8, 4)], [(8, 0.5)])
    assert rows(store, "episode", "return", "length", "duration_s") == [
        [1, 1.0, 8, 0.5],
        [2, 2.0, 4, None],
    ]


def test_steps_that_went_back_keep_their_order(store):
    sim_id = add_simulation(store)
    steps = [10, 20, 5]
    times = [NOON_S, NOON_S + 1, NOON_S + 2]
    record(store, sim_id, "episode/return", steps, [1, 2, 3], times)
    record(store, sim_id, "episode/length", steps[1:], [20, 5], times[1:])
    assert rows(store, "step", "length") == [[10, None], [20, 20], [5, 5]]


def test_lengths_that_are_not_whole_stay_what_they_are(store):
    add_episodes(store, add_simulation(store), lengths=[(1, 1.5), (2, 3)])
    assert episodes_frame(store)["length"].tolist() == [1.5, 3.0]


def test_episodes_of_an_unknown_simulation_raise(store):
    with pytest.raises(UnknownSimulationError):
        episodes_frame(store, "abcdef")


def test_control_requests(store):
    one, two = add_simulation(store), add_simulation(store, minute=1)
    asked = [
        ControlRequest("r1", one, "custom_query", "Which <b>way</b>?", ("left", "right"), NOON),
        ControlRequest("r2", two, "stop_simulation", "", (), NOON),
    ]
    store.write([Batch(one, requests=asked[:1]), Batch(two, requests=asked[1:])])
    store.close_requests(["r2"])
    frame = control_requests_frame(store)
    assert frame.to_dict("list") == {
        "sim_id": [str(one), str(two)],
        "request_id": ["r1", "r2"],
        "channel": ["custom_query", "stop_simulation"],
        "details": ["Which <b>way</b>?", ""],
        "subkeys": [("left", "right"), ()],
        "time": [pd.Timestamp(NOON)] * 2,
        "is_open": [True, False],
    }
    assert control_requests_frame(store, open_only=True)["request_id"].tolist() == ["r1"]
    assert control_requests_frame(store, two)["request_id"].tolist() == ["r2"]


def test_no_control_requests_give_the_same_dtypes(store):
    empty = control_requests_frame(store).dtypes
    sim_id = add_simulation(store)
    store.write([Batch(sim_id, requests=[ControlRequest("r", sim_id, "c", "d", ("x",), NOON)])])
    assert control_requests_frame(store).dtypes.to_dict() == empty.to_dict()
