"""One tick for two things that change on their own: the project's database and the files of simulations.

A tick is the sum of the database's tick and a count of news from files. Both only grow, so a sum stands for one pair;
the pairs that were given out lately are remembered. For any other tick a pair is taken that is surely not newer, and
whoever asks hears of a few changes twice.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

_REMEMBERED: Final = 4096


@dataclass(frozen=True)
class FileNews:
    """What is newer than a count of news.

    Attributes:
        count: The present count.
        series: Series that grew, by simulation and key.
        simulations: Simulations whose media or rows changed.
        gone: Simulations that are not there any more.
    """

    count: int
    series: frozenset[tuple[UUID, str]]
    simulations: frozenset[UUID]
    gone: tuple[UUID, ...]


class Clock:
    """Count news from files and combine the count with the database's tick. Any thread may call it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # guards all below
        self._count = 0
        self._stamps: OrderedDict[tuple[str, UUID, str], int] = OrderedDict()
        self._pairs: OrderedDict[int, tuple[int, int]] = OrderedDict()

    @property
    def count(self) -> int:
        """How many news there were."""
        return self._count

    def note(
        self,
        *,
        series: Iterable[tuple[UUID, str]] = (),
        simulations: Iterable[UUID] = (),
        gone: Iterable[UUID] = (),
    ) -> None:
        """Count one more and stamp what is new."""
        with self._lock:
            self._count += 1
            new = [("series", sim_id, key) for sim_id, key in series]
            new += [("simulation", sim_id, "") for sim_id in simulations]
            new += [("gone", sim_id, "") for sim_id in gone]
            for what in new:
                self._stamps[what] = self._count
                self._stamps.move_to_end(what)

    def stamp(self, sim_id: UUID, key: str | None = None) -> int:
        """Give the count at which a series, or a simulation, changed last; 0 for never."""
        what = ("simulation", sim_id, "") if key is None else ("series", sim_id, key)
        return self._stamps.get(what, 0)

    def since(self, count: int) -> FileNews:
        """Give what is newer than a count."""
        found: list[tuple[str, UUID, str]] = []
        with self._lock:
            now = self._count
            for what in reversed(self._stamps):
                if self._stamps[what] <= count:
                    break
                found.append(what)
        return FileNews(
            now,
            frozenset((sim_id, key) for what, sim_id, key in found if what == "series"),
            frozenset(sim_id for what, sim_id, _ in found if what == "simulation"),
            tuple(sim_id for what, sim_id, _ in reversed(found) if what == "gone"),
        )

    def tick(self, database: int, count: int | None = None) -> int:
        """Combine the database's tick with the count of news, the present one unless it is given."""
        with self._lock:
            pair = (database, self._count if count is None else count)
            tick = sum(pair)
            known = self._pairs.get(tick, pair)
            # Two threads may see two pairs of one sum; what both have seen is taken.
            self._pairs[tick] = min(pair[0], known[0]), min(pair[1], known[1])
            self._pairs.move_to_end(tick)
            if len(self._pairs) > _REMEMBERED:
                self._pairs.popitem(last=False)
            return tick

    def pair(self, tick: int, database: int) -> tuple[int, int]:
        """Give the database's tick and the count for which a tick stands.

        Args:
            tick: From ``tick``, or any other number.
            database: The database's present tick.

        Returns:
            (0, 0), which means everything, for 0 and for a tick that has not come yet.
        """
        with self._lock:
            if tick <= 0 or tick > database + self._count:
                return 0, 0
            return self._pairs.get(tick, (max(tick - self._count, 0), 0))
