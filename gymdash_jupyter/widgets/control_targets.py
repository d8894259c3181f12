"""Which simulations a control panel speaks to, what they ask, what they offer, and what it knows of their values."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from gymdash_jupyter.errors import UnknownSimulationError
from gymdash_jupyter.states import SimState

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from gymdash_jupyter.actions import Action
    from gymdash_jupyter.records import ControlRequest, SimulationRecord
    from gymdash_jupyter.store import ProjectStore
    from gymdash_jupyter.widgets.refresh import News

ANSWERING: Final = frozenset({SimState.RUNNING, SimState.PAUSED})
"""States in which a simulation looks at its channels."""

MOST_LISTED: Final = 50
"""How many simulations are asked what they offer."""

_MOST_TRIES = 3
_AGAIN_S = 15.0
_MOST_ONE_BY_ONE = 200


class Targets:
    """Know the simulations that a panel speaks to, and the questions that wait. Used in the refresh loop's thread.

    Args:
        store: The project's store.
    """

    def __init__(self, store: ProjectStore) -> None:
        self._store = store
        self._chosen: tuple[str, ...] = ()
        self._records: dict[UUID, SimulationRecord] = {}
        self.version = 0
        """Grows when something here changes that is shown; progress is not."""
        self.requests: list[ControlRequest] = []
        """All control requests of the project that wait, newest first."""

    def load(self, chosen: Sequence[str]) -> None:
        """Read everything anew.

        Args:
            chosen: Ids of the simulations; none means all that have not ended.
        """
        self._chosen = tuple(chosen)
        ids = [UUID(sim_id) for sim_id in chosen]
        if not ids:
            ids = [unsettled.sim_id for unsettled in self._store.unsettled()]
        self._records = {record.sim_id: record for record in self._read(ids)}
        self.version += 1
        self._read_requests()

    def take(self, news: News, chosen: Sequence[str]) -> None:
        """Take over what changed."""
        if tuple(chosen) != self._chosen:
            self.load(chosen)
            return
        if not news.simulations and not news.deleted:
            return
        for sim_id in news.deleted & self._records.keys():
            del self._records[sim_id]
            self.version += 1
        for sim_id, record in news.simulations.items():
            known = self._records.get(sim_id)
            if known is None and (self._chosen or record.state.is_terminal):
                continue
            self._records[sim_id] = record
            if known is None or _look(known) != _look(record):
                self.version += 1
        self._read_requests()

    def spoken_to(self) -> list[SimulationRecord]:
        """List whom the panel speaks to: the chosen ones in their order, or all that have not ended."""
        if self._chosen:
            ids = (UUID(sim_id) for sim_id in self._chosen)
            return [self._records[sim_id] for sim_id in ids if sim_id in self._records]
        going_on = (r for r in self._records.values() if not r.state.is_terminal)
        return sorted(going_on, key=lambda record: record.number)

    def record(self, sim_id: UUID) -> SimulationRecord | None:
        """Give one that is spoken to, or that asks."""
        return self._records.get(sim_id)

    def waiting(self) -> set[UUID]:
        """Give those that wait for a reply; what else they are asked they might take for it."""
        return {request.sim_id for request in self.requests}

    def _read(self, ids: Collection[UUID]) -> Iterable[SimulationRecord]:
        if len(ids) > _MOST_ONE_BY_ONE:
            wanted = set(ids)
            return [record for record in self._store.simulations() if record.sim_id in wanted]
        return [record for sim_id in ids if (record := self._read_one(sim_id)) is not None]

    def _read_one(self, sim_id: UUID) -> SimulationRecord | None:
        try:
            return self._store.simulation(sim_id)
        except UnknownSimulationError:
            return None  # deleted a moment ago

    def _read_requests(self) -> None:
        requests = self._store.control_requests()[::-1]
        if requests != self.requests:
            self.version += 1
            self.requests = requests
        for sim_id in self.waiting() - self._records.keys():
            if record := self._read_one(sim_id):
                self._records[sim_id] = record


def _look(record: SimulationRecord) -> tuple[object, ...]:
    return record.name, record.state, record.colour


@dataclass
class _Offer:
    """What one simulation offers, as far as it was heard."""

    actions: Sequence[Action] | None = None
    is_asked: bool = False
    n_tries: int = 0
    tried: float = field(default=-_AGAIN_S)


class Offers:
    """Know what simulations offer to do. Any thread may call this.

    Args:
        ask: Has one simulation asked in the background; ``hear`` is called afterwards.
    """

    def __init__(self, ask: Callable[[UUID], None]) -> None:
        self._ask = ask
        self.version = 0
        """Grows when something new was heard."""
        self._offers: dict[UUID, _Offer] = {}
        self._lock = threading.Lock()  # guards it and what is in it

    def want(self, records: Sequence[SimulationRecord], busy: Collection[UUID]) -> None:
        """Have those asked that answer and were not heard; one that does not answer is tried a few times."""
        now = time.monotonic()
        for record in records:
            if record.state is not SimState.RUNNING or record.sim_id in busy:
                continue
            with self._lock:
                offer = self._offers.setdefault(record.sim_id, _Offer())
                is_due = now - offer.tried >= _AGAIN_S and offer.n_tries < _MOST_TRIES
                if offer.actions is not None or offer.is_asked or not is_due:
                    continue
                offer.is_asked, offer.tried = True, now
                offer.n_tries += 1
            self._ask(record.sim_id)

    def hear(self, sim_id: UUID, actions: Sequence[Action] | None) -> None:
        """Take down what one offers; None when it did not say."""
        with self._lock:
            offer = self._offers.setdefault(sim_id, _Offer())
            offer.is_asked = False
            if actions is not None:
                offer.actions = actions
                self.version += 1

    def of(self, sim_id: UUID) -> Sequence[Action]:
        """Give what one offers, as far as it was heard."""
        with self._lock:
            offer = self._offers.get(sim_id)
            return offer.actions or () if offer is not None else ()


def known_values(
    record: SimulationRecord, names: Sequence[str], replies: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Tell which present values of a simulation are known.

    Args:
        record: The simulation.
        names: Of which values.
        replies: What it was answered and took, oldest first.

    Returns:
        By name; what it was started with, and what later replies changed. Names that are not known are left out.
    """
    known: dict[str, Any] = {}
    for kwargs in (record.config.kwargs, record.start_kwargs, *replies):
        for name in names:
            if name in kwargs:
                known[name] = kwargs[name]
    return known
