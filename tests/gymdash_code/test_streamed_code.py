"""Code for GymDash that writes files and asks with its models runs unchanged, and is seen while it executes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gymdash_jupyter.project import Project
from tests.gymdash_code.running import SCRIPTS, rows, run_script
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gymdash_jupyter.records import ScalarSeries

MEDIA = "SELECT key, step, kind, path FROM media ORDER BY key, step"
KEYS = [
    ("acc/val", "scalars"),
    ("example_outputs", "images"),
    ("loss", "scalars"),
    ("pictures", "images"),
]
IMAGES = [
    ("example_outputs", 0, "image", "media/example_outputs/0_0.png"),
    ("example_outputs", 10, "image", "media/example_outputs/10_0.png"),
    ("pictures", 0, "image", "media/pictures/picture-0_0.png"),
    ("pictures", 10, "image", "media/pictures/picture-0_10.png"),
]


def media_of(project: Path) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in rows(project, MEDIA)]


def scalars_of(project: Path, key: str) -> ScalarSeries:
    store = Project.open(project, read_only=True).store
    (record,) = store.simulations()
    return store.read_scalars(record.sim_id, key)[0]


@pytest.fixture
def script() -> Iterator[list[subprocess.Popen[str]]]:
    """Give a list for processes that are ended after the test."""
    begun: list[subprocess.Popen[str]] = []
    yield begun
    for process in begun:
        process.kill()
        process.communicate()


def begin(
    script: list[subprocess.Popen[str]], name: str, *arguments: str
) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "gymdash_jupyter.compat", str(SCRIPTS / name), *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    script.append(process)
    return process


def wait_for_project(project: Path) -> None:
    wait_until(
        lambda: (
            (project / "db" / "simulations.db").exists() and len(media_of_if_there(project)) == 4
        ),
        60,
        what="four images in the project",
    )


def media_of_if_there(project: Path) -> list[tuple[object, ...]]:
    try:
        return media_of(project)
    except Exception:  # noqa: BLE001 - its tables are being made
        return []


def test_what_only_files_say_is_seen_live_and_whole_in_the_end(
    tmp_path: Path, script: list[subprocess.Popen[str]]
) -> None:
    project, gate = tmp_path / "p", tmp_path / "gate"
    process = begin(script, "streamed.py", str(project), str(gate))
    wait_for_project(project)
    live = wait_until(
        lambda: len(loss := scalars_of(project, "loss")) == 20 and loss,
        what="20 points while it executes",
    )
    (record,) = rows(project, "SELECT is_done FROM simulations")
    assert record["is_done"] == 0
    assert np.array_equal(live.steps, np.arange(20))

    gate.touch()
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert out.splitlines() == [
        f"keys: {KEYS}",
        "tags: ['scalars']",
        "recent: [(0, 1.0), (1, 0.5)] 21",
        "again: []",
        "all: {'loss': 21, 'acc/val': 2}",
        "image: 0 8 8 b'PNG'",
        "files: [(0, 'picture-0_0.png', 'images'), (10, 'picture-0_10.png', 'images')]",
    ]
    loss = scalars_of(project, "loss")
    # The last one was written after everything had been looked at, by a writer that is never closed.
    expected = np.array([*(1 / (step + 1) for step in range(20)), -1], dtype=np.float32)
    assert np.array_equal(loss.values, expected.astype(np.float64))
    assert np.array_equal(loss.times[:20], live.times)
    assert np.all(np.diff(loss.times) > 0)
    assert np.array_equal(scalars_of(project, "acc/val").steps, [0, 10])
    assert len(scalars_of(project, "not asked for")) == 0
    assert media_of(project) == IMAGES
    (folder,) = (project / "sims").iterdir()
    assert all((folder / str(row[3])).is_file() for row in IMAGES)
    assert rows(project, "SELECT code, details FROM sim_status") == [
        {"code": 0, "details": "Simulation successfully run."}
    ]


@pytest.mark.slow
def test_what_was_collected_survives_a_kill(
    tmp_path: Path, script: list[subprocess.Popen[str]]
) -> None:
    project = tmp_path / "p"
    process = begin(script, "streamed.py", str(project), str(tmp_path / "never"))
    wait_for_project(project)
    wait_until(lambda: len(scalars_of(project, "loss")) == 20, what="20 points")
    os.kill(process.pid, signal.SIGKILL)
    process.wait(60)
    assert np.array_equal(scalars_of(project, "loss").steps, np.arange(20))
    assert media_of(project) == IMAGES


def test_a_question_of_gymdash_s_models_is_answered_in_time_or_given_up(tmp_path: Path) -> None:
    done = run_script("asked.py", str(tmp_path / "p"), folder=tmp_path)
    assert done.stdout.splitlines() == [
        "request: custom_query What is your name? ['name']",
        "new requests: {}",
        "answer: ['custom_query', 'is_done', 'progress'] hi Ada False",
        "progress: 1000000",
        "in time: ['progress']",
        "help: {'help_request': True} ['Tell me your name, and I say hi.']",
        "nobody: True",
        "never answered: {}",
        "was not blocked: True",
        "another: True first",
        "words: [('greeting', 'good day')] {'mark': '!'}",
    ]
    found = rows(tmp_path / "p", "SELECT name, cancelled, start_kwargs FROM simulations")
    assert [tuple(row.values()) for row in found] == [("first", 1, '{"mark": "!"}')] * 2


@pytest.mark.slow
def test_gymdash_s_own_way_to_train_is_stopped_filmed_and_collected(tmp_path: Path) -> None:
    done = run_script("sb3_streamed.py", str(tmp_path / "p"), folder=tmp_path)
    assert done.stdout.splitlines() == [
        "total: 1000000",
        "{'stop_simulation': True}",
        "cancelled: True",
    ]
    project = tmp_path / "p"
    assert rows(project, "SELECT is_done, cancelled, failed FROM simulations") == [
        {"is_done": 1, "cancelled": 1, "failed": 1}
    ]
    assert rows(project, "SELECT code, subcode, details FROM sim_status") == [
        {"code": 1, "subcode": 2, "details": "Simulation stopped."}
    ]
    rewards = scalars_of(project, "rollout/ep_rew_mean")
    assert len(rewards) >= 1
    assert rewards.steps[0] % 128 == 0
    videos = media_of(project)
    assert [row[2] for row in videos] == ["video"] * len(videos)
    assert len(videos) >= 2
    (folder,) = (project / "sims").iterdir()
    found = {path.name for path in (folder / "media" / "episode_video").glob("*.mp4")}
    assert {str(row[3]).rpartition("/")[2] for row in videos} == found
