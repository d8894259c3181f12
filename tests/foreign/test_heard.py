"""GymDash may end without a word; how long it was not heard from is told, and nothing is written for that."""

from __future__ import annotations

import json
import os
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

import gymdash_jupyter as gd
from gymdash_jupyter.__main__ import main
from gymdash_jupyter.project import Project
from gymdash_jupyter.records import now_utc
from gymdash_jupyter.states import SimState
from gymdash_jupyter.widgets.card_contents import CardContents
from gymdash_jupyter.widgets.simulations_contents import SimulationsContents
from tests.foreign.conftest import content_of
from tests.foreign.gymdash import GymDash

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from uuid import UUID

DAY_S = 86_400


@pytest.fixture
def gymdash(tmp_path: Path) -> GymDash:
    return GymDash(tmp_path / "project")


@pytest.fixture
def left(gymdash: GymDash) -> UUID:
    """Give a simulation that GymDash left running three days ago."""
    sim_id = gymdash.start()
    gymdash.write(sim_id, "tb/a.txt", b"")
    age(gymdash.folder, 3 * DAY_S)
    return sim_id


@pytest.fixture
def project(gymdash: GymDash, left: UUID) -> Iterator[Project]:
    project = Project.open(gymdash.folder, read_only=True)
    yield project
    project.store.close()


def age(folder: Path, seconds: float) -> None:
    then = time.time() - seconds
    for path in folder.rglob("*"):
        os.utime(path, (then, then))


def days_ago(project: Project, sim_id: UUID) -> float:
    return (now_utc() - project.store.last_heard([sim_id])[sim_id]) / timedelta(days=1)


def test_the_newest_file_says_when_it_was_heard(project: Project, left: UUID) -> None:
    assert days_ago(project, left) == pytest.approx(3, abs=0.01)
    assert project.store.simulation(left).state is SimState.RUNNING


def test_a_file_of_its_own_counts_although_the_database_is_old(
    gymdash: GymDash, left: UUID
) -> None:
    file = gymdash.write(left, "media/video/a.mp4", b"")
    os.utime(file, (time.time() - DAY_S,) * 2)
    project = Project.open(gymdash.folder, read_only=True)
    assert days_ago(project, left) == pytest.approx(1, abs=0.01)
    project.store.close()


def test_our_own_writing_to_the_database_is_no_sign_of_gymdash(
    gymdash: GymDash, left: UUID
) -> None:
    project = Project.open(gymdash.folder)
    project.store.change_tags([left], add=["old"])
    assert days_ago(project, left) == pytest.approx(3, abs=0.01)
    project.store.close()


def test_nothing_is_said_of_what_has_ended_or_is_ours(gymdash: GymDash, left: UUID) -> None:
    gymdash.end(left)
    project = gd.open_project(gymdash.folder)
    _, ours = gd.SimulationTracker().create_simulation("custom_control")
    assert project.store.last_heard([left, ours.sim_id]) == {}
    project.store.close()


def test_the_command_line_tells_it(
    gymdash: GymDash, left: UUID, capsys: pytest.CaptureFixture[str]
) -> None:
    before = content_of(gymdash.folder)
    where = ["--project-dir", str(gymdash.folder)]
    assert main([*where, "list"]) == 0
    assert "3 d ago" in capsys.readouterr().out
    assert main([*where, "show", str(left)]) == 0
    assert "for 3 d" in capsys.readouterr().out
    assert main([*where, "list", "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["state"], told["silent_s"]) == ("running", 3 * DAY_S)
    assert content_of(gymdash.folder) == before


def test_a_list_of_what_was_heard_lately_has_no_column_for_it(
    gymdash: GymDash, capsys: pytest.CaptureFixture[str]
) -> None:
    gymdash.start()
    assert main(["--project-dir", str(gymdash.folder), "list"]) == 0
    assert "HEARD" not in capsys.readouterr().out


def test_the_panels_tell_it(project: Project, left: UUID) -> None:
    store = project.store
    rows = SimulationsContents(store, lambda: {left: store.simulation(left)}, list)
    card = CardContents(store, [left])
    for contents in (rows, card):
        contents.load()
        contents.look_after()
    row = rows.row(left)
    assert row is not None
    assert row[1].silent_s == 3 * DAY_S
    assert card.sims[left].shown(0.0)["silent_s"] == 3 * DAY_S
