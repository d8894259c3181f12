"""What people ask simulations, and the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from gymdash_jupyter.errors import SimulationEndedError
from gymdash_jupyter.json_values import from_json
from gymdash_jupyter.records import Answer, Command, now_utc
from gymdash_jupyter.states import SimState
from gymdash_jupyter.store import rows, ticks
from gymdash_jupyter.store.texts import exact, from_exact, readable
from gymdash_jupyter.store.times import to_seconds

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection

STOP_CHANNEL = "stop_simulation"
ENDED = "the simulation has ended"
WITHDRAWN = "the question was withdrawn"
GONE = "the simulation was deleted"


def ask(
    connection: sqlite3.Connection, sim_id: UUID, channel: str, value: str, *, is_forced: bool
) -> int:
    """Leave a command for a simulation that has not ended; ``value`` is JSON."""
    now = to_seconds(now_utc())
    _check_is_alive(connection, sim_id, channel)
    cursor = connection.execute(
        "INSERT INTO commands (sim_id, channel, value, is_forced, time, state) VALUES (?, ?, ?, ?, ?, 'waiting')",
        (str(sim_id), exact(channel), value, int(is_forced), now),
    )
    if channel == STOP_CHANNEL:
        stamped = connection.execute(
            "UPDATE runtime SET stop_asked = ? WHERE sim_id = ? AND stop_asked IS NULL",
            (now, str(sim_id)),
        )
        if stamped.rowcount:
            ticks.stamp_record(connection, sim_id, ticks.bump(connection))
    assert cursor.lastrowid is not None  # noqa: S101 - an INSERT always gives one
    return cursor.lastrowid


def waiting(
    connection: sqlite3.Connection, sim_ids: Collection[UUID], after: int
) -> list[Command]:
    """List commands that wait for an answer, oldest first."""
    found = connection.execute(
        "SELECT command_id, sim_id, channel, value, is_forced FROM commands "
        "WHERE sim_id IN (SELECT value FROM json_each(?)) AND command_id > ? AND state = 'waiting' ORDER BY command_id",
        (rows.ids_json(sim_ids), after),
    )
    return [
        Command(
            command_id=row["command_id"],
            sim_id=UUID(row["sim_id"]),
            channel=from_exact(row["channel"]),
            value=from_json(row["value"]),
            is_forced=bool(row["is_forced"]),
        )
        for row in found
    ]


def answer(connection: sqlite3.Connection, command_id: int, value: str, error: str) -> bool:
    """Answer a command that waits; ``value`` is JSON."""
    return _leave_waiting(connection, command_id, "answered", value, error)


def withdraw(connection: sqlite3.Connection, command_id: int) -> bool:
    """Take a command back that waits."""
    return _leave_waiting(connection, command_id, "withdrawn", None, WITHDRAWN)


def answer_of(connection: sqlite3.Connection, command_id: int) -> Answer | None:
    """Read an answer; None while the command waits."""
    row = connection.execute(
        "SELECT state, answer, error FROM commands WHERE command_id = ?", (command_id,)
    ).fetchone()
    if row is None:  # so that nobody waits for ever
        return Answer(None, GONE)
    if row["state"] == "waiting":
        return None
    return Answer(from_json(row["answer"]), row["error"])


def give_up(connection: sqlite3.Connection, sim_id: UUID) -> None:
    """Answer all that waits on a simulation that has ended."""
    connection.execute(
        "UPDATE commands SET state = 'answered', error = ? WHERE sim_id = ? AND state = 'waiting'",
        (ENDED, str(sim_id)),
    )


def is_to_be_killed(connection: sqlite3.Connection, sim_id: UUID) -> bool:
    """Tell whether somebody ordered the simulation to be stopped by force and did not take it back.

    Also where it has answered: it may have said yes and not ended.
    """
    row = connection.execute(
        "SELECT 1 FROM commands WHERE sim_id = ? AND state <> 'withdrawn' AND channel = ? AND is_forced LIMIT 1",
        (str(sim_id), STOP_CHANNEL),
    ).fetchone()
    return row is not None


def _leave_waiting(
    connection: sqlite3.Connection, command_id: int, state: str, value: str | None, error: str
) -> bool:
    changed = connection.execute(
        "UPDATE commands SET state = ?, answer = ?, error = ? WHERE command_id = ? AND state = 'waiting'",
        (state, value, readable(error), command_id),
    )
    return changed.rowcount == 1


def _check_is_alive(connection: sqlite3.Connection, sim_id: UUID, channel: str) -> None:
    row = connection.execute(
        "SELECT r.state, s.name FROM simulations AS s LEFT JOIN runtime AS r ON r.sim_id = s.sim_id WHERE s.sim_id = ?",
        (str(sim_id),),
    ).fetchone()
    if row is None:
        raise rows.unknown(sim_id)
    who = f"{str(row['name'])!r} ({sim_id})"
    if row["state"] is None:
        msg = f"Nobody can ask {who} about {channel!r}: GymDash itself ran it."
        raise SimulationEndedError(msg, sim_id=sim_id, channel=channel)
    if SimState(row["state"]).is_terminal:
        msg = f"Nobody can ask {who} about {channel!r}: it has ended and is {row['state']}."
        raise SimulationEndedError(msg, sim_id=sim_id, channel=channel)
