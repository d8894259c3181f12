"""What other programs write in event files is read as TensorBoard's own reader reads it, to the bit."""

from __future__ import annotations

import io
import wave
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tensorboard.compat.proto.event_pb2 import SessionLog
from tensorboard.util.tensor_util import make_tensor_proto

from gymdash_jupyter.streams.tensorboard import EventFolder, event_folders
from tests.streams.event_files import (
    NAME,
    Event,
    Summary,
    as_tensorboard_reads,
    as_tuples,
    same,
    scalar,
    tensor,
    write_events,
)


def test_scalars_are_read_as_tensorboard_reads_them(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=3000) * 10.0 ** rng.integers(-30, 30, 3000)
    values[::97], values[1::97], values[2::97] = np.nan, np.inf, -np.inf
    events = [
        scalar(f"key{i % 7}" + "x" * (i % 3), int(step), float(np.float32(value)), 1.7e9 + i / 7)
        for i, (step, value) in enumerate(zip(rng.integers(-5, 2**40, 3000), values, strict=True))
    ]
    write_events(tmp_path / NAME, events)
    news = EventFolder(tmp_path).read()
    expected = as_tensorboard_reads(tmp_path)
    assert news.problems == ()
    assert news.scalars.keys() == expected.keys()
    for key, series in news.scalars.items():
        assert same(as_tuples(series), expected[key])


def test_negative_and_huge_steps_stay(tmp_path: Path) -> None:
    steps = [0, -1, 5, 5, 3, -(2**63), 2**63 - 1, 127, 128, 2**35] * 40
    write_events(tmp_path / NAME, [scalar("a", step, i) for i, step in enumerate(steps)])
    series = EventFolder(tmp_path).read().scalars["a"]
    assert series.steps.tolist() == steps
    assert series.values.tolist() == list(range(len(steps)))


def test_torch_is_read(tmp_path: Path) -> None:
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(str(tmp_path)) as writer:
        for step in range(200):
            writer.add_scalar("loss", 1 / (step + 1), step)
            writer.add_scalar("new", step**2, step, new_style=True)
            writer.add_scalar("double", 0.1 * step, step, new_style=True, double_precision=True)
        writer.add_scalars("many", {"a": 1.0, "b": 2.0}, 3)
        picture = np.arange(5 * 4 * 3, dtype=np.uint8).reshape(5, 4, 3)
        writer.add_image("picture", picture, 7, dataformats="HWC")
        writer.add_text("note", "hello <b>", 8)
        writer.add_audio("sound", np.zeros((1, 800), np.float32), 9, sample_rate=8000)
        writer.add_histogram("weights", np.array([1.0, 2.0, 2.0, 3.0]), 10)
    folder = EventFolder(tmp_path)
    news = folder.read()
    assert news.problems == ()
    expected = as_tensorboard_reads(tmp_path)
    for key in ("loss", "new", "double"):
        assert same(as_tuples(news.scalars[key]), expected[key])
    assert news.scalars["double"].values[3] == 0.1 * 3
    image, text, sound = news.media
    assert (image.key, image.kind, image.step, image.extension) == ("picture", "image", 7, ".png")
    assert np.array_equal(np.array(Image.open(io.BytesIO(image.data))), picture)
    assert (text.key, text.data, text.step) == ("note/text_summary", b"hello <b>", 8)
    assert sound.info["sample_rate"] == 8000
    (histogram,) = news.histograms
    assert histogram.counts.sum() == 4
    assert (histogram.left[0], histogram.right[-1]) == (1.0, 3.0)
    assert (histogram.left[1:] == histogram.right[:-1]).all()
    assert folder.tags == {
        "loss": "scalars",
        "new": "scalars",
        "double": "scalars",
        "picture": "images",
        "note/text_summary": "text",
        "sound": "audio",
        "weights": "histograms",
    }
    assert [path.name for path in event_folders(tmp_path)] == [tmp_path.name, "many_a", "many_b"]


@pytest.mark.parametrize(
    "dtype", ["float16", "float32", "float64", "int32", "int64", "uint8", "bool"]
)
def test_tensors_of_any_type_are_scalars(tmp_path: Path, dtype: str) -> None:
    numbers = np.array([0, 1, 2.5, 100]).astype(dtype)
    events = [
        tensor("a", i, make_tensor_proto(number, shape=()), "scalars" if i == 0 else "")
        for i, number in enumerate(numbers)
    ]
    write_events(tmp_path / NAME, events)
    series = EventFolder(tmp_path).read().scalars["a"]
    assert series.values.tolist() == numbers.astype(float).tolist()


def test_several_values_in_one_event_keep_their_order(tmp_path: Path) -> None:
    def event(i: int) -> Event:
        return Event(
            step=i,
            summary=Summary(
                value=[
                    Summary.Value(tag=key, simple_value=i * 10 + j) for j, key in enumerate("aba")
                ]
            ),
        )

    write_events(tmp_path / NAME, [event(i) for i in range(100)])
    scalars = EventFolder(tmp_path).read().scalars
    assert scalars["b"].values.tolist() == [i * 10 + 1 for i in range(100)]
    assert scalars["a"].values.tolist() == [i * 10 + j for i in range(100) for j in (0, 2)]


def test_lengths_that_repeat_and_then_change_are_followed(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    keys = ["a", "bb", "ccc", "a", "dddddd"]
    order = [keys[i % 5] for i in range(9000)]  # what repeats is guessed
    order[7777] = "e" * 30
    order += [keys[i] for i in rng.integers(0, 5, 2000)]
    write_events(tmp_path / NAME, [scalar(key, i, i) for i, key in enumerate(order)])
    scalars = EventFolder(tmp_path).read().scalars
    for key in set(order):
        assert scalars[key].steps.tolist() == [i for i, one in enumerate(order) if one == key]


def test_hundreds_of_keys_of_one_length_are_told_apart(tmp_path: Path) -> None:
    keys = [f"layer{i:04}/weight" for i in range(500)]
    write_events(tmp_path / NAME, [scalar(key, i, i) for i in range(8) for key in keys])
    scalars = EventFolder(tmp_path).read().scalars
    assert list(scalars) == keys
    assert all(series.values.tolist() == list(range(8)) for series in scalars.values())


def _png(value: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (3, 2), (value, 0, 0)).save(file, "PNG")
    return file.getvalue()


def _wav(rate: int) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(2)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(bytes(400))
    return file.getvalue()


def test_tensors_of_texts_are_what_their_plugin_makes_of_them(tmp_path: Path) -> None:
    bins = np.array([[0.0, 1.0, 4.0], [1.0, 2.0, 5.0]])
    events = [
        tensor("i", 1, make_tensor_proto([b"3", b"2", _png(1), _png(2)]), "images"),
        tensor(
            "i", 2, make_tensor_proto([b"3", b"2", _png(3)])
        ),  # the first event told the plugin
        tensor("s", 3, make_tensor_proto([[_wav(8000), b""], [_wav(44100), b"loud"]]), "audio"),
        tensor("t", 4, make_tensor_proto("one"), "text"),
        tensor("t", 5, make_tensor_proto(["one", "two"])),
        tensor("t", 6, make_tensor_proto([["a", "b"], ["c", "d"]])),
        tensor("h", 7, make_tensor_proto(bins), "histograms"),
        tensor("p", 8, make_tensor_proto(bins), "pr_curves"),
        tensor("p", 9, make_tensor_proto(bins)),
    ]
    write_events(tmp_path / NAME, events)
    folder = EventFolder(tmp_path)
    news = folder.read()
    assert [(one.key, one.step, one.info.get("index")) for one in news.media] == [
        ("i", 1, 0),
        ("i", 1, 1),
        ("i", 2, None),
        ("s", 3, 0),
        ("s", 3, 1),
        ("t", 4, None),
        ("t", 5, None),
        ("t", 6, None),
    ]
    assert [one.data for one in news.media[:5]] == [
        _png(1),
        _png(2),
        _png(3),
        _wav(8000),
        _wav(44100),
    ]
    assert news.media[0].info["width"] == 3
    assert (news.media[4].info["sample_rate"], news.media[4].info["label"]) == (44100, "loud")
    texts = [(one.data.decode(), one.extension) for one in news.media[5:]]
    assert texts == [
        ("one", ".txt"),
        ("one\ntwo", ".txt"),
        ("| | |\n|---|---|\n| a | b |\n| c | d |", ".md"),
    ]
    (histogram,) = news.histograms
    assert (
        np.stack([histogram.left, histogram.right, histogram.counts], axis=1).tolist()
        == bins.tolist()
    )
    assert news.problems == (
        f"{tmp_path}: What TensorBoard's plugin 'pr_curves' keeps is not read.",
    )
    assert folder.tags == {"i": "images", "s": "audio", "t": "text", "h": "histograms"}


def test_what_was_written_before_a_restart_stays(tmp_path: Path) -> None:
    restart = Event(step=5, session_log=SessionLog(status=SessionLog.START))
    before, after = (
        [scalar("a", step, step + 0.5) for step in steps] for steps in (range(9), range(5, 9))
    )
    write_events(tmp_path / NAME, [*before, restart, *after])
    series = EventFolder(tmp_path).read().scalars["a"]
    assert series.steps.tolist() == [*range(9), *range(5, 9)]
