"""The media panel: videos, images, sounds, texts and histograms of simulations, side by side at a step.

Videos are played together.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any, ClassVar, Final
from uuid import UUID

from gymdash_jupyter.errors import GymDashError, InvalidArgumentError
from gymdash_jupyter.frames.media import items_frame
from gymdash_jupyter.media import media_path
from gymdash_jupyter.media.histograms import MOST_BARS, bars_of, read_bins
from gymdash_jupyter.media.waves import peaks
from gymdash_jupyter.selection import Keys, resolve_media_keys, resolve_sims
from gymdash_jupyter.widgets import media_pieces
from gymdash_jupyter.widgets.media_choice import Choice, chosen
from gymdash_jupyter.widgets.media_copies import copy_media
from gymdash_jupyter.widgets.media_list import MediaList
from gymdash_jupyter.widgets.media_traits import MediaTraits
from gymdash_jupyter.widgets.static_media import static_media

if TYPE_CHECKING:
    import os
    from pathlib import Path

    import pandas as pd

    from gymdash_jupyter.records import MediaItem
    from gymdash_jupyter.widgets.refresh import News
    from gymdash_jupyter.widgets.views import View

logger = logging.getLogger(__name__)

_FIRST_BYTES: Final = 400
_BARS: Final = 48
_NOBODY: Final = UUID(int=0)
_OPENED_LATER_S: Final = 3.0


class MediaPanel(MediaTraits):
    """Show what simulations recorded: of each the newest file of each key, or the nearest at or before a step.

    Files stay where they are until somebody opens or plays one; then they come over the kernel's own connection, so
    that no port and no address is needed. All shown videos can be played in step.

    Args:
        project: A project, its folder, a tracker, or None for the current project.
        sims: Simulations, groups, ids, beginnings of ids; None for all of the project.
        keys: A key, a pattern such as ``"rollout/*"``, or a list of these; None for all. Sets ``only_keys``.
        **traits: Values of traits, such as ``kind="video"``.

    Raises:
        UnknownSimulationError: The project has no such simulation.
        InvalidArgumentError: No simulation has recorded this key.
        MissingDependencyError: The browser side of the panel was not built.
    """

    stem: ClassVar[str] = "media_panel"

    def __init__(
        self, project: object = None, sims: Any = None, keys: Keys = None, **traits: Any
    ) -> None:
        self._list: MediaList | None = None
        self._to_open: tuple[int, UUID, str] = (0, _NOBODY, "")
        self._told_to_open: dict[str, int] = {}
        self._opened = 0.0
        super().__init__(project, sims, **traits)
        if keys is not None:
            self.only_keys = resolve_media_keys(self.store, keys)

    # What a person may ask for from Python

    def frame(self) -> pd.DataFrame:
        """Give what is shown as rows, in the order in which it is shown; columns as in ``gd.media()``.

        Folded sections are in it, too. It is read anew, so it may know of a file that was recorded this moment.
        """
        return items_frame(self.store, self._shown())

    def show(self, sim_id: Any, key: str, step: int | None = None) -> None:
        """Open a file in the panel, wherever it is displayed, now or when somebody sees it.

        Args:
            sim_id: A simulation, its id, or the beginning of that.
            key: As the simulation recorded it.
            step: The nearest file at or before it is opened, or else the first; None for the newest.

        Raises:
            UnknownSimulationError: The project has no such simulation.
            InvalidArgumentError: Several are meant, or this one has recorded nothing by this key.
        """
        found = resolve_sims(self.store, sim_id)
        if len(found) != 1:
            msg = f"show opens a file of one simulation; {sim_id!r} names {len(found)}."
            raise InvalidArgumentError(msg)
        items = self.store.media(found, [key])
        if not items:
            recorded = ", ".join(resolve_media_keys(self.store, None, found)) or "nothing"
            name = self.store.simulation(found[0]).name
            msg = f"The simulation {name!r} has recorded no media by the key {key!r}. Recorded: {recorded}."
            raise InvalidArgumentError(msg)
        before = [item for item in items if step is None or item.step <= step]
        item = (
            max(before, key=lambda each: each.step) if before else min(items, key=lambda i: i.step)
        )
        self._to_open = (self._to_open[0] + 1, item.sim_id, item.path)
        self._opened = 0.0
        self._loop.wake()

    def save(self, folder: str | os.PathLike[str]) -> list[Path]:
        """Copy the files that are shown into a folder, in it one folder a simulation and key.

        Args:
            folder: Made when it is missing; nothing in it is written over.

        Returns:
            The copies, in the order in which they are shown. A file that is gone or cannot be read is left out, which
            is logged as a warning.

        Raises:
            OSError: The folder cannot be written to.
        """
        return copy_media(self.project, self._shown(), self._names(), folder)

    def _shown(self) -> list[MediaItem]:
        names = self._names()
        wanted = self._wanted()
        ids = None if wanted is None else [sim_id for sim_id in wanted if sim_id in names]
        items = self.store.media(ids, self.only_keys or None)
        return chosen(items, self._choice(), names)

    def _names(self) -> dict[UUID, str]:
        return {record.sim_id: record.name for record in self.store.simulations()}

    def _choice(self) -> Choice:
        return Choice(
            kind=self.kind,
            keys=frozenset(self.only_keys),
            between=self.between,
            at_step=self.at_step,
            every_step=self.every_step,
            sort=self.sort,
        )

    # The loop refreshes; its thread only

    def _load(self) -> None:
        if self._list is None:
            self._list = MediaList(self.store)
        self._list.load(self._wanted())

    def _take(self, news: News) -> None:
        if self._list is not None:
            self._list.want(self._wanted())
            self._list.take(news)

    def _is_lively(self) -> bool:
        known = self._list
        return known is not None and (
            known.is_behind
            or any(not record.state.is_terminal for record in known.records.values())
        )

    def _send_to(self, view: View) -> None:
        known = self._list
        if known is None:
            return
        memo = view.memo
        if memo.get("n_changes") != known.n_changes:
            memo["n_changes"] = known.n_changes
            view.tell("sims", {"sims": known.sims_told()})
        start = memo.get("sent", 0)
        if view.is_new or start < len(known):
            content, buffers = known.told(start)
            memo["sent"] = start + content["count"]
            view.tell("media", {**content, "is_all": memo["sent"] >= len(known)}, buffers)
        if len(known.gone) > (told := memo.get("gone", 0)):
            memo["gone"] = len(known.gone)
            view.tell("gone", {"numbers": known.gone[told:]})
        self._send_wish(view, known)

    def _send_wish(self, view: View, known: MediaList) -> None:
        count, sim_id, path = self._to_open
        told = self._told_to_open.get(view.view_id, 0)
        if count == told or view.memo["sent"] < len(known):
            return
        if self._opened and time.monotonic() - self._opened > _OPENED_LATER_S:
            return  # a page that is loaded anew does not open what was opened on it before
        number = known.number(sim_id, path)
        if number is None and view.memo.get("looked_for") != count:
            view.memo["looked_for"] = count
            known.list_anew([sim_id])  # of a simulation that is not shown, or too new to be listed
            self._loop.wake()
            return
        self._told_to_open[view.view_id] = count
        self._opened = self._opened or time.monotonic()
        if number is not None:  # else it was removed meanwhile
            view.tell("open", {"number": number})

    # The browser asks; helper threads

    def _do_thumbnail(self, content: dict[str, Any]) -> media_pieces.Answer:
        result, data = media_pieces.thumbnail(self.project, self._item(content))
        return result, [data]

    def _do_piece(self, content: dict[str, Any]) -> media_pieces.Answer:
        item = self._item(content)
        result, data = media_pieces.piece(self.project, item, content.get("offset"))
        return result, [data]

    def _do_text(self, content: dict[str, Any]) -> dict[str, Any]:
        path = media_path(self.project, self._item(content))
        data, size = media_pieces.read(path, 0, _FIRST_BYTES)
        return {"text": data.decode("utf-8", "replace"), "is_all": size <= len(data)}

    def _do_wave(self, content: dict[str, Any]) -> dict[str, Any]:
        return {"peaks": peaks(media_path(self.project, self._item(content)), _BARS)}

    def _do_bars(self, content: dict[str, Any]) -> dict[str, Any]:
        n = content.get("n")
        wanted = n if isinstance(n, int) and 1 <= n <= MOST_BARS else _BARS
        return vars(bars_of(read_bins(media_path(self.project, self._item(content))), wanted))

    def _do_about(self, content: dict[str, Any]) -> dict[str, Any]:
        item = self._item(content)
        return {"name": media_pieces.file_name(item), "facts": media_pieces.facts(item)}

    def _item(self, content: dict[str, Any]) -> MediaItem:
        if self._list is None:
            msg = "This panel has listed nothing yet."
            raise InvalidArgumentError(msg)
        return self._list.item(content.get("number"))

    # Places without widgets

    def _static_html(self) -> str:
        records = {record.sim_id: record for record in self.store.simulations()}
        return static_media(self.project, self._shown(), records)

    def __repr__(self) -> str:
        try:
            shown = len(self._shown())
        except GymDashError:
            return super().__repr__()
        return f"<MediaPanel of {self.project.folder}: {shown} file{'' if shown == 1 else 's'}>"
