from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
import matplotlib.pyplot as plt
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


@pytest.fixture(autouse=True)
def no_window() -> Iterator[None]:
    """Draw without a window, and count no figures that tests of other rooms left in this process."""
    mpl.use("Agg")
    plt.close("all")
    yield
    plt.close("all")
