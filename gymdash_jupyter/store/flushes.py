"""Write what a simulation said since the last flush."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gymdash_jupyter.store import (
    lives,
    media,
    requests,
    resources,
    rows,
    scalar_points,
    scalar_writing,
    status_rows,
    ticks,
)
from gymdash_jupyter.store.scalar_writing import LogSize
from gymdash_jupyter.store.texts import readable

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from gymdash_jupyter.records import Batch, ProcessIdentity, Progress
    from gymdash_jupyter.store.contract import Move
    from gymdash_jupyter.store.media import MediaRow
    from gymdash_jupyter.store.resources import ResourceRow
    from gymdash_jupyter.store.scalar_points import Points


@dataclass(frozen=True)
class ReadyBatch:
    """A batch that is checked and encoded, so that no foreign code runs inside the transaction."""

    batch: Batch
    scalars: Mapping[str, Points]
    media: Sequence[MediaRow]
    resources: Sequence[ResourceRow]

    @property
    def changes_record(self) -> bool:
        """Whether a viewer of the simulation's record would see anything new."""
        batch = self.batch
        return bool(
            batch.statuses
            or batch.progress
            or batch.requests
            or batch.closed_requests
            or batch.media
        )


def ready(batch: Batch) -> ReadyBatch:
    """Check and encode a batch.

    Raises:
        InvalidArgumentError: Its points are not what they should be.
    """
    return ReadyBatch(
        batch,
        scalar_points.checked(batch.scalars),
        media.media_rows(batch.sim_id, batch.media),
        resources.sample_rows(batch.sim_id, batch.resources),
    )


def write(
    connection: sqlite3.Connection, batches: Sequence[ReadyBatch], owner: ProcessIdentity | None
) -> None:
    """Write batches and count a heartbeat for each; drop those whose simulation is gone or another owner's."""
    for batch in batches:
        _write_one(connection, batch, owner)


def finish(
    connection: sqlite3.Connection,
    batch: ReadyBatch,
    move: Move,
    *,
    start_kwargs: str | None,
    result: str | None,
) -> bool:
    """Write a simulation's last batch and move it to its end.

    Where somebody else has ended it, who has said why, its own words on that are left out.
    """
    if not lives.may_move(connection, move):
        batch = replace(batch, batch=replace(batch.batch, statuses=()))
    _write_one(connection, batch, move.owner)
    return lives.move(connection, move, (), start_kwargs=start_kwargs, result=result)


def _write_one(
    connection: sqlite3.Connection, ready: ReadyBatch, owner: ProcessIdentity | None
) -> None:
    batch = ready.batch
    row = connection.execute(
        "SELECT r.log_rows, r.log_points, r.owner_domain, r.owner_pid, r.owner_started, r.owner_host "
        "FROM simulations AS s JOIN runtime AS r ON r.sim_id = s.sim_id WHERE s.sim_id = ?",
        (str(batch.sim_id),),
    ).fetchone()
    if row is None:
        return
    stored_owner = rows.owner(row)
    if owner is not None and stored_owner is not None and owner != stored_owner:
        return
    log = LogSize(row["log_rows"], row["log_points"])
    if ready.scalars or ready.changes_record:
        tick = ticks.bump(connection)
        if ready.scalars:
            log = scalar_writing.append(
                connection, batch.sim_id, ready.scalars, tick=tick, log=log
            )
            ticks.stamp_series(connection, batch.sim_id, tick)
        if ready.changes_record:
            ticks.stamp_record(connection, batch.sim_id, tick)
    status_rows.add(connection, batch.sim_id, batch.statuses)
    requests.add(connection, batch.sim_id, batch.requests)
    requests.close(connection, batch.closed_requests)
    media.add(connection, ready.media)
    if ready.resources:
        resources.add(connection, ready.resources)
    _count_heartbeat(connection, batch, log)


def _count_heartbeat(connection: sqlite3.Connection, batch: Batch, log: LogSize) -> None:
    sim_id = str(batch.sim_id)
    connection.execute(
        "UPDATE runtime SET heartbeat = heartbeat + 1, log_rows = ?, log_points = ? WHERE sim_id = ?",
        (log.rows, log.points, sim_id),
    )
    if batch.progress is not None:
        _write_progress(connection, sim_id, batch.progress)


def _write_progress(connection: sqlite3.Connection, sim_id: str, progress: Progress) -> None:
    connection.execute(
        "UPDATE runtime SET progress_current = ?, progress_total = ?, progress_status = ?, progress_time = ? "
        "WHERE sim_id = ?",
        (
            None if progress.current is None else float(progress.current),
            None if progress.total is None else float(progress.total),
            readable(progress.status),
            float(progress.time),
            sim_id,
        ),
    )
