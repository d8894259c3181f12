"""The helper that all other tests wait with."""

from __future__ import annotations

from itertools import count

import pytest

from tests.waiting import wait_until


def test_the_first_true_answer_is_given_back() -> None:
    answers = iter([0, None, 7, 8])
    assert wait_until(lambda: next(answers), interval_s=0) == 7


def test_what_did_not_happen_is_named() -> None:
    with pytest.raises(AssertionError, match="0 s for the bell; it did not happen"):
        wait_until(lambda: False, timeout_s=0, what="the bell")


def test_a_condition_is_asked_once_more_when_time_is_up() -> None:
    asked = count()
    with pytest.raises(AssertionError):
        wait_until(lambda: next(asked) < 0, timeout_s=0)
    assert next(asked) == 1
