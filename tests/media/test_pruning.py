from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest

import gymdash_jupyter as gd
from gymdash_jupyter import Project
from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.errors import (
    InvalidArgumentError,
    ReadOnlyProjectError,
    StoreBusyError,
    UnknownSimulationError,
)
from gymdash_jupyter.records import Batch, MediaItem, ProcessIdentity, now_utc
from gymdash_jupyter.states import SimState
from gymdash_jupyter.store import Move, NewSimulation

if TYPE_CHECKING:
    from pathlib import Path

OWNER = ProcessIdentity("tests", 1, "1", "here")


@pytest.fixture
def project(tmp_path) -> Project:
    return Project.open(tmp_path / "p")


class Sim:
    """A simulation whose media a test writes by hand; each file has 100 bytes and a small picture of 10."""

    def __init__(self, project: Project, *, ended: bool = True) -> None:
        self.project = project
        self.sim_id: UUID = uuid4()
        config = SimulationStartConfig(name="one", sim_key="ppo")
        project.store.create(NewSimulation(self.sim_id, config, now_utc(), "ppo", "Ppo", "here"))
        self.move(SimState.SETTING_UP)
        self.move(SimState.RUNNING)
        if ended:
            self.move(SimState.SUCCEEDED)

    def move(self, state: SimState) -> None:
        self.project.store.move(Move(self.sim_id, state, now_utc(), owner=OWNER))

    @property
    def folder(self) -> Path:
        return self.project.sim_folder(self.sim_id)

    def record(self, key: str, *returns: float | None, ages_s: float = 3600) -> list[MediaItem]:
        """Record one file after the other, each with its return; all are so old."""
        n_before = len([item for item in self.media() if item.key == key])
        items = []
        for n, value in enumerate(returns, n_before):
            path = f"media/{key}/{n}_0.mp4"
            small = f"media/{key}/.thumbs/{n}_0.mp4.png"
            info = {"thumbnail": small} | ({} if value is None else {"return": value})
            item = MediaItem(
                self.sim_id, key, n, "video", path, now_utc() - timedelta(seconds=ages_s), info
            )
            for name, size in ((path, 100), (small, 10)):
                (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                (self.folder / name).write_bytes(b"x" * size)
            items.append(item)
        self.project.store.write([Batch(self.sim_id, media=items)])
        return items

    def add(self, path: str) -> MediaItem:
        """Add a row only."""
        item = MediaItem(self.sim_id, "odd", 1, "video", path, now_utc() - timedelta(hours=1))
        self.project.store.write([Batch(self.sim_id, media=[item])])
        return item

    def media(self) -> list[MediaItem]:
        return self.project.store.media([self.sim_id])

    def steps(self, key: str = "episode") -> list[int]:
        return [item.step for item in self.media() if item.key == key]

    def files(self) -> set[str]:
        found = [path for path in self.folder.rglob("*") if path.is_file()]
        return {path.relative_to(self.folder).as_posix() for path in found}

    def expected_files(self) -> set[str]:
        return {item.path for item in self.media()} | {
            item.info["thumbnail"] for item in self.media()
        }


def prune(project: Project, sims=None, **options):
    return gd.prune_media(sims, project=project, **options)


# What stays


def test_first_last_and_best_stay(project):
    sim = Sim(project)
    sim.record("episode", 1.0, 5.0, 9.0, 5.0, 2.0)
    report = prune(project)
    assert sim.steps() == [0, 2, 4]
    assert [item.step for item in report.removed] == [1, 3]
    assert (report.n_kept, report.freed_bytes) == (3, 220)
    assert report.bytes_by_simulation == {sim.sim_id: 220}


def test_of_equally_good_ones_the_newest_stays(project):
    sim = Sim(project)
    sim.record("episode", 1.0, 9.0, 9.0, 1.0)
    prune(project)
    assert sim.steps() == [0, 2, 3]


def test_without_returns_first_and_last_stay(project):
    sim = Sim(project)
    sim.record("episode", None, None, float("nan"), None)
    prune(project)
    assert sim.steps() == [0, 3]


@pytest.mark.parametrize(("keep", "left"), [(2, [3, 4]), (9, [0, 1, 2, 3, 4]), (0, [])])
def test_so_many_of_the_newest_stay_of_each_simulation_and_key(project, keep, left):
    one, two = Sim(project), Sim(project)
    for sim in (one, two):
        sim.record("episode", 9.0, 1.0, 1.0, 1.0, 1.0)
    one.record("other", 1.0, 1.0, 1.0, 1.0, 1.0)
    prune(project, keep=keep)
    assert (one.steps(), two.steps(), one.steps("other")) == (left, left, left)


@pytest.mark.parametrize("limit", [60.0, timedelta(minutes=1)], ids=["seconds", "timedelta"])
def test_only_what_is_old_enough_goes(project, limit):
    sim = Sim(project)
    sim.record("episode", 1.0, 1.0, ages_s=3600)
    sim.record("episode", 1.0, 1.0, ages_s=1)
    prune(project, keep=0, older_than=limit)
    assert sim.steps() == [2, 3]


def test_only_what_was_recorded_before_a_moment_goes(project):
    sim = Sim(project)
    sim.record("episode", 1.0, ages_s=7200)
    sim.record("episode", 1.0, ages_s=1800)
    prune(project, keep=0, older_than=now_utc() - timedelta(hours=1))
    assert sim.steps() == [1]


def test_other_simulations_and_keys_are_left_alone(project):
    one, two = Sim(project), Sim(project)
    for sim in (one, two):
        sim.record("episode", 1.0)
        sim.record("eval/episode", 1.0)
    prune(project, one, keep=0, keys="eval/*")
    assert (one.steps("episode"), one.steps("eval/episode")) == ([0], [])
    assert two.steps("eval/episode") == [0]


def test_the_newest_of_one_that_runs_stays_and_what_is_fresh(project):
    sim = Sim(project, ended=False)
    sim.record("old", 1.0, 1.0)
    sim.record("new", 1.0, 1.0, 1.0, ages_s=5)
    prune(project, keep=0)
    assert (sim.steps("old"), sim.steps("new")) == ([1], [0, 1, 2])


def test_a_file_that_another_row_needs_stays(project):
    sim = Sim(project)
    (first, *_) = sim.record("episode", 1.0, 1.0, 1.0)
    again = MediaItem(sim.sim_id, "best", 1, "video", first.path, now_utc())
    project.store.write([Batch(sim.sim_id, media=[again])])
    prune(project, keep=0, keys="episode")
    assert (sim.folder / first.path).exists()
    assert sim.steps("best") == [1]


# Files and rows together


def test_files_and_small_pictures_go_with_the_rows_and_nothing_else(project):
    sim = Sim(project)
    sim.record("episode", 1.0, 2.0, 3.0, 2.0)
    (sim.folder / "model.zip").write_bytes(b"m")
    (sim.folder / "media/mine.mp4").write_bytes(b"m")
    prune(project, keep=1)
    assert sim.files() == sim.expected_files() | {"model.zip", "media/mine.mp4"}
    assert len(sim.media()) == 1


def test_a_dry_run_tells_the_same_and_changes_nothing(project):
    sim = Sim(project)
    sim.record("episode", *[1.0] * 6)
    before = sim.files(), sim.media(), project.store.tick(), len(project.store.api_calls())
    told = prune(project, dry_run=True)
    assert (
        sim.files(),
        sim.media(),
        project.store.tick(),
        len(project.store.api_calls()),
    ) == before
    done = prune(project)
    assert (told.removed, told.freed_bytes, told.n_kept) == (
        done.removed,
        done.freed_bytes,
        done.n_kept,
    )
    assert "would remove 4 of 6" in repr(told)
    assert "removed 4 of 6" in repr(done)


def test_a_row_whose_file_is_gone_goes(project):
    sim = Sim(project)
    for item in sim.record("episode", 1.0, 1.0):
        (sim.folder / item.path).unlink()
    assert len(prune(project, keep=0).removed) == 2
    assert sim.media() == []


def test_when_the_rows_cannot_be_removed_the_files_are_there_again(project, monkeypatch):
    sim = Sim(project)
    sim.record("episode", *[1.0] * 5)
    before = sim.files()

    def busy(items):
        assert sim.files() != before  # they had been moved away
        raise StoreBusyError("busy")

    monkeypatch.setattr(project.store, "delete_media", busy)
    with pytest.raises(StoreBusyError):
        prune(project, keep=0)
    assert sim.files() == before
    assert len(sim.media()) == 5


def test_a_file_that_cannot_be_moved_keeps_its_row(project, monkeypatch):
    sim = Sim(project)
    stuck, *_ = sim.record("episode", 1.0, 1.0, 1.0)
    rename = type(sim.folder).rename

    def failing(path, target):
        if path.name == "0_0.mp4.png":
            raise PermissionError("in use")
        return rename(path, target)

    monkeypatch.setattr(type(sim.folder), "rename", failing)
    report = prune(project, keep=0)
    assert sim.media() == [stuck]
    assert sim.files() == sim.expected_files()
    assert [(item, "in use" in why) for item, why in report.refused] == [(stuck, True)]


KILLED = """
import os, signal, sys
import gymdash_jupyter as gd
project = gd.Project.open(sys.argv[1])
rows = project.store.delete_media
def killed(items):
    if sys.argv[2] == "after":
        rows(items)
    os.kill(os.getpid(), signal.SIGKILL)
project.store.delete_media = killed
gd.prune_media(keep=1, project=project)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
@pytest.mark.parametrize(("when", "left"), [("before", 4), ("after", 1)])
def test_what_a_kill_left_half_done_is_settled_by_the_next(project, when, left):
    sim = Sim(project)
    sim.record("episode", *[1.0] * 4)
    sim.record("other", 1.0)
    ran = subprocess.run([sys.executable, "-c", KILLED, str(project.folder), when], check=False)
    assert ran.returncode == -signal.SIGKILL
    assert len(sim.steps()) == left
    hidden = [path for path in sim.folder.iterdir() if path.name.startswith(".removing-")]
    assert len(hidden) == 1
    prune(project, keep=99)
    assert hidden[0].exists()  # whoever removes just now is not disturbed
    os.utime(hidden[0], (time.time() - 120,) * 2)
    prune(project, keep=99)
    assert not hidden[0].exists()
    assert len(sim.steps()) == left
    assert sim.files() == sim.expected_files()


# Never outside


@pytest.mark.parametrize(
    "path", ["../victim.mp4", "media/../../victim.mp4", "/etc/passwd", "model.zip", "media"]
)
def test_a_path_from_elsewhere_is_refused(project, path):
    sim = Sim(project)
    (project.sims_folder / "victim.mp4").write_bytes(b"v")
    (sim.folder / "media").mkdir(parents=True)
    (sim.folder / "model.zip").write_bytes(b"m")
    item = sim.add(path)
    report = prune(project, keep=0)
    assert [refused for refused, _ in report.refused] == [item]
    assert report.removed == ()
    assert (project.sims_folder / "victim.mp4").exists()
    assert (sim.folder / "model.zip").exists()
    assert sim.media() == [item]


def test_a_link_out_of_the_folder_is_refused(project, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.mp4").write_bytes(b"v")
    sim = Sim(project)
    (sim.folder / "media").mkdir(parents=True)
    (sim.folder / "media" / "out").symlink_to(outside)
    sim.add("media/out/a.mp4")
    assert len(prune(project, keep=0).refused) == 1
    assert (outside / "a.mp4").exists()


# Being asked


def test_a_call_is_taken_down_and_viewers_hear_of_it(project):
    sim = Sim(project)
    sim.record("episode", *[1.0] * 3)
    tick = project.store.tick()
    prune(project, keep=1)
    (call,) = project.store.api_calls()
    assert (call.name, call.code) == ("delete", 0)
    assert call.details["n_media"] == 2
    assert call.details["sim_ids"] == [str(sim.sim_id)]
    assert [record.sim_id for record in project.store.changes(tick).simulations] == [sim.sim_id]


def test_a_project_for_reading_is_left_alone(project):
    Sim(project).record("episode", 1.0, 1.0)
    reading = Project.open(project.folder, read_only=True)
    with pytest.raises(ReadOnlyProjectError, match="reading only"):
        prune(reading, keep=0)
    assert len(prune(reading, keep=0, dry_run=True).removed) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"keep": -1},
        {"keep": "best"},
        {"keep": True},
        {"keep": 1.5},
        {"older_than": -1},
        {"older_than": "1 day"},
    ],
)
def test_what_makes_no_sense_is_refused(project, wrong):
    with pytest.raises(InvalidArgumentError, match=next(iter(wrong))):
        prune(project, **wrong)


def test_an_unknown_simulation_is_refused(project):
    with pytest.raises(UnknownSimulationError):
        prune(project, str(uuid4()))
