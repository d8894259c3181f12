"""The store that also reads GymDash's files keeps the whole contract of a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gymdash_jupyter.foreign import with_files
from gymdash_jupyter.store import ProjectStore, open_store
from tests.store.store_cases import StoreCases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def open_again(tmp_path: Path) -> Iterator[Callable[[], ProjectStore]]:
    stores: list[ProjectStore] = []

    def opened() -> ProjectStore:
        store = open_store(tmp_path / "simulations.db")
        stores.append(with_files(store, tmp_path / "sims", look_every_s=0.0))
        return stores[-1]

    yield opened
    for store in stores:
        store.close()


@pytest.fixture
def store(open_again: Callable[[], ProjectStore]) -> ProjectStore:
    return open_again()


@pytest.mark.slow
class TestStoreWithFiles(StoreCases):
    pass
