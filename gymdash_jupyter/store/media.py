"""Files that simulations recorded; the files themselves lie in the simulations' folders."""

# ruff: noqa: S608 - queries are put together from constants only
from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from gymdash_jupyter.json_values import from_json, to_json
from gymdash_jupyter.records import MediaItem
from gymdash_jupyter.store import rows, ticks
from gymdash_jupyter.store.texts import exact, from_exact
from gymdash_jupyter.store.times import from_seconds, to_seconds

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Mapping, Sequence

MediaRow = tuple[str, str | bytes, int, str | bytes, str | bytes, float | None, str]


def media_rows(sim_id: UUID, items: Sequence[MediaItem]) -> list[MediaRow]:
    """Encode media of one simulation; done before the transaction."""
    return [
        (
            str(sim_id),
            exact(item.key),
            int(item.step),
            exact(item.kind),
            exact(item.path),
            to_seconds(item.time),
            to_json(item.info),
        )
        for item in items
    ]


def add(connection: sqlite3.Connection, items: Sequence[MediaRow]) -> None:
    """Add media."""
    connection.executemany(
        "INSERT INTO media (sim_id, key, step, kind, path, time, info) VALUES (?, ?, ?, ?, ?, ?, ?)",
        items,
    )


def places(items: Collection[MediaItem]) -> dict[str, set[str | bytes]]:
    """Encode where media are, by simulation; done before the transaction."""
    found: dict[str, set[str | bytes]] = {}
    for item in items:
        found.setdefault(str(item.sim_id), set()).add(exact(item.path))
    return found


def delete(connection: sqlite3.Connection, found_at: Mapping[str, set[str | bytes]]) -> int:
    """Remove media by where they are; return how many rows that were."""
    n = 0
    for sim_id, paths in found_at.items():
        known = connection.execute("SELECT media_id, path FROM media WHERE sim_id = ?", (sim_id,))
        gone = [(media_id,) for media_id, path in known.fetchall() if path in paths]
        connection.executemany("DELETE FROM media WHERE media_id = ?", gone)
        n += len(gone)
    if n:
        tick = ticks.bump(connection)
        for sim_id in found_at:
            ticks.stamp_record(connection, UUID(sim_id), tick)
    return n


def media(
    connection: sqlite3.Connection, sim_ids: Collection[UUID] | None, keys: Collection[str] | None
) -> list[MediaItem]:
    """List media by simulation creation, key and order of recording."""
    where = "" if sim_ids is None else "WHERE s.sim_id IN (SELECT value FROM json_each(?))"
    found = connection.execute(
        "SELECT m.* FROM simulations AS s JOIN media AS m ON m.sim_id = s.sim_id "
        f"{where} {rows.BY_CREATION}, m.key, m.media_id",
        () if sim_ids is None else (rows.ids_json(sim_ids),),
    )
    wanted = None if keys is None else set(keys)
    items = (_item(row) for row in found)
    return [item for item in items if wanted is None or item.key in wanted]


def _item(row: sqlite3.Row) -> MediaItem:
    time = from_seconds(row["time"])
    assert time is not None  # noqa: S101 - the column is NOT NULL
    kind, info = from_exact(row["kind"]), from_json(row["info"], {})
    if kind == "text" and info.get("histogram") is True:
        kind = "histogram"  # as they were recorded before they had a kind of their own
    return MediaItem(
        sim_id=UUID(row["sim_id"]),
        key=from_exact(row["key"]),
        step=row["step"],
        kind=kind,
        path=from_exact(row["path"]),
        time=time,
        info=info,
    )
