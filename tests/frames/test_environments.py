"""What people see of environments, and of the differences between two simulations."""

import math
from contextlib import closing

import pandas as pd
import pytest

import gymdash_jupyter as gd
from gymdash_jupyter.errors import InvalidArgumentError, UnknownSimulationError
from gymdash_jupyter.frames import differences_frame, environments_frame
from gymdash_jupyter.store import open_store
from tests.frames.projects import add_simulation, run
from tests.store import gymdash_sql

FACTS = {
    "python": "3.12.1",
    "implementation": "CPython",
    "platform": "Linux-6.1-x86_64",
    "machine": "x86_64",
    "host": "lab-1",
    "cpu_count": 8,
    "gpus": ["NVIDIA H100"],
    "executable": "/usr/bin/python",
    "folder": "/home/me/code",
    "command": "python train.py",
    "notebook": None,
    "git_commit": "a" * 40,
    "git_branch": "main",
    "git_is_dirty": False,
    "seed": 7,
    "variables": {"OMP_NUM_THREADS": "1"},
    "packages": {"numpy": "2.1", "torch": "2.12"},
}


def add(store, name="sim", facts=FACTS, **kwargs):
    sim_id = add_simulation(store, name, **kwargs)
    if facts is not None:
        store.set_environment(sim_id, facts)
    return sim_id


def rows_of(frame):
    """Give a frame of differences as a dict; NA becomes "missing"."""
    assert list(frame.index.names) == ["section", "name"]
    return {
        place: tuple("missing" if value is pd.NA else value for value in row)
        for place, row in zip(frame.index.tolist(), frame.itertuples(index=False), strict=True)
    }


def test_an_environment_is_one_row(store):
    sim_id = add(store, "cart")
    frame = environments_frame(store)
    assert frame.index.tolist() == [str(sim_id)]
    row = frame.loc[str(sim_id)].to_dict()
    assert row.pop("name") == "cart"
    assert pd.isna(row.pop("notebook"))
    assert row == {name: value for name, value in FACTS.items() if name != "notebook"}


@pytest.mark.parametrize("facts", [FACTS, None], ids=["captured", "not captured"])
def test_columns_and_dtypes_do_not_depend_on_what_is_there(store, facts):
    empty = environments_frame(store)
    add(store, facts=facts)
    full = environments_frame(store)
    assert (len(empty), len(full)) == (0, 1)
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()
    assert (empty.index.name, empty.index.dtype) == ("sim_id", full.index.dtype)


def test_what_was_not_captured_is_missing(store):
    sim_id = add(store, "cart", facts=None)
    row = environments_frame(store).loc[str(sim_id)]
    assert row.drop("name").isna().all()


def test_facts_of_wrong_types_are_missing_or_text(store):
    sim_id = add(store, facts={"python": 3, "cpu_count": "x", "git_is_dirty": 2, "packages": [1]})
    row = environments_frame(store).loc[str(sim_id)]
    assert row["python"] == "3"
    assert row[["cpu_count", "git_is_dirty", "packages"]].isna().all()


@pytest.mark.parametrize("is_read_only", [False, True])
def test_simulations_of_gymdash_have_no_environment(tmp_path, is_read_only):
    path, old = tmp_path / "simulations.db", "0c5d4f1e-8a43-4a59-9b3f-2f0d9a1c0001"
    with closing(gymdash_sql.connect(path)) as connection:
        gymdash_sql.add_simulation(connection, old)
    with closing(open_store(path, read_only=is_read_only)) as old_store:
        assert environments_frame(old_store).loc[old].drop("name").isna().all()


def test_chosen_simulations_come_in_the_order_of_their_names(store):
    ids = [str(add(store, minute=minute)) for minute in range(3)]
    assert environments_frame(store, [ids[2], ids[0]]).index.tolist() == [ids[2], ids[0]]
    assert environments_frame(store).index.tolist() == ids


def test_an_unknown_simulation_raises(store):
    with pytest.raises(UnknownSimulationError, match="'nope1'"):
        environments_frame(store, "nope1")


def test_the_seed_is_told_by_kwargs_too(store):
    from_config = add(store, facts=None, seed=3)
    from_start = add(store, facts=None, seed=3)
    run(store, from_start, seed=4)
    seeds = environments_frame(store)["seed"]
    assert (seeds[str(from_config)], seeds[str(from_start)]) == (3, 4)


def test_a_good_and_a_bad_training_at_a_glance(store):
    good = add(store, "good", learning_rate=0.0003, env="CartPole-v1")
    newer = {**FACTS, "git_commit": "b" * 40, "packages": {"numpy": "2.1", "torch": "2.13"}}
    bad = add(store, "bad", newer, learning_rate=0.001, env="CartPole-v1")
    frame = differences_frame(store, good, bad)
    assert list(frame.columns) == ["good", "bad"]
    assert rows_of(frame) == {
        ("config", "learning_rate"): (0.0003, 0.001),
        ("environment", "git_commit"): ("a" * 40, "b" * 40),
        ("packages", "torch"): ("2.12", "2.13"),
    }


def test_nested_kwargs_are_joined_by_dots(store):
    one = add(store, "one", policy_kwargs={"net": {"pi": [64], "vf": [64]}, "ortho": True})
    two = add(store, "two", policy_kwargs={"net": {"pi": [64], "vf": [32]}, "ortho": True})
    assert rows_of(differences_frame(store, one, two)) == {
        ("config", "policy_kwargs.net.vf"): ([64], [32])
    }


def test_what_one_does_not_have_is_missing_and_none_is_a_value(store):
    one = add(store, "one", target_kl=None, wrappers={})
    two = add(store, "two", {**FACTS, "variables": {}, "packages": {"numpy": "2.1"}})
    assert rows_of(differences_frame(store, one, two)) == {
        ("config", "target_kl"): (None, "missing"),
        ("config", "wrappers"): ({}, "missing"),
        ("variables", "OMP_NUM_THREADS"): ("1", "missing"),
        ("packages", "torch"): ("2.12", "missing"),
    }


def test_a_key_with_a_dot_is_not_a_nested_one(store):
    one = add(store, "one", **{"a.b": 1})
    two = add(store, "two", a={"b": 1})
    frame = differences_frame(store, one, two)
    assert frame.index.tolist() == [("config", "a.b"), ("config", "a.b")]


@pytest.mark.parametrize(
    ("a", "b"),
    [(1_000_000, 1e6), (math.nan, math.nan), ([1, math.nan], [1.0, math.nan]), ((1, 2), [1, 2])],
)
def test_equal_values_are_no_difference(store, a, b):
    one, two = add(store, "one", value=a), add(store, "two", value=b)
    assert differences_frame(store, one, two).empty


@pytest.mark.parametrize(("a", "b"), [(True, 1), (0, False), ("1", 1), ([1], [True]), (0, None)])
def test_values_of_different_kinds_differ(store, a, b):
    one, two = add(store, "one", value=a), add(store, "two", value=b)
    assert list(rows_of(differences_frame(store, one, two)).values()) == [(a, b)]


def test_objects_differ_by_what_they_are_and_not_by_where_they_are(store):
    class Wrapper:
        pass

    one = add(store, "one", wrapper=Wrapper(), schedule=abs)
    two = add(store, "two", wrapper=Wrapper(), schedule=max)
    found = rows_of(differences_frame(store, one, two))
    assert list(found) == [("config", "schedule")]
    texts = found["config", "schedule"]
    assert ["abs" in texts[0], "max" in texts[1]] == [True, True]


def test_start_kwargs_and_launcher_are_compared(store):
    one, two = add(store, "one"), add(store, "two")
    run(store, one, num_steps=10)
    run(store, two, num_steps=20)
    three = add(store, "three")
    assert rows_of(differences_frame(store, one, two)) == {("start_kwargs", "num_steps"): (10, 20)}
    assert rows_of(differences_frame(store, one, three)) == {
        ("simulation", "launcher"): ("process", "missing"),
        ("start_kwargs", "num_steps"): (10, "missing"),
    }


def test_a_seed_is_said_once(store):
    one = add(store, "one", {**FACTS, "seed": 1}, seed=1)
    two = add(store, "two", {**FACTS, "seed": 2}, seed=2)
    assert rows_of(differences_frame(store, one, two)) == {("config", "seed"): (1, 2)}


def test_a_seed_that_no_kwarg_tells_is_of_the_environment(store):
    one, two = add(store, "one", {**FACTS, "seed": 1}), add(store, "two", {**FACTS, "seed": 2})
    assert rows_of(differences_frame(store, one, two)) == {("environment", "seed"): (1, 2)}


def test_an_environment_that_was_not_captured_is_one_row(store):
    one, two = add(store, "one", lr=1), add(store, "two", None, lr=2)
    assert rows_of(differences_frame(store, one, two)) == {
        ("config", "lr"): (1, 2),
        ("environment", "captured"): (True, False),
    }


def test_no_difference_is_an_empty_frame_with_both_columns(store):
    one, two = add(store, "one"), add(store, "two")
    same, other = (
        differences_frame(store, one, two),
        differences_frame(store, one, add(store, x=1)),
    )
    assert same.empty
    assert list(same.columns) == ["one", "two"]
    assert list(same.dtypes) == list(other.dtypes)
    assert list(same.index.names) == list(other.index.names)


def test_equal_names_are_told_apart_by_id(store):
    one, two = add(store, "ppo"), add(store, "ppo")
    expected = [f"ppo ({str(one)[:8]})", f"ppo ({str(two)[:8]})"]
    assert list(differences_frame(store, one, two).columns) == expected


def test_one_compared_with_itself_has_two_columns_and_no_rows(store):
    frame = differences_frame(store, add(store, "ppo"), str(environments_frame(store).index[0]))
    assert frame.empty
    assert frame.columns.is_unique


@pytest.mark.parametrize("wrong", [None, [], "both"])
def test_what_is_not_one_simulation_is_refused(store, wrong):
    ids = [add(store), add(store)]
    with pytest.raises(InvalidArgumentError, match="sim_b means"):
        differences_frame(store, ids[0], ids if wrong == "both" else wrong)


def test_comparing_with_an_unknown_simulation_raises(store):
    with pytest.raises(UnknownSimulationError, match="'nope1'"):
        differences_frame(store, add(store), "nope1")


def test_the_door_takes_ids_and_their_beginnings(project_dir, monkeypatch):
    from gymdash_jupyter import current

    monkeypatch.setattr(current, "_session", current._Session())
    project = gd.open_project(project_dir)
    one, two = add(project.store, "one", lr=1), add(project.store, "two", lr=2)
    assert gd.environment(one)["host"].tolist() == ["lab-1"]
    assert rows_of(gd.compare(str(one)[:8], two)) == {("config", "lr"): (1, 2)}
