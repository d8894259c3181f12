"""What stands in a row of a list while the pointer is over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.waiting import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Locator


def click_in_row(row: Locator, title: str) -> None:
    """Point at a row and click what it offers then, as often as it takes.

    A row moves when another one comes or a section opens above it; then the pointer is over another row.
    """
    from playwright.sync_api import TimeoutError as NotInTime

    def click() -> bool:
        row.hover()
        try:
            row.get_by_title(title).click(timeout=2000)
        except NotInTime:
            return False
        return True

    wait_until(click, what=f"{title} in the row")
