"""Event files as TensorBoard's own classes write them, cell by cell, and what its own reader makes of a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from tensorboard.backend.event_processing.event_accumulator import (
    AUDIO,
    COMPRESSED_HISTOGRAMS,
    HISTOGRAMS,
    IMAGES,
    SCALARS,
    TENSORS,
    EventAccumulator,
)
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
from tensorboard.summary.writer.record_writer import RecordWriter
from tensorboard.util.tensor_util import make_ndarray

NAME = "events.out.tfevents.1700000000.machine"


def write_events(path: Path, events: list[Event]) -> Path:
    """Write events to a file, after the one with which TensorBoard begins each."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        writer = RecordWriter(file)
        writer.write(Event(wall_time=1.0, file_version="brain.Event:2").SerializeToString())
        for event in events:
            writer.write(event.SerializeToString())
    return path


def scalar(key: str, step: int, value: float, time: float = 5.0) -> Event:
    """Give an event with one scalar as stable-baselines3 and torch write it."""
    return Event(
        wall_time=time,
        step=step,
        summary=Summary(value=[Summary.Value(tag=key, simple_value=value)]),
    )


def tensor(key: str, step: int, proto: Any, plugin: str = "", time: float = 5.0) -> Event:
    """Give an event with one tensor as TensorFlow 2 writes it."""
    value = Summary.Value(tag=key, tensor=proto)
    if plugin:
        value.metadata.CopyFrom(
            SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name=plugin))
        )
    return Event(wall_time=time, step=step, summary=Summary(value=[value]))


def as_tensorboard_reads(folder: Path) -> dict[str, list[tuple[int, float, float]]]:
    """Give step, time and value of every scalar that TensorBoard's own reader finds, in its order."""
    everything = dict.fromkeys(
        (AUDIO, COMPRESSED_HISTOGRAMS, HISTOGRAMS, IMAGES, SCALARS, TENSORS), 0
    )
    reader = EventAccumulator(str(folder), size_guidance=everything, purge_orphaned_data=False)
    reader.Reload()
    tags = reader.Tags()
    found = {
        key: [(event.step, event.wall_time, event.value) for event in reader.Scalars(key)]
        for key in tags[SCALARS]
    }
    for key in tags[TENSORS]:
        if reader.SummaryMetadata(key).plugin_data.plugin_name == "scalars":
            found[key] = [
                (event.step, event.wall_time, float(make_ndarray(event.tensor_proto).item()))
                for event in reader.Tensors(key)
            ]
    return found


def as_tuples(series: Any) -> list[tuple[int, float, float]]:
    """Give the points of a series as TensorBoard's reader gives them."""
    return list(
        zip(series.steps.tolist(), series.times.tolist(), series.values.tolist(), strict=True)
    )


def same(ours: list[tuple[int, float, float]], theirs: list[tuple[int, float, float]]) -> bool:
    """Compare points, NaN with NaN."""
    return len(ours) == len(theirs) and all(
        a[:2] == b[:2] and np.array_equal(a[2], b[2], equal_nan=True)
        for a, b in zip(ours, theirs, strict=True)
    )
