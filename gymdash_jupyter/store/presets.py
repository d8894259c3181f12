"""Presets: values that people kept under a name, by kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gymdash_jupyter.json_values import from_json
from gymdash_jupyter.records import now_utc
from gymdash_jupyter.store.contract import Preset
from gymdash_jupyter.store.texts import exact, from_exact
from gymdash_jupyter.store.times import from_seconds, to_seconds

if TYPE_CHECKING:
    import sqlite3


def presets(connection: sqlite3.Connection, kind: str) -> list[Preset]:
    """List the presets of a kind by name."""
    found = connection.execute(
        "SELECT name, value, time FROM presets WHERE kind = ?", (exact(kind),)
    )
    listed = [
        Preset(
            kind=kind,
            name=from_exact(row["name"]),
            value=from_json(row["value"]),
            time=from_seconds(row["time"]) or now_utc(),
        )
        for row in found
    ]
    return sorted(listed, key=lambda preset: (preset.name.casefold(), preset.name))


def save(connection: sqlite3.Connection, preset: Preset, value: str, *, replace: bool) -> bool:
    """Keep a preset whose value is given as JSON."""
    conflict = "REPLACE" if replace else "IGNORE"
    stored = connection.execute(
        f"INSERT OR {conflict} INTO presets (kind, name, value, time) VALUES (?, ?, ?, ?)",  # noqa: S608 - of two words
        (exact(preset.kind), exact(preset.name), value, to_seconds(preset.time)),
    )
    return bool(stored.rowcount)


def rename(connection: sqlite3.Connection, kind: str, old: str, new: str) -> bool:
    """Give a preset another name, unless it is taken."""
    renamed = connection.execute(
        "UPDATE OR IGNORE presets SET name = ? WHERE kind = ? AND name = ?",
        (exact(new), exact(kind), exact(old)),
    )
    return bool(renamed.rowcount)


def delete(connection: sqlite3.Connection, kind: str, name: str) -> bool:
    """Remove a preset."""
    deleted = connection.execute(
        "DELETE FROM presets WHERE kind = ? AND name = ?", (exact(kind), exact(name))
    )
    return bool(deleted.rowcount)
