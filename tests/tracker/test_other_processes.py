"""One project, several processes: each sees, asks, waits for and stops what the others run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from gymdash_jupyter.project import Project
from gymdash_jupyter.session import open_project
from gymdash_jupyter.states import SimState
from gymdash_jupyter.tracker import SimulationTracker
from tests.launch.other_process import OtherProcess
from tests.launch.samples import Asking, Gated, Polite, Quick, made
from tests.logged import logged_here
from tests.tracker.conftest import done
from tests.waiting import wait_until

VIEWER = """
import json, sys
from gymdash_jupyter.project import Project
from gymdash_jupyter.tracker import SimulationTracker
tracker = SimulationTracker(project=Project.open(sys.argv[1]))
print("ready")
for line in sys.stdin:
    try:
        print(json.dumps(eval(line), default=str))
    except Exception as exc:
        print(json.dumps(f"{type(exc).__name__}: {exc}"))
"""


class Viewer:
    """A tracker in another process, asked in Python, answering in JSON."""

    def __init__(self, process: OtherProcess) -> None:
        self.process = process
        assert process.line() == "ready"

    def __call__(self, code: str) -> object:
        self.process.say(code)
        return json.loads(self.process.line())


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Give one project for all tests here, which the viewer has open."""
    return Project.open(tmp_path_factory.mktemp("shared"))


@pytest.fixture(scope="module")
def viewer(project: Project) -> Iterator[Viewer]:
    with OtherProcess(VIEWER, project.folder) as process:
        yield Viewer(process)


def running(tracker: SimulationTracker) -> UUID:
    sim_id = tracker.start_sim(made(Polite))[0]
    wait_until(lambda: tracker.project.store.simulation(sim_id).state is SimState.RUNNING)
    return sim_id


def test_another_process_sees_it(tracker: SimulationTracker, viewer: Viewer) -> None:
    sim_id = running(tracker)
    assert viewer(f"[tracker.get_sim('{sim_id}').name, tracker.get_sim('{sim_id}').state]") == [
        "Polite",
        "running",
    ]
    assert viewer(f"tracker.any_running('{sim_id}')") is True


def test_another_process_asks_it(tracker: SimulationTracker, viewer: Viewer) -> None:
    sim_id = running(tracker)
    assert viewer(f"tracker.query('{sim_id}', custom_query=[1, 'a'], is_done=True)") == {
        "custom_query": {"you said": [1, "a"]},
        "is_done": False,
    }


def test_another_process_is_told_of_an_unknown_channel(
    tracker: SimulationTracker, viewer: Viewer
) -> None:
    sim_id = running(tracker)
    assert str(viewer(f"tracker.query('{sim_id}', custom=1)")).startswith(
        "UnknownChannelError: The simulation has no"
    )


def test_another_process_answers_what_it_asks(tracker: SimulationTracker, viewer: Viewer) -> None:
    sim = tracker.start_sim(made(Asking))[1]
    wait_until(lambda: tracker.project.store.control_requests([sim.sim_id]))
    assert viewer(f"tracker.query('{sim.sim_id}', custom_query=7)") == {"custom_query": "thanks"}
    done(sim)
    assert sim.result == 7


def test_another_process_waits_for_it(
    tracker: SimulationTracker, viewer: Viewer, gate: Path
) -> None:
    sim = tracker.start_sim(made(Gated, gate=str(gate)))[1]
    viewer.process.say(f"list(tracker.wait('{sim.sim_id}').values())")
    gate.touch()
    assert json.loads(viewer.process.line()) == ["succeeded"]


def test_another_process_stops_it(tracker: SimulationTracker, viewer: Viewer) -> None:
    sim_id = running(tracker)
    assert viewer(f"tracker.cancel('{sim_id}')") is None
    assert tracker.wait(sim_id, timeout_s=60) == {sim_id: SimState.CANCELLED}


def test_another_process_cannot_delete_what_runs(
    tracker: SimulationTracker, viewer: Viewer
) -> None:
    sim_id = running(tracker)
    assert str(viewer(f"tracker.delete('{sim_id}')")).startswith(
        "SimulationStateError: 1 simulation has not ended"
    )


def test_another_process_deletes_what_has_ended(
    tracker: SimulationTracker, viewer: Viewer
) -> None:
    sim_id, sim = tracker.start_sim(made(Quick))
    done(sim)
    assert viewer(f"tracker.delete('{sim_id}')") is None
    assert tracker.project.store.states([sim_id]) == {}


def test_people_in_two_processes_who_ask_at_once_both_get_their_answer(
    tracker: SimulationTracker, viewer: Viewer
) -> None:
    sim_id = running(tracker)
    viewer.process.say(
        f"[tracker.query('{sim_id}', custom_query=n)['custom_query']['you said'] for n in range(10)]"
    )
    mine = [tracker.query(sim_id, custom_query=-n)["custom_query"]["you said"] for n in range(10)]
    assert mine == [-n for n in range(10)]
    assert json.loads(viewer.process.line()) == list(range(10))


def test_a_simulation_goes_on_when_who_asked_it_is_killed(
    tracker: SimulationTracker, project: Project
) -> None:
    sim_id = running(tracker)
    with OtherProcess(VIEWER, project.folder) as process:
        Viewer(process)
        process.say(f"tracker.query('{sim_id}', timeout_s=60, no_such=1, custom_query=1)")
        process.kill()
    assert tracker.query(sim_id, custom_query="me") == {"custom_query": {"you said": "me"}}


def test_reading_a_project_of_others_changes_nothing(
    tracker: SimulationTracker, project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    sim_id = running(tracker)
    reader = SimulationTracker(project=Project.open(project.folder, read_only=True))
    assert reader.get_sim(sim_id).state is SimState.RUNNING
    with pytest.raises(PermissionError, match="read_only=True"):
        reader.cancel(sim_id)
    with pytest.raises(PermissionError, match="read_only=True"):
        reader.start_sim(made(Quick))
    assert not logged_here(caplog)  # the exception says it
    assert reader.any_running(sim_id)


def test_many_trackers_of_one_process_share_a_project(project: Project) -> None:
    trackers = [SimulationTracker(project=project) for _ in range(5)]
    trackers += [SimulationTracker(project=Project.open(project.folder)) for _ in range(5)]
    ids = [tracker.start_sim(made(Quick))[0] for tracker in trackers]
    for tracker in trackers:
        assert set(tracker.wait(ids, timeout_s=60).values()) == {SimState.SUCCEEDED}


def test_a_tracker_without_a_project_takes_the_current_one(project_dir: Path) -> None:
    opened = open_project(project_dir)
    tracker = SimulationTracker()
    assert tracker.project is opened


def test_a_tracker_stays_with_its_project(project_dir: Path, tmp_path: Path) -> None:
    first = open_project(project_dir)
    tracker = SimulationTracker()
    tracker.create_simulation(made(Quick))
    open_project(tmp_path / "other")
    sim = tracker.start_sim(made(Quick))[1]
    done(sim)
    assert len(first.store.simulations()) == 2
