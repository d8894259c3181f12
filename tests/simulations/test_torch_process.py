"""``example_ml`` in a process of its own, and code that was written for GymDash's torch classes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import torch

from gymdash_jupyter.states import SimState
from gymdash_jupyter.tracker import SimulationTracker
from tests.gymdash_code.running import rows, run_script
from tests.simulations.torch_trainings import N_TRAIN, config
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gymdash_jupyter.project import Project

pytestmark = pytest.mark.slow


@pytest.fixture
def tracker(project: Project) -> Iterator[SimulationTracker]:
    tracker = SimulationTracker("process", project=project)
    yield tracker
    ids = [record.sim_id for record in project.store.simulations()]
    for sim_id in ids:
        tracker.cancel(sim_id)
    tracker.wait(ids, timeout_s=60)


def test_it_learns_there_what_it_learns_here(tracker: SimulationTracker) -> None:
    here = SimulationTracker(project=tracker.project).start_sim(config(test=True))[1]
    there = tracker.start_sim(config(test=True))[1]
    assert here.wait(60)
    assert there.wait(60)
    assert there.result == here.result
    store = tracker.project.store
    curves = [store.read_scalars(each.sim_id, "loss/train")[0] for each in (here, there)]
    assert curves[0].values.tolist() == curves[1].values.tolist()


def test_it_is_asked_steered_stopped_and_continued(tracker: SimulationTracker) -> None:
    sim_id, simulation = tracker.start_sim(config({"epochs": 5000, "do_val": False}))
    wait_until(lambda: len(tracker.project.store.series([sim_id])) > 0, what="a first number")
    assert set(simulation.ask("predict", index=5)) == {"prediction", "probabilities", "label"}
    assert "to 0.001 after" in simulation.ask("set_learning_rate", value=0.001)
    simulation.cancel()
    assert simulation.wait(60)
    assert simulation.state is SimState.CANCELLED
    assert list(Path(simulation.sim_path, "checkpoints/train").glob("train_ckpt_*.pt"))
    continued = tracker.start_sim(config(ckpt_from=sim_id))[1]
    assert continued.wait(60)
    last = tracker.project.store.read_scalars(sim_id, "loss/train")[0].steps[-1]
    assert continued.result["train"]["samples"] >= last + N_TRAIN


def test_a_worker_calculates_with_as_many_threads_as_it_may(tracker: SimulationTracker) -> None:
    from gymdash_jupyter.simulations import MLSimulation

    class Says(MLSimulation):
        def _create_model(self, **kwargs: Any) -> torch.nn.Module:
            print(f"threads: {torch.get_num_threads()}")
            return super()._create_model(**kwargs)

    simulation = Says(config())
    tracker.start_sim(simulation)
    assert simulation.wait(60)
    assert "threads: 1" in simulation.output()


def test_code_for_gymdashs_torch_classes_runs_unchanged(tmp_path: Path) -> None:
    done = run_script("classifier.py", str(tmp_path / "project"), folder=tmp_path)
    assert done.stdout.splitlines() == [
        "['train', 'end', 'end', 'end'] ('train', 160, 160) 160",
        "True 64 True",
        "cpu",
        "True False",
    ]
    [row] = rows(tmp_path / "project", "SELECT is_done, failed, sim_type_name FROM simulations")
    assert tuple(row.values()) == (1, 0, "Flat")
