"""Join the seeds of each configuration into learning curves: what ``plot_curves`` draws."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gymdash_jupyter.aggregates import Aggregate, aggregate, checked_statistic
from gymdash_jupyter.errors import InvalidArgumentError, did_you_mean
from gymdash_jupyter.grouping import (
    GroupBy,
    group_records,
    seed_of,
    setting_names,
    value_at,
)
from gymdash_jupyter.records import ScalarSeries
from gymdash_jupyter.scores.grouped import grouped_by, setting_named
from gymdash_jupyter.scores.reading import of_kinds_that_recorded
from gymdash_jupyter.selection import Keys, Sims, resolve_keys, resolve_sims
from gymdash_jupyter.states import SimState
from gymdash_jupyter.statistics import ema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from gymdash_jupyter.records import SimulationRecord
    from gymdash_jupyter.store.contract import ProjectStore

Line: TypeAlias = tuple[NDArray[np.float64], NDArray[np.float64]]

X_WORDS: Final = {
    "step": "step",
    "time": "seconds since the start",
    "episode": "number of the value",
}
"""What a curve can be drawn over, and the words for it."""

_TIME_UNITS: Final = (("hours", 3600.0, 7200.0), ("minutes", 60.0, 180.0))
_BROKEN_OFF: Final = frozenset({SimState.FAILED, SimState.CANCELLED, SimState.LOST})
_MAX_POINTS: Final = 400
_RESAMPLES: Final = 2000


@dataclass(frozen=True, eq=False)
class Curve:
    """The seeds of one configuration and one key, ready to be drawn.

    Attributes:
        label: What tells the configuration from the others.
        key: The series.
        place: Which colour it has.
        joined: The statistic over seeds, its band, and how many seeds report at each x.
        n_started: How many of its simulations have started; repeated seeds left out.
        seeds: x and value of each seed that has reported, float64, smoothed like the curve.
        n_configs: How many configurations are joined in it, seeds apart.
        part: In which subplot of its key it is: a value of the setting that curves are split by.
    """

    label: str
    key: str
    place: int
    joined: Aggregate
    n_started: int
    seeds: tuple[Line, ...]
    n_configs: int = 1
    part: str = ""

    @property
    def n_at_end(self) -> int:
        """How many seeds report where the curve ends."""
        return int(self.joined.n[-1]) if len(self.joined) else 0


@dataclass(frozen=True, eq=False)
class CurvesInfo:
    """What ``plot_curves`` draws.

    Attributes:
        keys: The chosen keys, also those without points.
        curves: By key in their order, then by configuration.
        statistic: ``mean``, ``median`` or ``iqm``.
        band: How much of what was drawn lies in the band; None for no band.
        x_label: What x is, with its unit.
        n_repeated: How many simulations were left out because another one has the same configuration and seed.
        settings: Names of the settings that labels may speak of.
        parts: For each key so many subplots: the values of the setting that curves are split by, or ``""``.
    """

    keys: tuple[str, ...]
    curves: tuple[Curve, ...]
    statistic: str
    band: float | None
    x_label: str
    n_repeated: int
    settings: frozenset[str] = frozenset()
    parts: tuple[str, ...] = ("",)

    @property
    def panels(self) -> list[tuple[str, str]]:
        """Key and part of each subplot."""
        return [(key, part) for key in self.keys for part in self.parts]


@dataclass(frozen=True)
class _Maker:
    statistic: str
    band: float | None
    smoothing: float
    x: str
    config_of: Mapping[UUID, str]

    def curve(
        self, members: Sequence[tuple[SimulationRecord, ScalarSeries | None]]
    ) -> tuple[Aggregate, int, tuple[Line, ...], int] | None:
        """Join the members that have reported; None where nobody has.

        Returns:
            The curve; how many have started; the seeds; of how many configurations.
        """
        there = [(record, points) for record, points in members if points is not None]
        if not there:
            return None
        seeds = [
            (_x(points, self.x, record), ema(points.values, self.smoothing))
            for record, points in there
        ]
        configs = [self.config_of[record.sim_id] for record, _ in there]
        is_repeated = min(Counter(configs).values()) > 1
        joined = aggregate(
            seeds,
            self.statistic,
            max_points=_MAX_POINTS,
            must_reach=[record.state not in _BROKEN_OFF for record, _ in there],
            resamples=_RESAMPLES if self.band is not None else 0,
            confidence=self.band or 0.5,
            # Seeds are what chance decides: a line over several configurations keeps its number of each.
            strata=configs if is_repeated else None,
        )
        n_started = sum(
            record.started is not None or points is not None for record, points in members
        )
        return joined, n_started, tuple(seeds), len(set(configs))


def curves_info(
    store: ProjectStore,
    keys: Keys = None,
    sims: Sims = None,
    *,
    by: GroupBy = "group",
    statistic: str = "mean",
    band: float | None = 0.95,
    smoothing: float = 0.0,
    x: str = "step",
    split: str | None = None,
) -> CurvesInfo:
    """Compute what ``plot_curves`` draws; see there for the arguments.

    Raises:
        InvalidArgumentError: An argument makes no sense, or no simulation has recorded a key.
        UnknownSimulationError: The project has no such simulation.
    """
    _check(statistic, band, smoothing, x)
    ids = resolve_sims(store, sims)
    names = resolve_keys(store, keys, None if sims is None else ids)
    chosen = set(ids)
    every = [record for record in store.simulations() if record.sim_id in chosen]
    if sims is None:
        every = of_kinds_that_recorded(store, every, names)
    config_of = {
        sim_id: group.group_id for group in group_records(every) for sim_id in group.sim_ids
    }
    records = every if by == "simulation" else _without_repeats(every, config_of)
    part_of, parts = _parts(records, split)
    by_id = {record.sim_id: record for record in records}
    series = _series(store, list(by_id), names)
    make = _Maker(statistic, band, smoothing, x, config_of)
    apart = () if split is None else (setting_named(split, records),)
    groups = group_records(records, grouped_by(by, records), apart_from=apart, alone_by_name=False)
    curves = []
    for key in names:
        for place, group in enumerate(groups):
            for part in parts:
                ids = [sim_id for sim_id in group.sim_ids if part_of[sim_id] == part]
                curve = make.curve([(by_id[sim_id], series.get((sim_id, key))) for sim_id in ids])
                if curve is not None:
                    curves.append(Curve(group.label, key, place, *curve, part))
    unit, curves = _in_readable_time(curves) if x == "time" else (_x_words(x, names), curves)
    return CurvesInfo(
        keys=tuple(names),
        curves=tuple(curves),
        statistic=statistic,
        band=band,
        x_label=unit,
        n_repeated=len(every) - len(records),
        settings=setting_names(records),
        parts=parts,
    )


def _x_words(x: str, keys: Sequence[str]) -> str:
    is_of_episodes = bool(keys) and all(key.startswith("episode/") for key in keys)
    return "episode" if x == "episode" and is_of_episodes else X_WORDS[x]


def _parts(
    records: Sequence[SimulationRecord], split: str | None
) -> tuple[dict[UUID, str], tuple[str, ...]]:
    """Say in which subplot each simulation is, and which there are."""
    if split is None:
        return dict.fromkeys((record.sim_id for record in records), ""), ("",)
    path = setting_named(split, records)
    found = {record.sim_id: value_at(record, path) for record in records}
    parts = {sim_id: value or "not set" for sim_id, value in found.items()}
    return parts, tuple(dict.fromkeys(parts.values())) or ("",)


def _check(statistic: str, band: float | None, smoothing: float, x: str) -> None:
    checked_statistic(statistic)
    ema([], smoothing)
    if band is not None and not (isinstance(band, (int, float)) and 0.0 < band < 1.0):
        msg = f"A band holds a part of what was drawn, above 0 and below 1, such as 0.95; None for none. Got {band!r}."
        raise InvalidArgumentError(msg)
    if x not in X_WORDS:
        msg = f"A curve is drawn over {', '.join(X_WORDS)}; got x={x!r}.{did_you_mean(str(x), X_WORDS)}"
        raise InvalidArgumentError(msg)


def _without_repeats(
    records: Sequence[SimulationRecord], config_of: Mapping[UUID, str]
) -> list[SimulationRecord]:
    """Keep one of the simulations that have a configuration and a seed in common.

    That is the newest, and rather one that was not broken off.
    """
    kept: dict[object, SimulationRecord] = {}
    for record in records:
        seed = seed_of(record)
        if seed is None or record.started is None:
            kept[record.sim_id] = record
            continue
        before = kept.get((config_of[record.sim_id], seed))
        if before is None or before.state in _BROKEN_OFF or record.state not in _BROKEN_OFF:
            kept[config_of[record.sim_id], seed] = record
    ids = {record.sim_id for record in kept.values()}
    return [record for record in records if record.sim_id in ids]


def _series(
    store: ProjectStore, ids: Sequence[UUID], keys: Sequence[str]
) -> dict[tuple[UUID, str], ScalarSeries]:
    table = store.read_table(ids, keys)
    parts = zip(table.series, table.starts[:-1], table.starts[1:], strict=True)
    return {
        (series.sim_id, series.key): ScalarSeries(
            table.steps[start:end], table.times[start:end], table.values[start:end]
        )
        for series, start, end in parts
        if end > start
    }


def _x(series: ScalarSeries, x: str, record: SimulationRecord) -> NDArray[np.float64]:
    if x == "step":
        return series.steps.astype(np.float64)
    if x == "episode":
        return np.arange(1, len(series) + 1, dtype=np.float64)
    origin = record.started.timestamp() if record.started else float(series.times[0])
    return series.times - origin


def _in_readable_time(curves: list[Curve]) -> tuple[str, list[Curve]]:
    """Give times in the unit that suits them: seconds, minutes, hours."""
    longest = max((float(c.joined.x[-1]) for c in curves if len(c.joined)), default=0.0)
    for name, seconds, from_on in _TIME_UNITS:
        if longest >= from_on:
            return f"{name} since the start", [_over(curve, seconds) for curve in curves]
    return X_WORDS["time"], curves


def _over(curve: Curve, seconds: float) -> Curve:
    joined = curve.joined
    scaled = Aggregate(joined.x / seconds, joined.value, joined.low, joined.high, joined.n)
    seeds = tuple((xs / seconds, ys) for xs, ys in curve.seeds)
    return replace(curve, joined=scaled, seeds=seeds)
