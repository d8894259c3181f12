from __future__ import annotations

import math
from uuid import UUID

import numpy as np
import pytest

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.errors import InvalidArgumentError, UnknownSimulationError
from gymdash_jupyter.frames.scores import scores_frame
from gymdash_jupyter.scores import matrix_of, read_scores
from gymdash_jupyter.scores.reading import final_score
from gymdash_jupyter.states import SimState
from gymdash_jupyter.store import open_store
from gymdash_jupyter.store.contract import NewSimulation
from tests.frames.projects import NOON, add_simulation, end, record, run

KEY = "rollout/ep_rew_mean"


@pytest.fixture
def store(tmp_path):
    opened = open_store(tmp_path / "simulations.db")
    yield opened
    opened.close()


class Trainings:
    """Make one simulation a minute, each with a constant score."""

    def __init__(self, store):
        self.store = store
        self.minute = 0

    def add(self, score, state=SimState.SUCCEEDED, key=KEY, **kwargs):
        self.minute += 1
        sim_id = add_simulation(self.store, f"sim {self.minute}", minute=self.minute, **kwargs)
        run(self.store, sim_id)
        record(self.store, sim_id, key, range(10), np.full(10, score))
        if state is not None:
            end(self.store, sim_id, state)
        return sim_id


@pytest.fixture
def trainings(store):
    return Trainings(store)


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        # Steps 0 to 90; the last tenth of them begins at 81, the last half at 45.
        (0.1, (9.0, 1)),
        (0.5, (7.0, 5)),
        (1, (9.0, 1)),
        (3, (8.0, 3)),
        (50, (4.5, 10)),
    ],
)
def test_the_score_is_the_mean_of_the_end(last, expected):
    assert final_score(np.arange(0.0, 100, 10), np.arange(10.0), last) == expected


def test_the_last_part_is_of_steps_and_not_of_points():
    steps = np.array([0.0, 1, 2, 3, 4, 5, 6, 7, 100])
    assert final_score(steps, np.arange(9.0), 0.1) == (8.0, 1)


def test_the_last_part_is_of_all_steps_from_zero_on():
    # A training that went on at step 900: the last tenth of 0 to 1000 is all of it.
    assert final_score(np.array([900.0, 950, 1000]), np.array([1.0, 2, 3]), 0.1) == (2.0, 3)


def test_one_point_is_the_score():
    assert final_score(np.array([5.0]), np.array([2.0]), 0.1) == (2.0, 1)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_who_ends_with_a_number_that_is_none_has_no_score(bad):
    score, n = final_score(np.arange(20.0), np.array([1.0] * 19 + [bad]), 0.1)
    assert math.isnan(score)
    assert n == 2


def test_who_recovers_has_a_score():
    assert final_score(np.arange(20.0), np.array([math.nan] + [1.0] * 19), 0.1) == (1.0, 2)


def test_simulations_are_sorted_by_algorithm_task_and_seed(store, trainings):
    for algorithm in ("ppo", "a2c"):
        for env in ("Cart", "Pendulum"):
            for seed in (0, 1):
                trainings.add(seed, algorithm=algorithm, env=env, seed=seed)
    frame = scores_frame(store)
    assert frame["group"].tolist() == ["algorithm ppo"] * 4 + ["algorithm a2c"] * 4
    assert frame["task"].tolist() == ["Cart", "Cart", "Pendulum", "Pendulum"] * 2
    assert frame["seed"].tolist() == ["0", "1"] * 4
    assert frame["score"].tolist() == [0.0, 1.0] * 4


def test_a_frame_has_its_columns_and_dtypes_without_simulations(store):
    frame = scores_frame(store, KEY)
    assert list(frame.columns) == ["name", "state", "group", "task", "seed", "score", "n"]
    assert frame.index.name == "sim_id"
    assert (frame["score"].dtype, frame["n"].dtype) == (np.float64, np.int64)


def test_all_simulations_are_in_the_frame_also_those_without_points(store, trainings):
    trainings.add(1.0, SimState.FAILED)
    add_simulation(store, "waits", minute=9)
    frame = scores_frame(store)
    assert frame["state"].tolist() == ["failed", "created"]
    assert frame["n"].tolist() == [1, 0]
    assert math.isnan(frame["score"].iloc[1])


def test_types_that_never_record_the_key_have_nothing_to_do_with_it(trainings, store):
    kept = trainings.add(1.0, seed=0)
    before_its_first_point = add_simulation(store, "same type", minute=98, seed=1)
    other = NewSimulation(
        sim_id=UUID(int=5),
        config=SimulationStartConfig(name="other", sim_key="bandit"),
        created=NOON,
        sim_key="bandit",
        sim_type_name="Bandit",
        sim_module_name="my",
    )
    store.create(other)
    record(store, other.sim_id, "height", [0], [1.0])
    assert [row.sim_id for row in read_scores(store).rows] == [kept, before_its_first_point]
    assert len(read_scores(store, sims=[kept, other.sim_id]).rows) == 2


def test_who_did_not_end_by_itself_is_not_comparable(trainings, store):
    kept = trainings.add(1.0, seed=0)
    for seed, state in enumerate([SimState.FAILED, SimState.CANCELLED, SimState.LOST, None], 1):
        trainings.add(1.0, state, seed=seed)
    trainings.add(math.nan, seed=9)
    found = read_scores(store).comparable()
    assert [row.sim_id for row in found.rows] == [kept]
    assert found.left_out == {"unfinished": 4, "without a score": 1}
    assert len(read_scores(store).comparable(unfinished=True).rows) == 5


def test_of_a_repeated_seed_the_newest_counts(trainings, store):
    trainings.add(1.0, seed=0, algorithm="ppo")
    newest = trainings.add(2.0, seed=0, algorithm="ppo")
    other = trainings.add(3.0, seed=0, algorithm="a2c")
    found = read_scores(store).comparable()
    assert [row.sim_id for row in found.rows] == [newest, other]
    assert found.left_out == {"repeated seed": 1}
    assert found.left_out == read_scores(store, by="seed").comparable().left_out
    assert len(read_scores(store, by="simulation").comparable().rows) == 3


def test_simulations_without_a_seed_are_samples_each(trainings, store):
    trainings.add(1.0)
    trainings.add(2.0)
    assert len(read_scores(store).comparable().rows) == 2


def test_a_matrix_has_an_array_for_each_algorithm_and_task(trainings, store):
    for env, scores in (("a", (1.0, 2.0)), ("b", (3.0,))):
        for seed, score in enumerate(scores):
            trainings.add(score, env=env, seed=seed, lr=0.1)
    (tasks,) = matrix_of(read_scores(store).rows).values()
    assert {task: scores.tolist() for task, scores in tasks.items()} == {"a": [1, 2], "b": [3]}


def test_scores_are_scaled_by_task(trainings, store):
    trainings.add(5.0, env="a")
    trainings.add(-50.0, env="b")
    frame = scores_frame(store, normalise={"a": (0, 10), "b": (-100, 100)})
    assert frame["score"].tolist() == [0.5, 0.25]


def test_minmax_takes_the_comparable_scores_as_its_ends(trainings, store):
    for seed, score in enumerate((2.0, 4.0, 3.0)):
        trainings.add(score, env="a", seed=seed)
    trainings.add(1.0, SimState.FAILED, env="a", seed=4)
    assert scores_frame(store, normalise="minmax")["score"].tolist() == [0.0, 1.0, 0.5, -0.5]


@pytest.mark.parametrize(
    ("normalise", "words"),
    [
        ({"Cart-v1": (0, 1)}, "says nothing of the task 'Cart'. Did you mean 'Cart-v1'"),
        ({"Cart": (1, 1)}, "low < high for 'Cart'"),
        ({"Cart": 3}, "two numbers"),
        ("minmax", "All scores of 'Cart' are 1"),
        ("z", "'minmax' or None; got 'z'"),
    ],
)
def test_a_scale_that_is_none_is_refused(trainings, store, normalise, words):
    trainings.add(1.0, env="Cart")
    with pytest.raises(InvalidArgumentError, match=words):
        scores_frame(store, normalise=normalise)


def test_by_a_path_makes_other_algorithms(trainings, store):
    for lr in (0.1, 0.2):
        for n_steps in (64, 128):
            trainings.add(1.0, lr=lr, n_steps=n_steps)
    assert scores_frame(store, by="lr")["group"].tolist() == [
        "lr 0.1",
        "lr 0.1",
        "lr 0.2",
        "lr 0.2",
    ]
    assert scores_frame(store, by="simulation")["group"].nunique() == 4


def test_another_setting_can_be_the_task(trainings, store):
    trainings.add(1.0, maze="small", size=1)
    trainings.add(1.0, maze="large", size=1)
    frame = scores_frame(store, task="maze")
    assert frame["task"].tolist() == ["small", "large"]
    assert frame["group"].nunique() == 1


def test_a_task_that_no_configuration_has_is_refused(trainings, store):
    trainings.add(1.0, env="a")
    with pytest.raises(InvalidArgumentError, match="No simulation has a setting 'maze'"):
        read_scores(store, task="maze")


def test_evaluations_are_scored_where_there_are_some(trainings, store):
    sim_id = trainings.add(1.0)
    assert read_scores(store).key == KEY
    record(store, sim_id, "eval/mean_return", [5], [7.0])
    assert read_scores(store).key == "eval/mean_return"


def test_a_key_that_only_some_recorded_is_not_taken_by_itself(trainings, store):
    record(store, trainings.add(1.0), "eval/mean_return", [5], [7.0])
    trainings.add(1.0)
    assert read_scores(store).key == KEY


def test_a_lonely_key_is_scored_and_of_several_one_must_be_named(trainings, store):
    trainings.add(1.0, key="height")
    assert read_scores(store).key == "height"
    trainings.add(1.0, key="width")
    with pytest.raises(InvalidArgumentError, match="Recorded: height, width"):
        read_scores(store)


def test_a_pattern_for_several_keys_is_refused(trainings, store):
    trainings.add(1.0, key="a/x")
    trainings.add(1.0, key="a/y")
    with pytest.raises(InvalidArgumentError, match="stands for a/x, a/y"):
        read_scores(store, "a/*")


@pytest.mark.parametrize("last", [0, -1, 1.5, True, "all", math.nan])
def test_an_end_that_is_none_is_refused(store, last):
    with pytest.raises(InvalidArgumentError, match="Give last as a part"):
        read_scores(store, KEY, last=last)


def test_an_unknown_simulation_is_refused(store):
    with pytest.raises(UnknownSimulationError):
        read_scores(store, KEY, "0123-not-there")
