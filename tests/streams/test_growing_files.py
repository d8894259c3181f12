"""Event files that are still written, copied, damaged or not files at all: nothing comes twice, nothing raises."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tensorboard.util.tensor_util import make_tensor_proto

from gymdash_jupyter.streams.tensorboard import EventFolder, event_folders
from tests.streams.event_files import (
    NAME,
    Event,
    Summary,
    as_tuples,
    same,
    scalar,
    tensor,
    write_events,
)

_PICTURE = b"\x89PNG\r\n\x1a\n and so on"


def _image(key: str, step: int) -> Event:
    image = Summary.Image(width=2, height=1, encoded_image_string=_PICTURE + bytes([step % 251]))
    return Event(
        wall_time=3.0, step=step, summary=Summary(value=[Summary.Value(tag=key, image=image)])
    )


def _text(key: str, step: int) -> Event:
    return tensor(key, step, make_tensor_proto([f"words {step}"]), "text")


def _both(key: str, step: int) -> Event:
    values = [
        Summary.Value(tag=key, simple_value=step % 7),
        Summary.Value(tag="b", simple_value=-1),
    ]
    return Event(wall_time=2.5, step=step, summary=Summary(value=values))


def _double(key: str, step: int) -> Event:
    return tensor(f"{key}/double", step, make_tensor_proto(step / 3, dtype=np.float64), "scalars")


def _half(key: str, step: int) -> Event:
    return tensor(f"{key}/half", step, make_tensor_proto(step % 100, dtype=np.float16), "scalars")


_STEPS = st.one_of(st.integers(0, 300), st.integers(-(2**63), 2**63 - 1))
_SCALARS = st.builds(
    scalar,
    st.sampled_from(["a", "b", "a/long/key", "größe", ""]),
    _STEPS,
    st.floats(width=32),
    st.floats(allow_nan=False),
)
_OTHERS = st.builds(
    lambda make, key, step: make(key, step),
    st.sampled_from([_image, _text, _both, _double, _half]),
    st.sampled_from(["m", "n"]),
    _STEPS,
)
_EVENTS = st.lists(st.one_of(_SCALARS, _SCALARS, _OTHERS), min_size=1, max_size=60)


class _Seen:
    """Add up what an event folder gives, call by call."""

    def __init__(self) -> None:
        self.scalars: dict[str, list[tuple[int, float, float]]] = {}
        self.media: list[tuple[str, str, int, bytes]] = []
        self.problems: list[str] = []

    def take(self, folder: EventFolder) -> _Seen:
        news = folder.read()
        for key, series in news.scalars.items():
            self.scalars.setdefault(key, []).extend(as_tuples(series))
        self.media += [(one.key, one.kind, one.step, one.data) for one in news.media]
        self.problems += news.problems
        return self

    def is_like(self, other: _Seen) -> bool:
        return (
            self.scalars.keys() == other.scalars.keys()
            and all(same(points, other.scalars[key]) for key, points in self.scalars.items())
            and self.media == other.media
        )


def _written(events: list[Event]) -> _Seen:
    # What was written, read from the messages themselves.
    seen = _Seen()
    for event in events:
        for value in event.summary.value:
            which = value.WhichOneof("value")
            if which == "image":
                seen.media.append(
                    (value.tag, "image", event.step, value.image.encoded_image_string)
                )
            elif which == "tensor" and value.tensor.string_val:
                seen.media.append((value.tag, "text", event.step, value.tensor.string_val[0]))
            else:
                number = value.simple_value if which == "simple_value" else _number(value.tensor)
                seen.scalars.setdefault(value.tag, []).append(
                    (event.step, event.wall_time, number)
                )
    return seen


def _number(proto: Any) -> float:
    from tensorboard.util.tensor_util import make_ndarray

    return float(make_ndarray(proto).item())


@settings(max_examples=60)
@given(events=_EVENTS, repeats=st.integers(1, 30), data=st.data())
def test_anything_written_is_read_however_it_comes(
    tmp_path_factory: pytest.TempPathFactory,
    events: list[Event],
    repeats: int,
    data: st.DataObject,
) -> None:
    folder = tmp_path_factory.mktemp("log")
    events = events * repeats  # enough of a kind for the fast way
    path = write_events(folder / NAME, events)
    whole = path.read_bytes()
    expected = _written(events)
    assert _Seen().take(EventFolder(folder)).is_like(expected)
    growing = EventFolder(folder)
    path.unlink()
    seen = _Seen().take(growing)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=4)))
    for cut in [*cuts, len(whole)]:
        with path.open("ab") as file:
            file.write(whole[file.tell() : cut])
        seen.take(growing)
    assert seen.is_like(expected)
    assert seen.problems == []


@pytest.fixture
def small(tmp_path: Path) -> tuple[Path, list[Event]]:
    events = [
        scalar("a", 1, 0.5),
        _text("t", 2),
        scalar("b", -3, 1.5),
        _image("i", 4),
        _both("a", 5),
    ]
    return write_events(tmp_path / "log" / NAME, events), events


def test_a_file_cut_at_any_byte_is_completed_without_doubles(
    small: tuple[Path, list[Event]],
) -> None:
    path, events = small
    whole, expected = path.read_bytes(), _written(events)
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        folder = EventFolder(path.parent)
        seen = _Seen().take(folder)
        path.write_bytes(whole)
        assert seen.take(folder).is_like(expected)
        assert seen.problems == []


def test_any_damaged_byte_ends_its_file_where_it_is(small: tuple[Path, list[Event]]) -> None:
    path, events = small
    whole = path.read_bytes()
    ends = [write_events(path, events[:n]).stat().st_size for n in range(len(events) + 1)]
    for at in range(len(whole)):
        damaged = bytearray(whole)
        damaged[at] ^= 0x41
        path.write_bytes(damaged)
        n_before = sum(end <= at for end in ends[1:])
        folder = EventFolder(path.parent)
        seen = _Seen().take(folder)
        assert seen.is_like(_written(events[:n_before] if at >= ends[0] else []))
        assert len(seen.problems) == 1
        assert "is damaged at byte" in seen.problems[0]
        assert folder.read().is_empty


def test_a_damaged_record_among_many_alike_ends_the_file_there(tmp_path: Path) -> None:
    events = [scalar("ab"[i % 2], i, i) for i in range(1000)]
    size = write_events(tmp_path / NAME, events[:700]).stat().st_size
    path = write_events(tmp_path / NAME, events)
    content = bytearray(path.read_bytes())
    content[size + 12 + 20] ^= 1
    path.write_bytes(content)
    write_events(tmp_path / f"{NAME}.2", [scalar("a", 5000, 1.0)])
    news = EventFolder(tmp_path).read()
    assert news.scalars["a"].steps.tolist() == [*range(0, 700, 2), 5000]
    assert news.scalars["b"].steps.tolist() == [*range(1, 700, 2)]
    (problem,) = news.problems
    assert f"{path} is damaged at byte {size}: 700 points were read before it" in problem


@settings(max_examples=200)
@given(content=st.binary(max_size=300))
def test_any_record_that_is_no_event_costs_a_sentence_only(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    from tensorboard.summary.writer.record_writer import RecordWriter

    folder = tmp_path_factory.mktemp("log")
    with (folder / NAME).open("wb") as file:
        writer = RecordWriter(file)
        for record in (
            scalar("a", 1, 2.0).SerializeToString(),
            content,
            scalar("a", 2, 3.0).SerializeToString(),
        ):
            writer.write(record)
    news = EventFolder(folder).read()
    steps = news.scalars["a"].steps.tolist()
    assert steps[0] == 1
    assert steps[-1] == 2


def test_a_copy_that_is_brought_up_to_date_goes_on_where_it_was(tmp_path: Path) -> None:
    events = [scalar("a", i, i) for i in range(100)]
    folder = EventFolder(tmp_path)
    path = write_events(tmp_path / NAME, events[:50])
    seen = _Seen().take(folder)
    newer = write_events(tmp_path / "elsewhere" / NAME, events)
    shutil.copy(newer, tmp_path / "other name")
    (tmp_path / "other name").replace(path)  # as rsync does: another inode
    seen.take(folder)
    path.write_bytes(newer.read_bytes()[:200])  # as scp does: shorter for a moment
    seen.take(folder)
    path.write_bytes(
        write_events(tmp_path / "elsewhere" / NAME, [*events, scalar("a", 100, 1)]).read_bytes()
    )
    seen.take(folder)
    assert [step for step, _, _ in seen.scalars["a"]] == [*range(101)]
    assert seen.problems == []


def test_another_file_under_the_same_name_is_read_from_its_beginning(tmp_path: Path) -> None:
    folder = EventFolder(tmp_path)
    path = write_events(tmp_path / NAME, [scalar("a", i, i) for i in range(10)])
    folder.read()
    content = bytearray(write_events(tmp_path / "x" / NAME, [scalar("b", 1, 1)]).read_bytes())
    path.write_bytes(write_events_begun_at(tmp_path / "x" / NAME, 2.0, [scalar("b", 1, 1)]))
    assert content
    news = folder.read()
    assert list(news.scalars) == ["b"]
    assert "was replaced by another file" in news.problems[0]


def write_events_begun_at(path: Path, time: float, events: list[Event]) -> bytes:
    from tensorboard.summary.writer.record_writer import RecordWriter

    with path.open("wb") as file:
        writer = RecordWriter(file)
        for event in (Event(wall_time=time, file_version="brain.Event:2"), *events):
            writer.write(event.SerializeToString())
    return path.read_bytes()


def test_what_is_no_file_costs_a_sentence_said_once(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    (tmp_path / f"{NAME}.gone").symlink_to(tmp_path / "nowhere")
    (tmp_path / f"{NAME}.empty").touch()
    write_events(tmp_path / f"{NAME}.z", [scalar("a", 1, 1)])
    folder = EventFolder(tmp_path)
    news = folder.read()
    assert len(news.scalars["a"]) == 1
    assert sorted("is not a file" in problem for problem in news.problems) == [False, True]
    assert folder.read().is_empty


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_costs_a_sentence(tmp_path: Path) -> None:
    path = write_events(tmp_path / NAME, [scalar("a", 1, 1)])
    path.chmod(0)
    (problem,) = EventFolder(tmp_path).read().problems
    assert "cannot be read: Permission denied" in problem


def test_a_tag_that_is_not_utf8_is_kept_and_said(tmp_path: Path) -> None:
    path = write_events(tmp_path / NAME, [scalar("loss", 1, 1)])
    content = path.read_bytes()
    record = scalar("loss", 1, 1).SerializeToString()
    from tensorboard.summary.writer.record_writer import RecordWriter

    with path.open("wb") as file:
        file.write(content)
        RecordWriter(file).write(record.replace(b"loss", b"\xff\xfess"))
    news = EventFolder(tmp_path).read()
    assert list(news.scalars) == ["\\xff\\xfess", "loss"]
    assert "A tag is not UTF-8" in news.problems[0]


def test_a_folder_that_comes_later_is_read(tmp_path: Path) -> None:
    folder = EventFolder(tmp_path / "later")
    assert folder.read().is_empty
    write_events(tmp_path / "later" / NAME, [scalar("a", 1, 1)])
    assert len(folder.read().scalars["a"]) == 1
    write_events(tmp_path / "later" / f"{NAME}.2", [scalar("a", 2, 1)])
    assert folder.read().scalars["a"].steps.tolist() == [2]


def test_reading_in_bits_gives_the_same(tmp_path: Path) -> None:
    events = [scalar("ab"[i % 2], i, i) for i in range(500)]
    for i in range(5):
        write_events(tmp_path / f"{NAME}.{i}", events[i * 100 : i * 100 + 100])
    folder = EventFolder(tmp_path)
    steps: list[int] = []
    n_calls = 0
    while True:
        news = folder.read(limit=1)
        n_calls += 1
        steps += news.scalars["a"].steps.tolist() if news.scalars else []
        if not folder.is_behind:
            break
    assert steps == [*range(0, 500, 2)]
    assert n_calls >= 5
    assert folder.read().is_empty


def test_several_threads_share_out_the_news(tmp_path: Path) -> None:
    path = write_events(tmp_path / NAME, [])
    folder = EventFolder(tmp_path)
    counts: list[int] = []

    def look() -> None:
        for _ in range(50):
            counts.extend(len(one) for one in folder.read().scalars.values())

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    whole = write_events(
        tmp_path / "x" / NAME, [scalar("a", i, i) for i in range(300)]
    ).read_bytes()
    for at in range(len(path.read_bytes()), len(whole), 97):
        with path.open("ab") as file:
            file.write(whole[at : at + 97])
    for thread in threads:
        thread.join()
    counts.extend(len(one) for one in folder.read().scalars.values())
    assert sum(counts) == 300


def test_folders_with_event_files_are_found_once_also_through_links(tmp_path: Path) -> None:
    for name in ("b/c", "a", "."):
        write_events(tmp_path / "root" / name / NAME, [])
    (tmp_path / "root" / "none").mkdir()
    (tmp_path / "root" / "circle").symlink_to(tmp_path / "root")
    (tmp_path / "root" / "A link").symlink_to(tmp_path / "root" / "b")
    write_events(tmp_path / "outside" / "d" / NAME, [])
    (tmp_path / "root" / "out").symlink_to(tmp_path / "outside")
    found = [str(path.relative_to(tmp_path / "root")) for path in event_folders(tmp_path / "root")]
    assert found == [".", "a", "b/c", "out/d"]
    assert event_folders(tmp_path / "nowhere") == []
