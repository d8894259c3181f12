"""Choose which recorded media may go. Values in, values out; no file is touched here."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.records import now_utc

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from gymdash_jupyter.records import MediaItem

FIRST_LAST_BEST: Final = "first_last_best"
_FRESH: Final = timedelta(minutes=1)
"""What a simulation that goes on recorded so lately stays in any case: it may still be looked at or worked on."""


def to_remove(
    items: Sequence[MediaItem],
    *,
    keep: int | str,
    before: datetime | None,
    live: Collection[UUID],
) -> list[MediaItem]:
    """List the media that go.

    Args:
        items: All media of some simulations, those of one key in the order in which they were recorded.
        keep: How many of the newest stay of each simulation and key, or ``"first_last_best"``.
        before: Only what was recorded before this moment goes; None for all.
        live: Simulations that have not ended; of each of their keys the newest stays, and what is fresh.
    """
    by_key: dict[tuple[UUID, str], list[MediaItem]] = {}
    for item in items:
        by_key.setdefault((item.sim_id, item.key), []).append(item)
    fresh = now_utc() - _FRESH
    gone: list[MediaItem] = []
    for (sim_id, _), recorded in by_key.items():
        is_live = sim_id in live
        stay = _kept(recorded, keep) | ({len(recorded) - 1} if is_live else set())
        gone += [
            item
            for i, item in enumerate(recorded)
            if i not in stay
            and (before is None or item.time < before)
            and not (is_live and item.time > fresh)
        ]
    return gone


def checked_keep(keep: object) -> int | str:
    """Give ``keep`` back if it makes sense.

    Raises:
        InvalidArgumentError: It does not.
    """
    is_count = isinstance(keep, int) and not isinstance(keep, bool) and keep >= 0
    if is_count or keep == FIRST_LAST_BEST:
        return keep  # type: ignore[return-value]
    msg = (
        f"keep takes how many of the newest stay, from 0 up, or {FIRST_LAST_BEST!r}; got {keep!r}."
    )
    raise InvalidArgumentError(msg)


def moment_before(older_than: object) -> datetime | None:
    """Turn an age into a moment.

    Args:
        older_than: Seconds, a timedelta, a moment (a naive one is local time), or None.

    Raises:
        InvalidArgumentError: It is none of these.
    """
    if older_than is None:
        return None
    if isinstance(older_than, datetime):
        return older_than.astimezone()
    if isinstance(older_than, (int, float)) and not isinstance(older_than, bool):
        if math.isfinite(older_than) and older_than >= 0:
            return now_utc() - timedelta(seconds=older_than)
    elif isinstance(older_than, timedelta) and older_than >= timedelta(0):
        return now_utc() - older_than
    msg = f"older_than takes seconds from 0 up, a timedelta or a datetime; got {older_than!r}."
    raise InvalidArgumentError(msg)


def _kept(recorded: Sequence[MediaItem], keep: int | str) -> set[int]:
    n = len(recorded)
    if isinstance(keep, int):
        return set(range(max(n - keep, 0), n))
    stay = {0, n - 1}
    returns = {i: value for i, item in enumerate(recorded) if (value := _return(item)) is not None}
    if returns:
        stay.add(max(returns, key=lambda i: (returns[i], i)))  # of equal ones the newest
    return stay


def _return(item: MediaItem) -> float | None:
    value = item.info.get("return")
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_number and math.isfinite(value) else None  # type: ignore[arg-type]
