"""Talking to a training: evaluate, save, change, film; each is really done, or refused in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import stable_baselines3 as sb3
from stable_baselines3.common.vec_env import VecNormalize

from gymdash_jupyter.errors import ActionRefusedError
from gymdash_jupyter.states import SimState
from tests.launch.other_process import OtherProcess
from tests.simulations.trainings import (
    A2C,
    OFF_POLICY,
    PPO,
    ActingEnv,
    config,
    is_same,
    made,
    weights,
)
from tests.waiting import wait_until

if TYPE_CHECKING:
    from stable_baselines3.common.base_class import BaseAlgorithm

    from gymdash_jupyter.simulations import StableBaselinesSimulation
    from gymdash_jupyter.tracker import SimulationTracker

ARGUMENTS = {"ppo": PPO, "a2c": A2C} | dict.fromkeys(("dqn", "ddpg", "td3", "sac"), OFF_POLICY)
LONG = 10_000_000


class Talking(ActingEnv):
    """Asks the training for actions in chosen steps, as somebody beside it would, and keeps the answers."""

    def __init__(self, *questions: tuple[int, str, dict[str, Any]]) -> None:
        self.answers: list[Any] = []
        self.simulation: Any = None
        acts: dict[int, Callable[[], object]] = {}
        for step, name, arguments in questions:
            acts[step] = lambda n=name, a=arguments: self.ask(n, a)
        super().__init__(acts)

    def ask(self, name: str, arguments: dict[str, Any]) -> None:
        question = {"action": name, "arguments": arguments}
        on_end = lambda ask: self.answers.append(ask.answer or ask.error)  # noqa: E731
        self.simulation.interactor.ask("custom_query", question, on_end)


def talked(
    *questions: tuple[int, str, dict[str, Any]], folder: Path | None = None, **kwargs: Any
) -> tuple[list[Any], StableBaselinesSimulation]:
    """Train by hand in an environment that asks; give the answers and the simulation."""
    talking: list[Talking] = []

    def make() -> ActingEnv:
        if talking:
            return ActingEnv()
        talking.append(Talking(*questions))
        talking[0].simulation = simulation
        return talking[0]

    simulation = made(**{"env": make, "num_steps": 192, **kwargs})
    if folder is not None:
        simulation.set_project_info(str(folder), str(folder), simulation.sim_id)
    simulation.setup()
    simulation.run()
    return talking[0].answers, simulation


def said(simulation: StableBaselinesSimulation) -> list[str]:
    return [s.details for s in simulation.statuses]


# evaluate


def test_evaluate_answers_and_records() -> None:
    answers, simulation = talked((70, "evaluate", {"episodes": 3}), eval_every=0)
    assert answers == [
        {
            "action": "evaluate",
            "result": {"mean_return": 10.0, "std_return": 0.0, "episodes": 3, "step": 70},
        }
    ]
    series = simulation.recorder.peek().scalars["eval/mean_return"]
    assert (series.steps.tolist(), series.values.tolist()) == ([70], [10.0])


def test_evaluating_without_exploring_may_find_the_best_model() -> None:
    _, simulation = talked((70, "evaluate", {"episodes": 5}), eval_every=0)
    assert (simulation.result["best_mean_return"], simulation.result["best_step"]) == (10.0, 70)


def test_an_evaluation_of_too_few_episodes_or_with_exploring_is_never_the_best() -> None:
    questions = (70, "evaluate", {"episodes": 4}), (80, "evaluate", {"deterministic": False})
    _, simulation = talked(*questions, eval_every=0)
    assert simulation.result["best_mean_return"] is None


# save_model


def test_save_model_keeps_the_model_of_that_step(tmp_path: Path) -> None:
    answers, simulation = talked(
        (70, "save_model", {}), (80, "save_model", {"name": "early.zip"}), folder=tmp_path
    )
    assert [a["result"] for a in answers] == ["models/model_70.zip", "models/early.zip"]
    saved = [sb3.PPO.load(Path(simulation.sim_path, a["result"])) for a in answers]
    assert [m.num_timesteps for m in saved] == [70, 80]
    assert not is_same(weights(saved[0]), weights(simulation.model))


def test_save_model_takes_plain_names_only(tmp_path: Path) -> None:
    odd = [
        "../model",
        "a/b",
        "a\\b",
        "/etc/x",
        ".hidden",
        "..",
        "a b",
        "ä",
        "x" * 101,
        "-rf",
        "a\0",
    ]
    questions = [(70 + n, "save_model", {"name": name}) for n, name in enumerate(odd)]
    answers, simulation = talked(*questions, folder=tmp_path)
    taken = [
        name
        for name, answer in zip(odd, answers, strict=True)
        if "A model's name has at most 100 letters" not in str(answer.get("error"))
    ]
    assert not taken
    assert not Path(simulation.sim_path, "models").exists()


def test_save_model_never_writes_over_a_name(tmp_path: Path) -> None:
    question = "save_model", {"name": "a"}
    answers, _ = talked((70, *question), (80, *question), folder=tmp_path)
    assert answers[1]["error"] == "There is a model models/a.zip already. Choose another name."


def test_save_model_needs_a_project() -> None:
    answers, _ = talked((70, "save_model", {}))
    assert answers[0]["error"].startswith("No project is open for this simulation")


def test_statistics_are_saved_beside_each_model(tmp_path: Path) -> None:
    _, simulation = talked((70, "save_model", {"name": "a"}), folder=tmp_path, vec_normalize=True)
    folder = Path(simulation.sim_path)
    for model, statistics in (
        ("model.zip", "vec_normalize.pkl"),
        ("best_model.zip", "best_model_vec_normalize.pkl"),
        ("models/a.zip", "models/a_vec_normalize.pkl"),
    ):
        assert (folder / model).is_file()
        assert (folder / statistics).is_file()
    at_end, at_70 = (
        VecNormalize.load(str(folder / name), simulation.model.get_env().venv).obs_rms.count
        for name in ("vec_normalize.pkl", "models/a_vec_normalize.pkl")
    )
    assert at_70 < at_end


# record_video


def test_record_video_films_an_episode_of_an_evaluation(tracker: SimulationTracker) -> None:
    pytest.importorskip("av")
    _, simulation = tracker.start_sim(config(num_steps=LONG, eval_every=0))
    answer = simulation.ask("record_video", timeout_s=60)
    assert "is recorded as evaluation_video at step" in answer
    simulation.cancel()
    assert simulation.wait(60)
    [video] = simulation.media()
    assert video.key == "evaluation_video"
    assert f"at step {video.step:,}." in answer
    assert video.info["is_whole_episode"]


def test_record_video_films_the_next_episode_of_a_filmed_training(
    tracker: SimulationTracker,
) -> None:
    pytest.importorskip("av")
    never = 10**9
    _, simulation = tracker.start_sim(
        config(num_steps=LONG, eval_every=0, episode_trigger=lambda n: n == never)
    )
    assert simulation.ask("record_video", timeout_s=60) == "The next episode is filmed."
    wait_until(simulation.media, what="the video")
    simulation.cancel()
    assert simulation.wait(60)
    assert [m.key for m in simulation.media()] == ["episode_video"]


def test_record_video_says_why_it_cannot(tmp_path: Path) -> None:
    answers, _ = talked((70, "record_video", {}), folder=tmp_path)
    assert answers[0]["error"].startswith("An episode cannot be filmed: ")


# From elsewhere


def test_another_process_evaluates_changes_and_saves(tracker: SimulationTracker) -> None:
    sim_id, simulation = tracker.start_sim(config(num_steps=LONG, eval_every=0))
    wait_until(lambda: simulation.recorder.latest_progress, what="the first progress")
    code = (
        "import sys, gymdash_jupyter as gd; gd.open_project(sys.argv[1]); sim = gd.tracker().get_sim(sys.argv[2]);"
        "print([a.name for a in sim.actions()]);"
        "print(sorted(sim.ask('evaluate', episodes=2)));"
        "print(sim.ask('set', name='learning_rate', value=1e-4).split(' at ')[0]);"
        "print(sim.ask('save_model', name='mine'))"
    )
    with OtherProcess(code, tracker.project.folder, sim_id) as process:
        assert process.line() == "['evaluate', 'help', 'record_video', 'save_model', 'set']"
        assert process.line() == "['episodes', 'mean_return', 'std_return', 'step']"
        assert process.line() == "learning_rate changed from 0.0003 to 0.0001"
        assert process.line() == "models/mine.zip"
    simulation.cancel()
    assert simulation.wait(60)
    assert Path(simulation.sim_path, "models", "mine.zip").is_file()
    assert simulation.state is SimState.CANCELLED


def test_what_is_asked_before_the_training_begins_waits_for_it(tracker: SimulationTracker) -> None:
    _, simulation = tracker.start_sim(config(num_steps=LONG, eval_every=0))
    assert simulation.ask("set", name="gamma", value=0.5).startswith("gamma changed from 0.99")
    simulation.cancel()


# What is changed is really used


def _used_learning_rate(model: BaseAlgorithm) -> set[float]:
    names = ("policy", "actor", "critic")
    optimizers = [getattr(getattr(model, n, None), "optimizer", None) for n in names]
    optimizers.append(getattr(model, "ent_coef_optimizer", None))
    return {g["lr"] for o in optimizers if o is not None for g in o.param_groups}


@pytest.mark.parametrize("algorithm", ["ppo", "dqn"])
def test_a_learning_rate_is_used_by_every_optimizer_and_recorded(algorithm: str) -> None:
    answers, simulation = talked(
        (70, "set", {"name": "learning_rate", "value": 0.002}),
        algorithm=algorithm,
        algorithm_kwargs=ARGUMENTS[algorithm],
    )
    assert _used_learning_rate(simulation.model) == {0.002}
    rates = simulation.recorder.peek().scalars["train/learning_rate"].values
    assert rates[-1] == 0.002
    words = answers[0]["result"]
    assert words.endswith(" to 0.002 at step 70")
    assert words in said(simulation)


@pytest.mark.parametrize("algorithm", ["ddpg", "td3", "sac"])
def test_a_learning_rate_is_used_by_actor_and_critic(algorithm: str) -> None:
    from gymdash_jupyter.simulations.sb3_hyperparameters import change

    made_by: Any = getattr(sb3, algorithm.upper())
    model = made_by("MlpPolicy", "Pendulum-v1", **deepcopy(OFF_POLICY))
    change(model, "learning_rate", 0.002)
    model.learn(40)
    assert _used_learning_rate(model) == {0.002}


def test_a_changed_training_learns_what_one_with_a_schedule_learns() -> None:
    # Set at the first step, before the first update: as if it had begun with it.
    _, simulation = talked((1, "set", {"name": "learning_rate", "value": 0.01}), eval_every=0)
    _, other = talked(eval_every=0, algorithm_kwargs={**PPO, "learning_rate": 0.01})
    assert is_same(weights(simulation.model), weights(other.model))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("clip_range", 1e-6),
        ("ent_coef", 0.3),
        ("vf_coef", 0.1),
        ("gamma", 0.5),
        ("gae_lambda", 0.3),
        ("max_grad_norm", 0.001),
        ("n_epochs", 3),
        ("batch_size", 16),
        ("target_kl", 1e-6),
    ],
)
def test_what_is_set_at_the_first_step_acts_as_if_it_had_begun_with_it(
    name: str, value: float
) -> None:
    more = {"n_epochs": 2} if name != "n_epochs" else {}
    _, simulation = talked(
        (1, "set", {"name": name, "value": value}),
        eval_every=0,
        algorithm_kwargs={**PPO, **more},
    )
    _, other = talked(eval_every=0, algorithm_kwargs={**PPO, **more, name: value})
    _, before = talked(eval_every=0, algorithm_kwargs={**PPO, **more})
    assert is_same(weights(simulation.model), weights(other.model))
    if name != "target_kl":
        assert not is_same(weights(simulation.model), weights(before.model))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tau", 0.3),
        ("gamma", 0.5),
        ("batch_size", 8),
        ("learning_starts", 64),
        ("gradient_steps", 3),
        ("exploration_final_eps", 0.5),
        ("max_grad_norm", 0.001),
    ],
)
def test_what_is_set_in_dqn_acts_as_if_it_had_begun_with_it(name: str, value: float) -> None:
    begun = {**OFF_POLICY, "target_update_interval": 10, "train_freq": 1}
    _, simulation = talked(
        (1, "set", {"name": name, "value": value}),
        eval_every=0,
        algorithm="dqn",
        algorithm_kwargs=begun,
    )
    _, other = talked(eval_every=0, algorithm="dqn", algorithm_kwargs={**begun, name: value})
    assert getattr(simulation.model, name) == value
    assert is_same(weights(simulation.model), weights(other.model))


def test_a_train_freq_holds_from_the_next_collection_on() -> None:
    begun = {**OFF_POLICY, "learning_starts": 0, "train_freq": 4}
    _, simulation = talked(
        (1, "set", {"name": "train_freq", "value": 47}),
        eval_every=0,
        num_steps=98,
        algorithm="dqn",
        algorithm_kwargs=begun,
    )
    assert simulation.model._n_updates == 3  # after 4, 51 and 98 steps


def test_an_exploration_rate_is_held() -> None:
    answers, simulation = talked(
        (70, "set", {"name": "exploration_rate", "value": 0.25}),
        algorithm="dqn",
        algorithm_kwargs=OFF_POLICY,
    )
    assert "to 0.25" in answers[0]["result"]
    rates = simulation.recorder.peek().scalars["rollout/exploration_rate"]
    assert set(rates.values[rates.steps > 71]) == {0.25}


def test_an_entropy_coefficient_of_sac_is_set_where_it_is_a_number() -> None:
    from gymdash_jupyter.simulations.sb3_hyperparameters import change

    model = sb3.SAC("MlpPolicy", "Pendulum-v1", ent_coef=0.1, **deepcopy(OFF_POLICY))
    assert change(model, "ent_coef", 0.5) == (0.1, 0.5)
    assert model.ent_coef_tensor.item() == 0.5


def test_nothing_is_changed_by_what_is_refused() -> None:
    _, simulation = talked((1, "set", {"name": "learning_rate", "value": -1}), eval_every=0)
    alone = talked(eval_every=0)[1]
    assert is_same(weights(simulation.model), weights(alone.model))
    assert not [s for s in said(simulation) if "changed" in s]


SET_REFUSALS = [
    (
        "ppo",
        "learning_rat",
        1,
        r"'learning_rat' cannot be changed in a training with PPO. Did you mean 'learning_rate'",
    ),
    ("ppo", "n_steps", 8, r"'n_steps' cannot be changed.*What can: learning_rate, gamma"),
    ("ppo", "tau", 0.1, r"'tau' cannot be changed in a training with PPO"),
    ("a2c", "clip_range", 0.1, r"'clip_range' cannot be changed in a training with A2C"),
    ("dqn", "gae_lambda", 0.9, r"'gae_lambda' cannot be changed in a training with DQN"),
    ("ppo", "policy", 1, r"'policy' cannot be changed"),
    ("ppo", "__class__", 1, r"'__class__' cannot be changed"),
    ("ppo", "learning_rate", 0, r"learning_rate must be a number above 0 to 1; got 0\."),
    ("ppo", "learning_rate", 1.5, r"learning_rate must be"),
    ("ppo", "learning_rate", float("nan"), r"learning_rate must be.*got nan"),
    ("ppo", "learning_rate", float("inf"), r"learning_rate must be.*got inf"),
    ("ppo", "gamma", 1.01, r"gamma must be a number from 0 to 1; got 1.01"),
    ("ppo", "gae_lambda", -0.1, r"gae_lambda must be a number from 0 to 1"),
    ("ppo", "clip_range", 0, r"clip_range must be a number above 0 to 1"),
    ("ppo", "ent_coef", -1, r"ent_coef must be a number from 0 up; got -1"),
    ("ppo", "max_grad_norm", 0, r"max_grad_norm must be a number above 0"),
    ("ppo", "target_kl", 0, r"target_kl must be a number above 0"),
    ("ppo", "n_epochs", 0, r"n_epochs must be a whole number from 1 to 1000"),
    ("ppo", "n_epochs", 1.5, r"n_epochs must be a whole number"),
    (
        "ppo",
        "batch_size",
        1,
        r"batch_size cannot be set to 1: it must be a whole number from 2 to 64",
    ),
    (
        "ppo",
        "batch_size",
        65,
        r"batch_size cannot be set to 65: it must be a whole number from 2 to 64",
    ),
    ("dqn", "batch_size", 0, r"batch_size must be a whole number from 1 up"),
    ("dqn", "tau", 0, r"tau must be a number above 0 to 1"),
    ("dqn", "train_freq", 0, r"train_freq must be a whole number from 1 up"),
    (
        "dqn",
        "gradient_steps",
        0,
        r"gradient_steps cannot be set to 0: with 0 it would learn nothing",
    ),
    ("dqn", "gradient_steps", -2, r"gradient_steps must be a whole number from -1 up"),
    ("dqn", "exploration_rate", 2, r"exploration_rate must be a number from 0 to 1"),
    ("dqn", "learning_starts", -1, r"learning_starts must be a whole number from 0 up"),
]


@pytest.mark.parametrize(("algorithm", "name", "value", "words"), SET_REFUSALS)
def test_set_is_refused(algorithm: str, name: str, value: float, words: str) -> None:
    from gymdash_jupyter.simulations.sb3_hyperparameters import change

    made_by: Any = getattr(sb3, algorithm.upper())
    model = made_by("MlpPolicy", "CartPole-v1", **deepcopy(ARGUMENTS[algorithm]))
    with pytest.raises(ActionRefusedError, match=words):
        change(model, name, value)


def test_a_learned_entropy_coefficient_is_refused_with_the_reason() -> None:
    from gymdash_jupyter.simulations.sb3_hyperparameters import change

    model = sb3.SAC("MlpPolicy", "Pendulum-v1", **deepcopy(OFF_POLICY))
    with pytest.raises(ActionRefusedError, match="it is learned in this training"):
        change(model, "ent_coef", 0.1)


def test_a_train_freq_in_episodes_is_refused_with_the_reason() -> None:
    from gymdash_jupyter.simulations.sb3_hyperparameters import change

    special = {**deepcopy(OFF_POLICY), "train_freq": (1, "episode")}
    model = sb3.TD3("MlpPolicy", "Pendulum-v1", **special)
    with pytest.raises(ActionRefusedError, match="counts it in episodes"):
        change(model, "train_freq", 4)


# What is offered to be changed


@pytest.mark.parametrize("algorithm", sorted(ARGUMENTS))
def test_what_is_offered_without_a_model_is_what_the_model_has(algorithm: str) -> None:
    from gymdash_jupyter.simulations.sb3_hyperparameters import names_for

    env = "CartPole-v1" if algorithm in ("ppo", "a2c", "dqn") else "Pendulum-v1"
    made_by: Any = getattr(sb3, algorithm.upper())
    model = made_by("MlpPolicy", env, **deepcopy(ARGUMENTS[algorithm]))
    assert names_for(algorithm, None) == names_for(algorithm, model)


def test_the_choices_of_set_are_those_of_the_algorithm() -> None:
    _, simulation = talked(algorithm="dqn", algorithm_kwargs=OFF_POLICY)
    [offered] = [a for a in simulation.actions() if a.name == "set"]
    names = offered.arguments["properties"]["name"]["enum"]
    assert "exploration_rate" in names
    assert "clip_range" not in names
    words = offered.arguments["properties"]["value"]["description"]
    assert "gamma: a number from 0 to 1, now 0.99" in words


def test_before_it_is_set_up_all_choices_are_offered() -> None:
    [offered] = [a for a in made().actions() if a.name == "set"]
    names = offered.arguments["properties"]["name"]["enum"]
    assert {"clip_range", "exploration_rate", "tau"} <= set(names)


def test_asking_changes_no_training_that_does_not_change() -> None:
    questions = (30, "evaluate", {}), (31, "help", {}), (70, "evaluate", {"deterministic": False})
    answers, simulation = talked(*questions)
    assert all("result" in answer for answer in answers)
    assert is_same(weights(simulation.model), weights(talked()[1].model))
    assert np.isfinite(simulation.result["mean_return"])
