"""Draw a contact sheet: what a simulation's images, videos and histograms showed over its training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gymdash_jupyter.errors import InvalidArgumentError, MediaError
from gymdash_jupyter.media import media_path, thumbnail_path
from gymdash_jupyter.media.histograms import HISTOGRAM, bars_of, read_bins
from gymdash_jupyter.plots.labels import short_labels
from gymdash_jupyter.plots.look import ink, plain, say_nothing_yet
from gymdash_jupyter.project import project_of_store
from gymdash_jupyter.selection import Keys, Sims, resolve_media_keys, resolve_sims

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from gymdash_jupyter.media.histograms import Bars
    from gymdash_jupyter.project import Project
    from gymdash_jupyter.records import MediaItem
    from gymdash_jupyter.store.contract import ProjectStore

_NOTHING_YET = "No images or videos recorded yet"
_BARS = 32
_GONE = "file missing"
_PICTURED = ("image", "video", HISTOGRAM)


@dataclass(frozen=True, eq=False)
class MediaPicture:
    """One picture of a contact sheet.

    Attributes:
        item: What was recorded.
        label: Name of its simulation, with the beginning of its id where several have this name.
        pixels: uint8, shape (height, width) or (height, width, 3 or 4); None when the file is
            gone, cannot be read or is refused.
        caption: Its step, and return where it is known.
        bars: Of a histogram, which has no pixels; None for anything else, and when its file is gone or cannot be read.
    """

    item: MediaItem
    label: str
    pixels: NDArray[np.uint8] | None
    caption: str
    bars: Bars | None = None


@dataclass(frozen=True, eq=False)
class MediaInfo:
    """What ``plot_media`` draws.

    Attributes:
        rows: One a key and simulation, by key, then by simulation; each with its pictures in the
            order in which they were recorded. A row has at least one picture.
        n_recorded: How many images, videos and histograms there are; the others are not shown.
    """

    rows: tuple[tuple[MediaPicture, ...], ...]
    n_recorded: int


def media_info(
    store: ProjectStore,
    keys: Keys = None,
    sims: Sims = None,
    *,
    columns: int = 6,
    at: float | None = None,
) -> MediaInfo:
    """Choose and read what ``plot_media`` draws; arguments and errors are the same."""
    _check(columns, at)
    ids = resolve_sims(store, sims)
    names = resolve_media_keys(store, keys, None if sims is None else ids)
    known = set(ids)
    items = [
        item
        for item in store.media(None if sims is None else ids, names)
        if item.kind in _PICTURED and item.sim_id in known
    ]
    series: dict[tuple[int, int], list[MediaItem]] = {}
    place = {sim_id: number for number, sim_id in enumerate(ids)}
    for item in items:
        series.setdefault((names.index(item.key), place[item.sim_id]), []).append(item)
    labels = short_labels(store, dict.fromkeys(item.sim_id for item in items))
    project = project_of_store(store)
    rows = tuple(
        tuple(
            _picture(project, item, labels[item.sim_id], at)
            for item in evenly(series[which], columns)
        )
        for which in sorted(series)
    )
    return MediaInfo(rows, len(items))


def plot_media(
    store: ProjectStore,
    keys: Keys = None,
    sims: Sims = None,
    *,
    columns: int = 6,
    at: float | None = None,
    ax: Axes | Sequence[Axes] | None = None,
) -> Any:
    """Draw images, videos and histograms over training: one row a key and simulation, steps from left to right.

    Where a series has more files than columns, those drawn are spread evenly over it, the first
    and the last among them. Each picture says its step, and the return where it was recorded with
    it. A project without any gives a picture that says so.

    Args:
        store: The project.
        keys: Which series: None for all, a key, a pattern such as ``"rollout/*"``, or a list.
        sims: Which simulations; see ``selection.resolve_sims``.
        columns: The most pictures of a series.
        at: Where in a video, from 0 (its first frame) to 1 (its last); needs PyAV. None takes the
            small picture that was made when it was recorded.
        ax: Where to draw: one Axes a picture, as many pictures as Axes, all series one after the
            other. None makes a figure.

    Returns:
        The Axes that hold pictures, as an array of shape (number of pictures,); a single one as it
        is.

    Raises:
        InvalidArgumentError: No simulation has recorded this key, or a bad ``columns`` or ``at``.
        UnknownSimulationError: The project has no such simulation.
        MissingDependencyError: ``at`` is given and PyAV is not installed.
    """
    if ax is None:
        axes = _draw_sheet(media_info(store, keys, sims, columns=columns, at=at))
    else:
        given = list(np.ravel(np.asarray(ax, dtype=object)))
        info = media_info(store, keys, sims, columns=max(len(given), 1), at=at)
        axes = _draw_into(given, info)
    if len(axes) == 1:
        return axes[0]
    several = np.empty(len(axes), dtype=object)
    several[:] = axes
    return several


def evenly(items: Sequence[MediaItem], n: int) -> list[MediaItem]:
    """Choose at most n items, spread evenly, the first and the last among them (n = 1: the last)."""
    if len(items) <= n:
        return list(items)
    if n == 1:
        return [items[-1]]
    return [items[round(place * (len(items) - 1) / (n - 1))] for place in range(n)]


def media_caption(item: MediaItem) -> str:
    """Say in a few words what a file is: its step, and its return where it is known."""
    words = [f"step {item.step:,}"]
    returned = item.info.get("return")
    if isinstance(returned, (int, float)):
        words.append(f"return {returned:,.4g}")
    return ", ".join(words).replace("-", "\u2212")


def _check(columns: int, at: float | None) -> None:
    if isinstance(columns, bool) or not isinstance(columns, int) or columns < 1:
        msg = f"columns is a number of pictures from 1 up; got {columns!r}."
        raise InvalidArgumentError(msg)
    if at is not None and not 0 <= at <= 1:
        msg = f"at says where in a video, from 0 to 1; got {at!r}."
        raise InvalidArgumentError(msg)


def _picture(project: Project, item: MediaItem, label: str, at: float | None) -> MediaPicture:
    if item.kind != HISTOGRAM:
        return MediaPicture(item, label, pixels_of(project, item, at), media_caption(item))
    try:
        bars = bars_of(read_bins(media_path(project, item)), _BARS)
    except (MediaError, OSError):
        bars = None
    is_drawn = bars is not None and bars.counts
    return MediaPicture(item, label, None, media_caption(item), bars if is_drawn else None)


def pixels_of(project: Project, item: MediaItem, at: float | None) -> NDArray[np.uint8] | None:
    """Read a picture of a file; None when it is gone, cannot be read or is refused."""
    try:
        if item.kind == "image":
            return _read_image(media_path(project, item))
        if at is not None:
            from gymdash_jupyter.video import read_frame

            return read_frame(media_path(project, item), at)
        small = thumbnail_path(project, item)
        return None if small is None else _read_image(small)
    except MediaError:
        return None


def _read_image(path: Path) -> NDArray[np.uint8]:
    from PIL import Image

    try:
        with Image.open(path, formats=("PNG", "JPEG", "GIF", "WEBP")) as image:
            is_plain = image.mode in ("L", "RGB", "RGBA")
            return np.array(image if is_plain else image.convert("RGBA"))
    except Exception as exc:  # what is broken in a file shows in many ways
        msg = f"{path} cannot be read as an image: {exc}."
        raise MediaError(msg, path=path) from exc


def _draw_sheet(info: MediaInfo) -> list[Axes]:
    import matplotlib.pyplot as plt  # only here does pyplot choose a backend

    if not info.rows:
        _, empty = plt.subplots(figsize=(6.4, 2.4), layout="constrained")
        say_nothing_yet(empty, _NOTHING_YET)
        return [empty]
    n_columns = max(len(row) for row in info.rows)
    size = (max(2.2 * n_columns, 3.2), 1.9 * len(info.rows) + 0.3)
    figure, grid = plt.subplots(
        len(info.rows), n_columns, figsize=size, squeeze=False, layout="constrained"
    )
    drawn = []
    for places, row in zip(grid, info.rows, strict=True):
        for one, picture in zip(places, row, strict=False):
            _draw(one, picture)
            drawn.append(one)
        for spare in places[len(row) :]:
            figure.delaxes(spare)
        places[0].set_ylabel(
            plain(f"{row[0].item.key}\n{row[0].label}"),
            fontsize="small",
            color=ink(places[0]).muted,
        )
    return drawn


def _draw_into(axes: list[Axes], info: MediaInfo) -> list[Axes]:
    pictures = [picture for row in info.rows for picture in row]
    chosen = [pictures[i] for i in _places(len(pictures), len(axes))]
    has_several = len(info.rows) > 1
    for one, picture in zip(axes, chosen, strict=False):
        _draw(one, picture, with_series=has_several)
    for one in axes[len(chosen) :]:
        say_nothing_yet(one, _NOTHING_YET if not chosen else "")
    return axes


def _places(there_are: int, wanted: int) -> list[int]:
    if there_are <= wanted:
        return list(range(there_are))
    return [round(place * (there_are - 1) / max(wanted - 1, 1)) for place in range(wanted)]


def _draw(ax: Axes, picture: MediaPicture, *, with_series: bool = False) -> None:
    ax.set_xticks([])
    ax.set_yticks([])
    if picture.bars is not None:
        _draw_bars(ax, picture.bars)
    elif picture.pixels is None:
        ax.text(
            0.5, 0.5, _GONE, transform=ax.transAxes, ha="center", va="center", color=ink(ax).muted
        )
    else:
        is_grey = picture.pixels.ndim == 2
        ax.imshow(picture.pixels, cmap="gray" if is_grey else None, vmin=0, vmax=255)
    caption = picture.caption
    if with_series:
        caption = f"{picture.item.key}, {picture.label}\n{caption}"
    ax.set_title(plain(caption), fontsize="small", color=ink(ax).muted)
    ax.spines[:].set(color=ink(ax).hairline, linewidth=0.8)


def _draw_bars(ax: Axes, bars: Bars) -> None:
    edges = np.linspace(bars.low, bars.high, len(bars.counts) + 1)
    colors = ink(ax)
    ax.bar(edges[:-1], bars.counts, np.diff(edges) * 0.86, align="edge", color=colors.series[0])
    ax.set_xlim(bars.low, bars.high)
    ax.set_ylim(0, max(bars.counts) * 1.06)
    ends = [plain(f"{end:.3g}".replace("-", "\u2212")) for end in (bars.low, bars.high)]
    ax.set_xticks([bars.low, bars.high], ends, fontsize="x-small", color=colors.muted)
    first, last = ax.get_xticklabels()
    first.set_horizontalalignment("left")
    last.set_horizontalalignment("right")
    ax.tick_params(axis="x", length=0)
