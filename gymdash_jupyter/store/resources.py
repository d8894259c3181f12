"""What the processes of simulations used over time, one row a sample; thinned where there are too many."""

# ruff: noqa: S608 - queries are put together from constants only
from __future__ import annotations

from itertools import islice, pairwise
from typing import TYPE_CHECKING
from uuid import UUID

from gymdash_jupyter.records import ResourceSample
from gymdash_jupyter.store import rows
from gymdash_jupyter.store.contract import MOST_RESOURCE_SAMPLES

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Sequence

ResourceRow = tuple[str, float, float, int, float | None, int | None]

_COLUMNS = "sim_id, time, cpu, memory_bytes, gpu, gpu_memory_bytes"
_INSERT = f"INSERT INTO resource_samples ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)"


def sample_rows(sim_id: UUID, samples: Sequence[ResourceSample]) -> list[ResourceRow]:
    """Encode samples of one simulation; done before the transaction."""
    return [
        (
            str(sim_id),
            float(each.time),
            float(each.cpu),
            int(each.memory_bytes),
            None if each.gpu is None else float(each.gpu),
            None if each.gpu_memory_bytes is None else int(each.gpu_memory_bytes),
        )
        for each in samples
    ]


def add(connection: sqlite3.Connection, samples: Sequence[ResourceRow]) -> None:
    """Add samples of one simulation, and make fewer of them where they are too many now."""
    connection.executemany(_INSERT, samples)
    sim_id = samples[0][0]
    counted = connection.execute(
        "SELECT count(*) FROM resource_samples WHERE sim_id = ?", (sim_id,)
    )
    if counted.fetchone()[0] > MOST_RESOURCE_SAMPLES:
        _thin(connection, sim_id)


def resources(
    connection: sqlite3.Connection, sim_ids: Collection[UUID] | None
) -> dict[UUID, list[ResourceSample]]:
    """Read samples by creation of the simulation and order of writing."""
    where = "" if sim_ids is None else "WHERE s.sim_id IN (SELECT value FROM json_each(?))"
    read = connection.execute(
        "SELECT r.* FROM simulations AS s JOIN resource_samples AS r ON r.sim_id = s.sim_id "
        f"{where} {rows.BY_CREATION}, r.sample_id",
        () if sim_ids is None else (rows.ids_json(sim_ids),),
    )
    found: dict[UUID, list[ResourceSample]] = {}
    text, samples = "", []
    for row in read:
        if row["sim_id"] != text:  # to make a UUID of each row would take longer than to read it
            text = row["sim_id"]
            samples = found.setdefault(UUID(text), [])
        samples.append(_sample(row))
    return found


def _thin(connection: sqlite3.Connection, sim_id: str) -> None:
    """Make one of each two neighbours until there are few enough."""
    read = connection.execute(
        "SELECT * FROM resource_samples WHERE sim_id = ? ORDER BY sample_id", (sim_id,)
    )
    samples = [_sample(row) for row in read]
    while len(samples) > MOST_RESOURCE_SAMPLES:
        samples = _halved(samples)
    connection.execute("DELETE FROM resource_samples WHERE sim_id = ?", (sim_id,))
    connection.executemany(_INSERT, sample_rows(UUID(sim_id), samples))


def _halved(samples: Sequence[ResourceSample]) -> list[ResourceSample]:
    """Make one of each two neighbours; the first one stays, and so does the last one of an even number."""
    merged = [samples[0]]
    before = samples[0].time
    for one, other in islice(pairwise(samples), 1, None, 2):
        merged.append(_merged(before, one, other))
        before = other.time
    return merged if len(samples) % 2 else [*merged, samples[-1]]


def _merged(before: float, one: ResourceSample, other: ResourceSample) -> ResourceSample:
    """Make one sample of two: what was busy is a mean over time since ``before``, memory is the larger one."""
    spans = max(one.time - before, 0.0), max(other.time - one.time, 0.0)
    memory = [each.gpu_memory_bytes for each in (one, other) if each.gpu_memory_bytes is not None]
    return ResourceSample(
        time=other.time,
        cpu=_mean((one.cpu, other.cpu), spans),
        memory_bytes=max(one.memory_bytes, other.memory_bytes),
        gpu=_mean((one.gpu or 0.0, other.gpu or 0.0), spans)
        if (one.gpu, other.gpu) != (None, None)
        else None,
        gpu_memory_bytes=max(memory, default=None),
    )


def _mean(values: tuple[float, float], spans: tuple[float, float]) -> float:
    total = sum(spans)
    if total <= 0:  # a clock that was set back
        return sum(values) / 2
    return sum(value * span for value, span in zip(values, spans, strict=True)) / total


def _sample(row: sqlite3.Row) -> ResourceSample:
    return ResourceSample(
        time=row["time"],
        cpu=row["cpu"],
        memory_bytes=row["memory_bytes"],
        gpu=row["gpu"],
        gpu_memory_bytes=row["gpu_memory_bytes"],
    )
