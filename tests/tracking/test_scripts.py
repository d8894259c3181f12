"""Scripts that track themselves, and end in every way that a process can."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import gymdash_jupyter as gd
from tests.launch.other_process import ROOT, OtherProcess
from tests.tracking.conftest import Ask
from tests.waiting import wait_until

HEAD = """
import os, sys, threading, time
import gymdash_jupyter as gd
gd.open_project(sys.argv[1])
"""

LOOP = """
with gd.track("loop") as sim:
    for step in range(500):
        sim.scalar("a", step, step)
    print("ready", flush=True)
    for step in sim.steps(10**9):
        time.sleep(0.01)
"""

Words = Callable[[str], tuple[str, str]]


def run(code: str, project_dir: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", HEAD + code, str(project_dir)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def state_of(ask: Ask, name: str) -> str:
    return str(
        ask("SELECT state FROM runtime JOIN simulations USING (sim_id) WHERE name = ?", name)[0][0]
    )


def test_a_script_that_forgets_to_finish_ends_and_is_no_success(
    project_dir: Path, ask: Ask, last_words: Words
) -> None:
    done = run("sim = gd.track('forgotten'); sim.scalar('a', 1)", project_dir)
    assert (done.returncode, done.stderr) == (0, "")
    assert state_of(ask, "forgotten") == "cancelled"
    assert "without finish()" in last_words("forgotten")[0]


def test_an_exception_that_ends_a_script_fails_what_is_open(
    project_dir: Path, ask: Ask, last_words: Words
) -> None:
    done = run("sim = gd.track('open'); {}['key']", project_dir)
    assert done.returncode == 1
    assert state_of(ask, "open") == "failed"
    assert last_words("open")[1].endswith("KeyError: 'key'\n")


EXIT = """
sim = gd.track('exits')
with gd.track('exits in a block'):
    sys.exit({code})
"""


@pytest.mark.parametrize(("code", "state"), [(3, "failed"), (0, "succeeded")])
def test_an_exit_tells_a_block_how_it_ended_and_nothing_else(
    code: int, state: str, project_dir: Path, ask: Ask, last_words: Words
) -> None:
    done = run(EXIT.replace("{code}", str(code)), project_dir)
    assert done.returncode == code
    assert state_of(ask, "exits in a block") == state
    assert state_of(ask, "exits") == "cancelled"
    assert "without finish()" in last_words("exits")[0]


def test_ctrl_c_cancels_it_and_ends_the_script(
    project_dir: Path, ask: Ask, last_words: Words
) -> None:
    with OtherProcess(HEAD + LOOP, project_dir) as script:
        assert script.line() == "ready"
        script.signal(signal.SIGINT)
        assert script.process.wait(60) == -signal.SIGINT
    assert state_of(ask, "loop") == "cancelled"
    assert "Ctrl-C" in last_words("loop")[0]


def test_a_script_that_is_killed_is_lost_with_all_that_it_said(
    project_dir: Path, ask: Ask
) -> None:
    with OtherProcess(HEAD + LOOP, project_dir) as script:
        assert script.line() == "ready"
        gd.open_project(project_dir)
        wait_until(lambda: len(gd.scalars("a")) == 500, what="what it said to be stored")
        script.signal(signal.SIGKILL)
        script.process.wait(60)
    gd.open_project(project_dir)
    assert state_of(ask, "loop") == "lost"
    assert gd.scalars("a").value.tolist() == list(range(500))


@pytest.mark.slow
def test_a_script_is_seen_and_stopped_from_a_shell(project_dir: Path, ask: Ask) -> None:
    shell = [sys.executable, "-m", "gymdash_jupyter"]
    code = HEAD + LOOP + "print('went on', sim.state)"
    with OtherProcess(code, project_dir) as script:
        assert script.line() == "ready"
        assert state_of(ask, "loop") == "running"
        subprocess.run(
            [*shell, "stop", "loop", "-d", str(project_dir)], cwd=ROOT, check=True, timeout=60
        )
        assert script.line() == "went on cancelled"
        assert script.process.wait(60) == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_forked_workers_track_what_they_do_themselves(project_dir: Path, ask: Ask) -> None:
    code = """
import multiprocessing
def train(seed):
    with gd.track("child", {"seed": seed}) as sim:
        for step in range(300):
            sim.scalar("a", seed, step)
    return seed
with gd.track("parent") as parent:
    stop = threading.Event()
    def talk():
        while not stop.wait(0.001):
            parent.scalar("b", 1)
    talking = threading.Thread(target=talk); talking.start()
    with multiprocessing.get_context("fork").Pool(3) as pool:
        assert sorted(pool.map(train, range(3))) == [0, 1, 2]
    stop.set(); talking.join()
"""
    done = run(code, project_dir)
    assert (done.returncode, done.stderr) == (0, "")
    assert ask("SELECT name, is_done, failed FROM simulations ORDER BY name") == [
        ("child", 1, 0),
        ("child", 1, 0),
        ("child", 1, 0),
        ("parent", 1, 0),
    ]
    gd.open_project(project_dir)
    counts = gd.scalars("a").groupby("sim_id", observed=True).value.agg(["count", "nunique"])
    assert counts.to_numpy().tolist() == [[300, 1]] * 3


@pytest.mark.slow
def test_a_locked_database_stops_no_loop_and_loses_nothing(project_dir: Path) -> None:
    import sqlite3
    from contextlib import closing

    code = """
with gd.track("locked") as sim:
    print("ready", flush=True)
    input()
    for step in range(2000):
        sim.scalar("a", step, step)
    print("said", flush=True)
    input()
print("ended", sim.state, flush=True)
"""
    with OtherProcess(HEAD + code, project_dir) as script:
        assert script.line() == "ready"
        path = project_dir / "db" / "simulations.db"
        with closing(sqlite3.connect(path, isolation_level=None)) as locker:
            locker.execute("BEGIN IMMEDIATE")
            script.say()
            assert script.line() == "said"
            script.say()
            locker.execute("ROLLBACK")
        assert script.line(60) == "ended succeeded"
        assert script.process.wait(60) == 0
    gd.open_project(project_dir)
    wait_until(lambda: len(gd.scalars("a")) == 2000)
