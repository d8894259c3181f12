"""Which of a project's media are shown, and in which order.

The browser chooses by the same rules as soon as a person moves the slider (``js/shared/media/choice.ts``); both are
held to the cases in ``tests/widgets/media_choice_cases.json``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from gymdash_jupyter.records import MediaItem

KINDS: Final = ("video", "image", "histogram", "text", "audio")
"""In the order of the sections."""

SORTS: Final = ("step", "name", "value")

_VALUES: Final = ("return", "reward", "score", "value")
_MEASURED: Final = frozenset(
    (
        *("width", "height", "n_frames", "fps", "duration_s", "sample_rate", "n_channels"),
        *("n_letters", "n_bytes", "episode", "length", "step"),
    )
)


@dataclass(frozen=True)
class Choice:
    """What a person wants to see.

    Attributes:
        kind: One of ``KINDS``, or ``all``.
        keys: Only these; empty for all.
        between: Only from the first to the second step, both included; None for all.
        at_step: Of each simulation and key the newest at or before this step; None for the newest of all.
        every_step: Everything between the steps instead of one a simulation and key.
        sort: Order within a section: ``step`` (newest first), ``name`` of the simulation, or ``value`` (highest first).
    """

    kind: str = "all"
    keys: frozenset[str] = frozenset()
    between: tuple[int, int] | None = None
    at_step: int | None = None
    every_step: bool = False
    sort: str = "step"


def chosen(
    items: Iterable[MediaItem], choice: Choice, names: Mapping[UUID, str]
) -> list[MediaItem]:
    """Choose and order media.

    Args:
        items: In the order in which a store lists them.
        choice: What is wanted.
        names: Simulations by id, in the order of their creation.

    Returns:
        By kind, then by key, then as ``choice.sort`` says.
    """
    places = {sim_id: place for place, sim_id in enumerate(names)}
    found = [item for item in items if item.sim_id in places and _fits(item, choice)]
    if not choice.every_step:
        found = _nearest(found, choice.at_step)

    def order(item: MediaItem) -> tuple[object, ...]:
        section = (KINDS.index(item.kind) if item.kind in KINDS else len(KINDS), item.key)
        by_step = (-item.step, places[item.sim_id])
        if choice.sort == "name":
            name = names[item.sim_id].lower()
            return (*section, name, places[item.sim_id], -item.step)
        if choice.sort == "value":
            value = value_of(item)
            return (*section, math.inf if value is None else -value[1], *by_step)
        return (*section, *by_step)

    found.reverse()  # of two at one step the later one first
    return sorted(found, key=order)


def value_of(item: MediaItem) -> tuple[str, float] | None:
    """Give the number by which an item is judged, with its name: its return, or what else was recorded with it."""
    others = (name for name in item.info if name not in _MEASURED and name not in _VALUES)
    for name in (*_VALUES, *others):
        value = item.info.get(name)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            continue
        if math.isfinite(value):
            return name, float(value)
    return None


def _fits(item: MediaItem, choice: Choice) -> bool:
    return (
        choice.kind in ("all", item.kind)
        and (not choice.keys or item.key in choice.keys)
        and (choice.between is None or choice.between[0] <= item.step <= choice.between[1])
    )


def _nearest(items: list[MediaItem], at_step: int | None) -> list[MediaItem]:
    """Keep of each simulation, key and kind the item with the highest step that is not beyond the wanted one."""
    best: dict[tuple[UUID, str, str], MediaItem] = {}
    for item in items:
        if at_step is not None and item.step > at_step:
            continue
        series = (item.sim_id, item.key, item.kind)
        if series not in best or best[series].step <= item.step:
            best[series] = item
    return list(best.values())
