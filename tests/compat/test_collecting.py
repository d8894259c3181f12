"""What registered streamers lead to becomes part of the project while the simulation executes."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gymdash_jupyter as gd
from gymdash_jupyter.launch.streamed import StreamCollector
from gymdash_jupyter.media import media_path
from gymdash_jupyter.project import Project
from gymdash_jupyter.streams.collecting import Collection
from gymdash_jupyter.streams.event_values import ScalarEvent
from gymdash_jupyter.streams.media_link import MediaFileStatLinker, MediaLinkStreamableStat
from gymdash_jupyter.streams.tensorboard_streamer import TensorboardStreamer
from tests.compat.event_log import EventLog, png
from tests.waiting import wait_until

Body = Callable[["Does"], None]


class Does(gd.Simulation):
    """Does what a test says."""

    def __init__(self, body: Body, early: Body | None = None, **kwargs: Any) -> None:
        super().__init__(gd.SimulationStartConfig(name="does", sim_key="does", kwargs=kwargs))
        self.body, self.beginning = body, early
        self.kwargs_of_streamers: dict[str, Any] = {}

    @property
    def folder(self) -> Path:
        assert self.sim_path is not None
        return Path(self.sim_path)

    def create_kwarg_defaults(self) -> dict[str, Any]:
        return {"a": 1, "b": 1, "c": 1}

    def _create_streamers(self, kwargs: dict[str, Any]) -> None:
        self.kwargs_of_streamers = kwargs
        if self.beginning is not None:
            self.beginning(self)

    def _setup(self, **kwargs: Any) -> None:
        self.were_made_before_setup = bool(self.kwargs_of_streamers)

    def _run(self, **kwargs: Any) -> None:
        self.body(self)

    def link(self, folder: Path, key: str = "pic", tag: str = "images") -> None:
        self.streamer.register(
            f"media {key} {folder}",
            MediaFileStatLinker(
                "media",
                [
                    MediaLinkStreamableStat(
                        key,
                        tag,
                        folder,
                        r"_[0-9]+\.",
                        lambda name: int(name[2:].partition(".")[0]),
                    )
                ],
            ),
        )


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.open(tmp_path / "p")


@pytest.fixture
def execute(project: Project) -> Callable[..., Does]:
    tracker = gd.SimulationTracker(project=project)

    def execute(sim: Does, **start_kwargs: Any) -> Does:
        tracker.start_sim(sim, **start_kwargs)
        wait_until(lambda: sim.is_done, what="the simulation to be done")
        assert sim.state == "succeeded", sim.statuses
        return sim

    return execute


def points_of(project: Project, sim: Does, key: str) -> list[tuple[int, float, float]]:
    series = project.store.read_scalars(sim.sim_id, key)[0]
    return list(
        zip(series.steps.tolist(), series.times.tolist(), series.values.tolist(), strict=True)
    )


def infos(sim: Does) -> list[str]:
    return [status.details for status in sim.statuses if status.code == 2]


def test_points_keep_the_step_and_time_of_their_event(
    project: Project, execute: Callable[..., Does]
) -> None:
    def body(sim: Does) -> None:
        log = EventLog(sim.folder / "tb")
        sim.streamer.register("late", TensorboardStreamer(log.folder, {"scalars": ["x"]}))
        log.write("x", (7, 1000.25, 0.5), (3, 1001.5, float("nan")), (7, 1000.25, 0.5))
        log.write("y", (1, 1.0, 1.0))

    sim = execute(Does(body))
    found = points_of(project, sim, "x")
    assert [(step, time) for step, time, _ in found] == [(7, 1000.25), (3, 1001.5), (7, 1000.25)]
    assert np.array_equal([v for _, _, v in found], [0.5, float("nan"), 0.5], equal_nan=True)
    assert points_of(project, sim, "y") == []


def test_streamers_are_made_before_the_setup_with_all_kwargs(
    execute: Callable[..., Does],
) -> None:
    sim = execute(Does(lambda sim: None, b=2, c=2), c=3)
    assert sim.kwargs_of_streamers == {"a": 1, "b": 2, "c": 3}
    assert sim.were_made_before_setup


def test_a_user_s_cursor_loses_nothing_to_the_project(
    project: Project, execute: Callable[..., Does]
) -> None:
    seen: list[int] = []

    def body(sim: Does) -> None:
        log = EventLog(sim.folder / "tb")
        streamer = sim.streamer.get_or_register(
            TensorboardStreamer(log.folder, {"scalars": ["x"]})
        )
        log.write("x", (1, 1.0, 1.0))
        wait_until(lambda: points_of(project, sim, "x"), what="the point to be collected")
        seen.extend(event.step for event in streamer.get_recent_from_key("x"))

    sim = execute(Does(body))
    assert (seen, len(points_of(project, sim, "x"))) == ([1], 1)


def test_the_recorder_wins_where_both_say_the_same(
    project: Project, execute: Callable[..., Does]
) -> None:
    def body(sim: Does) -> None:
        log = EventLog(sim.folder / "tb")
        sim.streamer.register("tb", TensorboardStreamer(log.folder, {"scalars": ["x", "files"]}))
        for step in range(200):
            log.write("x", (step, float(step), 0.0))
            sim.recorder.scalar("x", 1.0, step)
        log.write("files", (1, 1.0, 1.0))

    sim = execute(Does(body))
    assert [(step, value) for step, _, value in points_of(project, sim, "x")] == [
        (step, 1.0) for step in range(200)
    ]
    assert len(points_of(project, sim, "files")) == 1


def test_what_came_from_files_stays_when_the_recorder_speaks_later(
    project: Project, execute: Callable[..., Does]
) -> None:
    def body(sim: Does) -> None:
        log = EventLog(sim.folder / "tb")
        sim.streamer.register("tb", TensorboardStreamer(log.folder, {"scalars": ["x"]}))
        log.write("x", (1, 1.0, 0.0))
        wait_until(lambda: points_of(project, sim, "x"), what="the point to be collected")
        sim.recorder.scalar("x", 1.0, 2)
        log.write("x", (3, 1.0, 0.0))

    sim = execute(Does(body))
    assert [(s, v) for s, _, v in points_of(project, sim, "x")] == [(1, 0.0), (2, 1.0)]


def test_two_streamers_of_one_folder_and_keys_told_late_double_nothing(
    project: Project, execute: Callable[..., Does]
) -> None:
    def body(sim: Does) -> None:
        log = EventLog(sim.folder / "tb")
        streamer = TensorboardStreamer(log.folder, {"scalars": ["x"]})
        sim.streamer.register("one", streamer)
        sim.streamer.register("two", TensorboardStreamer(log.folder, {"scalars": ["x", "z"]}))
        log.write("x", (1, 1.0, 1.0))
        log.write("late", (1, 1.0, 1.0))
        log.write("z", (1, 1.0, 1.0))
        wait_until(lambda: points_of(project, sim, "x"), what="the point to be collected")
        streamer.add_tag_keys({"any": ["late"]})
        log.write("late", (2, 1.0, 1.0))
        log.write("x", (2, 1.0, 1.0))

    sim = execute(Does(body))
    steps = {
        key: [step for step, *_ in points_of(project, sim, key)] for key in ("x", "late", "z")
    }
    assert steps == {"x": [1, 2], "late": [1, 2], "z": [1]}


@pytest.mark.parametrize("is_kept", [True, False])
def test_a_writer_that_is_never_flushed_loses_nothing(
    project: Project, execute: Callable[..., Does], *, is_kept: bool
) -> None:
    def body(sim: Does) -> None:
        log = EventLog(sim.folder / "tb", max_waiting=10_000)
        sim.kept = log if is_kept else None
        sim.streamer.register("tb", TensorboardStreamer(log.folder, {"scalars": ["x"]}))
        log.put("x", *((step, 1.0, 1.0) for step in range(5_000)))

    sim = execute(Does(body))
    assert len(points_of(project, sim, "x")) == 5_000


def test_a_run_gets_the_wrapper_that_it_registers_and_nothing_doubles(
    project: Project, execute: Callable[..., Does]
) -> None:
    def streamer_of(sim: Does) -> TensorboardStreamer:
        return TensorboardStreamer(sim.folder / "tb", {"scalars": ["x"]})

    def early(sim: Does) -> None:
        sim.first = sim.streamer.get_or_register(streamer_of(sim))

    def body(sim: Does) -> None:
        log = EventLog(sim.folder / "tb")
        log.write("x", (1, 1.0, 1.0))
        wait_until(lambda: points_of(project, sim, "x"), what="the point to be collected")
        sim.second = streamer_of(sim)
        assert sim.streamer.get_or_register(sim.second) is sim.second

    sim = execute(Does(body, early))
    assert sim.streamer.streamers() == [sim.second]
    assert len(points_of(project, sim, "x")) == 1


# Media


def test_files_in_the_simulation_s_folder_are_listed_where_they_lie(
    project: Project, execute: Callable[..., Does]
) -> None:
    def body(sim: Does) -> None:
        folder = sim.folder / "pictures"
        folder.mkdir()
        sim.link(folder)
        for step in (1, 2):
            (folder / f"a_{step}.png").write_bytes(png())
        (folder / "a_3.png").touch()
        wait_until(lambda: len(project.store.media([sim.sim_id])) == 2, what="two pictures")
        (folder / "a_1.png").write_bytes(png(200))
        (folder / "a_4.png").write_bytes(png())

    sim = execute(Does(body))
    items = project.store.media([sim.sim_id])
    assert [(item.key, item.step, item.kind, item.path) for item in items] == [
        ("pic", step, "image", f"pictures/a_{step}.png") for step in (1, 2, 4)
    ]
    file = sim.folder / "pictures" / "a_4.png"
    assert items[2].time.timestamp() == pytest.approx(file.stat().st_mtime, abs=1e-5)
    assert items[0].info["width"] == 3
    assert (sim.folder / items[0].info["thumbnail"]).is_file()
    assert infos(sim) == []


def test_files_elsewhere_and_images_of_event_files_are_copied(
    project: Project, execute: Callable[..., Does], tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    def body(sim: Does) -> None:
        (elsewhere / "a_5.png").write_bytes(png())
        sim.link(elsewhere)
        log = EventLog(sim.folder / "tb")
        sim.streamer.register("tb", TensorboardStreamer(log.folder, {"images": ["net/out"]}))
        log.write_image("net/out", 9, png())

    sim = execute(Does(body))
    items = {item.key: item for item in project.store.media([sim.sim_id])}
    assert items["pic"].path == "media/pic/a_5.png"
    assert (items["net/out"].step, items["net/out"].time.timestamp()) == (9, 5.0)
    for item in items.values():
        assert media_path(project, item).read_bytes() == png()


def test_media_that_the_recorder_takes_are_not_listed_again(
    project: Project, execute: Callable[..., Does]
) -> None:
    def body(sim: Does) -> None:
        sim.link(sim.folder / "media" / "pic")
        sim.recorder.image("pic", np.zeros((4, 4, 3), dtype=np.uint8), 1)
        wait_until(lambda: project.store.media([sim.sim_id]), what="the picture")
        (sim.folder / "media" / "pic" / "a_2.png").write_bytes(png())

    sim = execute(Does(body))
    assert [item.path for item in project.store.media([sim.sim_id])] == ["media/pic/1_0.png"]


@pytest.mark.parametrize(("begins_s", "steps"), [(60.0, [1]), (-60.0, [1, 2])])
def test_files_elsewhere_that_were_there_before_are_another_simulation_s(
    tmp_path: Path, begins_s: float, steps: list[int]
) -> None:
    sim = Does(lambda sim: None)
    for step, name in ((1, "own"), (2, "elsewhere")):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"a_{step}.png").write_bytes(png())
        sim.link(tmp_path / name)
    collection = Collection(str(tmp_path / "own"), begun_s=time.time() + begins_s)
    found = collection.read(sim.streamer.streamers(), is_last=True)
    assert [item.step for item in found.media] == steps


def test_a_file_that_is_no_picture_is_said_once(execute: Callable[..., Does]) -> None:
    def body(sim: Does) -> None:
        folder = sim.folder / "pictures"
        folder.mkdir()
        (folder / "a_1.png").write_bytes(b"no picture")
        sim.link(folder)

    (said,) = infos(execute(Does(body)))
    assert said.startswith("The image 'pic' was not recorded:")


# Streamers of one's own


class Own:
    """Has only what GymDash asked of a streamer."""

    streamer_name = "own"

    def __init__(self) -> None:
        self.batches = [[ScalarEvent(5.0, 1, 0.5)], [ScalarEvent(6.0, 2, 0.25)]]

    def get_stat_keys(self) -> list[tuple[str, str]]:
        return [("x", "scalars")]

    def get_recent_from_key(self, key: str) -> list[ScalarEvent]:
        return self.batches.pop(0) if self.batches else []


class Broken(Own):
    streamer_name = "broken"

    def get_recent_from_key(self, key: str) -> list[ScalarEvent]:
        raise KeyError("gone")


def test_a_streamer_of_one_s_own_is_asked_and_a_broken_one_harms_nobody(
    project: Project, execute: Callable[..., Does]
) -> None:
    def body(sim: Does) -> None:
        sim.streamer.get_or_register(Broken())
        own = sim.streamer.get_or_register(Own())
        wait_until(lambda: not own.batches, what="both batches to be read")

    sim = execute(Does(body))
    assert points_of(project, sim, "x") == [(1, 5.0, 0.5), (2, 6.0, 0.25)]
    assert infos(sim) == ["The streamer 'broken' (Broken) could not be read: KeyError: 'gone'"]


def test_streamers_that_cannot_be_made_are_said_and_the_simulation_goes_on(
    execute: Callable[..., Does],
) -> None:
    def early(sim: Does) -> None:
        raise KeyError("env")

    (said,) = infos(execute(Does(lambda sim: None, early)))
    assert said.startswith("_create_streamers of Does failed, so what it would have registered")


def test_nothing_is_collected_by_a_simulation_that_streams_nothing(
    project: Project, execute: Callable[..., Does]
) -> None:
    import threading

    before, during = set(threading.enumerate()), set[threading.Thread]()
    execute(Does(lambda sim: during.update(threading.enumerate())))
    assert "gymdash-streams" not in {thread.name for thread in during - before}


def test_the_last_points_are_there_before_the_closing_status(
    project: Project, execute: Callable[..., Does]
) -> None:
    def body(sim: Does) -> None:
        log = EventLog(sim.folder / "tb")
        sim.streamer.register("tb", TensorboardStreamer(log.folder, {"scalars": ["x"]}))
        log.write("x", (1, 1.0, 1.0))

    seen: list[int] = []
    sim = Does(body)
    sim.add_callback("end_run", lambda: seen.append(len(points_of(project, sim, "x"))))
    execute(sim)
    assert seen == [1]


def test_a_new_key_waits_one_look_for_the_recorder(tmp_path: Path) -> None:
    sim = Does(lambda sim: None)
    sim.set_project_info(str(tmp_path), str(tmp_path), sim.sim_id)
    log = EventLog(tmp_path / "tb")
    sim.streamer.register("tb", TensorboardStreamer(log.folder, {"scalars": ["both", "files"]}))
    collector = StreamCollector(sim)
    for key in ("both", "files"):
        log.write(key, (1, 1.0, 1.0))
    collector._look()  # between the writing of a file and the word to the recorder
    sim.recorder.scalar("both", 2.0, 1)
    log.write("files", (2, 1.0, 1.0))
    collector._look()
    found = {key: points.values.tolist() for key, points in sim.recorder.peek().scalars.items()}
    assert found == {"both": [2.0], "files": [1.0, 1.0]}
    again = {key: points.values.tolist() for key, points in sim.recorder.peek().scalars.items()}
    assert again == found


class Writes(gd.Simulation):
    """Writes event files only, in a process of its own, whose streamer was registered here."""

    def __init__(self, config: gd.SimulationStartConfig) -> None:
        super().__init__(config)
        self.folder = Path(config.kwargs["folder"])
        self.streamer.register("tb", TensorboardStreamer(self.folder, {"scalars": ["x"]}))

    def _run(self, **kwargs: Any) -> None:
        log = EventLog(self.folder)
        for step in range(100):
            log.write("x", (step, float(step), 0.5))
        wait_until(lambda: self.folder.with_name("gate").exists(), what="the gate")


@pytest.mark.slow
def test_what_a_simulation_in_a_process_writes_is_seen_while_it_executes(
    project: Project, tmp_path: Path
) -> None:
    tracker = gd.SimulationTracker("process", project=project)
    config = gd.SimulationStartConfig(
        name="writes", sim_key="writes", kwargs={"folder": str(tmp_path / "tb")}
    )
    sim_id, sim = tracker.start_sim(Writes(config))
    read = project.store.read_scalars
    wait_until(lambda: len(read(sim_id, "x")[0]) == 100, what="100 points")
    assert not sim.is_done
    (tmp_path / "gate").touch()
    wait_until(lambda: sim.is_done, what="its end")
    assert read(sim_id, "x")[0].times.tolist() == list(range(100))


def test_an_event_may_claim_any_time(project: Project, execute: Callable[..., Does]) -> None:
    def body(sim: Does) -> None:
        log = EventLog(sim.folder / "tb")
        keys = {"scalars": ["x"], "images": ["pic"]}
        sim.streamer.register("tb", TensorboardStreamer(log.folder, keys))
        log.write("x", (1, float("nan"), 1.0), (2, -5.0, 1.0))
        for moment in (float("inf"), float("nan"), 1e30, 5.0):
            log.write_image("pic", 1, png(), moment)

    sim = execute(Does(body))
    assert [step for step, *_ in points_of(project, sim, "x")] == [1, 2]
    assert len(project.store.media([sim.sim_id])) == 4
    assert infos(sim) == []
