"""A project's store that also knows what GymDash's simulations left in their folders."""

# ruff: noqa: D102 - the contract says what the methods promise
from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal

from gymdash_jupyter.background import PeriodicTask
from gymdash_jupyter.foreign.clock import Clock
from gymdash_jupyter.foreign.delegating import HandsOn
from gymdash_jupyter.foreign.heard import last_heard
from gymdash_jupyter.foreign.known import Known
from gymdash_jupyter.foreign.merging import by_creation, merged_table
from gymdash_jupyter.foreign.rows import Rows
from gymdash_jupyter.foreign.viewing import must_not_wait
from gymdash_jupyter.records import Changes, ScalarSeries, SeriesInfo

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from uuid import UUID

    from gymdash_jupyter.foreign.left_behind import LeftBehind
    from gymdash_jupyter.records import MediaItem, SimulationRecord
    from gymdash_jupyter.store import ProjectStore, ScalarTable

LOOK_EVERY_S: Final = 1.0
_IDLE_S: Final = 10.0
MOST_POINTS: Final = 20_000_000
"""Points of files that are kept in memory, 24 bytes each; what goes beyond is read again when it is wanted."""

_SHARE_OF_TIME: Final = 0.05
"""Looking at files of simulations that may still grow takes no more than this of a processor."""


def with_files(
    store: ProjectStore, sims_folder: Path, *, look_every_s: float = LOOK_EVERY_S
) -> ProjectStore:
    """Give a store that also knows what GymDash's simulations left in their folders; see ``ForeignStore``."""
    return ForeignStore(store, sims_folder, look_every_s=look_every_s)  # type: ignore[abstract]


class ForeignStore(HandsOn):
    """Add series and media out of files to a store, for simulations that GymDash itself executed.

    A simulation that this package executed is left to the inner store, whatever files it wrote. Event files are read
    once, and again while their simulation goes on; no more often than once a second, and only while somebody asks.

    *Who waits.* ``series``, ``read_scalars``, ``read_table`` and ``media`` answer when the files of the simulations
    that they are asked for are read. Within ``at_once()`` they say what is known, and a helper thread reads the rest,
    of which ``changes`` tells. ``tick`` and ``changes`` never wait for files; outside of ``at_once()``,
    ``tick`` lets nobody read any.

    *Ticks.* See ``clock``. Where the database has no tick because only GymDash wrote to it, its rows are looked at by
    the same helper thread, so that ``changes`` tells of them, too.

    Args:
        inner: The project's database.
        sims_folder: Where simulations have their folders.
        look_every_s: How often to look at files at most.
    """

    def __init__(
        self, inner: ProjectStore, sims_folder: Path, *, look_every_s: float = LOOK_EVERY_S
    ) -> None:
        super().__init__(inner)
        self._look_every_s = look_every_s
        self._clock = Clock()
        self._known = Known(inner, sims_folder, look_every_s=look_every_s)
        self._rows = Rows(inner, self._clock)
        self._asked = 0.0
        self._task = PeriodicTask("gymdash-foreign", self._look_around, interval_s=look_every_s)

    def close(self) -> None:
        self._task.stop()
        self.inner.close()

    # What viewers ask again and again

    def tick(self) -> int:
        database = self.inner.tick()
        if must_not_wait():  # else it is somebody who waits for a change of the database only
            self._attend(database)
        return self._clock.tick(database)

    def changes(self, after: int) -> Changes:
        database = self.inner.tick()
        self._attend(database)
        since, count = self._clock.pair(after, database)
        if not since and not count:
            return self._everything()
        news = self._clock.since(count)
        if since or database:
            found = self.inner.changes(since)
            self._known.learn(found, since)
        else:
            found = Changes(0, (), (), news.gone)
        told = {record.sim_id for record in found.simulations}
        records = [*found.simulations, *self._records(news.simulations - told)]
        grown = self._infos(news.series)
        series = [*found.series, *grown]
        if len(records) > len(told) or grown:
            place = by_creation(
                self.inner, {r.sim_id for r in records} | {i.sim_id for i in series}
            )
            records.sort(key=lambda record: place(record.sim_id))
            series.sort(key=lambda info: (place(info.sim_id), info.key))
        tick = self._clock.tick(found.tick, news.count)
        return Changes(tick, self._stamped(records), series, found.deleted)

    def simulation(self, sim_id: UUID) -> SimulationRecord:
        return self._stamped([self.inner.simulation(sim_id)])[0]

    def simulations(
        self, flags: Mapping[str, bool] | None = None, *, mode: Literal["OR", "AND"] = "OR"
    ) -> list[SimulationRecord]:
        return self._stamped(self.inner.simulations(flags, mode=mode))

    def last_heard(self, sim_ids: Collection[UUID]) -> dict[UUID, datetime]:
        self._known.update(self.inner.tick())
        running = [each for each in self._known.among(sim_ids) if not each.is_done]
        return (
            last_heard(self.inner, {each.sim_id: each.files for each in running})
            if running
            else {}
        )

    # What is in files

    def series(self, sim_ids: Collection[UUID] | None = None) -> list[SeriesInfo]:
        found = self.inner.series(sim_ids)
        ours = [info for each in self._of(sim_ids) for info in self._infos_of(each)]
        return self._in_order(found, ours)

    def read_scalars(self, sim_id: UUID, key: str, *, after: int = 0) -> tuple[ScalarSeries, int]:
        for each in self._of([sim_id]):
            after = max(0, after)
            points = each.points(key, after)
            if points is not None:
                return points, after + len(points)
        return self.inner.read_scalars(sim_id, key, after=after)

    def read_table(
        self, sim_ids: Collection[UUID] | None = None, keys: Collection[str] | None = None
    ) -> ScalarTable:
        found = self.inner.read_table(sim_ids, keys)
        wanted = None if keys is None else set(keys)
        ours = [
            (info, each.points(info.key))
            for each in self._of(sim_ids)
            for info in self._infos_of(each, wanted)
        ]
        if not ours:
            return found
        self._forget_some()
        infos = self._in_order(found.series, [info for info, _ in ours])
        points = {(info.sim_id, info.key): part for info, part in ours if part is not None}
        return merged_table(found, infos, points)

    def media(
        self, sim_ids: Collection[UUID] | None = None, keys: Collection[str] | None = None
    ) -> list[MediaItem]:
        found = self.inner.media(sim_ids, keys)
        wanted = None if keys is None else set(keys)
        ours = [
            item
            for each in self._of(sim_ids)
            for item in each.media()
            if wanted is None or item.key in wanted
        ]
        if found and ours:
            place = by_creation(self.inner, {item.sim_id for item in [*found, *ours]})
            return sorted([*found, *ours], key=lambda item: (place(item.sim_id), item.key))
        return found or ours

    def _of(self, sim_ids: Collection[UUID] | None) -> list[LeftBehind]:
        """Give what is known of these simulations' files, read now unless nobody may wait."""
        if must_not_wait():
            self._attend(self.inner.tick())
            return self._known.among(sim_ids)
        self._known.update(self.inner.tick())
        found = self._known.among(sim_ids)
        for each in found:
            self._look(each)
        return found

    def _forget_some(self) -> None:
        """Keep the memory bounded: points of what has ended can be read again."""
        held = [(each.n_held, each) for each in self._known.among(None)]
        n = sum(n for n, _ in held)
        if n <= MOST_POINTS:
            return
        for n_held, each in sorted(held, key=lambda pair: pair[1].asked):
            if n_held and each.is_settled:
                each.forget()
                n -= n_held
            if n <= MOST_POINTS // 2:
                break

    def _look(self, each: LeftBehind) -> None:
        growth = each.look() if each.is_due else None
        if growth:
            self._clock.note(
                series=[(each.sim_id, key) for key in growth.keys],
                simulations=[each.sim_id] if growth.has_media else [],
            )

    def _infos(self, grown: Iterable[tuple[UUID, str]]) -> list[SeriesInfo]:
        keys: dict[UUID, set[str]] = {}
        for sim_id, key in grown:
            keys.setdefault(sim_id, set()).add(key)
        return [
            info
            for each in self._known.among(keys)
            for info in self._infos_of(each, keys[each.sim_id])
        ]

    def _infos_of(self, each: LeftBehind, keys: Collection[str] | None = None) -> list[SeriesInfo]:
        return [
            SeriesInfo(
                each.sim_id,
                facts.key,
                facts.n,
                facts.last_step,
                facts.last_value,
                self._clock.stamp(each.sim_id, facts.key),
            )
            for facts in each.facts(keys)
        ]

    def _in_order(
        self, found: Sequence[SeriesInfo], ours: Sequence[SeriesInfo]
    ) -> list[SeriesInfo]:
        infos = [*found, *ours]
        if found and ours:
            place = by_creation(self.inner, {info.sim_id for info in infos})
            infos.sort(key=lambda info: (place(info.sim_id), info.key))
        return infos

    # What changed

    def _everything(self) -> Changes:
        count = self._clock.count
        found = self.inner.changes(0)
        self._known.learn(found, 0)
        ours = [info for each in self._known.among(None) for info in self._infos_of(each)]
        return Changes(
            self._clock.tick(found.tick, count),
            self._stamped(found.simulations),
            self._in_order(found.series, ours),
            (),
        )

    def _records(self, sim_ids: Collection[UUID]) -> list[SimulationRecord]:
        known = self.inner.states(sim_ids) if sim_ids else {}
        return [self.inner.simulation(sim_id) for sim_id in known]

    def _stamped(self, records: Iterable[SimulationRecord]) -> list[SimulationRecord]:
        """Give records of a database without ticks the count at which they changed."""
        return [
            replace(record, tick=stamp)
            if not record.tick
            and record.is_foreign
            and (stamp := self._clock.stamp(record.sim_id))
            else record
            for record in records
        ]

    # The helper thread

    def _attend(self, database: int) -> None:
        """Note that somebody looks, and see to it that there is something to see."""
        self._asked = time.monotonic()
        if not database:
            self._rows.begin()
        self._known.update_once(database)
        if (not database or self._known.has_unsettled) and not self._task.is_running:
            self._task.start()

    def _look_around(self) -> None:
        began = time.monotonic()
        database = self.inner.tick()
        if not database:
            self._rows.look()
        self._known.update(database)
        newest_first = reversed(self._known.among(None))  # they are looked at most
        for number, each in enumerate(newest_first, 1):
            if time.monotonic() - self._asked > _IDLE_S:
                break
            self._look(each)
            if not number % 20:
                self._forget_some()
        cost = time.monotonic() - began
        self._task.interval_s = max(self._look_every_s, cost / _SHARE_OF_TIME)
        is_idle = time.monotonic() - self._asked > _IDLE_S
        if is_idle or (database and not self._known.has_unsettled):
            self._task.stop()
