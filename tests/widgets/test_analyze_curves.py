from __future__ import annotations

from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gymdash_jupyter.records import ScalarSeries
from gymdash_jupyter.states import SimState
from gymdash_jupyter.statistics import moving_average
from gymdash_jupyter.widgets import analyze_curves
from gymdash_jupyter.widgets.analyze_curves import CurveShelf, LineCurve, Smoothing, WindowSmoother
from gymdash_jupyter.widgets.analyze_table import direction_of

NONE = Smoothing()


def points(values, times=None) -> ScalarSeries:
    n = len(values)
    times = np.arange(n, dtype=float) if times is None else np.array(times, float)
    return ScalarSeries(np.arange(n), times, np.array(values, float))


numbers = st.floats(-1e6, 1e6) | st.just(np.nan)


@given(
    st.lists(st.lists(numbers, max_size=12), max_size=6),
    st.integers(1, 9),
    st.integers(1, 4),
)
def test_a_window_that_smooths_piece_by_piece_gives_what_it_gives_of_the_whole(
    pieces, window, passes
):
    smoother = WindowSmoother(window, passes)
    found = [smoother.add(np.array(piece)) for piece in pieces]
    whole = np.array([value for piece in pieces for value in piece])
    expected = moving_average(whole, window, passes)
    np.testing.assert_allclose(np.concatenate([*found, np.empty(0)]), expected, atol=1e-6)


def test_a_curve_knows_its_ends_and_where_they_were_first():
    curve = LineCurve(NONE, "step", None)
    assert np.isnan(curve.highest).all()
    curve.extend(points([np.nan, np.inf, -np.inf]))
    assert np.isnan(curve.lowest).all()
    curve.extend(ScalarSeries(np.arange(5, 9), np.zeros(4), np.array([2.0, 7.0, -1.0, 7.0])))
    curve.extend(ScalarSeries(np.arange(9, 12), np.zeros(3), np.array([np.nan, 7.0, -1.0])))
    assert (curve.highest, curve.lowest) == ((7.0, 6.0), (-1.0, 7.0))


def test_relative_time_begins_with_the_first_point_when_nobody_knows_the_start():
    curve = LineCurve(NONE, "relative", None)
    curve.extend(points([1.0, 2.0], [100.0, 103.5]))
    assert curve.data[0].tolist() == [0.0, 3.5]


@pytest.fixture
def sims(write) -> list[UUID]:
    written = [write(f"s{number}") for number in range(3)]
    for each in written:
        each.record("a", np.zeros(100))
    return [each.sim_id for each in written]


def reads(store, monkeypatch) -> list[UUID]:
    """The simulations whose points are read from now on, one entry a time."""
    seen: list[UUID] = []
    read = store.read_scalars

    def spied(sim_id, key, *, after=0):
        seen.append(sim_id)
        return read(sim_id, key, after=after)

    monkeypatch.setattr(store, "read_scalars", spied)
    return seen


def ask(shelf, sim_id):
    return shelf.curve(sim_id, "a", n=100, x="step", smoothing=NONE)


def test_what_was_not_used_for_longest_is_let_go_when_there_is_too_much(store, sims, monkeypatch):
    monkeypatch.setattr(analyze_curves, "_IN_USE_S", 0.0)
    seen = reads(store, monkeypatch)
    one, two, three = sims
    shelf = CurveShelf(store, most_points=250)
    for sim_id in (one, two, three, one):
        ask(shelf, sim_id)
    shelf.tidy()
    assert shelf.points == 200
    ask(shelf, one)
    ask(shelf, three)
    assert seen == [one, two, three]
    assert len(ask(shelf, two)) == 100
    assert seen[3:] == [two]


def test_what_is_in_use_stays_even_when_it_is_too_much(store, sims):
    shelf = CurveShelf(store, most_points=10)
    ask(shelf, sims[0])
    shelf.tidy()
    assert shelf.points == 100


def test_only_curves_of_shown_keys_and_simulations_are_kept(store, sims):
    shelf = CurveShelf(store)
    ask(shelf, sims[0])
    ask(shelf, sims[1])
    shelf.keep_only({"a"}, {sims[1]})
    assert shelf.points == 100
    shelf.keep_only({"b"}, {sims[1]})
    assert shelf.points == 0


def test_a_simulation_that_was_deleted_meanwhile_has_no_points(store, write):
    gone = write("gone", SimState.CREATED)
    store.delete([gone.sim_id])
    assert len(ask(CurveShelf(store), gone.sim_id)) == 0


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("rollout/ep_rew_mean", "max"),
        ("train/value_loss", "min"),
        ("train/loss", "min"),
        ("loss/reward", "max"),
        ("train/entropy_loss", "max"),
        ("approx_kl", "min"),
        ("flossing", "max"),
        ("eval/mean-error", "min"),
    ],
)
def test_small_is_good_where_the_name_speaks_of_a_loss(key, expected):
    assert direction_of(key) == expected


def test_what_a_person_says_of_a_key_counts():
    chosen = {"train/loss": "max", "train/*": "min"}
    assert direction_of("train/loss", chosen) == "max"
    assert direction_of("train/reward", chosen) == "min"
    assert direction_of("eval/loss", chosen) == "min"
