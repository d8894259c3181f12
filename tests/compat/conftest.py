"""Old import paths that lead here for one test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gymdash_jupyter import compat

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def old_imports() -> Iterator[None]:
    """Let GymDash's paths lead here during the test."""
    compat.enable_gymdash_imports()
    yield
    compat.disable_gymdash_imports()
