"""Simulations to launch, each does one thing. Some run in other processes, so they speak through files."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.errors import StopSimException
from gymdash_jupyter.simulation import Simulation

LOOK_INTERVAL_S = 0.002


def made(simulation_type: type[Simulation], **kwargs: Any) -> Simulation:
    """Make a simulation of a type."""
    name = simulation_type.__name__
    return simulation_type(SimulationStartConfig(name=name, sim_key=name, kwargs=kwargs))


class Noting(Simulation):
    """Appends what is called to the file ``log``, if there is one among its kwargs."""

    def note(self, word: str) -> None:
        log = self.config.kwargs.get("log")
        if log:
            with Path(log).open("a") as file:
                file.write(f"{word}\n")

    def _setup(self, **kwargs: Any) -> None:
        self.note("setup")

    def _run(self, **kwargs: Any) -> None:
        self.note("run")


class Quick(Noting):
    """Says a little of everything and returns."""

    def _run(self, **kwargs: Any) -> None:
        self.note("run")
        n = kwargs.get("n", 3)
        for step in range(n):
            self.recorder.scalar("score", step * 0.5, step)
            self.recorder.progress(step + 1, n, "counting")
        self.interactor.add_control_request("custom_query", "Well?", "answer")
        self.result = {"n": n}


class FailingSetup(Noting):
    """Fails before it runs."""

    def _setup(self, **kwargs: Any) -> None:
        self.note("setup")
        raise ValueError("no such environment")


class FailingRun(Noting):
    """Records a point and fails."""

    def _run(self, **kwargs: Any) -> None:
        self.note("run")
        self.recorder.scalar("score", 1.0, 1)
        raise ValueError("the loss is gone")


class Exits(Noting):
    """Wants to leave Python."""

    def _run(self, **kwargs: Any) -> None:
        self.note("run")
        sys.exit(3)


class ExitsInSetup(Noting):
    """Wants to leave Python before it runs."""

    def _setup(self, **kwargs: Any) -> None:
        self.note("setup")
        sys.exit()


class Interrupts(Noting):
    """Ends as by Ctrl-C."""

    def _run(self, **kwargs: Any) -> None:
        self.note("run")
        raise KeyboardInterrupt


class StopsItself(Noting):
    """Has had enough."""

    def _run(self, **kwargs: Any) -> None:
        self.note("run")
        raise StopSimException("enough for today")


class GymDashFailing(Noting):
    """Catches its error and returns, as GymDash's own simulations do."""

    def _run(self, **kwargs: Any) -> None:
        self.note("run")
        try:
            int("x")
        except ValueError:
            self._meta_failed = True
            self.add_error_details("could not count")


class Polite(Noting):
    """Runs until it is asked to stop; answers what it is asked meanwhile."""

    def _run(self, **kwargs: Any) -> None:
        self.note("run")
        step = 0
        while not self.interactor.set_out_if_in("stop_simulation", True):
            self.base_step()
            self.interactor.set_out_if_in("progress", (step, 1000))
            is_asked, value = self.interactor.get_in("custom_query")
            if is_asked:
                self.note(f"query {value}")
                self.interactor.set_out("custom_query", {"you said": value})
            self.recorder.scalar("score", step, step)
            step += 1
            time.sleep(LOOK_INTERVAL_S)
        self.result = "stopped"


class Gated(Noting):
    """Runs until the file ``gate`` is there, and fails if it is told to."""

    def _run(self, **kwargs: Any) -> None:
        self.note(f"run {self.name}")
        gate = Path(self.config.kwargs["gate"])
        while not gate.exists():
            if self.interactor.set_out_if_in("stop_simulation", True):
                return
            time.sleep(LOOK_INTERVAL_S)
        if self.config.kwargs.get("fails"):
            raise ValueError("told to fail")


class SlowSetup(Noting):
    """Takes its time before it runs, until the file ``gate`` is there."""

    def _setup(self, **kwargs: Any) -> None:
        self.note("setup")
        gate = Path(self.config.kwargs["gate"])
        while not gate.exists():
            time.sleep(LOOK_INTERVAL_S)


class Deaf(Noting):
    """Never looks at its channels."""

    def _run(self, **kwargs: Any) -> None:
        self.note("run")
        while True:
            time.sleep(LOOK_INTERVAL_S)


class Stubborn(Noting):
    """Never looks, and catches every error twice before it gives up."""

    def _run(self, **kwargs: Any) -> None:
        self.note("run")
        for _ in range(2):
            try:
                while True:
                    time.sleep(LOOK_INTERVAL_S)
            except Exception:  # noqa: BLE001 - as careless programs do
                self.note("caught")
        while True:
            time.sleep(LOOK_INTERVAL_S)


class Asking(Noting):
    """Asks the person for a number and leaves it as its result."""

    def _run(self, **kwargs: Any) -> None:
        self.interactor.add_control_request("custom_query", "Which number?", "number")
        while True:
            is_asked, value = self.interactor.get_in("custom_query")
            if is_asked:
                self.interactor.set_out("custom_query", "thanks")
                self.result = value
                return
            time.sleep(LOOK_INTERVAL_S)


class Poisonous(Noting):
    """Says everything that a store could choke on."""

    def _run(self, **kwargs: Any) -> None:
        for key in ("", "\0", "\ud800", "🎮" * 500, "a'b\"c;--"):
            self.recorder.scalar(key, 1.0, 1)
        for value in (float("nan"), float("inf"), 10**400, None, "x", object()):
            self.recorder.scalar("values", value, 1)
        for step in (2**63, -(2**63), None, "x", 1.5, object()):
            self.recorder.scalar("steps", 1.0, step)
        self.recorder.progress(float("nan"), float("inf"), "\ud800\0")
        self.interactor.add_control_request("custom_query", "\ud800\0?", "\0", "")
        self.add_error_details("\ud800\0")
        self._statuses.clear()
        self.result = {"a": object(), "\ud800": float("nan"), "big": 10**5000}
