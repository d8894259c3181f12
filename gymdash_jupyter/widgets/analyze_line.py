"""A line of an AnalyzePanel: what has a colour and a row in the table, and how simulations become lines."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.grouping import ConfigGroup, GroupBy, group_records
from gymdash_jupyter.states import SimState
from gymdash_jupyter.widgets.looks import colour_index

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from gymdash_jupyter.records import SimulationRecord

MOST_KEYS: Final = 1000
_SHORT_ID: Final = 8
_BROKEN_OFF: Final = frozenset({SimState.FAILED, SimState.CANCELLED, SimState.LOST})


@dataclass(frozen=True)
class LineChoice:
    """Which lines are wanted.

    Attributes:
        sims: Ids of simulations as text; empty for the newest.
        group_by: See ``grouping.group_records``.
        is_each: Whether every simulation has a line of its own, in the colour of its group.
    """

    sims: tuple[str, ...] = ()
    group_by: GroupBy = "none"
    is_each: bool = True


@dataclass(frozen=True)
class Line:
    """What has a colour and a row in the table.

    Attributes:
        line_id: A simulation's id, or the id of a group.
        name: For people.
        colour: Place in the series palette.
        sim_ids: Its simulations, by creation.
        group: Label of the group that it is in, or ``""``.
        n: How many of its simulations have started.
        is_live: Whether one of them goes on.
        broken_off: Those that ended before their time: they do not hold back a statistic.
    """

    line_id: str
    name: str
    colour: int
    sim_ids: tuple[UUID, ...]
    group: str
    n: int
    is_live: bool
    broken_off: frozenset[UUID] = frozenset()

    def told(self) -> dict[str, Any]:
        """Give what the browser needs; see ``analyze_messages``."""
        return {
            "id": self.line_id,
            "name": self.name,
            "colour": self.colour,
            "sims": [str(sim_id) for sim_id in self.sim_ids],
            "group": self.group,
            "n": self.n,
            "of": len(self.sim_ids),
            "is_live": self.is_live,
        }


def lines_of(records: Sequence[SimulationRecord], choice: LineChoice) -> list[Line]:
    """Make the lines of simulations, group by group; in a group in the order of the simulations."""
    by_id = {record.sim_id: record for record in records}
    names = _names(records)
    lines: list[Line] = []
    for group in group_records(records, choice.group_by):
        members = [by_id[sim_id] for sim_id in group.sim_ids]
        colour = colour_index(members[0])
        if choice.group_by == "none" or choice.is_each:
            label = "" if choice.group_by == "none" else group.label
            lines += [_line_of_one(record, names, colour, label) for record in members]
        else:
            lines.append(_line_of_group(group, members, names, colour))
    return lines


def key_groups(keys: Iterable[str]) -> list[dict[str, Any]]:
    """Group keys by what stands before the first ``/``; those without one come first. At most ``MOST_KEYS``."""
    groups: dict[str, list[str]] = {}
    for key in list(keys)[:MOST_KEYS]:
        before, slash, _ = key.partition("/")
        groups.setdefault(before if slash else "", []).append(key)
    names = sorted(groups, key=lambda name: name != "")
    return [{"name": name, "keys": groups[name]} for name in names]


def _names(records: Sequence[SimulationRecord]) -> Mapping[UUID, str]:
    uses = Counter(record.name for record in records)
    return {
        record.sim_id: record.name
        if record.name and uses[record.name] == 1
        else f"{record.name} ({str(record.sim_id)[:_SHORT_ID]})".strip()
        for record in records
    }


def _line_of_one(
    record: SimulationRecord, names: Mapping[UUID, str], colour: int, group: str
) -> Line:
    return Line(
        line_id=str(record.sim_id),
        name=names[record.sim_id],
        colour=colour,
        sim_ids=(record.sim_id,),
        group=group,
        n=int(record.started is not None),
        is_live=not record.state.is_terminal,
    )


def _line_of_group(
    group: ConfigGroup,
    members: Sequence[SimulationRecord],
    names: Mapping[UUID, str],
    colour: int,
) -> Line:
    is_named_for_it = len(members) == 1 and group.label == members[0].name
    return Line(
        line_id=group.group_id,
        name=names[members[0].sim_id] if is_named_for_it else group.label,
        colour=colour,
        sim_ids=group.sim_ids,
        group=group.label,
        n=sum(record.started is not None for record in members),
        is_live=any(not record.state.is_terminal for record in members),
        broken_off=frozenset(r.sim_id for r in members if r.state in _BROKEN_OFF),
    )
