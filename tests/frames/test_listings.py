import json
from datetime import timedelta

import pandas as pd
import pytest

from gymdash_jupyter.errors import UnknownSimulationError
from gymdash_jupyter.frames import api_calls_frame, simulations_frame, statuses_frame
from gymdash_jupyter.records import Batch, Progress
from gymdash_jupyter.states import SimState
from gymdash_jupyter.statuses import SimStatus, SimStatusCode
from tests.frames.projects import NOON, add_simulation, end, run

FIXED_COLUMNS = [
    "name",
    "state",
    "created",
    "started",
    "ended",
    "is_done",
    "cancelled",
    "failed",
    "force_stopped",
    "config",
    "start_kwargs",
    "sim_type_name",
    "sim_module_name",
]
TIMES = ["created", "started", "ended", "progress_time", "stop_asked"]
FLAGS = ["is_done", "cancelled", "failed", "force_stopped", "is_foreign"]


def dtypes_of(frame):
    return {name: str(dtype) for name, dtype in frame.dtypes.items()}


def test_the_fixed_columns_come_first(store):
    assert list(simulations_frame(store).columns[:13]) == FIXED_COLUMNS


def test_an_empty_project_gives_the_same_columns_and_dtypes(store):
    empty = simulations_frame(store)
    add_simulation(store)
    full = simulations_frame(store)
    assert dtypes_of(empty) == dtypes_of(full)
    assert (empty.index.name, empty.index.dtype) == ("sim_id", full.index.dtype)


def test_times_are_utc_and_flags_are_bool(store):
    dtypes = dtypes_of(simulations_frame(store))
    assert {dtypes[name] for name in TIMES} == {"datetime64[us, UTC]"}
    assert {dtypes[name] for name in FLAGS} == {"bool"}


def test_a_created_simulation(store):
    sim_id = add_simulation(store, "cart", learning_rate=0.1)
    row = simulations_frame(store).loc[str(sim_id)]
    assert (row["name"], row["state"], row["created"]) == ("cart", "created", pd.Timestamp(NOON))
    assert row[["started", "ended"]].isna().all()
    assert row["config"] == {
        "name": "cart",
        "sim_key": "ppo",
        "sim_family": None,
        "sim_type": None,
        "kwargs": {"learning_rate": 0.1},
    }
    assert row["start_kwargs"] == {}
    assert (row["sim_type_name"], row["sim_module_name"]) == ("PPO", "my.trainings")
    assert pd.isna(row["parent_id"])
    assert pd.isna(row["pid"])


def test_a_running_simulation_tells_its_progress_and_process(store):
    sim_id = add_simulation(store)
    run(store, sim_id, total_timesteps=100)
    said = Progress(current=25, total=100, status="learning", time=NOON.timestamp())
    store.write([Batch(sim_id, progress=said)])
    row = simulations_frame(store).loc[str(sim_id)]
    assert (row["state"], row["launcher"], row["pid"]) == ("running", "process", 4242)
    assert row["start_kwargs"] == {"total_timesteps": 100}
    assert row["started"] == pd.Timestamp(NOON + timedelta(hours=1))
    assert (row["progress"], row["progress_current"], row["progress_total"]) == (0.25, 25, 100)
    assert (row["progress_status"], row["progress_time"]) == ("learning", pd.Timestamp(NOON))


def test_a_succeeded_simulation(store):
    sim_id = add_simulation(store)
    run(store, sim_id)
    end(store, sim_id, SimState.SUCCEEDED, result=[1, {"a": 2}])
    row = simulations_frame(store).loc[str(sim_id)]
    assert (row["state"], row["is_done"], row["failed"]) == ("succeeded", True, False)
    assert row["result"] == [1, {"a": 2}]
    assert row["ended"] == pd.Timestamp(NOON + timedelta(hours=2))


def test_a_cancelled_simulation_is_failed_too(store):
    sim_id = add_simulation(store)
    run(store, sim_id)
    end(store, sim_id, SimState.CANCELLED)
    row = simulations_frame(store).loc[str(sim_id)]
    assert (row["is_done"], row["cancelled"], row["failed"]) == (True, True, True)


def test_simulations_go_by_creation(store):
    late = add_simulation(store, minute=2)
    early = add_simulation(store, minute=1, parent_id=late)
    frame = simulations_frame(store)
    assert frame.index.tolist() == [str(early), str(late)]
    assert frame["parent_id"].iloc[0] == str(late)


def test_statuses(store):
    sim_id = add_simulation(store)
    store.add_statuses(
        sim_id,
        [
            SimStatus(SimStatusCode.INFO, NOON, 0, "hello"),
            SimStatus(SimStatusCode.FAIL, NOON, 1, "no env", "Traceback ..."),
        ],
    )
    frame = statuses_frame(store)
    assert frame.to_dict("list") == {
        "sim_id": [str(sim_id)] * 2,
        "time": [pd.Timestamp(NOON)] * 2,
        "code": [2, 1],
        "code_name": ["INFO", "FAIL"],
        "subcode": [0, 1],
        "details": ["hello", "no env"],
        "error_trace": ["", "Traceback ..."],
    }


def test_statuses_of_some_simulations(store):
    one, two = add_simulation(store), add_simulation(store)
    for sim_id in (one, two):
        store.add_statuses(sim_id, [SimStatus(SimStatusCode.INFO, NOON, 0, str(sim_id))])
    assert statuses_frame(store, two)["details"].tolist() == [str(two)]


def test_statuses_of_an_unknown_simulation_raise(store):
    with pytest.raises(UnknownSimulationError, match="'nope1'"):
        statuses_frame(store, "nope1")


def test_no_statuses_have_the_same_dtypes(store):
    empty = statuses_frame(store)
    sim_id = add_simulation(store)
    store.add_statuses(sim_id, [SimStatus(SimStatusCode.INFO, NOON)])
    assert dtypes_of(empty) == dtypes_of(statuses_frame(store))


def test_api_calls(store):
    empty = api_calls_frame(store)
    store.log_call("start", 0, {"name": "cart"})
    store.log_call("cancel", 1, [1, 2])
    frame = api_calls_frame(store)
    assert frame["name"].tolist() == ["start", "cancel"]
    assert frame["code"].tolist() == [0, 1]
    assert json.dumps(frame["details"].tolist()) == '[{"name": "cart"}, [1, 2]]'
    assert dtypes_of(empty) == dtypes_of(frame)
    assert str(frame["time"].dtype) == "datetime64[us, UTC]"
