"""A simulation that is run by hand: what is called when, how it ends, and what it says."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.current import open_project
from gymdash_jupyter.errors import InvalidArgumentError, SimulationStateError, StopSimException
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.states import SimState
from gymdash_jupyter.statuses import SimStatus, SimStatusCode, SimStatusSubcode
from tests.logged import logged_here

CONFIG = SimulationStartConfig(name="by hand", sim_key="any")
FAIL, SUCCESS, INFO = SimStatusCode.FAIL, SimStatusCode.SUCCESS, SimStatusCode.INFO
ERROR, STOPPED = SimStatusSubcode.ERROR, SimStatusSubcode.STOPPED


def simulation(
    run: Callable[..., Any] = lambda sim, **kwargs: None,
    setup: Callable[..., Any] = lambda sim, **kwargs: None,
) -> Simulation:
    """Make a simulation of a new class that does this."""
    return type("Hand", (Simulation,), {"_run": run, "_setup": setup})(CONFIG)


def closing(sim: Simulation) -> tuple[int, int, str]:
    """Give the last status, without its time and trace."""
    status = sim.statuses[-1]
    return status.code, status.subcode, status.details


def raises(exc: BaseException) -> Callable[..., Any]:
    """Make a ``_run`` or ``_setup`` that raises this."""

    def method(sim: Simulation, **kwargs: Any) -> None:
        raise exc

    return method


# Being made


def test_a_new_simulation_is_created_and_not_done() -> None:
    sim = simulation()
    assert (sim.state, sim.is_done, sim.start_kwargs, sim.result, sim.statuses) == (
        SimState.CREATED,
        False,
        {},
        None,
        [],
    )


def test_two_simulations_have_two_ids() -> None:
    assert simulation().sim_id != simulation().sim_id


def test_without_a_project_it_has_no_folders() -> None:
    sim = simulation()
    assert (sim.sim_path, sim.resources_path) == (None, None)


def test_defaults_are_asked_for_when_it_is_made() -> None:
    class WithDefaults(Simulation):
        def create_kwarg_defaults(self) -> dict[str, Any]:
            return {"rate": self.config.kwargs.get("rate", 1)}

    assert WithDefaults(CONFIG).kwarg_defaults == {"rate": 1}


def test_a_class_that_says_not_what_to_run_fails_and_says_what_to_do() -> None:
    class Empty(Simulation):
        pass

    sim = Empty(CONFIG)
    with pytest.raises(NotImplementedError, match=r"override _run\(self, \*\*kwargs\)"):
        sim.run()
    assert sim.state is SimState.FAILED


# Setting up and running


def test_it_is_set_up_then_run_and_succeeds() -> None:
    done: list[str] = []
    sim = simulation(lambda sim: done.append("run"), lambda sim: done.append("setup"))
    sim.setup()
    sim.run()
    assert done == ["setup", "run"]
    assert (sim.state, sim.is_done) == (SimState.SUCCEEDED, True)


def test_methods_that_take_no_kwargs_are_fine_without_any() -> None:
    class Plain(Simulation):
        def _setup(self) -> None:  # type: ignore[override]
            pass

        def _run(self) -> None:  # type: ignore[override]
            self.result = 1

    sim = Plain(CONFIG)
    sim.setup()
    sim.run()
    assert sim.result == 1


def test_start_kwargs_reach_setup_and_run() -> None:
    seen: list[dict[str, Any]] = []

    def method(sim: Simulation, **kwargs: Any) -> None:
        seen.append(kwargs)

    sim = simulation(method, method)
    sim.setup(rate=1)
    sim.run(rate=1)
    assert seen == [{"rate": 1}, {"rate": 1}]
    assert sim.start_kwargs == {"rate": 1}


def test_kwargs_that_run_does_not_take_are_refused_before_anything_happens() -> None:
    sim = simulation(lambda sim, rate=1: None)
    with pytest.raises(InvalidArgumentError, match=r"'rat'.*Did you mean 'rate'"):
        sim.run(rat=2)
    assert sim.state is SimState.CREATED


def test_running_without_setting_up_is_allowed() -> None:
    sim = simulation()
    sim.run(rate=1)
    assert (sim.state, sim.start_kwargs) == (SimState.SUCCEEDED, {"rate": 1})


def test_what_it_leaves_as_result_stays() -> None:
    def run(sim: Simulation) -> None:
        sim.result = {"mean": 4.5}

    sim = simulation(run)
    sim.run()
    assert sim.result == {"mean": 4.5}


@pytest.mark.parametrize("again", ["setup", "run"])
def test_it_lives_only_once(again: str) -> None:
    sim = simulation()
    sim.run()
    with pytest.raises(
        SimulationStateError, match=r"is succeeded and cannot be started again.*start_sim"
    ):
        getattr(sim, again)()


def test_it_cannot_be_set_up_twice() -> None:
    sim = simulation()
    sim.setup()
    with pytest.raises(SimulationStateError, match="is setting_up"):
        sim.setup()


def test_it_is_setting_up_between_setup_and_run() -> None:
    sim = simulation()
    sim.setup()
    assert (sim.state, sim.is_done) == (SimState.SETTING_UP, False)


# How it ends


def test_the_closing_status_of_a_success() -> None:
    sim = simulation()
    sim.run()
    assert closing(sim)[:2] == (SUCCESS, 0)
    assert len(sim.statuses) == 1


def test_an_exception_in_run_is_a_failure_with_its_words_and_trace() -> None:
    sim = simulation(raises(ValueError("no such env")))
    with pytest.raises(ValueError, match="no such env"):
        sim.run()
    assert (sim.state, sim.is_done) == (SimState.FAILED, True)
    assert closing(sim) == (FAIL, ERROR, "no such env")
    assert "raise exc" in sim.statuses[-1].error_trace
    assert "ValueError: no such env" in sim.statuses[-1].error_trace


def test_after_a_failed_setup_run_is_not_entered() -> None:
    entered: list[int] = []
    sim = simulation(lambda sim: entered.append(1), raises(ValueError("bad")))
    with pytest.raises(ValueError, match="bad"):
        sim.setup()
    with pytest.raises(SimulationStateError):
        sim.run()
    assert entered == []
    assert (sim.state, closing(sim)) == (SimState.FAILED, (FAIL, ERROR, "bad"))


def test_stop_sim_exception_means_cancelled_and_goes_no_further() -> None:
    sim = simulation(raises(StopSimException("enough")))
    sim.run()
    assert (sim.state, closing(sim)) == (SimState.CANCELLED, (FAIL, STOPPED, "enough"))


def test_stop_sim_exception_in_setup_means_cancelled() -> None:
    sim = simulation(setup=raises(StopSimException))
    sim.setup()
    assert sim.state is SimState.CANCELLED


def test_stop_sim_exception_may_carry_errors() -> None:
    assert StopSimException("a", errors=[1]).errors == [1]


def test_saying_that_it_was_cancelled_means_cancelled() -> None:
    sim = simulation(lambda sim: sim.set_cancelled())
    sim.run()
    assert sim.was_cancelled()
    assert (sim.state, closing(sim)[:2]) == (SimState.CANCELLED, (FAIL, STOPPED))


def test_answering_stop_means_cancelled() -> None:
    def run(sim: Simulation) -> None:
        sim.interactor.set_in("stop_simulation", True)
        assert sim.interactor.set_out_if_in("stop_simulation", True)

    sim = simulation(run)
    sim.run()
    assert sim.state is SimState.CANCELLED


def test_a_stop_that_nobody_asked_for_is_no_cancel() -> None:
    sim = simulation(lambda sim: sim.interactor.set_out("stop_simulation", True))
    sim.run()
    assert sim.state is SimState.SUCCEEDED


def test_an_unanswered_stop_that_came_too_late_is_a_success() -> None:
    sim = simulation(lambda sim: sim.cancel())
    sim.run()
    assert sim.state is SimState.SUCCEEDED


def test_a_stop_that_was_asked_before_means_that_run_is_not_entered() -> None:
    entered: list[int] = []
    sim = simulation(lambda sim: entered.append(1))
    sim.cancel()
    sim.run()
    assert (entered, sim.state) == ([], SimState.CANCELLED)


def test_a_stop_that_is_asked_during_setup_means_that_run_is_not_entered() -> None:
    entered: list[int] = []
    sim = simulation(lambda sim: entered.append(1), lambda sim: sim.cancel())
    sim.setup()
    sim.run()
    assert (entered, sim.state) == ([], SimState.CANCELLED)


def test_an_interrupt_means_cancelled_and_reaches_the_person() -> None:
    sim = simulation(raises(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        sim.run()
    assert (sim.state, sim.is_done) == (SimState.CANCELLED, True)


def test_leaving_python_means_failed_and_reaches_python() -> None:
    sim = simulation(raises(SystemExit(3)))
    with pytest.raises(SystemExit):
        sim.run()
    assert sim.state is SimState.FAILED
    assert "SystemExit" in closing(sim)[2]


def test_gymdashs_way_of_failing_means_failed() -> None:
    def run(sim: Simulation, **kwargs: Any) -> None:
        try:
            int("bad")
        except ValueError:
            sim._meta_failed = True
            sim.add_error_details("It did not work")

    sim = simulation(run)
    sim.run()
    assert (sim.state, closing(sim)) == (SimState.FAILED, (FAIL, ERROR, "It did not work"))
    assert "ValueError: invalid literal" in sim.statuses[-1].error_trace
    assert len(sim.statuses) == 1


def test_failing_in_gymdashs_way_without_a_word_gets_a_closing_status() -> None:
    def run(sim: Simulation) -> None:
        sim._meta_failed = True

    sim = simulation(run)
    sim.run()
    assert (sim.state, closing(sim)[:2]) == (SimState.FAILED, (FAIL, ERROR))


def test_an_error_status_and_a_plain_return_means_failed() -> None:
    sim = simulation(lambda sim: sim.add_status(SimStatus(FAIL, subcode=ERROR, details="hm")))
    sim.run()
    assert (sim.state, len(sim.statuses)) == (SimState.FAILED, 1)


def test_no_closing_status_is_added_to_its_own() -> None:
    sim = simulation(lambda sim: sim.add_status(SimStatus(SUCCESS, details="done, 17 apples")))
    sim.run()
    assert [s.details for s in sim.statuses] == ["done, 17 apples"]


def test_its_own_word_on_being_stopped_is_the_closing_one() -> None:
    def run(sim: Simulation) -> None:
        sim.set_cancelled()
        sim.add_status(SimStatus(FAIL, subcode=STOPPED, details="stopped at 17"))

    sim = simulation(run)
    sim.run()
    assert [s.details for s in sim.statuses] == ["stopped at 17"]


def test_information_does_not_close() -> None:
    sim = simulation(lambda sim: sim.add_status(SimStatus(INFO, details="half way")))
    sim.run()
    assert [s.code for s in sim.statuses] == [INFO, SUCCESS]


def test_an_error_that_it_told_itself_and_raised_is_told_once() -> None:
    def run(sim: Simulation) -> None:
        try:
            int("bad")
        except ValueError:
            sim.add_error_details("My words")
            raise

    sim = simulation(run)
    with pytest.raises(ValueError, match="invalid literal"):
        sim.run()
    assert [s.details for s in sim.statuses] == ["My words"]


def test_error_details_outside_of_an_error_have_no_trace() -> None:
    sim = simulation(lambda sim: sim.add_error_details("hm"))
    sim.run()
    assert sim.statuses[0].error_trace == ""


def test_statuses_are_given_as_a_copy() -> None:
    sim = simulation()
    sim.statuses.append(1)  # type: ignore[arg-type]
    assert sim.statuses == []


def test_a_status_gets_the_time_at_which_it_is_added() -> None:
    sim = simulation()
    sim.add_status(SimStatus(INFO))
    time = sim.statuses[0].time
    assert time is not None
    assert time.utcoffset() is not None


# Events


EVENTS = [Simulation.START_SETUP, Simulation.END_SETUP, Simulation.START_RUN, Simulation.END_RUN]


def noted(sim: Simulation) -> list[tuple[str, SimState]]:
    """Take down every event with the state at that time."""
    seen: list[tuple[str, SimState]] = []
    for event in EVENTS:
        sim.add_callback(event, lambda event=event: seen.append((event, sim.state)))
    return seen


def test_events_come_in_order_and_in_their_state() -> None:
    sim = simulation()
    seen = noted(sim)
    sim.setup()
    sim.run()
    assert seen == [
        ("start_setup", SimState.SETTING_UP),
        ("end_setup", SimState.SETTING_UP),
        ("start_run", SimState.RUNNING),
        ("end_run", SimState.SUCCEEDED),
    ]


def test_a_failed_setup_has_no_other_event_than_the_end() -> None:
    sim = simulation(setup=raises(ValueError("bad")))
    seen = noted(sim)
    with pytest.raises(ValueError, match="bad"):
        sim.setup()
    assert seen == [("start_setup", SimState.SETTING_UP), ("end_run", SimState.FAILED)]


def test_a_callback_at_the_end_sees_the_final_state_and_result_but_not_yet_done() -> None:
    seen: list[Any] = []

    def run(sim: Simulation) -> None:
        sim.result = 7

    sim = simulation(run)
    sim.add_callback(
        Simulation.END_RUN, lambda s: seen.append((s.state, s.result, s.is_done, s.wait(0)))
    )
    sim.run()
    assert seen == [(SimState.SUCCEEDED, 7, False, False)]
    assert sim.is_done


def test_a_callback_gets_the_simulation_only_if_it_requires_something() -> None:
    sim = simulation()
    got: list[Any] = []
    sim.add_callback("end_run", lambda: got.append("nothing"))
    sim.add_callback("end_run", lambda i=1: got.append(i))
    sim.add_callback("end_run", lambda *args: got.append(args))
    sim.add_callback("end_run", lambda *, i=2: got.append(i))
    sim.add_callback("end_run", got.append)
    sim.add_callback("end_run", lambda s, i=3: got.append((s, i)))
    sim.run()
    assert got == ["nothing", 1, (), 2, sim, (sim, 3)]


def test_callbacks_are_called_in_the_order_in_which_they_were_added() -> None:
    sim = simulation()
    got: list[int] = []
    for i in range(5):
        sim.add_callback("start_run", lambda i=i: got.append(i))
    sim.run()
    assert got == [0, 1, 2, 3, 4]


def test_a_callback_that_comes_late_is_called_at_once_and_once() -> None:
    sim = simulation()
    sim.run()
    got: list[Any] = []
    sim.add_callback("end_run", got.append)
    assert got == [sim]


def test_a_late_callback_on_an_event_that_never_came_is_not_called() -> None:
    sim = simulation()
    sim.run()
    got: list[Any] = []
    sim.add_callback("start_setup", got.append)
    assert got == []


def test_a_callback_that_adds_one_is_not_called_again() -> None:
    sim = simulation()
    got: list[str] = []

    def first() -> None:
        got.append("first")
        sim.add_callback("end_run", lambda: got.append("second"))

    sim.add_callback("end_run", first)
    sim.run()
    assert got == ["first", "second"]


def test_an_error_in_a_callback_becomes_a_status_and_harms_nobody() -> None:
    sim = simulation()
    got: list[str] = []
    sim.add_callback("start_run", lambda: 1 / 0)
    sim.add_callback("start_run", lambda: got.append("called"))
    sim.run()
    assert (got, sim.state) == (["called"], SimState.SUCCEEDED)
    status = sim.statuses[0]
    assert (status.code, status.subcode) == (INFO, ERROR)
    assert "start run failed: ZeroDivisionError" in status.details
    assert "1 / 0" in status.error_trace


def test_an_error_in_a_callback_at_the_end_leaves_it_succeeded() -> None:
    sim = simulation()
    sim.add_callback("end_run", lambda: 1 / 0)
    sim.run()
    assert (sim.state, sim.is_done, len(sim.statuses)) == (SimState.SUCCEEDED, True, 2)


def test_callbacks_that_are_added_while_it_ends_are_called_exactly_once() -> None:
    for _ in range(30):
        sim = simulation()
        got: list[int] = []
        begin = threading.Barrier(3)

        def add(
            first: int, sim: Simulation = sim, got: list[int] = got, begin: Any = begin
        ) -> None:
            begin.wait()
            for i in range(first, first + 50):
                sim.add_callback("end_run", lambda i=i: got.append(i))

        threads = [threading.Thread(target=add, args=(n,)) for n in (0, 50)]
        for thread in threads:
            thread.start()
        begin.wait()
        sim.run()
        for thread in threads:
            thread.join()
        assert sorted(got) == list(range(100))


def test_an_interrupt_in_a_callback_ends_the_simulation() -> None:
    sim = simulation()
    sim.add_callback("start_run", raises_now(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        sim.run()
    assert (sim.state, sim.is_done) == (SimState.CANCELLED, True)


def test_an_interrupt_in_a_callback_of_the_setup_ends_the_simulation() -> None:
    sim = simulation()
    sim.add_callback("end_setup", raises_now(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        sim.setup()
    assert (sim.state, sim.is_done) == (SimState.CANCELLED, True)


def raises_now(exc: BaseException) -> Callable[[], None]:
    """Make a callback that raises this."""

    def callback() -> None:
        raise exc

    return callback


# Waiting


def test_waiting_for_what_never_started_runs_out_of_time() -> None:
    assert simulation().wait(0.01) is False


def test_a_thread_that_waits_wakes_at_the_end() -> None:
    sim = simulation()
    woke = threading.Event()
    waiter = threading.Thread(target=lambda: (sim.wait(), woke.set()))
    waiter.start()
    sim.run()
    assert woke.wait(60)
    waiter.join()


def test_a_coroutine_that_awaits_it_gets_the_simulation() -> None:
    sim = simulation()

    async def main() -> Simulation:
        thread = threading.Thread(target=sim.run)
        thread.start()
        awaited = await asyncio.wait_for(sim._until_done(), 60)
        thread.join()
        return awaited

    assert asyncio.run(main()) is sim


def test_awaiting_what_is_done_returns_at_once() -> None:
    sim = simulation()
    sim.run()

    async def main() -> Simulation:
        return await sim

    assert asyncio.run(main()) is sim


def test_several_may_await_it() -> None:
    sim = simulation()

    async def one() -> Simulation:
        return await sim

    async def main() -> list[Simulation]:
        tasks = [asyncio.create_task(one()) for _ in range(3)]
        await asyncio.sleep(0)
        await asyncio.to_thread(sim.run)
        return await asyncio.gather(*tasks)

    assert asyncio.run(main()) == [sim] * 3


def test_who_gave_up_awaiting_and_left_harms_nobody() -> None:
    sim = simulation()

    async def impatient() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(sim._until_done(), 0.01)

    asyncio.run(impatient())  # its loop is closed when the simulation ends
    woke: list[Simulation] = []

    async def patient() -> None:
        task = asyncio.ensure_future(sim._until_done())
        await asyncio.sleep(0)
        await asyncio.to_thread(sim.run)
        woke.append(await asyncio.wait_for(task, 5))

    asyncio.run(patient())
    assert (woke, sim.state) == ([sim], SimState.SUCCEEDED)


# Pausing


def test_it_is_paused_inside_the_block_and_runs_after_it() -> None:
    seen: list[SimState] = []

    def run(sim: Simulation) -> None:
        with sim.paused():
            seen.append(sim.state)
        seen.append(sim.state)

    simulation(run).run()
    assert seen == [SimState.PAUSED, SimState.RUNNING]


def test_it_may_end_while_it_is_paused() -> None:
    def run(sim: Simulation) -> None:
        with sim.paused():
            raise StopSimException

    sim = simulation(run)
    sim.run()
    assert sim.state is SimState.CANCELLED


def test_only_what_runs_can_be_paused() -> None:
    sim = simulation()
    with (
        pytest.raises(SimulationStateError, match="is created and cannot become paused"),
        sim.paused(),
    ):
        pass


# What it may call


def test_help_is_asked_for_and_comes_as_a_request() -> None:
    class Helpful(Simulation):
        def _get_help_text(self) -> str:
            return "Send me a rate."

        def _run(self, **kwargs: Any) -> None:
            self.base_step()

    sim = Helpful(CONFIG)
    sim.interactor.set_in("help_request", True)
    seen: list[Any] = []
    sim.add_callback("end_run", lambda: None)
    sim._run()
    seen = sim.interactor.get_all_control_requests()["custom_query"]
    assert [request.details for request in seen] == ["Send me a rate."]
    assert sim.interactor.get_in("help_request") == (False, None)


def test_nobody_asks_for_help_nothing_is_sent() -> None:
    sim = simulation()
    sim.base_step()
    assert not sim.interactor.has_requests


def test_kwargs_are_merged_later_over_earlier_into_a_new_dict() -> None:
    first = {"a": 1, "b": 1}
    merged = simulation()._overwrite_new_kwargs(first, {"b": 2}, None, {"c": 3})
    assert (merged, first) == ({"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 1})


def test_missing_required_kwargs_are_named() -> None:
    with pytest.raises(ValueError, match=r"Hand._run needs 'env', 'seed'; given: 'rate'"):
        simulation()._check_kwargs_required(["rate", "env", "seed"], "_run", rate=1)


def test_missing_optional_kwargs_are_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    simulation()._check_kwargs_optional(["rate", "env"], "_run", rate=1)
    assert logged_here(caplog) == ["Hand._run was not given 'env'."]


@pytest.mark.parametrize(
    ("given", "counts"),
    [
        (2, [0, 2, 4]),
        (1, [0, 1, 2, 3, 4, 5]),
        (0, []),
        (-1, []),
        (None, []),
        (lambda n: n == 3, [3]),
    ],
)
def test_a_trigger_is_true_every_so_many_times(given: Any, counts: list[int]) -> None:
    trigger = simulation()._to_every_x_trigger(given)
    assert [n for n in range(6) if trigger(n)] == counts


@pytest.mark.parametrize("given", ["2", 2.5, True, [1]])
def test_what_is_no_trigger_is_refused(given: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="A trigger is a function of a count, an int"):
        simulation()._to_every_x_trigger(given)


def test_progress_on_the_channel_is_recorded() -> None:
    sim = simulation(lambda sim: sim.interactor.set_out_if_in("progress", (3, 10)))
    sim.run()
    progress = sim.recorder.latest_progress
    assert progress is not None
    assert (progress.current, progress.total) == (3.0, 10.0)


@pytest.mark.parametrize("value", [5, None, "ab", (1, 2, 3), {"a": 1}, [None, None], object()])
def test_odd_progress_on_the_channel_is_no_error(value: Any) -> None:
    sim = simulation(lambda sim: sim.interactor.set_out("progress", value))
    sim.run()
    assert sim.state is SimState.SUCCEEDED


def test_its_words_show_name_state_and_progress() -> None:
    sim = simulation()
    sim.setup()
    sim.recorder.progress(1, 4)
    assert repr(sim) == f"<Hand 'by hand' setting_up 25% {str(sim.sim_id)[:8]}>"


# Beside an open project


def test_by_hand_nothing_is_written_even_when_a_project_is_open(tmp_path: Path) -> None:
    opened = open_project(tmp_path / "project")

    def run(sim: Simulation) -> None:
        sim.recorder.scalar("a", 1, 1)
        sim.interactor.add_control_request("custom_query", "?")

    sim = simulation(run)
    sim.setup()
    sim.run()
    assert sim.is_done
    assert opened.store.simulations() == []
    assert list(opened.sims_folder.iterdir()) == []
