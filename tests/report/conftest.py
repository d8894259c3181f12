from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gymdash_jupyter.project import Project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """Give an empty project."""
    opened = Project.open(tmp_path / "mine" / "project")
    yield opened
    opened.store.close()
