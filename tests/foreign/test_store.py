"""Series and media out of files, beside those of the database: what grows, who wins, what viewers hear."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from gymdash_jupyter.errors import UnknownSimulationError
from gymdash_jupyter.foreign import at_once, with_files
from gymdash_jupyter.states import SimState
from gymdash_jupyter.store import ProjectStore, open_store
from tests.foreign.gymdash import GymDash
from tests.store.makers import batch, later, running
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from uuid import UUID


@pytest.fixture
def gymdash(tmp_path: Path) -> GymDash:
    return GymDash(tmp_path)


@pytest.fixture
def store(gymdash: GymDash) -> Iterator[ProjectStore]:
    inner = open_store(gymdash.folder / "db" / "simulations.db")
    opened = with_files(inner, gymdash.folder / "sims", look_every_s=0.0)
    yield opened
    opened.close()


def png(size: int = 4) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (size, size), "red").save(file, "PNG")
    return file.getvalue()


def tick_of(store: ProjectStore) -> int:
    """Look as a viewer does."""
    with at_once():
        return store.tick()


def keys(store: ProjectStore, sim_id: UUID) -> list[str]:
    return [info.key for info in store.series([sim_id])]


def values(store: ProjectStore, sim_id: UUID, key: str) -> list[float]:
    return store.read_scalars(sim_id, key)[0].values.tolist()


# Series


def test_a_cursor_gives_what_came_since(store: ProjectStore, gymdash: GymDash) -> None:
    sim_id = gymdash.start()
    gymdash.log(sim_id, loss=[(1, 3.0), (2, 2.0)])
    first, cursor = store.read_scalars(sim_id, "loss")
    gymdash.log(sim_id, loss=[(3, 1.0)])
    second, after = store.read_scalars(sim_id, "loss", after=cursor)
    assert (first.steps.tolist(), cursor) == ([1, 2], 2)
    assert (second.steps.tolist(), second.values.tolist(), after) == ([3], [1.0], 3)
    assert store.read_scalars(sim_id, "loss", after=99)[1] == 99


def test_what_a_reader_does_to_its_copy_changes_nothing(
    store: ProjectStore, gymdash: GymDash
) -> None:
    sim_id = gymdash.start()
    gymdash.log(sim_id, loss=[(1, 3.0)])
    store.read_scalars(sim_id, "loss")[0].values[:] = 0
    store.read_table().values[:] = 0
    assert values(store, sim_id, "loss") == [3.0]


def test_repeated_and_backward_steps_keep_their_order(
    store: ProjectStore, gymdash: GymDash
) -> None:
    sim_id = gymdash.start()
    gymdash.log(sim_id, loss=[(5, 1.0), (5, 2.0), (3, 3.0)])
    assert store.read_scalars(sim_id, "loss")[0].steps.tolist() == [5, 5, 3]


def test_a_series_that_is_not_there_has_no_points(store: ProjectStore, gymdash: GymDash) -> None:
    points, cursor = store.read_scalars(gymdash.start(), "loss", after=7)
    assert (len(points), cursor) == (0, 7)


def test_an_unknown_simulation_is_an_error(store: ProjectStore, gymdash: GymDash) -> None:
    gymdash.log(sim_id := gymdash.start(), loss=[(1, 3.0)])
    gymdash.delete(sim_id)
    with pytest.raises(UnknownSimulationError):
        store.read_scalars(sim_id, "loss")


def test_one_key_in_two_folders_becomes_two_series(store: ProjectStore, gymdash: GymDash) -> None:
    sim_id = gymdash.start()
    gymdash.log(sim_id, folder="tb/A_ppo/train", loss=[(1, 1.0)], reward=[(1, 5.0)])
    gymdash.log(sim_id, folder="tb/A_ppo/eval", loss=[(1, 2.0)])
    gymdash.log(sim_id, folder="tb/A_ppo/PPO_1", speed=[(1, 3.0)])
    assert keys(store, sim_id) == ["eval/loss", "loss", "reward", "speed"]
    assert values(store, sim_id, "loss") == [1.0]
    assert values(store, sim_id, "eval/loss") == [2.0]


def test_a_link_that_leads_out_of_the_folder_is_not_followed(
    store: ProjectStore, gymdash: GymDash
) -> None:
    own, other = gymdash.start("own"), gymdash.start("other")
    gymdash.log(other, loss=[(1, 1.0)])
    gymdash.write(other, "media/a/x_1.png", png())
    gymdash.sim_folder(own).mkdir()
    (gymdash.sim_folder(own) / "tb").symlink_to(gymdash.sim_folder(other) / "tb")
    (gymdash.sim_folder(own) / "media").symlink_to(gymdash.sim_folder(other) / "media")
    assert (keys(store, own), store.media([own])) == ([], [])


def test_event_files_of_a_simulation_of_ours_are_left_alone(
    store: ProjectStore, gymdash: GymDash
) -> None:
    sim_id = running(store)
    store.write([batch(sim_id, loss=[1.0])])
    gymdash.log(sim_id, loss=[(1, 9.0)], other=[(1, 9.0)])
    gymdash.write(sim_id, "media/a/x_1.png", png())
    assert keys(store, sim_id) == ["loss"]
    assert values(store, sim_id, "loss") == [1.0]
    assert store.media() == []


def test_theirs_and_ours_come_in_one_order(store: ProjectStore, gymdash: GymDash) -> None:
    early, late = gymdash.start("early", created="2024-01-01 00:00:00"), None
    middle = running(store)
    late = gymdash.start("late", created="2099-01-01 00:00:00")
    gymdash.log(early, b=[(1, 1.0)], a=[(1, 2.0), (2, 3.0)])
    gymdash.log(late, a=[(7, 4.0)])
    store.write([batch(middle, a=[5.0, 6.0, 7.0], c=[8.0])])
    table = store.read_table()
    expected = [(early, "a"), (early, "b"), (middle, "a"), (middle, "c"), (late, "a")]
    assert [(info.sim_id, info.key) for info in table.series] == expected
    assert [(info.sim_id, info.key) for info in store.series()] == expected
    assert table.starts.tolist() == [0, 2, 3, 6, 7, 8]
    assert table.values.tolist() == [2.0, 3.0, 1.0, 5.0, 6.0, 7.0, 8.0, 4.0]
    chosen = store.read_table([middle, late], ["a"])
    assert chosen.values.tolist() == [5.0, 6.0, 7.0, 4.0]


def test_broken_files_say_so_and_harm_nobody(
    store: ProjectStore, gymdash: GymDash, caplog: pytest.LogCaptureFixture
) -> None:
    sim_id = gymdash.start()
    gymdash.log(sim_id, loss=[(1, 1.0)])
    (path,) = gymdash.sim_folder(sim_id).rglob("events*")
    path.write_bytes(path.read_bytes() + b"\x01" * 100)
    gymdash.write(sim_id, "media/films/rl-video-episode-0_5.mp4", b"no film")
    assert values(store, sim_id, "loss") == [1.0]
    assert store.media() == []
    assert str(path) in caplog.text


# What grows


def test_a_simulation_that_has_ended_is_read_once(store: ProjectStore, gymdash: GymDash) -> None:
    sim_id = gymdash.start()
    gymdash.log(sim_id, loss=[(1, 1.0)])
    gymdash.end(sim_id)
    assert values(store, sim_id, "loss") == [1.0]
    for path in gymdash.sim_folder(sim_id).rglob("events*"):
        path.unlink()
    assert values(store, sim_id, "loss") == [1.0]


def test_what_is_flushed_after_the_end_is_seen(store: ProjectStore, gymdash: GymDash) -> None:
    sim_id = gymdash.start()
    gymdash.log(sim_id, loss=[(1, 1.0)])
    gymdash.execute("UPDATE simulations SET is_done = 1")
    assert values(store, sim_id, "loss") == [1.0]
    gymdash.log(sim_id, loss=[(2, 2.0)])
    assert values(store, sim_id, "loss") == [1.0, 2.0]


def test_one_that_is_executed_again_is_read_again(store: ProjectStore, gymdash: GymDash) -> None:
    sim_id = gymdash.start()
    gymdash.log(sim_id, loss=[(1, 1.0)])
    gymdash.end(sim_id)
    assert values(store, sim_id, "loss") == [1.0]
    gymdash.execute("UPDATE simulations SET is_done = 0")
    gymdash.log(sim_id, loss=[(2, 2.0)])
    assert values(store, sim_id, "loss") == [1.0, 2.0]


def test_files_are_looked_at_no_more_often_than_allowed(gymdash: GymDash) -> None:
    sim_id = gymdash.start()
    gymdash.log(sim_id, loss=[(1, 1.0)])
    inner = open_store(gymdash.folder / "db" / "simulations.db")
    store = with_files(inner, gymdash.folder / "sims", look_every_s=3600)
    assert values(store, sim_id, "loss") == [1.0]
    gymdash.log(sim_id, loss=[(2, 2.0)])
    assert values(store, sim_id, "loss") == [1.0]
    store.close()


# Viewers


def test_a_viewer_does_not_wait_and_hears_of_series_later(
    store: ProjectStore, gymdash: GymDash
) -> None:
    sim_id = gymdash.start()
    gymdash.log(sim_id, loss=[(1, 1.0)])
    tick = 0
    heard: dict[tuple[UUID, str], int] = {}

    def hear() -> bool:
        nonlocal tick
        changes = store.changes(tick)
        tick = changes.tick
        heard.update({(info.sim_id, info.key): info.n for info in changes.series})
        return heard == {(sim_id, "loss"): n}

    n = 1
    with at_once():
        wait_until(hear, what="the series")
        gymdash.log(sim_id, loss=[(2, 2.0)])
        n = 2
        wait_until(hear, what="the new point")


def test_a_viewer_hears_of_new_media_as_of_a_changed_simulation(
    store: ProjectStore, gymdash: GymDash
) -> None:
    sim_id = gymdash.start()
    assert store.media() == []
    tick = tick_of(store)
    gymdash.write(sim_id, "media/a/x_1.png", png())
    wait_until(lambda: tick_of(store) > tick, what="a new tick")
    assert [record.sim_id for record in store.changes(tick).simulations] == [sim_id]
    with at_once():
        assert [item.path for item in store.media([sim_id])] == ["media/a/x_1.png"]


def test_asking_exactly_is_news_for_viewers(store: ProjectStore, gymdash: GymDash) -> None:
    sim_id = gymdash.start()
    gymdash.log(sim_id, loss=[(1, 1.0)])
    store.series()
    tick = tick_of(store)
    gymdash.log(sim_id, loss=[(2, 2.0)])
    store.series()
    assert [(i.key, i.n) for i in store.changes(tick).series] == [("loss", 2)]


@pytest.mark.parametrize("has_clock", [False, True])
def test_viewers_hear_of_what_gymdash_writes_to_its_rows(
    store: ProjectStore, gymdash: GymDash, has_clock: bool
) -> None:
    sim_id = gymdash.start()
    if has_clock:
        store.log_call("start", 0, {})  # the first write of ours brings our tables
    tick = tick_of(store)
    store.simulations()
    gymdash.execute("UPDATE simulations SET is_done = 1")
    wait_until(lambda: tick_of(store) != tick, what="a new tick")
    changes = store.changes(tick)
    assert [(r.sim_id, r.state) for r in changes.simulations] == [(sim_id, SimState.SUCCEEDED)]
    added = gymdash.start("two", created="2025-01-01 00:00:00")
    wait_until(lambda: tick_of(store) != changes.tick, what="the next tick")
    more = store.changes(changes.tick)
    assert [record.sim_id for record in more.simulations] == [added]
    gymdash.delete(sim_id)
    wait_until(lambda: tick_of(store) != more.tick, what="the last tick")
    assert list(store.changes(more.tick).deleted) == [sim_id]


def test_a_gymdash_that_joins_a_project_of_ours_is_read(
    store: ProjectStore, gymdash: GymDash
) -> None:
    running(store)
    tick = tick_of(store)
    store.changes(tick)
    sim_id = gymdash.start()
    gymdash.log(sim_id, loss=[(1, 1.0)])
    heard: list[str] = []

    def hear() -> list[str]:
        nonlocal tick
        changes = store.changes(tick)
        tick = changes.tick
        heard.extend(info.key for info in changes.series)
        return heard

    wait_until(hear, what="its series")
    assert heard == ["loss"]


def test_ticks_grow_and_nothing_between_two_is_missed(
    store: ProjectStore, gymdash: GymDash
) -> None:
    theirs, ours = gymdash.start(), running(store)
    ticks, heard = [store.changes(0).tick], []
    for step in range(5):
        gymdash.log(theirs, loss=[(step, 1.0)])
        store.series()
        store.write([batch(ours, loss=[1.0])])
        for _ in range(2):
            changes = store.changes(ticks[-1])
            ticks.append(changes.tick)
            heard += [(info.sim_id, info.n) for info in changes.series]
    assert ticks == sorted(ticks)
    assert heard == [(who, n) for n in range(1, 6) for who in _by_creation(store, theirs, ours)]


def _by_creation(store: ProjectStore, *sim_ids: UUID) -> list[UUID]:
    return [record.sim_id for record in store.simulations() if record.sim_id in sim_ids]


@pytest.mark.parametrize("tick", [0, 10**9])
def test_everything_is_told_to_who_asks_from_the_beginning(
    store: ProjectStore, gymdash: GymDash, tick: int
) -> None:
    theirs, ours = gymdash.start(), running(store, created=later(1))
    gymdash.log(theirs, loss=[(1, 1.0)])
    store.write([batch(ours, loss=[1.0])])
    store.series()
    changes = store.changes(tick)
    assert {record.sim_id for record in changes.simulations} == {theirs, ours}
    assert {info.sim_id for info in changes.series} == {theirs, ours}


def test_a_tick_of_another_store_misses_nothing(store: ProjectStore, gymdash: GymDash) -> None:
    theirs = gymdash.start()
    running(store)
    tick = tick_of(store)
    gymdash.log(theirs, loss=[(1, 1.0)])
    gymdash.log(theirs, loss=[(2, 1.0)])
    inner = open_store(gymdash.folder / "db" / "simulations.db")
    other = with_files(inner, gymdash.folder / "sims", look_every_s=0.0)
    other.series()
    assert [info.n for info in other.changes(tick).series] == [2]
    other.close()


def test_the_helper_thread_ends_when_everything_is_read(
    store: ProjectStore, gymdash: GymDash
) -> None:
    running(store)
    gymdash.log(sim_id := gymdash.start(), loss=[(1, 1.0)])
    gymdash.end(sim_id)
    store.changes(tick_of(store))
    wait_until(lambda: not store._task.is_running, what="the end of the thread")
    with at_once():
        assert keys(store, sim_id) == ["loss"]


# Media


def test_a_file_is_shown_when_it_is_complete(store: ProjectStore, gymdash: GymDash) -> None:
    sim_id = gymdash.start()
    whole = png(64)
    gymdash.write(sim_id, "media/a/x_1.png", b"")
    assert store.media() == []
    gymdash.write(sim_id, "media/a/x_1.png", whole[:-5])
    assert store.media() == []
    gymdash.write(sim_id, "media/a/x_1.png", whole)
    assert [(item.key, item.step) for item in store.media()] == [("a", 1)]


def test_nothing_is_left_open_when_a_simulation_is_deleted(
    store: ProjectStore, gymdash: GymDash
) -> None:
    import psutil

    sim_id = gymdash.start()
    gymdash.log(sim_id, loss=[(1, 1.0)])
    gymdash.write(sim_id, "media/a/x_1.png", png())
    assert len(store.media()) == 1
    opened = [file.path for file in psutil.Process().open_files()]
    assert not [path for path in opened if str(gymdash.sim_folder(sim_id)) in path]
    assert store.delete([sim_id]) == [sim_id]
    assert (store.series(), store.media()) == ([], [])


def test_keys_of_media_can_be_chosen(store: ProjectStore, gymdash: GymDash) -> None:
    sim_id = gymdash.start()
    for path in ("media/b/x_2.png", "media/b/x_1.png", "media/a/x_3.png"):
        gymdash.write(sim_id, path, png())
    assert [(item.key, item.step) for item in store.media()] == [("a", 3), ("b", 1), ("b", 2)]
    assert [item.step for item in store.media([sim_id], ["b"])] == [1, 2]
    assert store.media([]) == []


def test_many_points_come_whole(store: ProjectStore, gymdash: GymDash) -> None:
    sim_id = gymdash.start()
    expected = np.random.default_rng(0).normal(size=3000).astype(np.float32).astype(float)
    for part in np.split(expected, 3):
        gymdash.log(sim_id, loss=list(enumerate(part.tolist())))
        store.series()
    assert values(store, sim_id, "loss") == expected.tolist()


def test_points_that_were_forgotten_are_read_again(
    gymdash: GymDash, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gymdash_jupyter.foreign.store.MOST_POINTS", 10)
    inner = open_store(gymdash.folder / "db" / "simulations.db")
    store = with_files(inner, gymdash.folder / "sims", look_every_s=0.0)
    ids = [gymdash.start(f"{n}") for n in range(4)]
    for sim_id in ids:
        gymdash.log(sim_id, loss=[(step, float(step)) for step in range(6)])
        gymdash.log(sim_id, folder="tb/A_ppo/eval", loss=[(1, 9.0)])
        gymdash.end(sim_id)
    for _ in range(2):
        assert store.read_table().values.tolist() == [9.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0] * 4
        assert sum(each.n_held for each in store._known.among(None)) <= 10
    assert [info.n for info in store.series()] == [1, 6] * 4
    assert values(store, ids[0], "loss") == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    gymdash.execute("UPDATE simulations SET is_done = 0")
    gymdash.log(ids[0], loss=[(7, 7.0)])
    assert values(store, ids[0], "loss")[-2:] == [5.0, 7.0]
    store.close()


def test_who_only_waits_for_the_database_lets_nobody_read_files(
    store: ProjectStore, gymdash: GymDash
) -> None:
    gymdash.log(gymdash.start(), loss=[(1, 1.0)])
    running(store)
    assert store.tick() == store.inner.tick()
    assert not store._task.is_running


def test_viewers_hear_of_a_new_status_of_gymdashs(store: ProjectStore, gymdash: GymDash) -> None:
    sim_id = gymdash.start()
    tick = tick_of(store)
    gymdash.execute(
        "INSERT INTO sim_status (sim_id, time, code, subcode, details, error_trace) VALUES (?, ?, 2, 0, 'hm', '')",
        str(sim_id),
        "2024-05-06 07:08:11",
    )
    wait_until(lambda: tick_of(store) != tick, what="a new tick")
    assert [record.sim_id for record in store.changes(tick).simulations] == [sim_id]
