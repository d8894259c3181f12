"""Many at once, with everything happening to them; afterwards every account of it says the same."""

from __future__ import annotations

import json
import random
import sqlite3
import threading
import time
from collections import Counter
from contextlib import suppress
from typing import Any

import pytest

from gymdash_jupyter.errors import GymDashError, QueryError
from gymdash_jupyter.project import Project
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.states import SimState, flags_of
from gymdash_jupyter.tracker import SimulationTracker
from tests.launch.other_process import OtherProcess, locked
from tests.launch.samples import Deaf, FailingRun, FailingSetup, Polite, Quick, made
from tests.tracker.conftest import done
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

KINDS = [Quick, Quick, Polite, Polite, FailingRun, FailingSetup, Deaf]


def consistent(project: Project, sims: list[Simulation]) -> None:
    """Check that the simulations, the store and plain SQL tell one story."""
    connection = sqlite3.connect(project.db_path)
    rows = {
        row[0]: row[1:]
        for row in connection.execute(
            "SELECT sim_id, is_done, cancelled, failed, force_stopped, ended FROM simulations"
        )
    }
    n_closings = dict(
        connection.execute(
            "SELECT sim_id, count(*) FROM sim_status WHERE code != 2 GROUP BY sim_id"
        )
    )
    (n_waiting,) = connection.execute(
        "SELECT count(*) FROM commands WHERE state = 'waiting'"
    ).fetchone()
    (integrity,) = connection.execute("PRAGMA integrity_check").fetchone()
    connection.close()
    assert integrity == "ok"
    assert n_waiting == 0
    assert len(rows) == len(sims)
    for sim in sims:
        record = project.store.simulation(sim.sim_id)
        assert sim.state is record.state
        assert sim.state.is_terminal
        assert rows[str(sim.sim_id)][:4] == tuple(
            map(int, flags_of(record.state, was_killed=sim.force_stopped))
        )
        assert rows[str(sim.sim_id)][4] is not None
        assert n_closings[str(sim.sim_id)] == 1
        stored = project.store.read_scalars(sim.sim_id, "score")[0].steps.tolist()
        assert stored == list(range(stored[0], stored[0] + len(stored))) if stored else True


class Tally:
    """Counts what is called, from many threads."""

    def __init__(self) -> None:
        self.seen: Counter[tuple[str, Any]] = Counter()
        self._lock = threading.Lock()

    def count(self, what: str, of: Any) -> None:
        with self._lock:
            self.seen[what, of] += 1

    def listen(
        self, tracker: SimulationTracker, other: SimulationTracker, sims: list[Simulation]
    ) -> None:
        for sim in sims:
            for event in ("start_setup", "start_run", "end_run"):
                sim.add_callback(event, lambda s, event=event: self.count(event, s.sim_id))
        group = tracker.create_simulations(sims)
        group.add_on_all_run_end(lambda: self.count("group", "all"))
        tracker.on_all_done(group, lambda: self.count("tracker", "all"))
        tracker.on_any_done(group, lambda: self.count("any", "every"), every_time=True)
        other.on_all_done(group.ids, lambda: self.count("other", "all"))


def be_curious(
    who: SimulationTracker, sims: list[Simulation], seed: int, is_over: threading.Event
) -> None:
    """Ask any of them again and again."""
    mine = random.Random(seed)  # noqa: S311 - a seeded game
    while not is_over.is_set():
        with suppress(QueryError):
            answer = who.query(
                mine.choice(sims).sim_id, timeout_s=0.05, custom_query=seed, is_done=True
            )
            assert answer["custom_query"] == {"you said": seed}


def be_cruel(who: SimulationTracker, sims: list[Simulation], seed: int) -> None:
    """Stop all of them, some with force."""
    mine = random.Random(seed)  # noqa: S311 - a seeded game
    for sim in mine.sample(sims, len(sims)):
        who.cancel(sim.sim_id, force=type(sim) is Deaf or mine.random() < 0.2)
        time.sleep(0.01)


def test_fifty_at_once_with_callbacks_cancels_and_questions(
    project: Project, other: SimulationTracker
) -> None:
    random.seed(1)
    tracker = SimulationTracker(project=project, max_running=20)
    sims = [made(random.choice(KINDS)) for _ in range(50)]  # noqa: S311 - a seeded game
    tally, is_over = Tally(), threading.Event()
    tally.listen(tracker, other, sims)
    people = [
        threading.Thread(target=be_curious, args=(who, sims, n, is_over))
        for n, who in enumerate([tracker, other] * 3)
    ]
    for thread in people:
        thread.start()
    for n, sim in enumerate(sims):
        (tracker.start_sim if n % 3 else tracker.queue_sim)(sim)
    cruel = [
        threading.Thread(target=be_cruel, args=(who, sims, n))
        for n, who in enumerate([tracker, other])
    ]
    for thread in cruel:
        thread.start()
    for thread in cruel:
        thread.join()
    done(*sims, timeout_s=60)
    is_over.set()
    for thread in people:
        thread.join()
    wait_until(lambda: tally.seen["other", "all"])
    assert {what: n for what, n in tally.seen.items() if what[1] in {"all", "every"}} == {
        ("group", "all"): 1,
        ("tracker", "all"): 1,
        ("other", "all"): 1,
        ("any", "every"): 50,
    }
    assert all(tally.seen["end_run", sim.sim_id] == 1 for sim in sims)
    assert all(tally.seen["start_run", sim.sim_id] <= 1 for sim in sims)
    consistent(project, sims)


STARTER = """
import json, sys
from gymdash_jupyter.project import Project
from gymdash_jupyter.tracker import SimulationTracker
from tests.launch.samples import Quick, made
tracker = SimulationTracker(project=Project.open(sys.argv[1]), max_running=4)
ids = [str(tracker.queue_sim(made(Quick), n=300)[0]) for _ in range(15)]
tracker.wait(ids)
print(json.dumps(ids))
"""


def test_four_processes_fill_one_project(project: Project) -> None:
    processes = [OtherProcess(STARTER, project.folder) for _ in range(4)]
    ids = [sim_id for process in processes for sim_id in json.loads(process.line(120))]
    for process in processes:
        assert process.ended() == 0
        process.__exit__()
    records = project.store.simulations()
    assert {str(record.sim_id) for record in records} == set(ids)
    assert {record.state for record in records} == {SimState.SUCCEEDED}
    assert {len(project.store.read_scalars(r.sim_id, "score")[0]) for r in records} == {300}
    assert len([call for call in project.store.api_calls() if call.name == "queue"]) == 60


def test_a_database_that_is_held_again_and_again_loses_nothing(project: Project) -> None:
    project.store.inner._flush_patience_s = 0.1  # type: ignore[attr-defined]
    tracker = SimulationTracker(project=project, max_running=10)
    sims = [tracker.start_sim(made(Polite))[1] for _ in range(10)]
    for _ in range(5):
        with locked(project.db_path):
            time.sleep(0.5)
    for sim in sims:
        wait_until(lambda sim=sim: not cancel_fails(tracker, sim))
    done(*sims, timeout_s=60)
    wait_until(lambda: all(r.is_done for r in project.store.simulations()), 30)
    for sim in sims:
        steps = project.store.read_scalars(sim.sim_id, "score")[0].steps.tolist()
        assert steps == list(range(len(steps)))
        assert len(steps) > 100


def cancel_fails(tracker: SimulationTracker, sim: Simulation) -> bool:
    try:
        tracker.cancel(sim)
    except GymDashError:
        return True
    return False


def test_three_hundred_short_ones_one_after_the_other(project: Project) -> None:
    tracker = SimulationTracker(project=project, max_running=8)
    group = tracker.create_simulations([made(Quick) for _ in range(300)])
    ends: list[Any] = []
    group.add_on_each_run_end(ends.append)
    for sim in group:
        tracker.queue_sim(sim)
    done(*group.sims, timeout_s=120)
    assert len(ends) == 300
    consistent(project, group.sims)
