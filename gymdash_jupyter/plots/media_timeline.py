"""Draw a learning curve with pictures above it: what an agent did at the points to which thin lines lead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.plots.look import (
    figure_size,
    given_axes,
    ink,
    plain,
    say_nothing_yet,
    style_axes,
)
from gymdash_jupyter.plots.media import MediaPicture, media_caption, pixels_of
from gymdash_jupyter.project import project_of_store
from gymdash_jupyter.selection import resolve_keys, resolve_media_keys, resolve_sims
from gymdash_jupyter.statistics import ema, thin_min_max

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from gymdash_jupyter.records import MediaItem
    from gymdash_jupyter.selection import Sims
    from gymdash_jupyter.store.contract import ProjectStore

_PICTURED: Final = ("image", "video")
_GONE: Final = "file missing"
_MOST_POINTS: Final = 10_000
_GAP: Final = 0.08
"""Between pictures, in parts of one's room."""


@dataclass(frozen=True, eq=False)
class MediaTimelineInfo:
    """What ``plot_media_timeline`` draws.

    Attributes:
        sim_id: The simulation.
        name: Its name.
        metric_key: Which series the curve is.
        steps: float64, shape (n,), ascending.
        values: float64, shape (n,), as recorded.
        smoothed: float64, shape (n,); equal to ``values`` without smoothing.
        pictures: Those that are drawn, by step.
        points: Where on the curve each belongs: pairs of step and (smoothed) value; float64, shape (pictures, 2). A
            value is interpolated between two recorded steps, and that of the nearest end outside of them.
        n_recorded: How many images and videos there are of this key.
    """

    sim_id: UUID
    name: str
    metric_key: str
    steps: NDArray[np.float64]
    values: NDArray[np.float64]
    smoothed: NDArray[np.float64]
    pictures: tuple[MediaPicture, ...]
    points: NDArray[np.float64]
    n_recorded: int


def media_timeline_info(
    store: ProjectStore,
    media_key: str,
    metric_key: str,
    sim: Sims,
    *,
    columns: int = 6,
    at: float | None = None,
    smoothing: float = 0.0,
) -> MediaTimelineInfo:
    """Choose and read what ``plot_media_timeline`` draws; arguments and errors are the same."""
    if isinstance(columns, bool) or not isinstance(columns, int) or columns < 1:
        msg = f"The number of pictures (columns) is from 1 up; got {columns!r}."
        raise InvalidArgumentError(msg)
    if at is not None and not 0 <= at <= 1:
        msg = f"Where in a video (at) is from 0 to 1; got {at!r}."
        raise InvalidArgumentError(msg)
    ids = [] if sim is None else resolve_sims(store, sim)
    if len(ids) != 1:
        found = "None" if sim is None else f"{len(ids)} simulations"
        msg = f"A timeline is of one simulation; sim means {found}. Give one, such as gd.simulations().iloc[-1]."
        raise InvalidArgumentError(msg, found=tuple(ids))
    metric = _one_key(resolve_keys(store, metric_key, ids), metric_key)
    medium = _one_key(resolve_media_keys(store, media_key, ids), media_key)
    points, _ = store.read_scalars(ids[0], metric)
    order = np.argsort(points.steps, kind="stable")
    steps, values = points.steps[order].astype(np.float64), points.values[order]
    smoothed = ema(values, smoothing)
    items = [item for item in store.media(ids, [medium]) if item.kind in _PICTURED]
    chosen = _spread(sorted(items, key=lambda item: item.step), columns)
    project, record = project_of_store(store), store.simulation(ids[0])
    pictures = tuple(
        MediaPicture(item, record.name, pixels_of(project, item, at), media_caption(item))
        for item in chosen
    )
    return MediaTimelineInfo(
        sim_id=ids[0],
        name=record.name,
        metric_key=metric,
        steps=steps,
        values=values,
        smoothed=smoothed,
        pictures=pictures,
        points=_on_curve([item.step for item in chosen], steps, smoothed),
        n_recorded=len(items),
    )


def plot_media_timeline(
    store: ProjectStore,
    media_key: str,
    metric_key: str,
    sim: Sims,
    *,
    columns: int = 6,
    at: float | None = None,
    smoothing: float = 0.0,
    ax: Axes | None = None,
) -> Any:
    """Draw a learning curve of one simulation with its images or videos above it, each led to its point.

    The pictures stand side by side and never cover one another or the curve; where there are more than columns, those
    drawn are spread evenly over the steps, the first and the last among them. Each says its step, and its return where
    that was recorded with it.

    Args:
        store: The project.
        media_key: Which images or videos, such as ``"episode_video"``.
        metric_key: Which series, such as ``"rollout/ep_rew_mean"``.
        sim: The simulation; see ``selection.resolve_sims``.
        columns: The most pictures.
        at: Where in a video, from 0 (its first frame) to 1 (its last); needs PyAV. None takes the small picture that
            was made when it was recorded.
        smoothing: Weight of ``statistics.ema`` from 0 (none) to below 1; what was recorded stays to be seen.
        ax: Where to draw the curve; the pictures stand above it and need some 60 % of its height there. None makes a
            figure.

    Returns:
        The Axes of the curve.

    Raises:
        InvalidArgumentError: The simulation has recorded nothing under one of the keys, or another argument makes no
            sense.
        UnknownSimulationError: The project has no such simulation.
        MissingDependencyError: ``at`` is given and PyAV is not installed.
    """
    info = media_timeline_info(
        store, media_key, metric_key, sim, columns=columns, at=at, smoothing=smoothing
    )
    if ax is None:
        one, strip = _new_axes()
    else:
        one = given_axes(ax, ("the curve",))[0]
        strip = _Strip(one, 1.26, 0.5)
    one.set_xlabel("step")
    one.set_ylabel(plain(info.metric_key))
    if not len(info.steps):
        say_nothing_yet(one)
    else:
        _draw_curve(one, info, smoothing)
    for place, picture in enumerate(info.pictures):
        _draw_picture(one, strip, info, place, picture)
    return one


@dataclass(frozen=True)
class _Strip:
    """Where pictures are: within which Axes, and from where on and how high there, in parts of its height."""

    host: Axes
    bottom: float
    height: float


def _one_key(found: list[str], asked: str) -> str:
    if len(found) != 1:
        msg = f"A timeline has one key; {asked!r} stands for {', '.join(found) or 'none'}."
        raise InvalidArgumentError(msg, key=asked, found=tuple(found))
    return found[0]


def _spread(items: Sequence[MediaItem], n: int) -> list[MediaItem]:
    """Choose at most n items whose steps are spread as evenly as can be, the first and the last among them."""
    if len(items) <= n:
        return list(items)
    if n == 1:
        return [items[-1]]
    steps = np.array([item.step for item in items], dtype=np.float64)
    chosen: list[int] = []
    for place, wanted in enumerate(np.linspace(steps[0], steps[-1], n)):
        first = chosen[-1] + 1 if chosen else 0
        behind = len(items) - (n - place) + 1  # so that each of those to come finds one, too
        chosen.append(first + int(np.abs(steps[first:behind] - wanted).argmin()))
    chosen[-1] = len(items) - 1
    return [items[place] for place in chosen]


def _on_curve(
    at: Sequence[int], steps: NDArray[np.float64], values: NDArray[np.float64]
) -> NDArray[np.float64]:
    x = np.array(at, dtype=np.float64)
    is_there = np.isfinite(values)
    if not is_there.any():
        return np.column_stack([x, np.full(len(x), np.nan)])
    return np.column_stack([x, np.interp(x, steps[is_there], values[is_there])])


def _new_axes() -> tuple[Axes, _Strip]:
    import matplotlib.pyplot as plt  # only here does pyplot choose a backend

    # A row of its own for pictures: what hangs above axes has no room in a constrained layout.
    above, ax = plt.subplots(
        2, figsize=figure_size((9.6, 5.4), rows=2), height_ratios=(2, 3), layout="constrained"
    )[1]
    above.set_axis_off()
    style_axes(ax)
    return ax, _Strip(above, 0.26, 0.74)


def _draw_curve(ax: Axes, info: MediaTimelineInfo, smoothing: float) -> None:
    color = ink(ax).series[0]
    if smoothing > 0:
        x, y = thin_min_max(info.steps, info.values, _MOST_POINTS)
        ax.plot(x, y, color=color, linewidth=1, alpha=0.36)
    x, y = thin_min_max(info.steps, info.smoothed, _MOST_POINTS)
    single: dict[str, Any] = {"marker": "o", "markersize": 3} if len(info.steps) == 1 else {}
    ax.plot(x, y, color=color, linewidth=1.75, **single)


def _draw_picture(
    ax: Axes, strip: _Strip, info: MediaTimelineInfo, place: int, picture: MediaPicture
) -> None:
    from matplotlib.patches import ConnectionPatch

    colors = ink(ax)
    n = len(info.pictures)
    room = 1 / max(n, 3)  # a single picture is not as wide as the curve
    left = 0.5 + (place - n / 2) * room
    box = (left + room * _GAP / 2, strip.bottom, room * (1 - _GAP), strip.height)
    inset = strip.host.inset_axes(box)
    inset.set_xticks([])
    inset.set_yticks([])
    inset.spines[:].set(color=colors.hairline, linewidth=0.8)
    if picture.pixels is None:
        inset.text(
            0.5,
            0.5,
            _GONE,
            transform=inset.transAxes,
            ha="center",
            va="center",
            color=colors.muted,
            fontsize="small",
        )
        inset.set_facecolor("none")
    else:
        is_grey = picture.pixels.ndim == 2
        inset.imshow(picture.pixels, cmap="gray" if is_grey else None, vmin=0, vmax=255)
        inset.set_anchor("S")  # where the leading line begins
    words = picture.caption.replace(", ", "\n")
    middle = (left + room / 2, strip.bottom)
    strip.host.annotate(
        plain(words),
        middle,
        xycoords="axes fraction",
        xytext=(0, -3),
        textcoords="offset points",
        ha="center",
        va="top",
        fontsize="small",
        color=colors.muted,
        annotation_clip=False,
    )
    step, value = info.points[place]
    if not np.isfinite(value):
        return
    ax.plot([step], [value], marker="o", markersize=5, color=colors.series[0], zorder=3)
    lead = ConnectionPatch(
        middle,
        (step, value),
        strip.host.transAxes,
        ax.transData,
        color=colors.muted,
        linewidth=0.8,
        shrinkA=_caption_points(words),  # it begins below the caption
        shrinkB=3,
    )
    lead.set_in_layout(False)
    figure: Any = ax.figure
    figure.add_artist(lead)


def _caption_points(words: str) -> float:
    from matplotlib.font_manager import FontProperties

    size = float(FontProperties(size="small").get_size_in_points())
    return (words.count("\n") + 1) * 1.25 * size + 6
