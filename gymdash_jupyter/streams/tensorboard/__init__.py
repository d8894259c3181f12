"""Read and write TensorBoard's event files, without TensorBoard: no reader of theirs is loaded or needed."""

from gymdash_jupyter.streams.tensorboard.events import EventNews, HistogramEvent, MediaEvent
from gymdash_jupyter.streams.tensorboard.folder import EventFolder, event_folders

__all__ = ["EventFolder", "EventNews", "HistogramEvent", "MediaEvent", "event_folders"]
