"""The other way round: GymDash 0.1.4 reads, changes and deletes what this package wrote, with its own statements."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import gymdash_jupyter as gd
from tests.foreign.conftest import id_of

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.usefixtures("_apart")
READER = Path(__file__).with_name("gymdash_reader.py")


class Counting(gd.Simulation):
    """Counts, and fails when told to."""

    def create_kwarg_defaults(self) -> dict[str, Any]:
        return {"n": 3, "fails": False}

    def _run(self, **kwargs: Any) -> None:
        for step in range(kwargs.get("n", 3)):
            self.recorder.scalar("count", float(step), step)
            self.recorder.text("note", f"step {step}", step)
        if kwargs.get("fails"):
            raise ValueError("no more")
        while kwargs.get("waits") and not self.interactor.get_in("stop_simulation")[0]:
            self.base_step()
        if kwargs.get("waits"):
            self.set_cancelled()


def gymdash(project: gd.Project, *words: str) -> Any:
    done = subprocess.run(
        [sys.executable, str(READER), str(project.folder), *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) if done.stdout else None


@pytest.fixture
def project(tmp_path: Path) -> Iterator[gd.Project]:
    opened = gd.open_project(tmp_path / "ours")
    yield opened
    opened.store.close()


@pytest.fixture
def three(project: gd.Project) -> dict[str, gd.Simulation]:
    """Execute one that succeeds, one that fails and one that is stopped."""
    tracker = gd.tracker()
    kwargs: dict[str, dict[str, Any]] = {
        "good": {},
        "bad": {"fails": True},
        "long": {"waits": True},
    }
    sims = {}
    for name, given in kwargs.items():
        config = gd.SimulationStartConfig(name=name, sim_key="counting", kwargs={"env": "Ü-v1"})
        _, sims[name] = tracker.start_sim(Counting(config), launcher="thread", n=4, **given)
    tracker.cancel(sims["long"].sim_id)
    tracker.wait([sim.sim_id for sim in sims.values()], 30)
    return sims


def test_it_reads_all_of_ours(project: gd.Project, three: dict[str, gd.Simulation]) -> None:
    found = gymdash(project, "list")
    assert [(info["name"], info["sim_id"]) for info in found] == [
        (name, str(sim.sim_id)) for name, sim in three.items()
    ]
    flags = ("is_done", "cancelled", "failed", "force_stopped")
    assert [tuple(info[flag] for flag in flags) for info in found] == [
        (True, False, False, False),
        (True, False, True, False),
        (True, True, True, False),
    ]
    assert found[0]["config"] == {
        "name": "good",
        "sim_key": "counting",
        "sim_family": "",
        "sim_type": "",
        "kwargs": {"env": "Ü-v1"},
    }
    assert found[1]["start_kwargs"] == {"n": 4, "fails": True}
    assert (found[0]["sim_type_name"], found[0]["sim_module_name"]) == ("Counting", __name__)
    record = project.store.simulation(three["good"].sim_id)
    for name in ("created", "started", "ended"):
        moment = getattr(record, name).astimezone().replace(tzinfo=None)
        assert datetime.fromisoformat(found[0][name]) == moment


def test_its_filters_find_ours(project: gd.Project, three: dict[str, gd.Simulation]) -> None:
    wheres = [
        ("is_done=? OR force_stopped=?", "1", "1"),
        ("cancelled=?", "1"),
        ("is_done=? AND failed=?", "1", "0"),
    ]
    found = [[info["name"] for info in gymdash(project, "list", *where)] for where in wheres]
    assert found == [["good", "bad", "long"], ["long"], ["good"]]


def test_it_reads_our_latest_statuses(
    project: gd.Project, three: dict[str, gd.Simulation]
) -> None:
    found = gymdash(project, "latest")
    said = {name: found[str(sim.sim_id)] for name, sim in three.items()}
    assert {name: (s["code"], s["subcode"]) for name, s in said.items()} == {
        "good": (0, 0),
        "bad": (1, 1),
        "long": (1, 2),
    }
    assert "no more" in said["bad"]["details"]
    assert "ValueError" in said["bad"]["error_trace"]


def test_it_writes_our_rows_again_and_we_go_on_reading(
    project: gd.Project, three: dict[str, gd.Simulation]
) -> None:
    sim = three["good"]
    before = project.store.simulation(sim.sim_id)
    gymdash(project, "save", str(sim.sim_id))
    after = project.store.simulation(sim.sim_id)
    names = ("state", "created", "started", "ended", "config", "start_kwargs", "is_foreign")
    assert [getattr(after, name) for name in names] == [getattr(before, name) for name in names]
    assert gd.scalars("count", sim)["value"].tolist() == [0.0, 1.0, 2.0, 3.0]
    assert "seen by GymDash" in gd.statuses(sim)["details"].tolist()


def test_it_deletes_some_of_ours(project: gd.Project, three: dict[str, gd.Simulation]) -> None:
    gymdash(project, "delete", str(three["good"].sim_id), str(three["long"].sim_id))
    assert gd.simulations()["name"].tolist() == ["bad"]
    assert gd.scalars()["sim_id"].unique().tolist() == [str(three["bad"].sim_id)]
    assert len(gd.media()) == 4
    assert [p.name for p in project.sims_folder.iterdir()] == [str(three["bad"].sim_id)]


def test_it_deletes_all_of_ours_and_we_go_on(
    project: gd.Project, three: dict[str, gd.Simulation]
) -> None:
    gymdash(project, "delete-all")
    assert (len(gd.simulations()), len(gd.scalars()), len(gd.media())) == (0, 0, 0)
    config = gd.SimulationStartConfig(name="new", sim_key="counting")
    sim_id, _ = gd.tracker().start_sim(Counting(config), launcher="thread")
    gd.tracker().wait(sim_id, 30)
    assert [info["name"] for info in gymdash(project, "list")] == ["new"]


def test_its_own_folder_is_still_its_own_after_we_wrote_to_it(folder: Path) -> None:
    project = gd.open_project(folder)
    config = gd.SimulationStartConfig(name="ours", sim_key="counting")
    sim_id, _ = gd.tracker().start_sim(Counting(config), launcher="thread")
    gd.tracker().wait(sim_id, 30)
    gymdash(project, "delete", str(id_of(folder, "cartpole")), str(sim_id))
    names = gd.simulations()["name"].tolist()
    assert (len(names), "cartpole" in names, "ours" in names) == (5, False, False)
    assert sorted(gd.scalars()["key"].unique()) == ["loss/train/train", "my_number"]
    project.store.close()
