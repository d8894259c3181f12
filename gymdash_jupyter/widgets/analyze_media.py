"""The marks of media on the axis of an AnalyzePanel: what was recorded at which step, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.media.histograms import HISTOGRAM
from gymdash_jupyter.widgets import media_pieces
from gymdash_jupyter.widgets.media_list import MediaList

if TYPE_CHECKING:
    from gymdash_jupyter.records import MediaItem
    from gymdash_jupyter.store import ProjectStore
    from gymdash_jupyter.widgets.analyze_lines import AnalyzeLines
    from gymdash_jupyter.widgets.refresh import News

MOST_MARKS: Final = 5000


class MediaMarks:
    """List media of the shown simulations.

    Args:
        store: Where to look.
    """

    def __init__(self, store: ProjectStore) -> None:
        self._list = MediaList(store)
        self._is_wanted = False

    @property
    def is_wanted(self) -> bool:
        """Whether somebody has ever asked for them; until then nothing is read."""
        return self._is_wanted

    @property
    def is_behind(self) -> bool:
        """Whether there may be new ones that were not looked for yet."""
        return self._is_wanted and self._list.is_behind

    def item(self, number: object) -> MediaItem:
        """Give one by its number; any thread may call it.

        Raises:
            InvalidArgumentError: There is none.
        """
        return self._list.item(number)

    def load(self, known: AnalyzeLines) -> None:
        """List media anew, if anybody wants them."""
        if self._is_wanted:
            self._list.load(known.records)

    def want(self, known: AnalyzeLines) -> None:
        """See to it that media of these simulations are listed."""
        self._is_wanted = True
        self._list.want(known.records)

    def take(self, news: News) -> None:
        """Look for what is new."""
        if self._is_wanted:
            self._list.take(news)

    def message(
        self, known: AnalyzeLines, memo: dict[str, Any], *, is_new: bool
    ) -> dict[str, Any] | None:
        """Give those that a view has not got, or None.

        Args:
            known: What is shown.
            memo: What is remembered of the view.
            is_new: Whether it needs all of them again.
        """
        start = 0 if is_new else memo.get("media_seen", 0)
        sent = 0 if is_new else memo.get("media_sent", 0)
        items = []
        for number in range(start, len(self._list)):
            item = self._list.item(number)
            # Of histograms there may be dozens at each step: the media panel and plot_histograms show them.
            if item.sim_id in known.by_sim and item.kind != HISTOGRAM:
                sent += 1
                if sent <= MOST_MARKS:
                    items.append(_told(number, item, known))
        memo["media_seen"], memo["media_sent"] = len(self._list), sent
        if not items and not is_new:
            return None
        return {"is_new": is_new, "items": items, "total": sent}


def _told(number: int, item: MediaItem, known: AnalyzeLines) -> dict[str, Any]:
    wall = item.time.timestamp()
    origin = known.origin(item.sim_id)
    return {
        "number": number,
        "sim_id": str(item.sim_id),
        "line": known.by_sim[item.sim_id].line_id,
        "key": item.key,
        "step": item.step,
        "relative": 0.0 if origin is None else wall - origin,
        "wall": wall,
        "kind": item.kind,
        "name": media_pieces.file_name(item),
        "info": media_pieces.facts(item),
        "has_thumbnail": media_pieces.has_thumbnail(item),
    }
