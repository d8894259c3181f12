"""A cast of simulations in a kernel and in workers, one of which is killed at a random moment, again and again."""

from __future__ import annotations

import os
import random
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from uuid import UUID

import psutil

from gymdash_jupyter.states import SimState
from gymdash_jupyter.tracker import SimulationTracker
from tests.storms.judging import SLACK_S, Loss, check_sound, loss, stored_steps, wrong_states
from tests.storms.kernels import DoomedKernel
from tests.storms.samples import writing
from tests.storms.step_log import read_log
from tests.waiting import wait_until

RATES = (2_000, 10_000, 20_000)
_IMPORTED = 100


@dataclass
class Doomed:
    """One simulation of the cast.

    Attributes:
        sim_id: Its id.
        log: What it says of itself beside the project.
        is_thread: Whether it executes in a thread of the kernel.
        has_parent: Whether the process that started it lives, so that its exit code is known.
    """

    sim_id: UUID
    log: Path
    is_thread: bool = False
    has_parent: bool = True


@dataclass
class Figures:
    """What came of it: a number for each kill."""

    kills: list[str] = field(default_factory=list)
    seen_s: list[float] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)


class KillStorm:
    """Kill and judge.

    Args:
        tracker: The live tracker in this process that sees it all; starts half of the workers itself.
        scratch: A folder for logs.
        seed: Of what is killed when.
    """

    def __init__(self, tracker: SimulationTracker, scratch: Path, seed: int) -> None:
        self.figures = Figures()
        self._tracker, self._project = tracker, tracker.project
        self._scratch = scratch
        self._random = random.Random(seed)  # noqa: S311 - it only has to be repeatable
        self._cast: list[Doomed] = []
        self._n_started = 0
        self._kernel = self._new_kernel()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._kernel.__exit__(*exc)
        for one in self._cast:
            if not self._project.store.simulation(one.sim_id).is_done:
                self._kill(self._pid(one))

    # Kills, each at a random moment

    def kill_worker(self) -> None:
        """Kill a worker that is at work."""
        victim = self._random.choice([one for one in self._cast if not one.is_thread])
        self._wait_until_at_work([victim])
        time.sleep(self._random.uniform(0.0, 0.3))
        self._kill(self._pid(victim))
        self._judge("worker", [victim])
        self._start_worker()

    def kill_young_worker(self) -> None:
        """Kill a worker between its first instruction and its first points."""
        young = self._start_worker()
        time.sleep(self._random.uniform(0.0, 1.2))
        self._kill(self._pid(young))
        self._judge("young worker", [young])

    def kill_kernel(self) -> None:
        """Kill the notebook's kernel; its workers go on, can be asked and are stopped by somebody else."""
        threads = [one for one in self._cast if one.is_thread]
        workers = [one for one in self._cast if not one.is_thread]
        self._wait_until_at_work(threads)
        time.sleep(self._random.uniform(0.0, 0.3))
        self._kernel.kill()
        self._judge("kernel", threads)
        self._kernel.__exit__()
        for one in workers:
            one.has_parent &= not one.log.name.startswith("kernel")
        for one in [one for one in workers if not one.has_parent]:
            asked = self._tracker.query(one.sim_id, custom_query=True, timeout_s=60)
            assert asked["custom_query"] > 0
        if orphans := [one for one in workers if not one.has_parent]:
            self._stop(orphans[0])
        self._kernel = self._new_kernel()

    def kill_young_kernel(self) -> None:
        """Kill the kernel while a worker that it has just started wakes up."""
        log = self._log("kernel-young")
        young = Doomed(self._kernel.start(log, "process", rate=RATES[0]), log, has_parent=False)
        time.sleep(self._random.uniform(0.0, 0.5))
        self._cast.append(young)
        threads = [one for one in self._cast if one.is_thread]
        self._kernel.kill()
        self._judge("young kernel", threads)
        self._wait_until_at_work([young])
        self._stop(young)
        for one in self._cast:
            one.has_parent &= not one.log.name.startswith("kernel")
        self._kernel.__exit__()
        self._kernel = self._new_kernel()

    def stop_all(self) -> None:
        """Stop the others by hand; of them nothing may be missing at all."""
        for one in self._cast[:]:
            self._wait_until_at_work([one])
            self._stop(one)

    # Inside

    def _new_kernel(self) -> DoomedKernel:
        kernel = DoomedKernel(self._project, self._scratch)
        for launcher in ("thread", "process"):
            log = self._log(f"kernel-{launcher}")
            sim_id = kernel.start(log, launcher, rate=self._random.choice(RATES))
            self._cast.append(Doomed(sim_id, log, is_thread=launcher == "thread"))
        while sum(not one.is_thread for one in self._cast) < 3:
            self._start_worker()
        return kernel

    def _start_worker(self) -> Doomed:
        log = self._log("mine")
        sim_id, _ = self._tracker.start_sim(
            writing(log, log.name, rate=self._random.choice(RATES))
        )
        one = Doomed(sim_id, log)
        self._cast.append(one)
        return one

    def _log(self, name: str) -> Path:
        self._n_started += 1
        return self._scratch / f"{name}-{self._n_started}"

    def _pid(self, one: Doomed) -> int:
        owner = self._project.store.simulation(one.sim_id).owner
        assert owner is not None
        return owner.pid

    def _kill(self, pid: int) -> None:
        # Never anybody else's process: it is one of this storm's, or gone.
        if psutil.pid_exists(pid):
            os.kill(pid, signal.SIGKILL)

    def _wait_until_at_work(self, those: list[Doomed]) -> None:
        for one in those:
            wait_until(
                lambda one=one: len(read_log(one.log)) > _IMPORTED, 60, what=f"{one} to be at work"
            )

    def _judge(self, what: str, dead: list[Doomed]) -> None:
        """Check everything that must hold from some seconds after a kill on."""
        died = time.monotonic()
        store = self._project.store
        for one in dead:
            wait_until(
                lambda one=one: store.simulation(one.sim_id).state is SimState.LOST,
                what=f"the death of {one.log.name} to be seen",
            )
        self.figures.kills.append(what)
        self.figures.seen_s.append(time.monotonic() - died)
        self._cast = [one for one in self._cast if one not in dead]
        assert wrong_states(self._project) == []
        check_sound(self._project)
        for one in dead:
            self._judge_words(one)
            lost = loss(self._project, one.sim_id, one.log)
            assert lost.age_s <= lost.allowed_s + SLACK_S, f"{one.log.name}: {lost}"
            self.figures.losses.append(lost)
        for one in self._cast:
            self._judge_living(one)

    def _judge_words(self, one: Doomed) -> None:
        (status,) = (row.status for row in self._project.store.statuses([one.sim_id]))
        assert status.details.startswith("Lost: the process that executed it")
        is_known = one.has_parent and not one.is_thread
        assert ("was killed by SIGKILL" in status.details) == is_known, status.details

    def _judge_living(self, one: Doomed) -> None:
        record = self._project.store.simulation(one.sim_id)
        assert not record.state.is_terminal, f"{one.log.name} is {record.state}"
        if len(read_log(one.log)) > _IMPORTED:
            n_before = stored_steps(self._project, one.sim_id)
            wait_until(
                lambda: stored_steps(self._project, one.sim_id) > n_before,
                what=f"{one.log.name} to go on",
            )

    def _stop(self, one: Doomed) -> None:
        self._tracker.cancel(one.sim_id)
        states = self._tracker.wait(one.sim_id, 60)
        assert states == {one.sim_id: SimState.CANCELLED}
        assert stored_steps(self._project, one.sim_id) == len(read_log(one.log))
        self._cast.remove(one)
