"""``gd.plot_resources``: the numbers that are drawn."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.errors import InvalidArgumentError, UnknownSimulationError
from gymdash_jupyter.plots import plot_resources, resources_info
from gymdash_jupyter.records import Batch, ResourceSample
from gymdash_jupyter.store.contract import ProjectStore
from tests.store.makers import later, running

START = later(2).timestamp()


def sampled(
    store: ProjectStore, *samples: tuple[object, ...], name: str = "ppo", **changed: object
):
    """Create a running simulation with samples: seconds since its start, cpu, memory, gpu, GPU memory."""
    config = SimulationStartConfig(name=name, sim_key="ppo")
    sim_id = running(store, config=config, **changed)
    given = [ResourceSample(START + each[0], *each[1:]) for each in samples]
    store.write([Batch(sim_id, resources=given)])
    return sim_id


def test_lines_hold_what_was_sampled_in_the_order_of_choice(store: ProjectStore) -> None:
    one = sampled(store, (1, 0.5, 1000), (6, 1.5, 3000))
    two = sampled(store, (2, 1.0, 10), name="dqn", created=later(1))
    info = resources_info(store, [two, one])
    assert [(line.sim_id, line.label, line.place) for line in info.lines] == [
        (two, "dqn", 0),
        (one, "ppo", 1),
    ]
    assert info.quantities == ("cpu", "memory")
    assert info.lines[1].seconds == pytest.approx([1, 6], abs=1e-6)
    assert info.lines[1].values["cpu"].tolist() == [0.5, 1.5]
    assert info.lines[1].values["memory"].tolist() == [1000, 3000]


def test_a_gpu_is_drawn_where_one_was_used(store: ProjectStore) -> None:
    sampled(store, (1, 0.5, 1000), (6, 0.5, 1000, 0.75, 4_000_000_000))
    axes = plot_resources(store)
    assert len(axes) == 4
    assert axes[2].lines[0].get_ydata()[1] == 0.75
    assert np.isnan(axes[2].lines[0].get_ydata()[0])
    assert (axes[3].get_ylabel(), axes[3].lines[0].get_ydata()[1]) == ("GPU memory, GB", 4)


def test_a_name_says_that_the_process_is_not_the_simulations_own(store: ProjectStore) -> None:
    sampled(store, (1, 0.5, 1000), launcher="thread")
    (line,) = resources_info(store).lines
    assert line.label == "ppo (its kernel's whole process)"


def test_where_no_process_is_a_simulations_own_it_is_said_once(store: ProjectStore) -> None:
    for _ in range(2):
        sampled(store, (1, 0.5, 1000), launcher="thread")
    (legend,) = plot_resources(store)[0].figure.legends
    assert legend.get_title().get_text() == "whole processes of their kernels"
    assert not any("whole" in text.get_text() for text in legend.get_texts())


@pytest.mark.parametrize(
    ("seconds", "shown", "word"), [(90, 90, "seconds"), (600, 10, "minutes"), (9000, 2.5, "hours")]
)
def test_time_is_drawn_in_a_unit_that_can_be_read(
    store: ProjectStore, seconds: float, shown: float, word: str
) -> None:
    sampled(store, (0, 0.5, 1000), (seconds, 0.5, 1000))
    ax = plot_resources(store)[0]
    assert ax.lines[0].get_xdata()[1] == pytest.approx(shown, abs=1e-6)
    assert ax.get_xlabel() == f"{word} since its start"


def test_given_axes_are_drawn_into_and_one_for_both_is_refused(store: ProjectStore) -> None:
    sampled(store, (1, 0.5, 1000))
    _, given = plt.subplots(1, 2)
    assert list(plot_resources(store, ax=given)) == list(given)
    with pytest.raises(InvalidArgumentError, match="give 2 axes"):
        plot_resources(store, ax=given[0])


def test_a_project_without_samples_says_so(store: ProjectStore) -> None:
    running(store)
    (cpu, memory) = plot_resources(store)
    assert [text.get_text() for text in cpu.texts] == ["No samples of resource use yet"]
    assert not memory.has_data()


def test_an_unknown_simulation_is_refused(store: ProjectStore) -> None:
    with pytest.raises(UnknownSimulationError):
        plot_resources(store, "abcdef")
