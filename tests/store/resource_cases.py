"""What every store must do with samples of resource use; a part of ``store_cases``."""

from __future__ import annotations

from itertools import pairwise
from uuid import uuid4

import pytest

from gymdash_jupyter.records import Batch, ResourceSample
from gymdash_jupyter.states import SimState
from gymdash_jupyter.store import MOST_RESOURCE_SAMPLES, Move, ProjectStore
from tests.store.makers import OWNER, STRANGER, created, later, running

START = 1.75e9


def sample(seconds: float, cpu: float = 1.0, memory: int = 4096) -> ResourceSample:
    """Make a sample without a GPU."""
    return ResourceSample(START + seconds, cpu, memory)


class ResourceCases:
    """What processes used."""

    def test_samples_come_back_as_they_were_given(self, store: ProjectStore) -> None:
        sim_id = running(store)
        given = [
            sample(1, 0.25),
            ResourceSample(START + 6, 3.5, 2**40, 0.75, 2**35),
            ResourceSample(START + 11, 0.0, 0, 0.0, 0),
        ]
        store.write([Batch(sim_id, resources=given[:2])], owner=OWNER)
        end = Move(sim_id, SimState.SUCCEEDED, later(12), owner=OWNER)
        store.finish(Batch(sim_id, resources=given[2:]), end)
        assert store.resources() == {sim_id: given}

    def test_samples_are_listed_by_creation_of_those_asked_for(self, store: ProjectStore) -> None:
        late, early = running(store, created=later(9)), running(store)
        created(store)
        for sim_id in (late, early):
            store.write([Batch(sim_id, resources=[sample(1)])])
        assert list(store.resources()) == [early, late]
        assert list(store.resources([late, uuid4()])) == [late]
        assert store.resources([]) == {}

    def test_samples_alone_are_no_change(self, store: ProjectStore) -> None:
        sim_id = running(store)
        tick = store.tick()
        store.write([Batch(sim_id, resources=[sample(1)])])
        assert (store.tick(), list(store.changes(tick).simulations)) == (tick, [])

    def test_samples_of_another_owner_are_dropped(self, store: ProjectStore) -> None:
        sim_id = running(store)
        store.write([Batch(sim_id, resources=[sample(1)])], owner=STRANGER)
        assert store.resources() == {}

    def test_too_many_samples_become_half_as_many(self, store: ProjectStore) -> None:
        sim_id, other = running(store), running(store, created=later(1))
        n = MOST_RESOURCE_SAMPLES
        given = [sample(5 * i, cpu=i % 2, memory=i) for i in range(n + 1)]
        store.write([Batch(sim_id, resources=given[:n]), Batch(other, resources=given[:9])])
        assert store.resources([sim_id])[sim_id] == given[:n]
        store.write([Batch(sim_id, resources=given[n:])])
        kept = store.resources()[sim_id]
        assert len(kept) == n // 2 + 1
        assert (kept[0], kept[-1].time) == (given[0], given[-1].time)
        assert {each.cpu for each in kept[1:]} == {0.5}  # each is the mean of a 1 and a 0
        assert [each.memory_bytes for each in kept] == list(range(0, n + 1, 2))
        assert store.resources()[other] == given[:9]

    @pytest.mark.parametrize("n_at_once", [1, 700, 10_000])
    def test_a_thinned_history_has_spent_as_much_cpu_as_the_whole_one(
        self, store: ProjectStore, n_at_once: int
    ) -> None:
        sim_id = running(store)
        n = 10_000 if n_at_once > 1 else MOST_RESOURCE_SAMPLES + 3
        given = [sample(5 * i + i % 3, cpu=(i * 7 % 11) / 11, memory=i) for i in range(n)]
        first = 0 if n_at_once > 1 else MOST_RESOURCE_SAMPLES - 2
        store.write([Batch(sim_id, resources=given[:first])])
        for begin in range(first, n, n_at_once):
            store.write([Batch(sim_id, resources=given[begin : begin + n_at_once])])
        kept = store.resources()[sim_id]
        assert MOST_RESOURCE_SAMPLES / 2 <= len(kept) <= MOST_RESOURCE_SAMPLES
        assert _cpu_s(kept) == pytest.approx(_cpu_s(given), rel=1e-9)  # but for rounding
        assert max(each.memory_bytes for each in kept) == n - 1
        assert [each.time for each in kept] == sorted({each.time for each in kept})

    def test_merging_keeps_what_one_of_two_had_of_a_gpu(self, store: ProjectStore) -> None:
        sim_id = running(store)
        plain = [sample(5 * i) for i in range(MOST_RESOURCE_SAMPLES + 1)]
        plain[2] = ResourceSample(START + 10, 1.0, 4096, 0.5, 700)
        store.write([Batch(sim_id, resources=plain)])
        kept = store.resources()[sim_id]
        assert (kept[1].gpu, kept[1].gpu_memory_bytes) == (0.25, 700)
        assert (kept[2].gpu, kept[2].gpu_memory_bytes) == (None, None)


def _cpu_s(samples: list[ResourceSample]) -> float:
    return sum(other.cpu * (other.time - one.time) for one, other in pairwise(samples))
