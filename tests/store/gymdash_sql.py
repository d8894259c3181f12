"""What GymDash 0.1.4 itself does to a project's database, written by hand from its schema and its SQL."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

CREATE_TABLES = (
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
                        )""",
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
                    )""",
    """CREATE TABLE IF NOT EXISTS api_calls (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    name TEXT NOT NULL,
                    time TIMESTAMP,
                    code INTEGER,
                    details TEXT
                    )""",
)
COLUMNS = [
    "sim_id",
    "name",
    "created",
    "started",
    "ended",
    "is_done",
    "cancelled",
    "failed",
    "force_stopped",
    "config",
    "start_kwargs",
    "sim_type_name",
    "sim_module_name",
]


def connect(path: Path) -> sqlite3.Connection:
    """Open a database as GymDash does and make its tables."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA foreign_keys = ON;")
    for statement in CREATE_TABLES:
        connection.execute(statement)
        connection.commit()
    return connection


def add_simulation(connection: sqlite3.Connection, sim_id: str, **changed: Any) -> None:
    """Insert a simulation as GymDash does."""
    row: dict[str, Any] = {
        "sim_id": sim_id,
        "name": "old",
        "created": "2024-05-06 07:08:09.123456",
        "started": "2024-05-06 07:08:10.000001",
        "ended": None,
        "is_done": 0,
        "cancelled": 0,
        "failed": 0,
        "force_stopped": 0,
        "config": '{"name": "old", "sim_key": "dqn", "sim_family": "", "sim_type": "", "kwargs": {"a": 1}}',
        "start_kwargs": "{}",
        "sim_type_name": "StableBaselinesSimulation",
        "sim_module_name": "gymdash.backend.stable_baselines.simulations",
        **changed,
    }
    connection.execute(
        f"INSERT INTO simulations ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * 13)})",
        [row[name] for name in COLUMNS],
    )
    connection.commit()


def add_status(connection: sqlite3.Connection, sim_id: str, details: str = "old status") -> None:
    """Insert a status as GymDash does."""
    connection.execute(
        "INSERT INTO sim_status (sim_id, time, code, subcode, details, error_trace) VALUES (?, ?, ?, ?, ?, ?)",
        (sim_id, "2024-05-06 07:08:11", 2, 0, details, ""),
    )
    connection.commit()


def delete_simulations(connection: sqlite3.Connection, sim_ids: list[str]) -> None:
    """Delete simulations as GymDash does."""
    which = " OR ".join(["sim_id=?" for _ in sim_ids])
    connection.execute(f"DELETE FROM sim_status WHERE {which}", sim_ids)
    connection.execute(f"DELETE FROM simulations WHERE {which}", sim_ids)
    connection.commit()


def delete_all_simulations(connection: sqlite3.Connection) -> None:
    """Delete all simulations as GymDash does."""
    connection.execute("DROP TABLE sim_status")
    connection.execute("DROP TABLE simulations")
    for statement in CREATE_TABLES[:2]:
        connection.execute(statement)
    connection.commit()
