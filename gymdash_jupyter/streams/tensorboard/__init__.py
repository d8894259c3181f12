"""Read and write TensorBoard's event files, without TensorBoard: no reader of theirs is loaded or needed."""

from gymdash_jupyter.streams.tensorboard.events import EventNews, HistogramEvent, MediaEvent

__all__ = ["EventNews", "HistogramEvent", "MediaEvent"]
