from __future__ import annotations

import threading

import pytest

from gymdash_jupyter.widgets.work_queue import WorkQueue
from tests.waiting import wait_until


def test_work_is_done_in_order_and_the_thread_ends():
    queue = WorkQueue("test-work")
    done: list[int] = []
    for i in range(50):
        queue.put(lambda i=i: done.append(i))
    wait_until(lambda: len(done) == 50, what="all work")
    assert done == list(range(50))
    wait_until(lambda: not queue._task.is_running, what="the thread's end")


def test_work_that_fails_does_not_keep_the_next_from_being_done(caplog):
    queue = WorkQueue("test-work")
    is_done = threading.Event()

    def fail() -> None:
        raise RuntimeError("no")

    queue.put(fail)
    queue.put(is_done.set)
    assert is_done.wait(30)


@pytest.mark.parametrize("_", range(20))
def test_work_given_while_the_thread_ends_is_not_lost(_):
    queue = WorkQueue("test-work")
    for _round in range(20):
        is_done = threading.Event()
        queue.put(is_done.set)
        assert is_done.wait(30)
