"""Helper threads: they run again and again, are named, can be woken and stopped, and survive errors."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Iterator

import pytest

from gymdash_jupyter.background import PeriodicTask
from tests.launch.other_process import OtherProcess
from tests.waiting import wait_until

HAD_AN_ERROR = "The helper thread a task had an error and goes on."


class Counter:
    def __init__(self) -> None:
        self.n = 0

    def __call__(self) -> None:
        self.n += 1


@pytest.fixture
def tasks() -> Iterator[list[PeriodicTask]]:
    made: list[PeriodicTask] = []
    yield made
    for task in made:
        assert task.stop()


def started(tasks: list[PeriodicTask], work: object, interval_s: float) -> PeriodicTask:
    task = PeriodicTask("a task", work, interval_s=interval_s)  # type: ignore[arg-type]
    tasks.append(task)
    task.start()
    return task


def test_it_works_again_and_again(tasks: list[PeriodicTask]) -> None:
    count = Counter()
    started(tasks, count, 0.001)
    wait_until(lambda: count.n >= 5)


def test_it_works_at_once_when_it_is_started(tasks: list[PeriodicTask]) -> None:
    count = Counter()
    started(tasks, count, 60)
    wait_until(lambda: count.n == 1)


def test_its_thread_has_its_name_and_keeps_no_program_alive(tasks: list[PeriodicTask]) -> None:
    seen: list[threading.Thread] = []
    started(tasks, lambda: seen.append(threading.current_thread()), 60)
    thread = wait_until(lambda: seen)[0]
    assert (thread.name, thread.daemon) == ("a task", True)


def test_starting_twice_gives_one_thread(tasks: list[PeriodicTask]) -> None:
    task = started(tasks, lambda: None, 60)
    task.start()
    assert [t.name for t in threading.enumerate()].count("a task") == 1


def test_waking_it_lets_the_next_call_happen_now(tasks: list[PeriodicTask]) -> None:
    count = Counter()
    task = started(tasks, count, 3600)
    wait_until(lambda: count.n == 1)
    task.wake()
    wait_until(lambda: count.n == 2, what="the call, long before the interval is over")


def test_a_wish_to_wake_during_a_call_is_not_lost(tasks: list[PeriodicTask]) -> None:
    is_inside, may_go = threading.Event(), threading.Event()
    count = Counter()

    def work() -> None:
        count()
        is_inside.set()
        may_go.wait(60)

    task = started(tasks, work, 3600)
    is_inside.wait(60)
    task.wake()
    may_go.set()
    wait_until(lambda: count.n == 2)


def test_after_stopping_nothing_is_called(tasks: list[PeriodicTask]) -> None:
    count = Counter()
    task = started(tasks, count, 0.001)
    wait_until(lambda: count.n)
    assert task.stop()
    n = count.n
    assert not task.is_running
    task.wake()
    assert count.n == n


def test_stopping_twice_or_before_starting_is_harmless() -> None:
    task = PeriodicTask("a task", lambda: None, interval_s=1)
    assert [task.stop(), task.stop()] == [True, True]


def test_it_can_be_started_again(tasks: list[PeriodicTask]) -> None:
    count = Counter()
    task = started(tasks, count, 60)
    wait_until(lambda: count.n == 1)
    task.stop()
    task.start()
    wait_until(lambda: count.n == 2)


def test_it_may_stop_itself_and_be_started_again(tasks: list[PeriodicTask]) -> None:
    answers: list[bool] = []
    task = started(tasks, lambda: answers.append(tasks[0].stop()), 0.001)
    wait_until(lambda: not task.is_running and answers)
    assert answers == [False]
    task.start()
    wait_until(lambda: len(answers) == 2)


def test_stopping_does_not_wait_longer_than_it_should(tasks: list[PeriodicTask]) -> None:
    may_go = threading.Event()
    task = started(tasks, lambda: may_go.wait(10), 60)
    wait_until(lambda: task.is_running)
    assert task.stop(timeout_s=0) is False
    may_go.set()


def test_an_error_is_logged_once_and_the_task_goes_on(
    tasks: list[PeriodicTask], caplog: pytest.LogCaptureFixture
) -> None:
    count = Counter()

    def work() -> None:
        count()
        raise ValueError("no disk")

    with caplog.at_level(logging.ERROR):
        started(tasks, work, 0.001)
        wait_until(lambda: count.n >= 5)
    assert caplog.messages.count(HAD_AN_ERROR) == 1


def test_an_error_that_comes_back_after_a_good_call_is_logged_again(
    tasks: list[PeriodicTask], caplog: pytest.LogCaptureFixture
) -> None:
    count = Counter()

    def work() -> None:
        count()
        if count.n % 2:
            raise ValueError("no disk")

    with caplog.at_level(logging.ERROR):
        started(tasks, work, 0.001)
        wait_until(lambda: count.n >= 4)
    assert caplog.messages.count(HAD_AN_ERROR) >= 2


# Waiting

_CTRL_C_THAT_WAKES_NOBODY = """
import signal, sys, threading, time
import gymdash_jupyter as gd
sim = gd.SimulationRegistry.make("custom_control")
def has_come_to_wait():
    frame = sys._current_frames()[threading.main_thread().ident]
    return frame.f_code.co_filename == threading.__file__
def take_the_signal():
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    while not has_come_to_wait():
        time.sleep(0.01)
    time.sleep(0.1)  # a moment later it blocks
    print("waiting")
    threading.Event().wait()
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
try:
    threading.Thread(target=take_the_signal, daemon=True).start()
    sim.%s
except KeyboardInterrupt:
    print("heard")
"""


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="signals of POSIX")
@pytest.mark.parametrize("wait", ["wait()", "interactor.ask('custom_query', 1).wait(600)"])
def test_who_waits_hears_a_ctrl_c_that_did_not_wake_it(wait: str) -> None:
    with OtherProcess(_CTRL_C_THAT_WAKES_NOBODY % wait) as script:
        assert script.line() == "waiting"
        script.signal(signal.SIGINT)
        assert script.line() == "heard"
