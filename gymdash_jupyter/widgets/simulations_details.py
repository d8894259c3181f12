"""What the list of simulations shows of the one in focus. Used in one thread at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.errors import UnknownSimulationError
from gymdash_jupyter.json_values import is_described
from gymdash_jupyter.records import now_utc
from gymdash_jupyter.widgets.card_contents import CardContents
from gymdash_jupyter.widgets.simulations_rows import value_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from gymdash_jupyter.records import SimulationRecord
    from gymdash_jupyter.store import ProjectStore
    from gymdash_jupyter.widgets.refresh import News

_MOST_VALUES: Final = 200
_LONGEST_VALUE: Final = 1000


class SimulationDetails:
    """Hold what is known of one simulation at a time.

    Args:
        store: Where to read.
    """

    def __init__(self, store: ProjectStore) -> None:
        self._store = store
        self._sim_id: UUID | None = None
        self._contents: CardContents | None = None

    def focus(self, sim_id: UUID | None, *, again: bool = False) -> None:
        """Turn to a simulation, or to none; ``again`` reads it anew."""
        if sim_id == self._sim_id and not again:
            return
        self._sim_id, self._contents = sim_id, None
        if sim_id is None:
            return
        contents = CardContents(self._store, [sim_id])
        try:
            contents.load()
        except UnknownSimulationError:
            return
        self._contents = contents

    def take(self, news: News) -> None:
        """Take over what changed."""
        if self._contents is not None:
            self._contents.take(news)

    def shown(self) -> dict[str, Any] | None:
        """Give what the browser shows, or None when there is nothing to show."""
        if self._contents is None:
            return None
        self._contents.look_after()
        (sim,) = self._contents.sims.values()
        if sim.is_deleted:
            return None
        return {"sim": sim.shown(now_utc().timestamp()), **_labels(sim.record)}


def _labels(record: SimulationRecord) -> dict[str, Any]:
    return {
        "tags": list(record.tags),
        "note": record.note,
        "parent_id": None if record.parent_id is None else str(record.parent_id),
        "config": _values(record.config.kwargs),
        "start_kwargs": _values(record.start_kwargs),
    }


def _values(kwargs: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "name": str(name),
            "text": value_text(value)[:_LONGEST_VALUE],
            "is_number": type(value) in (int, float),
            "is_described": is_described(value),
        }
        for name, value in list(kwargs.items())[:_MOST_VALUES]
    ]
