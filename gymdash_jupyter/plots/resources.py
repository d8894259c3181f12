"""Draw what the processes of simulations used over time: CPU, memory and GPU, one line a simulation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.plots.labels import short_labels
from gymdash_jupyter.plots.legends import name_lines
from gymdash_jupyter.plots.look import (
    as_array,
    given_axes,
    ink,
    line_style,
    new_axes,
    plain,
    say_nothing_yet,
)
from gymdash_jupyter.selection import Sims, resolve_sims

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from gymdash_jupyter.records import ResourceSample
    from gymdash_jupyter.store.contract import ProjectStore

_NOTHING_YET: Final = "No samples of resource use yet"
_SPANS: Final = ((7200.0, 3600.0, "hours"), (180.0, 60.0, "minutes"), (0.0, 1.0, "seconds"))
_SIZES: Final = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1.0, "B"))
_SHARED: Final = " (its kernel's whole process)"
_TITLES: Final = {
    "cpu": "CPU, cores busy",
    "memory": "memory, {unit}",
    "gpu": "GPUs busy",
    "gpu_memory": "GPU memory, {unit}",
}


@dataclass(frozen=True, eq=False)
class ResourceLine:
    """What one simulation's process used, ready to be drawn; NaN where something is not known.

    Attributes:
        sim_id: The simulation.
        label: Its name, with the beginning of its id where several have this name, and where it executed if that is
            not its own process.
        place: Which colour it has: the simulation's place among those that were chosen.
        seconds: float64, shape (n,): since its run began, or since its first sample if it never did.
        values: By quantity (``cpu``, ``memory``, ``gpu``, ``gpu_memory``), each float64, shape (n,): cores, bytes,
            GPUs and bytes.
    """

    sim_id: UUID
    label: str
    place: int
    seconds: NDArray[np.float64]
    values: dict[str, NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class ResourcesInfo:
    """What ``plot_resources`` draws.

    Attributes:
        quantities: What there is to draw: ``cpu`` and ``memory``, with ``gpu`` and ``gpu_memory`` where any is known.
        lines: One a simulation that has samples, in the order of choice.
    """

    quantities: tuple[str, ...]
    lines: tuple[ResourceLine, ...]


def resources_info(store: ProjectStore, sims: Sims = None) -> ResourcesInfo:
    """Read what ``plot_resources`` draws; arguments and errors are the same."""
    ids = resolve_sims(store, sims)
    samples = store.resources(None if sims is None else ids)
    chosen = [sim_id for sim_id in ids if sim_id in samples]
    labels = short_labels(store, chosen)
    place = {sim_id: number for number, sim_id in enumerate(ids)}
    lines = tuple(
        _line(store, sim_id, labels[sim_id], place[sim_id], samples[sim_id]) for sim_id in chosen
    )
    known = [
        each
        for each in ("gpu", "gpu_memory")
        if any(np.isfinite(line.values[each]).any() for line in lines)
    ]
    return ResourcesInfo(("cpu", "memory", *known), lines)


def plot_resources(
    store: ProjectStore, sims: Sims = None, *, ax: Axes | Sequence[Axes] | None = None
) -> Any:
    """Draw what the processes of simulations used over time: CPU, memory and, where any is used, GPU, side by side.

    A simulation that executed in a thread shares its process with others; its line is that of the whole process, and
    its name, or the legend's title, says so.

    Args:
        store: The project.
        sims: Which simulations; see ``selection.resolve_sims``.
        ax: Where to draw: one Axes for each of CPU and memory, and for GPU and GPU memory where there are samples of
            them. None makes a figure.

    Returns:
        The Axes, as an array of shape (number of quantities,).

    Raises:
        UnknownSimulationError: The project has no such simulation.
        InvalidArgumentError: There are not as many axes as quantities.
    """
    info = resources_info(store, sims)
    axes = new_axes(len(info.quantities)) if ax is None else _given(ax, info.quantities)
    unit = _span(info.lines)
    all_shared = len(info.lines) > 1 and all(x.label.endswith(_SHARED) for x in info.lines)
    for one, quantity in zip(axes, info.quantities, strict=True):
        _draw(one, info.lines, quantity, unit, cut=_SHARED if all_shared else "")
    if info.lines:
        latest = max(float(line.seconds[-1]) for line in info.lines) / unit[0]
        earliest = min(0.0, *(float(line.seconds[0]) / unit[0] for line in info.lines))
        for one in axes:
            span = latest - earliest if latest > earliest else 1.0
            one.set_xlim(earliest, earliest + 1.02 * span)  # a last point is not cut in half
        title = "whole processes of their kernels" if all_shared else ""
        name_lines(axes if ax is None else axes[:1], title=title)
    return as_array(axes)


def _line(
    store: ProjectStore, sim_id: UUID, label: str, place: int, samples: Sequence[ResourceSample]
) -> ResourceLine:
    record = store.simulation(sim_id)
    began = samples[0].time if record.started is None else record.started.timestamp()
    is_shared = record.launcher == "thread"
    return ResourceLine(
        sim_id=sim_id,
        label=f"{label}{_SHARED}" if is_shared else label,
        place=place,
        seconds=_numbers(each.time - began for each in samples),
        values={
            "cpu": _numbers(each.cpu for each in samples),
            "memory": _numbers(each.memory_bytes for each in samples),
            "gpu": _numbers(each.gpu for each in samples),
            "gpu_memory": _numbers(each.gpu_memory_bytes for each in samples),
        },
    )


def _numbers(values: Iterable[float | None]) -> NDArray[np.float64]:
    return np.array([np.nan if v is None else v for v in values], dtype=np.float64)


def _given(ax: Axes | Sequence[Axes], quantities: Sequence[str]) -> list[Axes]:
    axes = given_axes(ax, quantities)
    if len(axes) != len(quantities):
        msg = (
            f"{' and '.join(quantities)} have units of their own: give {len(quantities)} axes, such as "
            f"plt.subplots(1, {len(quantities)})[1], or none to have them made; got {len(axes)}."
        )
        raise InvalidArgumentError(msg, quantities=tuple(quantities))
    return axes


def _span(lines: Sequence[ResourceLine]) -> tuple[float, str]:
    """Choose the unit of time in which the longest simulation can be read."""
    longest = max((float(line.seconds[-1]) for line in lines), default=0.0)
    return next((scale, word) for least, scale, word in _SPANS if longest >= least or not least)


def _draw(
    ax: Axes,
    lines: Sequence[ResourceLine],
    quantity: str,
    span: tuple[float, str],
    *,
    cut: str = "",
) -> None:
    from matplotlib.ticker import MaxNLocator, ScalarFormatter

    colors = ink(ax)
    scale, word = span
    largest = max(
        (float(np.nanmax(line.values[quantity], initial=0)) for line in lines), default=0
    )
    size, unit = (1.0, "")
    if quantity.endswith("memory"):
        size, unit = next(each for each in _SIZES if largest >= each[0] or each[0] == 1)
    ax.set_xlabel(f"{word} since its start")
    ax.set_ylabel(_TITLES[quantity].format(unit=unit))
    if not lines:
        say_nothing_yet(ax, _NOTHING_YET)
        return
    for line in lines:
        values = line.values[quantity] / size
        marker: dict[str, Any] = (
            {"marker": "o", "markersize": 3} if np.isfinite(values).sum() == 1 else {}
        )
        style = line_style(line.place, colors)
        label = plain(line.label.removesuffix(cut))
        ax.plot(line.seconds / scale, values, **style, **marker, linewidth=1.5, label=label)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=5))
    ax.xaxis.set_major_formatter(ScalarFormatter(useOffset=False))
    ax.margins(y=0.08)
    ax.set_ylim(bottom=0, top=None if ax.get_ylim()[1] > 0 else 1)
