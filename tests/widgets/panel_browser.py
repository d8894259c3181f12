"""The other side of a panel: says what a browser would, keeps what the panel sends."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from tests.waiting import wait_until

if TYPE_CHECKING:
    from gymdash_jupyter.widgets.panel import Panel


class PanelBrowser:
    """One view of a panel."""

    def __init__(self, panel: Panel, view: str = "v") -> None:
        self.panel = panel
        self.view = view
        self.got: list[tuple[dict[str, Any], list[bytes]]] = []
        self._numbers = itertools.count(1)
        panel.send = lambda content, buffers=None: self.got.append((content, list(buffers or [])))

    def show(self, **shown: Any) -> None:
        """Look at the panel; what it then shows."""
        self._say({"id": 0, "kind": "show", "is_seen": True, **shown})

    def look_away(self) -> None:
        """Scroll it out of sight."""
        self._say({"id": 0, "kind": "seen", "is_seen": False})

    def ask(self, kind: str, **content: Any) -> Any:
        """Ask something; give the result, or raise AssertionError with the error's words."""
        said = self.ask_whole(kind, **content)[0]
        assert "error" not in said, said["error"]
        return said["result"]

    def ask_whole(self, kind: str, **content: Any) -> tuple[dict[str, Any], list[bytes]]:
        """Ask something and give the whole answer, with its buffers."""
        number = f"{self.view}-{next(self._numbers)}"
        self._say({"id": number, "kind": kind, **content})
        wait_until(lambda: self._answers(number), what=f"an answer to {kind}")
        return self._answers(number)[0]

    def kinds(self) -> list[str]:
        """Name what the panel sent by itself."""
        return [content["kind"] for content, _ in self.got if content["id"] == 0]

    def wait_for(self, kind: str, count: int = 1) -> tuple[dict[str, Any], list[bytes]]:
        """Wait for the n-th message of a kind."""
        wait_until(lambda: len(self._of(kind)) >= count, what=f"message {kind} number {count}")
        return self._of(kind)[count - 1]

    def _say(self, content: dict[str, Any]) -> None:
        self.panel._on_message(self.panel, {"view": self.view, **content}, [])

    def _of(self, kind: str) -> list[tuple[dict[str, Any], list[bytes]]]:
        return [each for each in list(self.got) if each[0]["kind"] == kind and each[0]["id"] == 0]

    def _answers(self, number: str) -> list[tuple[dict[str, Any], list[bytes]]]:
        return [each for each in list(self.got) if each[0]["id"] == number]
