"""Asking simulations, here and elsewhere: who gets which answer, and what is said when there is none."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.errors import (
    InvalidArgumentError,
    QueryTimeoutError,
    SimulationEndedError,
    UnknownChannelError,
    UnknownSimulationError,
)
from gymdash_jupyter.project import Project
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.states import SimState
from gymdash_jupyter.statuses import SimStatus, SimStatusCode
from gymdash_jupyter.tracker import SimulationTracker
from tests.launch.dying import RUNNING
from tests.launch.other_process import OtherProcess
from tests.launch.samples import Asking, Deaf, FailingRun, Gated, Polite, Quick, made
from tests.tracker.conftest import done
from tests.waiting import wait_until


@pytest.fixture(params=["its own tracker", "another tracker"])
def asker(
    request: pytest.FixtureRequest, tracker: SimulationTracker, other: SimulationTracker
) -> SimulationTracker:
    """Give who asks: the tracker that executes the simulation, or another one through the project."""
    return tracker if request.param == "its own tracker" else other


def started(tracker: SimulationTracker, sim: Simulation) -> UUID:
    """Start one and wait until the project knows that it runs."""
    sim_id = tracker.start_sim(sim)[0]
    wait_until(lambda: tracker.project.store.simulation(sim_id).state is not SimState.SETTING_UP)
    return sim_id


class OnlyWhenTold(Simulation):
    """Answers custom queries only while ``answers`` is set; hears stop always."""

    def __init__(self, config: SimulationStartConfig) -> None:
        super().__init__(config)
        self.answers = threading.Event()

    def _run(self, **kwargs: Any) -> None:
        while not self.interactor.set_out_if_in("stop_simulation", True):
            is_asked, value = self.interactor.get_in("custom_query")
            if self.answers.is_set() and is_asked:
                self.interactor.set_out("custom_query", value)
            time.sleep(0.001)


# Answers


def test_an_answer_comes_back(tracker: SimulationTracker, asker: SimulationTracker) -> None:
    sim_id = started(tracker, made(Polite))
    assert asker.query(sim_id, custom_query={"a": [1, None]}) == {
        "custom_query": {"you said": {"a": [1, None]}}
    }


def test_the_id_may_be_text(tracker: SimulationTracker, asker: SimulationTracker) -> None:
    sim_id = started(tracker, made(Polite))
    assert asker.query(str(sim_id), custom_query=1) == {"custom_query": {"you said": 1}}


def test_progress_is_a_pair(tracker: SimulationTracker, asker: SimulationTracker) -> None:
    sim_id = started(tracker, made(Polite))
    current, total = asker.query(sim_id, progress=True)["progress"]
    assert (current >= 0, total) == (True, 1000)


def test_progress_is_known_after_the_end(
    tracker: SimulationTracker, asker: SimulationTracker
) -> None:
    sim_id = started(tracker, made(Quick))
    tracker.wait(sim_id)
    assert asker.query(sim_id, progress=True, progress_status=True) == {
        "progress": (3.0, 3.0),
        "progress_status": "counting",
    }


def test_several_channels_are_asked_at_once(
    tracker: SimulationTracker, asker: SimulationTracker
) -> None:
    sim_id = started(tracker, made(Polite))
    answers = asker.query(sim_id, custom_query=1, progress=True, is_done=True, help_request=True)
    assert set(answers) == {"custom_query", "progress", "is_done", "help_request"}
    assert answers["is_done"] is False


def test_stopping_can_be_asked_for(tracker: SimulationTracker, asker: SimulationTracker) -> None:
    sim_id = started(tracker, made(Polite))
    assert asker.query(sim_id, stop_simulation=True) == {"stop_simulation": True}
    assert tracker.wait(sim_id) == {sim_id: SimState.CANCELLED}


def test_what_is_known_anyway_is_answered_without_the_simulation(
    tracker: SimulationTracker, asker: SimulationTracker
) -> None:
    sim_id = started(tracker, made(Deaf))
    assert asker.query(
        sim_id, timeout_s=0, is_done=True, cancelled=True, failed=True, error_details=True
    ) == {
        "is_done": False,
        "cancelled": False,
        "failed": False,
        "error_details": [],
    }


def test_after_a_failure_the_reason_is_known(
    tracker: SimulationTracker, asker: SimulationTracker
) -> None:
    sim_id = started(tracker, made(FailingRun))
    tracker.wait(sim_id)
    answers = asker.query(sim_id, is_done=True, failed=True, cancelled=True, error_details=True)
    (status,) = answers.pop("error_details")
    assert answers == {"is_done": True, "failed": True, "cancelled": False}
    assert isinstance(status, SimStatus)
    assert (status.code, status.details) == (SimStatusCode.FAIL, "the loss is gone")


def test_a_created_simulation_can_be_looked_at(
    tracker: SimulationTracker, asker: SimulationTracker
) -> None:
    sim_id = tracker.create_simulation(made(Quick))[0]
    assert asker.query(sim_id, is_done=True) == {"is_done": False}


# Order


def test_two_people_who_ask_at_once_both_get_their_answer(
    tracker: SimulationTracker, other: SimulationTracker
) -> None:
    sim_id = started(tracker, made(Polite))
    answers: dict[int, Any] = {}

    def ask(person: int) -> None:
        for n in range(5):
            who = tracker if person % 2 else other
            answers[person * 10 + n] = who.query(sim_id, custom_query=person * 10 + n)[
                "custom_query"
            ]

    people = [threading.Thread(target=ask, args=(person,)) for person in range(4)]
    for thread in people:
        thread.start()
    for thread in people:
        thread.join()
    assert answers == {
        n: {"you said": n} for person in range(4) for n in range(person * 10, person * 10 + 5)
    }


def test_questions_on_one_channel_are_answered_in_order(
    tracker: SimulationTracker, asker: SimulationTracker, tmp_path: Path
) -> None:
    sim = OnlyWhenTold(SimulationStartConfig(name="slow", sim_key="any"))
    sim_id = started(tracker, sim)
    answered: list[int] = []

    def ask(n: int) -> None:
        answered.append(asker.query(sim_id, custom_query=n)["custom_query"])

    people = []
    for n in range(4):
        people.append(threading.Thread(target=ask, args=(n,)))
        people[-1].start()
        wait_until(lambda n=n: len(sim.interactor._channels["custom_query"].waiting) == n + 1)
    waiting = [question.value for question in sim.interactor._channels["custom_query"].waiting]
    sim.answers.set()
    for thread in people:
        thread.join()
    assert waiting == [0, 1, 2, 3]
    assert sorted(answered) == [0, 1, 2, 3]


# No answer


def test_what_is_not_answered_in_time_is_named_and_what_was_is_given(
    tracker: SimulationTracker, asker: SimulationTracker
) -> None:
    sim_id = started(
        tracker, OnlyWhenTold(SimulationStartConfig(name="silent one", sim_key="any"))
    )
    with pytest.raises(
        QueryTimeoutError,
        match=r"'silent one' did not answer custom_query within 0.1 s; the question is withdrawn",
    ) as caught:
        asker.query(sim_id, timeout_s=0.1, custom_query=1, is_done=True)
    assert caught.value.unanswered == ("custom_query",)
    assert caught.value.answers == {"is_done": False}
    assert isinstance(caught.value, TimeoutError)


def test_a_question_that_ran_out_of_time_does_not_block_the_next(
    tracker: SimulationTracker, asker: SimulationTracker
) -> None:
    sim = OnlyWhenTold(SimulationStartConfig(name="slow", sim_key="any"))
    sim_id = started(tracker, sim)
    for n in range(3):
        with pytest.raises(QueryTimeoutError):
            asker.query(sim_id, timeout_s=0.1, custom_query=f"too early {n}")
    sim.answers.set()
    assert asker.query(sim_id, custom_query="in time") == {"custom_query": "in time"}


def test_one_that_ends_before_it_answers_is_said_at_once(
    tracker: SimulationTracker, asker: SimulationTracker, gate: Path
) -> None:
    sim_id = started(tracker, made(Gated, gate=str(gate)))
    threading.Timer(0.1, gate.touch).start()
    begin = time.monotonic()
    with pytest.raises(SimulationEndedError, match=r"'Gated'.*ended"):
        asker.query(sim_id, timeout_s=600, custom_query=1)
    assert time.monotonic() - begin < 100


def test_without_a_time_limit_it_waits_until_the_end(
    tracker: SimulationTracker, asker: SimulationTracker, gate: Path
) -> None:
    sim_id = started(tracker, made(Gated, gate=str(gate)))
    threading.Timer(0.1, gate.touch).start()
    with pytest.raises(SimulationEndedError):
        asker.query(sim_id, timeout_s=None, custom_query=1)


def test_one_whose_process_dies_is_said_without_a_time_limit(
    tracker: SimulationTracker, project: Project
) -> None:
    with OtherProcess(RUNNING, project.folder) as running:
        sim_id = running.line()
        running.signal(19)  # SIGSTOP: alive, but it does not answer
        threading.Timer(0.2, running.kill).start()
        with pytest.raises(SimulationEndedError, match="ended"):
            tracker.query(sim_id, timeout_s=None, custom_query=1)


def test_asking_one_that_has_ended_says_so(
    tracker: SimulationTracker, asker: SimulationTracker
) -> None:
    sim_id = started(tracker, made(Quick))
    tracker.wait(sim_id)
    with pytest.raises(SimulationEndedError, match="ended"):
        asker.query(sim_id, custom_query=1)


def test_progress_that_was_never_said_says_so_after_the_end(
    tracker: SimulationTracker, asker: SimulationTracker
) -> None:
    sim_id = started(tracker, made(FailingRun))
    tracker.wait(sim_id)
    with pytest.raises(SimulationEndedError, match="has ended and never said any progress"):
        asker.query(sim_id, progress=True)


def test_an_unknown_channel_is_named_with_the_known_ones(
    tracker: SimulationTracker, asker: SimulationTracker
) -> None:
    sim_id = started(tracker, made(Polite))
    with pytest.raises(
        UnknownChannelError,
        match=r"no channel 'progres'. Did you mean 'progress'\? It has: custom_query",
    ):
        asker.query(sim_id, progres=True)


def test_a_name_with_the_word_channel_is_no_unknown_channel(
    tracker: SimulationTracker, asker: SimulationTracker, gate: Path
) -> None:
    config = SimulationStartConfig(
        name="my channel test", sim_key="any", kwargs={"gate": str(gate)}
    )
    sim_id = started(tracker, Gated(config))
    threading.Timer(0.1, gate.touch).start()
    with pytest.raises(SimulationEndedError):
        asker.query(sim_id, custom_query=1)


def test_an_unknown_simulation_is_said(asker: SimulationTracker) -> None:
    with pytest.raises(UnknownSimulationError, match="No simulation has the id"):
        asker.query(uuid4(), progress=True)


def test_a_query_without_a_question_says_what_can_be_asked(
    tracker: SimulationTracker, asker: SimulationTracker
) -> None:
    sim_id = tracker.create_simulation(made(Quick))[0]
    with pytest.raises(InvalidArgumentError, match=r"progress=True.*stop_simulation.*is_done"):
        asker.query(sim_id)


# Control requests


def test_a_reply_closes_the_request(tracker: SimulationTracker, asker: SimulationTracker) -> None:
    sim_id = started(tracker, made(Asking))
    store = asker.project.store
    wait_until(lambda: store.control_requests([sim_id]))
    asker.query(sim_id, custom_query=7)
    tracker.wait(sim_id)
    assert store.control_requests([sim_id]) == []
    assert store.simulation(sim_id).result == 7


def test_a_simulation_can_be_asked_through_itself(
    tracker: SimulationTracker, asker: SimulationTracker
) -> None:
    sim_id = started(tracker, made(Polite))
    sim = asker.get_sim(sim_id)
    assert sim.query(custom_query=1) == {"custom_query": {"you said": 1}}
    sim.cancel()
    assert sim.wait(60)
    assert sim.state is SimState.CANCELLED


def test_a_view_of_one_elsewhere_shows_what_the_project_knows(
    tracker: SimulationTracker, other: SimulationTracker
) -> None:
    sim_id, sim = tracker.start_sim(made(Quick, rate=1), n=2)
    done(sim)
    view = other.get_sim(sim_id)
    assert (view.name, view.state, view.is_done, view.result) == (
        "Quick",
        SimState.SUCCEEDED,
        True,
        {"n": 2},
    )
    assert (view.config.kwargs, view.start_kwargs, view.sim_path) == (
        {"rate": 1},
        {"n": 2},
        sim.sim_path,
    )
    assert [s.details for s in view.statuses] == [s.details for s in sim.statuses]
    assert repr(view) == f"<StoredSimulation 'Quick' succeeded {str(sim_id)[:8]}>"


def test_a_view_can_be_awaited(tracker: SimulationTracker, other: SimulationTracker) -> None:
    import asyncio

    sim_id, _ = tracker.start_sim(made(Quick))

    async def main() -> Any:
        return await other.get_sim(sim_id)

    assert asyncio.run(main()).state is SimState.SUCCEEDED
