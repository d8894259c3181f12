"""How a simulation ended, judged from what it did."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from gymdash_jupyter.errors import StopSimException
from gymdash_jupyter.states import SimState
from gymdash_jupyter.statuses import SimStatus, SimStatusCode, SimStatusSubcode

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Verdict:
    """How it ended, and the closing statuses that it did not add itself."""

    state: SimState
    closing: Sequence[SimStatus] = ()


class Judged(Protocol):
    """What the verdict looks at."""

    _meta_failed: bool

    @property
    def statuses(self) -> list[SimStatus]:
        """What the simulation said about itself."""

    def was_cancelled(self) -> bool:
        """Whether it says that it ends because it was asked to."""


def judge(simulation: Judged, exc: BaseException | None) -> Verdict:
    """Say how a simulation ended.

    In this order: an exception means failed; StopSimException, an interrupt or ``was_cancelled``
    mean cancelled; GymDash's own pattern (``_meta_failed``, or a FAIL/ERROR status, and a plain
    return) means failed; else it succeeded.

    Args:
        simulation: Which has returned or raised.
        exc: What came out of ``_setup`` or ``_run``, or None.
    """
    said = simulation.statuses
    if exc is not None and not isinstance(exc, (StopSimException, KeyboardInterrupt)):
        return Verdict(SimState.FAILED, () if _has_said(said, exc) else (error_status(exc),))
    if exc is not None or simulation.was_cancelled():
        return cancelled(said, str(exc) if isinstance(exc, StopSimException) else "")
    if simulation._meta_failed or _has(said, SimStatusCode.FAIL, SimStatusSubcode.ERROR):
        closing = SimStatus(
            SimStatusCode.FAIL, subcode=SimStatusSubcode.ERROR, details="Simulation failed."
        )
        return Verdict(SimState.FAILED, () if _has(said, SimStatusCode.FAIL) else (closing,))
    closing = SimStatus(SimStatusCode.SUCCESS, details="Simulation successfully run.")
    return Verdict(SimState.SUCCEEDED, () if _has(said, SimStatusCode.SUCCESS) else (closing,))


def cancelled(said: Sequence[SimStatus] = (), details: str = "") -> Verdict:
    """Be the verdict on a simulation that ends because somebody asked it to."""
    closing = SimStatus(
        SimStatusCode.FAIL,
        subcode=SimStatusSubcode.STOPPED,
        details=details or "Simulation stopped.",
    )
    has_said = _has(said, SimStatusCode.FAIL, SimStatusSubcode.STOPPED)
    return Verdict(SimState.CANCELLED, () if has_said else (closing,))


def error_status(exc: BaseException) -> SimStatus:
    """Describe an exception as a FAIL/ERROR status with its whole traceback."""
    return SimStatus(
        SimStatusCode.FAIL,
        subcode=SimStatusSubcode.ERROR,
        details=_words(exc),
        error_trace="".join(traceback.format_exception(exc)),
    )


def _words(exc: BaseException) -> str:
    # What a plain KeyError or SystemExit says (a key, a number) means nothing without its name.
    if isinstance(exc, Exception) and type(exc) is not KeyError:
        try:
            words = str(exc)
        except Exception:  # noqa: BLE001 - any __str__ may fail in any way
            words = ""
        if words:
            return words
    return _last_line(exc)


def _last_line(exc: BaseException) -> str:
    return traceback.format_exception_only(exc)[-1].strip()


def _has(said: Sequence[SimStatus], code: SimStatusCode, subcode: int | None = None) -> bool:
    return any(s.code == code and (subcode is None or s.subcode == subcode) for s in said)


def _has_said(said: Sequence[SimStatus], exc: BaseException) -> bool:
    last_line = _last_line(exc)
    return any(
        s.code == SimStatusCode.FAIL
        and s.subcode == SimStatusSubcode.ERROR
        and last_line in s.error_trace
        for s in said
    )
