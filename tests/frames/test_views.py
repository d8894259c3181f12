"""What a simulation and a group give of themselves is what the functions give of them; names stay free for users."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import gymdash_jupyter as gd
from gymdash_jupyter.views import Views
from tests.launch.clean import clean_state
from tests.launch.samples import Quick

NAMES = sorted(name for name in vars(Views) if not name.startswith("_"))


class Environmentalist(gd.Simulation):
    """Calls things of its own as our methods are called, as classes for GymDash do."""

    scalars = ("a", "b")

    def __init__(self, config: gd.SimulationStartConfig) -> None:
        super().__init__(config)
        for name in NAMES:
            if name != "scalars":
                setattr(self, name, f"my {name}")
        self.infos = self.sims = [1, 2]
        self.ids = self.index = "mine"

    def _run(self, **kwargs: Any) -> None:
        self.recorder.scalar("x", 1.0, 1)
        self.result = [self.environment, self.to_csv, self.episodes, len(self.scalars)]


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[gd.Project]:
    with clean_state(monkeypatch):
        yield gd.open_project(tmp_path / "project")


def config(name: str = "one") -> gd.SimulationStartConfig:
    return gd.SimulationStartConfig(name=name, sim_key="quick")


@pytest.fixture
def group() -> gd.SimulationGroup:
    """Give two simulations of a group that have ended, in a project that has a third one."""
    tracker = gd.SimulationTracker()
    tracker.wait(tracker.start_sim(Quick(config("alone")))[0])
    group = tracker.start_sims([Quick(config("one")), Quick(config("two"))])
    tracker.wait(group.ids)
    return group


def test_a_simulation_gives_its_own_numbers(group: gd.SimulationGroup) -> None:
    sim = group.sims[0]
    pd.testing.assert_frame_equal(sim.scalars(), gd.scalars(sims=sim))
    assert set(sim.scalars()["sim_id"]) == {str(sim.sim_id)}
    assert sim.scalars("score", True).shape == (3, 1)
    assert len(sim.scalars("score", align=2)) == 2


def test_a_group_gives_those_of_all_its_simulations(group: gd.SimulationGroup) -> None:
    pd.testing.assert_frame_equal(group.scalars(), gd.scalars(sims=group.ids))
    assert group.environment()["name"].tolist() == ["one", "two"]
    pd.testing.assert_frame_equal(group.episodes(), gd.episodes(group))
    assert group.control_requests()["details"].tolist() == ["Well?", "Well?"]
    assert len(group.control_requests(open_only=True)) == 0


def test_a_stored_simulation_gives_the_same(group: gd.SimulationGroup) -> None:
    stored = gd.tracker().get_sim(group.ids[1])
    assert type(stored).__name__ == "StoredSimulation"
    pd.testing.assert_frame_equal(stored.scalars(), group.sims[1].scalars())


def test_it_asks_the_project_of_the_simulation_whichever_is_open(
    group: gd.SimulationGroup, tmp_path: Path
) -> None:
    before = group.sims[0].scalars()
    gd.open_project(tmp_path / "other")
    pd.testing.assert_frame_equal(group.sims[0].scalars(), before)
    assert len(gd.scalars()) == 0


def test_an_empty_group_gives_frames_without_rows(group: gd.SimulationGroup) -> None:
    empty = gd.SimulationGroup([])
    assert empty.scalars().dtypes.map(str).to_dict() == group.scalars().dtypes.map(str).to_dict()
    assert (len(empty.scalars()), len(empty.environment())) == (0, 0)


@pytest.mark.parametrize("name", NAMES)
def test_a_simulation_by_hand_says_that_it_is_in_no_project(name: str) -> None:
    sim = Quick(config())
    with pytest.raises(gd.SimulationStateError, match=r"in no project.*gd\.run"):
        getattr(sim, name)(*["folder"] * name.startswith("to_"))


@pytest.mark.parametrize("launcher", ["thread", "process"])
def test_a_class_may_use_the_names_for_things_of_its_own(launcher: str) -> None:
    sim = gd.run(Environmentalist, name="mine", launcher=launcher)
    assert sim.wait(60)
    row = gd.simulations(sim.sim_id).iloc[0]
    assert (row["state"], row["result"]) == (
        "succeeded",
        ["my environment", "my to_csv", "my episodes", 2],
    )
    assert gd.scalars(sims=sim)["value"].tolist() == [1.0]
    assert gd.environment(sim)["name"].tolist() == ["mine"]


def test_by_hand_too() -> None:
    sim = Environmentalist(config())
    sim.setup()
    sim.run()
    assert sim.state is gd.SimState.SUCCEEDED


def test_every_name_leads_somewhere() -> None:
    import importlib

    from gymdash_jupyter import views

    assert sorted(views._WHERE) == NAMES
    for name in NAMES:
        module, _, function = views._WHERE[name].partition(":")
        assert callable(getattr(importlib.import_module(module), function))


def test_it_writes_itself_for_tensorboard(group: gd.SimulationGroup, tmp_path: Path) -> None:
    group.sims[0].to_tensorboard(tmp_path / "logs")
    assert len(list((tmp_path / "logs").rglob("events.out.tfevents.*"))) == 1


def test_it_writes_only_itself(group: gd.SimulationGroup, tmp_path: Path) -> None:
    (path,) = group.to_json(tmp_path / "points.json")
    pd.testing.assert_frame_equal(gd.read_frame(path), group.scalars())
