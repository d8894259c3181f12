"""What people write on simulations: another name, tags, a note, a colour. The number goes with them.

Every simulation has one row of ``labels``, which a trigger makes; its number is the order of creation in the project
and is never given to another one (see ``schema``).
"""

# ruff: noqa: S608 - queries are put together from constants only
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gymdash_jupyter.json_values import to_json
from gymdash_jupyter.store import rows, ticks
from gymdash_jupyter.store.record_rows import tags_of
from gymdash_jupyter.store.texts import exact, from_exact, readable

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Sequence
    from uuid import UUID


def rename(connection: sqlite3.Connection, sim_id: UUID, name: str) -> None:
    """Change the display name; the trigger on GymDash's table stamps it."""
    renamed = connection.execute(
        "UPDATE simulations SET name = ? WHERE sim_id = ?", (readable(name), str(sim_id))
    )
    if not renamed.rowcount:
        raise rows.unknown(sim_id)


def change_tags(
    connection: sqlite3.Connection,
    sim_ids: Collection[UUID],
    add: Sequence[str],
    remove: Collection[str],
) -> None:
    """Take tags away and put others behind those that stay."""
    for sim_id in sim_ids:
        before = tags_of(_labels(connection, sim_id)["tags"])
        stay = [tag for tag in before if tag not in remove]
        after = tuple(dict.fromkeys([*stay, *add]))
        if after != before:
            _set(connection, sim_id, "tags", to_json(after))


def set_note(connection: sqlite3.Connection, sim_id: UUID, text: str) -> None:
    """Write a note."""
    if from_exact(_labels(connection, sim_id)["note"]) != text:
        _set(connection, sim_id, "note", exact(text))


def set_colour(
    connection: sqlite3.Connection, sim_ids: Collection[UUID], index: int | None
) -> None:
    """Set or remove the colour."""
    for sim_id in sim_ids:
        if _labels(connection, sim_id)["colour"] != index:
            _set(connection, sim_id, "colour", index)


def number_unknown(connection: sqlite3.Connection) -> None:
    """Number the simulations that came while no trigger did, just as readers count them (``record_rows.RECORDS``)."""
    numbered = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'labels'")
    row = numbered.fetchone()
    connection.execute(
        "INSERT INTO labels (number, sim_id) SELECT ? + rowid, sim_id FROM simulations "
        "WHERE sim_id NOT IN (SELECT sim_id FROM labels) ORDER BY rowid",
        (row["seq"] if row else 0,),
    )


def _labels(connection: sqlite3.Connection, sim_id: UUID) -> sqlite3.Row:
    row: sqlite3.Row | None = connection.execute(
        "SELECT tags, note, colour FROM labels WHERE sim_id = ?", (str(sim_id),)
    ).fetchone()
    if row is None:
        raise rows.unknown(sim_id)
    return row


def _set(connection: sqlite3.Connection, sim_id: UUID, column: str, value: Any) -> None:
    connection.execute(f"UPDATE labels SET {column} = ? WHERE sim_id = ?", (value, str(sim_id)))
    ticks.stamp_record(connection, sim_id, ticks.bump(connection))
