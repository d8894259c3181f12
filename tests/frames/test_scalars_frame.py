import math

import numpy as np
import pandas as pd
import pytest

from gymdash_jupyter.errors import InvalidArgumentError, UnknownSimulationError
from gymdash_jupyter.frames import scalars_frame
from tests.frames.projects import NOON, add_simulation, record, run

NOW = pd.Timestamp(NOON)


def test_a_key_that_is_not_utf8_breaks_no_frame(store):
    record(store, add_simulation(store), "a\udc80b", [1], [0.5])
    (key,) = scalars_frame(store)["key"]
    assert key.encode("utf-8", "backslashreplace") == b"a\\udc80b"


def test_long_columns_and_dtypes(store):
    sim_id = add_simulation(store)
    record(store, sim_id, "loss", [1], [0.5])
    assert [(name, str(dtype)) for name, dtype in scalars_frame(store).dtypes.items()] == [
        ("sim_id", "category"),
        ("key", "category"),
        ("step", "int64"),
        ("time", "datetime64[us, UTC]"),
        ("value", "float64"),
    ]


def test_an_empty_project_gives_the_same_columns_and_dtypes(store):
    empty = scalars_frame(store)
    record(store, add_simulation(store), "loss", [1], [0.5])
    full = scalars_frame(store)
    assert (len(empty), len(full)) == (0, 1)
    assert [str(d) for d in empty.dtypes] == [str(d) for d in full.dtypes]
    assert list(empty.columns) == list(full.columns)
    assert empty["sim_id"].cat.categories.dtype == full["sim_id"].cat.categories.dtype


def test_values_come_back_exactly(store):
    sim_id = add_simulation(store)
    values = [0.1, math.nan, math.inf, -math.inf, -0.0, 5e-324]
    record(store, sim_id, "loss", range(6), values)
    found = scalars_frame(store)["value"].to_numpy()
    assert found.tobytes() == np.array(values).tobytes()


def test_repeated_and_backward_steps_keep_their_order(store):
    sim_id = add_simulation(store)
    record(store, sim_id, "loss", [0, 10, 10, 5, -3, 2**40], range(6))
    frame = scalars_frame(store)
    assert frame["step"].tolist() == [0, 10, 10, 5, -3, 2**40]
    assert frame["value"].tolist() == [0, 1, 2, 3, 4, 5]


def test_times_are_utc_to_the_microsecond(store):
    sim_id = add_simulation(store)
    record(store, sim_id, "loss", [0, 1], [1, 1], [NOON.timestamp(), NOON.timestamp() + 1e-6])
    assert scalars_frame(store)["time"].tolist() == [NOW, NOW + pd.Timedelta(1, "us")]


def test_a_time_that_is_none_is_missing(store):
    sim_id = add_simulation(store)
    record(store, sim_id, "loss", [0, 1, 2], [1, 1, 1], [math.inf, 1e300, 0.0])
    assert scalars_frame(store)["time"].isna().tolist() == [True, True, False]


def test_rows_go_by_creation_then_key_then_recording(store):
    late = add_simulation(store, minute=2)
    early = add_simulation(store, minute=1)
    record(store, late, "b", [1], [1])
    record(store, early, "b", [2], [2])
    record(store, early, "a", [3], [3])
    record(store, early, "b", [1], [4])
    frame = scalars_frame(store)
    assert frame["value"].tolist() == [3, 2, 4, 1]
    assert frame["sim_id"].tolist() == [str(early)] * 3 + [str(late)]
    assert frame["key"].tolist() == ["a", "b", "b", "b"]


def test_all_points_are_there_however_they_were_flushed(store):
    sim_id = add_simulation(store)
    run(store, sim_id)
    for first in range(0, 10_000, 500):
        record(store, sim_id, "loss", range(first, first + 500), np.arange(first, first + 500))
    frame = scalars_frame(store)
    np.testing.assert_array_equal(frame["step"], np.arange(10_000))
    np.testing.assert_array_equal(frame["value"], np.arange(10_000.0))


def test_more_keys_than_a_byte_can_count(store):
    sim_id = add_simulation(store)
    for number in range(300):
        record(store, sim_id, f"k{number:03}", [number], [number])
    frame = scalars_frame(store)
    assert frame["key"].tolist() == [f"k{number:03}" for number in range(300)]


def test_keys_choose_by_name_and_by_pattern(store):
    sim_id = add_simulation(store)
    for key in ["rollout/a", "rollout/b", "train/a", "time"]:
        record(store, sim_id, key, [0], [0])
    chosen = scalars_frame(store, ["time", "rollout/*"])["key"].tolist()
    assert chosen == ["rollout/a", "rollout/b", "time"]


def test_a_pattern_without_matches_gives_an_empty_frame(store):
    record(store, add_simulation(store), "loss", [0], [0])
    assert scalars_frame(store, "eval/*").empty


def test_an_unknown_key_names_the_nearest_and_what_exists(store):
    record(store, add_simulation(store), "rollout/ep_rew_mean", [0], [0])
    message = r"key 'rollout/ep_rew'\. Did you mean 'rollout/ep_rew_mean'\? Recorded: rollout/ep"
    with pytest.raises(InvalidArgumentError, match=message):
        scalars_frame(store, "rollout/ep_rew")


def test_a_key_of_another_simulation_gives_an_empty_frame(store):
    record(store, add_simulation(store), "loss", [0], [0])
    silent = add_simulation(store)
    assert scalars_frame(store, "loss", silent).empty


def test_sims_choose(store):
    one, two = add_simulation(store, minute=1), add_simulation(store, minute=2)
    record(store, one, "loss", [0], [1])
    record(store, two, "loss", [0], [2])
    assert scalars_frame(store, sims=str(two))["value"].tolist() == [2]
    assert scalars_frame(store, sims=[])["value"].tolist() == []


def test_an_unknown_simulation_raises(store):
    with pytest.raises(UnknownSimulationError, match="0 simulations in this project"):
        scalars_frame(store, sims="00000000-0000-0000-0000-000000000000")


def test_wide_lines_keys_up_by_step(store):
    sim_id = add_simulation(store)
    record(store, sim_id, "a", [0, 10], [1, 2])
    record(store, sim_id, "b", [10, 20], [3, 4])
    wide = scalars_frame(store, wide=True)
    expected = pd.DataFrame(
        {"a": [1, 2, math.nan], "b": [math.nan, 3, 4]},
        index=pd.MultiIndex.from_product([[str(sim_id)], [0, 10, 20]], names=["sim_id", "step"]),
    ).rename_axis(columns="key")
    pd.testing.assert_frame_equal(wide, expected)


def test_wide_keeps_repeated_steps_as_rows_of_their_own(store):
    sim_id = add_simulation(store)
    record(store, sim_id, "a", [0, 5, 5, 0, 5], [1, 2, 3, 4, 5])
    record(store, sim_id, "b", [5, 5], [6, 7])
    wide = scalars_frame(store, wide=True)
    assert wide.index.get_level_values("step").tolist() == [0, 0, 5, 5, 5]
    assert wide["a"].tolist() == [1, 4, 2, 3, 5]
    np.testing.assert_array_equal(wide["b"], [math.nan, math.nan, 6, 7, math.nan])


def test_wide_keeps_simulations_apart_in_order_of_creation(store):
    late, early = add_simulation(store, minute=2), add_simulation(store, minute=1)
    record(store, late, "a", [0, 1], [1, 2])
    record(store, early, "a", [0, 1], [3, 4])
    wide = scalars_frame(store, wide=True)
    assert wide["a"].tolist() == [3, 4, 1, 2]
    assert wide.loc[str(late), "a"].to_dict() == {0: 1.0, 1: 2.0}


def test_wide_columns_follow_the_order_of_the_keys(store):
    sim_id = add_simulation(store)
    for key in "abc":
        record(store, sim_id, key, [0], [0])
    assert list(scalars_frame(store, ["c", "a"], wide=True).columns) == ["c", "a"]


def test_wide_has_a_column_for_a_key_without_points(store):
    record(store, add_simulation(store), "loss", [0], [0])
    silent = add_simulation(store)
    wide = scalars_frame(store, "loss", silent, wide=True)
    assert (list(wide.columns), len(wide)) == (["loss"], 0)


def test_wide_of_an_empty_project_has_the_same_index(store):
    empty = scalars_frame(store, wide=True)
    record(store, add_simulation(store), "loss", [0], [0])
    full = scalars_frame(store, wide=True)
    assert empty.index.names == full.index.names == ["sim_id", "step"]
    assert empty.index.dtypes.tolist() == full.index.dtypes.tolist()
    assert (empty.columns.name, empty.columns.dtype) == ("key", full.columns.dtype)


def test_a_frame_is_a_copy(store):
    sim_id = add_simulation(store)
    record(store, sim_id, "loss", [0], [1])
    frame = scalars_frame(store)
    frame.loc[0, "value"] = 9.0
    assert scalars_frame(store)["value"].tolist() == [1.0]
