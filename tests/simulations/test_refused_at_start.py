"""Kwargs with which a shipped simulation type cannot run: refused where it is started, and nothing is started."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import gymdash_jupyter as gd
from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.simulations.custom_control import CustomControlSimulation
from gymdash_jupyter.states import SimState

if TYPE_CHECKING:
    from collections.abc import Callable

    from gymdash_jupyter.project import Project
    from gymdash_jupyter.tracker import SimulationTracker

WRONG = [
    ("stable_baselines", {"num_step": 10}, "'num_step'. Did you mean 'num_steps'?"),
    ("stable_baselines", {"stop_when": {"eval/x": 1}}, "stop_when"),
    ("stable_baselines", {"wrappers": iter(["a:B"])}, "wrappers must be a list"),
    ("example_ml", {"train_kwargs": {"epoch": 1}}, "'epoch'. Did you mean 'epochs'?"),
    ("example_ml", {"train": False}, "There is nothing to do"),
    ("custom_control", {"poll_perod": 1}, "Did you mean 'poll_period'?"),
    ("custom_control", {"total_runtime": -1}, "total_runtime must be a number from 0 up"),
]


class Counting(CustomControlSimulation):
    """Takes a kwarg that the class it inherits from does not know."""

    def _setup(self, factor: int) -> None:
        self.result = 6 * factor

    def _run(self, factor: int) -> None:
        pass


def start(key: str, kwargs: dict[str, Any]) -> object:
    return gd.run(key, **kwargs)


def start_as_start_kwargs(key: str, kwargs: dict[str, Any]) -> object:
    return gd.SimulationTracker().start_sim(key, **kwargs)


def queue(key: str, kwargs: dict[str, Any]) -> object:
    config = gd.SimulationStartConfig(name="a", sim_key=key, kwargs=kwargs)
    return gd.tracker().queue_sim(config)


def sweep(key: str, kwargs: dict[str, Any]) -> object:
    return gd.sweep(key, values={"seed": [1, 2]}, **kwargs)


@pytest.mark.parametrize("begin", [start, start_as_start_kwargs, queue, sweep])
@pytest.mark.parametrize(("key", "kwargs", "words"), WRONG)
def test_wrong_kwargs_are_refused_before_anything_starts(
    project: Project,
    begin: Callable[..., object],
    key: str,
    kwargs: dict[str, Any],
    words: str,
) -> None:
    gd.open_project(project.folder)
    with pytest.raises(InvalidArgumentError) as refused:
        begin(key, kwargs)
    assert words in str(refused.value)
    assert project.store.simulations() == []


def test_a_subclass_takes_in_its_setup_what_it_likes(tracker: SimulationTracker) -> None:
    simulation = Counting(gd.SimulationStartConfig(name="a", sim_key="b"))
    tracker.start_sim(simulation, factor=7)
    tracker.wait(simulation.sim_id, 20)
    assert (simulation.state, simulation.result) == (SimState.SUCCEEDED, 42)
