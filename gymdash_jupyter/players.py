"""Play recorded media in a notebook cell: videos and sounds with the browser's own controls, texts as text."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.errors import InvalidArgumentError, UnsafeMediaPathError
from gymdash_jupyter.media import media_path
from gymdash_jupyter.media.files import MIME_TYPES
from gymdash_jupyter.media.histograms import HISTOGRAM, bars_html, bars_of, read_bins
from gymdash_jupyter.project import project_of_store
from gymdash_jupyter.selection import Keys, Sims, resolve_media_keys, resolve_sims

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gymdash_jupyter.project import Project
    from gymdash_jupyter.records import MediaItem
    from gymdash_jupyter.store.contract import ProjectStore

MAX_MB = 20.0

_MEGABYTE = 1_000_000
_MAX_WIDTH = 600

Bundle = dict[str, str]
"""Representations by MIME type."""


def show_media(
    store: ProjectStore,
    keys: Keys = None,
    sims: Sims = None,
    *,
    last: int = 3,
    max_mb: float = MAX_MB,
) -> None:
    """Display recorded media below the cell, oldest first, each under a line that says what it is.

    Files are copied into the notebook, so that they are seen without a kernel, too.

    Args:
        store: The project.
        keys: Which series: None for all, a key, a pattern such as ``"episode_*"``, or a list.
        sims: Which simulations; see ``selection.resolve_sims``.
        last: How many files of each series of each simulation, the newest ones.
        max_mb: What may be copied into the notebook in all, in megabytes; for a file beyond it,
            its path is shown.

    Raises:
        InvalidArgumentError: No simulation has recorded this key, or a bad number.
        UnknownSimulationError: The project has no such simulation.
    """
    from IPython.display import display

    for bundle in bundles(store, keys, sims, last=last, max_mb=max_mb):
        display(bundle, raw=True)


def bundles(
    store: ProjectStore,
    keys: Keys = None,
    sims: Sims = None,
    *,
    last: int = 3,
    max_mb: float = MAX_MB,
) -> list[Bundle]:
    """Give what ``show_media`` displays; arguments and errors are the same."""
    if isinstance(last, bool) or not isinstance(last, int) or last < 1:
        msg = f"last is a number of files from 1 up; got {last!r}."
        raise InvalidArgumentError(msg)
    ids = None if sims is None else resolve_sims(store, sims)
    items = store.media(ids, None if keys is None else resolve_media_keys(store, keys, ids))
    chosen = _newest(items, last)
    if not chosen:
        return [{"text/plain": "No images, videos, sounds or texts recorded yet."}]
    project = project_of_store(store)
    names = {sim_id: store.simulation(sim_id).name for sim_id in {i.sim_id for i in chosen}}
    left = max_mb * _MEGABYTE
    shown: list[Bundle] = []
    for item in chosen:
        shown.append({"text/plain": _headline(item, names[item.sim_id])})
        bundle, size = _bundle(project, item, left, max_mb)
        left -= size
        shown.append(bundle)
    if len(chosen) < len(items):
        shown.append({"text/plain": f"{len(chosen)} of {len(items)} files; last=... shows more."})
    return shown


def _newest(items: Sequence[MediaItem], n: int) -> list[MediaItem]:
    series: dict[tuple[Any, str], list[MediaItem]] = {}
    for item in items:
        series.setdefault((item.sim_id, item.key), []).append(item)
    return [item for recorded in series.values() for item in recorded[-n:]]


def _headline(item: MediaItem, name: str) -> str:
    words = [f"{item.key}, {name}, step {item.step:,}"]
    words += [
        f"{fact} {item.info[fact]:,.4g}".replace("-", "\u2212")
        for fact in ("episode", "return", "length")
        if isinstance(item.info.get(fact), (int, float))
    ]
    return ", ".join(words)


def _bundle(project: Project, item: MediaItem, left: float, max_mb: float) -> tuple[Bundle, int]:
    """Give what is shown of a file, and how many bytes of it are copied."""
    try:
        path = media_path(project, item)
        size = path.stat().st_size
        if not path.is_file():
            return {"text/plain": f"It cannot be shown: {path} is not a file."}, 0
        if size > left:
            note = (
                f"It has {size / _MEGABYTE:,.1f} MB; show_media copies at most {max_mb:g} MB into the notebook "
                f"(max_mb=... changes that). It lies at {path}"
            )
            return {"text/plain": note}, 0
        return _content(item.kind, path), size
    except UnsafeMediaPathError as exc:
        return {"text/plain": str(exc)}, 0
    except (OSError, ValueError) as exc:
        return {"text/plain": f"It cannot be shown: {exc}"}, 0


def _content(kind: str, path: Path) -> Bundle:
    mime_type = MIME_TYPES.get(path.suffix.lower(), "")
    if kind == HISTOGRAM and (drawn := bars_html(bars_of(read_bins(path)))):
        return {"text/plain": str(path), "text/html": drawn}
    if kind in ("text", HISTOGRAM):
        return {"text/plain": path.read_text("utf-8", "replace")}
    if mime_type.partition("/")[0] != kind:
        return {"text/plain": f"Files of this type cannot be shown here. It lies at {path}"}
    # Only base64 and our own words go into the HTML.
    uri = f"data:{mime_type};base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"
    if kind == "image":
        html = f'<img src="{uri}" style="max-width: 100%">'
    elif kind == "video":
        html = (
            f'<video controls muted loop playsinline src="{uri}" '
            f'style="max-width: min(100%, {_MAX_WIDTH}px)"></video>'
        )
    else:
        html = f'<audio controls src="{uri}"></audio>'
    return {"text/plain": str(path), "text/html": html}
