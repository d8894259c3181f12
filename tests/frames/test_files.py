"""Frames as files: every value comes back, nothing is half written, nothing is written over by accident."""

from __future__ import annotations

import csv
import importlib.util
import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gymdash_jupyter.errors import InvalidArgumentError, MissingDependencyError
from gymdash_jupyter.frames import (
    files,
    read_frame,
    scalars_frame,
    simulations_frame,
    to_csv,
    to_json,
    to_parquet,
)
from gymdash_jupyter.frames.files import write_frame, write_frames
from gymdash_jupyter.frames.kinds import KINDS
from gymdash_jupyter.records import Batch, ControlRequest, MediaItem, Progress
from gymdash_jupyter.states import SimState
from gymdash_jupyter.statuses import SimStatus, SimStatusCode
from gymdash_jupyter.store import open_store
from gymdash_jupyter.whole_files import whole_files
from tests.frames.projects import NOON, add_simulation, end, record, run

HAS_PARQUET = importlib.util.find_spec("pyarrow") is not None
FORMS = [
    pytest.param(
        form,
        marks=pytest.mark.skipif(form == "parquet" and not HAS_PARQUET, reason="needs pyarrow"),
    )
    for form in files.FORMS
]
HERE = [form for form in files.FORMS if form != "parquet" or HAS_PARQUET]
UGLY = '=a,"b";\r\n\tc\rd <img onerror=x> \u202e日本 \x00 nan'


@pytest.fixture
def full(tmp_path):
    """Give a project that has something of everything, ugly where it may be."""
    (tmp_path / "project" / "db").mkdir(parents=True)
    store = open_store(tmp_path / "project" / "db" / "simulations.db")
    one = add_simulation(
        store, UGLY, minute=1, lr=0.1, note="nan", net={"arch": [64, math.inf]}, f=lambda: 0
    )
    two = add_simulation(store, "", minute=2, lr="lin_3e-4", parent_id=one)
    run(store, one, seed=2**70)
    add_episodes = {"episode/return": [1.5, math.nan], "episode/length": [10, 20]}
    for key, values in {**add_episodes, 'a/ü,"x"': [0.1, 1e-320]}.items():
        record(store, one, key, [5, 5], values)
    record(
        store,
        two,
        "x",
        [2**62, -1, 0],
        [math.nan, math.inf, -math.inf],
        [NOON.timestamp(), math.nan, 0.0],
    )
    said = [SimStatus(SimStatusCode.FAIL, NOON, 1, UGLY, "Traceback\n" * 3)]
    asked = [ControlRequest("r", one, "custom", UGLY, ("a", ""), NOON)]
    shown = [MediaItem(one, "m", 3, "text", "media/x.txt", NOON, {"width": 3, "x": math.nan})]
    progress = Progress(1.0, None, "so, so", NOON.timestamp())
    store.write([Batch(one, statuses=said, requests=asked, media=shown, progress=progress)])
    store.set_environment(
        one, {"python": "3.11", "git_is_dirty": True, "gpus": ["A"], "packages": {"x": "1"}}
    )
    store.set_environment(two, {"cpu_count": 2, "seed": "many"})
    store.change_tags([one], add=["a b", "ü"])
    end(store, one, SimState.SUCCEEDED, result=math.nan)
    yield store
    store.close()


def frame_of(store, kind):
    return files._FRAMES[kind](store, None, None)


def comparable(frame):
    """Write objects down: a NaN in a dict equals no other one."""
    odd = [name for name in frame.columns if frame[name].dtype == object]
    return frame.assign(**{name: [repr(value) for value in frame[name]] for name in odd})


@pytest.mark.parametrize("form", FORMS)
def test_every_frame_comes_back_as_it_was(full, tmp_path, form):
    written = write_frames(full, form, tmp_path / "out")
    assert [path.name for path in written] == [f"{kind}.{form}" for kind in KINDS]
    for path in written:
        told, frame = comparable(read_frame(path)), comparable(frame_of(full, path.stem))
        pd.testing.assert_frame_equal(told, frame, check_exact=True)


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_project_comes_back_too(store, tmp_path, form):
    for path in write_frames(store, form, tmp_path / "out"):
        pd.testing.assert_frame_equal(read_frame(path), frame_of(store, path.stem))


@pytest.mark.skipif(not HAS_PARQUET, reason="needs pyarrow")
def test_pandas_reads_parquet_with_the_same_dtypes(full, tmp_path):
    (path,) = to_parquet(full, tmp_path / "x.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(path), scalars_frame(full), check_exact=True)


def test_any_reader_of_csv_gets_the_numbers_exactly(full, tmp_path):
    (path,) = to_csv(full, tmp_path / "x.csv")
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    frame = scalars_frame(full)
    np.testing.assert_array_equal([float(row["value"]) for row in rows], frame["value"])
    assert [int(row["step"]) for row in rows] == frame["step"].tolist()
    assert [row["key"] for row in rows] == frame["key"].tolist()


def test_json_is_strict_and_has_an_object_a_series(full, tmp_path):
    (path,) = to_json(full, tmp_path / "x.json", what="scalars")

    def refuse(word):
        raise AssertionError(word)

    told = {each["key"]: each for each in json.loads(path.read_text(), parse_constant=refuse)}
    assert told["x"]["steps"] == [2**62, -1, 0]
    assert told["x"]["values"] == ["nan", "inf", "-inf"]
    assert told["x"]["times"] == [NOON.timestamp(), "nan", 0.0]


def test_settings_have_columns_of_their_own(full, tmp_path):
    (path,) = to_csv(full, tmp_path / "x.csv", what="simulations")
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["lr"] for row in rows] == ["0.1", "lin_3e-4"]
    assert rows[0]["net.arch"] == '[64, {"__float__": "inf"}]'
    assert json.loads(rows[0]["tags"]) == ["a b", "ü"]


def test_only_some_simulations_keys_and_frames(full, tmp_path):
    two = simulations_frame(full, name="").index[0]
    written = to_csv(full, tmp_path / "out", two, what=["scalars", "simulations"], keys="*")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "scalars.csv",
        "simulations.csv",
    ]
    assert set(read_frame(written[0])["sim_id"]) == {two}
    assert list(
        read_frame(to_csv(full, tmp_path / "e.csv", keys="episode/*")[0])["key"].cat.categories
    ) == [
        "episode/length",
        "episode/return",
    ]


def test_nothing_is_written_over_and_then_nothing_is_written(full, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "statuses.csv").write_text("mine")
    with pytest.raises(
        InvalidArgumentError, match=r"statuses\.csv is there already.*replace=True"
    ):
        to_csv(full, out)
    assert [path.name for path in out.iterdir()] == ["statuses.csv"]
    to_csv(full, out, replace=True)
    assert len(read_frame(out / "statuses.csv")) == 1


def test_what_fails_half_way_leaves_nothing(full, tmp_path, monkeypatch):
    def break_off(*_args):
        raise MemoryError

    monkeypatch.setattr(files, "as_texts", break_off)
    with pytest.raises(MemoryError):
        to_csv(full, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_disk_that_is_full_is_said(tmp_path):
    path = tmp_path / "x.csv"
    with (
        pytest.raises(InvalidArgumentError, match=r"x\.csv cannot be written: No space left"),
        whole_files([path]),
    ):
        raise OSError(28, "No space left on device")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("path", "options", "words"),
    [
        ("x.csv", {"what": ["scalars", "media"]}, "one file, and 2 frames"),
        ("x.csv", {"what": "scalrs"}, "Did you mean 'scalars'?"),
        ("x.json", {}, "there is to_json"),
        ("there.txt", {}, "is a file; give a folder"),
        ("there.txt/x", {}, "cannot be made"),
        ("no/x.csv", {}, "cannot be written: No such file"),
        ("x.csv", {"keys": "episode/retrun"}, "Did you mean 'episode/return'?"),
    ],
)
def test_what_cannot_be_written_says_why(full, tmp_path, path, options, words):
    (tmp_path / "there.txt").write_text("")
    with pytest.raises(InvalidArgumentError) as caught:
        to_csv(full, tmp_path / path, **options)
    assert words in str(caught.value)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["project", "there.txt"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("x.csv", "a,b\n1,2\n", "columns a, b..., which are those of no frame"),
        ("x.txt", "", "no file that ends with .csv"),
        ("x.json", '{"a": 1}', "no list of rows"),
        ("x.json", "[1, 2", "no list of rows"),
        ("x.csv", "sim_id,key,step,time,value\na,b,one,,1\n", "not as it was written"),
        ("x.csv", "", "not as it was written"),
        pytest.param(
            *("x.parquet", "no parquet", "not as it was written"),
            marks=pytest.mark.skipif(not HAS_PARQUET, reason="needs pyarrow"),
        ),
    ],
)
def test_other_files_are_refused(tmp_path, name, content, words):
    (tmp_path / name).write_text(content)
    with pytest.raises(InvalidArgumentError) as caught:
        read_frame(tmp_path / name)
    assert words in str(caught.value)


def test_without_pyarrow_parquet_names_the_extra(full, tmp_path, monkeypatch):
    monkeypatch.setattr(files.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingDependencyError, match=r"gymdash-jupyter\[tables\]"):
        to_parquet(full, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_any_other_frame_can_be_written(tmp_path):
    wide = pd.DataFrame(
        {"a": [1.5, math.nan], 3: [[1], None]}, index=pd.Index([1, 2], name="step")
    )
    for form in HERE:
        write_frame(wide, form, tmp_path / f"x.{form}")
    assert (tmp_path / "x.csv").read_text() == "step,a,3\n1,1.5,[1]\n2,,\n"
    assert json.loads((tmp_path / "x.json").read_text()) == [
        {"step": 1, "a": 1.5, "3": [1]},
        {"step": 2, "a": None, "3": None},
    ]
    if HAS_PARQUET:
        assert pd.read_parquet(tmp_path / "x.parquet")["a"].isna().tolist() == [False, True]


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
numbers = st.floats(allow_nan=True)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_any_words_and_numbers_come_back(tmp_path, data):
    n = data.draw(st.integers(0, 4))

    def column(strategy):
        return data.draw(st.lists(strategy, min_size=n, max_size=n))

    micros = st.integers(-(10**15), 4 * 10**15)
    times = pd.DatetimeIndex(np.array(column(micros), dtype="datetime64[us]")).tz_localize("UTC")
    requests = pd.DataFrame(
        {
            **{
                name: pd.Index(column(texts), dtype=pd.Index([""]).dtype)
                for name in ("sim_id", "request_id", "channel", "details")
            },
            "subkeys": pd.Series(
                [tuple(each) for each in column(st.lists(texts, max_size=2))], dtype=object
            ),
            "time": times,
            "is_open": np.array(column(st.booleans()), dtype=bool),
        }
    )
    scalars = pd.DataFrame(
        {
            "sim_id": pd.Categorical(["s"] * n),
            "key": pd.Categorical(["k"] * n),
            "step": np.array(column(st.integers(-(2**63), 2**63 - 1)), dtype=np.int64),
            "time": times,
            "value": np.array(column(numbers), dtype=np.float64),
        }
    )
    for form in HERE:
        path = Path(tmp_path, f"requests.{form}")
        write_frame(requests, form, path)
        if n or form != "json":
            told = read_frame(path)
            pd.testing.assert_frame_equal(told, requests, check_exact=True)
        if form != "json":
            write_frame(scalars, form, path)
            told = read_frame(path)[["step", "time", "value"]]
            pd.testing.assert_frame_equal(
                told, scalars[["step", "time", "value"]], check_exact=True
            )
