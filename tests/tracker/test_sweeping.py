"""Starting several simulations that differ, in the current project."""

from __future__ import annotations

from typing import Any

import pytest

import gymdash_jupyter as gd
from gymdash_jupyter.errors import InvalidArgumentError, UnknownSimulationTypeError
from gymdash_jupyter.project import Project
from gymdash_jupyter.states import SimState


class Told(gd.Simulation):
    """Leaves what it was told."""

    def create_kwarg_defaults(self) -> dict[str, Any]:
        return {"rate": 0.5, "seed": None}

    def _run(self, tries: int = 3, **kwargs: Any) -> None:
        if self.config.kwargs.get("rate") == 13:
            msg = "unlucky"
            raise RuntimeError(msg)
        self.result = {"tries": tries, **self.config.kwargs}


@pytest.fixture(autouse=True)
def told(project: Project) -> None:
    gd.SimulationRegistry.register(
        "told", Told, gd.SimulationStartConfig(name="told", sim_key="told")
    )
    gd.open_project(project.folder)


def results(group: gd.SimulationGroup) -> dict[str, Any]:
    gd.tracker().wait(group.ids, 60)
    return {sim.name: sim.result for sim in group.sims}


def test_each_combination_is_a_simulation_with_its_values() -> None:
    group = gd.sweep(
        "told", "r{rate}-{seed}", values={"rate": [1, 2], "seed": "0..1"}, launcher="thread"
    )
    assert results(group) == {
        f"r{rate}-{seed}": {"tries": 3, "rate": rate, "seed": seed}
        for rate in (1, 2)
        for seed in (0, 1)
    }


def test_what_run_names_as_its_own_argument_reaches_it() -> None:
    group = gd.sweep(Told, values={"tries": [4, 5]}, launcher="thread")
    assert results(group) == {"told-tries4": {"tries": 4}, "told-tries5": {"tries": 5}}


def test_more_than_may_run_at_once_wait_in_the_queue() -> None:
    gd.tracker().max_running = 1
    group = gd.sweep("custom_control", values={"seed": range(3)}, total_runtime=60)
    try:
        states = [gd.tracker().get_sim(sim_id).state for sim_id in group.ids]
        assert states[1:] == [SimState.QUEUED] * 2
        assert states[0] is not SimState.QUEUED
    finally:
        for sim_id in reversed(group.ids):
            gd.tracker().cancel(sim_id, force=True)
        gd.tracker().wait(group.ids, 60)


def test_a_sweep_that_was_cut_short_is_completed() -> None:
    first = gd.sweep("told", values={"rate": [1, 13], "seed": [0]}, launcher="thread")
    gd.tracker().wait(first.ids, 60)
    rest = gd.sweep(
        "told", values={"rate": [1, 13, 0.5], "seed": [0]}, launcher="thread", only_missing=True
    )
    assert sorted(sim.name for sim in rest.sims) == ["told-rate0.5", "told-rate13"]
    gd.tracker().wait(rest.ids, 60)
    assert len(gd.sweep("told", values={"rate": [1, 0.5], "seed": [0]}, only_missing=True)) == 0


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: gd.sweep("tolt", values={"seed": [0]}), UnknownSimulationTypeError, "Did you mean 'told'"),
        (lambda: gd.sweep(Told(gd.SimulationStartConfig(name="x", sim_key="x"))), InvalidArgumentError, "made already"),
        (lambda: gd.sweep("told", values={"seed": "0..1,,"}), InvalidArgumentError, "seed: There is a comma"),
        (lambda: gd.sweep("told", "{nothing}", values={"seed": "0..1"}), InvalidArgumentError, r"\{rate\}, \{seed\}"),
        (lambda: gd.sweep(3), InvalidArgumentError, "a sim key, a config or a Simulation subclass"),
    ],
)  # fmt: skip
def test_what_cannot_be_swept_is_refused_and_nothing_starts(
    call: Any, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        call()
    assert gd.tracker().project.store.simulations() == []
