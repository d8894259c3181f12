"""A project that is open for reading only: where nobody may settle a death, it is seen all the same."""

# ruff: noqa: D102 - the contract says what the methods promise
from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from gymdash_jupyter.liveness import is_alive
from gymdash_jupyter.states import SETTLED_STATES, SimState, flags_of
from gymdash_jupyter.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from uuid import UUID

    from gymdash_jupyter.records import Changes, ProcessIdentity, SimulationRecord


class SeenStore(SqliteStore):
    """Read a project and tell of what dead processes left there that it is ``lost``, whatever its row says."""

    def changes(self, after: int) -> Changes:
        lost = self._lost()
        found = super().changes(after)
        return replace(found, simulations=_seen_all(found.simulations, lost))

    def simulation(self, sim_id: UUID) -> SimulationRecord:
        lost = self._lost()
        return _seen(super().simulation(sim_id), lost)

    def simulations(
        self, flags: Mapping[str, bool] | None = None, *, mode: Literal["OR", "AND"] = "OR"
    ) -> list[SimulationRecord]:
        lost = self._lost()
        found = super().simulations(flags, mode=mode)  # says what is wrong with the flags, too
        if not lost or not flags:
            return _seen_all(found, lost)
        is_wanted = any if mode == "OR" else all
        return [
            record
            for record in _seen_all(super().simulations(), lost)
            if is_wanted(getattr(record, name) == value for name, value in flags.items())
        ]

    def states(self, sim_ids: Collection[UUID]) -> dict[UUID, SimState]:
        lost = self._lost()
        return {
            sim_id: SimState.LOST if sim_id in lost and state in SETTLED_STATES else state
            for sim_id, state in super().states(sim_ids).items()
        }

    def _lost(self) -> dict[UUID, ProcessIdentity]:
        """Give the simulations that their owners left when they died, with these owners."""
        owners = {each.owner for each in self.unsettled()}
        dead = {owner for owner in owners if is_alive(owner) is False}
        # Read again now that nothing more can come: it may have stored the end before it died.
        left = self.unsettled() if dead else ()
        return {each.sim_id: each.owner for each in left if each.owner in dead}


def _seen_all(
    records: Iterable[SimulationRecord], lost: Mapping[UUID, ProcessIdentity]
) -> list[SimulationRecord]:
    return [_seen(record, lost) for record in records]


def _seen(record: SimulationRecord, lost: Mapping[UUID, ProcessIdentity]) -> SimulationRecord:
    owner = lost.get(record.sim_id)
    if owner is None or record.owner != owner or record.state not in SETTLED_STATES:
        return record
    return replace(record, state=SimState.LOST, **flags_of(SimState.LOST)._asdict())
