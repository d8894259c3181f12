"""Stores to test with."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gymdash_jupyter.store import ProjectStore, open_store
from tests.store.makers import created


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


@pytest.fixture
def locked_folder() -> Iterator[Path]:
    """Give a folder that everybody may read and only its owner may write, with a project of one simulation."""
    # Not below tmp_path, which others may not even enter.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        with closing(open_store(folder / "simulations.db")) as store:
            created(store)
        (folder / "simulations.db").chmod(0o644)
        yield folder
