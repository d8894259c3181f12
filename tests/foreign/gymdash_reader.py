"""GymDash 0.1.4's side of the database, typed anew from what its code does, as a program of its own.

A program, since its adapters and converters are registered for the whole process. It is told on its command line what
to do, and prints what its models hold as JSON. Nothing of ours is imported.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import BaseModel


class SimulationStartConfig(BaseModel):
    name: str
    sim_key: str
    sim_family: str = None  # type: ignore[assignment]
    sim_type: str = None  # type: ignore[assignment]
    kwargs: dict[str, Any] = {}

    @staticmethod
    def custom_decoder(found: dict[str, Any]) -> Any:
        if {"name", "sim_key", "sim_family", "sim_type", "kwargs"} <= found.keys():
            return SimulationStartConfig(
                name=found["name"],
                sim_key=found["sim_key"],
                sim_family=found["sim_family"],
                sim_type=found["sim_type"],
                kwargs=found["kwargs"],
            )
        return found


class StoredSimulationInfo(BaseModel):
    sim_id: UUID
    name: str
    created: datetime | None = None
    started: datetime | None = None
    ended: datetime | None = None
    is_done: bool = False
    cancelled: bool = False
    failed: bool = False
    force_stopped: bool = False
    config: SimulationStartConfig
    start_kwargs: dict[str, Any] = {}
    sim_type_name: str
    sim_module_name: str


class SimStatus(BaseModel):
    code: int
    time: datetime | None = None
    subcode: int = 0
    details: str = ""
    error_trace: str = ""


COLUMNS = ", ".join(StoredSimulationInfo.model_fields)


def connect(folder: Path) -> sqlite3.Connection:
    sqlite3.register_adapter(UUID, str)
    sqlite3.register_adapter(bool, int)
    sqlite3.register_converter("UUID", lambda text: UUID(text.decode()))
    sqlite3.register_converter(
        "SIMULATIONCONFIG",
        lambda text: json.loads(text.decode(), object_hook=SimulationStartConfig.custom_decoder),
    )
    sqlite3.register_converter("KWARGS", lambda text: json.loads(text.decode()))
    sqlite3.register_converter("BOOL", lambda number: bool(int(number)))
    connection = sqlite3.connect(
        folder / "db" / "simulations.db", detect_types=sqlite3.PARSE_DECLTYPES
    )
    connection.execute("PRAGMA foreign_keys = ON;")
    create_simulations(connection)
    create_statuses(connection)
    connection.execute(
        """CREATE TABLE IF NOT EXISTS api_calls (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    name TEXT NOT NULL,
                    time TIMESTAMP,
                    code INTEGER,
                    details TEXT
                    )"""
    )
    connection.commit()
    return connection


def create_simulations(connection: sqlite3.Connection) -> None:
    connection.execute(
        """CREATE TABLE IF NOT EXISTS simulations (
                        sim_id UUID PRIMARY KEY,
                        name TEXT,
                        created TIMESTAMP,
                        started TIMESTAMP,
                        ended TIMESTAMP,
                        is_done BOOL,
                        cancelled BOOL,
                        failed BOOL,
                        force_stopped BOOL,
                        config SIMULATIONCONFIG,
                        start_kwargs KWARGS,
                        sim_type_name TEXT,
                        sim_module_name TEXT
                        )"""
    )


def create_statuses(connection: sqlite3.Connection) -> None:
    connection.execute(
        """CREATE TABLE IF NOT EXISTS sim_status (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    sim_id INTEGER NOT NULL,
                    time TIMESTAMP,
                    code INTEGER,
                    subcode INTEGER,
                    details TEXT,
                    error_trace TEXT,
                    FOREIGN KEY (sim_id)
                        REFERENCES simulations (sim_id)
                    )"""
    )


def simulations(connection: sqlite3.Connection, where: str, *values: Any) -> list[Any]:
    """List by its filter: ``is_done=? OR failed=?``."""
    found = connection.execute(
        f"SELECT {COLUMNS} FROM simulations {'WHERE ' + where if where else ''} ORDER BY created ASC;",
        [int(value) if isinstance(value, bool) else value for value in values],
    )
    names = list(StoredSimulationInfo.model_fields)
    return [StoredSimulationInfo(**dict(zip(names, row, strict=True))) for row in found.fetchall()]


def latest_statuses(connection: sqlite3.Connection) -> dict[str, SimStatus]:
    found = connection.execute(
        "SELECT sim_id, MAX(time), code, subcode, details, error_trace FROM sim_status GROUP BY sim_id"
    )
    return {
        str(row[0]): SimStatus(
            time=row[1], code=row[2], subcode=row[3], details=row[4], error_trace=row[5]
        )
        for row in found.fetchall()
    }


def save_again(connection: sqlite3.Connection, sim_id: str) -> None:
    """Update a row by everything that was read from it, as GymDash does with what it revives."""
    (info,) = simulations(connection, "sim_id=?", sim_id)
    (count,) = connection.execute(
        "SELECT COUNT(sim_id) FROM simulations WHERE sim_id=?", (UUID(sim_id),)
    ).fetchone()
    assert count == 1
    connection.execute(
        """UPDATE simulations SET name=?, created=?, started=?, ended=?, is_done=?, cancelled=?, failed=?,
                force_stopped=?, config=?, start_kwargs=?, sim_type_name=?, sim_module_name=? WHERE sim_id=?""",
        (
            info.name,
            *(
                None if moment is None else moment.isoformat(" ")
                for moment in (info.created, info.started, info.ended)
            ),
            info.is_done,
            info.cancelled,
            info.failed,
            info.force_stopped,
            json.dumps(info.config.__dict__),
            json.dumps(info.start_kwargs),
            info.sim_type_name,
            info.sim_module_name,
            info.sim_id,
        ),
    )
    connection.execute(
        "INSERT INTO sim_status (sim_id, time, code, subcode, details, error_trace) VALUES (?, ?, ?, ?, ?, ?)",
        (info.sim_id, datetime.now().isoformat(" "), 2, 0, "seen by GymDash", ""),  # noqa: DTZ005
    )
    connection.commit()


def delete(connection: sqlite3.Connection, folder: Path, sim_ids: list[str]) -> None:
    chosen = " OR ".join(["sim_id=?" for _ in sim_ids])
    connection.execute(f"DELETE FROM sim_status WHERE {chosen}", sim_ids)
    connection.execute(f"DELETE FROM simulations WHERE {chosen}", sim_ids)
    connection.commit()
    for path in (folder / "sims").iterdir():
        if path.is_dir() and path.name in sim_ids:
            shutil.rmtree(path, ignore_errors=True)


def delete_all(connection: sqlite3.Connection, folder: Path) -> None:
    connection.execute("DROP TABLE sim_status")
    connection.execute("DROP TABLE simulations")
    create_simulations(connection)
    create_statuses(connection)
    connection.commit()
    shutil.rmtree(folder / "sims", ignore_errors=True)
    (folder / "sims").mkdir()


def main() -> None:
    folder, what, *words = Path(sys.argv[1]), *sys.argv[2:]
    connection = connect(folder)
    if what == "list":
        where, values = (words[0], [bool(int(word)) for word in words[1:]]) if words else ("", [])
        print(
            json.dumps(
                [i.model_dump(mode="json") for i in simulations(connection, where, *values)]
            )
        )
    elif what == "latest":
        found = latest_statuses(connection)
        print(json.dumps({key: status.model_dump(mode="json") for key, status in found.items()}))
    elif what == "save":
        save_again(connection, words[0])
    elif what == "delete":
        delete(connection, folder, words)
    elif what == "delete-all":
        delete_all(connection, folder)


if __name__ == "__main__":
    main()
