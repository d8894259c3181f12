"""One refresh loop a store: it asks what changed and tells the panels that somebody looks at.

The loop is a helper thread that exists only while a panel is subscribed. Panels do all their reading and sending in it,
so that what a panel keeps needs no locks; handlers of the browser's messages only leave a wish and wake it.
"""

from __future__ import annotations

import logging
import threading
import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Protocol, TypeVar

from gymdash_jupyter.background import PeriodicTask
from gymdash_jupyter.foreign import at_once

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from uuid import UUID

    from gymdash_jupyter.records import Changes, SeriesInfo, SimulationRecord
    from gymdash_jupyter.store import ProjectStore

logger = logging.getLogger(__name__)

Given = TypeVar("Given")
Got = TypeVar("Got")

INTERVAL_S: Final = 0.1
QUIET_INTERVAL_S: Final = 0.5
"""How often to look while no panel shows anything that is still going on."""


@dataclass(frozen=True)
class News:
    """What changed in a project since a panel was last told.

    Attributes:
        simulations: Changed simulations by id.
        series: Series that grew, by simulation.
        deleted: Simulations that are gone.
    """

    simulations: Mapping[UUID, SimulationRecord]
    series: Mapping[UUID, Sequence[SeriesInfo]]
    deleted: frozenset[UUID]


NO_NEWS: Final = News({}, {}, frozenset())


class RefreshedPanel(Protocol):
    """What a refresh loop needs of a panel. Both methods are called in the loop's thread only."""

    def refresh(self, news: News) -> bool:
        """Read and send what is new; return whether something shown may change soon."""

    def show_problem(self, problem: str) -> None:
        """Say that the project cannot be read, or with ``""`` that it can be read again."""


class RefreshLoop:
    """Tell panels what changed in one project.

    Args:
        store: Where to look.
    """

    interval_s: ClassVar[float] = INTERVAL_S
    """How often to look while something that is shown goes on; a person may want it slower."""

    _loops: ClassVar[weakref.WeakValueDictionary[int, RefreshLoop]] = weakref.WeakValueDictionary()
    _loops_lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, store: ProjectStore) -> None:
        self._store = store
        self._lock = threading.Lock()  # guards _panels and the task's start and stop
        self._turn = threading.Lock()  # a stopped thread may still be in its last call
        self._panels: list[RefreshedPanel] = []
        self._tick: int | None = None
        self._records: dict[UUID, SimulationRecord] | None = None
        self._task = PeriodicTask("gymdash-refresh", self._refresh, interval_s=INTERVAL_S)

    @classmethod
    def of(cls, store: ProjectStore) -> RefreshLoop:
        """Return the one loop of a store, which lives as long as a panel keeps it."""
        with cls._loops_lock:
            loop = cls._loops.get(id(store))  # a loop keeps its store, so the id is not used again
            if loop is None:
                loop = cls._loops[id(store)] = cls(store)
            return loop

    @property
    def is_running(self) -> bool:
        """Whether the loop's thread is there."""
        return self._task.is_running

    def subscribe(self, panel: RefreshedPanel) -> None:
        """Refresh a panel from now on; twice is harmless. Any thread may call it."""
        with self._lock:
            if panel not in self._panels:
                self._panels = [*self._panels, panel]
            self._task.start()
        self._task.wake()

    def unsubscribe(self, panel: RefreshedPanel) -> None:
        """Leave a panel alone; twice is harmless. Any thread may call it, the loop's own included."""
        with self._lock:
            self._panels = [each for each in self._panels if each is not panel]
            if not self._panels:
                self._task.stop(timeout_s=0)

    def wake(self) -> None:
        """Look now instead of at the end of the interval."""
        self._task.wake()

    def records(self) -> Mapping[UUID, SimulationRecord]:
        """Give all simulations of the project by creation, oldest first; only the loop's thread may call this.

        They are listed once and kept up to date from then on, so that many panels over many simulations cost one
        listing, and none at all when somebody looks again.
        """
        if self._records is None:
            self._records = {record.sim_id: record for record in self._store.simulations()}
        return self._records

    def _refresh(self) -> None:
        with self._turn, at_once():  # panels hear of what is still being read when it is
            self._refresh_all()

    def _refresh_all(self) -> None:
        panels = self._panels
        try:
            news = self._news()
        except Exception as exc:  # noqa: BLE001 - whatever is wrong with the project, panels say it
            problem = f"The project's database cannot be read: {exc or type(exc).__name__}"
            for panel in panels:
                _try(panel.show_problem, problem)
            self._task.interval_s = QUIET_INTERVAL_S
            return
        is_lively = False
        for panel in panels:
            is_lively |= _try(panel.refresh, news) is not False
        wanted = self.interval_s if is_lively else max(QUIET_INTERVAL_S, self.interval_s)
        self._task.interval_s = wanted

    def _news(self) -> News:
        tick = self._store.tick()
        if self._tick is None:  # panels read for themselves what was there before
            self._tick = tick
        if tick == self._tick:
            return NO_NEWS
        changes = self._store.changes(self._tick)
        self._tick = changes.tick
        news = _as_news(changes)
        if self._records is not None:
            self._records.update(news.simulations)
            for sim_id in news.deleted:
                self._records.pop(sim_id, None)
        return news


def _as_news(changes: Changes) -> News:
    series: dict[UUID, list[SeriesInfo]] = {}
    for info in changes.series:
        series.setdefault(info.sim_id, []).append(info)
    simulations = {record.sim_id: record for record in changes.simulations}
    return News(simulations, series, frozenset(changes.deleted))


def _try(method: Callable[[Given], Got], argument: Given) -> Got | None:
    try:
        return method(argument)
    except Exception:  # panels show their own trouble; what comes here is trouble with showing it
        logger.debug("A panel could not be refreshed.", exc_info=True)
        return None
