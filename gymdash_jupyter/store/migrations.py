"""Bring a database to the present version, and let readers read one that is not there yet.

``PRAGMA user_version`` holds the version; a database that only GymDash wrote has 0. A change of the tables is one more
function in ``MIGRATIONS`` and one more old database among the tests. Everything happens inside the caller's write
transaction, so a project is migrated as a whole or not at all.
"""

# ruff: noqa: S608 - queries are put together from constants only
from __future__ import annotations

import sqlite3
from collections.abc import Callable

from gymdash_jupyter.errors import NewerProjectError
from gymdash_jupyter.store import labels, schema

Migration = Callable[[sqlite3.Connection], None]


def _to_version_1(connection: sqlite3.Connection) -> None:
    tables, indexes = schema.TABLES_OF_VERSION_1.values(), schema.INDEXES_OF_VERSION_1
    for statement in (*tables, *indexes, *schema.OUR_TRIGGERS):
        connection.execute(statement)
    connection.execute("INSERT OR IGNORE INTO project_clock (id, tick) VALUES (1, 1)")


def _to_version_2(connection: sqlite3.Connection) -> None:
    for statement in (*schema.TABLES_OF_VERSION_2.values(), *schema.INDEXES_OF_VERSION_2):
        connection.execute(statement)


def _to_version_3(connection: sqlite3.Connection) -> None:
    for statement in schema.TABLES_OF_VERSION_3.values():
        connection.execute(statement)


def _to_version_4(connection: sqlite3.Connection) -> None:
    for statement in (*schema.TABLES_OF_VERSION_4.values(), *schema.INDEXES_OF_VERSION_4):
        connection.execute(statement)


MIGRATIONS: tuple[Migration, ...] = (_to_version_1, _to_version_2, _to_version_3, _to_version_4)
"""``MIGRATIONS[v]`` brings a database from version v to v + 1."""

VERSION = len(MIGRATIONS)


def tables(connection: sqlite3.Connection) -> frozenset[str]:
    """Name the tables that are in a database."""
    found = connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")
    return frozenset(name for (name,) in found if not name.startswith("sqlite_"))


def check_version(connection: sqlite3.Connection) -> int:
    """Return the version of a database.

    Raises:
        NewerProjectError: A newer version of the package wrote it.
    """
    version: int = connection.execute("PRAGMA main.user_version").fetchone()[0]
    if version > VERSION:
        msg = (
            f"The project's database has version {version}, and this gymdash_jupyter knows versions up to {VERSION}: "
            "a newer gymdash_jupyter wrote it. Upgrade gymdash_jupyter to open it."
        )
        raise NewerProjectError(msg, version=version, known_version=VERSION)
    return version


def bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Make what is missing: GymDash's tables, ours, and what hangs on GymDash's tables.

    Must be called inside a write transaction. Called again it changes nothing.
    """
    version = check_version(connection)
    for statement in schema.GYMDASH_TABLES.values():
        connection.execute(statement)
    for migrate in MIGRATIONS[version:]:
        migrate(connection)
    if version < VERSION:
        connection.execute(f"PRAGMA main.user_version = {VERSION}")
    for statement in schema.ATTACHMENTS:
        connection.execute(statement)
    _stamp_unknown_simulations(connection)
    labels.number_unknown(connection)


def _stamp_unknown_simulations(connection: sqlite3.Connection) -> None:
    # GymDash wrote these before our triggers hung on its tables.
    unknown = (
        "SELECT sim_id FROM simulations WHERE sim_id NOT IN (SELECT sim_id FROM simulation_ticks)"
    )
    if connection.execute(f"{unknown} LIMIT 1").fetchone() is not None:
        connection.execute("UPDATE project_clock SET tick = tick + 1")
        connection.execute(
            "INSERT INTO simulation_ticks (sim_id, tick, record_tick) "
            f"SELECT sim_id, tick, tick FROM project_clock, ({unknown})"
        )


def stand_in(connection: sqlite3.Connection) -> bool:
    """Put empty temporary tables where the database misses some, so that every query works on every database.

    They live in the connection's memory; the database itself is not touched.

    Returns:
        Whether there are any now.
    """
    clear_stand_ins(connection)
    present = tables(connection)
    wanted = {**schema.GYMDASH_TABLES, **schema.OUR_TABLES}
    missing = [statement for name, statement in wanted.items() if name not in present]
    for statement in missing:
        connection.execute(statement.replace("CREATE TABLE", "CREATE TEMP TABLE", 1))
    return bool(missing)


def clear_stand_ins(connection: sqlite3.Connection) -> None:
    """Remove what ``stand_in`` made."""
    # Names come from our own schema; sqlite_sequence belongs to SQLite.
    names = [
        row[0]
        for row in connection.execute("SELECT name FROM sqlite_temp_master WHERE type = 'table'")
        if not row[0].startswith("sqlite_")
    ]
    for name in names:
        connection.execute(f"DROP TABLE temp.{name}")
