"""What cannot be recorded is said once, and harms nobody."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gymdash_jupyter.recorder import Recorder
from gymdash_jupyter.states import SimState
from tests.media.conftest import RunSaying, files, problems, saying

IMAGE = np.zeros((4, 6, 3), np.uint8)


class Hostile:
    """Fail whatever is asked."""

    def __array__(self, *args: Any, **kwargs: Any) -> np.ndarray:
        raise RuntimeError("boom")

    def __str__(self) -> str:
        raise RuntimeError("boom")

    def __iter__(self) -> Iterator[Any]:
        raise RuntimeError("boom")


def broken_frames() -> Iterator[np.ndarray]:
    yield IMAGE
    raise RuntimeError("boom")


CASES: list[tuple[str, Callable[[Recorder, int], object], str]] = [
    (
        "image",
        lambda r, s: r.image("k", IMAGE.transpose(2, 0, 1), s),
        r"\(3, 4, 6\) \(channels first\?",
    ),
    ("image", lambda r, s: r.image("k", np.zeros((5, 6, 2)), s), r"shape \(5, 6, 2\); expected"),
    ("image", lambda r, s: r.image("k", np.zeros((0, 6, 3)), s), r"shape \(0, 6, 3\)"),
    ("image", lambda r, s: r.image("k", np.zeros(5), s), r"shape \(5,\)"),
    ("image", lambda r, s: r.image("k", None, s), "NoneType of dtype object"),
    ("image", lambda r, s: r.image("k", [[1], [2, 3]], s), "list"),
    (
        "image",
        lambda r, s: r.image("k", IMAGE * 200.0 + 200.0, s),
        "from 200 to 200; divide it by 255",
    ),
    ("image", lambda r, s: r.image("k", np.full((2, 2), -0.5), s), "values from -0.5"),
    ("image", lambda r, s: r.image("k", np.full((2, 2), np.nan), s), "values from nan"),
    ("image", lambda r, s: r.image("k", np.full((2, 2), 256), s), "values from 256"),
    ("image", lambda r, s: r.image("k", np.zeros((2, 2), complex), s), "dtype complex128"),
    (
        "image",
        lambda r, s: r.image("k", np.empty((10_000, 10_000), bool), s),
        "more than 67,108,864",
    ),
    ("image", lambda r, s: r.image("k", Hostile(), s), "RuntimeError: boom"),
    ("image", lambda r, s: r.image("k", "/nowhere/x.png", s), "No such file"),
    ("image", lambda r, s: r.image("k", "x.tiff", s), "expected one of type png, jpg"),
    ("image", lambda r, s: r.image("k", __file__, s), "expected one of type png, jpg"),
    ("image", lambda r, s: r.figure("k", IMAGE, s), "expected a matplotlib figure"),
    ("audio", lambda r, s: r.audio("k", [0.0], s), "sample_rate must be"),
    ("audio", lambda r, s: r.audio("k", [0.0], s, sample_rate=0.5), "sample_rate must be"),
    ("audio", lambda r, s: r.audio("k", [2.0], s, sample_rate=8000), "values from 2 to 2"),
    ("audio", lambda r, s: r.audio("k", [1, 2], s, sample_rate=8000), "dtype int64"),
    (
        "audio",
        lambda r, s: r.audio("k", np.zeros((2, 999)), s, sample_rate=8000),
        r"Give samples.T",
    ),
    ("audio", lambda r, s: r.audio("k", [], s, sample_rate=8000), r"shape \(0,\)"),
    ("text", lambda r, s: r.text("k", 3, s), "got int; expected a str"),
    ("text", lambda r, s: r.text("k", Path("/nowhere.txt"), s), "No such file"),
    (
        "video",
        lambda r, s: r.video("k", IMAGE, s),
        r"shape \(4, 6, 3\); expected an array of shape \(frames",
    ),
    ("video", lambda r, s: r.video("k", [], s), "at least one frame"),
    ("video", lambda r, s: r.video("k", 3, s), "got int"),
    (
        "video",
        lambda r, s: r.video("k", [IMAGE, IMAGE[:2]], s),
        "all frames of a video have one shape",
    ),
    ("video", lambda r, s: r.video("k", broken_frames(), s), "RuntimeError: boom"),
    ("video", lambda r, s: r.video("k", Hostile(), s), "RuntimeError: boom"),
    ("video", lambda r, s: r.video("k", [IMAGE], s, fps=0), "fps must be"),
    ("video", lambda r, s: r.video("k", [IMAGE], s, fps="x"), "fps must be"),
]


@pytest.mark.parametrize(("kind", "say", "expected"), CASES, ids=range(len(CASES)))
def test_bad_input_is_one_status_and_no_file(
    run_saying: RunSaying, kind: str, say: Callable[[Recorder, int], object], expected: str
) -> None:
    def twice(recorder: Recorder) -> None:
        say(recorder, 1)
        say(recorder, 2)

    simulation = run_saying(twice)
    assert simulation.state is SimState.SUCCEEDED
    (problem,) = problems(simulation)
    assert problem.startswith(f"The {kind} 'k' was not recorded: ")
    assert re.search(expected, problem), problem
    assert simulation.media() == []
    assert files(simulation) == []


@pytest.mark.parametrize("step", [None, "x", 2**63, 1.5e300, Hostile()])
def test_a_bad_step_is_said(run_saying: RunSaying, step: object) -> None:
    simulation = run_saying(lambda recorder: recorder.image("k", IMAGE, step))
    (problem,) = problems(simulation)
    assert "step" in problem
    assert files(simulation) == []


def test_any_object_is_a_key(run_saying: RunSaying) -> None:
    simulation = run_saying(lambda recorder: recorder.image(Hostile(), IMAGE, 1))  # type: ignore[arg-type]
    (item,) = simulation.media()
    assert item.key == "a Hostile"


@pytest.mark.parametrize("kind", ["folder", "pipe", "device"])
def test_only_regular_files_are_copied(run_saying: RunSaying, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x.png"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")
    simulation = run_saying(lambda recorder: recorder.image("k", path, 1))
    (problem,) = problems(simulation)
    assert "regular file" in problem or "directory" in problem
    assert files(simulation) == []


@pytest.mark.parametrize(("name", "kind"), [("x.png", "image"), ("x.mp4", "video")])
def test_a_file_that_is_not_what_its_name_says_is_not_kept(
    run_saying: RunSaying, tmp_path: Path, name: str, kind: str
) -> None:
    path = tmp_path / name
    path.write_text("#EXTM3U\n#EXTINF:1,\n/etc/passwd\n")
    simulation = run_saying(lambda recorder: getattr(recorder, kind)("k", path, 1))
    (problem,) = problems(simulation)
    assert "cannot be read as" in problem
    assert files(simulation) == []


def test_without_a_project_nothing_is_written_and_one_status_says_so(tmp_path: Path) -> None:
    def say(recorder: Recorder) -> None:
        for step in range(3):
            recorder.image("k", IMAGE, step)
            recorder.video("k", [IMAGE], step)
            recorder.audio("k", [0.0], step, sample_rate=8000)
            recorder.text("k", "x", step)
            clip = recorder.clip("k")
            clip.add(IMAGE)
            clip.close(step)

    simulation = saying(say)
    simulation.run()
    (problem,) = problems(simulation)
    assert "No project is open" in problem
    assert simulation.media() == []


def test_what_comes_after_the_end_is_refused_in_words(
    run_saying: RunSaying, caplog: pytest.LogCaptureFixture
) -> None:
    simulation = run_saying(lambda recorder: recorder.image("k", IMAGE, 1))
    before = files(simulation)
    simulation.recorder.image("k", IMAGE, 2)
    simulation.recorder.video("k", [IMAGE], 2)
    assert files(simulation) == before
    assert "has ended" in caplog.text


def test_a_video_that_was_begun_and_not_closed_leaves_nothing(run_saying: RunSaying) -> None:
    def say(recorder: Recorder) -> None:
        clip = recorder.clip("k")
        for _ in range(10):
            clip.add(IMAGE)

    simulation = run_saying(say)
    assert problems(simulation) == ["A video 'k' was begun and not closed; it is gone."]
    assert files(simulation) == []
