"""Who is called when, exactly once, and what an error in a callback does."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any

import pytest

from gymdash_jupyter.callbacks import CallbackBoard, Countdown, wants_argument
from gymdash_jupyter.errors import InvalidArgumentError


class Bound:
    def nothing(self) -> None: ...

    def one(self, sim: Any) -> None: ...

    def __call__(self, sim: Any) -> None: ...


@pytest.mark.parametrize(
    ("callback", "wants"),
    [
        (lambda: None, False),
        (lambda sim: None, True),
        (lambda i=1: None, False),
        (lambda sim, i=1: None, True),
        (lambda *args: None, False),
        (lambda **kwargs: None, False),
        (lambda *, i=1: None, False),
        (Bound().nothing, False),
        (Bound().one, True),
        (Bound(), True),
        (functools.partial(lambda sim: None, 1), False),
        (functools.partial(lambda sim, i: None, i=1), True),
        ([].append, True),
        (threading.Event().set, False),
        (print, False),
        (Bound, False),
    ],
)
def test_only_a_required_positional_parameter_wants_the_simulation(
    callback: Callable[..., Any], wants: bool
) -> None:
    assert wants_argument(callback) is wants


@pytest.fixture
def errors() -> list[tuple[str, Exception]]:
    return []


@pytest.fixture
def board(errors: list[tuple[str, Exception]]) -> CallbackBoard:
    return CallbackBoard(["begin", "end"], "subject", lambda *error: errors.append(error))


def test_an_event_calls_once_however_often_it_happens(board: CallbackBoard) -> None:
    got: list[Any] = []
    board.add("end", got.append)
    board.fire("end")
    board.fire("end")
    assert got == ["subject"]


def test_events_are_apart(board: CallbackBoard) -> None:
    got: list[str] = []
    board.add("begin", lambda: got.append("begin"))
    board.fire("end")
    assert got == []


def test_a_late_callback_is_called_in_the_thread_that_adds_it(board: CallbackBoard) -> None:
    board.fire("end")
    got: list[threading.Thread] = []
    board.add("end", lambda: got.append(threading.current_thread()))
    assert got == [threading.current_thread()]


def test_errors_are_kept_with_their_event_late_ones_too(
    board: CallbackBoard, errors: list[tuple[str, Exception]]
) -> None:
    board.add("end", lambda: 1 / 0)
    board.fire("end")
    board.add("end", [].pop)
    assert [(event, type(exc)) for event, exc in errors] == [
        ("end", ZeroDivisionError),
        ("end", IndexError),
    ]


def test_an_unknown_event_is_refused_with_the_known_ones(board: CallbackBoard) -> None:
    with pytest.raises(
        InvalidArgumentError, match=r"no event 'begn'. Did you mean 'begin'\? Events: begin, end"
    ):
        board.add("begn", print)


@pytest.mark.parametrize("event", [None, 5, ["end"]])
def test_an_event_that_is_no_text_is_refused(board: CallbackBoard, event: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="There is no event"):
        board.add(event, print)


def test_what_is_no_function_is_refused(board: CallbackBoard) -> None:
    with pytest.raises(
        InvalidArgumentError, match="the event 'end' must be a function; got int: 5"
    ):
        board.add("end", 5)  # type: ignore[arg-type]


# Countdown


def test_a_countdown_calls_when_it_happened_often_enough(
    errors: list[tuple[str, Exception]],
) -> None:
    got: list[int] = []
    countdown = Countdown(2, "all")
    countdown.add(lambda: got.append(1))
    countdown.count(lambda *error: errors.append(error))
    assert got == []
    countdown.count(lambda *error: errors.append(error))
    assert got == [1]


def test_a_countdown_from_nothing_calls_at_once() -> None:
    got: list[int] = []
    Countdown(0, "all").add(lambda: got.append(1))
    assert got == [1]


def test_a_countdown_that_goes_on_counting_calls_nobody_twice(
    errors: list[tuple[str, Exception]],
) -> None:
    got: list[int] = []
    countdown = Countdown(1, "all")
    countdown.add(lambda: got.append(1))
    for _ in range(3):
        countdown.count(lambda *error: errors.append(error))
    assert got == [1]


def test_an_error_goes_to_who_brought_the_news(errors: list[tuple[str, Exception]]) -> None:
    got: list[int] = []
    countdown = Countdown(1, "all")
    countdown.add(lambda: 1 / 0)
    countdown.add(lambda: got.append(1))
    countdown.count(lambda *error: errors.append(error))
    assert ([type(exc) for _, exc in errors], got) == ([ZeroDivisionError], [1])


def test_counting_from_many_threads_calls_exactly_once() -> None:
    for _ in range(50):
        got: list[int] = []
        countdown = Countdown(8, "all")
        countdown.add(lambda got=got: got.append(1))
        threads = [
            threading.Thread(target=countdown.count, args=(lambda *error: None,)) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        countdown.add(lambda got=got: got.append(2))
        for thread in threads:
            thread.join()
        assert sorted(got) == [1, 2]
