"""Wait for something that another thread, process or browser does.

The one place of the tests that polls: no test sleeps for luck.
"""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_until(
    condition: Callable[[], T],
    timeout_s: float = 60,
    *,
    what: str = "the condition",
    interval_s: float = 0.02,
) -> T:
    """Ask again and again until the answer is true.

    Args:
        condition: Asked at least once, and once more when the time is up.
        timeout_s: How long to keep asking, in seconds; far longer than it should take, since a busy
            machine is no failure.
        what: What should happen, for the message: "the simulation to be done".
        interval_s: Pause between two questions, in seconds.

    Returns:
        The first true answer.

    Raises:
        AssertionError: It did not happen in time; says what and the last answer.
    """
    deadline = time.monotonic() + timeout_s
    while True:
        is_last = time.monotonic() >= deadline
        answer = condition()
        if answer:
            return answer
        if is_last:
            message = f"Waited {timeout_s:g} s for {what}; it did not happen (last: {answer!r})."
            raise AssertionError(message)
        time.sleep(interval_s)
