"""Importing torch for the first time, by one thread at a time."""

from __future__ import annotations

import threading

FIRST_IMPORT = threading.Lock()
"""Held while torch, or what needs it, is imported: two threads that do so at once may see half of it."""
