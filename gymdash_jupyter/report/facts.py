"""What a report is about, read from a project once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.grouping import settings
from gymdash_jupyter.records import now_utc
from gymdash_jupyter.scores.reading import DEFAULT_KEYS, final_score
from gymdash_jupyter.selection import Keys, Sims, resolve_keys, resolve_sims
from gymdash_jupyter.widgets.analyze_line import Line, LineChoice, lines_of
from gymdash_jupyter.widgets.analyze_table import direction_of
from gymdash_jupyter.widgets.card_state import key_rank

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from gymdash_jupyter.project import Project
    from gymdash_jupyter.records import SimulationRecord

MOST_SIMULATIONS: Final = 500
"""Of more than these nobody can make sense in one page."""

COLOURED: Final = 8
"""How many lines have a colour of their own; the others stand behind them in grey."""

_SHOWN_KEYS: Final = 9
_SCORED_KEYS: Final = 2
_CLOCK: Final = 9
_LAST: Final = 0.1


@dataclass(frozen=True, eq=False)
class ReportFacts:
    """What a report is about.

    Attributes:
        project: Where it comes from.
        records: The simulations, by creation or as they were named.
        lines: The lines of its charts: simulations that are the same but for their seeds are one line, best first where
            there are more than have a colour.
        place_of: For each simulation the place of its line.
        keys: The series that are drawn.
        n_more_keys: How many others there are.
        scored: Those of them whose final value is in the table.
        scores: Final values by key and simulation: the mean over the last tenth of the steps.
        last_steps: For each simulation the greatest step at which it recorded one of those.
        made: When it was made.
    """

    project: Project
    records: tuple[SimulationRecord, ...]
    lines: tuple[Line, ...]
    place_of: Mapping[UUID, int]
    keys: tuple[str, ...]
    n_more_keys: int
    scored: tuple[str, ...]
    scores: Mapping[tuple[str, UUID], float]
    last_steps: Mapping[UUID, float]
    made: datetime

    @property
    def has_seeds(self) -> bool:
        """Whether some are repetitions of others."""
        return any(len(line.sim_ids) > 1 for line in self.lines)

    def colour_of(self, sim_id: UUID) -> int | None:
        """Give the place of a simulation's colour; None for those in grey."""
        place = self.place_of[sim_id]
        return place if place < COLOURED else None

    def paths(self) -> tuple[list[str], list[str]]:
        """Name the settings that differ between the simulations, seeds last, and those that are the same for all."""
        each = [settings(record) for record in self.records]
        every = list(dict.fromkeys(path for values in each for path in values))
        is_same = {
            path: all(path in values and values[path] == each[0].get(path) for values in each)
            for path in every
        }
        differing = [path for path in every if not is_same[path]]
        differing.sort(key=lambda path: path.rpartition(".")[2].lower().endswith("seed"))
        return differing, [path for path in every if is_same[path]]


def report_facts(project: Project, sims: Sims, keys: Keys) -> ReportFacts:
    """Read what a report is about.

    Raises:
        UnknownSimulationError: The project has no such simulation.
        InvalidArgumentError: There are no simulations, or too many, or no simulation has recorded a key.
    """
    store = project.store
    by_id = {record.sim_id: record for record in store.simulations()}
    ids = [sim_id for sim_id in resolve_sims(store, sims) if sim_id in by_id]
    if not ids:
        found = "the project has none" if sims is None else "sims names none"
        msg = f"A report needs simulations to report on, and {found}."
        raise InvalidArgumentError(msg)
    if len(ids) > MOST_SIMULATIONS:
        msg = f"A report holds at most {MOST_SIMULATIONS} simulations, to be readable; got {len(ids):,}: choose some."
        raise InvalidArgumentError(msg)
    records = tuple(by_id[sim_id] for sim_id in ids)
    every = sorted(resolve_keys(store, None, ids), key=_rank)
    if keys is None:
        chosen = [key for key in every if key_rank(key)[0] < _CLOCK][:_SHOWN_KEYS]
    else:
        chosen = resolve_keys(store, keys, ids)
    scored = tuple(key for key in chosen if keys is not None or key_rank(key)[0] <= 2)
    scored = scored[:_SCORED_KEYS] or tuple(chosen[:1])
    scores, last_steps = _ends(project, ids, scored)
    lines = _ordered(
        lines_of(records, LineChoice(group_by="config", is_each=False)), scored, scores
    )
    return ReportFacts(
        project=project,
        records=records,
        lines=tuple(lines),
        place_of={sim_id: i for i, line in enumerate(lines) for sim_id in line.sim_ids},
        keys=tuple(chosen),
        n_more_keys=0 if keys is not None else len(every) - len(chosen),
        scored=scored,
        scores=scores,
        last_steps=last_steps,
        made=now_utc(),
    )


def _rank(key: str) -> tuple[int, int, str]:
    """Put first what is scored elsewhere, too, then what people look at first."""
    is_default = key in DEFAULT_KEYS
    return DEFAULT_KEYS.index(key) if is_default else len(DEFAULT_KEYS), *key_rank(key)


def _ends(
    project: Project, ids: list[UUID], keys: tuple[str, ...]
) -> tuple[dict[tuple[str, UUID], float], dict[UUID, float]]:
    """Read how series end: their final values, and at which step."""
    table = project.store.read_table(ids, keys)
    scores: dict[tuple[str, UUID], float] = {}
    last_steps: dict[UUID, float] = {}
    for series, begin, end in zip(table.series, table.starts[:-1], table.starts[1:], strict=True):
        if end == begin:
            continue
        steps = table.steps[begin:end].astype(np.float64)
        scores[series.key, series.sim_id], _ = final_score(steps, table.values[begin:end], _LAST)
        last_steps[series.sim_id] = max(float(steps.max()), last_steps.get(series.sim_id, -np.inf))
    return scores, last_steps


def _ordered(
    lines: list[Line], scored: tuple[str, ...], scores: Mapping[tuple[str, UUID], float]
) -> list[Line]:
    """Put the best lines first where not all can have a colour."""
    if len(lines) <= COLOURED or not scored:
        return lines
    sign = -1 if direction_of(scored[0]) == "max" else 1

    def rank(line: Line) -> float:
        values = [scores.get((scored[0], sim_id), np.nan) for sim_id in line.sim_ids]
        finite = [value for value in values if np.isfinite(value)]
        return sign * float(np.mean(finite)) if finite else np.inf

    return sorted(lines, key=rank)
