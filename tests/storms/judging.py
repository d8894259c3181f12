"""Compare a project with what simulations logged beside it and with the processes that are there."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import numpy as np
import psutil

from gymdash_jupyter.project import Project
from gymdash_jupyter.states import ACTIVE_STATES, SimState
from tests.storms.samples import KEY, values_at
from tests.storms.step_log import read_log

FLUSH_INTERVAL_S = 0.1
SLACK_S = 0.2
"""How much later than it should a flush may begin or a kill arrive, on a machine that does other things, too."""


@dataclass(frozen=True)
class Loss:
    """What of a simulation's points a kill took.

    Attributes:
        n_points: How many points are stored.
        n_lost: How many more were recorded.
        age_s: How old the oldest of those was when the process died; 0 when none was lost.
        allowed_s: How old it may have been: the flush interval and the time that its last flushes took.
    """

    n_points: int
    n_lost: int
    age_s: float
    allowed_s: float


def check_sound(project: Project) -> None:
    """Check the file with nothing but SQLite's own tools; this opens it as any other program would."""
    with closing(sqlite3.connect(project.db_path, timeout=30)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def stored_steps(project: Project, sim_id: UUID) -> int:
    """Check that points are there from the first on, each once, in order and right, and count them."""
    points, cursor = project.store.read_scalars(sim_id, KEY)
    assert np.array_equal(points.steps, np.arange(len(points)))
    assert np.array_equal(points.values, values_at(points.steps))
    assert cursor == len(points)
    return cursor


def loss(project: Project, sim_id: UUID, log: Path) -> Loss:
    """Compare the points of a dead simulation with its log."""
    logged, flushes = read_log(log), read_log(f"{log}.flushes")
    n_stored = stored_steps(project, sim_id)
    if len(logged) == 0:
        return Loss(n_stored, 0, 0.0, FLUSH_INTERVAL_S)
    begins, ends = flushes[::2], flushes[1::2]
    died = float(logged[-1])
    flushed = begins[len(ends) - 1] if len(ends) else logged[0]
    # Whatever was recorded before a flush that has ended began is stored: no tolerance here.
    assert np.count_nonzero(logged < flushed) <= n_stored <= len(logged) + 1
    last = float(ends[-1] - flushed) if len(ends) else 0.0
    unfinished = died - float(begins[-1]) if len(begins) > len(ends) else 0.0
    n_lost = max(0, len(logged) - n_stored)
    age_s = died - float(logged[n_stored]) if n_lost else 0.0
    return Loss(n_stored, n_lost, age_s, FLUSH_INTERVAL_S + last + max(0.0, unfinished))


def wrong_states(project: Project) -> list[str]:
    """Name the simulations whose state in the project is not what their process says."""
    wrong = []
    for record in project.store.simulations():
        if record.owner is None:
            continue
        is_there = _is_there(record.owner.pid, project)
        if record.state in ACTIVE_STATES and not is_there:
            wrong.append(f"{record.name} is {record.state} and its process is dead")
        if record.state is SimState.LOST and is_there:
            wrong.append(f"{record.name} is lost and its process lives")
    return wrong


def _is_there(pid: int, project: Project) -> bool:
    """Tell whether a process lives and is a worker of the project or a kernel; numbers of dead ones are given again."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        command = process.cmdline()
    except psutil.NoSuchProcess:
        return False
    return str(project.folder) in command or "ipykernel_launcher" in command
