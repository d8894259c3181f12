"""Everything that the event files of one folder hold, read bit by bit so that media need not lie in memory together."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gymdash_jupyter.importing.answers import content_words
from gymdash_jupyter.importing.hyperparameters import table_of
from gymdash_jupyter.importing.times import span
from gymdash_jupyter.records import ScalarSeries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gymdash_jupyter.importing.pieces import PieceKeeper
    from gymdash_jupyter.streams.tensorboard import EventFolder

_BYTES_A_READ: Final = 1 << 26


@dataclass(frozen=True)
class Found:
    """What the files of one folder hold, whether it is new or not.

    Attributes:
        series: Points by key.
        span: First and last moment, seconds since the epoch; None where no time makes sense.
        n_pieces: How many images, sounds, texts and histograms, by kind.
        table: Hyperparameters that a text lists.
        problems: What could not be read.
    """

    series: Mapping[str, ScalarSeries]
    span: tuple[float, float] | None
    n_pieces: Mapping[str, int]
    table: Mapping[str, Any]
    problems: tuple[str, ...]

    @property
    def words(self) -> str:
        """Say what it is in a few words."""
        return (
            content_words(
                series=len(self.series),
                point=sum(map(len, self.series.values())),
                image=self.n_pieces["image"],
                sound=self.n_pieces["audio"],
                text=self.n_pieces["text"],
                histogram=self.n_pieces["histogram"],
            )
            or "nothing that is read"
        )


def read_all(files: EventFolder, keeper: PieceKeeper) -> Found:
    """Read a folder; images, sounds, texts and histograms are given to their keeper as they come.

    Raises:
        OSError: A new piece cannot be written.
    """
    parts: dict[str, list[ScalarSeries]] = {}
    problems: list[str] = []
    times: list[float] = []
    n_pieces: Counter[str] = Counter()
    table: dict[str, Any] = {}
    is_behind = True
    while is_behind:
        news = files.read(limit=_BYTES_A_READ)
        is_behind = files.is_behind
        for key, part in news.scalars.items():
            parts.setdefault(key, []).append(part)
        for event in news.media:
            keeper.keep(event)
            times.append(event.time)
            n_pieces[event.kind] += 1
            table = table or table_of(event)
        for histogram in news.histograms:
            keeper.keep_histogram(histogram)
            times.append(histogram.time)
            n_pieces["histogram"] += 1
        problems += news.problems
    series = {key: _joined(some) for key, some in sorted(parts.items())}
    whole_span = span([*(one.times for one in series.values()), np.array(times)])
    return Found(series, whole_span, n_pieces, table, tuple(problems))


def _joined(parts: list[ScalarSeries]) -> ScalarSeries:
    if len(parts) == 1:
        return parts[0]
    return ScalarSeries(
        np.concatenate([part.steps for part in parts]),
        np.concatenate([part.times for part in parts]),
        np.concatenate([part.values for part in parts]),
    )
