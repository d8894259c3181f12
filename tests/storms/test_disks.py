"""A project that cannot be written for a while, or is gone: trainings go on, and what is said of it is true."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from gymdash_jupyter.project import Project
from gymdash_jupyter.states import SimState
from gymdash_jupyter.store import sources
from gymdash_jupyter.tracker import SimulationTracker
from gymdash_jupyter.widgets.card_contents import CardContents
from tests.storms.conftest import Told
from tests.storms.judging import check_sound, stored_steps
from tests.storms.samples import Writing, writing
from tests.storms.step_log import read_log
from tests.waiting import wait_until

CANNOT = "cannot be written now"
COULD_NOT = "could not be written for"
RATE = 5_000
N_ALONE = RATE
"""How many steps a training does while its disk is full: those of a second at its full pace."""


class Patient:
    """One simulation under observation.

    Args:
        tracker: Starts it.
        log: What it says of itself, on a disk that has space.
    """

    def __init__(self, tracker: SimulationTracker, log: Path, **kwargs: Any) -> None:
        self.tracker, self.project, self.log = tracker, tracker.project, log
        launcher = kwargs.pop("launcher", None)
        self.sim: Writing = writing(log, rate=RATE, **kwargs)
        self.sim_id, _ = tracker.start_sim(self.sim, launcher=launcher)
        wait_until(lambda: stored_steps(self.project, self.sim_id) > 100, what="it to write")

    @property
    def n_done(self) -> int:
        """How many steps it has done."""
        return len(read_log(self.log))

    def told(self) -> list[str]:
        """Give the statuses that tell of the trouble."""
        rows = self.project.store.statuses([self.sim_id])
        return [row.status.details for row in rows if COULD_NOT in row.status.details]

    def catches_up(self) -> float:
        """Wait until the project has what was done until now; gives the seconds."""
        n, begin = self.n_done, time.monotonic()
        wait_until(lambda: stored_steps(self.project, self.sim_id) >= n, what="the data")
        return time.monotonic() - begin

    def stop(self) -> None:
        """Stop it; nothing may be missing then."""
        self.tracker.cancel(self.sim_id)
        assert self.tracker.wait(self.sim_id, 60) == {self.sim_id: SimState.CANCELLED}
        assert stored_steps(self.project, self.sim_id) == self.n_done
        check_sound(self.project)


def ordeal(
    patient: Patient, tell: Told, begin: Callable[[], None], end: Callable[[], None]
) -> None:
    """Take away the space for a while, and check that only the data waits."""
    begin()
    pace = wait_until(lambda: pace_alone(patient), what="the data to stop coming")
    end()
    seconds = patient.catches_up()
    (told,) = wait_until(patient.told, what="the status")
    assert told.endswith("s; nothing was lost.")
    patient.stop()
    assert patient.told() == [told]
    tell("steps a second meanwhile", f"{pace:,.0f} of {RATE:,}")
    tell("all data there again after", f"{seconds:.2f} s")


def pace_alone(patient: Patient) -> float:
    """Watch it do so many steps; gives how many a second it did, or 0 if any were stored meanwhile.

    How long they take says how busy the machine is, and nothing of the training.
    """
    n_stored = stored_steps(patient.project, patient.sim_id)
    n_then, begin = patient.n_done, time.monotonic()
    wait_until(lambda: patient.n_done >= n_then + N_ALONE, what="the training to go on")
    pace = (patient.n_done - n_then) / (time.monotonic() - begin)
    return pace if stored_steps(patient.project, patient.sim_id) == n_stored else 0


def _fails(*command: str) -> bool:
    return subprocess.run(command, check=False, capture_output=True).returncode != 0


# A full disk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a folder on a file system of four megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if os.geteuid() or _fails("mount", *options):
        pytest.skip("needs to mount a small file system")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def fill(path: Path) -> None:
    """Write until nothing more fits."""
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass


def test_a_worker_goes_on_while_its_disk_is_full(
    small_disk: Path, tmp_path: Path, tell: Told
) -> None:
    project = Project.open(small_disk / "project")
    patient = Patient(SimulationTracker("process", project=project), tmp_path / "log")
    filler = small_disk / "filler"
    ordeal(patient, tell, lambda: fill(filler), filler.unlink)
    project.store.close()


def test_a_worker_that_may_write_no_larger_file_goes_on(
    tracker: SimulationTracker, tmp_path: Path, tell: Told
) -> None:
    limit = tmp_path / "limit"
    patient = Patient(tracker, tmp_path / "log", file_limit=str(limit))
    ordeal(patient, tell, limit.touch, limit.unlink)


def test_an_end_on_a_full_disk_is_stored_when_there_is_space(
    tracker: SimulationTracker, tmp_path: Path, tell: Told
) -> None:
    limit = tmp_path / "limit"
    n = 2 * RATE
    patient = Patient(tracker, tmp_path / "log", file_limit=str(limit), n=n)
    limit.touch()
    wait_until(lambda: patient.n_done == n, what="its last step")
    assert not patient.sim.wait(0.5)
    # It has ended, so it looks at this file no more; its process is told from outside.
    limit.unlink()
    owner = patient.project.store.simulation(patient.sim_id).owner
    assert owner is not None
    subprocess.run(["prlimit", f"--pid={owner.pid}", "--fsize=unlimited"], check=True)
    assert patient.sim.wait(60)
    assert patient.sim.state is SimState.SUCCEEDED
    assert stored_steps(patient.project, patient.sim_id) == n


class _Quota(sqlite3.Connection):
    """A connection whose database may not grow while ``is_full``."""

    is_full = False

    def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:
        if sql == "BEGIN IMMEDIATE":
            n = super().execute("PRAGMA page_count").fetchone()[0] if _Quota.is_full else 2**30
            super().execute(f"PRAGMA max_page_count = {n}")
        return super().execute(sql, *args)


def test_a_database_that_may_not_grow_stops_nobody(
    project_dir: Path,
    tmp_path: Path,
    tell: Told,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    connect = sqlite3.connect
    monkeypatch.setattr(
        sources.sqlite3,
        "connect",
        lambda *args, **kwargs: connect(*args, **kwargs, factory=_Quota),
    )
    project = Project.open(project_dir)
    patient = Patient(SimulationTracker("thread", project=project), tmp_path / "log")
    ordeal(
        patient,
        tell,
        lambda: setattr(_Quota, "is_full", True),
        lambda: setattr(_Quota, "is_full", False),
    )
    warnings = [r.getMessage() for r in caplog.records if CANNOT in r.getMessage()]
    assert len(warnings) == 1


@pytest.mark.slow
def test_a_card_says_that_nothing_comes_any_more_while_the_disk_is_full(
    tracker: SimulationTracker, tmp_path: Path, tell: Told
) -> None:
    limit = tmp_path / "limit"
    patient = Patient(tracker, tmp_path / "log", file_limit=str(limit))
    card = CardContents(tracker.project.store, [patient.sim_id])
    card.load()

    def silence_shown() -> float | None:
        card.look_after()
        silent_s: float | None = card.shown(0.0)[0]["silent_s"]
        return silent_s

    assert silence_shown() is None
    limit.touch()
    begin = time.monotonic()
    assert wait_until(silence_shown, what="the card to say so") == 10.0
    tell("said after", f"{time.monotonic() - begin:.1f} s")
    assert not patient.sim.is_done
    limit.unlink()
    begin = time.monotonic()
    wait_until(lambda: silence_shown() is None, what="the card to see that it is over")
    tell("taken back after", f"{time.monotonic() - begin:.1f} s")
    patient.stop()


# A project that may only be read, or is gone


@contextmanager
def unchangeable(files: list[Path]) -> Iterator[None]:
    """Let nobody write to these files, not even those who have them open."""
    if os.geteuid() or shutil.which("chattr") is None:
        pytest.skip("needs to make files immutable")
    if _fails("chattr", "+i", *map(str, files)):
        pytest.skip("this file system has no immutable files")
    try:
        yield
    finally:
        subprocess.run(["chattr", "-i", *files], check=True)


def test_a_worker_goes_on_while_its_project_may_only_be_read(
    tracker: SimulationTracker, tmp_path: Path, tell: Told
) -> None:
    patient = Patient(tracker, tmp_path / "log")
    # Not the -shm file: SQLite writes to it through memory, and the system kills who does that where it may not.
    database = Path(patient.project.db_path)
    stack = ExitStack()
    turns = unchangeable([database, Path(f"{database}-wal")])
    ordeal(patient, tell, lambda: stack.enter_context(turns), stack.close)
    assert patient.sim.output().count(CANNOT) == 1


def test_a_project_that_was_deleted_and_made_anew_is_not_said_to_have_lost_nothing(
    project: Project, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    patient = Patient(SimulationTracker("thread", project=project), tmp_path / "log")
    with caplog.at_level(logging.WARNING):
        shutil.rmtree(project.folder)
        wait_until(lambda: CANNOT in caplog.text, what="the warning")
        n_then = patient.n_done
        wait_until(lambda: patient.n_done > n_then + RATE, what="the training to go on")
        Project.open(project.folder)
        wait_until(lambda: "is gone from the project" in caplog.text, what="the truth")
        patient.sim.interactor.set_in("stop_simulation", True)
        assert patient.sim.wait(60)
    assert "nothing was lost" not in caplog.text
    assert patient.sim.state is SimState.CANCELLED


def test_an_older_copy_of_a_project_is_not_said_to_have_lost_nothing(
    project: Project, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    patient = Patient(SimulationTracker("thread", project=project), tmp_path / "log")
    database = Path(project.db_path)
    with sqlite3.connect(tmp_path / "copy.db") as copy, sqlite3.connect(database) as original:
        original.backup(copy)
    copy.close()
    original.close()
    n_copied = stored_steps(project, patient.sim_id)
    wait_until(lambda: stored_steps(project, patient.sim_id) > n_copied + RATE)
    with caplog.at_level(logging.WARNING):
        shutil.rmtree(project.folder)
        wait_until(lambda: CANNOT in caplog.text, what="the warning")
        database.parent.mkdir(parents=True)
        shutil.copy(tmp_path / "copy.db", database)
        (told,) = wait_until(patient.told, what="the status")
        patient.sim.interactor.set_in("stop_simulation", True)
        assert patient.sim.wait(60)
    n_stored = len(project.store.read_scalars(patient.sim_id, "score")[0])
    assert told.endswith(
        f"; {patient.n_done - n_stored:,} points that were stored before are gone."
    )


def test_a_death_while_the_project_is_away_is_said_once_and_stored_later(
    tracker: SimulationTracker, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    patient = Patient(tracker, tmp_path / "log")
    project, owner = tracker.project, tracker.project.store.simulation(patient.sim_id).owner
    assert owner is not None
    with caplog.at_level(logging.WARNING):
        project.folder.rename(tmp_path / "away")
        os.kill(owner.pid, signal.SIGKILL)
        wait_until(lambda: "ended cannot be stored now" in caplog.text, what="the warning")
        time.sleep(1.2)  # not for luck: so long it tries again
        (tmp_path / "away").rename(project.folder)
        assert patient.sim.wait(60)
    assert caplog.text.count("ended cannot be stored now") == 1
    assert patient.sim.state is SimState.LOST
    (status,) = project.store.statuses([patient.sim_id])
    assert "was killed by SIGKILL" in status.status.details
