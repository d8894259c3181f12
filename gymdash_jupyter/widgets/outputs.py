"""The places on the page where a card was displayed, which can be replaced by something that needs no kernel."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from IPython.display import display

if TYPE_CHECKING:
    from collections.abc import Callable


class Outputs:
    """Remember where something was displayed. Any thread may use it.

    JupyterLab knows a place as long as the page that ran the cell is open; after a reload what is sent there gets lost.
    """

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._lock = threading.Lock()  # guards _ids

    @property
    def are_open(self) -> bool:
        """Whether there is a place that was not replaced yet."""
        return bool(self._ids)

    def display(self, data: dict[str, Any]) -> None:
        """Display a MIME bundle below the running cell and remember where."""
        display_id = uuid4().hex
        with self._lock:
            self._ids.append(display_id)
        display(data, raw=True, display_id=display_id)

    def replace(self, make: Callable[[], dict[str, Any]]) -> None:
        """Put a MIME bundle into all places, for good; it is made only if there are any."""
        with self._lock:
            ids, self._ids = self._ids, []
        data = make() if ids else {}
        for display_id in ids:
            display(data, raw=True, display_id=display_id, update=True)
