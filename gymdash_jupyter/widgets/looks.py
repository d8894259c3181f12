"""How simulations look wherever a panel shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gymdash_jupyter.records import SimulationRecord


def colour_index(record: SimulationRecord) -> int:
    """Give the place of a simulation's colour in the series palette, from 0; the browser makes colour and dash of it.

    It is the one that people gave it, else it goes with the number of the simulation, so it stays the same when
    others are deleted or filtered away.
    """
    return record.colour if record.colour is not None else max(record.number - 1, 0)
