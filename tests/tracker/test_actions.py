"""What a simulation offers to do when it is asked: how it is described, checked, done, and asked from elsewhere."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field

from gymdash_jupyter.actions import Action, action
from gymdash_jupyter.channels import STOP
from gymdash_jupyter.errors import (
    ActionRefusedError,
    GymDashError,
    InvalidArgumentError,
    QueryTimeoutError,
    SimulationEndedError,
)
from gymdash_jupyter.project import Project
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.states import SimState
from gymdash_jupyter.statuses import SimStatusSubcode
from gymdash_jupyter.tracker import SimulationTracker
from tests.launch.other_process import OtherProcess
from tests.launch.samples import made
from tests.tracker.conftest import done
from tests.waiting import wait_until


class Search(Simulation):
    """Runs until it is stopped, and does what it is asked."""

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        self.width = 1.0
        self.is_to_be_deaf = self.is_deaf = False

    def _run(self, **kwargs: Any) -> None:
        while not self.interactor.set_out_if_in(STOP, True):
            self.is_deaf = self.is_to_be_deaf
            if not self.is_deaf:
                self.base_step()
            time.sleep(0.002)

    def deafen(self) -> None:
        """Let it answer nothing any more, not even what it is about to look at."""
        self.is_to_be_deaf = True
        wait_until(lambda: self.is_deaf, what="it to be deaf")

    def _get_help_text(self) -> str:
        return "Searches."

    @action
    def widen(
        self, factor: Annotated[float, Field(gt=1, le=10, description="By how much.")] = 2.0
    ) -> float:
        """Widen the search.

        The second paragraph is for programmers.
        """
        self.width *= factor
        return self.width

    @action
    def move(
        self, where: Literal["left", "right"], n: Annotated[int, Field(ge=1)], fast: bool = False
    ) -> Any:
        """Move on."""
        return {"where": where, "n": n, "fast": fast}

    @action(name="break")
    def break_it(self) -> None:
        """Break something."""
        raise ZeroDivisionError("snap")

    @action
    def refuse(self) -> None:
        """Never do it."""
        msg = "Not on a Sunday."
        raise ActionRefusedError(msg)

    @action
    def odd(self) -> Any:
        """Give what JSON cannot hold."""
        return {"a": object(), "b": (1, 2)}

    def hidden(self) -> None:
        """Be no action."""


class Narrow(Search):
    """Narrows what is offered, and inherits the rest."""

    def _refine_action(self, offered: Action) -> Action:
        if offered.name == "widen":
            offered.arguments["properties"]["factor"]["maximum"] = 3
        return offered

    @action
    def widen(self, factor: Annotated[float, Field(gt=1, le=3)] = 2.0) -> float:
        """Widen a little."""
        return super().widen(factor)


@pytest.fixture
def search(tracker: SimulationTracker) -> Iterator[Search]:
    simulation = tracker.start_sim(made(Search))[1]
    assert isinstance(simulation, Search)
    yield simulation
    simulation.cancel()
    done(simulation)


@pytest.fixture
def elsewhere(search: Search, other: SimulationTracker) -> Any:
    """Give the running search as another tracker sees it, through the store."""
    wait_until(lambda: other.project.store.simulation(search.sim_id).state is SimState.RUNNING)
    return other.get_sim(search.sim_id)


def offered(simulation: Simulation, name: str) -> Action:
    return next(one for one in simulation.actions() if one.name == name)


# How it is described


def test_marked_methods_and_help_are_offered_by_name() -> None:
    assert [a.name for a in made(Search).actions()] == [
        "break",
        "help",
        "move",
        "odd",
        "refuse",
        "widen",
    ]


def test_every_simulation_offers_help() -> None:
    assert [a.name for a in made(Simulation).actions()] == ["help"]


def test_the_first_paragraph_is_what_people_read() -> None:
    assert offered(made(Search), "widen").words == "Widen the search."


def test_hints_and_fields_become_a_schema() -> None:
    schema = offered(made(Search), "widen").arguments
    assert schema["properties"] == {
        "factor": {
            "type": "number",
            "exclusiveMinimum": 1,
            "maximum": 10,
            "default": 2.0,
            "description": "By how much.",
        }
    }
    assert "required" not in schema


def test_choices_and_required_arguments_become_a_schema() -> None:
    schema = offered(made(Search), "move").arguments
    assert schema["properties"]["where"] == {"enum": ["left", "right"], "type": "string"}
    assert schema["properties"]["n"] == {"type": "integer", "minimum": 1}
    assert schema["properties"]["fast"] == {"type": "boolean", "default": False}
    assert schema["required"] == ["where", "n"]


def test_an_action_without_arguments_has_none() -> None:
    assert offered(made(Search), "refuse").arguments["properties"] == {}


def test_schemas_are_plain_json() -> None:
    for one in made(Search).actions():
        assert json.loads(json.dumps(one.arguments)) == one.arguments


def test_an_action_reads_as_a_call() -> None:
    simulation = made(Search)
    assert str(offered(simulation, "widen")) == "widen(factor=2.0): Widen the search."
    assert str(offered(simulation, "move")) == "move(where, n, fast=False): Move on."


def test_a_simulation_may_refine_what_it_offers() -> None:
    assert offered(made(Narrow), "widen").arguments["properties"]["factor"]["maximum"] == 3


def test_an_action_that_is_overridden_is_offered_once_in_its_new_words() -> None:
    names = [a.name for a in made(Narrow).actions()]
    assert names.count("widen") == 1
    assert offered(made(Narrow), "widen").words == "Widen a little."


# How it is done


def test_it_is_done_and_answered(search: Search) -> None:
    assert search.ask("widen", factor=3) == 3.0
    assert search.ask("widen") == 6.0


def test_it_is_done_in_the_thread_of_the_simulation(search: Search) -> None:
    import threading

    seen: list[str] = []
    search.widen = lambda factor: seen.append(threading.current_thread().name)  # type: ignore[method-assign]
    search.ask("widen")
    assert seen
    assert seen[0] != threading.current_thread().name


def test_help_is_the_help_text(search: Search) -> None:
    assert search.ask("help") == "Searches."


def test_what_json_cannot_hold_is_described(search: Search) -> None:
    answer = search.ask("odd")
    assert answer["b"] == [1, 2]
    assert "object" in str(answer["a"])


def test_ints_are_taken_for_floats_and_whole_floats_for_ints(search: Search) -> None:
    assert search.ask("move", where="left", n=2.0) == {"where": "left", "n": 2, "fast": False}


REFUSALS: list[tuple[str, dict[str, Any], str]] = [
    ("wide", {}, r"Search offers no action 'wide'. Did you mean 'widen'\? It offers: break, help"),
    ("hidden", {}, r"offers no action 'hidden'"),
    ("_run", {}, r"offers no action '_run'"),
    ("__class__", {}, r"offers no action '__class__'"),
    (
        "widen",
        {"factor": 1},
        r"'widen' was refused: factor: input should be greater than 1; got 1\.",
    ),
    ("widen", {"factor": 11}, r"factor: input should be less than or equal to 10; got 11"),
    ("widen", {"factor": "much"}, r"factor: input should be a valid number.*got 'much'"),
    ("widen", {"factor": None}, r"factor: input should be a valid number; got None"),
    (
        "widen",
        {"factr": 2},
        r"it has no argument 'factr'. Did you mean 'factor'\? Arguments: factor",
    ),
    ("help", {"about": 1}, r"it has no argument 'about'. Arguments: none"),
    ("move", {}, r"it needs 'where'; it needs 'n'"),
    ("move", {"where": "up", "n": 1}, r"where: input should be 'left' or 'right'; got 'up'"),
    ("move", {"where": "left", "n": 0}, r"n: input should be greater than or equal to 1; got 0"),
    ("move", {"where": "left", "n": 1.5}, r"n: input should be a valid integer.*got 1.5"),
    ("refuse", {}, r"^Not on a Sunday\.$"),
    ("break", {}, r"^The action 'break' failed: ZeroDivisionError: snap$"),
]


@pytest.mark.parametrize(("name", "arguments", "words"), REFUSALS)
def test_it_is_refused_in_a_sentence(
    search: Search, name: str, arguments: dict[str, Any], words: str
) -> None:
    with pytest.raises(ActionRefusedError, match=words):
        search.ask(name, **arguments)


@pytest.mark.parametrize(("name", "arguments", "words"), REFUSALS)
def test_it_is_refused_in_the_same_words_from_elsewhere(
    elsewhere: Any, name: str, arguments: dict[str, Any], words: str
) -> None:
    with pytest.raises(ActionRefusedError, match=words):
        elsewhere.ask(name, **arguments)


def test_a_failing_action_harms_nobody_and_leaves_its_trace(search: Search) -> None:
    with pytest.raises(ActionRefusedError):
        search.ask("break")
    assert search.ask("widen") == 2.0
    [status] = [s for s in search.statuses if s.subcode is SimStatusSubcode.ERROR]
    assert status.details == "A callback for the action 'break' failed: ZeroDivisionError: snap"
    assert "break_it" in status.error_trace
    search.cancel()
    done(search)
    assert search.state is SimState.CANCELLED


def test_a_refused_action_leaves_no_status(search: Search) -> None:
    with pytest.raises(ActionRefusedError):
        search.ask("refuse")
    with pytest.raises(ActionRefusedError):
        search.ask("widen", factor=0)
    assert search.statuses == []


# From elsewhere


def test_another_tracker_lists_them(search: Search, elsewhere: Any) -> None:
    assert elsewhere.actions() == search.actions()


def test_another_tracker_asks(search: Search, elsewhere: Any) -> None:
    assert elsewhere.ask("widen", factor=4) == 4.0
    assert search.width == 4.0


def test_another_process_lists_and_asks(search: Search, project: Project) -> None:
    code = (
        "import sys, gymdash_jupyter as gd; gd.open_project(sys.argv[1]);"
        "sim = gd.tracker().get_sim(sys.argv[2]);"
        "print([a.name for a in sim.actions()]); print(sim.ask('widen', factor=5)); print(sim.ask('help'))"
    )
    wait_until(lambda: project.store.simulation(search.sim_id).state is SimState.RUNNING)
    with OtherProcess(code, project.folder, search.sim_id) as process:
        assert process.line() == "['break', 'help', 'move', 'odd', 'refuse', 'widen']"
        assert process.line() == "5.0"
        assert process.line() == "Searches."


# In its own time


def test_what_is_not_done_in_time_is_withdrawn(search: Search) -> None:
    search.deafen()
    with pytest.raises(QueryTimeoutError):
        search.ask("widen", timeout_s=0.05)
    search.is_to_be_deaf = False
    assert search.ask("widen", factor=3) == 3.0


def test_what_is_not_done_in_time_is_withdrawn_from_elsewhere(
    search: Search, elsewhere: Any
) -> None:
    search.deafen()
    with pytest.raises(QueryTimeoutError):
        elsewhere.ask("widen", timeout_s=0.3)
    wait_until(lambda: not search.interactor.is_asked("custom_query"), what="the withdrawal")
    search.is_to_be_deaf = False
    assert search.ask("widen", factor=3) == 3.0


def test_questions_are_done_in_the_order_in_which_they_were_asked(search: Search) -> None:
    asks = [
        search.interactor.ask(
            "custom_query", {"action": "move", "arguments": {"where": "left", "n": n}}
        )
        for n in (1, 2, 3)
    ]
    assert all(ask.wait(60) for ask in asks)
    assert [ask.answer["result"]["n"] for ask in asks] == [1, 2, 3]


def test_what_has_ended_does_nothing_any_more(search: Search, elsewhere: Any) -> None:
    search.cancel()
    done(search)
    with pytest.raises(SimulationEndedError):
        search.ask("widen")
    with pytest.raises((SimulationEndedError, GymDashError), match="ended"):
        elsewhere.ask("widen")
    assert elsewhere.actions() == []


def test_by_hand_it_is_asked_through_the_interactor() -> None:
    simulation = made(Search)
    simulation.interactor.set_in("custom_query", {"action": "widen", "arguments": {"factor": 2}})
    simulation.base_step()
    assert simulation.interactor.get_out("custom_query") == (
        True,
        {"action": "widen", "result": 2.0},
    )


def test_another_question_is_left_to_the_simulation() -> None:
    simulation = made(Search)
    simulation.interactor.set_in("custom_query", {"poll_period": 2})
    simulation.base_step()
    assert simulation.interactor.get_in("custom_query") == (True, {"poll_period": 2})


def test_who_knows_no_actions_says_so() -> None:
    from gymdash_jupyter.actions import result_of

    with pytest.raises(
        ActionRefusedError, match="answered the action 'widen' with something else: 7"
    ):
        result_of("widen", 7)


def test_arguments_that_are_no_dict_are_refused_and_harm_nobody(search: Search) -> None:
    answer = search.query(custom_query={"action": "widen", "arguments": [1]})["custom_query"]
    assert "error" in answer
    assert search.ask("widen", factor=2) == 2.0


def test_invalid_arguments_are_gymdash_errors() -> None:
    assert issubclass(ActionRefusedError, GymDashError)
    assert not issubclass(ActionRefusedError, InvalidArgumentError)
