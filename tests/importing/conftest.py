"""A project of this test alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import gymdash_jupyter as gd
from tests.launch.clean import clean_state


@pytest.fixture(autouse=True)
def _leave_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with clean_state(monkeypatch):
        yield


@pytest.fixture
def project(project_dir: Path) -> gd.Project:
    """Open a project as the current one."""
    return gd.open_project(project_dir)
