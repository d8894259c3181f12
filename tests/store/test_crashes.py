"""Processes that are killed, and many that write at once."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from gymdash_jupyter.store import ProjectStore, open_store
from tests.store.makers import created, running
from tests.waiting import wait_until

WRITER = """
import sys
from pathlib import Path
from uuid import UUID
import numpy as np
from gymdash_jupyter.records import Batch, ScalarSeries
from gymdash_jupyter.store import open_store
from tests.store.makers import OWNER

store, sim_id = open_store(Path(sys.argv[1])), UUID(sys.argv[2])
n_flushes, n_points = int(sys.argv[3]), int(sys.argv[4])
for flush in range(n_flushes):
    numbers = np.arange(flush * n_points, (flush + 1) * n_points, dtype=np.int64)
    points = ScalarSeries(numbers, numbers.astype(float), numbers.astype(float))
    store.write([Batch(sim_id, {f"k{key}": points for key in range(3)})], owner=OWNER)
    print(flush + 1, flush=True)
"""


@contextmanager
def writer(
    database: Path, sim_id: UUID, n_flushes: int, n_points: int
) -> Iterator[subprocess.Popen[str]]:
    arguments = [
        sys.executable,
        "-c",
        WRITER,
        str(database),
        str(sim_id),
        str(n_flushes),
        str(n_points),
    ]
    with subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        yield process


def check_sound(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def check_points(store: ProjectStore, sim_id: UUID, at_least: int) -> None:
    """Whatever was told to be written is there, in order and without a gap; the series go hand in hand."""
    lengths = set()
    for key in ("k0", "k1", "k2"):
        points, cursor = store.read_scalars(sim_id, key)
        assert points.steps.tolist() == list(range(len(points)))
        assert cursor == len(points) >= at_least
        lengths.add(cursor)
    assert len(lengths) == 1


@pytest.mark.parametrize("seed", range(3))
def test_a_kill_in_the_middle_of_writing_loses_no_flush(database: Path, seed: int) -> None:
    _kill_and_check(database, 3 + 17 * seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40))
def test_a_kill_at_any_moment_loses_no_flush(database: Path, seed: int) -> None:
    _kill_and_check(database, 1 + 5 * seed)


def test_many_processes_write_without_an_error(database: Path) -> None:
    _storm(database, n_writers=4, n_flushes=60)


@pytest.mark.slow
def test_sixteen_writers_and_four_readers_meet_no_error(database: Path) -> None:
    _storm(database, n_writers=16, n_flushes=300)


def test_many_processes_open_a_new_project_at_once(database: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from gymdash_jupyter.store import open_store;"
        "from tests.store.makers import created; sys.stdin.readline();"
        "store = open_store(Path(sys.argv[1])); created(store); store.close()"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(database)],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    errors = [process.communicate("go\n")[1] for process in processes]
    assert errors == [""] * 6
    with closing(open_store(database)) as store:
        assert len(store.simulations()) == 6
    check_sound(database)


def _kill_and_check(database: Path, after_flushes: int) -> None:
    with closing(open_store(database)) as store:
        sim_id = running(store)
    told = 0
    with writer(database, sim_id, 100_000, 700) as process:
        assert process.stdout is not None
        while told < after_flushes:
            told = int(process.stdout.readline())
        process.kill()
        # What it said before it died counts, too.
        told = max([told, *(int(line) for line in process.stdout.read().split("\n")[:-1])])
    with closing(open_store(database)) as store:
        check_points(store, sim_id, told * 700)
    check_sound(database)


def _storm(database: Path, *, n_writers: int, n_flushes: int) -> None:
    with closing(open_store(database)) as store:
        ids = [running(store) for _ in range(n_writers)]
        arguments = [sys.executable, "-c", WRITER, str(database)]
        writers = [
            subprocess.Popen(
                [*arguments, str(sim_id), str(n_flushes), "50"],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            for sim_id in ids
        ]
        with closing(open_store(database, read_only=True)) as reader:
            wait_until(
                lambda: _look_around(store, reader, writers), 170, what="all writers to end"
            )
        errors = [process.communicate()[1] for process in writers]
        assert errors == [""] * n_writers
        for sim_id in ids:
            check_points(store, sim_id, n_flushes * 50)
        created(store)
    check_sound(database)


def _look_around(
    store: ProjectStore, reader: ProjectStore, writers: list[subprocess.Popen[str]]
) -> bool:
    for viewer in (store, reader):
        table = viewer.read_table()
        sums = np.diff(table.starts)
        assert sums.sum() == len(table.steps)
    store.log_call("look", 0, None)
    return all(process.poll() is not None for process in writers)
