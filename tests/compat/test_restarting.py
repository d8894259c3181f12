"""What GymDash itself stored can be started again where its type exists here, whatever key its config carries."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest

import gymdash_jupyter as gd
from gymdash_jupyter.project import Project
from tests.waiting import wait_until

ORIGINAL = Path(__file__).parents[1] / "old_projects" / "gymdash_0_1_4.db"
EXAMPLES = "gymdash.backend.core.simulation.examples"
CONFIG = {
    "name": "old",
    "sim_key": "Acrobot-v1",  # GymDash's own example: not the key that it was registered under
    "sim_family": "",
    "sim_type": "",
    "kwargs": {"total_runtime": 0.1, "poll_period": 0.05},
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "db").mkdir()
    shutil.copy(ORIGINAL, tmp_path / "db" / "simulations.db")
    return tmp_path


def stored(project: Path, module: str, name: str) -> str:
    """Let the simulation that succeeded be of another type; give its id."""
    with closing(sqlite3.connect(project / "db" / "simulations.db")) as connection, connection:
        connection.execute(
            "UPDATE simulations SET config = ?, sim_module_name = ?, sim_type_name = ?"
            " WHERE name = 'succeeded'",
            (json.dumps(CONFIG), module, name),
        )
        (sim_id,) = connection.execute(
            "SELECT sim_id FROM simulations WHERE name = 'succeeded'"
        ).fetchone()
    return str(sim_id)


def test_a_type_that_moved_is_started_again_by_its_old_name(project: Path) -> None:
    sim_id = stored(project, EXAMPLES, "CustomControlSimulation")
    tracker = gd.SimulationTracker(project=Project.open(project))
    new_id, new = tracker.restart_sim(sim_id)
    wait_until(lambda: new.is_done, what="it to be done")
    assert type(new).__module__ == "gymdash_jupyter.simulations.custom_control"
    assert new.state == "succeeded"
    assert new.config.kwargs == CONFIG["kwargs"]
    assert len(tracker.project.store.read_scalars(new_id, "my_number")[0]) >= 1


class Known(gd.Simulation):
    """A class of a module that is imported here."""

    def _run(self, **kwargs: object) -> None:
        self.result = "ran"


def test_a_class_of_a_module_that_is_imported_is_started_again(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = ModuleType("their_training")
    module.Known = Known  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "their_training", module)
    sim_id = stored(project, "their_training", "Known")
    new = gd.SimulationTracker(project=Project.open(project)).restart_sim(sim_id)[1]
    wait_until(lambda: new.is_done, what="it to be done")
    assert new.result == "ran"


@pytest.mark.parametrize(
    ("module", "name"),
    [("this_module_runs_code", "Anything"), ("builtins", "dict"), ("os", "system"), ("", "")],
)
def test_nothing_is_imported_or_called_because_a_database_names_it(
    project: Path, monkeypatch: pytest.MonkeyPatch, module: str, name: str
) -> None:
    (project / "this_module_runs_code.py").write_text("raise SystemExit('it ran')")
    monkeypatch.syspath_prepend(project)
    sim_id = stored(project, module, name)
    tracker = gd.SimulationTracker(project=Project.open(project))
    with pytest.raises(gd.UnknownSimulationTypeError, match="Acrobot-v1"):
        tracker.restart_sim(sim_id)
    assert "this_module_runs_code" not in sys.modules
