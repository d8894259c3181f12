"""JupyterLabs that are gone after the test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.start.serving import Served, free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Give a function that starts Python with arguments, ``{port}`` in them being a free port."""
    started: list[Served] = []

    def serve(*arguments: str, stdin: int | None = None) -> Served:
        port = free_port()
        given = [argument.replace("{port}", str(port)) for argument in arguments]
        started.append(Served(given, port, tmp_path, stdin))
        return started[-1]

    yield serve
    for served in started:
        served.stop()
