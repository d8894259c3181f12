"""The analyze panel: recorded numbers of many simulations as linked charts, alone or joined over seeds."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, ClassVar, Final

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.selection import Keys, resolve_keys
from gymdash_jupyter.widgets import media_pieces
from gymdash_jupyter.widgets.analyze_charts import ChartFeed, ChartWish
from gymdash_jupyter.widgets.analyze_exports import AnalyzeExports
from gymdash_jupyter.widgets.analyze_line import key_groups
from gymdash_jupyter.widgets.analyze_lines import AnalyzeLines
from gymdash_jupyter.widgets.analyze_media import MediaMarks
from gymdash_jupyter.widgets.analyze_numbers import LineNumbers
from gymdash_jupyter.widgets.analyze_static import static_analysis
from gymdash_jupyter.widgets.analyze_table import direction_of, rows_buffer, table_rows

if TYPE_CHECKING:
    from gymdash_jupyter.widgets.refresh import News
    from gymdash_jupyter.widgets.views import View

_SLICE_S: Final = 0.1
"""A turn reads for so long at most; what is missing then comes with the next, so that lines appear one by one."""

_TABLE_S: Final = 0.5
_TIDY_S: Final = 60.0
_LARGEST_WIDTH: Final = 8000
_MOST_CHARTS: Final = 200
_MOST_CSV_POINTS: Final = 1_000_000
_CSV_LINE_POINTS: Final = 20_000
_OVERVIEW, _DETAIL, _KEY = "overview", "detail", "key:"


class AnalyzePanel(AnalyzeExports):
    """Show recorded numbers: an overview and a large chart linked by a brush, and a small chart for every key.

    Simulations that differ only in their seed are joined into one line with a band. All points count: lines are
    smoothed before they are thinned for the screen.

    What a person can do in the panel is one line of Python: ``panel.smoothing = 0.9``, ``panel.group_by =
    ["learning_rate"]``, ``panel.zoom(20_000, 40_000)``.

    Args:
        project: A project, its folder, a tracker, or None for the current project.
        sims: Simulations, groups, ids, beginnings of ids; None for the newest 50.
        keys: A key, a pattern such as ``"train/*"``, or a list of these; None for all. Sets ``only_keys``.
        **traits: Values of traits, such as ``statistic="iqm"``.

    Raises:
        UnknownSimulationError: The project has no such simulation.
        InvalidArgumentError: No simulation has recorded this key.
        MissingDependencyError: The browser side of the panel was not built.
    """

    stem: ClassVar[str] = "analyze_panel"

    def __init__(
        self, project: object = None, sims: Any = None, keys: Keys = None, **traits: Any
    ) -> None:
        self._known: AnalyzeLines | None = None
        self._numbers: LineNumbers | None = None
        self._marks: MediaMarks | None = None
        self._own_keys: dict[str, str] = {}
        self._is_unfinished = False
        self._keys_seen: dict[str, float] = {}
        self._tidied = time.monotonic()
        super().__init__(project, sims, **traits)
        if keys is not None:
            self.only_keys = resolve_keys(self.store, keys)

    # The loop refreshes; its thread only

    def _load(self) -> None:
        if self._known is None or self._numbers is None or self._marks is None:
            self._known = AnalyzeLines(self.store, self._loop.records)
            self._numbers = LineNumbers(self.store, self._known)
            self._marks = MediaMarks(self.store)
        self._known.load(self._line_choice())
        self._marks.load(self._known)

    def _take(self, news: News) -> None:
        if self._known is None or self._marks is None:
            return
        self._known.choose(self._line_choice())
        self._known.take(news)
        self._marks.take(news)

    def _is_lively(self) -> bool:
        has_live = self._known is not None and self._known.is_live
        return has_live or (self._marks is not None and self._marks.is_behind)

    def _send_to(self, view: View) -> None:
        known, numbers = self._known, self._numbers
        if known is None or numbers is None:
            return
        deadline = time.monotonic() + _SLICE_S
        numbers.look = self._look()
        self._choose_keys(known)
        self._send_lines(view, known)
        self._send_keys(view, known)
        self._is_unfinished = False
        self._send_charts(view, known, numbers, deadline)
        self._send_tables(view, known, numbers, deadline)
        self._send_media(view, known)
        self._tidy(numbers)
        if self.has_media_panel and self.open_media:
            self.open_media = []  # so that the same can be wanted again
        if self._is_unfinished:
            self._loop.wake()

    def _choose_keys(self, known: AnalyzeLines) -> None:
        """Let the charts whose key nobody chose show what people look at first."""
        keys = known.keys(self.only_keys)
        for name in ("detail_key", "overview_key"):
            is_own = getattr(self, name) in ("", self._own_keys.get(name))
            if keys and is_own and getattr(self, name) != keys[0]:
                self._own_keys[name] = keys[0]
                self.set_trait(name, keys[0])

    def _send_lines(self, view: View, known: AnalyzeLines) -> None:
        if view.memo.get("lines") == known.n_changes:
            return
        view.memo["lines"] = known.n_changes
        content = {
            "lines": [line.told() for line in known.lines],
            "notice": known.notice,
            "paths": [{"path": path, "values": values} for path, values in known.paths],
        }
        if content != view.memo.get("lines_told"):
            view.memo["lines_told"] = content
            view.memo["has_other_lines"] = True
            view.tell("lines", content)

    def _send_keys(self, view: View, known: AnalyzeLines) -> None:
        stamp = (known.n_key_changes, tuple(self.only_keys))
        if view.memo.get("keys") == stamp:
            return
        view.memo["keys"] = stamp
        keys = known.keys(self.only_keys)
        groups = key_groups(keys)
        n_shown = sum(len(group["keys"]) for group in groups)
        view.tell("keys", {"groups": groups, "total": len(keys), "shown": n_shown})

    def _send_charts(
        self, view: View, known: AnalyzeLines, numbers: LineNumbers, deadline: float
    ) -> None:
        feeds: dict[str, ChartFeed] = view.memo.setdefault("charts", {})
        wishes = self._wishes(view.shown.get("charts"))
        for chart_id in feeds.keys() - {wish.chart_id for wish in wishes}:
            del feeds[chart_id]  # the browser lets go of what is off the screen, too
        now = time.monotonic()
        for wish in wishes:
            self._keys_seen[wish.key] = now
            feed = feeds.setdefault(wish.chart_id, ChartFeed())
            end = known.end(wish.key) if self.x == "step" else None
            message = feed.message(numbers, known.lines, wish, end=end, deadline=deadline)
            if message is not None:
                view.tell("chart", *message)
            self._is_unfinished |= not feed.is_done

    def _wishes(self, charts: object) -> list[ChartWish]:
        """Give what the browser says that it shows; what makes no sense is passed over."""
        wishes = []
        for chart in charts[:_MOST_CHARTS] if isinstance(charts, list) else ():
            chart_id, width = chart.get("id"), chart.get("width")
            if not isinstance(chart_id, str) or not isinstance(width, (int, float)):
                continue
            between = self._range() if chart_id == _DETAIL else None
            if chart_id == _DETAIL:
                key = self.detail_key
            elif chart_id == _OVERVIEW:
                key = self.overview_key
            else:
                key = chart_id.removeprefix(_KEY)
            if key and 1 <= width <= _LARGEST_WIDTH:
                wishes.append(ChartWish(chart_id, key, int(width), between, not self.fits_y))
        return wishes

    def _send_tables(
        self, view: View, known: AnalyzeLines, numbers: LineNumbers, deadline: float
    ) -> None:
        sent: dict[str, tuple[object, float]] = view.memo.setdefault("tables", {})
        if self._is_unfinished:
            return  # charts come first; what a table needs is mostly theirs
        keys = view.shown.get("tables")
        keys = [key for key in keys if isinstance(key, str)] if isinstance(keys, list) else []
        for key in sent.keys() - set(keys):
            del sent[key]
        for key in keys:
            direction = direction_of(key, self.best)
            sizes = tuple(numbers.size(line, key) for line in known.lines)
            look = (
                numbers.look.x,
                numbers.look.statistic,
            )  # of recorded values, not of smoothed ones
            stamp = (known.n_changes, look, direction, sizes)
            before = sent.get(key)
            now = time.monotonic()
            if before is not None and (before[0] == stamp or now - before[1] < _TABLE_S):
                continue
            if not _read_all(numbers, known, key, deadline):
                self._is_unfinished = True
                continue
            sent[key] = stamp, now
            rows = table_rows(numbers, known, known.lines, key, direction)
            told = [
                {"line": row.line.line_id, "n": row.n, "of": len(row.line.sim_ids)} for row in rows
            ]
            content = {"key": key, "direction": direction, "rows": told}
            view.tell("table", content, [rows_buffer(rows)])

    def _send_media(self, view: View, known: AnalyzeLines) -> None:
        marks = self._marks
        if marks is None or not view.shown.get("media"):
            return
        marks.want(known)
        is_new = view.memo.pop("has_other_lines", False) or "media_seen" not in view.memo
        content = marks.message(known, view.memo, is_new=is_new)
        if content is not None:
            view.tell("media", content)

    def _tidy(self, numbers: LineNumbers) -> None:
        numbers.tidy()
        now = time.monotonic()
        if now - self._tidied < _TIDY_S:
            return
        self._tidied = now
        self._keys_seen = {
            key: seen for key, seen in self._keys_seen.items() if now - seen < _TIDY_S
        }
        numbers.keep_only(set(self._keys_seen))

    # The browser asks; helper threads

    def _do_colour(self, content: dict[str, Any]) -> dict[str, Any]:
        self.set_colour(str(content.get("line")), content.get("index"))
        return {}

    def _do_csv(self, _content: dict[str, Any]) -> media_pieces.Answer:
        from gymdash_jupyter.frames.files import csv_text

        frame = self.frame()
        if len(frame) > _MOST_CSV_POINTS:
            frame = self.frame(most_points=_CSV_LINE_POINTS)
        data = csv_text(frame).encode()
        return {"name": f"{self._file_stem()}.csv", "type": "text/csv"}, [data]

    def _do_picture(self, content: dict[str, Any]) -> media_pieces.Answer:
        from gymdash_jupyter.widgets.analyze_figure import figure_bytes

        form = content.get("format")
        if form not in ("png", "svg"):
            msg = f"A picture is a png or an svg; got {form!r}."
            raise InvalidArgumentError(msg)
        data = figure_bytes(self.figure(content.get("keys")), form)
        mime = "image/png" if form == "png" else "image/svg+xml"
        return {"name": f"{self._file_stem()}.{form}", "type": mime}, [data]

    def _do_code(self, _content: dict[str, Any]) -> dict[str, Any]:
        return {"text": self.code()}

    def _do_thumbnail(self, content: dict[str, Any]) -> media_pieces.Answer:
        result, data = media_pieces.thumbnail(self.project, self._item(content))
        return result, [data]

    def _do_piece(self, content: dict[str, Any]) -> media_pieces.Answer:
        item = self._item(content)
        result, data = media_pieces.piece(self.project, item, content.get("offset"))
        return result, [data]

    def _item(self, content: dict[str, Any]) -> Any:
        if self._marks is None:
            msg = "This panel has listed no media yet."
            raise InvalidArgumentError(msg)
        return self._marks.item(content.get("number"))

    def _file_stem(self) -> str:
        letters = (each if each.isalnum() else "-" for each in self.detail_key or "analyze")
        return "".join(letters).strip("-")[:80] or "analyze"

    # Places without widgets

    def _static_html(self) -> str:
        return static_analysis(self.store, self._line_choice(), self._look(), self._keys_of(None))


def _read_all(numbers: LineNumbers, known: AnalyzeLines, key: str, deadline: float) -> bool:
    """Read all lines of a key; False when the time was over before everything was there."""
    for line in known.lines:
        if numbers.is_here(line, key):
            continue
        if time.monotonic() > deadline or not numbers.read(line, key, deadline):
            return False
    return True
