"""What is set for everybody on a project: JSON by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gymdash_jupyter.json_values import from_json
from gymdash_jupyter.store import ticks
from gymdash_jupyter.store.texts import exact

if TYPE_CHECKING:
    import sqlite3


def setting(connection: sqlite3.Connection, name: str) -> Any:
    """Read a setting; None when it is not set."""
    row = connection.execute(
        "SELECT value FROM settings WHERE name = ?", (exact(name),)
    ).fetchone()
    return None if row is None else from_json(row["value"])


def set_setting(connection: sqlite3.Connection, name: str, value: str | None) -> None:
    """Write a setting, which is JSON, or remove it."""
    if value is None:
        connection.execute("DELETE FROM settings WHERE name = ?", (exact(name),))
    else:
        connection.execute(
            "INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", (exact(name), value)
        )
    ticks.bump(connection)
