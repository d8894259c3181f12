"""What strangers to the code tripped over once."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import gymdash_jupyter as gd
from gymdash_jupyter.errors import InvalidArgumentError, InvalidSimulationTypeError
from gymdash_jupyter.project import Project
from gymdash_jupyter.states import SimState
from gymdash_jupyter.tracker import SimulationTracker
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Quick(gd.Simulation):
    def _run(self, **kwargs: object) -> None:
        self.result = kwargs


class WithoutKwargs(gd.Simulation):
    def _run(self) -> None:
        pass


class NoSuper(gd.Simulation):
    def __init__(self, config: gd.SimulationStartConfig) -> None:
        pass

    def _run(self) -> None:
        pass


@pytest.fixture
def tracker(project_dir: Path) -> Iterator[SimulationTracker]:
    made = SimulationTracker(project=Project.open(project_dir))
    yield made
    records = made.project.store.simulations()
    made.wait([r.sim_id for r in records if r.state is not SimState.CREATED], 60)


def test_a_callback_that_exits_harms_no_other(tracker: SimulationTracker) -> None:
    sim_id, simulation = tracker.create_simulation(Quick)
    called: list[str] = []
    simulation.add_callback(simulation.END_RUN, lambda: sys.exit(1))
    simulation.add_callback(simulation.END_RUN, lambda: called.append("second"))
    tracker.on_all_done(sim_id, lambda: called.append("all"))
    tracker.start_sim(simulation)
    tracker.wait(sim_id, 60)
    assert called == ["second", "all"]
    assert any("SystemExit" in status.details for status in simulation.statuses)


def test_a_start_kwarg_may_be_called_x(tracker: SimulationTracker) -> None:
    sim_id, simulation = tracker.start_sim(Quick, x=5)
    tracker.wait(sim_id, 60)
    assert simulation.result == {"x": 5}


@pytest.mark.parametrize(
    ("xs", "kwargs"), [([Quick, WithoutKwargs], {"n": 1}), ([Quick, NoSuper], {})]
)
def test_a_group_that_is_refused_leaves_nothing(
    tracker: SimulationTracker, xs: list[type[gd.Simulation]], kwargs: dict[str, int]
) -> None:
    with pytest.raises((InvalidArgumentError, InvalidSimulationTypeError)):
        tracker.start_sims(xs, **kwargs)
    assert tracker.project.store.simulations() == []


def test_one_simulation_twice_in_a_group_is_refused_before_it_starts(
    tracker: SimulationTracker,
) -> None:
    simulation = Quick(gd.SimulationStartConfig(name="once", sim_key=""))
    with pytest.raises(InvalidArgumentError, match="given twice"):
        tracker.start_sims([simulation, simulation])
    assert simulation.state == "created"


def test_forgetting_super_init_is_told(tracker: SimulationTracker) -> None:
    with pytest.raises(InvalidSimulationTypeError, match=r"super\(\).__init__\(config\)"):
        tracker.start_sim(NoSuper)


def test_the_closing_status_is_the_last_one(tracker: SimulationTracker) -> None:
    class OddStep(gd.Simulation):
        def _run(self) -> None:
            self.recorder.scalar("x", 1.0, 2**63)

    sim_id, simulation = tracker.start_sim(OddStep)
    tracker.wait(sim_id, 60)
    details = [status.details for status in simulation.statuses]
    assert "64 bits" in details[0]
    assert details[-1] == "Simulation successfully run."


def test_a_config_with_nan_is_strict_json(tracker: SimulationTracker) -> None:
    config = gd.SimulationStartConfig(name="n", sim_key="k", kwargs={"clip": float("inf")})
    tracker.create_simulation(Quick(config))
    with sqlite3.connect(tracker.project.db_path) as connection:
        name = connection.execute(
            "SELECT json_extract(config, '$.name') FROM simulations"
        ).fetchone()
        text = connection.execute("SELECT config FROM simulations").fetchone()[0]
    assert name == ("n",)
    json.loads(text, parse_constant=lambda constant: pytest.fail(f"{constant} is not JSON"))
    assert tracker.project.store.simulations()[0].config.kwargs == {"clip": float("inf")}


_KILLED = """
import os, signal, sys, time
import gymdash_jupyter as gd
class Endless(gd.Simulation):
    def _run(self):
        while True: time.sleep(0.01)
gd.SimulationRegistry.register(Endless)
gd.open_project(sys.argv[1])
t = gd.SimulationTracker("thread")
t.start_sim("Endless"); t.queue_sim("Endless")
while gd.simulations().state.tolist() != ["running", "queued"]: time.sleep(0.01)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_had_queued_is_lost_too(project_dir: Path) -> None:
    subprocess.run([sys.executable, "-c", _KILLED, str(project_dir)], check=False, timeout=120)
    project = gd.ProjectManager.open(project_dir)
    assert [record.state for record in project.store.simulations()] == ["lost", "lost"]


def test_asking_in_a_loop_notices_a_death(project_dir: Path) -> None:
    tracker = SimulationTracker(project=Project.open(project_dir))
    child = subprocess.Popen(
        [
            sys.executable,
            "-c",
            _KILLED.replace("os.kill(", "input() or os.kill("),
            str(project_dir),
        ],
        stdin=subprocess.PIPE,
    )
    store = tracker.project.store
    wait_until(lambda: [r.state for r in store.simulations()] == ["running", "queued"], 30)
    ids = [record.sim_id for record in store.simulations()]
    assert tracker.any_running(ids)
    child.communicate(b"\n", timeout=60)
    wait_until(lambda: tracker.all_done(ids), 60, what="the loop to notice the death")
