"""Many processes write and read one project at once: nobody meets an error, and nothing is missing."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from gymdash_jupyter.output import OUTPUT_FILE
from gymdash_jupyter.project import Project
from gymdash_jupyter.states import SimState
from gymdash_jupyter.tracker import SimulationTracker
from tests.launch.other_process import OtherProcess
from tests.storms.conftest import Told
from tests.storms.judging import check_sound, stored_steps
from tests.storms.samples import writing
from tests.storms.step_log import read_log
from tests.waiting import wait_until

# Reads what a notebook's frames and a panel's refresh read, over and over, until its input ends.
READING = """
import json, logging, sys, threading, time
import gymdash_jupyter as gd
logging.basicConfig(level=logging.WARNING, stream=sys.stdout)
store = gd.open_project(sys.argv[1], read_only=sys.argv[2] == "True").store
over = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
gd.scalars()  # so that no import is timed
print("ready")
cursor, n_reads, longest_s, n_rows, longest_look_s = 0, 0, 0.0, 0, 0.0
while not over.wait(0.1):
    begin = time.monotonic()
    changes = store.changes(cursor)
    assert changes.tick >= cursor
    cursor = changes.tick
    looked = time.monotonic()
    newest = gd.scalars()
    assert len(newest) >= n_rows, "points are gone"
    n_rows = len(newest)
    assert len(gd.simulations()) == int(sys.argv[3])
    n_reads += 1
    longest_look_s = max(longest_look_s, looked - begin)
    longest_s = max(longest_s, time.monotonic() - looked)
print(json.dumps([n_reads, longest_look_s, longest_s]))
"""


@dataclass(frozen=True)
class _Writer:
    sim_id: UUID
    log: Path


def _storm(
    tracker: SimulationTracker,
    scratch: Path,
    tell: Told,
    *,
    n_writers: int,
    n_readers: int,
    seconds: float,
    rate: int,
) -> None:
    project = tracker.project
    writers = _started(tracker, scratch, n_writers, rate)
    with ExitStack() as stack:
        readers = [
            stack.enter_context(OtherProcess(READING, project.folder, bool(i % 2), n_writers))
            for i in range(n_readers)
        ]
        for reader in readers:
            assert reader.line(60) == "ready"
        for writer in writers:
            wait_until(lambda log=writer.log: len(read_log(log)) > 100, 60, what="all to write")
        begin, n_before = time.monotonic(), _n_points(project)
        time.sleep(seconds)  # not for luck: the storm lasts so long
        per_second = (_n_points(project) - n_before) / (time.monotonic() - begin)
        ids = [writer.sim_id for writer in writers]
        for sim_id in ids:
            tracker.cancel(sim_id)
        states = tracker.wait(ids, 60)
        figures = [_ended(reader) for reader in readers]
    assert set(states.values()) == {SimState.CANCELLED}
    check_sound(project)
    for writer in writers:
        assert stored_steps(project, writer.sim_id) == len(read_log(writer.log))
        printed = project.sim_folder(writer.sim_id) / OUTPUT_FILE
        assert printed.read_text() == "", "a writer had an error or a warning"
        (said,) = project.store.statuses([writer.sim_id])
        assert said.status.details == "Simulation stopped."
    flushes = np.concatenate([_flush_times(writer.log) for writer in writers])
    tell("writers, readers", f"{n_writers}, {n_readers} for {seconds:g} s")
    tell("points stored", f"{_n_points(project):,} ({per_second:,.0f}/s)")
    tell(
        "flush, median and longest",
        f"{np.median(flushes) * 1000:.1f} and {flushes.max() * 1000:.0f} ms of {len(flushes):,}",
    )
    tell("what is new, longest", f"{max(f[1] for f in figures) * 1000:.0f} ms")
    tell("all points as a frame, longest", f"{max(f[2] for f in figures) * 1000:.0f} ms")
    tell("reads", f"{sum(f[0] for f in figures):.0f}")


def _started(tracker: SimulationTracker, scratch: Path, n: int, rate: int) -> list[_Writer]:
    writers = []
    for i in range(n):
        log = scratch / f"writer-{i}"
        writers.append(_Writer(tracker.start_sim(writing(log, log.name, rate=rate))[0], log))
    return writers


def _ended(reader: OtherProcess) -> list[float]:
    assert reader.process.stdin is not None
    reader.process.stdin.close()
    last = reader.line(60)
    assert reader.ended() == 0, reader.output
    assert reader.output == ["ready", last]
    figures: list[float] = json.loads(last)
    return figures


def _n_points(project: Project) -> int:
    return sum(info.n for info in project.store.series())


def _flush_times(log: Path) -> np.ndarray:
    flushes = read_log(f"{log}.flushes")
    whole = flushes[: len(flushes) // 2 * 2].reshape(-1, 2)
    times: np.ndarray = whole[:, 1] - whole[:, 0]
    return times


def test_several_writers_and_readers_meet_no_error(
    tracker: SimulationTracker, tmp_path: Path, tell: Told
) -> None:
    _storm(tracker, tmp_path, tell, n_writers=5, n_readers=2, seconds=2, rate=5_000)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_sixteen_writers_and_four_readers_meet_no_error(
    tracker: SimulationTracker, tmp_path: Path, tell: Told
) -> None:
    _storm(tracker, tmp_path, tell, n_writers=16, n_readers=4, seconds=30, rate=3_000)
