"""A project's store in one SQLite file. What the methods promise stands in ``contract``; how, in the rooms beside."""

# ruff: noqa: D102 - the contract says what the methods promise
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from gymdash_jupyter.json_values import to_json
from gymdash_jupyter.states import SimState
from gymdash_jupyter.store import (
    commands,
    environments,
    flushes,
    keepers,
    lives,
    media,
    migrations,
    queue,
    requests,
    resources,
    scalar_reading,
    simulation_reading,
    status_rows,
    ticks,
)
from gymdash_jupyter.store.connections import Connections
from gymdash_jupyter.store.contract import (
    ApiCall,
    Move,
    NewSimulation,
    ProjectStore,
    ScalarTable,
    StatusRow,
)
from gymdash_jupyter.store.sqlite_labels import SqliteLabels

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from uuid import UUID

    from gymdash_jupyter.records import (
        Answer,
        Batch,
        Changes,
        Command,
        ControlRequest,
        Keeper,
        MediaItem,
        ProcessIdentity,
        QueueEntry,
        ResourceSample,
        ScalarSeries,
        SeriesInfo,
        SimulationRecord,
        Unsettled,
    )
    from gymdash_jupyter.statuses import SimStatus


class SqliteStore(SqliteLabels, ProjectStore):
    """Keep a project's facts in one SQLite file, beside GymDash's tables. Open it with ``open_store``.

    Args:
        path: The database; must exist.
        is_read_only: Whether nothing on disk may change.
        is_on_network: Whether the file lies on a network drive, where a slower and safer way of writing is needed.
        flush_patience_s: How long that waits for its turn which an executing process writes: batches, statuses,
            answers, moves with an owner, ``finish``, ``settle``, the environment and who keeps the queue. It must not
            be lost, and nobody sits before it.
        patience_s: How long everything else waits, with a person before it.
    """

    def __init__(
        self,
        path: Path,
        *,
        is_read_only: bool = False,
        is_on_network: bool = False,
        flush_patience_s: float = 30.0,
        patience_s: float = 2.0,
    ) -> None:
        self.path = path
        self.is_read_only = is_read_only
        self.is_on_network = is_on_network
        connections = Connections(
            path,
            is_read_only=is_read_only,
            is_on_network=is_on_network,
            read_patience_s=patience_s,
        )
        super().__init__(connections, patience_s=patience_s, flush_patience_s=flush_patience_s)

    def close(self) -> None:
        self._connections.close()

    def prepare(self) -> None:
        """Bring the tables of the database up to date now instead of at the first write."""
        self._write(_nothing)

    def tables(self) -> frozenset[str]:
        """Name the tables that are in the database file now."""
        return self._read(migrations.tables)

    # What simulations write

    def create(self, new: NewSimulation) -> None:
        self._write(lives.create, new, lives.config_text(new))

    def move(self, move: Move, *, statuses: Sequence[SimStatus] = ()) -> bool:
        start_kwargs, result = lives.start_kwargs_text(move), lives.result_text(move)
        turn = self._write if move.owner is None else self._flush
        return turn(lives.move, move, statuses, start_kwargs=start_kwargs, result=result)

    def write(self, batches: Sequence[Batch], *, owner: ProcessIdentity | None = None) -> None:
        if batches:
            self._flush(flushes.write, [flushes.ready(batch) for batch in batches], owner)

    def finish(self, batch: Batch, move: Move) -> bool:
        start_kwargs, result = lives.start_kwargs_text(move), lives.result_text(move)
        ready = flushes.ready(batch)
        return self._flush(flushes.finish, ready, move, start_kwargs=start_kwargs, result=result)

    def settle(
        self,
        sim_id: UUID,
        owner: ProcessIdentity,
        lost: SimStatus,
        *,
        stopped: SimStatus | None = None,
    ) -> bool:
        return self._flush(lives.settle, sim_id, owner, lost, stopped)

    def delete(self, sim_ids: Collection[UUID]) -> list[UUID]:
        return self._write(lives.delete, sim_ids)

    def delete_media(self, items: Collection[MediaItem]) -> int:
        return self._write(media.delete, media.places(items))

    def add_statuses(self, sim_id: UUID, statuses: Sequence[SimStatus]) -> None:
        self._flush(status_rows.add, sim_id, statuses)

    def set_environment(self, sim_id: UUID, facts: Mapping[str, Any]) -> None:
        self._flush(environments.set_facts, sim_id, to_json(facts))

    # The queue and its keeper

    def enqueue(
        self,
        sim_id: UUID,
        *,
        time: datetime,
        launcher: str,
        start_kwargs: Mapping[str, Any],
        owner: ProcessIdentity | None = None,
        order: str = "",
        signature: str = "",
    ) -> bool:
        move = Move(sim_id, SimState.QUEUED, time, owner=owner, launcher=launcher)
        return self._write(lives.enqueue, move, to_json(start_kwargs), order, signature)

    def queue(self) -> list[QueueEntry]:
        return self._read(queue.entries)

    def reorder_queue(self, sim_ids: Sequence[UUID]) -> None:
        self._write(queue.reorder, list(sim_ids))

    def max_running(self) -> int | None:
        return self._read(queue.max_running)

    def set_max_running(self, n: int | None) -> None:
        self._write(queue.set_max_running, queue.checked_max_running(n))

    def n_active(self, launcher: str) -> int:
        return self._read(simulation_reading.n_active, launcher)

    def keeper(self) -> Keeper | None:
        return self._read(keepers.keeper)

    def become_keeper(self, keeper: Keeper, *, replaced: ProcessIdentity | None) -> bool:
        return self._flush(keepers.become, keeper, replaced)

    def resign_keeper(self, identity: ProcessIdentity) -> bool:
        return self._flush(keepers.resign, identity)

    # What people write

    def ask(self, sim_id: UUID, channel: str, value: Any, *, is_forced: bool = False) -> int:
        return self._write(commands.ask, sim_id, channel, to_json(value), is_forced=is_forced)

    def note_stop_asked(self, sim_id: UUID, time: datetime) -> None:
        self._write(lives.note_stop_asked, sim_id, time)

    def postpone_end(self, sim_id: UUID, time: datetime) -> None:
        self._flush(lives.postpone_end, sim_id, time)

    def answer(self, command_id: int, answer: Answer) -> bool:
        return self._flush(commands.answer, command_id, to_json(answer.value), answer.error)

    def withdraw(self, command_id: int) -> bool:
        return self._write(commands.withdraw, command_id)

    def close_requests(self, request_ids: Collection[str]) -> None:
        self._write(requests.close, request_ids)

    def log_call(self, name: str, code: int, details: Any) -> None:
        self._write(status_rows.log_call, name, code, to_json(details))

    # Reading

    def tick(self) -> int:
        return self._read(ticks.now)

    def changes(self, after: int) -> Changes:
        return self._read(ticks.changes, after)

    def simulation(self, sim_id: UUID) -> SimulationRecord:
        return self._read(simulation_reading.simulation, sim_id)

    def simulations(
        self, flags: Mapping[str, bool] | None = None, *, mode: Literal["OR", "AND"] = "OR"
    ) -> list[SimulationRecord]:
        return self._read(simulation_reading.simulations, flags, mode)

    def ids_matching(self, prefix: str) -> list[UUID]:
        return self._read(simulation_reading.ids_matching, prefix)

    def foreign_states(self) -> dict[UUID, SimState]:
        return self._read(simulation_reading.foreign_states)

    def states(self, sim_ids: Collection[UUID]) -> dict[UUID, SimState]:
        return self._read(simulation_reading.states, sim_ids)

    def unsettled(self) -> list[Unsettled]:
        return self._read(simulation_reading.unsettled)

    def statuses(
        self,
        sim_ids: Collection[UUID] | None = None,
        *,
        after: int = 0,
        before: int | None = None,
        newest: int | None = None,
    ) -> list[StatusRow]:
        return self._read(status_rows.statuses, sim_ids, after, before, newest)

    def latest_statuses(self, sim_ids: Collection[UUID]) -> dict[UUID, SimStatus]:
        return self._read(status_rows.latest, sim_ids)

    def commands(self, sim_ids: Collection[UUID], *, after: int = 0) -> list[Command]:
        return self._read(commands.waiting, sim_ids, after)

    def answer_of(self, command_id: int) -> Answer | None:
        return self._read(commands.answer_of, command_id)

    def api_calls(self, *, after: int = 0, newest: int | None = None) -> list[ApiCall]:
        return self._read(status_rows.api_calls, after, newest)

    def control_requests(
        self, sim_ids: Collection[UUID] | None = None, *, open_only: bool = True
    ) -> list[ControlRequest]:
        return self._read(requests.control_requests, sim_ids, open_only=open_only)

    def series(self, sim_ids: Collection[UUID] | None = None) -> list[SeriesInfo]:
        return self._read(scalar_reading.series, sim_ids)

    def read_scalars(self, sim_id: UUID, key: str, *, after: int = 0) -> tuple[ScalarSeries, int]:
        return self._read(scalar_reading.read, sim_id, key, after)

    def read_table(
        self, sim_ids: Collection[UUID] | None = None, keys: Collection[str] | None = None
    ) -> ScalarTable:
        return self._read(scalar_reading.read_table, sim_ids, keys)

    def media(
        self, sim_ids: Collection[UUID] | None = None, keys: Collection[str] | None = None
    ) -> list[MediaItem]:
        return self._read(media.media, sim_ids, keys)

    def resources(
        self, sim_ids: Collection[UUID] | None = None
    ) -> dict[UUID, list[ResourceSample]]:
        return self._read(resources.resources, sim_ids)

    def environments(
        self, sim_ids: Collection[UUID] | None = None
    ) -> dict[UUID, Mapping[str, Any]]:
        return self._read(environments.environments, sim_ids)


def _nothing(_: sqlite3.Connection) -> None:
    """Write nothing: the transaction itself brings the tables up to date."""
