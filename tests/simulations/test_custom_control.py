"""The demonstration of talking: what it writes, what it asks, and what it makes of the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gymdash_jupyter.channels import PROGRESS, STOP
from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.simulations import CustomControlSimulation
from gymdash_jupyter.states import SimState
from tests.waiting import wait_until

if TYPE_CHECKING:
    from gymdash_jupyter.project import Project
    from gymdash_jupyter.tracker import SimulationTracker

QUICK = {"poll_period": 0.01, "total_runtime": 0.1, "seed": 3}
KEYS = ("poll_period", "total_runtime", "pause_points", "other_kwargs", "continue")


def config(**kwargs: Any) -> SimulationStartConfig:
    return SimulationStartConfig(name="talk", sim_key="custom_control", kwargs={**QUICK, **kwargs})


def ran(**kwargs: Any) -> CustomControlSimulation:
    simulation = CustomControlSimulation(config(**kwargs))
    simulation.setup()
    simulation.run()
    return simulation


class Talk:
    """A simulation that runs beside the test, and the person who answers it."""

    def __init__(self, tracker: SimulationTracker, **kwargs: Any) -> None:
        self.tracker = tracker
        self.sim_id, self.simulation = tracker.start_sim(config(**kwargs))

    def question(self) -> str:
        """Wait until exactly one question is open and the simulation waits for its answer."""

        def open_questions() -> list[Any]:
            if self.simulation.state is not SimState.PAUSED:
                return []
            return self.simulation.interactor.get_all_control_requests().get("custom_query", [])

        [request] = wait_until(open_questions, what="a question")
        assert request.subkeys == KEYS
        return request.details

    def answer(self, **values: Any) -> Any:
        return self.tracker.query(self.sim_id, custom_query=values)["custom_query"]

    def end(self) -> CustomControlSimulation:
        assert self.simulation.wait(60)
        return self.simulation


# Alone


def test_it_writes_a_number_each_period_over_steps() -> None:
    simulation = ran()
    series = simulation.recorder.peek().scalars["my_number"]
    assert series.steps.tolist() == list(range(simulation.result["steps"]))
    noise = series.values - series.steps
    assert noise.min() >= 0
    assert noise.max() < 4


def test_a_seed_makes_the_noise_repeatable() -> None:
    one, two = (ran().recorder.peek().scalars["my_number"].values[:5] for _ in range(2))
    assert one.tolist() == two.tolist()


def test_the_generator_that_everybody_shares_stays_as_it_was() -> None:
    np.random.seed(1)
    before = np.random.get_state()[2]
    ran(seed=None)
    assert np.random.get_state()[2] == before


def test_its_time_is_counted_in_periods() -> None:
    simulation = ran(poll_period=0.02, total_runtime=0.1)
    assert simulation.result["steps"] <= 6
    assert simulation.result["runtime"] >= 0.1
    current, total = simulation.interactor.get_out(PROGRESS)[1]
    assert (current, total) == (simulation.result["runtime"], 0.1)


def test_no_runtime_writes_nothing() -> None:
    assert ran(total_runtime=0).result == {"steps": 0, "runtime": 0.0}


def test_a_stop_is_noticed_long_before_a_period_is_over(tracker: SimulationTracker) -> None:
    sim_id, simulation = tracker.start_sim(config(poll_period=3600, total_runtime=7200))
    wait_until(lambda: simulation.state is SimState.RUNNING)
    assert tracker.query(sim_id, timeout_s=60, stop_simulation=True) == {"stop_simulation": True}
    assert simulation.wait(60)
    assert simulation.state is SimState.CANCELLED


@pytest.mark.parametrize(
    ("kwargs", "words"),
    [
        ({"poll_period": 0}, r"poll_period must be a number above 0; got int: 0"),
        ({"poll_period": "fast"}, r"poll_period must be.*got str: 'fast'"),
        ({"poll_period": float("nan")}, r"poll_period must be.*got float: nan"),
        ({"poll_period": True}, r"poll_period must be.*got bool: True"),
        ({"total_runtime": -1}, r"total_runtime must be a number from 0 up; got int: -1"),
        ({"total_runtime": float("inf")}, r"total_runtime must be.*got float: inf"),
        ({"pause_points": 3}, r"pause_points must be a list of numbers.*got int: 3"),
        ({"pause_points": "1, 2"}, r"pause_points must be a list.*got str"),
        ({"pause_points": [1, "x"]}, r"pause_points\[1\] must be a number.*got str: 'x'"),
        ({"other_kwargs": 3}, r"other_kwargs must be a dict.*got int: 3"),
        ({"interactive": "yes"}, r"interactive must be True or False; got str: 'yes'"),
        ({"seed": "x"}, r"seed must be a whole number"),
        ({"poll_perod": 1}, r"no argument 'poll_perod'.*Did you mean 'poll_period'"),
    ],
)
def test_a_wrong_argument_is_refused(kwargs: dict[str, Any], words: str) -> None:
    simulation = CustomControlSimulation(config(**kwargs))
    with pytest.raises(InvalidArgumentError, match=words):
        simulation.setup()
    assert simulation.state is SimState.FAILED


def test_help_names_every_argument() -> None:
    simulation = CustomControlSimulation(config())
    for name in (*simulation.kwarg_defaults, "continue", "custom_query"):
        assert name in simulation._get_help_text()


# With a person


def test_interactive_it_begins_when_it_is_told_to(tracker: SimulationTracker) -> None:
    talk = Talk(tracker, interactive=True)
    assert all(key in talk.question() for key in KEYS)
    assert talk.simulation.recorder.n_waiting == 0
    assert talk.answer(**{"continue": True}) == {"continue": True}
    assert talk.end().state is SimState.SUCCEEDED


def test_an_answer_changes_values_and_is_repeated_to_whoever_sent_it(
    tracker: SimulationTracker,
) -> None:
    talk = Talk(tracker, interactive=True, total_runtime=3600)
    talk.question()
    values = {"total_runtime": 0.05, "poll_period": 0.025, "other_kwargs": {"a": 1}}
    assert talk.answer(**values) == values
    talk.question()
    talk.answer(**{"continue": ""})
    simulation = talk.end()
    assert simulation.result["steps"] <= 3
    assert simulation.recorder.latest_progress.total == 0.05


def test_an_answer_without_continue_or_with_a_false_one_keeps_it_waiting(
    tracker: SimulationTracker,
) -> None:
    talk = Talk(tracker, interactive=True)
    for values in ({}, {"poll_period": 0.02}, {"continue": False}):
        talk.question()
        assert talk.answer(**values) == values
    talk.question()
    talk.answer(**{"continue": True})
    talk.end()


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"poll_period": "fast", "continue": True}, "poll_period must be a number above 0"),
        ({"total_runtime": None, "continue": True}, "total_runtime must be a number from 0 up"),
        ({"pause_points": [-1], "continue": True}, "pause_points[0] must be a number from 0 up"),
        ({"contnue": True}, "no argument 'contnue'. Did you mean 'continue'?"),
        ("continue", "custom_query must be a dict"),
        (None, "custom_query must be a dict"),
    ],
)
def test_a_wrong_answer_is_refused_and_asked_again(
    tracker: SimulationTracker, value: Any, words: str
) -> None:
    talk = Talk(tracker, interactive=True)
    talk.question()
    answer = tracker.query(talk.sim_id, custom_query=value)["custom_query"]
    assert answer["error"].startswith("Nothing was changed. ")
    assert words in answer["error"]
    assert words in talk.question()
    talk.answer(**{"continue": True})
    assert talk.end().state is SimState.SUCCEEDED


def test_a_refused_answer_changes_nothing_of_what_was_right_in_it(
    tracker: SimulationTracker,
) -> None:
    talk = Talk(tracker, interactive=True)
    talk.question()
    talk.answer(total_runtime=3600, poll_period="fast")
    talk.question()
    talk.answer(**{"continue": True})
    assert talk.end().recorder.latest_progress.total == 0.1


def test_it_asks_at_each_pause_point_in_their_order(tracker: SimulationTracker) -> None:
    talk = Talk(tracker, pause_points=[0.06, 0, 0.03])
    for moment in ("0 s", "0.03 s", "0.06 s"):
        assert f"pauses at {moment}" in talk.question()
        talk.answer(**{"continue": True})
    assert talk.end().state is SimState.SUCCEEDED


def test_a_pause_point_beyond_the_end_asks_nothing(tracker: SimulationTracker) -> None:
    assert Talk(tracker, pause_points=[5]).end().state is SimState.SUCCEEDED


def test_pause_points_may_be_changed_at_a_pause_point(tracker: SimulationTracker) -> None:
    talk = Talk(tracker, pause_points=[0.03, 0.06])
    talk.question()
    talk.answer(pause_points=[0.01, 0.05], **{"continue": True})
    assert "pauses at 0.05 s" in talk.question()
    talk.answer(**{"continue": True})
    assert talk.end().state is SimState.SUCCEEDED


def test_waiting_takes_none_of_its_time(tracker: SimulationTracker) -> None:
    talk = Talk(tracker, pause_points=[0.05])
    talk.question()
    first = talk.simulation.recorder.latest_progress
    later = wait_until(
        lambda: (p := talk.simulation.recorder.latest_progress).time > first.time and p,
        what="progress to be said again",
    )
    assert later.current == first.current
    talk.answer(**{"continue": True})
    talk.end()


def test_a_stop_ends_the_waiting(tracker: SimulationTracker) -> None:
    talk = Talk(tracker, interactive=True)
    talk.question()
    tracker.cancel(talk.sim_id)
    assert talk.end().state is SimState.CANCELLED


def test_help_is_given_while_it_waits(tracker: SimulationTracker, project: Project) -> None:
    talk = Talk(tracker, interactive=True)
    talk.question()
    assert tracker.query(talk.sim_id, help_request=True) == {"help_request": True}
    _, request = wait_until(
        lambda: (found := project.store.control_requests([talk.sim_id]))[1:] and found,
        what="the help beside the question",
    )
    assert "Kwargs:" in request.details
    talk.answer(**{"continue": True})
    talk.end()


def test_the_store_sees_the_question_the_pause_and_the_end(
    tracker: SimulationTracker, project: Project
) -> None:
    talk = Talk(tracker, pause_points=[0.02])
    [request] = wait_until(lambda: project.store.control_requests([talk.sim_id]))
    assert request.subkeys == KEYS
    wait_until(lambda: project.store.simulation(talk.sim_id).state is SimState.PAUSED)
    talk.answer(**{"continue": True})
    talk.end()
    assert project.store.control_requests([talk.sim_id]) == []
    assert project.store.simulation(talk.sim_id).result["steps"] > 0


def test_by_hand_a_question_can_be_answered_before_it_is_asked() -> None:
    simulation = CustomControlSimulation(config(interactive=True))
    simulation.setup()
    simulation.interactor.set_in("custom_query", {"continue": True, "total_runtime": 0.03})
    simulation.run()
    assert simulation.state is SimState.SUCCEEDED
    assert simulation.interactor.get_out("custom_query")[1]["total_runtime"] == 0.03


def test_by_hand_a_stop_before_the_run_is_a_cancel() -> None:
    simulation = CustomControlSimulation(config())
    simulation.setup()
    simulation.interactor.set_in(STOP, True)
    simulation.run()
    assert simulation.state is SimState.CANCELLED
