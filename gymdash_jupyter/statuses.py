"""Statuses: what a simulation says about itself in words, with GymDash's codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum

from gymdash_jupyter.errors import InvalidArgumentError


class SimStatusCode(IntEnum):
    """What kind of thing a status says."""

    SUCCESS = 0
    FAIL = 1
    INFO = 2


class SimStatusSubcode(IntEnum):
    """Why a status says it."""

    NONE = 0
    ERROR = 1
    STOPPED = 2


@dataclass(frozen=True)
class SimStatus:
    """One thing a simulation says about itself.

    Attributes:
        code: What kind of thing it is.
        time: When, as an aware datetime; a naive one is taken as local time. None until it is
            added.
        subcode: Why; any int, usually a ``SimStatusSubcode``.
        details: The words.
        error_trace: The traceback of an error, or ``""``.
    """

    code: SimStatusCode
    time: datetime | None = None
    subcode: int = 0
    details: str = ""
    error_trace: str = ""

    def __post_init__(self) -> None:
        try:
            code = SimStatusCode(self.code)
            subcode = int(self.subcode)
        except (ValueError, TypeError) as exc:
            msg = (
                f"A status needs a code of {', '.join(f'{c.value} ({c.name})' for c in SimStatusCode)} and an int "
                f"subcode; got code={self.code!r}, subcode={self.subcode!r}."
            )
            raise InvalidArgumentError(msg) from exc
        if self.time is not None and not isinstance(self.time, datetime):
            msg = f"A status needs a datetime or None as its time; got {self.time!r}."
            raise InvalidArgumentError(msg)
        known = {s.value: s for s in SimStatusSubcode}
        set_field = object.__setattr__
        set_field(self, "code", code)
        set_field(self, "subcode", known.get(subcode, subcode))
        set_field(self, "details", str(self.details))
        set_field(self, "error_trace", str(self.error_trace or ""))
        if self.time is not None and self.time.tzinfo is None:
            set_field(self, "time", self.time.astimezone(UTC))
