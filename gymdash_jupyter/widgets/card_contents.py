"""What a card knows of its simulations, read from the store and kept up to date. Used in one thread at a time."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.errors import UnknownSimulationError
from gymdash_jupyter.heartbeats import HeartbeatWatch
from gymdash_jupyter.widgets.card_state import CardSimulation, key_rank

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from gymdash_jupyter.records import SeriesInfo
    from gymdash_jupyter.store import ProjectStore
    from gymdash_jupyter.widgets.refresh import News

_LOOK_AFTER_S: Final = 1.0


class CardContents:
    """Hold records, statuses, requests and series of some simulations.

    Args:
        store: Where to read.
        sim_ids: Which simulations; their order is kept.
        heartbeats: Knows for how long processes elsewhere have been silent; None for a new one.

    Attributes:
        sims: What is known of each.
        infos: Their series by key.
        is_changed: Whether ``shown`` may give something else than before; set to False by who looks.
    """

    def __init__(
        self,
        store: ProjectStore,
        sim_ids: Sequence[UUID],
        heartbeats: HeartbeatWatch | None = None,
    ) -> None:
        self._store = store
        self._sim_ids = tuple(sim_ids)
        self._heartbeats = heartbeats or HeartbeatWatch()
        self._looked_after = -math.inf
        self._last_status_id = 0
        self.sims: dict[UUID, CardSimulation] = {}
        self.infos: dict[UUID, dict[str, SeriesInfo]] = {}
        self.is_changed = True

    @property
    def is_active(self) -> bool:
        """Whether one of them still goes on."""
        return any(each.is_active for each in self.sims.values())

    @property
    def keys(self) -> list[str]:
        """Names of all their series, those that people look at first in front."""
        return sorted({key for each in self.infos.values() for key in each}, key=key_rank)

    def shown(self, now: float) -> list[dict[str, Any]]:
        """Give what the browser needs of each; see ``CardSimulation.shown``."""
        return [sim.shown(now) for sim in self.sims.values()]

    def words(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Answer the browser's question for statuses or for a trace: ``result`` or ``error``."""
        found = [sim for sim_id, sim in self.sims.items() if str(sim_id) == question.get("sim_id")]
        if not found:
            return {"error": "This card does not show that simulation."}
        if question["kind"] == "statuses":
            return {"result": found[0].shown_statuses()}
        return {"result": found[0].trace(int(question.get("number", -1)))}

    def load(self) -> None:
        """Read everything anew.

        Raises:
            UnknownSimulationError: The project has not all of them.
        """
        records = {sim_id: self._store.simulation(sim_id) for sim_id in self._sim_ids}
        self.sims = {sim_id: CardSimulation(record) for sim_id, record in records.items()}
        self._last_status_id = 0
        self._read_words()
        self.infos = {}
        self._note(self._store.series(self._sim_ids))
        self.is_changed = True

    def take(self, news: News) -> list[SeriesInfo]:
        """Take over what changed; give the series that grew."""
        changed = [sim_id for sim_id in self._sim_ids if sim_id in news.simulations]
        for sim_id in changed:
            self.sims[sim_id].update(news.simulations[sim_id])
        for sim_id in news.deleted.intersection(self._sim_ids):
            self.sims[sim_id].is_deleted = True
            self.is_changed = True
        if changed:
            self._read_words()
            self.is_changed = True
        grown = [info for sim_id in self._sim_ids for info in news.series.get(sim_id, ())]
        self._note(grown)
        return grown

    def look_after(self) -> None:
        """Notice, at most once a second, what is no news: silence, and deaths that nobody may settle."""
        now = time.monotonic()
        if now - self._looked_after < _LOOK_AFTER_S:
            return
        self._looked_after = now
        for sim_id, sim in self.sims.items():
            if sim.is_active and (
                self._store.is_read_only or self._heartbeats.is_needed(sim.record)
            ):
                self._look_at(sim_id, sim)

    def _look_at(self, sim_id: UUID, sim: CardSimulation) -> None:
        try:
            record = self._store.simulation(sim_id)
        except UnknownSimulationError:  # the next news say that it is gone
            return
        heard = self._store.last_heard([sim_id]).get(sim_id) if record.is_foreign else None
        silent_s = self._heartbeats.silence_s(record, heard)
        self.is_changed |= record.state is not sim.record.state or silent_s != sim.silent_s
        sim.update(record)
        sim.silent_s = silent_s

    def _read_words(self) -> None:
        requests = self._store.control_requests(self._sim_ids)
        for sim_id, sim in self.sims.items():
            sim.requests = [each for each in requests if each.sim_id == sim_id]
        rows = self._store.statuses(self._sim_ids, after=self._last_status_id)
        for sim_id, sim in self.sims.items():
            sim.add_statuses([row for row in rows if row.sim_id == sim_id])
        self._last_status_id = max([self._last_status_id, *(row.status_id for row in rows)])

    def _note(self, infos: Sequence[SeriesInfo]) -> None:
        for info in infos:
            self.infos.setdefault(info.sim_id, {})[info.key] = info
