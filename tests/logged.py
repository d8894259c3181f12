"""What a test itself caused to be logged.

Trackers of earlier tests may still be there; their helper threads log what becomes of projects that
those tests have removed, and ``caplog`` shows that to whichever test is running.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def logged_here(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Give the messages that were logged in the thread that asks, oldest first."""
    return [
        record.getMessage() for record in caplog.records if record.thread == threading.get_ident()
    ]
