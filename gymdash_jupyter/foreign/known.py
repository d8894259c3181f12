"""Which simulations of a project GymDash wrote, and what is known of their files."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from gymdash_jupyter.foreign.rows import looks_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path
    from uuid import UUID

    from gymdash_jupyter.foreign.left_behind import LeftBehind
    from gymdash_jupyter.records import Changes
    from gymdash_jupyter.states import SimState
    from gymdash_jupyter.store import ProjectStore


class Known:
    """Keep one ``LeftBehind`` for each simulation that GymDash wrote. Any thread may call it.

    All are listed once. Where the database has a tick, its changes tell of the rest; else its file is looked at.

    Args:
        store: The database.
        sims_folder: Where simulations have their folders.
        look_every_s: How often to look at their files at most.
    """

    def __init__(self, store: ProjectStore, sims_folder: Path, *, look_every_s: float) -> None:
        self._store = store
        self._sims_folder = sims_folder
        self._look_every_s = look_every_s
        self._lock = threading.Lock()  # guards the next two; never held while something is read
        self._found: dict[UUID, LeftBehind] = {}
        self._tick: int | None = None
        self._looks: tuple[int, ...] = ()

    @property
    def has_unsettled(self) -> bool:
        """Whether files of one of them may not be known, or may still grow."""
        with self._lock:
            return any(not each.is_settled for each in self._found.values())

    def among(self, sim_ids: Collection[UUID] | None) -> list[LeftBehind]:
        """Give those that are known of these simulations, by creation; None for all."""
        with self._lock:
            if sim_ids is None:
                return list(self._found.values())
            if not self._found:
                return []
            wanted = set(sim_ids)
            if len(wanted) == 1:
                (sim_id,) = wanted
                return [self._found[sim_id]] if sim_id in self._found else []
            return [each for sim_id, each in self._found.items() if sim_id in wanted]

    def update_once(self, tick: int) -> None:
        """Find out which there are, if nobody did yet."""
        if self._tick is None:
            self.update(tick)

    def update(self, tick: int) -> None:
        """Find out which there are, if the database changed since."""
        known = self._tick
        if tick and known:
            if tick != known:
                self.learn(self._store.changes(known), known)
            return
        looks = () if tick else looks_of(self._store.path)
        if tick != known or not looks or looks != self._looks:
            self._take(self._store.foreign_states(), tick)
            self._looks = looks

    def learn(self, changes: Changes, after: int) -> None:
        """Take what changes of the database say, which spares a query.

        Args:
            changes: From the database.
            after: They are newer than this tick of it.
        """
        if not changes.tick:
            return
        with self._lock:
            if self._tick is None or self._tick < after:
                return  # there may be some that these changes do not tell of
            are_known = all(
                record.sim_id in self._found for record in changes.simulations if record.is_foreign
            )
            if are_known:
                for record in changes.simulations:
                    if record.is_foreign:
                        self._found[record.sim_id].is_done = record.state.is_terminal
                there = {record.sim_id for record in changes.simulations}
                for sim_id in changes.deleted:
                    if sim_id not in there:
                        self._found.pop(sim_id, None)
                self._tick = changes.tick
        if not are_known:
            self._take(self._store.foreign_states(), changes.tick)

    def _take(self, states: dict[UUID, SimState], tick: int) -> None:
        if states:  # of the readers of event files nothing is loaded in a project without any
            from gymdash_jupyter.foreign.left_behind import LeftBehind
        with self._lock:
            before, self._found = self._found, {}
            for sim_id, state in states.items():
                each = before.get(sim_id)
                if each is None:
                    folder = self._sims_folder / str(sim_id)
                    each = LeftBehind(sim_id, folder, look_every_s=self._look_every_s)
                each.is_done = state.is_terminal
                self._found[sim_id] = each
            self._tick = tick
