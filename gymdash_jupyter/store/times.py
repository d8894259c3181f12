"""Times as the database holds them, and texts that UTF-8 cannot hold.

GymDash's columns hold naive local time, ``YYYY-MM-DD HH:MM:SS.ffffff``. Local time cannot say which of the two hours is
meant when clocks are set back, nor survive a move to another time zone; so our own tables also hold the exact moment,
and what GymDash wrote is read as the earlier of two possible moments.
"""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Any


def to_local_text(time: datetime | None) -> str | None:
    """Write a time as GymDash's columns hold it."""
    if time is None:
        return None
    # In the years 1 and 9999 local time may leave the calendar.
    with contextlib.suppress(OverflowError, ValueError, OSError):
        time = time.astimezone()
    return time.replace(tzinfo=None).isoformat(" ", "microseconds")


def from_local_text(text: Any) -> datetime | None:
    """Read a time from one of GymDash's columns; None for what is not a time."""
    if not isinstance(text, str):
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    try:
        return time.astimezone(UTC)
    except (OverflowError, ValueError, OSError):
        return time.replace(tzinfo=UTC)


def to_seconds(time: datetime | None) -> float | None:
    """Write a time as our columns hold it: seconds since the epoch, exact to the microsecond."""
    return None if time is None else time.timestamp()


def from_seconds(seconds: float | None) -> datetime | None:
    """Read a time from one of our columns."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
