"""Any DataFrame as a table to sort, search and filter; one that is made anew when the project changes.

The table itself is drawn by itables (DataTables) in the browser, without a network. Here is when it is made anew, and
what is left of it when it is closed.
"""

from __future__ import annotations

import importlib.util
import logging
import threading
import time
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from IPython.display import display

from gymdash_jupyter.errors import InvalidArgumentError, MissingDependencyError
from gymdash_jupyter.widgets.outputs import Outputs
from gymdash_jupyter.widgets.refresh import News, RefreshLoop
from gymdash_jupyter.widgets.subshells import follow_front_end
from gymdash_jupyter.widgets.table_contents import (
    fallback_html,
    remark_of,
    shown_rows,
    static_html,
)
from gymdash_jupyter.widgets.table_state import browser_options
from gymdash_jupyter.widgets.work_queue import WorkQueue

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from itables.widget import ITable

    from gymdash_jupyter.store import ProjectStore

logger = logging.getLogger(__name__)

_REST: Final = 9
"""How many times as long as it took to make a table anew it then rests: at most a tenth of a core goes into it."""

_FALLBACK_S: Final = 10.0
"""How old what a saved notebook shows may become while the table lives."""


class LiveTable:
    """Show a DataFrame; as a cell's value it is shown.

    Args:
        what: A DataFrame or Series, shown as it is; or a function without arguments that makes one, which is called
            again when the project has changed, in a helper thread.
        store: The project that is watched; None: nothing is.
        rows: How many rows are shown at most; the table says so where there are more.
        interval_s: How many seconds there are at least between two calls of the function.

    Raises:
        InvalidArgumentError: It is no frame and makes none, or a number is out of range.
        MissingDependencyError: itables is not installed.
    """

    def __init__(
        self,
        what: Any,
        store: ProjectStore | None = None,
        *,
        rows: int = 10_000,
        interval_s: float = 1.0,
    ) -> None:
        _check(rows, interval_s)
        itable = _itable_class()
        self._store = store if callable(what) else None
        self._tick = None if self._store is None else self._store.tick()  # before it is read
        frame = _frame(what() if callable(what) else what)
        self._make: Callable[[], Any] | None = what if self._store is not None else None
        self._rows, self._interval_s = rows, interval_s
        self._frame = frame
        self._lock = threading.Lock()  # guards _is_busy and _rests_until
        self._is_busy = self._is_closed = False
        self._rests_until = 0.0
        self._outputs = Outputs()
        self._fallbacks: list[str] = []
        self._fallback_due = 0.0
        self._queue = WorkQueue("gymdash-table")
        shown = shown_rows(frame, rows)
        self.widget: ITable = itable(shown, **browser_options(self._remark()))
        self.widget._view_count = 0  # noqa: SLF001 - asks the browser to count who looks; public, but for its name
        follow_front_end(self.widget)
        if self._store is not None:
            self._loop: RefreshLoop | None = RefreshLoop.of(self._store)
            self.widget.observe(self._on_views, names="_view_count")
            self._loop.subscribe(self)
        else:
            self._loop = None

    @property
    def frame(self) -> pd.DataFrame:
        """The frame that is shown, with all its rows."""
        return self._frame

    @property
    def selected(self) -> pd.DataFrame:
        """The rows of it that are selected in the browser, by clicks; where they name simulations, for ``sims=``."""
        places = [i for i in self.widget.selected_rows if i < len(self._frame)]
        return self._frame.iloc[sorted(places)]

    def update(self) -> None:
        """Make the table anew now; the refresh loop does so when the project has changed."""
        if self._make is None or self._store is None or self._is_closed:
            return
        try:
            self._tick = self._store.tick()
            frame, problem = _frame(self._make()), ""
        except Exception as exc:
            # The function is the user's own: whatever it raises is said below the table.
            logger.debug("A live table could not be made anew.", exc_info=True)
            frame, problem = self._frame, f"{type(exc).__name__}: {exc}"
        if self._is_closed:
            return
        if not _is_same(frame, self._frame):
            self._show(frame)
        self._say(problem)

    def close(self) -> None:
        """Stop, and leave a picture of the table as it is now; twice is harmless."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._loop is not None:
            self._loop.unsubscribe(self)
        self._outputs.replace(self._static_bundle)
        for display_id in self._fallbacks:
            display({"text/html": ""}, raw=True, display_id=display_id, update=True)
        self.widget.close()

    # The loop refreshes; its thread only

    def refresh(self, news: News) -> bool:  # noqa: ARG002 - every panel is told
        """Have the table made anew if something is new and it has rested; called by the refresh loop."""
        # Not by the news: they begin with the loop, and what came since the table was made is new, too.
        if self._store is None or self._store.tick() == self._tick:
            return False
        with self._lock:
            if self._is_busy or time.monotonic() < self._rests_until:
                return False
            self._is_busy = True
        self._queue.put(self._update_in_turn)
        return False

    def show_problem(self, problem: str) -> None:
        """Say why the table is not up to date; called by the refresh loop."""
        self._say(problem)

    # Inside

    def _update_in_turn(self) -> None:
        began = time.monotonic()
        try:
            self.update()
        finally:
            now = time.monotonic()
            with self._lock:
                self._rests_until = now + max(self._interval_s, _REST * (now - began))
                self._is_busy = False

    def _show(self, frame: pd.DataFrame) -> None:
        labels = self.selected.index
        shown = shown_rows(frame, self._rows)
        there = frame.index[: len(shown)]
        kept = there.get_indexer_for(labels).tolist() if there.is_unique else []
        self._frame = frame
        self.widget.update(
            shown,
            selected_rows=[place for place in kept if place >= 0],
            **browser_options(self._remark()),
        )
        if time.monotonic() >= self._fallback_due:
            self._show_fallbacks(is_update=True)

    def _show_fallbacks(self, *, is_update: bool) -> None:
        """Keep what a saved notebook shows nearly up to date."""
        self._fallback_due = time.monotonic() + _FALLBACK_S
        data = {"text/html": fallback_html(self._frame)}
        for display_id in self._fallbacks if is_update else self._fallbacks[-1:]:
            display(data, raw=True, display_id=display_id, update=is_update)

    def _on_views(self, change: Any) -> None:
        if self._loop is None or self._is_closed:
            return
        if change["new"]:
            self._loop.subscribe(self)
        elif change["old"]:
            self._loop.unsubscribe(self)

    def _remark(self) -> str:
        return remark_of(self._frame, self._rows, is_live=self._make is not None)

    def _say(self, problem: str) -> None:
        # A caption is set as text, so that an error may quote anything.
        self.widget.caption = f"Not up to date: {problem}" if problem else ""

    def _static_bundle(self) -> dict[str, Any]:
        return {"text/html": static_html(self._frame), "text/plain": repr(self)}

    def _ipython_display_(self) -> None:
        if self._is_closed:
            display(self._static_bundle(), raw=True)
            return
        bundle = self.widget._repr_mimebundle_()
        data = dict((bundle[0] if isinstance(bundle, tuple) else bundle) or {})
        self._outputs.display(data | {"text/plain": repr(self)})
        self._fallbacks.append(uuid4().hex)
        self._show_fallbacks(is_update=False)

    def __repr__(self) -> str:
        n_rows, n_columns = self._frame.shape
        return f"<LiveTable of {n_rows:,} rows and {n_columns} columns>"


def _frame(made: Any) -> pd.DataFrame:
    import pandas as pd

    if isinstance(made, pd.Series):
        return made.to_frame()
    if isinstance(made, pd.DataFrame):
        return made
    msg = (
        f"A table shows a DataFrame, or what a function like gd.simulations makes; got {type(made).__name__}: "
        f"{str(made)[:80]}."
    )
    raise InvalidArgumentError(msg, what=made)


def _is_same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    try:
        return one is other or one.equals(other)
    except (
        TypeError,
        ValueError,
    ):  # arrays in cells, for example, do not say whether they are equal
        return False


def _check(rows: Any, interval_s: Any) -> None:
    if not isinstance(rows, int) or isinstance(rows, bool) or rows < 1:
        msg = f"A table shows at most so many rows, a whole number from 1 up; got rows={rows!r}."
        raise InvalidArgumentError(msg, rows=rows)
    if not isinstance(interval_s, (int, float)) or not 0.1 <= interval_s < float("inf"):
        msg = f"A table is made anew after 0.1 seconds or more; got interval_s={interval_s!r}."
        raise InvalidArgumentError(msg, interval_s=interval_s)


def _itable_class() -> type[ITable]:
    if importlib.util.find_spec("itables") is None:
        msg = "Tables in a notebook need itables: pip install 'gymdash-jupyter[tables]'."
        raise MissingDependencyError(msg)
    from itables.widget import ITable

    return ITable
