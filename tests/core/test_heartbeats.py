"""For how long simulations of processes elsewhere have been silent, by the watcher's own clock."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from gymdash_jupyter.config import SimulationStartConfig, config_to_json
from gymdash_jupyter.heartbeats import HeartbeatWatch
from gymdash_jupyter.liveness import own_identity
from gymdash_jupyter.records import ProcessIdentity, SimulationRecord
from gymdash_jupyter.states import SimState

ELSEWHERE = ProcessIdentity("linux:another-boot:pid:[1]", 7, "123", "node-3")


class Clock:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watch(clock: Clock) -> HeartbeatWatch:
    return HeartbeatWatch(clock=clock)


def running(owner: ProcessIdentity | None = ELSEWHERE, heartbeat: int = 5) -> SimulationRecord:
    """Give the record of a simulation that is executed somewhere."""
    return SimulationRecord(
        sim_id=uuid4(),
        name="far",
        created=None,
        started=None,
        ended=None,
        is_done=False,
        cancelled=False,
        failed=False,
        force_stopped=False,
        config_json=config_to_json(SimulationStartConfig(name="far", sim_key="far")),
        start_kwargs_json="{}",
        sim_type_name="Far",
        sim_module_name="far",
        state=SimState.RUNNING,
        owner=owner,
        heartbeat=heartbeat,
    )


def test_silence_is_said_from_three_minutes_on_in_whole_minutes(
    watch: HeartbeatWatch, clock: Clock
) -> None:
    record = running()
    said = []
    for clock.now in (0, 60, 179, 180, 239, 240, 3700):
        said.append(watch.silence_s(record))
    assert said == [None, None, None, 180, 180, 240, 3660]


def test_a_heartbeat_ends_the_silence(watch: HeartbeatWatch, clock: Clock) -> None:
    record = running()
    watch.silence_s(record)
    clock.now += 200
    assert watch.silence_s(record) == 180
    assert watch.silence_s(replace(record, heartbeat=6)) is None
    clock.now += 179
    assert watch.silence_s(replace(record, heartbeat=6)) is None


def test_one_that_beats_is_never_silent(watch: HeartbeatWatch, clock: Clock) -> None:
    record = running()
    for beat in range(10):
        clock.now += 170
        assert watch.silence_s(replace(record, heartbeat=beat)) is None


def test_a_counter_that_starts_again_counts_as_heard(watch: HeartbeatWatch, clock: Clock) -> None:
    record = running(heartbeat=900)
    watch.silence_s(record)
    clock.now += 500
    assert watch.silence_s(replace(record, heartbeat=1)) is None


def test_each_simulation_is_heard_for_itself(watch: HeartbeatWatch, clock: Clock) -> None:
    one, another = running(), running()
    watch.silence_s(one)
    clock.now += 180
    assert watch.silence_s(another) is None
    assert watch.silence_s(one) == 180


def test_a_living_process_here_is_silent_from_ten_seconds_on(
    watch: HeartbeatWatch, clock: Clock
) -> None:
    record = running(own_identity())
    said = []
    for clock.now in (0, 9, 10, 39, 59, 61, 130):
        said.append(watch.silence_s(record))
    assert said == [None, None, 10, 30, 50, 60, 120]
    assert watch.silence_s(replace(record, heartbeat=6)) is None


DEAD = replace(own_identity(), started="1")


@pytest.mark.parametrize(
    ("owner", "state"),
    [
        (DEAD, SimState.RUNNING),
        (None, SimState.RUNNING),
        (own_identity(), SimState.SETTING_UP),  # it may import for long before it beats
    ],
)
def test_where_heartbeats_mean_nothing_there_is_no_silence(
    watch: HeartbeatWatch, clock: Clock, owner: ProcessIdentity | None, state: SimState
) -> None:
    record = replace(running(owner), state=state)
    watch.silence_s(record)
    clock.now += 1000
    assert watch.silence_s(record) is None


@pytest.mark.parametrize("state", [SimState.QUEUED, SimState.SUCCEEDED, SimState.LOST])
def test_one_that_does_not_execute_is_not_silent(
    watch: HeartbeatWatch, clock: Clock, state: SimState
) -> None:
    record = replace(running(), state=state)
    watch.silence_s(record)
    clock.now += 1000
    assert watch.silence_s(record) is None
