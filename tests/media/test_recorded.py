"""What a simulation records lies in its folder as other programs expect it, and in the project."""

from __future__ import annotations

import time
import wave
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from gymdash_jupyter.media import media_path, thumbnail_path
from gymdash_jupyter.project import Project
from gymdash_jupyter.recorder import Recorder
from gymdash_jupyter.records import MediaItem
from gymdash_jupyter.simulation import Simulation
from tests.media.conftest import RunSaying, files, problems

RGB = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)


def read(project: Project, item: MediaItem) -> np.ndarray:
    with Image.open(media_path(project, item)) as image:
        assert image.format == "PNG"
        return np.array(image)


def only(simulation: Simulation) -> MediaItem:
    assert problems(simulation) == []
    (item,) = simulation.media()
    return item


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (RGB, RGB),
        (RGB.tolist(), RGB),
        (RGB.astype(np.int64), RGB),
        (RGB[:, :, 0], RGB[:, :, 0]),
        (RGB[:, :, :1], RGB[:, :, 0]),
        (np.dstack([RGB, RGB[:, :, 0]]), np.dstack([RGB, RGB[:, :, 0]])),
        (RGB / 255.0, RGB),
        ((RGB / 255.0).astype(np.float32), RGB),
        (np.full((2, 2), 1.0005), np.full((2, 2), 255)),
        (RGB[:, :, 0] > 127, (RGB[:, :, 0] > 127) * 255),
        (RGB.transpose(1, 0, 2), RGB.transpose(1, 0, 2)),
        (RGB[::-2, ::3], RGB[::-2, ::3]),
        (Image.fromarray(RGB), RGB),
        (Image.fromarray(RGB[:, :, 0]), RGB[:, :, 0]),
        (Image.fromarray(RGB).convert("CMYK").convert("RGB"), RGB),
    ],
)
def test_an_image_is_a_png_with_the_same_pixels(
    run_saying: RunSaying, project: Project, given: object, expected: np.ndarray
) -> None:
    item = only(run_saying(lambda recorder: recorder.image("frame", given, 7, episode=3)))
    assert np.array_equal(read(project, item), expected)
    assert (item.key, item.step, item.kind, item.path) == (
        "frame",
        7,
        "image",
        "media/frame/7_0.png",
    )
    assert (item.info["width"], item.info["height"]) == expected.shape[1::-1]
    assert item.info["episode"] == 3
    assert abs(item.time.timestamp() - time.time()) < 30


def test_a_torch_tensor_is_an_image(run_saying: RunSaying, project: Project) -> None:
    torch = pytest.importorskip("torch")
    item = only(run_saying(lambda recorder: recorder.image("frame", torch.tensor(RGB), 1)))
    assert np.array_equal(read(project, item), RGB)


def test_what_was_recorded_does_not_change_with_its_array(
    run_saying: RunSaying, project: Project
) -> None:
    def say(recorder: Recorder) -> None:
        array = np.zeros((200, 200, 3), np.uint8)
        for step in range(10):
            array[:] = step
            recorder.image("frame", array, step)
            recorder.video("film", [array], step)
        sound = np.zeros(1000)
        recorder.audio("sound", sound, 0, sample_rate=1000)
        sound[:] = 1

    simulation = run_saying(say)
    shown = {item.step: read(project, item) for item in simulation.media() if item.kind == "image"}
    assert {step: set(np.unique(pixels)) for step, pixels in shown.items()} == {
        step: {step} for step in range(10)
    }
    (sound,) = (item for item in simulation.media() if item.kind == "audio")
    with wave.open(str(media_path(project, sound))) as wav:
        assert set(wav.readframes(1000)) == {0}


def test_files_of_one_key_and_step_are_numbered(run_saying: RunSaying) -> None:
    def say(recorder: Recorder) -> None:
        for step in (5, 5, -3, 5, np.int64(6)):
            recorder.image("a/b", RGB, step)

    simulation = run_saying(say)
    names = [Path(item.path).name for item in simulation.media()]
    assert names == ["5_0.png", "5_1.png", "-3_0.png", "5_2.png", "6_0.png"]
    assert {item.key for item in simulation.media()} == {"a/b"}


@pytest.mark.parametrize(
    ("size", "small"),
    [
        ((600, 400), (320, 213)),
        ((400, 600), (143, 214)),
        ((30, 20), (30, 20)),
        ((2000, 1), (320, 1)),
    ],
)
def test_a_small_picture_lies_beside_an_image(
    run_saying: RunSaying, project: Project, size: tuple[int, int], small: tuple[int, int]
) -> None:
    image = np.full((size[1], size[0], 3), (200, 30, 60), np.uint8)
    item = only(run_saying(lambda recorder: recorder.image("frame", image, 7)))
    assert item.info["thumbnail"] == "media/frame/.thumbs/7_0.png.png"
    path = thumbnail_path(project, item)
    assert path is not None
    with Image.open(path) as found:
        assert found.size == small
        assert found.convert("RGB").getpixel((0, 0)) == (200, 30, 60)


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        (np.array([0.0, 1.0, -1.0, 0.5]), [[0], [32767], [-32767], [16384]]),
        (np.array([[0, 1], [-32768, 32767]], np.int16), [[0, 1], [-32768, 32767]]),
        ([0.0, 0.25], [[0], [8192]]),
    ],
)
def test_a_sound_is_a_wav_with_the_same_samples(
    run_saying: RunSaying, project: Project, samples: object, expected: list[list[int]]
) -> None:
    item = only(run_saying(lambda r: r.audio("beep", samples, 2, sample_rate=8000)))
    with wave.open(str(media_path(project, item))) as wav:
        found = np.frombuffer(wav.readframes(99), "<i2").reshape(-1, wav.getnchannels())
        assert (wav.getframerate(), wav.getsampwidth()) == (8000, 2)
    assert found.tolist() == expected
    assert item.kind == "audio"
    assert item.info == {
        "duration_s": len(expected) / 8000,
        "sample_rate": 8000,
        "n_channels": len(expected[0]),
    }


@pytest.mark.parametrize("text", ["", "hällo\r\n<b>&\0 学", "x" * 100_000])
def test_a_text_is_kept_to_the_letter(run_saying: RunSaying, project: Project, text: str) -> None:
    item = only(run_saying(lambda recorder: recorder.text("note", text, 4)))
    assert media_path(project, item).read_bytes().decode("utf-8") == text
    assert (item.kind, item.path) == ("text", "media/note/4_0.txt")


def test_a_text_that_utf8_cannot_hold_is_kept_readable(
    run_saying: RunSaying, project: Project
) -> None:
    item = only(run_saying(lambda recorder: recorder.text("note", "a\ud800b", 4)))
    assert media_path(project, item).read_text("utf-8") == "a\\ud800b"


def test_a_figure_is_drawn_and_left_as_it_was(run_saying: RunSaying, project: Project) -> None:
    import matplotlib.pyplot as plt

    open_before = plt.get_fignums()  # of other tests in this process
    figure = Figure(figsize=(2, 1), dpi=100)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_facecolor("#ff0000")
    canvas = figure.canvas

    def say(recorder: Recorder) -> None:
        recorder.figure("curve", figure, 1)
        axes.set_facecolor("#00ff00")
        recorder.image("curve", figure, 2)

    simulation = run_saying(say)
    red, green = (read(project, item) for item in simulation.media())
    assert red.shape == (100, 200, 4)
    assert red[50, 100].tolist() == [255, 0, 0, 255]
    assert green[50, 100].tolist() == [0, 255, 0, 255]
    assert figure.canvas is canvas
    assert plt.get_fignums() == open_before


def test_figures_are_drawn_in_many_threads_at_once(
    run_saying: RunSaying, project: Project
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def say(recorder: Recorder) -> None:
        def draw(n: int) -> None:
            figure = Figure(figsize=(1, 1))
            figure.add_axes((0, 0, 1, 1)).set_facecolor((n / 20, 0, 0))
            recorder.figure("curve", figure, n)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(draw, range(20)))

    simulation = run_saying(say)
    reds = {item.step: int(read(project, item)[50, 50, 0]) for item in simulation.media()}
    assert reds == {n: pytest.approx(n / 20 * 255, abs=1) for n in range(20)}


def test_files_are_copied_at_once(run_saying: RunSaying, project: Project, tmp_path: Path) -> None:
    source = tmp_path / "shot.PNG"
    notes = tmp_path / "notes.md"
    jpg = tmp_path / "photo.jpg"

    def say(recorder: Recorder) -> None:
        Image.fromarray(RGB).save(source)
        recorder.image("shot", source, 1, note="copied")
        recorder.image("shot", str(source), 2)
        source.unlink()
        notes.write_text("# hello")
        recorder.text("notes", notes, 3)
        Image.new("RGB", (640, 480), (9, 9, 200)).save(jpg)
        recorder.image("photo", jpg, 4)

    simulation = run_saying(say)
    assert problems(simulation) == []
    items = {item.step: item for item in simulation.media()}
    assert np.array_equal(read(project, items[1]), RGB)
    assert np.array_equal(read(project, items[2]), RGB)
    assert items[1].info["note"] == "copied"
    assert items[1].info["width"] == 60
    assert items[3].path == "media/notes/3_0.md"
    assert media_path(project, items[3]).read_text() == "# hello"
    assert items[4].path.endswith(".jpg")
    assert thumbnail_path(project, items[4]) is not None
    assert (items[4].info["width"], items[4].info["height"]) == (640, 480)


def test_info_holds_what_json_can(run_saying: RunSaying, project: Project) -> None:
    info = {"return": np.float32(1.5), "path": Path("x"), "thumbnail": "../x", "when": object()}
    item = only(run_saying(lambda recorder: recorder.text("note", "x", 4, **info)))
    assert item.info["return"] == 1.5
    assert item.info["path"] == "x"
    assert "thumbnail" not in item.info


@pytest.mark.parametrize("name", ["../../../x", "/x/y", "a/b", "", ".thumbs", "..", "a\0b"])
def test_a_clip_may_have_any_name(run_saying: RunSaying, name: str) -> None:
    def say(recorder: Recorder) -> None:
        for _ in range(2):
            clip = recorder.clip("film")
            clip.add(RGB)
            clip.close(1, name=name)

    simulation = run_saying(say)
    assert problems(simulation) == []
    paths = [item.path for item in simulation.media()]
    assert len(set(paths)) == 2
    assert {Path(path).parent.as_posix() for path in paths} == {"media/film"}


def test_media_are_in_the_project_before_the_end_is_told(
    run_saying: RunSaying, project: Project
) -> None:
    seen: list[int] = []

    def say(recorder: Recorder) -> None:
        for step in range(60):
            recorder.image("frame", np.full((400, 600, 3), step, np.uint8), step)

    from tests.media.conftest import Saying, saying

    simulation = saying(say)
    simulation.add_callback(
        Saying.END_RUN, lambda sim: seen.append(len(project.store.media([sim.sim_id])))
    )
    from gymdash_jupyter.tracker import SimulationTracker

    SimulationTracker(project=project).start_sim(simulation)
    assert simulation.wait(60)
    assert seen == [60]
    assert not [name for name in files(simulation) if ".partial" in name]
