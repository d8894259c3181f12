"""The project's queue: what waits in which order, and how many simulations may run at once.

The moves into and out of it are in ``lives``: a simulation leaves the queue in the transaction that changes its state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.json_values import to_json
from gymdash_jupyter.records import QueueEntry
from gymdash_jupyter.store import rows, settings, ticks
from gymdash_jupyter.store.texts import exact, from_exact

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

_MAX_RUNNING = "max_running"


def append(connection: sqlite3.Connection, sim_id: UUID, order: str, signature: str) -> None:
    """Put a simulation at the end; the move that comes with it is what viewers see."""
    connection.execute(
        "INSERT INTO queue (sim_id, place, order_text, signature) "
        "SELECT ?, coalesce(max(place), 0) + 1, ?, ? FROM queue",
        (str(sim_id), exact(order), exact(signature)),
    )


def remove(connection: sqlite3.Connection, sim_id: UUID) -> None:
    """Take a simulation out, if it is in."""
    connection.execute("DELETE FROM queue WHERE sim_id = ?", (str(sim_id),))


def is_empty(connection: sqlite3.Connection) -> bool:
    """Tell whether nothing waits."""
    return connection.execute("SELECT 1 FROM queue LIMIT 1").fetchone() is None


def entries(connection: sqlite3.Connection) -> list[QueueEntry]:
    """List what waits; the first one is next."""
    found = connection.execute(
        "SELECT q.sim_id, q.order_text, q.signature, r.launcher, "
        "r.owner_domain, r.owner_pid, r.owner_started, r.owner_host "
        "FROM queue AS q JOIN runtime AS r ON r.sim_id = q.sim_id ORDER BY q.place"
    )
    return [
        QueueEntry(
            sim_id=UUID(row["sim_id"]),
            order=from_exact(row["order_text"]),
            signature=from_exact(row["signature"]),
            owner=rows.owner(row),
            launcher=row["launcher"],
        )
        for row in found
    ]


def reorder(connection: sqlite3.Connection, sim_ids: Sequence[UUID]) -> None:
    """Put these first; whoever changes its place is stamped."""
    found = connection.execute("SELECT sim_id, place FROM queue ORDER BY place")
    places = {UUID(row["sim_id"]): row["place"] for row in found}
    _check_waiting(connection, sim_ids, places.keys())
    first = set(sim_ids)
    new_order = [*sim_ids, *(sim_id for sim_id in places if sim_id not in first)]
    changed = {
        sim_id: place
        for sim_id, place in zip(new_order, sorted(places.values()), strict=True)
        if places[sim_id] != place
    }
    if not changed:
        return
    connection.executemany(
        "UPDATE queue SET place = ? WHERE sim_id = ?",
        [(place, str(sim_id)) for sim_id, place in changed.items()],
    )
    tick = ticks.bump(connection)
    for sim_id in changed:
        ticks.stamp_record(connection, sim_id, tick)


def max_running(connection: sqlite3.Connection) -> int | None:
    """Read how many may run at once; None when nobody set it."""
    n = settings.setting(connection, _MAX_RUNNING)
    return n if isinstance(n, int) else None


def set_max_running(connection: sqlite3.Connection, n: int | None) -> None:
    """Write how many may run at once."""
    settings.set_setting(connection, _MAX_RUNNING, None if n is None else to_json(n))


def checked_max_running(n: int | None) -> int | None:
    """Check a number of places before the transaction."""
    if n is not None and (isinstance(n, bool) or not isinstance(n, int) or n < 1):
        msg = f"max_running is a whole number from 1 up, or None for no setting; got {n!r}."
        raise InvalidArgumentError(msg)
    return n


def _check_waiting(
    connection: sqlite3.Connection, sim_ids: Sequence[UUID], waiting: AbstractSet[UUID]
) -> None:
    seen: set[UUID] = set()
    for sim_id in sim_ids:
        if sim_id in seen:
            msg = f"The queue cannot be ordered: {sim_id} is given twice. Give every simulation once."
            raise InvalidArgumentError(msg, sim_id=sim_id)
        seen.add(sim_id)
        if sim_id in waiting:
            continue
        row = connection.execute(
            "SELECT r.state FROM simulations AS s LEFT JOIN runtime AS r ON r.sim_id = s.sim_id WHERE s.sim_id = ?",
            (str(sim_id),),
        ).fetchone()
        if row is None:
            raise rows.unknown(sim_id)
        msg = (
            f"The queue cannot be ordered: {sim_id} does not wait in it; it is {row['state'] or 'run by GymDash'}. "
            "Give only simulations that are in the project's queue."
        )
        raise InvalidArgumentError(msg, sim_id=sim_id)
