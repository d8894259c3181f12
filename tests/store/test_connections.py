"""Threads, forks and locks: who gets a connection, who waits for whom, and for how long."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from gymdash_jupyter.errors import GymDashError, StopSimException, StoreBusyError
from gymdash_jupyter.records import Answer, Batch
from gymdash_jupyter.states import SimState
from gymdash_jupyter.store import Move, connections, forks, open_store
from gymdash_jupyter.store.sources import open_for_writing
from gymdash_jupyter.store.sqlite import SqliteStore
from tests.store.makers import NOON, OWNER, batch, created, running, status
from tests.waiting import wait_until

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
needs_proc = pytest.mark.skipif(
    not Path("/proc/self/fd").exists(), reason="the system does not list open files"
)


@pytest.fixture
def impatient(database: Path) -> Iterator[SqliteStore]:
    """Give a store that waits 0.2 s when it flushes and 0.05 s otherwise."""
    open_store(database).close()
    with closing(SqliteStore(database, flush_patience_s=0.2, patience_s=0.05)) as store:
        yield store


@pytest.fixture
def held(database: Path, impatient: SqliteStore) -> Iterator[sqlite3.Connection]:
    """Hold the database's write lock."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield connection


def in_thread(work: Callable[[], object]) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def in_fork(work: Callable[[], None]) -> int:
    """Run work in a forked child and give its exit status."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


# Patience


def test_a_person_waits_shortly_and_is_told_who_to_look_for(
    impatient: SqliteStore, held: sqlite3.Connection
) -> None:
    with pytest.raises(StoreBusyError, match="suspended in the middle of a write") as caught:
        created(impatient)
    assert caught.value.waited_s == 0.05


def test_a_flush_waits_longer_and_its_points_are_not_lost(
    database: Path, impatient: SqliteStore, held: sqlite3.Connection
) -> None:
    held.execute("ROLLBACK")
    sim_id = running(impatient)
    held.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusyError, match=r"0\.2 s"):
        impatient.write([batch(sim_id, k=[1.0])])
    held.execute("ROLLBACK")
    impatient.write([batch(sim_id, k=[1.0])])
    assert impatient.read_scalars(sim_id, "k")[1] == 1


def test_reading_never_waits_for_a_writer(
    impatient: SqliteStore, held: sqlite3.Connection
) -> None:
    assert impatient.simulations() == []


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="the system does not list locks")
def test_the_process_that_holds_the_lock_is_named(database: Path, impatient: SqliteStore) -> None:
    program = (
        "import sqlite3, sys; con = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "con.execute('BEGIN IMMEDIATE'); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(StoreBusyError, match=f"process with id {holder.pid} holds it"):
            created(impatient)
        assert holder.stdin is not None
        holder.stdin.close()


def test_an_interrupted_write_leaves_nothing_behind(
    database: Path, impatient: SqliteStore
) -> None:
    def interrupted(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO api_calls (name) VALUES ('half')")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        impatient._write(interrupted)
    assert impatient.api_calls() == []
    impatient.log_call("start", 0, None)


# Threads


@needs_proc
def test_threads_that_ended_hold_no_files(store: SqliteStore) -> None:
    def use() -> None:
        store.simulations()
        store.log_call("start", 0, None)

    in_thread(use)
    before = _open_files(store.path)
    for _ in range(1000):
        in_thread(use)
    wait_until(
        lambda: _open_files(store.path) <= before + 2,
        what="the threads' files to be closed",
    )


@needs_proc
def test_closing_closes_the_files_of_all_threads(database: Path) -> None:
    store = open_store(database)
    used, may_end = threading.Barrier(4), threading.Event()
    errors: list[BaseException] = []

    def use() -> None:
        store.log_call("start", 0, None)
        used.wait()
        may_end.wait()
        try:
            store.simulations()
        except GymDashError as exc:
            errors.append(exc)

    threads = [threading.Thread(target=use) for _ in range(3)]
    for thread in threads:
        thread.start()
    used.wait()
    assert _open_files(database) > 0
    store.close()
    assert _open_files(database) == 0
    may_end.set()
    for thread in threads:
        thread.join()
    assert ["is closed" in str(error) for error in errors] == [True] * 3


def test_closing_waits_for_a_write_in_progress(store: SqliteStore) -> None:
    inside, may_go_on = threading.Event(), threading.Event()

    def slow(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO api_calls (name) VALUES ('slow')")
        inside.set()
        may_go_on.wait()

    writer = threading.Thread(target=store._write, args=(slow,))
    writer.start()
    inside.wait()
    closer = threading.Thread(target=store.close)
    closer.start()
    may_go_on.set()
    writer.join()
    closer.join()
    with closing(open_store(store.path)) as again:
        assert [call.name for call in again.api_calls()] == ["slow"]


# Forks


@needs_fork
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_forked_child_opens_its_own_connection(store: SqliteStore) -> None:
    sim_id = running(store)
    parents = id(store._connections._local.handle.connection)

    def work() -> None:
        store.write([batch(sim_id, k=[2.0])])
        assert id(store._connections._local.handle.connection) != parents
        store.close()

    assert in_fork(work) == 0
    store.write([batch(sim_id, k=[3.0])])
    assert store.read_scalars(sim_id, "k")[0].values.tolist() == [2.0, 3.0]


@needs_fork
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_forking_waits_for_a_short_write_so_that_the_child_can_write(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forks, "_PATIENCE_S", 60)  # on a busy machine, nothing is short
    sim_id = running(store)
    inside = threading.Event()

    def short(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO api_calls (name) VALUES ('parent')")
        inside.set()
        threading.Event().wait(0.1)

    writer = threading.Thread(target=store._write, args=(short,))
    writer.start()
    inside.wait()
    assert in_fork(lambda: store.write([batch(sim_id, k=[2.0])])) == 0
    writer.join()
    assert store.read_scalars(sim_id, "k")[0].values.tolist() == [2.0]


@needs_fork
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_fork_in_the_middle_of_a_write_harms_nobody(store: SqliteStore) -> None:
    sim_id = running(store)
    inside, may_go_on = threading.Event(), threading.Event()

    def slow(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO api_calls (name) VALUES ('parent')")
        inside.set()
        may_go_on.wait()

    def child() -> None:
        import gc

        gc.collect()
        assert [record.sim_id for record in store.simulations()] == [sim_id]

    writer = threading.Thread(target=store._write, args=(slow,))
    writer.start()
    inside.wait()
    status = in_fork(child)
    may_go_on.set()
    writer.join()
    assert status == 0
    assert [call.name for call in store.api_calls()] == ["parent"]
    with closing(sqlite3.connect(store.path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


# Network drives


def test_on_a_network_drive_a_rollback_journal_is_used(database: Path) -> None:
    database.touch()
    with closing(SqliteStore(database, is_on_network=True)) as store:
        store.prepare()
        store.write([batch(running(store), k=[1.0])])
        assert store.is_on_network
        assert not Path(f"{database}-wal").exists()
        assert store._read(lambda con: con.execute("PRAGMA synchronous").fetchone()[0]) == 2
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_writers_in_both_journal_modes_get_along(database: Path) -> None:
    with (
        closing(open_store(database)) as wal,
        closing(SqliteStore(database, is_on_network=True)) as rollback,
    ):
        sim_id = running(wal)
        for number in range(10):
            rollback.write([batch(sim_id, k=[float(number)])], owner=OWNER)
            wal.write([Batch(sim_id)], owner=OWNER)
        assert wal.read_scalars(sim_id, "k")[1] == 10


def test_what_a_simulation_says_waits_longer_than_a_person(
    database: Path, impatient: SqliteStore, held: sqlite3.Connection
) -> None:
    held.execute("ROLLBACK")
    sim_id = running(impatient)
    asked = impatient.ask(sim_id, "progress", None)
    held.execute("BEGIN IMMEDIATE")
    patient = (
        lambda: impatient.move(Move(sim_id, SimState.PAUSED, NOON, owner=OWNER)),
        lambda: impatient.add_statuses(sim_id, [status()]),
        lambda: impatient.answer(asked, Answer(1)),
        lambda: impatient.finish(Batch(sim_id), Move(sim_id, SimState.FAILED, NOON, owner=OWNER)),
        lambda: impatient.settle(sim_id, OWNER, status()),
    )
    for act in patient:
        with pytest.raises(StoreBusyError, match=r"0\.2 s"):
            act()
    with pytest.raises(StoreBusyError, match=r"0\.05 s"):
        impatient.move(Move(sim_id, SimState.FAILED, NOON))


def test_a_turn_that_was_never_given_back_does_not_stop_writing(impatient: SqliteStore) -> None:
    in_thread(impatient._connections._writing_turn.acquire)
    created(impatient)
    assert len(impatient.simulations()) == 1


def test_a_turn_that_was_never_given_back_is_waited_for_once(impatient: SqliteStore) -> None:
    in_thread(impatient._connections._writing_turn.acquire)
    impatient.write([batch(created(impatient))])
    assert impatient._connections._writing_turn.acquire(blocking=False)


class _Interrupted:
    """A turn in which a stop comes just when it is got."""

    def __init__(self) -> None:
        self.turn = threading.RLock()
        self.release = self.turn.release

    def acquire(self, timeout: float) -> bool:
        self.turn.acquire(timeout=timeout)
        raise StopSimException


def test_a_stop_that_comes_just_when_a_turn_is_got_gives_it_back(
    impatient: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted = _Interrupted()
    with monkeypatch.context() as patch:
        patch.setattr(impatient._connections, "_writing_turn", interrupted)
        with pytest.raises(StopSimException):
            created(impatient)
    taken = []
    in_thread(lambda: taken.append(interrupted.turn.acquire(blocking=False)))
    assert taken == [True]


def test_a_connection_that_is_opened_while_the_store_closes_does_not_stay_open(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(database)
    opened = []

    def open_slowly(path: Path) -> Any:
        opened.append(open_for_writing(path))
        store.close()
        return opened[0]

    monkeypatch.setattr(connections, "open_for_writing", open_slowly)
    refusals: list[object] = []

    def read() -> None:
        with pytest.raises(GymDashError, match="is closed") as refusal:
            store.tick()
        refusals.append(refusal)

    in_thread(read)
    assert refusals
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        opened[0].connection.execute("SELECT 1")


def _open_files(database: Path) -> int:
    """Count the files of a database that this process has open; those of other tests come and go."""
    targets = []
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # the one that lists, and those that are closed meanwhile
            targets.append(str(entry.readlink()))
    return sum(target.startswith(str(database)) for target in targets)


def test_a_program_that_ends_without_closing_leaves_only_the_database(database: Path) -> None:
    assert _run(_PROGRAM, database).returncode == 0
    assert [path.name for path in database.parent.iterdir()] == [database.name]


def test_a_program_that_ends_while_threads_write_does_not_crash(database: Path) -> None:
    threads = (
        "def work():\n"
        "    while True: store.log_call('again', 0, None); store.api_calls()\n"
        "[threading.Thread(target=work, daemon=True).start() for _ in range(3)]"
    )
    done = _run(f"{_PROGRAM}\n{threads}", database)
    assert (done.returncode, done.stderr) == (0, "")
    with closing(open_store(database)) as store:
        assert store.api_calls()[0].name == "start"


_PROGRAM = (
    "import sys, threading; from pathlib import Path; from gymdash_jupyter.store import open_store;"
    "store = open_store(Path(sys.argv[1])); store.log_call('start', 0, None)"
)


def _run(program: str, database: Path) -> subprocess.CompletedProcess[str]:
    arguments = [sys.executable, "-c", program, str(database)]
    return subprocess.run(arguments, capture_output=True, text=True, check=False)
