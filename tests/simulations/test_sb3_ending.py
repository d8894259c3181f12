"""When a training ends by itself, and what is said of numbers that are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gymdash_jupyter.recorder import Recorder
from gymdash_jupyter.simulations.number_watch import NumberWatch
from gymdash_jupyter.simulations.stop_rules import StopWatch, read_stop_rules
from gymdash_jupyter.states import SimState
from tests.simulations.trainings import OFF_POLICY, PPO, ActingEnv, config, trained

if TYPE_CHECKING:
    from gymdash_jupyter.simulations import StableBaselinesSimulation
    from gymdash_jupyter.tracker import SimulationTracker

NAN, INF = float("nan"), float("inf")


class RewardsGone(ActingEnv):
    """Gives no number for a reward from step 50 on."""

    def step(self, action: Any) -> Any:
        observation, reward, *rest = super().step(action)
        return observation, NAN if self.n_steps >= 50 else reward, *rest


def said(simulation: StableBaselinesSimulation) -> list[str]:
    return [s.details for s in simulation.statuses]


def watched(**rules: Any) -> tuple[NumberWatch, list[str], StopWatch]:
    words: list[str] = []
    stops = StopWatch(read_stop_rules(rules))
    return NumberWatch(Recorder(), stops, words.append), words, stops


# stop_when


def test_it_ends_well_when_an_evaluation_is_good_enough() -> None:
    simulation = trained(
        env=ActingEnv, num_steps=10_000, eval_every=40, stop_when={"eval/mean_return": 10}
    )
    assert simulation.state is SimState.SUCCEEDED
    assert simulation.result["steps"] == 40
    words = "stop_when: eval/mean_return >= 10 is met at step 40 with 10; the training ends."
    assert words in said(simulation)


def test_it_ends_when_what_the_algorithm_logs_is_small_enough() -> None:
    simulation = trained(
        num_steps=10_000, stop_when={"time/total_timesteps": [">=", 128], "train/loss": ["<", -9]}
    )
    assert simulation.state is SimState.SUCCEEDED
    assert simulation.result["steps"] == 129
    assert "stop_when: time/total_timesteps >= 128 is met at step 128" in "\n".join(
        said(simulation)
    )


def test_it_ends_by_an_episode_at_that_step() -> None:
    simulation = trained(env=ActingEnv, num_steps=10_000, stop_when={"episode/return": 10})
    assert simulation.result["steps"] == 10


def test_an_off_policy_training_ends_too() -> None:
    simulation = trained(
        algorithm="dqn",
        algorithm_kwargs=OFF_POLICY,
        env=ActingEnv,
        num_steps=10_000,
        stop_when={"episode/length": [">", 9]},
    )
    assert simulation.result["steps"] == 10
    assert simulation.state is SimState.SUCCEEDED


def test_a_training_that_is_good_enough_only_in_the_end_says_so() -> None:
    simulation = trained(env=ActingEnv, stop_when={"eval/mean_return": 10})
    assert simulation.result["steps"] == 192
    assert "is met at step 192" in "\n".join(said(simulation))


def test_a_rule_that_is_not_met_changes_and_says_nothing() -> None:
    simulation = trained(stop_when={"eval/mean_return": 10_000})
    assert simulation.result["steps"] == 192
    assert "stop_when" not in "\n".join(said(simulation))


def test_a_key_that_never_comes_is_told_in_the_end() -> None:
    simulation = trained(stop_when={"rollout/ep_rew_men": 475})
    assert simulation.state is SimState.SUCCEEDED
    [words] = [w for w in said(simulation) if "stop_when" in w]
    assert "'rollout/ep_rew_men', which was never recorded" in words
    assert "Did you mean 'rollout/ep_rew_mean'?" in words


def test_what_stopped_it_is_in_the_store(tracker: SimulationTracker) -> None:
    sim_id, simulation = tracker.start_sim(
        config(num_steps=100_000, stop_when={"time/total_timesteps": 64})
    )
    assert simulation.wait(60)
    record = tracker.project.store.simulation(sim_id)
    assert (record.state, record.cancelled, record.failed) == (SimState.SUCCEEDED, False, False)
    assert record.config.kwargs["stop_when"] == {"time/total_timesteps": 64}
    details = [s.status.details for s in tracker.project.store.statuses([sim_id])]
    assert any(w.startswith("stop_when: time/total_timesteps >= 64 is met") for w in details)


# Numbers that are none


@pytest.mark.parametrize("value", [NAN, INF, -INF])
def test_a_number_that_is_not_finite_is_said_once_a_key(value: float) -> None:
    watch, words, _ = watched()
    watch.record("train/critic_loss", 1.0, 6000)
    watch.record("train/critic_loss", value, 6004)
    watch.record("train/critic_loss", value, 6008)
    watch.record("eval/mean_return", value, 7000)
    assert words == [
        f"train/critic_loss is not finite since step 6,004 ({value}).",
        f"eval/mean_return is not finite since step 7,000 ({value}).",
    ]


@pytest.mark.parametrize(
    "key", ["episode/return", "rollout/ep_rew_mean", "train/explained_variance"]
)
def test_what_may_be_no_number_is_not_said(key: str) -> None:
    watch, words, _ = watched()
    watch.record(key, NAN, 1)
    assert words == []


@pytest.mark.parametrize("value", ["text", None, object(), [1, 2], 10**400])
def test_what_is_no_number_at_all_harms_nobody(value: object) -> None:
    watch, words, stops = watched(a=1)
    watch.record("a", value, 1)
    assert words == []
    assert stops.met is None


def test_a_training_that_diverges_says_so_once_a_key_and_goes_on() -> None:
    simulation = trained(
        algorithm="dqn",
        algorithm_kwargs=OFF_POLICY,
        env=RewardsGone,
        num_steps=200,
        eval_every=0,
    )
    assert simulation.result["steps"] == 200
    not_finite = [w for w in said(simulation) if "not finite" in w]
    assert not_finite == ["train/loss is not finite since step 80 (nan)."]


def test_a_healthy_training_says_nothing_of_it() -> None:
    simulation = trained(algorithm_kwargs=PPO)
    assert not [w for w in said(simulation) if "not finite" in w]
