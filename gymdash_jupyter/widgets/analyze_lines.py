"""Which lines an AnalyzePanel shows: its simulations, alone or in groups, with names, colours and keys.

Used in one thread at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final
from uuid import UUID

from gymdash_jupyter.errors import UnknownSimulationError
from gymdash_jupyter.grouping import differing_paths
from gymdash_jupyter.selection import matching_keys
from gymdash_jupyter.widgets.analyze_line import Line, LineChoice, lines_of
from gymdash_jupyter.widgets.card_state import key_rank
from gymdash_jupyter.widgets.sims_panel import MOST_WITHOUT_CHOICE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gymdash_jupyter.records import SeriesInfo, SimulationRecord
    from gymdash_jupyter.store import ProjectStore
    from gymdash_jupyter.widgets.refresh import News

MOST_SIMULATIONS: Final = 500
"""More lines than this nobody can tell apart."""

_MOST_PATHS: Final = 100
_FEW: Final = 100


class AnalyzeLines:
    """Hold simulations, their series, and the lines made of them.

    Args:
        store: Where to read.
        listed: Gives all simulations of the project by creation; None reads them each time.

    Attributes:
        lines: In the order in which they are listed.
        records: The simulations, by creation.
        infos: Their series by key.
        notice: A sentence when not all simulations are shown.
        paths: Configuration values that differ, and how many there are.
        n_changes: Grows when ``lines``, ``notice`` or ``paths`` change.
        n_key_changes: Grows when there are other keys.
    """

    def __init__(
        self,
        store: ProjectStore,
        listed: Callable[[], Mapping[UUID, SimulationRecord]] | None = None,
    ) -> None:
        self._store = store
        self._listed = listed
        self._choice = LineChoice()
        self._n_all = 0
        self.records: dict[UUID, SimulationRecord] = {}
        self.infos: dict[UUID, dict[str, SeriesInfo]] = {}
        self.lines: list[Line] = []
        self.by_sim: dict[UUID, Line] = {}
        self.notice = ""
        self.paths: list[tuple[str, int]] = []
        self._keys: set[str] = set()
        self.n_changes = 0
        self.n_key_changes = 0

    def load(self, choice: LineChoice) -> None:
        """Read everything anew."""
        self._choice = choice
        records = self._chosen_records()
        self.records = {record.sim_id: record for record in records}
        self.infos = {}
        for info in self._store.series(list(self.records)) if records else ():
            self.infos.setdefault(info.sim_id, {})[info.key] = info
        self._make_lines()
        self._note_keys()

    def choose(self, choice: LineChoice) -> bool:
        """Take over what is wanted; say whether that is something else than before."""
        if choice == self._choice:
            return False
        if choice.sims != self._choice.sims:
            self.load(choice)
        else:
            self._choice = choice
            self._make_lines()
        return True

    def take(self, news: News) -> None:
        """Take over what changed in the project."""
        is_other = self._take_members(news)
        for sim_id, record in news.simulations.items():
            before = self.records.get(sim_id)
            if before is not None:
                is_other |= _is_told_otherwise(before, record)
                self.records[sim_id] = record
        if is_other:
            self._make_lines()
        for sim_id, infos in news.series.items():
            if sim_id in self.records:
                known = self.infos.setdefault(sim_id, {})
                known.update((info.key, info) for info in infos)
        if is_other or not self._keys.issuperset(
            info.key
            for sim_id, infos in news.series.items()
            if sim_id in self.records
            for info in infos
        ):
            self._note_keys()

    @property
    def is_live(self) -> bool:
        """Whether something that is shown goes on."""
        return any(line.is_live for line in self.lines)

    def info(self, sim_id: UUID, key: str) -> SeriesInfo | None:
        """Give what is known of one series."""
        return self.infos.get(sim_id, {}).get(key)

    def keys(self, wanted: Sequence[str] = ()) -> list[str]:
        """Name the keys of the lines: all, what people look at first in front; or the wanted ones in their order."""
        every = sorted(self._keys, key=key_rank)
        if not wanted:
            return every
        found = [key for pattern in wanted for key in matching_keys(pattern, every)]
        return list(dict.fromkeys(found))

    def end(self, key: str) -> float | None:
        """Say up to which step a key will be recorded when what runs has ended, or None where that is not known."""
        ends = []
        for sim_id, record in self.records.items():
            info = self.info(sim_id, key)
            if info is not None and not record.state.is_terminal:
                ends.append(_planned_end(info.last_step, record))
        known = [end for end in ends if end is not None]
        return max(known) if known else None

    def origin(self, sim_id: UUID) -> float | None:
        """Say when a simulation began to run, in seconds since the epoch, or None."""
        started = self.records[sim_id].started
        return None if started is None else started.timestamp()

    # Which simulations

    def _chosen_records(self) -> list[SimulationRecord]:
        wanted = [UUID(sim_id) for sim_id in self._choice.sims]
        if wanted and len(wanted) <= _FEW and self._listed is None:
            found = [self._record(sim_id) for sim_id in wanted]
        else:
            every = self._every_record()
            found = [every.get(sim_id) for sim_id in wanted or list(every)[-MOST_WITHOUT_CHOICE:]]
            self._n_all = len(every)
        records = [record for record in found if record is not None]
        self._n_all = len(wanted) or self._n_all
        return sorted(records, key=_place)[-MOST_SIMULATIONS:]

    def _every_record(self) -> Mapping[UUID, SimulationRecord]:
        if self._listed is not None:
            return self._listed()
        return {record.sim_id: record for record in self._store.simulations()}

    def _record(self, sim_id: UUID) -> SimulationRecord | None:
        try:
            return self._store.simulation(sim_id)
        except UnknownSimulationError:
            return None

    def _take_members(self, news: News) -> bool:
        """Let go of deleted simulations and, where none are chosen, take in new ones; say whether there are others."""
        deleted = news.deleted.intersection(self.records)
        for sim_id in deleted:
            self.records.pop(sim_id)
            self.infos.pop(sim_id, None)
        if self._choice.sims:
            return bool(deleted)
        newest = max((_place(record) for record in self.records.values()), default=(0, 0.0))
        new = [
            record
            for sim_id, record in news.simulations.items()
            if sim_id not in self.records and _place(record) > newest
        ]
        if deleted and len(self.records) + len(deleted) >= MOST_WITHOUT_CHOICE:
            self.load(self._choice)  # older ones move up
            return True
        if self._listed is not None:
            self._n_all = len(self._listed())
        for record in sorted(new, key=_place):
            self.records[record.sim_id] = record
        for sim_id in list(self.records)[: -MOST_WITHOUT_CHOICE or None]:
            self.records.pop(sim_id)
            self.infos.pop(sim_id, None)
        return bool(deleted or new)

    # Lines

    def _make_lines(self) -> None:
        records = list(self.records.values())
        self.lines = lines_of(records, self._choice)
        self.by_sim = {sim_id: line for line in self.lines for sim_id in line.sim_ids}
        self.paths = differing_paths(records)[:_MOST_PATHS]
        self.notice = self._said_of_choice()
        self.n_changes += 1

    def _said_of_choice(self) -> str:
        shown = len(self.records)
        if not self._choice.sims and self._n_all > shown:
            return f"The newest {shown:,} of {self._n_all:,} simulations are shown."
        if len(self._choice.sims) > MOST_SIMULATIONS:
            return f"The newest {shown:,} of {self._n_all:,} chosen simulations are shown."
        return ""

    def _note_keys(self) -> None:
        keys = {key for sim_id in self.records for key in self.infos.get(sim_id, ())}
        if keys != self._keys:
            self._keys = keys
            self.n_key_changes += 1


def _place(record: SimulationRecord) -> tuple[int, float]:
    # Old projects that cannot be written to have no numbers.
    return record.number, record.created.timestamp() if record.created else 0.0


def _is_told_otherwise(before: SimulationRecord, now: SimulationRecord) -> bool:
    """Whether a change of a simulation changes a line; most only say how far it has come."""
    return (
        before.state is not now.state
        or before.name != now.name
        or before.colour != now.colour
        or (before.started is None) != (now.started is None)
        or before.start_kwargs_json != now.start_kwargs_json
        or before.config_json != now.config_json
    )


def _planned_end(last_step: int, record: SimulationRecord) -> float | None:
    """The planned total, while a series counts in the same unit as the progress; as in the card's chart."""
    progress = record.progress
    if progress is None or not progress.total or not progress.current:
        return None
    if progress.total <= 0 or progress.current <= 0 or last_step > progress.total * 1.05:
        return None
    return max(progress.total, float(last_step)) if last_step >= progress.current * 0.4 else None
