from types import SimpleNamespace
from uuid import UUID

import pandas as pd
import pytest

from gymdash_jupyter.errors import InvalidArgumentError, UnknownSimulationError
from gymdash_jupyter.frames import simulations_frame
from gymdash_jupyter.selection import matching_keys, resolve_keys, resolve_sims
from tests.frames.projects import add_simulation, record

ONE = UUID("aaaa1111-0000-4000-8000-000000000001")
TWO = UUID("aaaa2222-0000-4000-8000-000000000002")


@pytest.fixture
def pair(store):
    add_simulation(store, "one", minute=1, sim_id=ONE)
    add_simulation(store, "two", minute=2, sim_id=TWO)
    return store


def test_none_is_all_by_creation(pair):
    assert resolve_sims(pair) == [ONE, TWO]


@pytest.mark.parametrize(
    "named",
    [
        TWO,
        str(TWO),
        str(TWO).upper(),
        TWO.hex,
        "aaaa2",
        "AAAA2",
        f" {TWO} ",
        SimpleNamespace(sim_id=TWO),
        SimpleNamespace(sim_id=str(TWO)),
        SimpleNamespace(ids=[TWO]),
        [TWO],
        (TWO, SimpleNamespace(sim_id=TWO)),
        {TWO},
        {TWO: "anything"},
        iter([str(TWO)]),
        [[TWO], [TWO]],
    ],
    ids=lambda way: repr(way).split(" at ")[0],
)
def test_one_simulation_may_be_named_in_many_ways(pair, named):
    assert resolve_sims(pair, named) == [TWO]


def test_order_is_that_of_naming_and_each_comes_once(pair):
    assert resolve_sims(pair, [TWO, ONE, str(TWO)]) == [TWO, ONE]


def test_an_empty_list_names_none(pair):
    assert resolve_sims(pair, []) == []


def test_an_unknown_id_says_how_many_there_are(pair):
    with pytest.raises(UnknownSimulationError, match=r"2 simulations in this project\.") as caught:
        resolve_sims(pair, UUID(int=0))
    assert caught.value.count == 2


def test_a_nearly_right_id_is_suggested(pair):
    with pytest.raises(UnknownSimulationError, match=f"Did you mean '{TWO}'"):
        resolve_sims(pair, str(TWO)[:-1] + "9")


def test_a_name_is_answered_with_its_id(pair):
    with pytest.raises(UnknownSimulationError, match=f"It is the name of {ONE}; ask by id"):
        resolve_sims(pair, "one")


def test_an_ambiguous_beginning_lists_what_it_fits(pair):
    with pytest.raises(InvalidArgumentError, match=f"2 simulations .*{ONE}, {TWO}"):
        resolve_sims(pair, "aaaa")


def test_a_beginning_of_three_letters_is_too_short(pair):
    with pytest.raises(UnknownSimulationError, match="at least 4 letters"):
        resolve_sims(pair, "aaa")


@pytest.mark.parametrize(
    "wrong",
    [3, 2.5, b"aaaa1111", [None], [3], object()],
    ids=lambda wrong: repr(wrong).split(" at ")[0],
)
def test_what_names_nothing_is_refused(pair, wrong):
    with pytest.raises(InvalidArgumentError, match="does not name simulations"):
        resolve_sims(pair, wrong)


def test_what_contains_itself_is_refused(pair):
    endless = []
    endless.append(endless)
    with pytest.raises(InvalidArgumentError, match="does not name simulations"):
        resolve_sims(pair, endless)


def test_only_the_star_is_special_in_a_pattern():
    keys = ["a.b", "a/b", "a[0]", "ab"]
    assert matching_keys("a[0]", keys) == ["a[0]"]
    assert matching_keys("a.*", keys) == ["a.b"]
    assert matching_keys("*b", keys) == ["a.b", "a/b", "ab"]


def test_keys_keep_the_order_of_naming_and_come_once(pair):
    for key in ["a", "b", "c"]:
        record(pair, ONE, key, [0], [0])
    assert resolve_keys(pair, ["c", "*", "a"]) == ["c", "a", "b"]


def test_a_pattern_stands_for_keys_of_the_chosen_simulations_only(pair):
    record(pair, ONE, "a", [0], [0])
    record(pair, TWO, "b", [0], [0])
    assert resolve_keys(pair, "*", [TWO]) == ["b"]


def test_every_key_may_still_come_in_a_project_without_points(pair):
    assert resolve_keys(pair, "rollout/ep_rew_mean") == ["rollout/ep_rew_mean"]


@pytest.mark.parametrize("wrong", [3, ["a", 3], b"a"], ids=lambda way: repr(way).split(" at ")[0])
def test_a_key_is_text(pair, wrong):
    with pytest.raises(InvalidArgumentError, match="A key is text"):
        resolve_keys(pair, wrong)


def test_rows_of_the_simulations_frame_name_their_simulations(pair):
    frame = simulations_frame(pair)
    assert resolve_sims(pair, frame[frame["name"] == "two"]) == [TWO]


def test_one_row_of_a_frame_names_its_simulation(pair):
    frame = simulations_frame(pair)
    assert resolve_sims(pair, frame[["name"]].iloc[1]) == [TWO]
    assert resolve_sims(pair, frame.reset_index()["sim_id"]) == [ONE, TWO]


def test_a_column_of_ids_names_its_simulations(pair):
    assert resolve_sims(pair, pd.DataFrame({"sim_id": [str(TWO)]})) == [TWO]
