"""A project folder that GymDash 0.1.4 really wrote, and what to do with copies of it."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from tests.launch.clean import clean_state

if TYPE_CHECKING:
    from collections.abc import Iterator

ORIGINAL = Path(__file__).parents[1] / "old_projects" / "gymdash_0_1_4"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a copy of the folder, written long ago."""
    copy = tmp_path / "project"
    shutil.copytree(ORIGINAL, copy)
    for path in copy.rglob("*"):
        os.utime(path, (1.7e9, 1.7e9))
    return copy


@pytest.fixture
def _apart(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with clean_state(monkeypatch):
        yield


def id_of(folder: Path, name: str) -> UUID:
    """Give the id of a simulation."""
    with closing(
        sqlite3.connect(f"file:{folder}/db/simulations.db?mode=ro", uri=True)
    ) as database:
        rows = database.execute(
            "SELECT sim_id FROM simulations WHERE name = ?", (name,)
        ).fetchall()
    return UUID(rows[0][0])


def event_folder(folder: Path, name: str) -> Path:
    """Give the one folder with event files of a simulation."""
    found = (folder / "sims" / str(id_of(folder, name))).rglob("events.out.tfevents.*")
    return next(found).parent


def content_of(folder: Path) -> dict[str, tuple[str, int, int]]:
    """Say everything that can be seen of a folder from outside: names, contents, when each was changed."""
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
            path.lstat().st_mtime_ns,
            path.lstat().st_mode,
        )
        for path in [folder, *folder.rglob("*")]
    }
