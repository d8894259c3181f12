from __future__ import annotations

import pytest

from gymdash_jupyter.widgets.rates import RateWindow, mean_rate, time_left


def window(*points):
    made = RateWindow()
    for time, current in points:
        made.add(time, current)
    return made


def test_rate_is_unknown_from_one_report():
    assert window((0, 0)).rate(0) is None


def test_rate_is_progress_over_time():
    assert window((0, 0), (2, 1000)).rate(2) == 500


def test_rate_forgets_what_was_more_than_ten_seconds_ago():
    slow_then_fast = window((0, 0), (100, 100), (105, 600), (110, 1100))
    assert slow_then_fast.rate(110) == 100


def test_rate_of_rare_reports_spans_two_of_them():
    assert window((0, 0), (60, 600)).rate(60) == 10


def test_rate_falls_while_nothing_is_reported():
    assert window((0, 0), (2, 1000)).rate(12) == 100


def test_rate_starts_anew_when_progress_goes_back():
    assert window((0, 0), (1, 1000), (2, 0), (3, 10)).rate(3) == 10


def test_time_left_is_the_rest_over_the_rate():
    assert time_left(83_200, 100_000, 1942) == pytest.approx(8.65, abs=0.01)


@pytest.mark.parametrize("given", [(None, 10, 1), (5, None, 1), (5, 10, None), (5, 10, 0)])
def test_time_left_is_unknown_without_any_of_its_three(given):
    assert time_left(*given) is None


def test_mean_rate_is_over_the_whole_run():
    assert mean_rate(100_000, 0, 130) == pytest.approx(769.2, abs=0.1)
