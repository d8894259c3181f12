"""A disk or a store that fails is a status; the training goes on, and what can be kept is kept."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gymdash_jupyter.errors import StopSimException, StoreBusyError
from gymdash_jupyter.media import desk as desks
from gymdash_jupyter.media import recorder as media_recorder
from gymdash_jupyter.project import Project
from gymdash_jupyter.recorder import Recorder
from gymdash_jupyter.states import SimState
from gymdash_jupyter.tracker import SimulationTracker
from tests.media.conftest import RunSaying, files, problems, saying
from tests.waiting import wait_until

IMAGE = np.zeros((40, 60, 3), np.uint8)


def say_all(recorder: Recorder) -> None:
    for step in range(3):
        recorder.image("image", IMAGE, step)
        recorder.video("video", [IMAGE] * 3, step)
        recorder.audio("audio", [0.0], step, sample_rate=8000)
        recorder.text("text", "x", step)
    recorder.scalar("x", 1.0, 1)


@pytest.mark.parametrize("at", ["media", "media/image"])
def test_a_file_in_the_place_of_the_folder_is_said_once_a_key(
    project: Project, tracker: SimulationTracker, at: str
) -> None:
    simulation = tracker.create_simulation(saying(say_all))[1]
    path = Path(simulation.sim_path or "", at)
    path.parent.mkdir(parents=True)
    path.write_text("in the way")
    tracker.start_sim(simulation)
    assert simulation.wait(60)
    assert simulation.state is SimState.SUCCEEDED
    said = problems(simulation)
    assert len(said) == (4 if at == "media" else 1)
    assert all("was not recorded: " in problem for problem in said)
    assert len(simulation.media()) == (0 if at == "media" else 9)
    assert path.read_text() == "in the way"
    assert project.store.read_scalars(simulation.sim_id, "x")[1] == 1


def test_a_folder_that_is_a_link_out_is_not_written_to(
    tracker: SimulationTracker, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    simulation = tracker.create_simulation(saying(say_all))[1]
    path = Path(simulation.sim_path or "", "media")
    path.mkdir(parents=True)
    (path / "image").symlink_to(outside)
    tracker.start_sim(simulation)
    assert simulation.wait(60)
    assert list(outside.iterdir()) == []
    (problem,) = problems(simulation)
    assert "a link that leads out" in problem


def test_a_full_disk_leaves_no_half_files(
    run_saying: RunSaying, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gymdash_jupyter.media import pictures

    real = pictures.write_png

    def full(array: Any, path: Path) -> dict[str, int]:
        real(array, path)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pictures, "write_png", full)
    simulation = run_saying(lambda recorder: [recorder.image("k", IMAGE, n) for n in range(5)])
    (problem,) = problems(simulation)
    assert "No space left on device" in problem
    assert files(simulation) == []


def test_a_missing_small_picture_costs_only_itself(
    run_saying: RunSaying, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(media_recorder, "write_small", full)
    simulation = run_saying(lambda recorder: recorder.image("k", IMAGE, 1))
    (problem,) = problems(simulation)
    assert problem.startswith("No small picture of 1_0.png")
    (item,) = simulation.media()
    assert "thumbnail" not in item.info


def test_nothing_is_lost_while_the_store_fails(
    project: Project, tracker: SimulationTracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = project.store.write
    n_failures = 0

    def failing(*args: Any, **kwargs: Any) -> None:
        nonlocal n_failures
        n_failures += 1
        if n_failures <= 3:
            raise StoreBusyError("busy")
        real(*args, **kwargs)

    monkeypatch.setattr(project.store, "write", failing)

    def say(recorder: Recorder) -> None:
        for step in range(20):
            recorder.image("k", IMAGE, step)
        wait_until(lambda: n_failures >= 2, what="two failures")
        recorder.image("k", IMAGE, 20)

    simulation = tracker.start_sim(saying(say))[1]
    assert simulation.wait(60)
    assert [item.step for item in simulation.media()] == list(range(21))


@pytest.mark.parametrize("end", [ValueError("boom"), StopSimException()])
def test_what_was_recorded_before_a_failure_is_kept(
    tracker: SimulationTracker, end: Exception
) -> None:
    def say(recorder: Recorder) -> None:
        say_all(recorder)
        raise end

    simulation = tracker.start_sim(saying(say))[1]
    assert simulation.wait(60)
    assert simulation.state in (SimState.FAILED, SimState.CANCELLED)
    assert len(simulation.media()) == 12
    assert not [name for name in files(simulation) if "partial" in name]


def test_a_simulation_whose_folder_is_removed_goes_on(tracker: SimulationTracker) -> None:
    def say(recorder: Recorder) -> None:
        recorder.image("k", IMAGE, 1)
        shutil.rmtree(simulation.sim_path or "", ignore_errors=True)
        recorder.image("k", IMAGE, 2)

    simulation = tracker.create_simulation(saying(say))[1]
    tracker.start_sim(simulation)
    assert simulation.wait(60)
    assert simulation.state is SimState.SUCCEEDED
    assert "media/k/2_0.png" in files(simulation)


def test_many_threads_may_record_at_once(run_saying: RunSaying) -> None:
    def say(recorder: Recorder) -> None:
        def some(n: int) -> None:
            for step in range(10):
                recorder.image(f"k{n}", IMAGE, step)
                recorder.text("together", str(n), step)
                recorder.video("film", [IMAGE] * 2, step)

        threads = [threading.Thread(target=some, args=(n,)) for n in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    simulation = run_saying(say)
    assert problems(simulation) == []
    items = simulation.media()
    assert len(items) == len({item.path for item in items}) == 150
    assert len(files(simulation)) == 150 + 50 + 50  # with small pictures of images and videos


def test_a_full_desk_makes_the_training_wait_and_drops_nothing(
    run_saying: RunSaying, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desks, "MAX_WAITING_BYTES", 3 * IMAGE.nbytes)
    most = 0

    def say(recorder: Recorder) -> None:
        nonlocal most
        for step in range(50):
            recorder.image("k", IMAGE, step)
            recorder.image("large", np.zeros((400, 400), np.uint8), step)
            assert recorder._media_desk is not None
            most = max(most, len(recorder._media_desk._work))

    simulation = run_saying(say)
    assert len(simulation.media()) == 100
    assert most <= 4


def test_the_helper_thread_ends_when_there_is_nothing_to_do(
    run_saying: RunSaying, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desks, "_IDLE_S", 0.05)
    simulation = run_saying(lambda recorder: recorder.image("k", IMAGE, 1))
    desk = simulation.recorder._media_desk
    assert desk is not None
    desk._task.interval_s = 0.01
    desk._task.wake()
    wait_until(lambda: not desk._task.is_running, what="the helper to end")


def test_a_disk_that_never_answers_does_not_hold_the_end_for_ever(
    run_saying: RunSaying, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desks, "_STUCK_S", 0.3)
    free = threading.Event()

    def say(recorder: Recorder) -> None:
        recorder.put_media_work(free.wait, 0)
        recorder.image("k", IMAGE, 1)

    simulation = run_saying(say)
    free.set()
    assert simulation.state is SimState.SUCCEEDED
    assert any("the disk did not answer" in problem for problem in problems(simulation))
