from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gymdash_jupyter.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gymdash_jupyter.store.contract import ProjectStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ProjectStore]:
    opened = open_store(tmp_path / "simulations.db")
    yield opened
    opened.close()
