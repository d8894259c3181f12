"""Letting writers of event files write down what they still hold.

A ``SummaryWriter`` that its owner never closes keeps its last events, up to two minutes of them, in memory.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

_MODULES = ("tensorboard.summary.writer.event_file_writer", "tensorboardX.event_file_writer")


def flush_open_writers(folders: Collection[str]) -> None:
    """Flush all writers of event files in these folders that are open in this process.

    They are found among all of Python's objects, some 0.1 s for a million; nothing is looked for where no library
    that has such writers was imported.

    Args:
        folders: Absolute paths.
    """
    classes = tuple(
        kind
        for module in _MODULES
        if isinstance(kind := getattr(sys.modules.get(module), "EventFileWriter", None), type)
    )
    if not classes or not folders:
        return
    for writer in [found for found in gc.get_objects() if type(found) in classes]:
        if _folder_of(writer) in folders:
            with suppress(Exception):  # it is closed, or broken, which is its owner's to know
                writer.flush()


def _folder_of(writer: Any) -> str:
    folder = getattr(writer, "_logdir", None)
    if folder is None:  # tensorboardX knows the file only
        folder = os.path.dirname(getattr(getattr(writer, "_ev_writer", None), "_file_name", ""))  # noqa: PTH120
    return os.path.abspath(folder)  # noqa: PTH100 - links stay
