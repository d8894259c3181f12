"""A project of this test alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import gymdash_jupyter as gd
from tests.launch.clean import clean_state


@pytest.fixture
def project(project_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[gd.Project]:
    """Open a project as the current one."""
    with clean_state(monkeypatch):
        yield gd.open_project(project_dir)
