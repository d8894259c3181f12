"""A folder of event files that is written by TensorBoard's own class."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter

if TYPE_CHECKING:
    from pathlib import Path


class EventLog:
    """Write events and flush them.

    Args:
        folder: Where.
        max_waiting: How many events may wait to be written.
    """

    def __init__(self, folder: Path, *, max_waiting: int = 10) -> None:
        self.folder = folder
        self.writer = EventFileWriter(str(folder), max_queue_size=max_waiting)

    def write(self, key: str, *points: tuple[int, float, float]) -> None:
        """Write points: step, time and value."""
        self.put(key, *points)
        self.writer.flush()

    def put(self, key: str, *points: tuple[int, float, float]) -> None:
        """Write points without flushing them."""
        for step, time, value in points:
            summary = Summary(value=[Summary.Value(tag=key, simple_value=value)])
            self.writer.add_event(Event(wall_time=time, step=step, summary=summary))

    def write_image(self, key: str, step: int, content: bytes, time: float = 5.0) -> None:
        """Write an image of 3 x 2 pixels."""
        image = Summary.Image(height=2, width=3, encoded_image_string=content)
        summary = Summary(value=[Summary.Value(tag=key, image=image)])
        self.writer.add_event(Event(wall_time=time, step=step, summary=summary))
        self.writer.flush()


def png(colour: int = 0) -> bytes:
    """Give the content of an image of 3 x 2 pixels."""
    file = io.BytesIO()
    Image.new("RGB", (3, 2), (colour, 0, 0)).save(file, "PNG")
    return file.getvalue()
