"""What the recorder takes, what it refuses without raising, and that nothing is lost on the way out."""

from __future__ import annotations

import math
import sys
import threading
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gymdash_jupyter import recorder as recorder_module
from gymdash_jupyter.recorder import Recorder
from tests.waiting import wait_until


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


def all_points(recorder: Recorder) -> dict[str, list[tuple[int, float]]]:
    """Take everything out, as a flush does."""
    found: dict[str, list[tuple[int, float]]] = {}
    while recorder.n_waiting:
        peeked = recorder.peek()
        for key, series in peeked.scalars.items():
            pairs = zip(series.steps.tolist(), series.values.tolist(), strict=True)
            found.setdefault(key, []).extend(pairs)
        recorder.confirm(peeked.n)
    return found


# What it takes


def test_points_come_back_by_key_in_order(recorder: Recorder) -> None:
    recorder.scalar("a", 1.5, 0)
    recorder.scalar("b", 2, 0)
    recorder.scalar("a", 2.5, 1)
    assert all_points(recorder) == {"a": [(0, 1.5), (1, 2.5)], "b": [(0, 2.0)]}


def test_steps_may_repeat_and_go_back(recorder: Recorder) -> None:
    for step in (5, 5, 3, -1):
        recorder.scalar("a", step, step)
    assert [step for step, _ in all_points(recorder)["a"]] == [5, 5, 3, -1]


def test_a_series_has_the_promised_types(recorder: Recorder) -> None:
    recorder.scalar("a", 1, 2)
    series = recorder.peek().scalars["a"]
    assert (series.steps.dtype, series.times.dtype, series.values.dtype) == (
        np.int64,
        np.float64,
        np.float64,
    )


def test_the_time_of_a_point_is_when_it_was_said(recorder: Recorder) -> None:
    from time import time

    before = time()
    recorder.scalar("a", 1, 2)
    assert before <= recorder.peek().scalars["a"].times[0] <= time()


def test_nan_and_infinities_are_kept(recorder: Recorder) -> None:
    for value in (math.nan, math.inf, -math.inf):
        recorder.scalar("a", value, 0)
    values = recorder.peek().scalars["a"].values
    assert math.isnan(values[0])
    assert values[1:].tolist() == [math.inf, -math.inf]


class TensorLike:
    """Looks like a torch scalar: a number by ``float()``, no subclass of one."""

    def __float__(self) -> float:
        return 2.5


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float32(2.5), 2.5),
        (np.float64(2.5), 2.5),
        (np.int64(7), 7.0),
        (np.array(2.5), 2.5),
        (np.array([2.5])[0], 2.5),
        (np.bool_(True), 1.0),
        (True, 1.0),
        (TensorLike(), 2.5),
        (10**300, 1e300),
    ],
)
def test_all_kinds_of_numbers_are_taken(recorder: Recorder, value: Any, expected: float) -> None:
    recorder.scalar("a", value, 0)
    assert all_points(recorder) == {"a": [(0, expected)]}


@pytest.mark.parametrize("step", [np.int32(7), np.int64(7), 7.0, np.array(7), True + 6])
def test_all_kinds_of_whole_steps_are_taken(recorder: Recorder, step: Any) -> None:
    recorder.scalar("a", 1, step)
    assert all_points(recorder) == {"a": [(7, 1.0)]}


def test_a_number_beyond_floats_becomes_an_infinity(recorder: Recorder) -> None:
    for value in (10**400, -(10**400), 1.5, math.nan):
        recorder.scalar("a", value, 0)
    values = recorder.peek().scalars["a"].values
    assert values[:3].tolist() == [math.inf, -math.inf, 1.5]
    assert math.isnan(values[3])


@pytest.mark.parametrize(
    "key",
    [
        "",
        "rollout/ep_rew_mean",
        "a b\tc\n",
        "\0",
        "ключ",
        "🎮/score",
        "e\u0301",
        "x" * 5000,
    ],
)
def test_any_text_is_a_key(recorder: Recorder, key: str) -> None:
    recorder.scalar(key, 1, 0)
    assert list(recorder.peek().scalars) == [key]


def test_lone_surrogates_of_a_key_are_written_out(recorder: Recorder) -> None:
    for step in range(2):
        recorder.scalar("a\ud800b", step, step)
    assert all_points(recorder) == {"a\\ud800b": [(0, 0.0), (1, 1.0)]}


def test_several_values_at_one_step(recorder: Recorder) -> None:
    recorder.scalars({"a": 1, "b": np.float32(2)}, 5)
    assert all_points(recorder) == {"a": [(5, 1.0)], "b": [(5, 2.0)]}


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "c"]),
            st.floats(allow_nan=False),
            st.integers(-(2**63) + 1, 2**63 - 1),
        )
    )
)
@settings(max_examples=60, derandomize=True)
def test_what_goes_in_comes_out(points: list[tuple[str, float, int]]) -> None:
    recorder = Recorder()
    for key, value, step in points:
        recorder.scalar(key, value, step)
    expected: dict[str, list[tuple[int, float]]] = {}
    for key, value, step in points:
        expected.setdefault(key, []).append((step, value))
    assert all_points(recorder) == expected
    assert recorder.take_problems() == []


# What it refuses


class Hostile:
    """Fails in every way at once."""

    def __float__(self) -> float:
        raise RuntimeError("no float")

    def __int__(self) -> int:
        raise RuntimeError("no int")

    def __str__(self) -> str:
        raise RuntimeError("no words")

    __repr__ = __str__
    items = __str__
    __iter__ = __str__  # type: ignore[assignment]


@pytest.mark.parametrize("value", [None, "abc", [1, 2], {}, np.arange(3), 1j, Hostile()])
def test_a_bad_value_is_told_and_not_recorded(recorder: Recorder, value: Any) -> None:
    recorder.scalar("a", value, 0)
    assert all_points(recorder) == {}
    (problem,) = recorder.take_problems()
    assert problem.startswith(f"'a' takes numbers; got {type(value).__name__}")
    assert problem.endswith("not recorded.")


@pytest.mark.parametrize(
    "step", [None, "abc", math.nan, math.inf, 2**63, -(2**80), [1], Hostile()]
)
def test_a_bad_step_is_told_and_not_recorded(recorder: Recorder, step: Any) -> None:
    recorder.scalar("a", 1, step)
    recorder.scalar("a", 2, 5)
    assert all_points(recorder) == {"a": [(5, 2.0)]}
    (problem,) = recorder.take_problems()
    assert problem.startswith("'a' needs a")
    assert problem.endswith("not recorded.")


def test_a_bad_value_is_told_once_not_at_every_step(recorder: Recorder) -> None:
    for step in range(1000):
        recorder.scalar("a", None, step)
    assert len(recorder.take_problems()) == 1
    assert recorder.take_problems() == []


def test_bad_values_of_two_keys_are_both_told(recorder: Recorder) -> None:
    recorder.scalars({"train/a_long_name_of_a_series_like_those_of_sb3/x": None, "b": None}, 0)
    recorder.scalar("train/a_long_name_of_a_series_like_those_of_sb3/y", None, 0)
    assert len(recorder.take_problems()) == 3


@pytest.mark.parametrize("values", [None, 5, [("a", 1)], dict, Hostile()])
def test_what_is_no_dict_of_values_is_told(recorder: Recorder, values: Any) -> None:
    recorder.scalars(values, 0)
    assert recorder.n_waiting == 0
    (problem,) = recorder.take_problems()
    assert "takes a dict of values by key" in problem


@pytest.mark.parametrize("key", [None, 5, ("a", 1), ["unhashable"]])
def test_a_key_that_is_no_text_becomes_one(recorder: Recorder, key: Any) -> None:
    recorder.scalar(key, 1, 0)
    assert list(recorder.peek().scalars) == [str(key)]


def test_a_key_without_words_harms_no_other_series(recorder: Recorder) -> None:
    recorder.scalar(Hostile(), 1, 0)  # type: ignore[arg-type]
    recorder.scalar(Hostile(), None, 0)  # type: ignore[arg-type]
    recorder.scalar("a", 1, 0)
    assert all_points(recorder)["a"] == [(0, 1.0)]


# Progress


def test_progress_keeps_the_words_until_others_come(recorder: Recorder) -> None:
    recorder.progress(1, 10, "learning")
    recorder.progress(2, 10)
    progress = recorder.latest_progress
    assert progress is not None
    assert (progress.current, progress.total, progress.status) == (2.0, 10.0, "learning")


def test_words_keep_the_numbers(recorder: Recorder) -> None:
    recorder.progress(1, 10)
    recorder.progress_status("saving")
    progress = recorder.latest_progress
    assert progress is not None
    assert (progress.current, progress.total, progress.status) == (1.0, 10.0, "saving")


@pytest.mark.parametrize(
    ("current", "total"),
    [("a", 1), (1, []), (Hostile(), 1), (1, Hostile()), (np.arange(3), 1), (10**400, 1)],
)
def test_bad_progress_is_told_and_changes_nothing(
    recorder: Recorder, current: Any, total: Any
) -> None:
    recorder.progress(1, 2)
    recorder.progress(current, total)
    assert recorder.latest_progress is not None
    assert recorder.latest_progress.total == 2.0
    (problem,) = recorder.take_problems()
    assert problem.startswith("progress() takes numbers")


def test_a_status_without_words_is_no_error(recorder: Recorder) -> None:
    recorder.progress_status(Hostile())
    assert len(recorder.take_problems()) == 1


@pytest.mark.parametrize(
    ("current", "total", "fraction"),
    [
        (1, 4, 0.25),
        (9, 4, 1.0),
        (-1, 4, 0.0),
        (1, None, None),
        (None, 4, None),
        (1, 0, None),
        (1, -1, None),
    ],
)
def test_the_fraction_is_between_nothing_and_all(
    recorder: Recorder, current: Any, total: Any, fraction: float | None
) -> None:
    recorder.progress(current, total)
    assert recorder.latest_progress is not None
    assert recorder.latest_progress.fraction == fraction


@pytest.mark.parametrize(
    ("current", "total"), [(math.nan, 4), (1, math.nan), (math.inf, math.inf)]
)
def test_progress_that_is_no_number_has_no_fraction(
    recorder: Recorder, current: float, total: float
) -> None:
    recorder.progress(current, total)
    assert recorder.latest_progress is not None
    assert recorder.latest_progress.fraction is None


# Peek and confirm


def test_what_was_peeked_stays_until_it_is_confirmed(recorder: Recorder) -> None:
    recorder.scalar("a", 1, 0)
    recorder.peek()
    assert recorder.peek().n == 1
    recorder.confirm(1)
    assert recorder.peek().n == 0


def test_points_that_come_while_others_are_stored_are_kept(recorder: Recorder) -> None:
    recorder.scalar("a", 1, 0)
    peeked = recorder.peek()
    recorder.scalar("a", 2, 1)
    recorder.confirm(peeked.n)
    assert all_points(recorder) == {"a": [(1, 2.0)]}


def test_unusable_points_are_confirmed_with_the_others(recorder: Recorder) -> None:
    recorder.scalar("a", 1, None)
    peeked = recorder.peek()
    assert (peeked.n, dict(peeked.scalars)) == (1, {})


@given(st.lists(st.sampled_from(["append", "peek", "confirm", "fail"]), max_size=60))
@settings(max_examples=100, derandomize=True)
def test_no_order_of_appends_and_flushes_loses_or_doubles_a_point(order: list[str]) -> None:
    recorder = Recorder()
    stored: list[int] = []
    n_said, peeked = 0, None
    for what in order:
        if what == "append":
            recorder.scalar("a", n_said, n_said)
            n_said += 1
        elif what == "peek":
            peeked = recorder.peek()
        elif what == "fail":
            peeked = None
        elif peeked is not None:
            stored += peeked.scalars["a"].steps.tolist() if peeked.n else []
            recorder.confirm(peeked.n)
            peeked = None
    stored += [step for step, _ in all_points(recorder).get("a", [])]
    assert stored == list(range(n_said))


def test_threads_that_record_while_others_store_lose_nothing(recorder: Recorder) -> None:
    n_threads, n_each = 3, 20_000

    def record(key: str) -> None:
        for step in range(n_each):
            recorder.scalar(key, step, step)

    threads = [threading.Thread(target=record, args=(f"key {n}",)) for n in range(n_threads)]
    for thread in threads:
        thread.start()
    stored: dict[str, list[int]] = {}
    while any(thread.is_alive() for thread in threads) or recorder.n_waiting:
        peeked = recorder.peek()
        for key, series in peeked.scalars.items():
            stored.setdefault(key, []).extend(series.steps.tolist())
        recorder.confirm(peeked.n)
    assert stored == {f"key {n}": list(range(n_each)) for n in range(n_threads)}


# The limit


@pytest.fixture
def small_memory(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(recorder_module, "MAX_WAITING_POINTS", 1000)
    return 1000


def test_two_million_points_may_wait() -> None:
    assert recorder_module.MAX_WAITING_POINTS == 2_000_000


def test_a_full_memory_blocks_the_call_while_somebody_stores(
    recorder: Recorder, small_memory: int
) -> None:
    recorder.attach()
    n_said = small_memory * 3
    thread = threading.Thread(
        target=lambda: [recorder.scalar("a", n, n) for n in range(n_said)], daemon=True
    )
    thread.start()
    wait_until(lambda: recorder.n_waiting > small_memory, what="the memory to be full")
    assert thread.is_alive()
    assert recorder.n_waiting == small_memory + 1
    stored: list[int] = []
    while thread.is_alive() or recorder.n_waiting:
        peeked = recorder.peek()
        stored += peeked.scalars["a"].steps.tolist() if peeked.n else []
        recorder.confirm(peeked.n)
    assert stored == list(range(n_said))
    assert recorder.take_problems() == []


def test_a_full_memory_drops_the_oldest_where_nobody_stores(
    recorder: Recorder, small_memory: int
) -> None:
    for n in range(small_memory * 3):
        recorder.scalar("a", n, n)
    kept = [step for step, _ in all_points(recorder)["a"]]
    assert len(kept) <= small_memory
    assert kept == list(range(kept[0], small_memory * 3))
    (problem,) = recorder.take_problems()
    assert "no project to store them" in problem


def test_a_blocked_call_goes_on_when_nobody_stores_any_more(
    recorder: Recorder, small_memory: int
) -> None:
    recorder.attach()
    thread = threading.Thread(
        target=lambda: [recorder.scalar("a", n, n) for n in range(small_memory * 2)], daemon=True
    )
    thread.start()
    wait_until(lambda: recorder.n_waiting > small_memory)
    recorder.detach()
    thread.join(60)
    assert not thread.is_alive()


def test_dropping_says_how_many_points_were_lost(recorder: Recorder, small_memory: int) -> None:
    recorder.attach()
    points = [("a", float(n), n, 0.0) for n in range(small_memory * 2)]
    recorder._points.extend(points)
    n_lost = recorder.drop_oldest()
    assert n_lost == len(points) - recorder.n_waiting > 0
    assert recorder.drop_oldest() == 0


def test_a_full_memory_blocks_nobody_while_the_store_fails(
    recorder: Recorder, small_memory: int
) -> None:
    recorder.attach()
    recorder.store_is_failing(True)
    for n in range(small_memory * 3):
        recorder.scalar("a", n, n)
    n_kept = recorder.n_waiting
    assert n_kept <= small_memory
    assert recorder.drop_oldest() == small_memory * 3 - n_kept


def test_a_blocked_call_goes_on_when_the_store_begins_to_fail(
    recorder: Recorder, small_memory: int
) -> None:
    recorder.attach()
    thread = threading.Thread(
        target=lambda: [recorder.scalar("a", n, n) for n in range(small_memory * 2)], daemon=True
    )
    thread.start()
    wait_until(lambda: recorder.n_waiting > small_memory)
    recorder.store_is_failing(True)
    thread.join(60)
    assert not thread.is_alive()


def test_what_is_dropped_while_it_is_stored_is_neither_lost_nor_stored_twice(
    recorder: Recorder, small_memory: int
) -> None:
    recorder.attach()
    recorder.store_is_failing(True)
    for n in range(small_memory):
        recorder.scalar("a", n, n)
    peeked = recorder.peek()
    recorder.scalar("a", small_memory, small_memory)  # drops some of those that are being stored
    recorder.confirm(peeked.n)
    assert [step for step, _ in all_points(recorder)["a"]] == [small_memory]
    assert recorder.drop_oldest() == 0


def test_the_recorder_loads_no_numpy_while_it_takes_points() -> None:
    import subprocess

    code = (
        "import sys; from gymdash_jupyter.recorder import Recorder; r = Recorder(); "
        "r.scalar('a', 1.0, 0); print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
