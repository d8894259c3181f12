"""One line of plain text a simulation, for places that show no widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gymdash_jupyter.records import SimulationRecord


def simulation_line(record: SimulationRecord) -> str:
    """Say a simulation's name, state and progress, such as ``ppo-s0: running, 83 %, 83,200 of 100,000``."""
    words = [f"{record.name or record.sim_id}: {record.state.value.replace('_', ' ')}"]
    progress = record.progress
    if progress is not None and progress.current is not None:
        if progress.fraction is not None and not record.state.is_terminal:
            words.append(f"{int(progress.fraction * 100)} %")
        of_total = "" if progress.total is None else f" of {progress.total:,.12g}"
        words.append(f"{progress.current:,.12g}{of_total}")
    return ", ".join(words)


def simulations_text(records: Iterable[SimulationRecord]) -> str:
    """Say one line a simulation."""
    return "\n".join(simulation_line(record) for record in records)
