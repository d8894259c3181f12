"""Samples of what this process uses: when they are taken, and that they are right."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from gymdash_jupyter.launch import sampling
from gymdash_jupyter.launch.sampling import Sampling
from gymdash_jupyter.resource_usage import OwnProcessReader
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gymdash_jupyter.records import ResourceSample

HOLDS_50_MB = "held = bytearray(50_000_000); print('ready', flush=True); input()"


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sampler(clock: Clock) -> Iterator[Sampling]:
    """Give one whose helper thread finds nothing to do, for its clock stands still between looks."""
    made = Sampling(clock)
    yield made
    made.end("sim")


def times_of(sampler: Sampling, clock: Clock, seconds: list[float]) -> list[float]:
    """Begin a simulation, look at these seconds after its start, and give when samples were taken."""
    start, taken = clock.now, []
    sampler.begin("sim", lambda _: taken.append(clock.now - start))
    for each in seconds:
        clock.now = start + each
        sampler.look()
    return taken


def test_the_first_sample_is_soon_and_the_others_every_5_s(
    sampler: Sampling, clock: Clock
) -> None:
    half_seconds = [i / 2 for i in range(40)]
    assert times_of(sampler, clock, half_seconds) == [1, 6, 11, 16]


def test_the_end_is_sampled_too_and_once(sampler: Sampling, clock: Clock) -> None:
    taken: list[ResourceSample] = []
    sampler.begin("sim", taken.append)
    clock.now += 0.05
    sampler.end("sim")
    sampler.end("sim")
    assert len(taken) == 1


def test_an_end_just_behind_a_sample_needs_no_other(sampler: Sampling, clock: Clock) -> None:
    taken = times_of(sampler, clock, [1, 6])
    clock.now += 0.1
    sampler.end("sim")
    assert taken == [1, 6]


def test_long_simulations_are_sampled_less_and_less_often(
    sampler: Sampling, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampling, "MOST_RESOURCE_SAMPLES", 4)
    taken = times_of(sampler, clock, list(range(100)))
    # The fifth is one too many: the store keeps three of them, and two later is the next time.
    assert taken == [1, 6, 11, 16, 21, 31, 41, 61, 81]


def test_each_simulation_has_its_own_times(sampler: Sampling, clock: Clock) -> None:
    one: list[float] = []
    other: list[float] = []
    start = clock.now
    sampler.begin("one", lambda _: one.append(clock.now - start))
    for second in range(12):
        if second == 3:
            sampler.begin("other", lambda _: other.append(clock.now - start))
        clock.now = start + second
        sampler.look()
    sampler.end("one")
    sampler.end("other")
    # Begun between seconds 2 and 3, and ended at 11, when the last sample is older than a moment.
    assert (one, other) == ([1, 6, 11], [3, 8, 11])


def clocks() -> tuple[float, float]:
    """Give what this process has spent and what has passed, in seconds."""
    return time.process_time(), time.monotonic()


def test_cpu_is_what_was_spent_since_the_sample_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "_FIRST_AFTER_S", 3600)
    taken: list[ResourceSample] = []
    sampler = Sampling()
    # On a busy machine, anything may happen between two clocks: so they are read before and after those of the sampler.
    before = clocks()
    sampler.begin("sim", taken.append)
    begun = clocks()
    while time.process_time() < begun[0] + 0.25:
        pass
    ending = clocks()
    sampler.end("sim")
    after = clocks()
    least = (ending[0] - begun[0]) / (after[1] - before[1])
    most = (after[0] - before[0]) / (ending[1] - begun[1])
    (sample,) = taken
    assert 0.9 * least <= sample.cpu <= 1.1 * most


def test_the_helper_thread_samples_by_itself_and_ends_with_the_last_simulation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sampling, "_FIRST_AFTER_S", 0.05)
    monkeypatch.setattr(sampling, "INTERVAL_S", 0.05)
    taken: list[ResourceSample] = []
    sampler = Sampling()
    sampler.begin("sim", taken.append)
    wait_until(lambda: taken, what="a sample")
    sampler.end("sim")
    wait_until(lambda: not sampler._task.is_running, what="the helper thread to end")


def test_an_error_of_measuring_is_not_the_simulations(
    sampler: Sampling, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(self: OwnProcessReader, **_: object) -> None:
        raise OSError("no /proc here")

    monkeypatch.setattr(OwnProcessReader, "look", fails)
    sampler.begin("sim", print)
    sampler.end("sim")
    assert "cannot be measured" in caplog.text


@pytest.mark.skipif(sys.platform == "win32", reason="has no sessions")
@pytest.mark.parametrize(("has_own_session", "counted"), [(False, True), (True, False)])
def test_children_count_unless_they_have_a_session_of_their_own(
    has_own_session: bool, counted: bool
) -> None:
    reader = OwnProcessReader()
    before = reader.look().memory_bytes
    child = subprocess.Popen(
        [sys.executable, "-c", HOLDS_50_MB],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=has_own_session,
    )
    assert child.stdout is not None
    child.stdout.readline()
    more = reader.look().memory_bytes - before
    child.communicate(b"\n")
    assert (more > 40_000_000) is counted
