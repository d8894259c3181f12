"""Frozen values that cross rooms, and the only clock.

Nothing here knows a database, a thread or a notebook. Times are aware UTC datetimes, or floats in
seconds since the epoch where there are many of them. Everybody imports from here, not from the files.

Where to look: ``simulations`` and ``changes`` are what a viewer reads, ``series``, ``media`` and ``resources`` what
simulations recorded, ``batches`` carries that to the store, ``conversation`` is what they and people ask each other,
``owners`` says which processes they belong to.
"""

from gymdash_jupyter.records.batches import Batch
from gymdash_jupyter.records.changes import Changes
from gymdash_jupyter.records.clock import now_utc
from gymdash_jupyter.records.conversation import Answer, Command, ControlRequest
from gymdash_jupyter.records.media import MediaItem
from gymdash_jupyter.records.owners import Keeper, ProcessIdentity, QueueEntry, Unsettled
from gymdash_jupyter.records.resources import ResourceSample
from gymdash_jupyter.records.series import ScalarSeries, SeriesInfo
from gymdash_jupyter.records.simulations import Progress, SimulationRecord

__all__ = [
    "Answer",
    "Batch",
    "Changes",
    "Command",
    "ControlRequest",
    "Keeper",
    "MediaItem",
    "ProcessIdentity",
    "Progress",
    "QueueEntry",
    "ResourceSample",
    "ScalarSeries",
    "SeriesInfo",
    "SimulationRecord",
    "Unsettled",
    "now_utc",
]
