"""The static picture of a card: one piece of HTML that needs no kernel, no script and no network.

It follows JupyterLab's theme by its variables and has colours of its own elsewhere. Everything that a simulation said
is escaped: text from simulations is never HTML.
"""

from __future__ import annotations

import math
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gymdash_jupyter.errors import UnknownSimulationError
from gymdash_jupyter.output import OUTPUT_FILE, read_tail
from gymdash_jupyter.records import now_utc
from gymdash_jupyter.widgets import words
from gymdash_jupyter.widgets.card_contents import CardContents
from gymdash_jupyter.widgets.card_state import key_rank
from gymdash_jupyter.widgets.static_chart import StaticLine, chart_svg
from gymdash_jupyter.widgets.static_icons import state_icon

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from gymdash_jupyter.media.paths import HasSimsFolder
    from gymdash_jupyter.store import ProjectStore

_MOST_KEYS: Final = 8
_MOST_ROWS: Final = 50
_LONGEST_TRACE: Final = 20_000
_MOST_OUTPUTS: Final = 5
_OUTPUT_LINES: Final = 20
_LONGEST_OUTPUT: Final = 8_000
_CSS: Final = Path(__file__).with_name("static_card.css")


def static_card(
    store: ProjectStore,
    sim_ids: Sequence[UUID],
    *,
    title: str | None,
    key: str = "",
    smoothing: float = 0.85,
    project: HasSimsFolder | None = None,
) -> str:
    """Draw simulations as they are now.

    Args:
        store: The project.
        sim_ids: Which ones; their order gives their colours.
        title: Name of a group, or None for a card of one simulation.
        key: The series to draw; the first where there is none of that name.
        smoothing: Weight of the running average.
        project: Where the files of simulations lie, for what those that failed printed last; None leaves it out.

    Returns:
        HTML.

    Raises:
        UnknownSimulationError: One of them is gone.
    """
    contents = CardContents(store, sim_ids)
    contents.load()
    keys = contents.keys
    drawn = key if key in keys else next(iter(keys), "")
    body = _Picture(store, contents, drawn, smoothing, project).body(title)
    style = _CSS.read_text(encoding="utf-8")
    return f'<style>{style}</style><article class="gds">{body}</article>'


class _Picture:
    def __init__(
        self,
        store: ProjectStore,
        contents: CardContents,
        key: str,
        smoothing: float,
        project: HasSimsFolder | None,
    ) -> None:
        self._store = store
        self._contents = contents
        self._key = key
        self._smoothing = smoothing
        self._project = project
        now = now_utc().timestamp()
        self._sims = [each | {"as_of": now} for each in contents.shown(now)]

    def body(self, title: str | None) -> str:
        return self._one(self._sims[0]) if title is None else self._group(title)

    def _one(self, sim: dict[str, Any]) -> str:
        (sim_id,) = self._contents.sims
        chart = self._chart(560)
        table = self._keys_table(sim_id)
        series = f'<div class="gds-series">{chart}{table}</div>' if chart or table else ""
        latest = sim["latest"]
        said = ""
        if latest is not None:
            time = words.format_moment(latest["time"]) if latest["time"] else ""
            said = f'<p class="gds-said"><span class="gds-muted">{time}</span> {escape(latest["text"])}</p>'
        kind = " · ".join(filter(None, (sim["type"], sim["env"], sim["launcher"])))
        head = self._head(sim["state"], sim["name"], kind, *words.facts(sim))
        return f"{head}{_rule(sim)}{self._error(sim_id, sim)}{self._output(sim)}{series}{said}"

    def _group(self, title: str) -> str:
        counts: dict[str, int] = {}
        for sim in self._sims:
            word = words.state_word(sim["state"]).lower()
            counts[word] = counts.get(word, 0) + 1
        told = ", ".join(f"{n} {word}" for word, n in counts.items())
        states = [sim["state"] for sim in self._sims]
        order = ("running", "setting_up", "paused", "queued", "created", "failed", "lost")
        state = next((each for each in (*order, "cancelled") if each in states), "succeeded")
        name = title or f"{len(self._sims)} simulations"
        ends = [sim["ended"] for sim in self._sims if sim["ended"] is not None]
        as_of = f"as of {words.format_moment(self._sims[0]['as_of'])}"
        end = f"ended {words.format_moment(max(ends))}" if len(ends) == len(states) else as_of
        head = self._head(state, name, f"{len(self._sims)} simulations", [], end, told)
        outputs = [self._output(sim, f"Output of {sim['name']}") for sim in self._sims]
        last_words = "".join([each for each in outputs if each][:_MOST_OUTPUTS])
        chart = self._chart(860)
        return f'{head}<div class="gds-rule"></div>{chart}{self._sims_table()}{last_words}'

    def _head(
        self, state: str, name: str, kind: str, told: list[str], end: str, word: str = ""
    ) -> str:
        left = "".join(f"<span>{escape(each)}</span>" for each in told)
        return (
            f'<div class="gds-head">{state_icon(state)} <b class="gds-name">{escape(name)}</b> '
            f'<span class="gds-muted">{escape(kind)}</span></div>'
            f'<div class="gds-facts"><b>{escape(word or words.state_word(state))}</b> {left} '
            f'<span class="gds-end">{escape(end)}</span></div>'
        )

    def _error(self, sim_id: UUID, sim: dict[str, Any]) -> str:
        error = sim["error"]
        if error is None:
            return ""
        trace = self._contents.sims[sim_id].trace(error["number"])[-_LONGEST_TRACE:]
        fold = ""
        if trace:
            fold = (
                f"<details><summary>Trace, {error['lines']} lines <code>{escape(error['frame'])}</code></summary>"
                f"<pre>{escape(trace)}</pre></details>"
            )
        kind = f"<code>{escape(error['type'])}</code> " if error["type"] else ""
        return f'<div class="gds-error"><p>{kind}{escape(error["message"])}</p>{fold}</div>'

    def _output(self, sim: dict[str, Any], named: str = "Output") -> str:
        """Show what one that failed or is lost printed last; of the others nothing is kept here."""
        if self._project is None or sim["state"] not in ("failed", "lost"):
            return ""
        path = self._project.sims_folder / sim["id"] / OUTPUT_FILE
        text = read_tail(path, n_lines=_OUTPUT_LINES, max_bytes=_LONGEST_OUTPUT)
        if not text.strip():
            return ""
        count = text.count("\n") + 1
        told = "the last line" if count == 1 else f"the last {count} lines"
        is_all_there_is = "" if sim["error"] and sim["error"]["lines"] else " open"
        return (
            f'<details class="gds-output"{is_all_there_is}><summary>{escape(named)}, {told}</summary>'
            f"<pre>{escape(text)}</pre></details>"
        )

    def _chart(self, width: int) -> str:
        lines = []
        for place, sim_id in enumerate(self._contents.sims):
            x, y = self._points(sim_id, self._key) if self._key else (np.empty(0), np.empty(0))
            if len(x):
                lines.append(StaticLine(place, x, y))
        if not lines:
            return ""
        svg = chart_svg(lines, self._smoothing, width, f"{self._key} over steps")
        named = f'<figcaption class="gds-muted">{escape(self._key)}</figcaption>'
        return f"<figure>{named}{svg}</figure>" if svg else ""

    def _points(self, sim_id: UUID, key: str) -> tuple[np.ndarray, np.ndarray]:
        try:
            points, _ = self._store.read_scalars(sim_id, key)
        except UnknownSimulationError:  # deleted meanwhile
            return np.empty(0), np.empty(0)
        order = np.argsort(points.steps, kind="stable")
        return points.steps[order].astype(np.float64), points.values[order]

    def _keys_table(self, sim_id: UUID) -> str:
        infos = self._contents.infos.get(sim_id, {})
        keys = sorted(infos, key=key_rank)
        rows = []
        for key in keys[:_MOST_KEYS]:
            best, at = self._best(sim_id, key)
            last = words.format_value(infos[key].last_value)
            rows.append((escape(key), last, best, at))
        more = len(keys) - _MOST_KEYS
        note = f'<p class="gds-muted">and {more} more</p>' if more > 0 else ""
        return _table(("key", "last", "best", "at step"), rows) + note if rows else ""

    def _best(self, sim_id: UUID, key: str) -> tuple[str, str]:
        """Find the highest value of what is to grow and the lowest of what is to fall; nothing for other keys."""
        rank, _ = key_rank(key)
        if rank > 3:  # lengths, clocks and the like have no best
            return "", ""
        x, y = self._points(sim_id, key)
        if not np.isfinite(y).any():
            return "", ""
        i = int(np.nanargmin(np.where(np.isfinite(y), y, np.nan))) if rank == 3 else -1
        if i < 0:
            i = int(np.nanargmax(np.where(np.isfinite(y), y, np.nan)))
        return words.format_value(float(y[i])), words.format_count(float(x[i]))

    def _sims_table(self) -> str:
        rows = []
        for place, (sim_id, sim) in enumerate(zip(self._contents.sims, self._sims, strict=True)):
            info = self._contents.infos.get(sim_id, {}).get(self._key)
            last = "" if info is None else words.format_value(info.last_value)
            done = 1.0 if sim["state"] == "succeeded" else words.fraction(sim)
            percent = "" if done is None else f"{math.floor(done * 100)}{words.SPACE}%"
            swatch = f'<i class="gds-swatch" style="--c:var(--gds-{place % 8 + 1})"></i>'
            name = f"{swatch} {state_icon(sim['state'])} {escape(sim['name'])}"
            error = sim["error"]
            said = f"{error['type']}: {error['message']}" if error else ""
            state = f"{words.state_word(sim['state'])} <span class='gds-muted'>{escape(said[:160])}</span>"
            rows.append((name, state, percent, last))
        more = len(rows) - _MOST_ROWS
        note = f'<p class="gds-muted">and {more} more</p>' if more > 0 else ""
        head = ("simulation", "state", "progress", "last")
        return _table(head, rows[:_MOST_ROWS], "is-sims") + note


def _rule(sim: dict[str, Any]) -> str:
    done = words.fraction(sim)
    if sim["state"] == "succeeded" or done is None:
        return '<div class="gds-rule"></div>'
    return f'<div class="gds-rule is-{escape(sim["state"])}" style="--p:{done * 100:.1f}%"></div>'


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], kind: str = "") -> str:
    """Write a table; cells are HTML."""
    top = "".join(f"<th>{each}</th>" for each in head)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table class='{kind}'><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
