"""What is said of a simulation whose process died: how, and why probably."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from gymdash_jupyter.records import now_utc
from gymdash_jupyter.states import SimState
from gymdash_jupyter.statuses import SimStatus, SimStatusCode, SimStatusSubcode

if TYPE_CHECKING:
    from gymdash_jupyter.records import Unsettled

_REASONS = {
    "SIGKILL": "Somebody killed it from outside; often that is the system, when memory runs out.",
    "SIGSEGV": "That is a crash in native code, such as a library or a driver.",
    "SIGBUS": "That is a crash in native code, or shared memory or a disk that is full.",
    "SIGABRT": "Native code gave up, such as a library that found its own state broken.",
    "SIGFPE": "That is a crash in native code: a whole number was divided by zero.",
    "SIGILL": "Native code was made for another processor than this one.",
    "SIGTERM": "Somebody asked it to end from outside, such as a batch system or a shutdown.",
    "SIGINT": "Somebody interrupted it from outside, as Ctrl-C does.",
    "SIGHUP": "The terminal or session in which it ran was closed.",
    "SIGXCPU": "It used up the processor time that it was allowed.",
    "SIGXFSZ": "It wrote a file larger than it was allowed.",
}


def exit_words(exit_code: int | None) -> str:
    """Say how a process ended: ``was killed by SIGKILL``, ``ended with exit code 3``.

    Args:
        exit_code: As ``subprocess`` gives it: below 0 for a signal. None when nobody knows it.
    """
    if exit_code is None:
        return "ended without a word"
    return (
        f"was killed by {_signal(exit_code)}"
        if exit_code < 0
        else f"ended with exit code {exit_code}"
    )


def lost_status(unsettled: Unsettled, exit_code: int | None, trace: str) -> SimStatus:
    """Build the closing status of a simulation that died with its process.

    Args:
        unsettled: The simulation, with the state in which it was.
        exit_code: How its process ended; see ``exit_words``.
        trace: What it printed last, or ``""``.
    """
    owner = unsettled.owner
    who = f"(pid {owner.pid} on {owner.host})"
    if unsettled.state is SimState.QUEUED:
        text = (
            f"Lost: it waited in the queue of a process {who} that ended; what it needed was only "
            "in that process's memory."
        )
    else:
        doing = unsettled.state.replace("_", " ")
        ended = exit_words(exit_code)
        text = f"Lost: the process that executed it {who} {ended} while it was {doing}."
        if exit_code is not None and (reason := _REASONS.get(_signal(exit_code))):
            text = f"{text} {reason}"
    return _status(SimStatusSubcode.ERROR, text, trace)


def stopped_status() -> SimStatus:
    """Build the closing status of one that was ordered to be killed and did not end by itself."""
    return _status(SimStatusSubcode.STOPPED, "Simulation stopped: it had to be killed.")


def _status(subcode: SimStatusSubcode, details: str, trace: str = "") -> SimStatus:
    return SimStatus(
        SimStatusCode.FAIL, time=now_utc(), subcode=subcode, details=details, error_trace=trace
    )


def _signal(exit_code: int) -> str:
    try:
        return signal.Signals(-exit_code).name
    except ValueError:
        return f"signal {-exit_code}"
