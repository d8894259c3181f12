"""A queue whose keeper and workers are killed: everything is started, nothing twice, and only the killed are lost."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import pytest

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.launch.queue.keeping import living_keeper
from gymdash_jupyter.project import Project
from gymdash_jupyter.records import Unsettled
from gymdash_jupyter.registry import SimulationRegistry
from gymdash_jupyter.states import SimState
from gymdash_jupyter.tracker import SimulationTracker
from tests.storms.conftest import Told
from tests.storms.judging import check_sound, stored_steps, wrong_states
from tests.storms.samples import Writing
from tests.storms.step_log import read_log
from tests.waiting import wait_until

N_STEPS = 500
N_PLACES = 3


class QueueStorm:
    """Queue, kill and judge.

    Args:
        tracker: Queues, and looks on.
        scratch: A folder for logs.
        seed: Of what is killed when.
    """

    def __init__(self, tracker: SimulationTracker, scratch: Path, seed: int) -> None:
        self._tracker, self._project = tracker, tracker.project
        self._scratch = scratch
        self._random = random.Random(seed)  # noqa: S311 - it only has to be repeatable
        self._logs: dict[UUID, Path] = {}
        self._killed: set[UUID] = set()
        self.n_keepers = 0
        SimulationRegistry.register("writing", Writing)

    @property
    def n_killed(self) -> int:
        """How many workers were killed."""
        return len(self._killed)

    def queue(self, n: int) -> None:
        """Queue so many short ones, by sim key, so that they wait in the project itself."""
        for i in range(n):
            log = self._scratch / f"queued-{i}"
            kwargs = {"log": str(log), "n": N_STEPS}
            config = SimulationStartConfig(name=log.name, sim_key="writing", kwargs=kwargs)
            self._logs[self._tracker.queue_sim(config)[0]] = log

    def kill_keeper(self) -> None:
        """Kill the keeper soon after it is there; another one comes."""
        keeper = wait_until(self._keeper_or_end, what="a keeper")
        time.sleep(self._random.uniform(0.0, 1.0))
        if keeper is not True and living_keeper(self._project) is not None:
            _kill(keeper)
            self.n_keepers += 1

    def kill_worker(self) -> None:
        """Kill a worker of the queue, if there is one."""
        wait_until(lambda: self._active() or not self._tracker.queued(), what="a worker")
        time.sleep(self._random.uniform(0.0, 0.3))
        if active := self._active():
            victim = self._random.choice(active)
            self._killed.add(victim.sim_id)
            _kill(victim.owner.pid)

    def judge(self, timeout_s: float) -> list[str]:
        """Wait until all have ended, and check that everything is as it should be; gives the killed ones' states."""
        states = self._tracker.wait(list(self._logs), timeout_s)
        others = {s: state for s, state in states.items() if s not in self._killed}
        assert set(others.values()) == {SimState.SUCCEEDED}, _words(self._project, others)
        for sim_id in others:
            # Its log cannot be made twice, so whoever is started a second time has failed.
            assert (
                stored_steps(self._project, sim_id) == N_STEPS == len(read_log(self._logs[sim_id]))
            )
        # One that had just ended when it was killed has succeeded, one that had just begun has lost all.
        left = {states[sim_id] for sim_id in self._killed}
        assert left <= {SimState.LOST, SimState.SUCCEEDED}, _words(self._project, states)
        assert wrong_states(self._project) == []
        assert self._tracker.queued() == []
        check_sound(self._project)
        return [str(states[sim_id]) for sim_id in self._killed]

    def _active(self) -> list[Unsettled]:
        return [u for u in self._project.store.unsettled() if u.state is not SimState.QUEUED]

    def _keeper_or_end(self) -> int | bool:
        if not self._tracker.queued():
            return True
        keeper = living_keeper(self._project)
        return keeper is not None and keeper.identity.pid


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _words(project: Project, states: dict[UUID, SimState]) -> list[str]:
    wrong = [sim_id for sim_id, state in states.items() if state is not SimState.SUCCEEDED]
    words = project.store.latest_statuses(wrong)
    return [f"{states[sim_id]}: {words.get(sim_id)}" for sim_id in wrong]


def storm(
    tracker: SimulationTracker, scratch: Path, tell: Told, *, seed: int, n: int, n_kills: int
) -> None:
    """Queue n, and kill as many keepers and workers."""
    print(f"seed {seed}")
    tracker.max_running = N_PLACES
    queue = QueueStorm(tracker, scratch, seed)
    begin = time.monotonic()
    queue.queue(n)
    queued_s = time.monotonic() - begin
    for _ in range(n_kills):
        queue.kill_worker()
        queue.kill_keeper()
    killed = queue.judge(60 + 2 * n)
    seconds = time.monotonic() - begin
    tell("seed", str(seed))
    tell("queued, places", f"{n} in {queued_s:.1f} s, {N_PLACES} at once")
    tell("all ended after", f"{seconds:.1f} s ({n / seconds:.1f}/s)")
    tell("keepers killed", str(queue.n_keepers))
    tell("workers killed, of which lost", f"{queue.n_killed}, {killed.count('lost')}")


def test_a_queue_outlives_its_keepers(
    tracker: SimulationTracker, tmp_path: Path, tell: Told
) -> None:
    storm(tracker, tmp_path, tell, seed=11, n=8, n_kills=2)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_two_hundred_short_ones_go_through_a_queue_whose_keepers_are_killed(
    tracker: SimulationTracker, tmp_path: Path, tell: Told
) -> None:
    storm(tracker, tmp_path, tell, seed=12, n=200, n_kills=12)
