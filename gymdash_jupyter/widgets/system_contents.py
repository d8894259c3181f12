"""What the system panel tells its browsers, as plain values. Shares are from 0 to 1, sizes in bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.errors import UnknownSimulationError
from gymdash_jupyter.media.choosing import FIRST_LAST_BEST
from gymdash_jupyter.widgets.looks import colour_index

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from gymdash_jupyter.pruning import PruneReport
    from gymdash_jupyter.records import SimulationRecord
    from gymdash_jupyter.resource_usage import DiskUsage, ProcessUsage, ResourceUsage
    from gymdash_jupyter.store import ProjectStore

_DAY_S: Final = 86_400
_MOST_NAMED: Final = 8
_LONGEST_NAME: Final = 200


def usage_facts(usage: ResourceUsage, colours: Mapping[UUID, int]) -> dict[str, Any]:
    """Give one sample.

    Args:
        usage: The sample.
        colours: Place in the palette of each simulation with a process.
    """
    return {
        "clock": usage.time.timestamp(),
        "cpu": round(usage.cpu, 4),
        "cores": [round(core, 3) for core in usage.cores],
        "load": usage.load,
        "memory": {
            "used": usage.memory.used_bytes,
            "total": usage.memory.total_bytes,
            "is_container": usage.memory.is_container,
        },
        "disk": {
            "path": str(usage.disk.path),
            "fraction": usage.disk.fraction,
            "free": usage.disk.free_bytes,
            "total": usage.disk.total_bytes,
        },
        "gpus": [
            {
                "name": gpu.name,
                "busy": gpu.busy,
                "used": gpu.memory_used_bytes,
                "total": gpu.memory_total_bytes,
                "temperature": gpu.temperature_c,
            }
            for gpu in usage.gpus
        ],
        "gpu_note": usage.gpu_note,
        "processes": [_process_facts(each, colours) for each in usage.processes],
    }


def _process_facts(usage: ProcessUsage, colours: Mapping[UUID, int]) -> dict[str, Any]:
    sims = zip(usage.sim_ids, usage.names, strict=True)
    return {
        "pid": usage.pid,
        "sims": [
            {"id": str(sim_id), "name": _name(name, sim_id), "colour": colours[sim_id]}
            for sim_id, name in sims
        ],
        "launcher": usage.launcher,
        "n": usage.n_processes,
        "cpu": None if usage.cpu is None else round(usage.cpu, 3),
        "memory": usage.memory_bytes,
        "gpu_memory": usage.gpu_memory_bytes,
    }


def disk_facts(usage: DiskUsage, store: ProjectStore, sort: str, most: int) -> dict[str, Any]:
    """Give the sizes of a project.

    Args:
        usage: The sizes.
        store: Knows names.
        sort: ``size``, ``name`` or ``newest``.
        most: How many simulations are listed; the others are given as one sum.
    """
    records = _sorted_records(usage, store, sort, most)
    rows: list[dict[str, Any]] = []
    for record in records:
        used = usage.simulations[record.sim_id]
        row: dict[str, Any] = {
            "id": str(record.sim_id),
            "name": _name(record.name, record.sim_id),
            "colour": colour_index(record),
            "state": record.state.value,
            "n_files": used.n_files,
        }
        rows.append(row | dict(used.bytes_by_kind) | {"total": used.total_bytes})
    everything = sum(each.total_bytes for each in usage.simulations.values())
    return {
        "rows": rows,
        "n_simulations": len(usage.simulations),
        "not_listed": everything - sum(row["total"] for row in rows),
        "largest": max((each.total_bytes for each in usage.simulations.values()), default=0),
        "database": usage.database_bytes,
        "resources": usage.resources_bytes,
        "leftover": usage.leftover_bytes,
        "other": usage.other_bytes,
        "total": usage.total_bytes,
        "n_files": usage.n_files,
    }


def _sorted_records(
    usage: DiskUsage, store: ProjectStore, sort: str, most: int
) -> list[SimulationRecord]:
    if sort == "size":  # the usual one, and only those that are listed need be read
        found = []
        for sim_id in list(usage.simulations)[:most]:
            try:
                found.append(store.simulation(sim_id))
            except UnknownSimulationError:  # deleted just now
                continue
        return found
    records = [each for each in store.simulations() if each.sim_id in usage.simulations]
    if sort == "name":
        records.sort(key=lambda record: (record.name.casefold(), record.number))
    else:
        records.reverse()
    return records[:most]


def prune_facts(report: PruneReport, store: ProjectStore) -> dict[str, Any]:
    """Give what was removed, or would be."""
    counts: dict[UUID, int] = {}
    for item in report.removed:
        counts[item.sim_id] = counts.get(item.sim_id, 0) + 1
    some = [
        {"name": _name(store.simulation(sim_id).name, sim_id), "n": counts[sim_id], "bytes": size}
        for sim_id, size in list(report.bytes_by_simulation.items())[:_MOST_NAMED]
    ]
    return {
        "n": len(report.removed),
        "n_kept": report.n_kept,
        "bytes": report.freed_bytes,
        "n_simulations": len(report.bytes_by_simulation),
        "some": some,
        "n_refused": len(report.refused),
        "refused": report.refused[0][1] if report.refused else "",
    }


def prune_call(wanted: Mapping[str, Any]) -> str:
    """Say in Python what the panel asks for."""
    said: list[str] = []
    sims: Sequence[str] | None = wanted.get("sims")
    if sims is not None:
        said.append(repr([sim_id[:8] for sim_id in sims]))
    if wanted.get("keep", FIRST_LAST_BEST) != FIRST_LAST_BEST:
        said.append(f"keep={wanted['keep']!r}")
    if wanted.get("older_than") is not None:
        said.append(f"older_than={_age(wanted['older_than'])}")
    return f"gd.prune_media({', '.join(said)})"


def _age(seconds: float) -> str:
    days, rest = divmod(seconds, _DAY_S)
    return f"{days:g} * {_DAY_S}" if days and not rest else f"{seconds:g}"


def _name(name: str, sim_id: UUID) -> str:
    return (name or str(sim_id)[:8])[:_LONGEST_NAME]
