"""One tick for a database and for files: a sum that stands for one pair."""

from __future__ import annotations

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from gymdash_jupyter.foreign.clock import Clock

SIMS = [uuid4() for _ in range(3)]
EVENTS = st.lists(st.sampled_from(["database", *SIMS]), max_size=30)


@given(events=EVENTS, is_forgotten=st.booleans(), place=st.integers(0, 29))
def test_nothing_that_came_after_a_tick_is_missed(
    events: list[str | UUID], is_forgotten: bool, place: int
) -> None:
    clock, database = Clock(), 0
    ticks = [(clock.tick(0), 0, 0)]
    for event in events:
        if isinstance(event, UUID):
            clock.note(series=[(event, "k")])
        else:
            database += 1
        ticks.append((clock.tick(database), database, clock.count))
    assert [tick for tick, _, _ in ticks] == list(range(len(events) + 1))
    tick, then, count = ticks[min(place, len(events))]
    if is_forgotten:  # as after thousands of others
        clock._pairs.clear()
    pair = clock.pair(tick, database)
    assert pair[0] <= then
    assert pair[1] <= count
    if not is_forgotten:
        assert pair == (then, count)


@given(EVENTS)
def test_news_since_a_count_are_those_noted_after_it(events: list[str | UUID]) -> None:
    clock = Clock()
    noted = [event for event in events if isinstance(event, UUID)]
    for sim_id in noted:
        clock.note(series=[(sim_id, "k")], simulations=[sim_id])
    for count in range(len(noted) + 1):
        news = clock.since(count)
        assert news.simulations == set(noted[count:])
        assert news.series == {(sim_id, "k") for sim_id in noted[count:]}


def test_two_pairs_of_one_sum_give_what_both_have_seen() -> None:
    clock = Clock()
    for _ in range(3):
        clock.note()
    assert clock.tick(5, 3) == clock.tick(6, 2) == 8
    assert clock.pair(8, 6) == (5, 2)


def test_a_tick_that_has_not_come_yet_means_everything() -> None:
    clock = Clock()
    clock.note(simulations=SIMS)
    assert clock.pair(7, 5) == (0, 0)
    assert clock.pair(0, 5) == (0, 0)
