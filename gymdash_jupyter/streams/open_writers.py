"""Letting writers of event files write down what they still hold.

A ``SummaryWriter`` writes in a thread of its own. Where its owner never closes it, or has forgotten it by now, that
thread still holds the last events, with TensorFlow installed up to two minutes of them.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

_WRITERS = {
    ("tensorboard.summary.writer.event_file_writer", "_AsyncWriterThread"): (
        "_queue",
        "_record_writer",
    ),
    ("tensorboardX.event_file_writer", "_EventLoggerThread"): ("_queue", "_ev_writer"),
}
"""Threads that write event files, by module and class: where they keep what waits, and what writes to the file."""


def flush_open_writers(folders: Collection[str]) -> None:
    """Let all threads of this process that write event files in these folders write what they hold, and wait for it.

    Args:
        folders: Absolute paths.
    """
    for thread in threading.enumerate():
        names = _WRITERS.get((type(thread).__module__, type(thread).__name__))
        if names is None:
            continue
        queue, writer = (getattr(thread, name, None) for name in names)
        if queue is not None and writer is not None and _folder_of(writer) in folders:
            with suppress(Exception):  # a broken one is its owner's to hear of
                queue.join()
                writer.flush()


def _folder_of(writer: Any) -> str:
    """Give the folder of a writer's file: of tensorboardX, of TensorBoard, of TensorFlow."""
    file = getattr(writer, "_writer", None)
    for owner, attribute in ((writer, "_file_name"), (file, "filename"), (file, "name")):
        path = getattr(owner, attribute, None)
        if isinstance(path, (str, bytes)):
            return os.path.abspath(os.path.dirname(os.fsdecode(path)))  # noqa: PTH100, PTH120 - links stay
    return ""
