"""What simulations are called in pictures."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from gymdash_jupyter.store.contract import ProjectStore

_SHORT_ID = 8


def short_labels(store: ProjectStore, sim_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Give the simulations' names, with the beginning of the id where several have this name."""
    names = {sim_id: store.simulation(sim_id).name for sim_id in sim_ids}
    uses = Counter(names.values())
    length = _SHORT_ID
    while len({str(sim_id)[:length] for sim_id in names}) < len(names):
        length += 1
    return {
        sim_id: f"{name} ({str(sim_id)[:length]})".strip() if uses[name] > 1 or not name else name
        for sim_id, name in names.items()
    }
