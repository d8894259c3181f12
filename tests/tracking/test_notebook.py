"""``gd.track`` in a real notebook kernel: cells that are executed again, interrupted, or awaited."""

from __future__ import annotations

from ast import literal_eval
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.export.kernel import CellError, Kernel
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

STATES = "print(sorted(zip(gd.simulations()['name'], gd.simulations().state)))"


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    with Kernel(tmp_path_factory.mktemp("notebook")) as kernel:
        yield kernel


@pytest.fixture(autouse=True)
def _begin(kernel: Kernel, tmp_path: Path) -> None:
    kernel.begin(tmp_path, tmp_path / "project")


def test_a_cell_that_is_executed_again_ends_what_it_had_left_open(kernel: Kernel) -> None:
    kernel.run("sim = gd.track('again')")
    kernel.run("sim = gd.track('again')")
    assert literal_eval(kernel.run(STATES)) == [("again", "cancelled"), ("again", "running")]
    kernel.run("sim.finish()")
    assert literal_eval(kernel.run(STATES)) == [("again", "cancelled"), ("again", "succeeded")]


def test_one_cell_may_begin_several_of_one_name(kernel: Kernel) -> None:
    kernel.run("sims = [gd.track('many') for _ in range(3)]")
    assert literal_eval(kernel.run(STATES)) == [("many", "running")] * 3


def test_the_stop_button_of_the_notebook_cancels_a_block(kernel: Kernel) -> None:
    cell = """
import signal
with gd.track('interrupted') as sim:
    for step in sim.steps(1000):
        if step == 20:
            signal.raise_signal(signal.SIGINT)  # which the stop button sends
"""
    with pytest.raises(CellError, match="KeyboardInterrupt"):
        kernel.run(cell)
    assert literal_eval(kernel.run(STATES)) == [("interrupted", "cancelled")]


def test_it_is_shown_as_a_live_card(kernel: Kernel) -> None:
    kernel.run("sim = gd.track('shown')")
    assert kernel.run(
        "_shown = get_ipython().display_formatter.format(sim); print(_shown)"
    ).endswith(
        "({}, {})\n"  # it was displayed by itself, as its card
    )


def test_force_spares_the_kernel_of_a_cell_that_awaits(kernel: Kernel) -> None:
    cell = """
import asyncio
with gd.track('awaiting') as sim:
    other = gd.SimulationTracker(project=gd.Project.open(gd.ProjectManager.project_folder()))
    other.cancel(sim.sim_id, True)
    for step in range(600):
        await asyncio.sleep(0.05)
        sim.scalar('a', step)
"""
    kernel.run(cell)
    assert literal_eval(kernel.run(STATES)) == [("awaiting", "cancelled")]


def test_an_error_that_a_cell_shows_fails_what_learn_had_begun(kernel: Kernel) -> None:
    cell = """
from stable_baselines3 import A2C
from stable_baselines3.common.callbacks import BaseCallback
class Failing(BaseCallback):
    def _on_step(self):
        raise ValueError('boom')
callback = gd.TrackCallback('failing')
A2C('MlpPolicy', 'CartPole-v1', device='cpu').learn(100, callback=[callback, Failing()])
"""
    with pytest.raises(CellError, match="boom"):
        kernel.run(cell)
    wait_until(lambda: "('failing', 'failed')" in kernel.run(STATES), interval_s=0.2)
    assert "boom" in kernel.run("print(callback.sim.statuses[-1].details)")
