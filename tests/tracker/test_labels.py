"""People write labels on simulations and keep presets: what a tracker and a project take and refuse."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from gymdash_jupyter.errors import (
    InvalidArgumentError,
    PresetTakenError,
    ReadOnlyProjectError,
    UnknownPresetError,
    UnknownSimulationError,
)
from gymdash_jupyter.frames import simulations_frame
from gymdash_jupyter.project import Project
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.tracker import SimulationTracker


class Short(Simulation):
    def _run(self, **kwargs: Any) -> None:
        self.result = 1


def test_a_new_name_is_seen_on_the_simulation_in_hand_and_by_others(
    tracker: SimulationTracker, other: SimulationTracker
) -> None:
    sim_id, simulation = tracker.create_simulation(Short)
    tracker.rename(simulation, "  the\n best ")
    assert simulation.name == other.get_sim(sim_id).name == "the best"
    assert simulation.config.name != "the best"


def test_one_that_was_renamed_still_runs(tracker: SimulationTracker) -> None:
    sim_id, simulation = tracker.create_simulation(Short)
    tracker.rename(sim_id, "renamed")
    tracker.start_sim(simulation)
    assert simulation.wait(60)
    assert (simulation.name, tracker.project.store.simulation(sim_id).name) == (
        "renamed",
        "renamed",
    )


def test_tags_are_trimmed_and_unique(tracker: SimulationTracker) -> None:
    ids = [tracker.create_simulation(Short)[0] for _ in range(2)]
    tracker.tag(ids, add=[" best ", "best", "lr\t3"])
    tracker.tag(ids[0], remove="best")
    records = [tracker.project.store.simulation(sim_id) for sim_id in ids]
    assert [record.tags for record in records] == [("lr 3",), ("best", "lr 3")]


@pytest.mark.parametrize("bad", ["", "  ", "a" * 61, 3, None, ["ok", ""]])
def test_a_tag_that_is_none_is_refused_and_nothing_changes(
    tracker: SimulationTracker, bad: Any
) -> None:
    sim_id, _ = tracker.create_simulation(Short)
    with pytest.raises(InvalidArgumentError, match=r"(?i)tag"):
        tracker.tag(sim_id, add=bad)
    assert tracker.project.store.simulation(sim_id).tags == ()


@pytest.mark.parametrize("bad", ["", " \n", "a" * 201, 7])
def test_a_name_that_is_none_is_refused(tracker: SimulationTracker, bad: Any) -> None:
    sim_id, simulation = tracker.create_simulation(Short)
    before = simulation.name
    with pytest.raises(InvalidArgumentError, match=r"1 to 200 letters|is a text"):
        tracker.rename(sim_id, bad)
    assert simulation.name == before


@pytest.mark.parametrize("bad", [-1, 1.0, True, "2", 2**31])
def test_a_colour_that_is_none_is_refused(tracker: SimulationTracker, bad: Any) -> None:
    sim_id, _ = tracker.create_simulation(Short)
    with pytest.raises(InvalidArgumentError, match="whole number from 0"):
        tracker.set_colour(sim_id, bad)


def test_labels_of_a_simulation_that_is_not_there_raise(tracker: SimulationTracker) -> None:
    unknown = uuid4()
    for refused in (
        lambda: tracker.rename(unknown, "new"),
        lambda: tracker.tag([unknown], add="new"),
        lambda: tracker.set_note(unknown, "new"),
        lambda: tracker.set_colour(unknown, 1),
    ):
        with pytest.raises(UnknownSimulationError, match=str(unknown)):
            refused()


def test_the_frame_ends_with_tags_and_note(tracker: SimulationTracker) -> None:
    sim_id, _ = tracker.create_simulation(Short)
    tracker.tag(sim_id, add=["a", "b"])
    tracker.set_note(sim_id, "Look at step 2000.\n")
    frame = simulations_frame(tracker.project.store)
    assert list(frame.columns[-2:]) == ["tags", "note"]
    row = frame.loc[str(sim_id)]
    assert (row["tags"], row["note"]) == (("a", "b"), "Look at step 2000.")


def test_a_preset_comes_back_as_it_was_saved(project: Project) -> None:
    presets = project.presets("reply:custom_query")
    value = {"learning_rate": 0.001, "net": [64, 64], "why": "größer"}
    presets.save(" small  steps ", value)
    assert Project.open(project.folder).presets("reply:custom_query").load("small steps") == value
    assert project.presets("start:ppo").names() == []


def test_a_preset_that_is_not_there_is_said_with_the_nearest_name(project: Project) -> None:
    presets = project.presets("start:ppo")
    presets.save("long run", {})
    for refused in (
        lambda: presets.load("longrun"),
        lambda: presets.delete("longrun"),
        lambda: presets.rename("longrun", "new"),
    ):
        with pytest.raises(UnknownPresetError, match="Did you mean 'long run'"):
            refused()


def test_a_preset_is_not_lost_to_another_of_its_name(project: Project) -> None:
    presets = project.presets("start:ppo")
    presets.save("one", 1)
    presets.save("two", 2)
    with pytest.raises(PresetTakenError, match="'one'"):
        presets.save("one", 3, replace=False)
    with pytest.raises(PresetTakenError, match="'two'"):
        presets.rename("one", "two")
    presets.rename("one", "one")
    presets.save("two", 4)
    assert {name: presets.load(name) for name in presets.names()} == {"one": 1, "two": 4}
    presets.delete("one")
    assert presets.names() == ["two"]


def test_nothing_is_labelled_in_a_project_that_is_read_only(tracker: SimulationTracker) -> None:
    sim_id, _ = tracker.create_simulation(Short)
    reader = Project.open(tracker.project.folder, read_only=True)
    with pytest.raises(ReadOnlyProjectError):
        SimulationTracker(project=reader).set_note(sim_id, "new")
    with pytest.raises(ReadOnlyProjectError):
        reader.presets("start:ppo").save("new", 1)
