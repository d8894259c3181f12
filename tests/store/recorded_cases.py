"""What every store must do with what simulations say and record; a part of ``store_cases``."""

from __future__ import annotations

import math
from typing import Any
from uuid import uuid4

import numpy as np
import pytest

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.errors import InvalidArgumentError, UnknownSimulationError
from gymdash_jupyter.records import (
    Answer,
    Batch,
    Command,
    ControlRequest,
    MediaItem,
    Progress,
    ScalarSeries,
)
from gymdash_jupyter.states import SimState
from gymdash_jupyter.statuses import SimStatus, SimStatusCode, SimStatusSubcode
from gymdash_jupyter.store import Move, ProjectStore
from tests.store.makers import (
    NOON,
    OWNER,
    STRANGER,
    batch,
    created,
    ended,
    later,
    question,
    running,
    series,
    status,
)

ODD_TEXTS = [
    "",
    "rollout/ep_rew_mean",
    "zeile\nzwei\ttab",
    "nul\x00inside",
    "lone \ud800 surrogate",
    "caf\udce9",
    "🤖 naïve — λ",
    "a" * 2**20,
]
NUMBERS = [0.0, -0.0, 1e-308, 5e-324, 1.7e308, math.inf, -math.inf, math.nan, 0.1]


class RecordedCases:
    """The suite of batches and of reading them; ``StoreCases`` is made of it."""

    # Batches

    def test_a_batch_is_read_back_whole(self, store: ProjectStore) -> None:
        sim_id = running(store)
        item = MediaItem(
            sim_id, "episode", 7, "video", "media/a.mp4", later(4), {"episode": 3, "width": 600}
        )
        request = question(sim_id)
        progress = Progress(5.0, 10.0, "learning", 1.75e9)
        store.write(
            [Batch(sim_id, {"a": series([1.0])}, [status()], progress, [request], (), [item])],
            owner=OWNER,
        )
        record = store.simulation(sim_id)
        assert record.progress == progress
        assert store.media() == [item]
        assert store.control_requests() == [request]
        assert [row.status for row in store.statuses()] == [status()]
        assert [
            (info.key, info.n, info.last_step, info.last_value) for info in store.series()
        ] == [("a", 1, 0, 1.0)]

    def test_each_batch_counts_one_heartbeat(self, store: ProjectStore) -> None:
        one, two = running(store), running(store)
        store.write([Batch(one), batch(two, k=[1.0])], owner=OWNER)
        store.write([Batch(one)], owner=OWNER)
        assert (store.simulation(one).heartbeat, store.simulation(two).heartbeat) == (2, 1)

    def test_a_heartbeat_alone_is_no_change(self, store: ProjectStore) -> None:
        sim_id = running(store)
        tick = store.tick()
        store.write([Batch(sim_id)], owner=OWNER)
        assert store.tick() == tick

    def test_a_batch_of_a_simulation_that_is_gone_is_dropped(self, store: ProjectStore) -> None:
        stays = running(store)
        store.write([batch(uuid4(), k=[1.0]), batch(stays, k=[2.0])])
        assert [info.sim_id for info in store.series()] == [stays]

    def test_a_batch_of_another_owner_is_dropped(self, store: ProjectStore) -> None:
        sim_id = running(store)
        store.write([batch(sim_id, k=[1.0])], owner=STRANGER)
        assert store.series() == []
        assert store.simulation(sim_id).heartbeat == 0

    def test_a_bad_batch_writes_nothing_of_its_neighbours(self, store: ProjectStore) -> None:
        sim_id = running(store)
        bad = ScalarSeries(np.arange(3), np.zeros(2), np.zeros(3))
        with pytest.raises(InvalidArgumentError, match="as many steps as times"):
            store.write([batch(sim_id, good=[1.0]), Batch(sim_id, {"bad": bad})])
        assert store.series() == []

    @pytest.mark.parametrize(
        "steps", [np.array([2**63], np.uint64), np.array([0.5]), np.array([2**70], object)]
    )
    def test_a_step_that_is_no_int64_is_refused(self, store: ProjectStore, steps: Any) -> None:
        sim_id = running(store)
        with pytest.raises(InvalidArgumentError, match="fit into int64"):
            store.write([Batch(sim_id, {"k": ScalarSeries(steps, np.zeros(1), np.zeros(1))})])

    @pytest.mark.parametrize("step", [-(2**63), 2**63 - 1, 0, -1])
    def test_the_outermost_steps_are_exact(self, store: ProjectStore, step: int) -> None:
        sim_id = running(store)
        store.write(
            [Batch(sim_id, {"k": ScalarSeries(np.array([step]), np.zeros(1), np.zeros(1))})]
        )
        assert store.read_scalars(sim_id, "k")[0].steps.tolist() == [step]
        assert store.series()[0].last_step == step

    def test_nan_and_infinities_are_exact_in_log_and_chunks(self, store: ProjectStore) -> None:
        sim_id = running(store)
        store.write([batch(sim_id, k=NUMBERS)])
        logged = store.read_scalars(sim_id, "k")[0].values
        store.finish(Batch(sim_id), Move(sim_id, SimState.SUCCEEDED, NOON, owner=OWNER))
        folded = store.read_scalars(sim_id, "k")[0].values
        assert logged.tobytes() == folded.tobytes() == np.array(NUMBERS).tobytes()

    @pytest.mark.parametrize("number", NUMBERS)
    def test_last_value_is_the_last_value(self, store: ProjectStore, number: float) -> None:
        store.write([batch(running(store), k=[number])])
        last = store.series()[0].last_value
        assert last == number or (math.isnan(last) and math.isnan(number))

    @pytest.mark.parametrize("text", ODD_TEXTS, ids=range(len(ODD_TEXTS)))
    def test_any_text_is_a_key(self, store: ProjectStore, text: str) -> None:
        sim_id = running(store)
        item = MediaItem(sim_id, text, 1, "image", f"media/{text}.png", NOON)
        store.write([Batch(sim_id, {text: series([1.0])}, media=[item])])
        store.write([Batch(sim_id, {text: series([2.0])})])
        assert [(info.key, info.n) for info in store.series()] == [(text, 2)]
        assert store.read_scalars(sim_id, text)[0].values.tolist() == [1.0, 2.0]
        assert len(store.read_table(keys=[text]).values) == 2
        assert store.media(keys=[text]) == [item]

    @pytest.mark.parametrize("text", ODD_TEXTS, ids=range(len(ODD_TEXTS)))
    def test_any_text_may_be_said(self, store: ProjectStore, text: str) -> None:
        readable = text.encode("utf-8", "replace").decode()
        sim_id = running(
            store, config=SimulationStartConfig(name=text, sim_key=text), sim_key=text
        )
        asked = store.ask(sim_id, text, text)
        request = ControlRequest(text, sim_id, text, text, ("a", "b"), NOON)
        store.write(
            [
                Batch(
                    sim_id,
                    statuses=[status(text)],
                    progress=Progress(1, 2, text, 3.0),
                    requests=[request],
                )
            ]
        )
        assert store.commands([sim_id]) == [Command(asked, sim_id, text, readable)]
        assert store.answer(asked, Answer(text, text))
        assert store.answer_of(asked) == Answer(readable, readable)
        record = store.simulation(sim_id)
        assert (record.name, record.sim_key, record.config.name) == (readable, text, readable)
        assert record.progress is not None
        assert record.progress.status == readable
        assert store.statuses()[0].status.details == readable
        found = store.control_requests()[0]
        assert (found.request_id, found.channel, found.details) == (text, text, readable)
        store.close_requests([text])
        assert store.control_requests() == []

    def test_arrays_may_be_strided_views(self, store: ProjectStore) -> None:
        sim_id = running(store)
        numbers = np.arange(10.0)
        points = ScalarSeries(np.arange(20)[::4], numbers[::2], numbers[::-2])
        store.write([Batch(sim_id, {"k": points})])
        found, _ = store.read_scalars(sim_id, "k")
        assert (found.steps.tolist(), found.times.tolist()) == (
            [0, 4, 8, 12, 16],
            [0.0, 2.0, 4.0, 6.0, 8.0],
        )
        assert found.values.tolist() == [9.0, 7.0, 5.0, 3.0, 1.0]

    def test_a_series_without_points_does_not_begin(self, store: ProjectStore) -> None:
        store.write([batch(running(store), k=[])])
        assert store.series() == []

    # Reading scalars

    def test_cursor_goes_on_where_it_stopped(self, store: ProjectStore) -> None:
        sim_id = running(store)
        store.write([batch(sim_id, k=[1.0, 2.0])])
        first, cursor = store.read_scalars(sim_id, "k")
        store.write([batch(sim_id, k=[3.0]), batch(sim_id, other=[9.0])])
        second, cursor = store.read_scalars(sim_id, "k", after=cursor)
        third, cursor = store.read_scalars(sim_id, "k", after=cursor)
        assert (first.values.tolist(), second.values.tolist(), third.values.tolist()) == (
            [1.0, 2.0],
            [3.0],
            [],
        )
        assert cursor == 3

    def test_cursor_beyond_the_end_reads_nothing(self, store: ProjectStore) -> None:
        sim_id = running(store)
        store.write([batch(sim_id, k=[1.0])])
        points, cursor = store.read_scalars(sim_id, "k", after=10)
        assert (len(points), cursor) == (0, 10)

    def test_series_that_has_not_begun_reads_empty(self, store: ProjectStore) -> None:
        points, cursor = store.read_scalars(running(store), "k")
        assert (len(points), cursor) == (0, 0)
        assert (points.steps.dtype, points.values.dtype) == (np.int64, np.float64)

    def test_reading_scalars_of_an_unknown_simulation_raises(self, store: ProjectStore) -> None:
        with pytest.raises(UnknownSimulationError):
            store.read_scalars(uuid4(), "k")

    def test_what_is_read_is_a_copy(self, store: ProjectStore) -> None:
        sim_id = running(store)
        store.write([batch(sim_id, k=[1.0])])
        points, _ = store.read_scalars(sim_id, "k")
        points.values[0] = 5.0
        assert store.read_scalars(sim_id, "k")[0].values.tolist() == [1.0]

    def test_many_flushes_come_back_in_order_at_every_cursor(self, store: ProjectStore) -> None:
        sim_id = running(store)
        fast, slow = [], []
        for number in range(30):
            values = [float(number * 1000 + point) for point in range(997)]
            fast += values
            slow += [float(number)]
            store.write([Batch(sim_id, {"fast": series(values), "slow": series([float(number)])})])
        for after in (0, 1, 4095, 4096, 4097, 9999, 29908, 29909, 29910):
            points, cursor = store.read_scalars(sim_id, "fast", after=after)
            assert (points.values.tolist(), cursor) == (fast[after:], 29910)
        assert store.read_scalars(sim_id, "slow")[0].values.tolist() == slow

    def test_table_holds_every_series_by_creation_then_key(self, store: ProjectStore) -> None:
        second = running(store, created=later(50))
        first = running(store, created=later(40))
        store.write([batch(second, b=[5.0]), batch(first, b=[3.0, 4.0], a=[1.0, 2.0])])
        store.write([batch(first, a=[2.5])])
        table = store.read_table()
        assert [(info.sim_id, info.key) for info in table.series] == [
            (first, "a"),
            (first, "b"),
            (second, "b"),
        ]
        assert table.starts.tolist() == [0, 3, 5, 6]
        assert table.values.tolist() == [1.0, 2.0, 2.5, 3.0, 4.0, 5.0]
        assert (table.steps.dtype, table.times.dtype, table.starts.dtype) == (
            np.int64,
            np.float64,
            np.int64,
        )

    def test_table_of_some_simulations_and_keys(self, store: ProjectStore) -> None:
        one, two = running(store, created=later(1)), running(store, created=later(2))
        store.write([batch(one, a=[1.0], b=[2.0]), batch(two, a=[3.0], b=[4.0])])
        assert store.read_table([two]).values.tolist() == [3.0, 4.0]
        assert store.read_table(keys=["a", "zzz"]).values.tolist() == [1.0, 3.0]
        assert store.read_table([one], ["b"]).values.tolist() == [2.0]
        assert store.read_table([], None).starts.tolist() == [0]

    def test_table_of_an_empty_project(self, store: ProjectStore) -> None:
        table = store.read_table()
        assert (len(table.series), table.starts.tolist(), len(table.values)) == (0, [0], 0)

    # Statuses and media

    def test_statuses_come_in_order_behind_a_number(self, store: ProjectStore) -> None:
        one, two = created(store), ended(store)
        store.add_statuses(one, [status("a"), status("b")])
        store.add_statuses(two, [status("c")])
        store.add_statuses(uuid4(), [status("lost")])
        rows = store.statuses()
        assert [row.status.details for row in rows] == ["a", "b", "c"]
        assert [row.status.details for row in store.statuses(after=rows[0].status_id)] == [
            "b",
            "c",
        ]
        assert [row.status.details for row in store.statuses([two])] == ["c"]
        assert store.statuses([]) == []

    def test_statuses_come_in_pages_from_the_newest_on(self, store: ProjectStore) -> None:
        one, two = created(store), created(store)
        store.add_statuses(one, [status(name) for name in "abcd"])
        store.add_statuses(two, [status("x")])
        page = store.statuses([one], newest=2)
        assert [row.status.details for row in page] == ["c", "d"]
        older = store.statuses([one], before=page[0].status_id, newest=3)
        assert [row.status.details for row in older] == ["a", "b"]
        assert [row.status.details for row in store.statuses(newest=2)] == ["d", "x"]
        assert store.statuses(newest=0) == []

    def test_a_status_comes_back_as_it_was(self, store: ProjectStore) -> None:
        sim_id = created(store)
        error = SimStatus(
            SimStatusCode.FAIL, later(0.5), SimStatusSubcode.ERROR, "boom", "Traceback ..."
        )
        store.add_statuses(sim_id, [error])
        assert store.statuses()[0].status == error
        assert store.latest_statuses([sim_id, uuid4()]) == {sim_id: error}

    def test_latest_status_is_the_one_added_last(self, store: ProjectStore) -> None:
        sim_id = created(store)
        old = SimStatus(
            SimStatusCode.INFO, later(-100), details="added last, but says an earlier time"
        )
        store.add_statuses(sim_id, [status("first"), old])
        assert store.latest_statuses([sim_id]) == {sim_id: old}

    def test_deleted_media_are_gone_and_viewers_hear_of_it(self, store: ProjectStore) -> None:
        one, two = running(store), running(store)
        items = [
            MediaItem(sim_id, "episode", step, "video", f"media/{step}.mp4", NOON)
            for sim_id in (one, two)
            for step in (1, 2)
        ]
        for sim_id in (one, two):
            own = [item for item in items if item.sim_id == sim_id]
            store.write([Batch(sim_id, media=own)])
        tick = store.tick()
        assert store.delete_media(items[:1]) == 1
        assert store.media() == items[1:]
        assert [record.sim_id for record in store.changes(tick).simulations] == [one]
        tick = store.tick()
        assert store.delete_media(items[:1]) == 0
        assert store.tick() == tick

    def test_media_by_creation_key_and_order(self, store: ProjectStore) -> None:
        two, one = running(store, created=later(2)), running(store, created=later(1))
        items = [
            MediaItem(one, key, step, "image", f"{key}{step}.png", NOON)
            for key, step in [("b", 1), ("a", 9), ("a", 2)]
        ]
        other = MediaItem(two, "a", 1, "image", "x.png", NOON)
        store.write([Batch(two, media=[other]), Batch(one, media=items)])
        assert store.media() == [items[1], items[2], items[0], other]
        assert store.media([two]) == [other]
        assert store.media(keys=["b"]) == [items[0]]
