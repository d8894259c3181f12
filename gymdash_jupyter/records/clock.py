"""The only clock."""

from __future__ import annotations

from datetime import UTC, datetime


def now_utc() -> datetime:
    """Return the present moment as an aware UTC datetime."""
    return datetime.now(UTC)
