"""What is encoded plays in browsers, and holds what was put in."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from gymdash_jupyter.errors import MediaError, MissingDependencyError
from gymdash_jupyter.video import VideoEncoder, VideoFacts, encoder, probe_video, read_frame
from tests.video.reading import boxes, decoded, grey, greys

pytest.importorskip("av")


def encode(path: Path, frames: list[np.ndarray], fps: float = 30) -> VideoFacts:
    video = VideoEncoder(path, fps=fps)
    for frame in frames:
        video.add(frame)
    return video.close()


def test_a_video_is_what_browsers_play(tmp_path: Path) -> None:
    path = tmp_path / "v.mp4"
    facts = encode(path, [grey(n) for n in range(50)])
    seen, frames = decoded(path)
    assert seen == {
        "codec": "h264",
        "pix_fmt": "yuv420p",
        "width": 48,
        "height": 32,
        "fps": 30.0,
        "n_streams": 1,
    }
    assert greys(frames) == list(range(50))
    order = boxes(path)
    assert order.index("moov") < order.index("mdat")
    assert facts == VideoFacts(width=48, height=32, n_frames=50, fps=30.0, duration_s=50 / 30)
    assert probe_video(path) == facts


@pytest.mark.parametrize("height", [1, 2, 31, 32])
@pytest.mark.parametrize("width", [1, 2, 47, 48])
def test_any_size_becomes_even_by_repeating_the_edge(
    tmp_path: Path, height: int, width: int
) -> None:
    frame = np.zeros((height, width, 3), np.uint8)
    frame[:, -1] = 255
    facts = encode(tmp_path / "v.mp4", [frame] * 3)
    seen, frames = decoded(tmp_path / "v.mp4")
    assert (seen["width"], seen["height"]) == (width + width % 2, height + height % 2)
    assert (facts.width, facts.height) == (seen["width"], seen["height"])
    assert frames[0][:, -1].mean() > 120
    if width > 8:
        assert frames[0][:, : width - 4].mean() < 20


@pytest.mark.parametrize("fps", [0.5, 10, 29.97, 30, 60, 240])
def test_frames_a_second_are_kept(tmp_path: Path, fps: float) -> None:
    facts = encode(tmp_path / "v.mp4", [grey(n) for n in range(10)], fps)
    seen, frames = decoded(tmp_path / "v.mp4")
    assert seen["fps"] == pytest.approx(fps, rel=1e-3)
    assert len(frames) == 10
    assert facts.duration_s == pytest.approx(10 / fps, rel=1e-3)
    assert probe_video(tmp_path / "v.mp4").duration_s == pytest.approx(10 / fps, rel=1e-3)


def test_colours_are_kept(tmp_path: Path) -> None:
    frame = np.zeros((64, 96, 3), np.uint8)
    frame[:, :32], frame[:, 32:64], frame[:, 64:] = (230, 20, 20), (20, 230, 20), (20, 20, 230)
    encode(tmp_path / "v.mp4", [frame] * 5)
    shown = decoded(tmp_path / "v.mp4")[1][2]
    for middle in (16, 48, 80):
        assert np.abs(shown[32, middle].astype(int) - frame[32, middle]).max() < 12


def test_arrays_of_any_layout_are_frames(tmp_path: Path) -> None:
    turned = grey(5).transpose(1, 0, 2)
    encode(tmp_path / "v.mp4", [turned, turned[::-1], np.asfortranarray(turned)])
    seen, frames = decoded(tmp_path / "v.mp4")
    assert (seen["width"], seen["height"], greys(frames)) == (32, 48, [5, 5, 5])


@pytest.mark.parametrize(
    ("at", "expected"), [(0.0, 0), (0.5, 100), (1.0, 199), (0.25, 50), (-3, 0)]
)
def test_a_picture_is_found_by_its_place(tmp_path: Path, at: float, expected: int) -> None:
    frames = [np.full((32, 48, 3), 20 + n, np.uint8) for n in range(200)]
    encode(tmp_path / "v.mp4", frames)
    found = float(read_frame(tmp_path / "v.mp4", at).mean()) - 20
    assert abs(found - expected) <= 3


def test_a_video_can_be_discarded_at_any_time(tmp_path: Path) -> None:
    for n in range(3):
        video = VideoEncoder(tmp_path / "v.mp4")
        for _ in range(n):
            video.add(grey(1))
        video.discard()
        video.discard()
    assert list(tmp_path.iterdir()) == []


def test_bad_frames_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="at least one frame"):
        VideoEncoder(tmp_path / "v.mp4").close()
    for bad in (np.zeros((4, 4)), np.zeros((4, 4, 4), np.uint8), np.zeros((0, 4, 3), np.uint8)):
        with pytest.raises(MediaError, match="a frame is uint8 of shape"):
            VideoEncoder(tmp_path / "v.mp4").add(bad)
    video = VideoEncoder(tmp_path / "v.mp4")
    video.add(grey(1))
    with pytest.raises(MediaError, match="frame 1 has"):
        video.add(grey(1, height=30))
    video.discard()


@pytest.mark.parametrize("fps", [0, -1, float("nan"), float("inf"), "x", None, 1e6])
def test_bad_fps_are_refused(tmp_path: Path, fps: object) -> None:
    with pytest.raises(MediaError, match="fps must be"):
        VideoEncoder(tmp_path / "v.mp4", fps=fps)  # type: ignore[arg-type]


def test_a_place_that_cannot_be_written_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        VideoEncoder(tmp_path / "missing" / "v.mp4").add(grey(1))


def test_what_is_no_video_is_refused(tmp_path: Path) -> None:
    for name, content in [
        ("a.mp4", b""),
        ("b.mp4", b"#EXTM3U\nx"),
        ("c.webm", b"x" * 999),
        ("d.avi", b""),
    ]:
        (tmp_path / name).write_bytes(content)
        for look in (probe_video, read_frame):
            with pytest.raises(MediaError, match="cannot be read as a video"):
                look(tmp_path / name)  # type: ignore[operator]


def test_a_cut_file_is_refused_or_read_as_far_as_it_goes(tmp_path: Path) -> None:
    encode(tmp_path / "v.mp4", [grey(n) for n in range(50)])
    whole = (tmp_path / "v.mp4").read_bytes()
    for length in range(0, len(whole), 97):
        (tmp_path / "cut.mp4").write_bytes(whole[:length])
        with suppress(MediaError):
            assert read_frame(tmp_path / "cut.mp4").shape == (32, 48, 3)


def test_without_libx264_videos_are_vp9(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import av

    encoder._codec.cache_clear()
    monkeypatch.setattr(av, "codecs_available", {"libvpx-vp9"})
    try:
        assert encoder.video_extension() == ".webm"
        facts = encode(tmp_path / "v.webm", [grey(n) for n in range(30)])
        seen, frames = decoded(tmp_path / "v.webm")
        assert seen["codec"] in ("vp9", "libvpx-vp9")
        assert seen["pix_fmt"] == "yuv420p"
        assert greys(frames) == list(range(30))
        assert facts.n_frames == 30
        monkeypatch.setattr(av, "codecs_available", set())
        encoder._codec.cache_clear()
        with pytest.raises(MissingDependencyError, match="neither"):
            encoder.video_extension()
    finally:
        encoder._codec.cache_clear()


def test_without_pyav_the_error_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'gymdash-jupyter\[video\]'"):
        VideoEncoder(tmp_path / "v.mp4")


def test_the_room_loads_neither_pyav_nor_gymnasium() -> None:
    code = (
        "import sys, gymdash_jupyter.video, gymdash_jupyter.recorder;"
        "print([m for m in ('av', 'gymnasium', 'numpy', 'PIL', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
