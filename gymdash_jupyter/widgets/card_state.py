"""What a card shows of one simulation, as a plain value for the browser.

Records in, dicts out; nothing is read here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.json_values import finite_or_none
from gymdash_jupyter.states import SimState
from gymdash_jupyter.statuses import SimStatus, SimStatusCode, SimStatusSubcode
from gymdash_jupyter.widgets.rates import RateWindow, mean_rate, time_left
from gymdash_jupyter.widgets.traces import parse_error

if TYPE_CHECKING:
    from datetime import datetime

    from gymdash_jupyter.records import ControlRequest, Progress, SimulationRecord
    from gymdash_jupyter.store import StatusRow

SHOWN_STATUSES: Final = 100
"""How many of the newest statuses a card keeps for its fold."""

_PHASES = frozenset({"train", "training", "val", "valid", "validation", "test", "eval"})

_ENV_NAMES: Final = ("env", "env_id", "env_name", "environment")
_LONGEST_TEXT: Final = 2000


@dataclass
class CardSimulation:
    """One simulation of a card, kept up to date by the card's refresh.

    Attributes:
        record: The newest record.
        statuses: The newest statuses, oldest first, at most ``SHOWN_STATUSES``.
        status_count: How many statuses there are in all.
        error: The newest status that tells of an error, or None.
        error_number: Its number among the simulation's statuses, from 0.
        requests: Its questions to the person that still wait, oldest first.
        silent_s: For how long nothing was heard from it, where that is worth saying; else None.
        is_deleted: Whether it is gone from the project.
    """

    record: SimulationRecord
    statuses: list[SimStatus] = field(default_factory=list)
    status_count: int = 0
    error: SimStatus | None = None
    error_number: int = -1
    requests: list[ControlRequest] = field(default_factory=list)
    silent_s: float | None = None
    is_deleted: bool = False
    _rates: RateWindow = field(default_factory=RateWindow)
    _has_whole_numbers: bool = True

    def __post_init__(self) -> None:
        self._note_progress(self.record.progress)

    def update(self, record: SimulationRecord) -> None:
        """Take over a newer record."""
        self.record = record
        self._note_progress(record.progress)

    def add_statuses(self, rows: Sequence[StatusRow]) -> None:
        """Add newer statuses of this simulation, oldest first."""
        for row in rows:
            self.statuses.append(row.status)
            if is_error(row.status):
                self.error, self.error_number = row.status, self.status_count
            self.status_count += 1
        del self.statuses[:-SHOWN_STATUSES]

    def _note_progress(self, progress: Progress | None) -> None:
        if progress is None or progress.current is None:
            return
        self._rates.add(progress.time, progress.current)
        for number in (progress.current, progress.total):
            if number is not None and not float(number).is_integer():
                self._has_whole_numbers = False

    @property
    def is_active(self) -> bool:
        """Whether it still goes on."""
        return not (self.record.state.is_terminal or self.is_deleted)

    def shown(self, now: float) -> dict[str, Any]:
        """Give what the browser needs, as JSON without NaN.

        Args:
            now: Seconds since the epoch; rate and time left are as of then.
        """
        record = self.record
        progress = record.progress
        current = finite_or_none(progress.current) if progress else None
        total = finite_or_none(progress.total) if progress else None
        state = record.state
        rate = self._rate(now, current)
        latest = self.statuses[-1] if self.statuses else None
        return {
            "id": str(record.sim_id),
            "name": record.name or str(record.sim_id)[:8],
            "type": record.sim_key or record.config.sim_key or record.sim_type_name,
            "env": environment_name(record.start_kwargs, record.config.kwargs),
            "launcher": record.launcher,
            "state": "deleted" if self.is_deleted else state.value,
            "is_active": self.is_active,
            "current": current,
            "total": total,
            "unit": "steps" if self._has_whole_numbers else "",
            "activity": (progress.status if progress else "")[:_LONGEST_TEXT],
            "rate": finite_or_none(rate),
            "left_s": time_left(current, total, rate) if state is SimState.RUNNING else None,
            "silent_s": self.silent_s if self.is_active else None,
            "created": _seconds(record.created),
            "started": _seconds(record.started),
            "ended": _seconds(record.ended),
            "stop_asked": _seconds(record.stop_asked),
            "error": self._shown_error(),
            "requests": [shown_request(each) for each in self.requests],
            "latest": None if latest is None else shown_status(latest),
            "status_count": self.status_count,
        }

    def _rate(self, now: float, current: float | None) -> float | None:
        record = self.record
        if record.state.is_terminal:
            return mean_rate(current, _seconds(record.started), _seconds(record.ended))
        if record.state is not SimState.RUNNING:
            return None
        return self._rates.rate(now)

    def _shown_error(self) -> dict[str, Any] | None:
        failed_or_lost = {SimState.FAILED, SimState.LOST}
        if self.record.state not in failed_or_lost or self.error is None:
            return None
        facts = parse_error(self.error.details, self.error.error_trace)
        return {
            "type": facts.type,
            "message": facts.message[:_LONGEST_TEXT],
            "frame": facts.frame,
            "lines": facts.lines,
            "number": self.error_number,
        }

    def shown_statuses(self) -> list[dict[str, Any]]:
        """Give the newest statuses, newest first, each with its number."""
        first = self.status_count - len(self.statuses)
        shown = [
            shown_status(each) | {"number": first + i} for i, each in enumerate(self.statuses)
        ]
        return shown[::-1]

    def trace(self, number: int) -> str:
        """Give the traceback of a status by its number, or ``""``."""
        if number == self.error_number and self.error is not None:
            return self.error.error_trace
        i = number - (self.status_count - len(self.statuses))
        return self.statuses[i].error_trace if 0 <= i < len(self.statuses) else ""


def is_error(status: SimStatus) -> bool:
    """Tell whether a status says that something went wrong, as against being stopped."""
    return status.code is SimStatusCode.FAIL and status.subcode != SimStatusSubcode.STOPPED


def shown_status(status: SimStatus) -> dict[str, Any]:
    """Give a status as the browser needs it, without its traceback."""
    text = status.details.strip() or parse_error("", status.error_trace).message
    return {
        "time": _seconds(status.time),
        "code": status.code.name.lower(),
        "subcode": int(status.subcode),
        "text": text[:_LONGEST_TEXT],
        "has_trace": bool(status.error_trace),
    }


def shown_request(request: ControlRequest) -> dict[str, Any]:
    """Give a control request as the browser needs it."""
    return {
        "id": request.request_id,
        "channel": request.channel,
        "details": request.details.strip()[:_LONGEST_TEXT],
        "subkeys": list(request.subkeys),
        "time": _seconds(request.time),
    }


def environment_name(*kwargs: Mapping[str, Any]) -> str:
    """Find the environment's id in keyword arguments, the first mapping counting most; ``""`` if there is none."""
    for mapping in kwargs:
        for name in _ENV_NAMES:
            value = mapping.get(name)
            if isinstance(value, Mapping):
                value = value.get("id")
            if isinstance(value, str) and value:
                return value[:200]
    return ""


def key_rank(key: str) -> tuple[int, str]:
    """Order keys by what people look at first: returns, then success, lengths, losses, the rest, the clock.

    ``loss/val`` is a loss as ``val/loss`` is. What GymDash measures once after a training (``acc/test/test``) comes
    after the curves of its kind.
    """
    parts = key.lower().split("/")
    n_phases = 0
    while len(parts) > 1 and parts[-1] in _PHASES:
        parts.pop()
        n_phases += 1
    folder, name = "/".join(parts[:-1]), parts[-1]
    name = name or folder
    is_clock = folder.startswith("time") or (n_phases > 0 and name.startswith("time"))
    if is_clock or name in ("fps", "iterations", "time_elapsed"):
        rank = 9
    elif any(word in name for word in ("rew", "return", "score")):
        rank = 1 if folder.startswith("eval") else 0
    elif any(word in name for word in ("success", "accuracy", "acc")):
        rank = 2
    elif "loss" in name and "entropy" not in name:
        rank = 3
    elif "len" in name:
        rank = 4
    else:
        rank = 5
    return rank, f"~{key}" if n_phases > 1 else key  # ~ sorts behind letters


def _seconds(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()
