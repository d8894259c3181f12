"""What the list of simulations knows of its project, kept up to date by news. Used in one thread at a time.

A log of changed ids, in the order in which they changed, lets each view ask what is new for it.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from gymdash_jupyter.errors import UnknownSimulationError
from gymdash_jupyter.heartbeats import HeartbeatWatch
from gymdash_jupyter.records import now_utc
from gymdash_jupyter.states import SimState
from gymdash_jupyter.widgets.rates import RateWindow, time_left
from gymdash_jupyter.widgets.simulations_rows import NOTHING_MORE, Extra

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from uuid import UUID

    from gymdash_jupyter.records import SimulationRecord
    from gymdash_jupyter.store import ProjectStore
    from gymdash_jupyter.widgets.refresh import News

_LOOK_AFTER_S: Final = 1.0
_MOST_LOOKED_AFTER: Final = 100
_LONGEST_LOG: Final = 100_000
_MANY: Final = 500
"""Beyond this it is quicker to read the waiting requests of all simulations."""


class SimulationsContents:
    """Hold the records of a project's simulations and what else their rows show.

    Args:
        store: Where to read.
        listed: Gives all simulations by creation, kept up to date by somebody else; see ``RefreshLoop.records``.
        queued: Gives the ids of what waits, next one first.
    """

    def __init__(
        self,
        store: ProjectStore,
        listed: Callable[[], Mapping[UUID, SimulationRecord]],
        queued: Callable[[], Sequence[UUID]],
    ) -> None:
        self._store = store
        self._listed = listed
        self._queued = queued
        self._heartbeats = HeartbeatWatch()
        self._looked_after = 0.0
        self._waiting: set[UUID] = set()
        self._seen_ended: dict[UUID, SimulationRecord] = {}
        self._active: set[UUID] = set()
        self._rates: dict[UUID, RateWindow] = {}
        self._extras: dict[UUID, Extra] = {}
        self._log: list[UUID] = []
        self.records: Mapping[UUID, SimulationRecord] = {}
        self.epoch = 0

    @property
    def is_active(self) -> bool:
        """Whether one of them still goes on."""
        return bool(self._active)

    # What is new

    @property
    def now(self) -> tuple[int, int]:
        """A bookmark for ``since``."""
        return self.epoch, len(self._log)

    def since(self, bookmark: tuple[int, int]) -> list[UUID] | None:
        """List what changed or went since a bookmark, each once; None for everything."""
        epoch, place = bookmark
        if epoch != self.epoch:
            return None
        return list(dict.fromkeys(self._log[place:]))

    def row(self, sim_id: UUID) -> tuple[SimulationRecord, Extra] | None:
        """Give a row's facts, or None when the simulation is gone."""
        record = self._seen_ended.get(sim_id) or self.records.get(sim_id)
        return None if record is None else (record, self._extras.get(sim_id, NOTHING_MORE))

    def rows(self) -> list[tuple[SimulationRecord, Extra]]:
        """Give the facts of all rows by creation."""
        ended, extras = self._seen_ended, self._extras
        return [
            (ended.get(key, record), extras.get(key, NOTHING_MORE))
            for key, record in self.records.items()
        ]

    # Reading

    def load(self) -> None:
        """Begin anew: something may have been missed."""
        self.records = self._listed()
        self._begin_log()
        self._active = set()
        self._waiting = set()
        self._seen_ended = {}
        self._extras = {}
        active = [each for each in self.records.values() if not each.state.is_terminal]
        for record in active:
            self._note(record)
        self._note_waiting(active)

    def take(self, news: News) -> None:
        """Take over what changed."""
        for sim_id in news.deleted:
            self._forget(sim_id)
            self._seen_ended.pop(sim_id, None)
            self._log.append(sim_id)
        for sim_id, record in news.simulations.items():
            self._seen_ended.pop(sim_id, None)
            if sim_id in self._waiting and record.state is SimState.SETTING_UP:
                self._more(sim_id, begun=now_utc().timestamp())
            self._note(record)
            self._log.append(sim_id)
        if news.simulations:
            self._note_waiting(news.simulations.values())
        if len(self._log) > _LONGEST_LOG:
            self._begin_log()

    def look_after(self) -> None:
        """Notice, at most once a second, what is no news: silence, slower rates, deaths that nobody may settle."""
        now = time.monotonic()
        if now - self._looked_after < _LOOK_AFTER_S:
            return
        self._looked_after = now
        n_looked = 0
        for sim_id in list(self._active):
            record = self.records[sim_id]
            is_doubtful = self._store.is_read_only or self._heartbeats.is_needed(record)
            if is_doubtful and n_looked < _MOST_LOOKED_AFTER:
                n_looked += 1
                self._look_at(sim_id)
            if sim_id in self._rates:
                self._estimate(sim_id)

    def _begin_log(self) -> None:
        self.epoch += 1
        self._log = []

    def _forget(self, sim_id: UUID) -> None:
        self._active.discard(sim_id)
        self._waiting.discard(sim_id)
        self._rates.pop(sim_id, None)
        self._extras.pop(sim_id, None)

    def _note(self, record: SimulationRecord) -> None:
        sim_id = record.sim_id
        if record.state is SimState.QUEUED:
            self._waiting.add(sim_id)
        else:
            self._waiting.discard(sim_id)
        if record.state.is_terminal:
            self._forget(sim_id)
            return
        self._active.add(sim_id)
        progress = record.progress
        if progress is not None and progress.current is not None:
            rates = self._rates.setdefault(sim_id, RateWindow())
            rates.add(progress.time, progress.current)
            self._estimate(sim_id)

    def _estimate(self, sim_id: UUID) -> None:
        record = self.records[sim_id]
        progress = record.progress
        rate = left_s = None
        if record.state is SimState.RUNNING and progress is not None:
            rate = self._rates[sim_id].rate(now_utc().timestamp())
            left_s = time_left(progress.current, progress.total, rate)
        self._more(sim_id, rate=rate, left_s=left_s)

    def _note_waiting(self, changed: Collection[SimulationRecord]) -> None:
        """Read how many requests of these wait, and who stands where in the queue when that may have changed."""
        ids = [record.sim_id for record in changed]
        counts: dict[UUID, int] = {}
        for request in self._store.control_requests(None if len(ids) > _MANY else ids):
            counts[request.sim_id] = counts.get(request.sim_id, 0) + 1
        for sim_id in ids:
            if counts.get(sim_id) or sim_id in self._extras:
                self._more(sim_id, requests=counts.get(sim_id, 0))
        placed = {sim_id for sim_id, extra in self._extras.items() if extra.place}
        if any(r.state is SimState.QUEUED or r.sim_id in placed for r in changed):
            self.note_queue(placed)

    def note_queue(self, placed: Collection[UUID] | None = None) -> None:
        """Read who stands where in the queue; ``placed`` are those that are known to stand somewhere."""
        if placed is None:
            placed = [sim_id for sim_id, extra in self._extras.items() if extra.place]
        places = {sim_id: i + 1 for i, sim_id in enumerate(self._queued())}
        for sim_id in {*places, *placed} & self.records.keys():
            self._more(sim_id, place=places.get(sim_id))

    def _look_at(self, sim_id: UUID) -> None:
        try:
            record = self._store.simulation(sim_id)
        except UnknownSimulationError:  # the next news say that it is gone
            return
        heard = self._store.last_heard([sim_id]).get(sim_id) if record.is_foreign else None
        silent_s = self._heartbeats.silence_s(record, heard)
        if record.state is not self.records[sim_id].state:
            self._seen_ended[sim_id] = record
            self._log.append(sim_id)
            self._note(record)
        if not record.state.is_terminal:
            self._more(sim_id, silent_s=silent_s)

    def _more(self, sim_id: UUID, **changed: float | None) -> None:
        old = self._extras.get(sim_id, NOTHING_MORE)
        new = replace(old, **changed)  # type: ignore[arg-type]
        if new != old:
            self._extras[sim_id] = new
            self._log.append(sim_id)
