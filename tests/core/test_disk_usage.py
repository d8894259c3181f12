from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest

from gymdash_jupyter import Project
from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.records import now_utc
from gymdash_jupyter.states import SimState
from gymdash_jupyter.store import Move, NewSimulation

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path) -> Project:
    return Project.open(tmp_path / "p")


def simulation(project: Project, files: dict[str, int], *, ended: bool = False) -> UUID:
    sim_id = uuid4()
    config = SimulationStartConfig(name="one", sim_key="ppo")
    project.store.create(NewSimulation(sim_id, config, now_utc(), "ppo", "Ppo", "here"))
    if ended:
        project.store.move(Move(sim_id, SimState.CANCELLED, now_utc()))
    for name, size in files.items():
        write(project.sim_folder(sim_id) / name, size)
    return sim_id


def write(path: Path, size: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)


def make_old(folder: Path) -> None:
    """Let a folder and all inside it have changed an hour ago."""
    for path, _, _ in os.walk(folder):
        os.utime(path, (time.time() - 3600,) * 2)


def test_sizes_are_told_by_kind(project):
    sim_id = simulation(
        project,
        {
            "media/episode/1_0.mp4": 100,
            "media/episode/.thumbs/1_0.mp4.png": 10,
            "model.zip": 1000,
            "models/early.zip": 500,
            "tb/run/events.out.tfevents.1": 30,
            "output.log": 7,
            "notes.txt": 3,
        },
    )
    used = project.disk_usage().simulations[sim_id]
    assert used.bytes_by_kind == {"media": 110, "models": 1500, "logs": 37, "other": 3}
    assert (used.total_bytes, used.n_files) == (1650, 7)


def test_the_largest_comes_first(project):
    small, large = (simulation(project, {"a.txt": size}) for size in (10, 1000))
    assert list(project.disk_usage().simulations) == [large, small]


def test_all_parts_add_up_to_what_lies_in_the_folder(project):
    simulation(project, {"a.txt": 10, "media/k/1.png": 20})
    write(project.resources_folder / "data" / "set.npy", 100)
    write(project.sims_folder / str(uuid4()) / "left.txt", 1000)
    write(project.sims_folder / "mine" / "notes.txt", 2000)
    write(project.folder / "README.md", 3000)
    usage = project.disk_usage()
    in_all = sum(path.stat().st_size for path in project.folder.rglob("*") if path.is_file())
    assert usage.total_bytes == in_all
    assert usage.resources_bytes == 100
    assert usage.leftover_bytes == 1000
    assert usage.other_bytes == 5000


def test_links_are_not_followed(project, tmp_path):
    write(tmp_path / "outside" / "large.bin", 100_000)
    sim_id = simulation(project, {"a.txt": 10})
    folder = project.sim_folder(sim_id)
    (folder / "out").symlink_to(tmp_path / "outside")
    (folder / "large.bin").symlink_to(tmp_path / "outside" / "large.bin")
    (project.sims_folder / str(uuid4())).symlink_to(tmp_path / "outside")
    (project.folder / "more").symlink_to(tmp_path / "outside")
    project.resources_folder.rmdir()
    project.resources_folder.symlink_to(tmp_path / "outside")
    usage = project.disk_usage()
    assert usage.simulations[sim_id].total_bytes < 1000
    assert usage.total_bytes - usage.database_bytes < 2000


@pytest.mark.parametrize("ended", [True, False])
def test_new_and_removed_files_are_noticed(project, ended):
    sim_id = simulation(project, {"media/k/1.png": 20, "media/k/2.png": 20}, ended=ended)
    make_old(project.sim_folder(sim_id))
    assert project.disk_usage().simulations[sim_id].total_bytes == 40
    (project.sim_folder(sim_id) / "media/k/1.png").unlink()
    write(project.sim_folder(sim_id) / "media/k/deep/3.png", 500)
    assert project.disk_usage().simulations[sim_id].total_bytes == 520


def test_a_growing_file_of_one_that_goes_on_is_noticed(project):
    sim_id = simulation(project, {"tb/log": 20})
    make_old(project.sim_folder(sim_id))
    project.disk_usage()
    with (project.sim_folder(sim_id) / "tb/log").open("ab") as file:
        file.write(b"x" * 100)
    assert project.disk_usage().simulations[sim_id].total_bytes == 120


def test_folders_of_what_has_ended_are_not_read_again(project, monkeypatch):
    sim_id = simulation(project, {f"media/k/{n}.png": 1 for n in range(20)}, ended=True)
    make_old(project.sim_folder(sim_id))
    first = project.disk_usage()
    read: list[str] = []
    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: read.append(str(path)) or scandir(path))
    again = project.disk_usage()
    assert again.simulations == first.simulations
    assert not [path for path in read if str(sim_id) in path]


def test_a_folder_that_changed_just_now_is_read_again(project):
    sim_id = simulation(project, {"media/k/1.png": 20}, ended=True)
    project.disk_usage()
    folder = project.sim_folder(sim_id) / "media/k"
    about = folder.stat()
    write(folder / "2.png", 100)
    os.utime(folder, ns=(about.st_atime_ns, about.st_mtime_ns))  # within one tick of its clock
    assert project.disk_usage().simulations[sim_id].total_bytes == 120
