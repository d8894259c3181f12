from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.launch.clean import clean_state


@pytest.fixture(autouse=True)
def _leave_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with clean_state(monkeypatch):
        yield
