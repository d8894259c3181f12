"""How a simulation ended: the table of design, row by row."""

from __future__ import annotations

import pytest

from gymdash_jupyter.errors import StopSimException, UnknownSimulationError
from gymdash_jupyter.states import Flags, SimState, flags_of, state_of_foreign
from gymdash_jupyter.statuses import SimStatus, SimStatusCode, SimStatusSubcode
from gymdash_jupyter.verdict import error_status, judge

FAIL, SUCCESS = SimStatusCode.FAIL, SimStatusCode.SUCCESS
ERROR, STOPPED = SimStatusSubcode.ERROR, SimStatusSubcode.STOPPED
SAID_ERROR = SimStatus(FAIL, subcode=ERROR, details="mine")
SAID_STOPPED = SimStatus(FAIL, subcode=STOPPED, details="mine")
SAID_FAIL = SimStatus(FAIL, details="mine")
SAID_SUCCESS = SimStatus(SUCCESS, details="mine")
BAD, STOP, INTERRUPT = ValueError("bad"), StopSimException("enough"), KeyboardInterrupt()


class Told:
    """What a verdict is on."""

    def __init__(self, said: list[SimStatus], *, cancelled: bool, failed: bool) -> None:
        self.statuses = said
        self._meta_failed = failed
        self._cancelled = cancelled

    def was_cancelled(self) -> bool:
        return self._cancelled


@pytest.mark.parametrize(
    ("exc", "cancelled", "failed", "said", "state", "closing"),
    [
        (None, False, False, [], "succeeded", (SUCCESS, 0)),
        (None, False, False, [SAID_SUCCESS], "succeeded", None),
        (None, False, False, [SAID_FAIL], "succeeded", (SUCCESS, 0)),
        (None, False, True, [], "failed", (FAIL, ERROR)),
        (None, False, True, [SAID_ERROR], "failed", None),
        (None, False, False, [SAID_ERROR], "failed", None),
        (None, True, False, [], "cancelled", (FAIL, STOPPED)),
        (None, True, False, [SAID_STOPPED], "cancelled", None),
        (None, True, True, [SAID_ERROR], "cancelled", (FAIL, STOPPED)),
        (STOP, False, False, [], "cancelled", (FAIL, STOPPED)),
        (STOP, False, True, [SAID_ERROR], "cancelled", (FAIL, STOPPED)),
        (INTERRUPT, False, False, [], "cancelled", (FAIL, STOPPED)),
        (BAD, False, False, [], "failed", (FAIL, ERROR)),
        (BAD, True, False, [SAID_STOPPED], "failed", (FAIL, ERROR)),
        (BAD, False, False, [SAID_SUCCESS], "failed", (FAIL, ERROR)),
        (BAD, False, False, [SAID_ERROR], "failed", (FAIL, ERROR)),
        (BAD, False, False, [error_status(BAD)], "failed", None),
    ],
)
def test_how_it_ended(exc, cancelled, failed, said, state, closing) -> None:  # type: ignore[no-untyped-def]
    verdict = judge(Told(said, cancelled=cancelled, failed=failed), exc)
    assert verdict.state is SimState(state)
    assert [(s.code, s.subcode) for s in verdict.closing] == ([closing] if closing else [])


def test_the_words_of_a_stop_become_the_closing_status() -> None:
    (closing,) = judge(Told([], cancelled=False, failed=False), STOP).closing
    assert closing.details == "enough"


class WordlessError(Exception):
    """Cannot say what it is."""

    def __str__(self) -> str:
        raise RuntimeError("no")


@pytest.mark.parametrize(
    ("exc", "details"),
    [
        (ValueError("bad rate"), "bad rate"),
        (ValueError(), "ValueError"),
        (KeyError("env"), "KeyError: 'env'"),
        (UnknownSimulationError("No simulation has the id 5."), "No simulation has the id 5."),
        (SystemExit(3), "SystemExit: 3"),
        (SystemExit(), "SystemExit"),
    ],
)
def test_an_error_is_told_in_words_that_mean_something(exc: BaseException, details: str) -> None:
    assert error_status(exc).details == details


def test_an_error_without_words_is_told_by_its_name() -> None:
    assert "WordlessError" in error_status(WordlessError()).details


@pytest.mark.parametrize(
    ("state", "was_killed", "flags"),
    [
        ("created", False, (0, 0, 0, 0)),
        ("queued", False, (0, 0, 0, 0)),
        ("setting_up", False, (0, 0, 0, 0)),
        ("running", False, (0, 0, 0, 0)),
        ("paused", False, (0, 0, 0, 0)),
        ("succeeded", False, (1, 0, 0, 0)),
        ("failed", False, (1, 0, 1, 0)),
        ("cancelled", False, (1, 1, 1, 0)),
        ("cancelled", True, (1, 1, 1, 1)),
        ("lost", False, (1, 0, 1, 1)),
        ("succeeded", True, (1, 0, 0, 0)),
    ],
)
def test_flags_by_state(state: str, was_killed: bool, flags: tuple[int, ...]) -> None:
    found = flags_of(SimState(state), was_killed=was_killed)
    assert (found.is_done, found.cancelled, found.failed, found.force_stopped) == flags


@pytest.mark.parametrize(
    ("flags", "has_started", "state"),
    [
        ((0, 0, 0, 0), False, "created"),
        ((0, 0, 0, 0), True, "running"),
        ((1, 0, 0, 0), True, "succeeded"),
        ((1, 0, 1, 0), True, "failed"),
        ((1, 1, 0, 0), True, "cancelled"),
        ((1, 1, 1, 0), True, "cancelled"),
    ],
)
def test_gymdashs_flags_give_a_state(
    flags: tuple[int, ...], has_started: bool, state: str
) -> None:
    assert state_of_foreign(Flags(*map(bool, flags)), has_started=has_started) is SimState(state)
