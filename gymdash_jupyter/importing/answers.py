"""What an import, or writing files for another program, has done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gymdash_jupyter.views import Views

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from uuid import UUID

    from gymdash_jupyter.simulation import Simulation
    from gymdash_jupyter.stored import StoredSimulation

_MOST_LINES = 10


@dataclass(frozen=True)
class Imported(Views):
    """What an import found, and what of it was new. Can be given as ``sims=`` to everything that takes simulations.

    ``done.scalars()`` and its like give what is known of all of them, as with a group.

    Attributes:
        folder: What was imported, absolute.
        sims: One simulation for each folder with event files, in the order of their paths.
        n_new: How many of these the project did not have before.
        n_points: How many points were new.
        n_media: How many images, sounds and texts were new.
        n_histograms: How many histograms were new.
        problems: What could not be read or kept, as sentences.
    """

    folder: Path
    sims: tuple[Simulation | StoredSimulation, ...]
    n_new: int = 0
    n_points: int = 0
    n_media: int = 0
    n_histograms: int = 0
    problems: tuple[str, ...] = ()

    @property
    def ids(self) -> list[UUID]:
        """The ids of the simulations."""
        return [sim.sim_id for sim in self.sims]

    def __len__(self) -> int:
        return len(self.sims)

    def __iter__(self) -> Iterator[Simulation | StoredSimulation]:
        return iter(self.sims)

    @property
    def words(self) -> str:
        """Say in a few words what was imported and what was new."""
        counts = content_words(point=self.n_points, file=self.n_media, histogram=self.n_histograms)
        found = counted(len(self.sims), "simulation")
        new = f" ({self.n_new:,} of them new)" if 0 < self.n_new < len(self.sims) else ""
        return f"Imported {found}{new} from {self.folder}: {f'{counts} new' if counts else 'nothing new'}"

    def __repr__(self) -> str:
        return "\n".join([f"<{self.words}>", *_lines(self.problems)])


@dataclass(frozen=True)
class WrittenLogs:
    """What was written as event files.

    Attributes:
        folder: Where, absolute; what to give to ``tensorboard --logdir``.
        folders: The folder of each simulation, by id.
        n_points: How many points were written.
        n_media: How many images, sounds, texts and histograms.
        left_out: What was not written, and why, as sentences.
    """

    folder: Path
    folders: dict[UUID, Path]
    n_points: int = 0
    n_media: int = 0
    left_out: tuple[str, ...] = ()

    def __repr__(self) -> str:
        counts = content_words(point=self.n_points, file=self.n_media) or "nothing"
        head = f"<Wrote {counts} of {counted(len(self.folders), 'simulation')} to {self.folder}>"
        return "\n".join([head, *_lines(self.left_out)])


def counted(n: int, word: str) -> str:
    """Write a count of things: ``1 point``, ``3,000 points``, ``2 series``."""
    return f"{n:,} {word}{'' if n == 1 or word.endswith('s') else 's'}"


def content_words(**counts: int) -> str:
    """Write counts by their words behind commas, leaving out what there is none of."""
    return ", ".join(counted(n, word) for word, n in counts.items() if n)


def _lines(sentences: tuple[str, ...]) -> list[str]:
    lines = [f"  {sentence}" for sentence in sentences[:_MOST_LINES]]
    if len(sentences) > _MOST_LINES:
        lines.append(f"  and {len(sentences) - _MOST_LINES:,} more")
    return lines
