"""Stores to test with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gymdash_jupyter.store import ProjectStore, open_store


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Give the path of a database that does not exist yet."""
    return tmp_path / "simulations.db"


@pytest.fixture
def open_again(database: Path) -> Iterator[Callable[[], ProjectStore]]:
    """Open stores on the test's database; all are closed afterwards."""
    stores: list[ProjectStore] = []

    def opened() -> ProjectStore:
        stores.append(open_store(database))
        return stores[-1]

    yield opened
    for store in stores:
        store.close()


@pytest.fixture
def store(open_again: Callable[[], ProjectStore]) -> ProjectStore:
    """Give an open store of an empty project."""
    return open_again()
