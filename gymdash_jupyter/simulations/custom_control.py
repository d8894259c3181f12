"""The simulation type ``custom_control``: no training, but all that a simulation and a person can say to each other.

GymDash's interactive demonstration. It writes one number each period, asks before it begins and at pause points, and
takes new values for its kwargs while it waits.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from gymdash_jupyter.arguments import check_known
from gymdash_jupyter.channels import CUSTOM_QUERY, PROGRESS, STOP
from gymdash_jupyter.errors import InvalidArgumentError, StopSimException
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.simulations.argument_values import (
    finite_number,
    finite_numbers,
    named_values,
    true_or_false,
    whole_number,
)

LOOK_INTERVAL_S = 0.02
"""How often it looks at its channels while it waits for time to pass or for a person."""

CONTINUE = "continue"
CHANGEABLE = ("poll_period", "total_runtime", "pause_points", "other_kwargs")
"""The kwargs that an answer may change."""

_KEYS = """\
  poll_period: seconds between two numbers.
  total_runtime: seconds until it ends.
  pause_points: list of the seconds at which it asks again, such as [1, 2.5].
  other_kwargs: dict of anything; not used.
  continue: go on. Without it, the other values are taken and the question is asked again."""

_HELP = f"""\
Writes my_number each period: how many it has written, plus noise. Shows how a simulation asks a person.

Kwargs:
  interactive: whether it asks before it begins (False).
  poll_period: seconds between two numbers (0.5).
  total_runtime: seconds until it ends (30).
  pause_points: list of the seconds at which it stops and asks ([]).
  other_kwargs: not used ({{}}).
  seed: makes the noise repeatable (None: it is not).

While it waits for an answer, send a dict on the channel custom_query with any of these keys:
{_KEYS}

It answers progress, stop_simulation and help_request at any time."""


@dataclass(frozen=True)
class _Plan:
    """What is to happen, in seconds of the simulation's own time."""

    poll_period: float
    total_runtime: float
    pause_points: tuple[float, ...]

    def changed(self, values: Mapping[str, Any]) -> _Plan:
        """Give the plan with new values, all checked before any is taken."""
        checked: dict[str, Any] = {}
        if "poll_period" in values:
            checked["poll_period"] = finite_number("poll_period", values["poll_period"], above=0)
        if "total_runtime" in values:
            checked["total_runtime"] = finite_number("total_runtime", values["total_runtime"])
        if "pause_points" in values:
            points = finite_numbers("pause_points", values["pause_points"])
            checked["pause_points"] = tuple(sorted(points))
        if "other_kwargs" in values:
            named_values("other_kwargs", values["other_kwargs"])
        return replace(self, **checked)


class CustomControlSimulation(Simulation):
    """Write ``my_number`` each period, and ask a person what to do before the start and at pause points.

    Its time is simulated: each step takes the poll period, or what the step really took if that was longer. Time spent
    waiting for an answer does not count. It is ``paused`` while it waits.

    Args:
        config: Its kwargs are those of ``create_kwarg_defaults``; ``_get_help_text`` explains them.

    Attributes:
        result: ``steps`` and ``runtime`` (simulated seconds).
    """

    def create_kwarg_defaults(self) -> dict[str, Any]:
        """Return GymDash's defaults, and ``seed``."""
        return {
            "interactive": False,
            "poll_period": 0.5,
            "total_runtime": 30,
            "pause_points": [],
            "other_kwargs": {},
            "seed": None,
        }

    def _get_help_text(self) -> str:
        return _HELP

    def _check_start(self, kwargs: Mapping[str, Any]) -> None:
        """Refuse what ``_setup`` would; a subclass with a ``_setup`` or ``_run`` of its own may change kwargs there."""
        if self._is_run_as(CustomControlSimulation):
            self._checked(kwargs)

    def _setup(self, **kwargs: Any) -> None:
        self._read(kwargs)

    def _run(self, **kwargs: Any) -> None:
        import numpy as np

        is_interactive, seed, self._plan = self._read({**self.start_kwargs, **kwargs})
        self._noise = np.random.default_rng(seed)
        self._timer = 0.0
        self._paused_until = -1.0  # pause points up to here are over
        step = 0
        try:
            if is_interactive:
                self._ask_until_continue("It has not begun.")
            while self._timer < self._plan.total_runtime:
                self._pause_if_due()
                self._step(step)
                step += 1
        finally:
            self.result = {"steps": step, "runtime": self._timer}
            self.interactor.set_out_if_in(PROGRESS, self._progress())

    def _read(self, kwargs: Mapping[str, Any]) -> tuple[bool, int | None, _Plan]:
        return self._checked(
            self._overwrite_new_kwargs(self.kwarg_defaults, self.config.kwargs, kwargs)
        )

    def _checked(self, merged: Mapping[str, Any]) -> tuple[bool, int | None, _Plan]:
        check_known(merged, self.kwarg_defaults, f"The simulation type {type(self).__name__}")
        seed = merged["seed"]
        return (
            true_or_false("interactive", merged["interactive"]),
            None if seed is None else whole_number("seed", seed, at_least=0),
            _Plan(0.5, 30.0, ()).changed(merged),
        )

    # Time

    def _step(self, step: int) -> None:
        began = time.perf_counter()
        self.recorder.scalar("my_number", step + 4 * self._noise.random(), step)
        self._look()
        took = time.perf_counter() - began
        period = self._plan.poll_period
        self._wait_until(began + period)
        self._timer += max(took, period)

    def _wait_until(self, moment: float) -> None:
        while (left := moment - time.perf_counter()) > 0:
            time.sleep(min(left, LOOK_INTERVAL_S))
            self._look()

    def _progress(self) -> tuple[float, float]:
        return self._timer, self._plan.total_runtime

    # People

    def _look(self) -> None:
        """Answer what is asked; leave by an exception when it is to stop."""
        self.base_step()
        self.interactor.set_out_if_in(PROGRESS, self._progress())
        if self.interactor.set_out_if_in(STOP, True):
            self.set_cancelled()
            raise StopSimException

    def _pause_if_due(self) -> None:
        due = [p for p in self._plan.pause_points if self._paused_until < p <= self._timer]
        if due:
            self._paused_until = due[-1]
            self._ask_until_continue(f"It pauses at {due[-1]:g} s.")

    def _ask_until_continue(self, situation: str) -> None:
        with self.paused():
            problem = ""
            while True:
                answer = self._ask(f"{problem}{situation} Answer with any of these keys:\n{_KEYS}")
                problem = self._take(answer)
                # Saying "continue": False is a no; GymDash looked for the key alone.
                if not problem and answer.get(CONTINUE, False) is not False:
                    return

    def _ask(self, question: str) -> Any:
        """Ask the person and give what comes, which still waits for its answer."""
        self.interactor.add_control_request(CUSTOM_QUERY, question, *CHANGEABLE, CONTINUE)
        while True:
            self._look()
            is_asked, answer = self.interactor.get_in(CUSTOM_QUERY)
            if is_asked:
                return answer
            time.sleep(LOOK_INTERVAL_S)

    def _take(self, answer: Any) -> str:
        """Take the values of an answer and reply to it; give what is wrong with it, or an empty text."""
        try:
            values = named_values(CUSTOM_QUERY, answer)
            check_known(values, (*CHANGEABLE, CONTINUE), CUSTOM_QUERY)
            self._plan = self._plan.changed(values)
        except InvalidArgumentError as exc:
            self.interactor.set_out(CUSTOM_QUERY, {"error": f"Nothing was changed. {exc}"})
            return f"Nothing was changed. {exc}\n"
        self.interactor.set_out(CUSTOM_QUERY, answer)
        return ""
