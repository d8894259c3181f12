from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gymdash_jupyter.config import SimulationStartConfig, config_to_json
from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.grouping import differing_paths, group_records, is_seed, settings
from gymdash_jupyter.json_values import to_json
from gymdash_jupyter.records import SimulationRecord


def record(number: int, name: str = "", start: dict | None = None, **kwargs) -> SimulationRecord:
    config = SimulationStartConfig(name=name, sim_key="ppo", kwargs=kwargs)
    return SimulationRecord(
        sim_id=UUID(int=number),
        name=name or f"sim-{number}",
        created=None,
        started=None,
        ended=None,
        is_done=False,
        cancelled=False,
        failed=False,
        force_stopped=False,
        config_json=config_to_json(config),
        start_kwargs_json=to_json(start or {}),
        sim_type_name="Ppo",
        sim_module_name="here",
    )


def members(groups) -> list[list[int]]:
    return [[sim_id.int for sim_id in group.sim_ids] for group in groups]


def test_simulations_that_differ_in_seed_and_name_only_belong_together():
    groups = group_records(
        [
            record(1, learning_rate=0.0003, seed=0),
            record(2, learning_rate=0.001, seed=0),
            record(3, learning_rate=0.0003, seed=1, env={"seed": 5}),
            record(4, learning_rate=0.0003, env={"seed": 6}),
        ]
    )
    assert members(groups) == [[1, 3, 4], [2]]


def test_labels_say_what_differs_and_one_alone_has_its_name():
    groups = group_records(
        [
            record(1, learning_rate=0.0003, algorithm="ppo", gamma=0.99, seed=0),
            record(2, learning_rate=0.0003, algorithm="ppo", gamma=0.99, seed=1),
            record(3, learning_rate=0.001, algorithm="ppo", gamma=0.99, seed=0),
            record(4, learning_rate=0.001, algorithm="ppo", gamma=0.99, seed=1),
            record(5, "a2c-baseline", learning_rate=0.001, algorithm="a2c", gamma=0.99),
        ]
    )
    assert [group.label for group in groups] == [
        "learning_rate 0.0003, algorithm ppo",
        "learning_rate 0.001, algorithm ppo",
        "a2c-baseline",
    ]


def test_seeds_of_the_only_configuration_are_called_by_their_key():
    (group,) = group_records([record(1, seed=1), record(2, seed=2)])
    assert group.label == "ppo"


def test_start_kwargs_count_like_the_config_and_over_it():
    groups = group_records(
        [
            record(1, learning_rate=0.5, seed=1),
            record(2, start={"learning_rate": 0.5, "seed": 2}),
            record(3, start={"learning_rate": 0.5}, learning_rate=0.1),
            record(4, start={"policy": {"depth": 2}}, policy={"depth": 1, "width": 3}),
            record(5, policy={"depth": 2}),
        ]
    )
    assert members(groups) == [[1, 2, 3], [4], [5]]


def test_values_are_equal_as_in_json():
    groups = group_records(
        [
            record(1, a=1, b={"x": 1, "y": [1.0, float("nan")]}),
            record(2, b={"y": [1, float("nan")], "x": 1.0}, a=1.0),
            record(3, a=True, b={"x": 1, "y": [1, float("nan")]}),
            record(4, a="1", b={"x": 1, "y": [1, float("nan")]}),
        ]
    )
    assert members(groups) == [[1, 2], [3], [4]]


def test_a_missing_value_is_not_none():
    assert members(group_records([record(1, a=None), record(2)])) == [[1], [2]]


def test_groups_by_paths_are_equal_there_whatever_else_differs():
    records = [
        record(1, lr=0.1, net={"arch": [64, 64], "act": "relu"}, gamma=0.9),
        record(2, lr=0.1, net={"arch": [64, 64], "act": "tanh"}, gamma=0.8),
        record(3, lr=0.2, net={"arch": [64, 64], "act": "relu"}),
        record(4, net={"arch": [32], "act": "relu"}),
    ]
    by_two = group_records(records, ["lr", "net.arch"])
    assert members(by_two) == [[1, 2], [3], [4]]
    assert [group.label for group in by_two] == [
        "lr 0.1, arch [64, 64]",
        "lr 0.2, arch [64, 64]",
        "lr not set, arch [32]",
    ]
    assert members(group_records(records, "net")) == [[1, 3], [2], [4]]


def test_of_many_settings_a_label_says_those_that_are_set():
    others = [record(n, **{f"a{i}": n for i in range(6)}) for n in (1, 2)]
    twice = [record(n, lr=0.1, seed=n) for n in (3, 4)]
    labels = [group.label for group in group_records([*others, *twice], alone_by_name=False)]
    assert labels == ["a0 1, a1 1, a2 1, a3 1", "a0 2, a1 2, a2 2, a3 2", "lr 0.1"]


def test_a_name_may_group_too():
    records = [record(1, "ppo", lr=1), record(2, "ppo", lr=2), record(3, "a2c", lr=1)]
    assert members(group_records(records, ["name"])) == [[1, 2], [3]]


def test_without_groups_each_is_alone_under_its_name():
    groups = group_records([record(1, "one"), record(2, "two")], "none")
    assert [group.label for group in groups] == ["one", "two"]
    assert len({group.group_id for group in groups}) == 2


def test_a_group_is_known_again_by_its_id_when_others_join_it_or_go():
    one = record(1, lr=0.1, seed=0)
    before = group_records([one])[0]
    after = group_records([record(7, lr=0.5), one, record(2, lr=0.1, seed=1)])[1]
    assert before.group_id == after.group_id


def test_labels_that_would_be_the_same_are_numbered():
    long = "x" * 80
    groups = group_records(
        [record(n, a=long + end, seed=n) for n, end in enumerate(["1", "1", "2", "2"], 1)]
    )
    assert len({group.label for group in groups}) == 2


def test_paths_to_group_by_are_those_that_differ_without_seeds():
    records = [record(n, lr=n % 2, width=n, gamma=0.9, seed=n) for n in range(1, 5)]
    assert differing_paths(records) == [("lr", 2), ("width", 4)]


def test_the_key_of_a_simulation_is_one_of_its_settings():
    assert settings(record(1, a=1)) == {"sim_key": "ppo", "a": 1}


@pytest.mark.parametrize(
    ("path", "expected"),
    [("seed", True), ("env.seed", True), ("env_seed", True), ("seeded", False), ("seed.x", False)],
)
def test_what_a_seed_is(path, expected):
    assert is_seed(path) is expected


@pytest.mark.parametrize("bad", [[], [""], 3, None, [1]])
def test_what_nothing_can_be_grouped_by_is_refused(bad):
    with pytest.raises(InvalidArgumentError, match="grouped by"):
        group_records([], bad)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(
    st.dictionaries(st.text("abcd.", min_size=1, max_size=4), json_values, max_size=4),
    st.integers(),
    st.integers(),
)
def test_the_same_configuration_with_another_seed_is_always_one_group(kwargs, seed, other):
    one, two = (record(n, **{**kwargs, "seed": s}) for n, s in ((1, seed), (2, other)))
    assert members(group_records([one, two])) == [[1, 2]]
