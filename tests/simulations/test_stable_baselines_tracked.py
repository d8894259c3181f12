"""A training in a project: what is in the store and in its folder, seen by readers that know nothing of it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import stable_baselines3 as sb3
from stable_baselines3.common.base_class import BaseAlgorithm
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from gymdash_jupyter.errors import InvalidArgumentError, StopSimException
from gymdash_jupyter.states import SimState
from gymdash_jupyter.statuses import SimStatusCode, SimStatusSubcode
from tests.simulations.trainings import (
    MATRIX,
    PPO,
    ActingEnv,
    bare,
    config,
    is_same,
    weights,
)
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from gymdash_jupyter.project import Project
    from gymdash_jupyter.simulation import Simulation
    from gymdash_jupyter.tracker import SimulationTracker

NOT_IN_TENSORBOARD = {
    "time/iterations",
    "time/episodes",
    "time/time_elapsed",
    "time/total_timesteps",
    "train/n_updates",
}
"""What stable-baselines3 itself keeps from TensorBoard: ``exclude="tensorboard"`` in its sources."""


def stored(project: Project, sim_id: UUID) -> dict[str, Any]:
    store = project.store
    return {s.key: store.read_scalars(sim_id, s.key)[0] for s in store.series([sim_id])}


def rounded(points: Iterable[tuple[int, float]]) -> list[tuple[int, str]]:
    """Bring values to TensorBoard's float32, as texts so that NaN equals itself."""
    return [(step, repr(np.float32(value))) for step, value in points]


def in_tensorboard(folder: Path) -> dict[str, list[tuple[int, str]]]:
    events = EventAccumulator(str(folder), size_guidance={"scalars": 0}).Reload()
    return {
        tag: rounded((e.step, e.value) for e in events.Scalars(tag))
        for tag in events.Tags()["scalars"]
    }


def in_store(project: Project, sim_id: UUID) -> dict[str, list[tuple[int, str]]]:
    """Give what TensorBoard should have too, in its form."""
    return {
        key: rounded(zip(series.steps.tolist(), series.values.tolist(), strict=True))
        for key, series in stored(project, sim_id).items()
        if key not in NOT_IN_TENSORBOARD and not key.startswith("episode/")
    }


def trained(tracker: SimulationTracker, **kwargs: Any) -> tuple[UUID, Any]:
    sim_id, simulation = tracker.start_sim(config(**kwargs))
    assert simulation.wait(60), simulation
    return sim_id, simulation


def has_come_to(step: int, simulation: Simulation) -> bool:
    progress = simulation.recorder.latest_progress
    return progress is not None and progress.current is not None and progress.current >= step


def test_the_store_holds_what_stable_baselines3_wrote_to_tensorboard(
    tracker: SimulationTracker, project: Project
) -> None:
    sim_id, simulation = trained(tracker)
    folder = Path(simulation.sim_path, "tb", "CartPole-v1_ppo", "train")
    assert len(in_tensorboard(folder)["rollout/ep_rew_mean"]) == 3
    assert in_store(project, sim_id) == in_tensorboard(folder)


def test_the_store_holds_every_episode(tracker: SimulationTracker, project: Project) -> None:
    sim_id, simulation = trained(tracker, n_envs=2, num_steps=512)
    found = stored(project, sim_id)["episode/return"].values
    returns = simulation.model.get_env().get_attr("episode_returns")
    assert sorted(found) == sorted(returns[0] + returns[1])


def test_a_tracked_training_learns_exactly_what_an_untracked_one_does(
    tracker: SimulationTracker,
) -> None:
    _, simulation = trained(tracker)
    alone = bare("ppo", "CartPole-v1", 192, seed=7, **PPO)
    assert is_same(weights(simulation.model), weights(alone))


def test_the_saved_model_is_the_trained_one(tracker: SimulationTracker) -> None:
    _, simulation = trained(tracker)
    saved = sb3.PPO.load(Path(simulation.sim_path, simulation.result["model_path"]))
    assert is_same(weights(saved), weights(simulation.model))


def test_the_trained_model_still_predicts(tracker: SimulationTracker) -> None:
    _, simulation = trained(tracker, num_steps=64)
    action, _ = simulation.model.predict(np.zeros(4, np.float32))
    assert action in (0, 1)


def test_it_succeeds_with_its_result_in_the_store(
    tracker: SimulationTracker, project: Project
) -> None:
    sim_id, _ = trained(tracker)
    record = project.store.simulation(sim_id)
    assert record.state is SimState.SUCCEEDED
    assert record.result["steps"] == 192
    assert record.result["model_path"] == "model.zip"
    assert (record.progress.current, record.progress.total) == (192, 192)


def test_files_are_in_its_folder_and_nowhere_else(
    tracker: SimulationTracker,
    project: Project,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.setattr(tempfile, "tempdir", str(elsewhere))
    _, simulation = trained(tracker)
    assert list(elsewhere.iterdir()) == []
    folder = Path(simulation.sim_path)
    assert list(project.sims_folder.iterdir()) == [folder]
    assert list(project.resources_folder.iterdir()) == []
    files = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    assert files[:3] == [".signatures.json", "best_model.zip", "model.zip"]
    assert files[3].startswith("tb/CartPole-v1_ppo/train/events.out.tfevents.")
    assert len(files) == 4
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("env", "folder"),
    [
        ("CartPole-v1", "CartPole-v1_ppo"),
        ("ALE/Pong-v5", "ALE-Pong-v5_ppo"),
        ("ale_py:ALE/Pong-v5", "ale_py-ALE-Pong-v5_ppo"),
        ("../../etc", "etc_ppo"),
        ("..", "env_ppo"),
        ("a\\b", "a-b_ppo"),
    ],
)
def test_the_tensorboard_folder_is_one_plain_name(env: str, folder: str) -> None:
    from gymdash_jupyter.simulations.sb3_settings import folder_name

    assert folder_name(env, "ppo") == folder


def test_a_tensorboard_log_of_none_writes_no_event_files(tracker: SimulationTracker) -> None:
    _, simulation = trained(tracker, algorithm_kwargs={**PPO, "tensorboard_log": None})
    assert not list(Path(simulation.sim_path).rglob("*tfevents*"))


def test_a_cancel_stops_it_and_keeps_the_model(
    tracker: SimulationTracker, project: Project
) -> None:
    sim_id, simulation = tracker.start_sim(config(num_steps=10_000_000))
    wait_until(lambda: simulation.recorder.latest_progress, what="the first progress")
    tracker.cancel(sim_id)
    assert simulation.wait(60)
    record = project.store.simulation(sim_id)
    assert record.state is SimState.CANCELLED
    steps = record.result["steps"]
    assert record.progress.current == steps
    saved = sb3.PPO.load(Path(simulation.sim_path, "model.zip"))
    assert saved.num_timesteps == steps
    details = [s.status.details for s in project.store.statuses([sim_id])]
    assert f"The model after {steps:,} steps is saved as model.zip." in details
    assert details[-1] == "Simulation stopped."


def test_a_cancel_ends_it_with_the_step_in_which_it_was_asked(tracker: SimulationTracker) -> None:
    env = ActingEnv({150: lambda: tracker.cancel(simulation)})
    _, simulation = tracker.create_simulation(config(env=env, num_steps=10_000))
    tracker.start_sim(simulation)
    assert simulation.wait(60)
    assert env.n_steps == 150


def test_a_forced_cancel_keeps_the_model(tracker: SimulationTracker) -> None:
    def stop() -> None:
        raise StopSimException("Enough.")

    _, simulation = trained(tracker, env=ActingEnv({40: stop}))
    assert simulation.state is SimState.CANCELLED
    assert sb3.PPO.load(Path(simulation.sim_path, "model.zip")).num_timesteps == 39


def test_an_error_in_the_environment_fails_it_with_its_trace_and_keeps_the_model(
    tracker: SimulationTracker, project: Project
) -> None:
    def fail() -> None:
        raise ZeroDivisionError("by the environment")

    sim_id, simulation = trained(tracker, env=ActingEnv({100: fail}))
    assert simulation.state is SimState.FAILED
    last = project.store.statuses([sim_id])[-1].status
    assert (last.code, last.subcode) == (SimStatusCode.FAIL, SimStatusSubcode.ERROR)
    assert last.details == "by the environment"
    assert "in fail" in last.error_trace
    assert sb3.PPO.load(Path(simulation.sim_path, "model.zip")).num_timesteps == 99


def test_an_error_in_saving_does_not_hide_the_one_that_ended_the_training(
    tracker: SimulationTracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise ZeroDivisionError("by the environment")

    def full(self: object, path: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(BaseAlgorithm, "save", full)
    _, simulation = trained(tracker, env=ActingEnv({10: fail}), eval_every=0)
    details = [s.details for s in simulation.statuses]
    assert details == [
        "The model could not be saved: OSError: No space left on device",
        "by the environment",
    ]


def test_a_mistake_fails_it_with_the_words_of_the_mistake(
    tracker: SimulationTracker, project: Project
) -> None:
    sim_id, _ = trained(tracker, env="CartPol-v1")
    record = project.store.simulation(sim_id)
    assert (record.state, record.failed, record.cancelled) == (SimState.FAILED, True, False)
    last = project.store.statuses([sim_id])[-1].status
    assert "There is no environment 'CartPol-v1'" in last.details
    assert InvalidArgumentError.__name__ in last.error_trace


def test_help_comes_as_a_control_request(tracker: SimulationTracker, project: Project) -> None:
    sim_id, simulation = tracker.start_sim(config(num_steps=10_000_000))
    assert tracker.query(sim_id, timeout_s=60, help_request=True) == {"help_request": True}
    [request] = wait_until(
        lambda: project.store.control_requests([sim_id]), what="the control request"
    )
    assert "algorithm_kwargs" in request.details
    tracker.cancel(sim_id)
    assert simulation.wait(60)


def test_progress_can_be_asked_for_while_it_trains(tracker: SimulationTracker) -> None:
    sim_id, simulation = tracker.start_sim(config(num_steps=10_000_000))
    wait_until(lambda: simulation.recorder.latest_progress, what="the first progress")
    current, total = tracker.query(sim_id, progress=True)["progress"]
    assert current >= 0
    assert total == 10_000_000
    tracker.cancel(sim_id)
    assert simulation.wait(60)


@pytest.mark.slow
@pytest.mark.parametrize(("algorithm", "env", "arguments"), MATRIX)
class TestEveryAlgorithm:
    def test_it_records_trains_and_saves_as_stable_baselines3_does(
        self,
        tracker: SimulationTracker,
        project: Project,
        algorithm: str,
        env: str,
        arguments: dict[str, Any],
    ) -> None:
        # Four episodes of an off-policy algorithm must end before it logs.
        sim_id, simulation = trained(
            tracker, algorithm=algorithm, env=env, algorithm_kwargs=arguments, num_steps=1000
        )
        assert simulation.state is SimState.SUCCEEDED, simulation.statuses
        folder = Path(simulation.sim_path, "tb", f"{env}_{algorithm}", "train")
        assert in_store(project, sim_id) == in_tensorboard(folder)
        monitor = simulation.model.get_env()
        # Monitor rounds what it says of an episode to six digits.
        assert stored(project, sim_id)["episode/return"].values == pytest.approx(
            monitor.get_attr("episode_returns")[0], abs=1e-6
        )
        alone = bare(algorithm, env, 1000, seed=7, **deepcopy(arguments))
        assert is_same(weights(simulation.model), weights(alone))
        saved = type(alone).load(Path(simulation.sim_path, "model.zip"))
        assert is_same(weights(saved), weights(alone))

    def test_it_stops_when_it_is_asked_to(
        self,
        tracker: SimulationTracker,
        algorithm: str,
        env: str,
        arguments: dict[str, Any],
    ) -> None:
        sim_id, simulation = tracker.start_sim(
            config(algorithm=algorithm, env=env, algorithm_kwargs=arguments, num_steps=1_000_000)
        )
        wait_until(
            lambda: simulation.is_done or has_come_to(100, simulation),
            60,
            what="a hundred steps",
        )
        tracker.cancel(sim_id)
        assert simulation.wait(60)
        assert simulation.state is SimState.CANCELLED


@pytest.mark.slow
def test_two_trainings_at_once_may_be_the_first_to_load_stable_baselines3(tmp_path: Path) -> None:
    code = (
        "import gymdash_jupyter as gd, sys; gd.open_project(sys.argv[1]);"
        "kw = dict(num_steps=64, algorithm_kwargs=dict(n_steps=64));"
        "sims = [gd.run('stable_baselines', **kw) for _ in range(4)];"
        "[s.wait() for s in sims]; print(*(s.state for s in sims))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "project")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["succeeded"] * 4
