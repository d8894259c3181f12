"""Simulations from creation to deletion: their rows, their moves and who owns them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from gymdash_jupyter.config import config_to_json
from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.json_values import DESCRIPTION_KEY, to_json
from gymdash_jupyter.records import ProcessIdentity, now_utc
from gymdash_jupyter.states import (
    ACTIVE_STATES,
    ALLOWED_MOVES,
    SETTLED_STATES,
    SimState,
    flags_of,
)
from gymdash_jupyter.store import (
    commands,
    queue,
    requests,
    rows,
    scalar_writing,
    status_rows,
    ticks,
)
from gymdash_jupyter.store.contract import RESULT_BYTES, Move, NewSimulation
from gymdash_jupyter.store.texts import exact, readable
from gymdash_jupyter.store.times import to_local_text, to_seconds

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from gymdash_jupyter.statuses import SimStatus


_OWNED_FROM = frozenset({SimState.QUEUED, SimState.SETTING_UP})


def create(connection: sqlite3.Connection, new: NewSimulation, config: str) -> None:
    """Add a simulation in state ``created``; ``config`` is its config as JSON."""
    if _runtime(connection, new.sim_id) is not None:
        msg = f"A simulation with the id {new.sim_id} is in the project already; give the new one an id of its own."
        raise InvalidArgumentError(msg, sim_id=new.sim_id)
    connection.execute(
        "INSERT INTO simulations (sim_id, name, created, is_done, cancelled, failed, force_stopped, config, "
        "start_kwargs, sim_type_name, sim_module_name) VALUES (?, ?, ?, 0, 0, 0, 0, ?, '{}', ?, ?)",
        (
            str(new.sim_id),
            readable(new.config.name),
            to_local_text(new.created),
            config,
            readable(new.sim_type_name),
            readable(new.sim_module_name),
        ),
    )
    connection.execute(
        "INSERT INTO runtime (sim_id, state, sim_key, parent_id, created) VALUES (?, ?, ?, ?, ?)",
        (
            str(new.sim_id),
            SimState.CREATED.value,
            exact(new.sim_key),
            None if new.parent_id is None else str(new.parent_id),
            to_seconds(new.created),
        ),
    )


def config_text(new: NewSimulation) -> str:
    """Encode a config; done before the transaction, for it may call code of the values."""
    return config_to_json(new.config)


def start_kwargs_text(move: Move) -> str | None:
    """Encode a move's start kwargs, likewise."""
    return None if move.start_kwargs is None else to_json(move.start_kwargs)


def result_text(move: Move) -> str | None:
    """Encode a move's result, likewise; one that is too long becomes a description."""
    if move.result is None or not move.state.is_terminal:
        return None
    text = to_json(move.result)
    size = len(text.encode())
    if size <= RESULT_BYTES:
        return text
    words = f"{type(move.result).__qualname__}: too large to keep ({size:,} bytes as JSON, {RESULT_BYTES:,} at most)"
    return to_json({DESCRIPTION_KEY: words})


def move(
    connection: sqlite3.Connection,
    move: Move,
    new_statuses: Sequence[SimStatus],
    *,
    start_kwargs: str | None,
    result: str | None,
) -> bool:
    """Move a simulation on, if its state and its owner allow it."""
    row = _runtime(connection, move.sim_id)
    if row is None:
        raise rows.unknown(move.sim_id)
    if not _may_move(row, move):
        return False
    if row["state"] == SimState.QUEUED:
        queue.remove(connection, move.sim_id)
    _move_runtime(connection, move, result)
    _move_simulation(connection, move, start_kwargs)
    status_rows.add(connection, move.sim_id, new_statuses)
    if move.state.is_terminal:
        _wind_up(connection, move.sim_id)
    return True


def may_move(connection: sqlite3.Connection, move: Move) -> bool:
    """Tell whether ``move`` would move a simulation now."""
    row = _runtime(connection, move.sim_id)
    return row is not None and _may_move(row, move)


def enqueue(
    connection: sqlite3.Connection, to_queued: Move, start_kwargs: str, order: str, signature: str
) -> bool:
    """Move a simulation to ``queued`` and put it at the end of the queue."""
    if not move(connection, to_queued, (), start_kwargs=start_kwargs, result=None):
        return False
    queue.append(connection, to_queued.sim_id, order, signature)
    return True


def settle(
    connection: sqlite3.Connection,
    sim_id: UUID,
    owner: ProcessIdentity,
    lost: SimStatus,
    stopped: SimStatus | None,
) -> bool:
    """Declare a simulation ``lost``, or killed on wish, that is queued or active and belongs to this owner."""
    row = _runtime(connection, sim_id)
    if row is None or row["state"] is None:
        return False
    if SimState(row["state"]) not in SETTLED_STATES or rows.owner(row) != owner:
        return False
    if stopped is not None and commands.is_to_be_killed(connection, sim_id):
        state, status = SimState.CANCELLED, stopped
    else:
        state, status = SimState.LOST, lost
    end = Move(
        sim_id,
        state,
        status.time or now_utc(),
        owner=owner,
        was_killed=state is SimState.CANCELLED,
    )
    return move(connection, end, [status], start_kwargs=None, result=None)


def delete(connection: sqlite3.Connection, sim_ids: Collection[UUID]) -> list[UUID]:
    """Remove simulations with all their rows; the tombstones come from a trigger."""
    gone = []
    for sim_id in dict.fromkeys(sim_ids):
        connection.execute("DELETE FROM sim_status WHERE sim_id = ?", (str(sim_id),))
        if connection.execute("DELETE FROM simulations WHERE sim_id = ?", (str(sim_id),)).rowcount:
            gone.append(sim_id)
    return gone


def note_stop_asked(connection: sqlite3.Connection, sim_id: UUID, time: datetime) -> None:
    """Stamp ``stop_asked`` of a simulation that had not ended then, the first time."""
    row = _runtime(connection, sim_id)
    if row is None or row["state"] is None or row["stop_asked"] is not None:
        return
    seconds = to_seconds(time)
    if SimState(row["state"]).is_terminal and (row["ended"] is None or row["ended"] < seconds):
        return
    connection.execute(
        "UPDATE runtime SET stop_asked = ? WHERE sim_id = ?", (seconds, str(sim_id))
    )
    ticks.stamp_record(connection, sim_id, ticks.bump(connection))


def postpone_end(connection: sqlite3.Connection, sim_id: UUID, time: datetime) -> None:
    """Let a simulation have ended later, if it has ended."""
    is_later = connection.execute(
        "UPDATE runtime SET ended = ? WHERE sim_id = ? AND ended < ?",
        (to_seconds(time), str(sim_id), to_seconds(time)),
    ).rowcount
    if is_later:  # a trigger of this table moves the clock on
        connection.execute(
            "UPDATE simulations SET ended = ? WHERE sim_id = ?",
            (to_local_text(time), str(sim_id)),
        )


# Moving


def _runtime(connection: sqlite3.Connection, sim_id: UUID) -> Any:
    """Read what decides about a move: None when there is no simulation, ``state`` None when it is GymDash's."""
    return connection.execute(
        "SELECT r.* FROM simulations AS s LEFT JOIN runtime AS r ON r.sim_id = s.sim_id WHERE s.sim_id = ?",
        (str(sim_id),),
    ).fetchone()


def _may_move(row: sqlite3.Row, move: Move) -> bool:
    if row["state"] is None:  # GymDash's own simulations are never changed
        return False
    state, owner = SimState(row["state"]), rows.owner(row)
    if move.state not in ALLOWED_MOVES[state]:
        return False
    if move.must_be_waiting and state in ACTIVE_STATES:
        return False
    mover = move.owner if move.taken_from is None else move.taken_from
    if state is SimState.LOST:
        return owner is not None and mover == owner
    return owner is None or mover is None or mover == owner


def _move_runtime(connection: sqlite3.Connection, move: Move, result: str | None) -> None:
    ended = to_seconds(move.time) if move.state.is_terminal else None
    started = to_seconds(move.time) if move.state is SimState.RUNNING else None
    connection.execute(
        "UPDATE runtime SET state = ?, ended = ?, started = coalesce(started, ?), launcher = coalesce(?, launcher), "
        "result = coalesce(?, result) WHERE sim_id = ?",
        (move.state.value, ended, started, move.launcher, result, str(move.sim_id)),
    )
    if move.state in _OWNED_FROM and move.owner is not None:
        owner = move.owner
        connection.execute(
            "UPDATE runtime SET owner_domain = ?, owner_pid = ?, owner_started = ?, owner_host = ? WHERE sim_id = ?",
            (
                exact(owner.domain),
                owner.pid,
                exact(owner.started),
                exact(owner.host),
                str(move.sim_id),
            ),
        )


def _move_simulation(connection: sqlite3.Connection, move: Move, start_kwargs: str | None) -> None:
    # The UPDATE's trigger moves the clock on, also for what changed in runtime.
    flags = flags_of(move.state, was_killed=move.was_killed)
    connection.execute(
        "UPDATE simulations SET started = coalesce(started, ?), ended = ?, is_done = ?, cancelled = ?, failed = ?, "
        "force_stopped = ?, start_kwargs = coalesce(?, start_kwargs) WHERE sim_id = ?",
        (
            to_local_text(move.time) if move.state is SimState.RUNNING else None,
            to_local_text(move.time) if move.state.is_terminal else None,
            *map(int, flags),
            start_kwargs,
            str(move.sim_id),
        ),
    )


def _wind_up(connection: sqlite3.Connection, sim_id: UUID) -> None:
    """Leave nothing waiting on a simulation that has ended, and its points in chunks."""
    requests.close_all(connection, sim_id)
    commands.give_up(connection, sim_id)
    scalar_writing.fold(connection, sim_id)
    connection.execute(
        "UPDATE runtime SET log_rows = 0, log_points = 0 WHERE sim_id = ?", (str(sim_id),)
    )
