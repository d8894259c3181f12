"""Projects to report on, and a page taken apart by Python's own HTML parser."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.records import Batch, MediaItem, ResourceSample, ScalarSeries
from gymdash_jupyter.states import SimState
from gymdash_jupyter.statuses import SimStatus, SimStatusCode, SimStatusSubcode
from gymdash_jupyter.store import Move
from tests.store.makers import OWNER, later, running

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from gymdash_jupyter.project import Project

VOID = frozenset({"meta", "img", "br", "link", "input"})
SHAPES = frozenset({"path", "circle", "rect"})


def trained(
    project: Project,
    name: str,
    kwargs: dict[str, Any] | None = None,
    *,
    values: list[float] | None = None,
    state: SimState | None = SimState.SUCCEEDED,
    error: str = "",
    place: int = 0,
) -> UUID:
    """Add a simulation with a curve and samples of resource use; without a state it still runs."""
    store = project.store
    config = SimulationStartConfig(name=name, sim_key="ppo", kwargs=kwargs or {})
    sim_id = running(store, config=config, created=later(place))
    points = values if values is not None else [1.0, 2.0, 3.0, 4.0]
    steps = np.arange(1, len(points) + 1, dtype=np.int64) * 100
    curve = ScalarSeries(steps, steps + 1.75e9, np.array(points, np.float64))
    start = later(2).timestamp()
    used = [ResourceSample(start + s, 1.25, 300_000_000) for s in (1, 6)]
    store.write([Batch(sim_id, {"rollout/ep_rew_mean": curve}, resources=used)], owner=OWNER)
    if error:
        trace = f'Traceback (most recent call last):\n  File "a.py", line 3, in _run\n{error}'
        status = SimStatus(SimStatusCode.FAIL, later(9), SimStatusSubcode.ERROR, error, trace)
        store.add_statuses(sim_id, [status])
    if state is not None:
        store.finish(Batch(sim_id), Move(sim_id, state, later(72), owner=OWNER))
    return sim_id


def picture(project: Project, sim_id: UUID, key: str, step: int, size: int = 8) -> MediaItem:
    """Record an image of noise, whose PNG has some three bytes a pixel."""
    pixels = np.random.default_rng(step).integers(0, 255, (size, size, 3), dtype=np.uint8)
    path = f"media/pictures/{step}.png"
    file = file_of(project, sim_id, path)
    Image.fromarray(pixels).save(file)
    return listed(project, MediaItem(sim_id, key, step, "image", path, later(step)))


def listed(project: Project, item: MediaItem) -> MediaItem:
    """Store what is known of a file."""
    project.store.write([Batch(item.sim_id, media=[item])])
    return item


def file_of(project: Project, sim_id: UUID, path: str) -> Path:
    """Give a place for a file in a simulation's folder."""
    file = project.sim_folder(sim_id) / path
    file.parent.mkdir(parents=True, exist_ok=True)
    return file


class Page(HTMLParser):
    """A page taken apart; refuses tags that do not match.

    Attributes:
        tags: Every tag with its attributes, in order.
        words: All text, but for that of the style.
        ids: What a link in the page may lead to.
    """

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self._words: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []
        self.words = " ".join("".join(self._words).split())
        self.ids = {attributes["id"] for _, attributes in self.tags if "id" in attributes}

    @classmethod
    def read(cls, path: Path) -> Page:
        """Take a file apart."""
        return cls(path.read_text(encoding="utf-8"))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        """List the attributes of all tags of a name."""
        return [attributes for name, attributes in self.tags if name == tag]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in SHAPES, tag
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open, tag
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self._words.append(data)
            self._words.append(" ")
