"""Tables that follow the project: when they are made anew, what they show, and how they end."""

from __future__ import annotations

import importlib.util
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import gymdash_jupyter as gd
from gymdash_jupyter.frames import simulations_frame
from gymdash_jupyter.store import ProjectStore, open_store
from gymdash_jupyter.widgets.live_table import LiveTable
from gymdash_jupyter.widgets.refresh import RefreshLoop
from gymdash_jupyter.widgets.table_contents import shown_rows, static_html
from tests.frames.projects import add_simulation
from tests.waiting import wait_until

pytest.importorskip("itables")

BAD = "<img src=x onerror=alert(1)>"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ProjectStore]:
    opened = open_store(tmp_path / "simulations.db")
    yield opened
    opened.close()


def table_of(store: ProjectStore, **options: Any) -> LiveTable:
    return LiveTable(lambda: simulations_frame(store)[["name"]], store, interval_s=0.1, **options)


def sent(table: LiveTable) -> list[Any]:
    rows: list[Any] = json.loads(table.widget._dt_args["data_json"])
    return rows


def test_it_is_made_anew_when_the_project_has_changed(store: ProjectStore) -> None:
    table = table_of(store)
    assert sent(table) == []
    add_simulation(store, "one")
    wait_until(lambda: [row[1] for row in sent(table)] == ["one"], what="the row")
    assert table.frame["name"].tolist() == ["one"]
    table.close()


def test_it_is_not_made_anew_while_nothing_changes(store: ProjectStore) -> None:
    calls: list[int] = []

    def make() -> pd.DataFrame:
        calls.append(1)
        return simulations_frame(store)

    table = LiveTable(make, store, interval_s=0.1)
    add_simulation(store)
    wait_until(lambda: len(calls) == 2, what="the second call")
    loop = RefreshLoop.of(store)
    for _ in range(3):
        loop._refresh()
    assert len(calls) == 2
    table.close()


def test_a_slow_function_is_called_seldom(store: ProjectStore) -> None:
    table = table_of(store)
    table._rests_until = math.inf
    add_simulation(store, "one")
    RefreshLoop.of(store)._refresh()
    assert not table._is_busy
    table._rests_until = 0.0  # what was missed meanwhile is not forgotten
    wait_until(lambda: len(table.frame) == 1, what="the row")
    table.close()


def test_when_it_is_closed_nothing_runs_any_more(store: ProjectStore) -> None:
    table = table_of(store)
    loop = RefreshLoop.of(store)
    assert loop.is_running
    table.close()
    table.close()
    wait_until(lambda: not loop.is_running, what="the loop to end")
    add_simulation(store)
    table.update()
    assert len(table.frame) == 0


def test_while_nobody_looks_it_rests(store: ProjectStore) -> None:
    table = table_of(store)
    loop = RefreshLoop.of(store)
    table.widget._view_count = 1
    table.widget._view_count = 0
    wait_until(lambda: not loop.is_running, what="the loop to end")
    add_simulation(store)
    table.widget._view_count = 1
    wait_until(lambda: len(table.frame) == 1, what="the row")
    table.close()


def test_an_error_of_the_function_is_said_as_text_and_passes(store: ProjectStore) -> None:
    trouble: list[Exception] = []

    def make() -> pd.DataFrame:
        if trouble:
            raise trouble[0]
        return simulations_frame(store)

    table = LiveTable(make, store)
    trouble.append(KeyError(BAD))
    table.update()
    assert table.widget.caption == f"Not up to date: KeyError: '{BAD}'"  # itables sets it as text
    trouble.clear()
    table.update()
    assert table.widget.caption == ""
    table.close()


def test_selected_rows_stay_selected_when_others_go(store: ProjectStore) -> None:
    ids = [add_simulation(store, name, minute=i) for i, name in enumerate("abc")]
    table = table_of(store)
    table.widget.selected_rows = [1, 2]
    assert table.selected["name"].tolist() == ["b", "c"]
    store.delete([ids[0], ids[1]])
    table.update()
    assert (table.widget.selected_rows, table.selected["name"].tolist()) == ([0], ["c"])
    table.close()


def test_names_and_settings_are_never_html(store: ProjectStore) -> None:
    add_simulation(store, BAD, **{BAD: BAD, "x": {"list": [BAD]}})
    table = LiveTable(lambda: simulations_frame(store, expand="config"), store)
    arguments = json.dumps(table.widget._dt_args)
    assert "onerror" in arguments
    assert "<img" not in arguments
    picture = table._static_bundle()["text/html"]
    assert "onerror" in picture
    assert "<img" not in picture
    table.close()


def test_a_frame_is_shown_as_it_is() -> None:
    frame = pd.DataFrame(
        {"a": [1, 2], "b": [0.5, math.nan]}, index=pd.Index(["x", "y"], name="who")
    )
    table = LiveTable(frame)
    assert [row[:2] for row in sent(table)] == [["x", 1], ["y", 2]]
    assert table.frame is frame
    table.close()


def test_a_long_frame_is_cut_and_says_so() -> None:
    table = LiveTable(pd.DataFrame({"a": np.arange(123_456)}), rows=50)
    assert len(sent(table)) == 50
    assert "the first of 123,456" in table.widget._dt_args["language"]["info"]
    assert "The first 20 of 123,456 rows." in table._static_bundle()["text/html"]
    table.close()


def test_values_become_numbers_and_short_texts() -> None:
    frame = pd.DataFrame(
        {
            "time": pd.to_datetime(["2026-03-01 12:00:00.5+00:00", None]),
            "nested": pd.Series([{"a": [1]}, ()], dtype=object),
            "count": pd.array([3, None], dtype="Int64"),
            "flag": pd.array([True, None], dtype="boolean"),
            "kind": pd.Categorical(["x", None]),
            "long": ["y" * 500, None],
            "mixed": pd.Series([1.5, "lin"], dtype=object),
            "number": [1, 2],
        }
    )
    shown = shown_rows(frame, 10)
    assert shown.iloc[0].tolist() == [
        *("2026-03-01 12:00:00", '{"a": [1]}', 3, True, "x", "y" * 119 + "…", 1.5, 1),
    ]
    assert shown.iloc[1].tolist() == ["", "", "", "", "", "", "lin", 2]


def test_frames_without_anything_can_be_shown() -> None:
    for frame in (pd.DataFrame(), pd.DataFrame({"a": []}), simulations_like()):
        table = LiveTable(frame)
        assert sent(table) == []
        assert isinstance(static_html(frame), str)
        table.close()


def simulations_like() -> pd.DataFrame:
    return pd.DataFrame({"t": pd.DatetimeIndex([], tz="UTC"), "o": pd.Series([], dtype=object)})


def test_odd_frames_can_be_shown_and_made_anew(store: ProjectStore) -> None:
    frames = [
        pd.DataFrame([[1, 2]], columns=["a", "a"]),
        pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", 1), ("b", None)])),
        pd.DataFrame({"cell": [np.arange(3)]}),
        pd.DataFrame(
            {"x": [1, 2]},
            index=pd.MultiIndex.from_tuples([("s", 0), ("s", 0)], names=["sim_id", "step"]),
        ),
    ]
    for frame in frames:
        table = LiveTable(frame.copy, store)
        table.widget.selected_rows = [0]
        table.update()
        assert len(sent(table)) == len(frame)
        table.close()


@pytest.mark.parametrize(
    ("what", "options", "words"),
    [
        (3, {}, "got int: 3"),
        (lambda: "text", {}, "got str: text"),
        (pd.DataFrame(), {"rows": 0}, "from 1 up; got rows=0"),
        (pd.DataFrame(), {"interval_s": 0}, "after 0.1 seconds or more; got interval_s=0"),
    ],
)
def test_what_is_no_table_is_refused(what: Any, options: dict[str, Any], words: str) -> None:
    with pytest.raises(gd.InvalidArgumentError) as caught:
        LiveTable(what, **options)
    assert words in str(caught.value)


def test_without_itables_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "itables" else find(name)
    )
    with pytest.raises(gd.MissingDependencyError, match=r"gymdash-jupyter\[tables\]"):
        LiveTable(pd.DataFrame())
