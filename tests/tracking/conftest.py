"""A project to track in, and another interpreter to look at it from."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import gymdash_jupyter as gd
from tests.launch.clean import clean_state

Ask = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture(autouse=True)
def _leave_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with clean_state(monkeypatch):
        yield


@pytest.fixture
def project(project_dir: Path) -> gd.Project:
    """Give an empty project, which is the current one."""
    return gd.open_project(project_dir)


@pytest.fixture
def ask(project_dir: Path) -> Ask:
    """Ask the database in SQL, past everything of ours."""

    def asked(sql: str, *values: Any) -> list[tuple[Any, ...]]:
        path = project_dir / "db" / "simulations.db"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            return connection.execute(sql, values).fetchall()

    return asked


@pytest.fixture
def flags(ask: Ask) -> Callable[[str], tuple[int, ...]]:
    """Give is_done, cancelled, failed and force_stopped of the simulation of a name."""
    sql = "SELECT is_done, cancelled, failed, force_stopped FROM simulations WHERE name = ?"
    return lambda name: ask(sql, name)[0]


@pytest.fixture
def last_words(ask: Ask) -> Callable[[str], tuple[str, str]]:
    """Give details and trace of the newest status of the simulation of a name."""
    sql = (
        "SELECT details, error_trace FROM sim_status JOIN simulations USING (sim_id) "
        "WHERE name = ? ORDER BY id DESC LIMIT 1"
    )
    return lambda name: ask(sql, name)[0]
