"""What a panel knows of a project's media: each file has a number, its place in the order in which it was found.

Used in the refresh loop's thread, but for ``item``, which any thread may call: what was once listed keeps its number.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import numpy as np

from gymdash_jupyter.errors import InvalidArgumentError, UnknownSimulationError
from gymdash_jupyter.widgets import media_pieces
from gymdash_jupyter.widgets.looks import colour_index
from gymdash_jupyter.widgets.media_choice import KINDS, value_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gymdash_jupyter.records import MediaItem, SimulationRecord
    from gymdash_jupyter.store import ProjectStore
    from gymdash_jupyter.widgets.refresh import News

_LOOK_EVERY_S: Final = 0.5
_SHARE_OF_TIME: Final = 0.03
"""A simulation's media can only be listed as a whole: looking again waits until it costs no more than this."""

_FEW: Final = 50
MOST_AT_ONCE: Final = 20_000
"""Files that are told to a browser in one message."""


class MediaList:
    """List media of some simulations, and say what is new.

    Args:
        store: Where to look.

    Attributes:
        records: Simulations that have media.
        gone: Numbers of files that are listed no more, in the order in which it was noticed.
        n_changes: Grows when ``records`` change.
    """

    def __init__(self, store: ProjectStore) -> None:
        self._store = store
        self._items: list[MediaItem] = []
        self._known: dict[UUID, dict[str, int]] = {}
        self._listed: set[UUID] = set()
        self._is_all_listed = False
        self._changed: set[UUID] = set()
        self._not_before = 0.0
        self._keys: dict[str, int] = {}
        self._value_names: dict[str, int] = {}
        self._sims: dict[UUID, int] = {}
        self.records: dict[UUID, SimulationRecord] = {}
        self.gone: list[int] = []
        self.n_changes = 0

    def __len__(self) -> int:
        return len(self._items)

    @property
    def is_behind(self) -> bool:
        """Whether simulations changed that were not looked at since."""
        return bool(self._changed)

    def item(self, number: object) -> MediaItem:
        """Give one file by its number.

        Raises:
            InvalidArgumentError: There is none.
        """
        if (
            not isinstance(number, int)
            or isinstance(number, bool)
            or not 0 <= number < len(self._items)
        ):
            msg = f"This panel lists no media with the number {number!r}."
            raise InvalidArgumentError(msg)
        return self._items[number]

    def number(self, sim_id: UUID, path: str) -> int | None:
        """Give the number of a file, or None where it is not listed."""
        return self._known.get(sim_id, {}).get(path)

    def load(self, sim_ids: Iterable[UUID] | None) -> None:
        """List the media of these simulations anew; None for all of the project."""
        wanted = None if sim_ids is None else list(sim_ids)
        self._is_all_listed = self._is_all_listed or wanted is None
        self._listed.update(wanted or ())
        self._changed.clear()
        self._list(None if self._is_all_listed else self._listed)
        self._read_records(list(self.records), afresh=True)

    def want(self, sim_ids: Iterable[UUID] | None) -> None:
        """See to it that the media of these simulations are listed; does nothing where they are."""
        if self._is_all_listed:
            return
        if sim_ids is None:
            self.load(None)
        elif new := [sim_id for sim_id in sim_ids if sim_id not in self._listed]:
            self._listed.update(new)
            self._list(new)

    def list_anew(self, sim_ids: Iterable[UUID]) -> None:
        """List the media of these simulations again, whether they changed or not."""
        wanted = list(sim_ids)
        self._listed.update(wanted)
        self._list(wanted)

    def take(self, news: News) -> None:
        """Take over what changed in the project, and look for new media of what changed."""
        for sim_id, record in news.simulations.items():
            if self._is_all_listed or sim_id in self._listed:
                self._changed.add(sim_id)
            if sim_id in self.records:
                self.n_changes += _looks(record) != _looks(self.records[sim_id])
                self.records[sim_id] = record
        for sim_id in news.deleted:
            self._forget(sim_id)
        self._changed -= news.deleted
        began = time.monotonic()
        if not self._changed or began < self._not_before:
            return
        changed, self._changed = self._changed, set()
        self._list(changed)
        cost = time.monotonic() - began
        self._not_before = began + max(_LOOK_EVERY_S, cost / _SHARE_OF_TIME)

    def _list(self, sim_ids: Iterable[UUID] | None) -> None:
        wanted = None if sim_ids is None else list(sim_ids)
        found: dict[UUID, dict[str, MediaItem]] = {
            sim_id: {} for sim_id in (self._known if wanted is None else wanted)
        }
        for item in self._store.media(wanted):
            found.setdefault(item.sim_id, {})[item.path] = item
        for sim_id, items in found.items():
            known = self._known.setdefault(sim_id, {})
            for path in known.keys() - items.keys():
                self.gone.append(known.pop(path))
            new = [path for path in items if path not in known]
            known.update(
                zip(new, range(len(self._items), len(self._items) + len(new)), strict=True)
            )
            self._items.extend(items[path] for path in new)
        self._read_records(sim_id for sim_id, items in found.items() if items)

    def _forget(self, sim_id: UUID) -> None:
        self.gone.extend(self._known.pop(sim_id, {}).values())
        self.records.pop(sim_id, None)

    def _read_records(self, sim_ids: Iterable[UUID], *, afresh: bool = False) -> None:
        missing = {sim_id for sim_id in sim_ids if afresh or sim_id not in self.records}
        if not missing:
            return
        self.n_changes += 1
        if len(missing) > _FEW:
            records = {r.sim_id: r for r in self._store.simulations() if r.sim_id in missing}
        else:
            records = {}
            for sim_id in missing:
                try:
                    records[sim_id] = self._store.simulation(sim_id)
                except UnknownSimulationError:  # deleted meanwhile
                    continue
        self.records.update(records)
        for sim_id in missing - records.keys():
            self._forget(sim_id)

    # What a browser is told

    def sims_told(self) -> list[list[Any]]:
        """Say of each simulation: its id, name, colour and place in the order of creation."""
        return [
            [str(sim_id), record.name, colour_index(record), record.number]
            for sim_id, record in self.records.items()
        ]

    def told(self, start: int) -> tuple[dict[str, Any], list[bytes]]:
        """Say what there is from a number on, at most ``MOST_AT_ONCE`` files, in columns.

        Returns:
            ``start``, ``count``, and names for the numbers in the columns; the columns one after the other: int32
            simulation, key, kind, whether it has a small picture, name of its value (-1 for none); float64 step,
            value, episode, length in seconds (NaN where there is none).
        """
        items = self._items[start : start + MOST_AT_ONCE]
        whole = np.empty((5, len(items)), np.int32)
        real = np.full((4, len(items)), np.nan)
        for place, item in enumerate(items):
            value = value_of(item)
            whole[:, place] = (
                self._sims.setdefault(item.sim_id, len(self._sims)),
                self._keys.setdefault(item.key, len(self._keys)),
                KINDS.index(item.kind) if item.kind in KINDS else len(KINDS),
                media_pieces.has_thumbnail(item),
                -1 if value is None else self._name(value[0]),
            )
            real[0, place] = item.step
            if value is not None:
                real[1, place] = value[1]
            real[2, place] = _number(item.info.get("episode"))
            real[3, place] = _number(item.info.get("duration_s"))
        content = {
            "start": start,
            "count": len(items),
            "sims": [str(sim_id) for sim_id in self._sims],
            "keys": list(self._keys),
            "values": list(self._value_names),
        }
        return content, [whole.tobytes(), real.tobytes()]

    def _name(self, name: str) -> int:
        return self._value_names.setdefault(name, len(self._value_names))


def _looks(record: SimulationRecord) -> tuple[str, int]:
    return record.name, colour_index(record)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return math.nan
    return float(value) if math.isfinite(value) else math.nan
