"""Values as people type them."""

from __future__ import annotations

import math
import random
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.sweeps import Interval, parse_values, written

plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
)
values = st.recursive(
    plain,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(values)
@example("\N{MINUS SIGN}")
@example("a \N{MINUS SIGN}5")
@example(["\N{MINUS SIGN}5", -5])
def test_a_written_value_is_read_as_this_one_value(value):
    read = parse_values(written(value))
    assert read == (value,)
    assert type(read[0]) is type(value)


@given(st.lists(values, min_size=1, max_size=5))
def test_written_values_with_commas_between_are_read_as_these(several):
    text = ", ".join(map(written, several))
    assert parse_values(text) == tuple(several)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_with_words(text):
    try:
        assert parse_values(text)
    except InvalidArgumentError as exc:
        assert len(str(exc)) > 10  # noqa: PT017 - both ends are fine


@given(st.text(max_size=40))
def test_where_text_is_meant_nothing_becomes_a_number(text):
    try:
        read = parse_values(text, is_text=True)
    except InvalidArgumentError:
        return
    assert all(isinstance(each, str) for each in read)


@given(st.integers(-1000, 1000), st.integers(1, 200))
def test_two_dots_between_whole_numbers_mean_each_of_them(low, more):
    assert parse_values(f"{low}..{low + more}") == tuple(range(low, low + more + 1))


@given(st.integers(-50, 50), st.integers(1, 40), st.integers(1, 9))
def test_by_adds_the_step_exactly(low, n, tenths):
    high = Fraction(low) + Fraction(tenths, 10) * n
    read = parse_values(f"{low}..{float(high)} by 0.{tenths}")
    exact = [float(Fraction(low) + Fraction(tenths, 10) * i) for i in range(n + 1)]
    assert list(read) == pytest.approx(exact, abs=1e-12)
    assert read[-1] == float(high)


@given(st.floats(1e-8, 1), st.floats(1.5, 1e6), st.integers(2, 30))
def test_in_log_multiplies_by_the_same_each_time(low, factor, n):
    high = low * factor
    read = parse_values(f"{low!r}..{high!r} in {n} log")
    ratios = [b / a for a, b in pairwise(read)]
    assert (read[0], read[-1], len(read)) == (low, high, n)
    assert ratios == pytest.approx([factor ** (1 / (n - 1))] * (n - 1), rel=1e-9)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0..4", (0, 1, 2, 3, 4)),
        ("0..1 by 0.25", (0.0, 0.25, 0.5, 0.75, 1.0)),
        ("0..10 by 5", (0, 5, 10)),
        ("0..1 in 5", (0.0, 0.25, 0.5, 0.75, 1.0)),
        ("0..4 in 3", (0, 2, 4)),
        ("1e-4..1e-1 in 4 log", (1e-4, 1e-3, 1e-2, 1e-1)),
        ("0.0001, 0.0003, 0.001", (0.0001, 0.0003, 0.001)),
        ("0..2, 10", (0, 1, 2, 10)),
        ("100_000", (100_000,)),
        ("100,000", (100_000,)),  # a second part that begins with 0 is no number by itself
        ("1,500,000", (1_500_000,)),
        ("64,128", (64, 128)),
        ("64, 128,", (64, 128)),
        ("100,200,300", (100, 200, 300)),
        ("\N{MINUS SIGN}1..1", (-1, 0, 1)),
        ("ppo, a2c", ("ppo", "a2c")),
        ("'1', \"a, b\"", ("1", "a, b")),
        ("it's, don't", ("it's", "don't")),
        ("TRUE, None, null", (True, None, None)),
        ("[64], [64, 64]", ([64], [64, 64])),
        ("{'a': (1, 2)}", ({"a": (1, 2)},)),
        ("../models", ("../models",)),
        ("1..", ("1..",)),
        ("linear_3e-4", ("linear_3e-4",)),
        ("nan", ("nan",)),
    ],
)
def test_it_is_read_as_it_is_meant(text, expected):
    read = parse_values(text)
    assert read == expected
    assert [type(each) for each in read] == [type(each) for each in expected]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Type one, several with commas, or a range: 0..4"),
        ("1,,2", "a comma without a value before it"),
        ("[1, 2", r"a closing \] is missing"),
        ("'a", "a closing ' is missing"),
        ("[1, }]", "no list or dict"),
        ("4..0", "from a smaller to a larger number, such as 0..4"),
        ("0..1 by 0", "above 0"),
        ("1..2 by 0.1 log", "1e-4..1e-1 in 4 log"),
        ("0..1 in 1", "2 or more"),
        ("0..1 log", "begins above 0"),
        ("0..1 step 2", "may come by 0.5, in 5"),
        ("0..100000", "100000 in 10"),
        ("0.1..0.5, 3", "stands alone"),
        ("1..1e400", "a smaller to a larger"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_would_do(text, words):
    with pytest.raises(InvalidArgumentError, match=words):
        parse_values(text)


def test_between_fractions_means_any_number_between():
    assert parse_values("0.1..0.9") == Interval(0.1, 0.9)
    assert parse_values("1e-5..1e-2 log") == Interval(1e-5, 1e-2, is_log=True)


@given(st.integers(0, 2**32), st.booleans())
def test_what_is_drawn_lies_between(seed, is_log):
    drawn = Interval(1e-5, 1e-2, is_log).draw(random.Random(seed))  # noqa: S311
    assert 1e-5 <= drawn <= 1e-2


def test_with_log_each_order_of_magnitude_is_as_likely():
    generator = random.Random(7)  # noqa: S311
    drawn = [Interval(1e-5, 1e-2, is_log=True).draw(generator) for _ in range(3000)]
    counts = [sum(math.floor(math.log10(x)) == k for x in drawn) for k in (-5, -4, -3)]
    assert counts == pytest.approx([1000] * 3, rel=0.1)  # 4 sigma of a binomial
