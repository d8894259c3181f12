"""``gd.track``: what the project says of a block of code, while it runs and however it is left."""

from __future__ import annotations

import asyncio
import copy
import logging
import os
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

import gymdash_jupyter as gd
from gymdash_jupyter import current
from gymdash_jupyter.current import current_project
from tests.logged import logged_here
from tests.tracking.conftest import Ask
from tests.waiting import wait_until

SUCCEEDED = (1, 0, 0, 0)
FAILED = (1, 0, 1, 0)
CANCELLED = (1, 1, 1, 0)

Flags = Callable[[str], tuple[int, ...]]
Words = Callable[[str], tuple[str, str]]

pytestmark = pytest.mark.usefixtures("project")

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")


def stop_from_elsewhere(sim: gd.TrackedSimulation, *, force: bool = False) -> None:
    """Stop a simulation as another notebook would: by a tracker that knows only the project."""
    gd.SimulationTracker(project=gd.Project.open(current_project().folder)).cancel(
        sim.sim_id, force
    )
    wait_until(lambda: sim.interactor.is_asked("stop_simulation") or sim.is_done)


# How it ends


def test_a_block_that_is_left_well_has_succeeded(flags: Flags) -> None:
    with gd.track("fine") as sim:
        assert sim.state is gd.SimState.RUNNING
        assert flags("fine") == (0, 0, 0, 0)
    assert sim.is_done
    assert flags("fine") == SUCCEEDED


def test_an_exception_fails_it_and_goes_on_as_it_was(flags: Flags, last_words: Words) -> None:
    error = ValueError("no such luck")
    with pytest.raises(ValueError, match="no such luck") as caught, gd.track("bad"):
        raise error
    assert caught.value is error
    assert error.__context__ is None
    assert [frame.filename for frame in traceback.extract_tb(error.__traceback__)] == [__file__]
    assert flags("bad") == FAILED
    details, trace = last_words("bad")
    assert details == "no such luck"
    assert trace.startswith("Traceback")
    assert __file__ in trace
    assert "life.py" not in trace


def test_an_interrupt_cancels_it_and_goes_on(flags: Flags, last_words: Words) -> None:
    with pytest.raises(KeyboardInterrupt), gd.track("interrupted"):
        raise KeyboardInterrupt
    assert flags("interrupted") == CANCELLED
    assert "Ctrl-C" in last_words("interrupted")[0]


def test_its_own_stop_cancels_it_and_ends_there(flags: Flags, last_words: Words) -> None:
    with gd.track("enough"):
        raise gd.StopSimException("good enough")
    assert flags("enough") == CANCELLED
    assert last_words("enough")[0] == "good enough"


@pytest.mark.parametrize(("code", "expected"), [(0, SUCCEEDED), (None, SUCCEEDED), (3, FAILED)])
def test_leaving_python_counts_by_its_exit_code(
    code: int | None, expected: tuple[int, ...], flags: Flags
) -> None:
    with pytest.raises(SystemExit), gd.track("exit"):
        sys.exit(code)
    assert flags("exit") == expected


def test_a_generator_that_is_closed_cancels_it(flags: Flags) -> None:
    def numbers() -> object:
        with gd.track("generator"):
            yield 1

    given = numbers()
    next(given)  # type: ignore[call-overload]
    given.close()  # type: ignore[attr-defined]
    assert flags("generator") == CANCELLED


def test_a_coroutine_that_is_cancelled_cancels_it(flags: Flags) -> None:
    async def train() -> None:
        with gd.track("coroutine"):
            await asyncio.sleep(60)

    async def main() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(train(), 0.01)

    asyncio.run(main())
    assert flags("coroutine") == CANCELLED


def test_finish_ends_it_without_a_block(flags: Flags) -> None:
    sim = gd.track("by hand")
    sim.result = {"best": 3}
    sim.finish()
    sim.finish()
    assert flags("by hand") == SUCCEEDED
    assert gd.simulations().result.tolist() == [{"best": 3}]


def test_finish_takes_an_error(flags: Flags, last_words: Words) -> None:
    gd.track("told").finish(ValueError("told"))
    assert flags("told") == FAILED
    assert last_words("told")[0] == "told"


def test_finish_in_a_finally_sees_what_went_wrong(flags: Flags) -> None:
    def train() -> None:
        sim = gd.track("finally")
        try:
            int("seen")
        finally:
            sim.finish()

    with pytest.raises(ValueError, match="seen"):
        train()
    assert flags("finally") == FAILED


def test_an_error_that_was_there_before_is_not_its_own(flags: Flags) -> None:
    try:
        int("before")
    except ValueError:
        gd.track("second try").finish()
    assert flags("second try") == SUCCEEDED


# Stopping


def test_a_stop_from_elsewhere_ends_the_block_at_the_next_word(flags: Flags) -> None:
    after = []
    with gd.track("stopped") as sim:
        stop_from_elsewhere(sim)
        sim.scalar("a", 1)
        after.append("not reached")
    assert after == []
    assert flags("stopped") == CANCELLED


@pytest.mark.parametrize(
    "say",
    [
        lambda sim: sim.scalars({"a": 1}),
        lambda sim: sim.log({"a": 1}),
        lambda sim: sim.progress(1, 2),
        lambda sim: sim.status("on"),
        lambda sim: next(sim.steps(3)),
        lambda sim: sim.text("a", "b"),
        lambda sim: sim.image("a", np.zeros((4, 4))),
    ],
)
def test_whatever_is_said_hears_of_the_stop(say: Callable[[gd.TrackedSimulation], None]) -> None:
    with gd.track("stopped") as sim:
        sim.cancel()
        with pytest.raises(gd.StopSimException, match="'stopped' was stopped"):
            say(sim)
    assert sim.state is gd.SimState.CANCELLED


def test_who_swallows_the_stop_hears_of_it_again() -> None:
    n = 0
    with gd.track("stubborn") as sim:
        sim.cancel()
        for step in range(3):
            try:
                sim.scalar("a", step)
            except Exception:  # noqa: BLE001 - as people write it
                n += 1
    assert n == 3
    assert sim.state is gd.SimState.CANCELLED


def test_the_stop_of_an_outer_block_is_not_taken_by_an_inner_one(flags: Flags) -> None:
    after = []
    with gd.track("outer") as outer:
        outer.cancel()
        with gd.track("inner"):
            outer.scalar("a", 1)
        after.append("not reached")
    assert after == []
    assert flags("outer") == flags("inner") == CANCELLED


def test_what_is_not_stoppable_looks_for_itself(flags: Flags, ask: Ask) -> None:
    with gd.track("careful", stoppable=False) as sim:
        assert not sim.stop_asked
        sim.cancel()
        sim.scalar("a", 1)
        assert sim.stop_asked
        sim.scalar("a", 2)
    assert flags("careful") == CANCELLED
    assert len(gd.scalars("a", sim)) == 2


def test_who_has_seen_the_stop_may_say_some_last_words() -> None:
    with gd.track("looking") as sim:
        sim.cancel()
        if sim.stop_asked:
            sim.scalar("last", 1)
    assert gd.scalars("last", sim).value.tolist() == [1]
    assert sim.state is gd.SimState.CANCELLED


def test_a_stop_that_nobody_has_looked_at_is_none(flags: Flags) -> None:
    with gd.track("deaf", stoppable=False) as sim:
        sim.cancel()
    assert flags("deaf") == SUCCEEDED


def test_force_raises_in_code_that_says_nothing(flags: Flags) -> None:
    with gd.track("silent") as sim:
        threading.Timer(0.1, lambda: stop_from_elsewhere(sim, force=True)).start()
        while True:
            threading.Event().wait(0.01)
    assert flags("silent") == (1, 1, 1, 1)


def test_force_ends_what_has_no_block_and_spares_the_thread(flags: Flags) -> None:
    sim = gd.track("loose")
    stop_from_elsewhere(sim, force=True)
    wait_until(lambda: sim.is_done)
    with pytest.raises(gd.StopSimException):
        sim.scalar("a", 1)
    assert flags("loose") == (1, 1, 1, 1)


def test_a_stop_before_the_first_word_is_heard() -> None:
    sim = gd.track("early")
    sim.cancel()
    with sim:
        sim.scalar("a", 1)
    assert sim.state is gd.SimState.CANCELLED


def test_one_that_has_ended_is_not_entered() -> None:
    sim = gd.track("over")
    sim.finish()
    with pytest.raises(gd.SimulationStateError, match="has ended"), sim:
        pass


# What is said


def test_numbers_are_stored_under_their_steps() -> None:
    with gd.track("numbers") as sim:
        sim.scalar("a", 0.5, 10)
        sim.scalar("a", np.float32(0.25), np.int64(20))
        sim.scalars({"a": 1, "b": 2}, 30)
        sim.scalars({"b": 3}, step=40)
        sim.log({"b": 4, "deep": {"er": 5}}, 50)
    frame = gd.scalars(sims=sim)
    found = {
        key: list(zip(f.step, f.value, strict=True))
        for key, f in frame.groupby("key", observed=True)
    }
    assert found == {
        "a": [(10, 0.5), (20, 0.25), (30, 1.0)],
        "b": [(30, 2.0), (40, 3.0), (50, 4.0)],
        "deep/er": [(50, 5.0)],
    }


def test_without_a_step_calls_are_counted_for_each_key() -> None:
    with gd.track("counted") as sim:
        for _ in range(3):
            sim.scalar("a", 7)
        sim.scalar("b", 7)
        sim.log({"c": 1})
        sim.log({"c": 1, "d": 1})
    frame = gd.scalars(sims=sim)
    steps = {key: f.step.tolist() for key, f in frame.groupby("key", observed=True)}
    assert steps == {"a": [0, 1, 2], "b": [0], "c": [0, 1], "d": [1]}


def test_names_that_are_not_utf8_are_seen_everywhere(tmp_path: Path) -> None:
    with gd.track("a\udc80") as sim:
        sim.log({"b\udc80": 1.0, "c\udc80": "words \udc80"})
    assert gd.scalars(sims=sim)["key"].tolist() == ["b\\udc80"]
    assert gd.media(sims=sim)["key"].tolist() == ["c\\udc80"]
    sim.to_csv(tmp_path / "csv")
    assert "b\\udc80" in (tmp_path / "csv" / "scalars.csv").read_text("utf-8")


def test_log_takes_texts_figures_and_images(tmp_path: Path) -> None:
    figure, axes = plt.subplots()
    axes.plot([1, 2])
    with gd.track("media") as sim:
        sim.log({"words": "hello", "curve": figure, "frame": np.zeros((8, 8, 3), np.uint8)}, 3)
        sim.text("words", "again")
        sim.audio("beep", np.zeros(100), sample_rate=8000)
    plt.close(figure)
    frame = gd.media(sims=sim)
    assert sorted(zip(frame.key, frame.kind, frame.step, strict=True)) == [
        ("beep", "audio", 0),
        ("curve", "image", 3),
        ("frame", "image", 3),
        ("words", "text", 0),
        ("words", "text", 3),
    ]


def test_log_takes_no_table_for_an_image() -> None:
    with gd.track("table") as sim:
        sim.log({"confusion": np.eye(3), "grey": np.zeros((4, 4), np.uint8)})
    assert gd.media(sims=sim).key.tolist() == ["grey"]
    assert any("'confusion' takes numbers" in status.details for status in sim.statuses)


def test_steps_are_whole() -> None:
    with gd.track("steps") as sim, pytest.raises(gd.InvalidArgumentError, match=r"10000.0"):
        sim.steps(1e4)  # type: ignore[arg-type]


def test_what_cannot_be_recorded_becomes_a_status_and_no_error() -> None:
    with gd.track("odd") as sim:
        sim.scalar("a", "seven")
        sim.scalar(["no", "key"], 1)
        sim.log(7)
        sim.image("picture", object())
    assert sim.state is gd.SimState.SUCCEEDED
    said = [status.details for status in sim.statuses]
    assert any("'a' takes numbers" in words for words in said)
    assert any("log() takes a dict" in words for words in said)
    assert any("'picture' was not recorded" in words for words in said)
    assert said[-1] == "Simulation successfully run."


def test_steps_count_and_tell_the_progress() -> None:
    with gd.track("steps") as sim:
        assert list(sim.steps(4)) == [0, 1, 2, 3]
        progress = sim.recorder.latest_progress
        assert (progress.current, progress.total) == (4, 4)
        for step in sim.steps(10, start=4):
            if step == 6:
                break
        assert sim.recorder.latest_progress.current == 6


def test_what_is_said_after_the_end_is_told_once_and_not_kept(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with gd.track("over") as sim:
        pass
    with caplog.at_level(logging.WARNING):
        for step in range(3):
            sim.scalar("a", step)
        sim.log({"b": 1})
    assert [words for words in logged_here(caplog) if "has ended" in words] == [
        f"{sim!r} has ended; what is said after that is not recorded."
    ]
    assert sim.recorder.n_waiting == 0


def test_it_gives_its_frame_as_every_simulation() -> None:
    with gd.track("frames") as sim:
        sim.scalar("a", 3, 1)
    assert sim.scalars("a").value.tolist() == [3]


# What it is


def test_it_is_in_the_project_with_all_that_was_said_of_it(ask: Ask) -> None:
    with gd.track("whole", {"lr": 0.1, "seed": 4}, key="mine", tags=["x"], note="why") as sim:
        row = gd.simulations().loc[str(sim.sim_id)]
    assert (row["name"], row.state, row.tags, row.note) == ("whole", "running", ("x",), "why")
    assert row.config["kwargs"] == {"lr": 0.1, "seed": 4}
    assert row.config["sim_key"] == row.sim_key == "mine"
    assert row.pid == os.getpid()
    assert ask("SELECT name, code FROM api_calls") == [("start", 0)]


def test_its_config_is_at_hand_as_it_was_given() -> None:
    marker = object()
    with gd.track("config", {"lr": 0.1, "thing": marker}) as sim:
        assert sim.config["lr"] == 0.1
        assert sim.config["thing"] is marker
        assert "lr" in sim.config
        assert sim.config.get("gamma", 1) == 1
    stored = gd.simulations().loc[str(sim.sim_id)].config["kwargs"]
    assert "object" in stored["thing"]["__described__"]


def test_its_environment_is_kept_with_its_seed() -> None:
    with gd.track("environment", {"seed": 17}) as sim:
        pass
    wait_until(lambda: not sim.environment().empty)
    assert sim.environment().seed.tolist() == [17]


def test_without_an_open_project_the_environment_variable_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(current, "_session", current._Session())
    monkeypatch.setenv("GYMDASH_PROJECT", str(tmp_path / "named"))
    with gd.track("named"):
        pass
    assert current_project().folder == tmp_path / "named"
    assert gd.simulations()["name"].tolist() == ["named"]


def test_a_project_that_cannot_be_opened_is_said_before_anything_begins(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(gd.ProjectFolderError, match="file"):
        gd.track("never", project=tmp_path / "file" / "project")


def test_a_read_only_project_is_refused_at_once() -> None:
    read_only = gd.Project.open(current_project().folder, read_only=True)
    with pytest.raises(gd.ReadOnlyProjectError):
        gd.track("never", project=read_only)


def test_seeds_of_one_config_are_a_group_and_names_alone_are_not() -> None:
    from gymdash_jupyter.grouping import group_records

    for seed in range(2):
        with gd.track(f"seed {seed}", {"lr": 0.1, "seed": seed}):
            pass
    for name in ("this", "that"):
        with gd.track(name):
            pass
    groups = group_records(current_project().store.simulations())
    assert sorted(len(group.sim_ids) for group in groups) == [1, 1, 2]


def test_its_folder_is_there() -> None:
    with gd.track("files") as sim:
        (sim.path / "weights.bin").write_bytes(b"1")
    assert (current_project().folder / "sims" / str(sim.sim_id) / "weights.bin").exists()


def test_it_lives_in_the_project_that_is_named(tmp_path: Path) -> None:
    with gd.track("elsewhere", project=tmp_path / "other"):
        pass
    names = [record.name for record in gd.Project.open(tmp_path / "other").store.simulations()]
    assert names == ["elsewhere"]


def test_blocks_in_threads_and_in_each_other_are_simulations_of_their_own() -> None:
    def work(i: int) -> None:
        with gd.track(f"thread {i}") as sim:
            for step in range(50):
                sim.scalar("a", i, step)

    with gd.track("around") as around:
        threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        around.scalar("a", -1, 0)
    frame = gd.scalars("a", wide=False)
    counts = frame.groupby("sim_id", observed=True).value.agg(["count", "min", "max"])
    assert sorted(map(tuple, counts.itertuples(index=False))) == [
        (1, -1, -1),
        *((50, i, i) for i in range(4)),
    ]
    assert set(gd.simulations().state) == {"succeeded"}


def test_what_is_asked_is_answered_while_the_code_is_busy() -> None:
    with gd.track("busy") as sim:
        assert "tracked" in sim.ask("help", timeout_s=60)


def test_it_cannot_be_copied_to_another_process() -> None:
    with (
        gd.track("here") as sim,
        pytest.raises(gd.CannotTravelError, match="belongs to the process"),
    ):
        copy.deepcopy(sim)


def test_it_cannot_be_started_again_by_others() -> None:
    with gd.track("once") as sim:
        pass
    with pytest.raises(gd.InvalidArgumentError, match="program of its own"):
        gd.tracker().restart_sim(sim)


def test_a_wrong_label_begins_nothing() -> None:
    with pytest.raises(gd.InvalidArgumentError, match="tag"):
        gd.track("wrong", tags=[""])
    assert gd.simulations().empty


# Forks


@needs_fork
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_forked_process_has_nothing_to_say() -> None:
    with gd.track("forked") as sim:
        sim.scalar("a", 1, 1)
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                sim.scalar("a", 2, 2)
                sim.image("b", np.zeros((4, 4)))
                list(sim.steps(3))
                sim.finish(ValueError("of the child"))
                sim.__exit__(None, None, None)
                status = 0
            finally:
                os._exit(status)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        assert sim.state is gd.SimState.RUNNING
        sim.scalar("a", 3, 3)
    assert gd.scalars("a", sim).value.tolist() == [1, 3]
    assert gd.media(sims=sim).empty
    assert sim.state is gd.SimState.SUCCEEDED


def test_one_of_another_day_says_how_it_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with gd.track("once") as sim:
        pass
    other_day = gd.SimulationTracker(project=gd.Project.open(current_project().folder))
    with pytest.raises(gd.UnknownSimulationTypeError, match="let that run again"):
        other_day.restart_sim(sim.sim_id)
