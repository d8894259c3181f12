"""Join the seeds of each configuration into learning curves: what ``plot_curves`` draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gymdash_jupyter.aggregates import Aggregate, aggregate, checked_statistic
from gymdash_jupyter.errors import InvalidArgumentError, did_you_mean
from gymdash_jupyter.grouping import GroupBy, group_records, seed_of, setting_names
from gymdash_jupyter.records import ScalarSeries
from gymdash_jupyter.scores.reading import grouped_by
from gymdash_jupyter.selection import Keys, Sims, resolve_keys, resolve_sims
from gymdash_jupyter.states import SimState
from gymdash_jupyter.statistics import ema

if TYPE_CHECKING:
    from collections.abc import Sequence
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
    """

    label: str
    key: str
    place: int
    joined: Aggregate
    n_started: int
    seeds: tuple[Line, ...]

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
    """

    keys: tuple[str, ...]
    curves: tuple[Curve, ...]
    statistic: str
    band: float | None
    x_label: str
    n_repeated: int
    settings: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Maker:
    statistic: str
    band: float | None
    smoothing: float
    x: str

    def curve(
        self, members: Sequence[tuple[SimulationRecord, ScalarSeries | None]]
    ) -> tuple[Aggregate, int, tuple[Line, ...]] | None:
        """Join the members that have reported; None where nobody has. Say how many have started, and which seeds."""
        there = [(record, points) for record, points in members if points is not None]
        if not there:
            return None
        seeds = [
            (_x(points, self.x, record), ema(points.values, self.smoothing))
            for record, points in there
        ]
        joined = aggregate(
            seeds,
            self.statistic,
            max_points=_MAX_POINTS,
            must_reach=[record.state not in _BROKEN_OFF for record, _ in there],
            resamples=_RESAMPLES if self.band is not None else 0,
            confidence=self.band or 0.5,
        )
        n_started = sum(
            record.started is not None or points is not None for record, points in members
        )
        return joined, n_started, tuple(seeds)


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
    records, n_repeated = _without_repeats(every) if by == "group" else (every, 0)
    by_id = {record.sim_id: record for record in records}
    series = _series(store, list(by_id), names)
    make = _Maker(statistic, band, smoothing, x)
    groups = group_records(records, grouped_by(by), alone_by_name=False)
    curves = []
    for key in names:
        for place, group in enumerate(groups):
            members = [(by_id[sim_id], series.get((sim_id, key))) for sim_id in group.sim_ids]
            curve = make.curve(members)
            if curve is not None:
                curves.append(Curve(group.label, key, place, *curve))
    unit, curves = _in_readable_time(curves) if x == "time" else (X_WORDS[x], curves)
    return CurvesInfo(
        tuple(names), tuple(curves), statistic, band, unit, n_repeated, setting_names(records)
    )


def _check(statistic: str, band: float | None, smoothing: float, x: str) -> None:
    checked_statistic(statistic)
    ema([], smoothing)
    if band is not None and not (isinstance(band, (int, float)) and 0.0 < band < 1.0):
        msg = f"A band holds a part of what was drawn, above 0 and below 1, such as 0.95; None for none. Got {band!r}."
        raise InvalidArgumentError(msg)
    if x not in X_WORDS:
        msg = f"A curve is drawn over {', '.join(X_WORDS)}; got x={x!r}.{did_you_mean(str(x), X_WORDS)}"
        raise InvalidArgumentError(msg)


def _without_repeats(records: Sequence[SimulationRecord]) -> tuple[list[SimulationRecord], int]:
    """Keep the newest of the simulations that have a configuration and a seed in common."""
    groups = group_records(records, "config")
    group_of = {sim_id: group.group_id for group in groups for sim_id in group.sim_ids}
    newest: dict[object, UUID] = {}
    for record in records:
        seed = seed_of(record)
        is_started = record.started is not None
        if is_started and seed is not None:
            newest[group_of[record.sim_id], seed] = record.sim_id
        else:
            newest[record.sim_id] = record.sim_id
    kept = set(newest.values())
    found = [record for record in records if record.sim_id in kept]
    return found, len(records) - len(found)


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
    return Curve(curve.label, curve.key, curve.place, scaled, curve.n_started, seeds)
