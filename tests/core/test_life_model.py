"""Any order of public calls leads a simulation only along the allowed moves, to the end that was to be expected."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.errors import SimulationStateError, StopSimException
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.states import ALLOWED_MOVES, SimState
from gymdash_jupyter.statuses import SimStatus, SimStatusCode

# What a person reading the design would draw on paper.
ALLOWED = """
    created: queued setting_up failed cancelled lost
    queued: setting_up failed cancelled lost
    setting_up: running failed cancelled lost
    running: paused succeeded failed cancelled lost
    paused: running succeeded failed cancelled lost
    succeeded:
    failed:
    cancelled:
    lost: running succeeded failed cancelled
"""


def test_the_allowed_moves_are_those_on_paper() -> None:
    drawn = {}
    for line in ALLOWED.strip().splitlines():
        state, _, moves = line.strip().partition(":")
        drawn[SimState(state)] = {SimState(move) for move in moves.split()}
    assert {state: set(moves) for state, moves in ALLOWED_MOVES.items()} == drawn


@pytest.mark.parametrize("state", list(SimState))
def test_four_states_are_ends(state: SimState) -> None:
    assert state.is_terminal is (state.value in {"succeeded", "failed", "cancelled", "lost"})


class Scripted(Simulation):
    """Does what the model says next."""

    script: tuple[str, ...] = ()

    def _follow(self) -> None:
        for word in self.script:
            if word == "raise":
                raise ValueError("bad")
            if word == "stop":
                raise StopSimException("enough")
            if word == "interrupt":
                raise KeyboardInterrupt
            if word == "pause":
                with self.paused():
                    pass
            if word == "cancelled":
                self.set_cancelled()
            if word == "failed":
                self._meta_failed = True
            if word == "answer":
                self.interactor.set_out_if_in("stop_simulation", True)
            if word == "tell":
                self.add_status(SimStatus(SimStatusCode.INFO, details="hm"))

    def _setup(self, **kwargs: Any) -> None:
        self._follow()

    def _run(self, **kwargs: Any) -> None:
        self._follow()


class Diary:
    """Takes down the moves, as a launcher's execution does."""

    def __init__(self) -> None:
        self.states = [SimState.CREATED]
        self.n_ends = 0

    def moved(self, state: SimState, time: datetime) -> None:
        self.states.append(state)

    def ended(self, state: SimState, time: datetime) -> None:
        self.states.append(state)
        self.n_ends += 1

    def status_after_end(self) -> None:
        pass

    def hear(self) -> None:
        pass

    def refresh(self) -> None:
        pass


in_setup = st.lists(
    st.sampled_from(["raise", "stop", "interrupt", "cancelled", "failed", "answer", "tell"]),
    max_size=2,
)
in_run = st.lists(
    st.sampled_from(
        ["raise", "stop", "interrupt", "pause", "cancelled", "failed", "answer", "tell"]
    ),
    max_size=3,
)


class LifeModel(RuleBasedStateMachine):
    """A few booleans, and how they decide the end."""

    def __init__(self) -> None:
        super().__init__()
        self.sim = Scripted(SimulationStartConfig(name="model", sim_key="any"))
        self.diary = Diary()
        self.sim._bind(self.diary, None)
        self.expected = SimState.CREATED
        self.is_stop_asked = self.is_cancelled = self.is_failed = False
        self.n_callbacks = self.n_called = 0

    def follow(self, script: list[str]) -> SimState | None:
        """Say how a method with this script ends; None when it returns."""
        for word in script:
            if word == "raise":
                return SimState.FAILED
            if word in {"stop", "interrupt"}:
                return SimState.CANCELLED
            if word == "cancelled" or (word == "answer" and self.is_stop_asked):
                self.is_cancelled = True
                self.is_stop_asked = self.is_stop_asked and word != "answer"
            if word == "failed":
                self.is_failed = True
        return None

    def call(self, method: Callable[[], None], script: list[str]) -> None:
        self.sim.script = tuple(script)
        with suppress(ValueError, KeyboardInterrupt):
            method()

    @rule(script=in_setup)
    def setup(self, script: list[str]) -> None:
        if self.expected is not SimState.CREATED:
            with pytest.raises(SimulationStateError):
                self.sim.setup()
            return
        self.expected = self.follow(script) or SimState.SETTING_UP
        self.call(self.sim.setup, script)

    @rule(script=in_run)
    def run(self, script: list[str]) -> None:
        if self.expected.is_terminal:
            with pytest.raises(SimulationStateError):
                self.sim.run()
            return
        if self.is_cancelled or self.is_stop_asked:
            self.expected = SimState.CANCELLED
        else:
            self.expected = self.follow(script) or (
                SimState.CANCELLED
                if self.is_cancelled
                else SimState.FAILED
                if self.is_failed
                else SimState.SUCCEEDED
            )
        self.call(self.sim.run, script)

    @rule()
    def ask_to_stop(self) -> None:
        self.sim.cancel()
        self.is_stop_asked = True

    @rule()
    def add_callback(self) -> None:
        self.n_callbacks += 1

        def count() -> None:
            self.n_called += 1

        self.sim.add_callback("end_run", count)

    @invariant()
    def it_is_where_it_should_be(self) -> None:
        assert self.sim.state is self.expected
        assert self.sim.is_done is self.expected.is_terminal
        assert self.diary.n_ends == int(self.expected.is_terminal)

    @invariant()
    def it_came_there_by_allowed_moves(self) -> None:
        states = self.diary.states
        for before, after in pairwise(states):
            assert after in ALLOWED_MOVES[before]

    @invariant()
    def every_callback_was_called_once_at_the_end(self) -> None:
        assert self.n_called == (self.n_callbacks if self.expected.is_terminal else 0)

    @invariant()
    def one_closing_status_was_added(self) -> None:
        closing = [s for s in self.sim.statuses if s.code != SimStatusCode.INFO]
        assert len(closing) == int(self.expected.is_terminal)


TestLifeModel = LifeModel.TestCase
TestLifeModel.settings = settings(max_examples=100, stateful_step_count=12, derandomize=True)
