"""What a folder's files are is read from their names and a glance into them."""

from __future__ import annotations

import io
import os
import wave
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gymdash_jupyter.foreign.left_behind import KINDS
from gymdash_jupyter.streams.complete_files import file_facts
from gymdash_jupyter.streams.media_folder import MediaFolder, step_of
from gymdash_jupyter.video.encoder import VideoEncoder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("stem", "step", "said"),
    [
        ("rl-video-episode-12_3456", 3456, {"episode": 12}),
        ("rl-video-step-12_3456", 3456, {"episode": 12}),
        ("rl-video-episode-0_-1", -1, {"episode": 0}),
        ("rl-video-step-0_-1", -1, {"episode": 0}),
        ("rl-video-episode-27", 27, {"episode": 27}),
        ("rl-video-step-4000", 4000, {}),
        ("my-own-prefix-episode-3_77", 77, {"episode": 3}),
        ("sample_100", 100, {}),
        ("sample_-5", -5, {}),
        ("2024-05-06", 6, {}),
        ("step7 of 9", 9, {}),
        ("007", 7, {}),
        ("loss", None, {}),
        ("", None, {}),
        ("x_99999999999999999999999", None, {}),
        ("x_9223372036854775808", None, {}),
        ("x_9223372036854775807", 2**63 - 1, {}),
    ],
)
def test_step_and_episode_are_in_the_name(
    stem: str, step: int | None, said: dict[str, int]
) -> None:
    assert step_of(stem) == (step, said)


@given(episode=st.integers(0, 2**63 - 1), step=st.integers(-1, 2**63 - 1), kind=st.booleans())
def test_gymdashs_names_are_read_back(episode: int, step: int, kind: bool) -> None:
    stem = f"rl-video-{'step' if kind else 'episode'}-{episode}_{step}"
    assert step_of(stem) == (step, {"episode": episode})


@given(st.text())
def test_any_name_has_a_step_that_fits_or_none(stem: str) -> None:
    step, _ = step_of(stem)
    assert step is None or -(2**63) <= step < 2**63


def png(size: int = 8) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (size, size)).save(file, "PNG")
    return file.getvalue()


def put(folder: Path, path: str, content: bytes | None = None) -> Path:
    whole = folder / path
    whole.parent.mkdir(parents=True, exist_ok=True)
    whole.write_bytes(png() if content is None else content)
    return whole


def found(folder: Path) -> list[tuple[str, str, int]]:
    return [(file.key, file.kind, file.step) for file in MediaFolder(folder, KINDS).look()]


def test_a_key_is_the_folder_below_media(tmp_path: Path) -> None:
    put(tmp_path, "media/a/b/x_3.png")
    put(tmp_path, "media/x_2.png")
    put(tmp_path, "films/eval/x_1.png")
    put(tmp_path, "x_4.png")
    assert found(tmp_path) == [
        ("a/b", "image", 3),
        ("films/eval", "image", 1),
        ("image", "image", 2),
        ("image", "image", 4),
    ]


def test_texts_are_media_in_media_only(tmp_path: Path) -> None:
    put(tmp_path, "media/notes/n_1.txt", b"hello")
    put(tmp_path, "progress.csv", b"a,b")
    put(tmp_path, "config.json", b"{}")
    assert found(tmp_path) == [("notes", "text", 1)]


def test_checkpoints_hidden_and_other_files_are_no_media(tmp_path: Path) -> None:
    for path in ("checkpoints/a_1.png", "media/.thumbs/a_1.png", "media/.a_1.png", ".git/a_1.png"):
        put(tmp_path, path)
    put(tmp_path, "media/a/model_1.zip", b"zip")
    assert found(tmp_path) == []


def test_names_without_a_number_are_numbered_by_age(tmp_path: Path) -> None:
    for name, age in (("c", 1), ("a", 2), ("b", 3)):
        os.utime(put(tmp_path, f"media/k/{name}.png"), (1e9 + age, 1e9 + age))
    files = MediaFolder(tmp_path, KINDS).look()
    assert [(file.path, file.step) for file in files] == [
        ("media/k/c.png", 0),
        ("media/k/a.png", 1),
        ("media/k/b.png", 2),
    ]


def test_links_are_not_followed(tmp_path: Path) -> None:
    put(tmp_path, "elsewhere/a/x_1.png")
    own = tmp_path / "own" / "media"
    own.mkdir(parents=True)
    (own / "a").symlink_to(tmp_path / "elsewhere" / "a")
    (own / "x_2.png").symlink_to(tmp_path / "elsewhere" / "a" / "x_1.png")
    assert found(tmp_path / "own") == []


def test_a_folder_that_is_not_there_has_nothing(tmp_path: Path) -> None:
    assert found(tmp_path / "nothing") == []


def film() -> bytes:
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "film.mp4"
        encoder = VideoEncoder(path, fps=10)
        for shade in range(12):
            encoder.add(np.full((32, 48, 3), shade * 20, np.uint8))
        encoder.close()
        return path.read_bytes()


def sound() -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(8000)
        writer.writeframes(bytes(200))
    return file.getvalue()


def picture(kind: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (16, 16), "red").save(file, kind)
    return file.getvalue()


WHOLE = {
    "x.mp4": film(),
    "x.wav": sound(),
    "x.png": png(),
    "x.jpg": picture("JPEG"),
    "x.gif": picture("GIF"),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_is_complete_with_its_last_byte_and_not_before(tmp_path: Path, name: str) -> None:
    whole, path = WHOLE[name], tmp_path / name
    path.write_bytes(whole)
    assert file_facts(path) is not None
    for n in {0, 1, 7, 8, 40, len(whole) // 2, len(whole) - 40, len(whole) - 9, len(whole) - 1}:
        path.write_bytes(whole[:n])
        assert file_facts(path) is None, n


def test_a_film_says_its_size_and_length(tmp_path: Path) -> None:
    path = put(tmp_path, "film.mp4", WHOLE["x.mp4"])
    facts = file_facts(path)
    assert facts == {"width": 48, "height": 32, "duration_s": pytest.approx(1.2, abs=0.01)}


@given(content=st.binary(max_size=200), name=st.sampled_from(sorted(WHOLE)))
def test_no_content_makes_it_fail(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str
) -> None:
    path = tmp_path_factory.getbasetemp() / f"any-{name}"
    path.write_bytes(content)
    facts = file_facts(path)
    assert facts is None or isinstance(facts, dict)


@given(place=st.integers(0, len(WHOLE["x.mp4"]) - 1), byte=st.integers(0, 255))
def test_no_changed_byte_of_a_film_makes_it_fail(
    tmp_path_factory: pytest.TempPathFactory, place: int, byte: int
) -> None:
    content = bytearray(WHOLE["x.mp4"])
    content[place] = byte
    path = tmp_path_factory.getbasetemp() / "changed.mp4"
    path.write_bytes(content)
    facts = file_facts(path)
    assert facts is None or facts.get("duration_s", 1) > 0
