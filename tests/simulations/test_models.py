"""Kept models: loaded by whoever trained them, refused from strangers, and played."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import stable_baselines3 as sb3
from gymnasium.wrappers import TimeLimit
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.vec_env import VecNormalize

from gymdash_jupyter.errors import (
    InvalidArgumentError,
    MediaError,
    MissingDependencyError,
    UnknownSimulationError,
    UntrustedModelError,
)
from gymdash_jupyter.models import load_model
from gymdash_jupyter.project import Project
from gymdash_jupyter.rollouts import Rollout, rollout
from gymdash_jupyter.signatures import KEY_VARIABLE
from gymdash_jupyter.tracker import SimulationTracker
from tests.simulations.conftest import signing_key_of
from tests.simulations.trainings import ActingEnv, config, is_same, trained, weights

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gymdash_jupyter.simulations import StableBaselinesSimulation

NEVER_LOADED: list[str] = []


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Give one project to all tests of this file, which only read what they share in it."""
    project = Project.open(tmp_path_factory.mktemp("models"))
    yield project
    project.store.close()


@pytest.fixture(scope="module")
def kept_once(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> StableBaselinesSimulation:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(KEY_VARIABLE, str(signing_key_of(tmp_path_factory)))
        tracker = SimulationTracker(project=project)
        simulation: Any = tracker.start_sim(config(num_steps=256, eval_every=64))[1]
        assert simulation.wait(60)
    return simulation


@pytest.fixture
def kept(own_signing_key: Path, kept_once: StableBaselinesSimulation) -> StableBaselinesSimulation:
    """Give a short training that has ended; nobody changes what it left."""
    return kept_once


@pytest.fixture
def normalised(tracker: SimulationTracker) -> StableBaselinesSimulation:
    """Give one with normalised observations and rewards."""
    limit = ["gymnasium.wrappers:TimeLimit", {"max_episode_steps": 20}]
    simulation: Any = tracker.start_sim(
        config(env="Pendulum-v1", vec_normalize=True, wrappers=[limit])
    )[1]
    assert simulation.wait(60)
    return simulation


# Loading


def test_the_last_model_is_the_trained_one(
    project: Project, kept: StableBaselinesSimulation
) -> None:
    model = load_model(project, kept, "last")
    assert isinstance(model, sb3.PPO)
    assert is_same(weights(model), weights(kept.model))


def test_the_best_model_is_that_of_the_best_step(
    project: Project, kept: StableBaselinesSimulation
) -> None:
    for which in ("best", None):
        assert load_model(project, kept, which).num_timesteps == kept.result["best_step"]


def test_without_evaluations_it_is_the_last(project: Project, tracker: SimulationTracker) -> None:
    simulation = tracker.start_sim(config(eval_every=0))[1]
    assert simulation.wait(60)
    assert load_model(project, simulation).num_timesteps == 192
    with pytest.raises(InvalidArgumentError, match=r"has kept no model 'best'. Kept: 'last'"):
        load_model(project, simulation, "best")


def test_a_simulation_is_named_in_any_way(
    project: Project, kept: StableBaselinesSimulation, tracker: SimulationTracker
) -> None:
    from gymdash_jupyter.stored import StoredSimulation

    sim_id = kept.sim_id
    stored = StoredSimulation(sim_id, project, tracker)
    for named in (sim_id, str(sim_id), str(sim_id)[:8], stored, [kept]):
        assert is_same(weights(load_model(project, named, "last")), weights(kept.model))


def test_a_model_that_somebody_saved_is_loaded_by_its_name(
    project: Project, tracker: SimulationTracker
) -> None:
    simulation = tracker.start_sim(config(num_steps=10_000_000, eval_every=0))[1]
    simulation.ask("save_model", name="mine")
    simulation.cancel()
    assert simulation.wait(60)
    mine = load_model(project, simulation, "mine")
    assert 0 < mine.num_timesteps < load_model(project, simulation, "last").num_timesteps


def test_statistics_come_with_the_model(
    project: Project, normalised: StableBaselinesSimulation
) -> None:
    env = load_model(project, normalised, "last").get_env()
    assert isinstance(env, VecNormalize)
    assert np.array_equal(env.obs_rms.mean, normalised.model.get_env().obs_rms.mean)
    assert (env.training, env.norm_reward) == (False, False)


@pytest.mark.parametrize("which", ["worst", "../model", "model.zip/..", "", 3, "models/x"])
def test_there_is_no_other_model(
    project: Project, kept: StableBaselinesSimulation, which: Any
) -> None:
    with pytest.raises(InvalidArgumentError, match=r"has kept no model .* Kept: 'best', 'last'"):
        load_model(project, kept, which)


def test_one_simulation_has_the_model(project: Project, kept: StableBaselinesSimulation) -> None:
    with pytest.raises(InvalidArgumentError, match=r"2 were given|0 were given"):
        load_model(project, [])
    with pytest.raises((InvalidArgumentError, UnknownSimulationError)):
        load_model(project, "00000000-0000-0000-0000-000000000000")


def test_by_hand_the_model_is_where_it_always_was(project: Project) -> None:
    with pytest.raises(InvalidArgumentError, match="Its model is its attribute 'model'"):
        load_model(project, trained(num_steps=64))


def test_a_simulation_that_kept_nothing_says_so(
    project: Project, tracker: SimulationTracker
) -> None:
    simulation = tracker.start_sim(config(env="No-v0"))[1]
    assert simulation.wait(60)
    with pytest.raises(InvalidArgumentError, match=r"has kept no model. Kept: none"):
        load_model(project, simulation)


# Whom to trust


def test_a_model_of_somebody_else_is_refused_before_any_code_of_it_runs(
    project: Project,
    kept: StableBaselinesSimulation,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("GYMDASH_SIGNING_KEY", str(tmp_path / "another user"))
    monkeypatch.setattr(sb3.PPO, "load", lambda *_args, **_kwargs: NEVER_LOADED.append("ran"))
    with pytest.raises(UntrustedModelError, match="runs code from its file") as caught:
        load_model(project, kept, "last")
    assert caught.value.path == Path(kept.sim_path, "model.zip")
    assert NEVER_LOADED == []


def test_a_model_of_somebody_else_is_loaded_when_trusted(
    project: Project,
    kept: StableBaselinesSimulation,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("GYMDASH_SIGNING_KEY", str(tmp_path / "another user"))
    model = load_model(project, kept, "last", trust=True)
    assert is_same(weights(model), weights(kept.model))


@pytest.mark.parametrize("file", ["model.zip", "vec_normalize.pkl"])
def test_a_changed_file_is_refused(
    project: Project, normalised: StableBaselinesSimulation, file: str
) -> None:
    path = Path(normalised.sim_path, file)
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(UntrustedModelError, match=file):
        load_model(project, normalised, "last")


# Playing


def test_returns_are_those_of_evaluate_policy(
    project: Project, kept: StableBaselinesSimulation
) -> None:
    played = rollout(project, kept, 4, video=False, seed=5, which="last")
    env = make_vec_env("CartPole-v1")
    env.seed(5)
    returns, lengths = evaluate_policy(kept.model, env, 4, return_episode_rewards=True)
    assert (played.returns, played.lengths) == (returns, lengths)
    assert played.video is None
    assert played.note == ""


def test_a_normalised_model_plays_normalised(
    project: Project, normalised: StableBaselinesSimulation
) -> None:
    played = rollout(project, normalised, 2, video=False, seed=5, which="last")
    model = load_model(project, normalised, "last")
    env = model.get_env()
    env.seed(5)
    assert played.returns == evaluate_policy(model, env, 2, return_episode_rewards=True)[0]
    assert played.lengths == [20, 20]


@pytest.mark.parametrize("deterministic", [True, False])
def test_a_seed_makes_it_repeatable(
    project: Project, kept: StableBaselinesSimulation, deterministic: bool
) -> None:
    options = {"video": False, "seed": 5, "deterministic": deterministic}
    one, two = (rollout(project, kept, 3, **options) for _ in range(2))
    assert one == two


@pytest.mark.parametrize("episodes", [1, 2])
def test_it_is_filmed(
    project: Project, kept: StableBaselinesSimulation, episodes: int, tmp_path: Path
) -> None:
    pytest.importorskip("av")
    from gymdash_jupyter.video import probe_video

    played = rollout(project, kept, episodes, seed=5)
    path = played.save_video(tmp_path / "video.mp4")
    # A picture before each first step, and one after each step; of several episodes one more, of the next one.
    more = 1 if episodes == 1 else episodes + 1
    assert probe_video(path).n_frames == sum(played.lengths) + more
    html = played._repr_mimebundle_()["text/html"]
    assert "<video" in html
    assert "data:video/" in html


def test_without_av_it_plays_and_says_so(
    project: Project, kept: StableBaselinesSimulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gymdash_jupyter.video import encoder

    encoder._codec.cache_clear()
    monkeypatch.setitem(sys.modules, "av", None)
    played = rollout(project, kept)
    assert played.video is None
    assert "No video: " in played.note
    assert "PyAV" in played.note
    assert "PyAV" in str(played)
    with pytest.raises(MediaError, match="There is no video to save"):
        played.save_video("x.mp4")


def test_an_environment_without_pictures_plays_all_the_same(
    project: Project, tracker: SimulationTracker
) -> None:
    simulation = tracker.start_sim(config(env=ActingEnv))[1]
    assert simulation.wait(60)
    played = rollout(project, simulation)
    assert played.returns == [10.0]
    assert played.note.startswith("No video: ")


def test_an_environment_that_the_project_only_describes_is_asked_for(
    project: Project, tracker: SimulationTracker
) -> None:
    simulation = tracker.start_sim(
        config(env=ActingEnv, wrappers=[[TimeLimit, {"max_episode_steps": 5}]])
    )[1]
    assert simulation.wait(60)
    assert rollout(project, simulation, video=False).lengths == [5]
    with pytest.raises(
        InvalidArgumentError, match=r"only has a description of it.*rollout\(\.\.\., env="
    ):
        rollout(project, simulation.sim_id, video=False)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"episodes": 0}, "episodes must be a whole number from 1"),
        ({"episodes": "x"}, "episodes must be"),
        ({"seed": -1}, "seed must be a whole number from 0"),
        ({"video": "yes"}, "video must be True or False"),
        ({"deterministic": 1}, "deterministic must be True or False"),
        ({"which": "x"}, "has kept no model 'x'"),
        ({"env": "No-v0"}, "no environment 'No-v0'"),
        ({"env": 3}, "env must be an id|must make|cannot"),
    ],
)
def test_it_is_refused(
    project: Project, kept: StableBaselinesSimulation, options: dict[str, Any], words: str
) -> None:
    with pytest.raises((InvalidArgumentError, MissingDependencyError), match=words):
        rollout(project, kept, **options)


def test_words_and_html_hold_no_foreign_text() -> None:
    played = Rollout([1.0], [2], b"x", "video/mp4", "<script>")
    assert "<script>" not in played._repr_mimebundle_()["text/html"]


def test_the_door_has_them(project: Project, kept: StableBaselinesSimulation) -> None:
    import gymdash_jupyter as gd

    assert is_same(weights(gd.load_model(kept, "last")), weights(kept.model))
    assert len(gd.rollout(kept, 2, video=False).returns) == 2
