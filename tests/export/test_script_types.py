"""Classes of scripts and of modules, known in processes that never ran them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

import gymdash_jupyter as gd
from gymdash_jupyter.errors import (
    ExportError,
    InvalidArgumentError,
    InvalidSimulationTypeError,
    SimulationTypeTakenError,
)
from gymdash_jupyter.export import SimulationExporter
from gymdash_jupyter.exported import exported_keys
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.simulations.custom_control import CustomControlSimulation
from tests.export.test_notebook_types import RUN
from tests.logged import logged_here

if TYPE_CHECKING:
    from pathlib import Path

    from tests.export.conftest import Python

SCRIPT = """
import sys
from gymdash_jupyter import SimulationExporter, Simulation, SimulationRegistry, open_project

FACTOR = 7

@SimulationRegistry.register
class Mine(Simulation):
    def _run(self, **kwargs):
        self.result = 6 * FACTOR

print("ran")
if __name__ == "__main__":
    open_project(sys.argv[1])
    SimulationExporter.prepare_for_export("mine", Mine)
    print(SimulationExporter.export_sims())
"""

EXPORT_MODULE = """
import sys
sys.path.insert(0, sys.argv[2])
import gymdash_jupyter as gd
from mod_mine import Mine
gd.open_project(sys.argv[1])
gd.SimulationExporter.prepare_for_export("mine", Mine)
gd.SimulationExporter.export_sims()
"""

MODULE = """
from gymdash_jupyter import Simulation, SimulationRegistry

@SimulationRegistry.register
class Mine(Simulation):
    def _run(self, **kwargs):
        from mod_other import ANSWER
        self.result = ANSWER
"""


class Plain(Simulation):
    """Does nothing."""


@pytest.fixture
def module(tmp_path: Path, python: Python, project_dir: Path) -> Path:
    """Give the folder of a module whose class another process exported."""
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "mod_mine.py").write_text(MODULE)
    (folder / "mod_other.py").write_text("ANSWER = 42")
    assert python(EXPORT_MODULE, project_dir, folder) == []
    return folder


def test_a_class_of_a_script_runs_elsewhere_without_running_the_script(
    tmp_path: Path, python: Python, project_dir: Path
) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    assert python(script, project_dir) == ["ran", "['mine']"]
    script.unlink()
    assert python(RUN, project_dir, "mine") == ["['mine']", "succeeded 42"]


def test_a_script_run_for_gymdash_exports_over_its_old_names(
    tmp_path: Path, python: Python, project_dir: Path
) -> None:
    (tmp_path / "old.py").write_text(
        SCRIPT.replace(
            "from gymdash_jupyter import SimulationExporter, Simulation, SimulationRegistry, open_project",
            "from gymdash.backend.core.simulation.export import SimulationExporter\n"
            "from gymdash.backend.core.simulation.manage import Simulation, SimulationRegistry\n"
            "from gymdash.backend.enums import SimStatusCode\n"
            "open_project = __import__('gymdash_jupyter').open_project\n",
        ).replace("6 * FACTOR", "6 * FACTOR + SimStatusCode.SUCCESS")
    )
    run = "from gymdash_jupyter.compat.script import main; import sys; main(sys.argv[1:])"
    assert python(run, tmp_path / "old.py", project_dir) == ["ran", "['mine']"]
    assert python(RUN, project_dir, "mine") == ["['mine']", "succeeded 42"]


def test_code_typed_into_a_bare_python_is_refused(python: Python, project_dir: Path) -> None:
    code = SCRIPT.replace("    SimulationExporter.prepare", "    try: SimulationExporter.prepare")
    code = code.replace(
        "    print(SimulationExporter",
        "    except ValueError as exc: print(exc)\n    print(SimulationExporter",
    )
    said = python(code, project_dir)
    assert "Mine has no source here. It was typed into a bare Python" in said[1]
    assert said[2] == "[]"


def test_a_script_that_was_edited_since_it_began_is_refused(
    tmp_path: Path, python: Python, project_dir: Path
) -> None:
    script = tmp_path / "script.py"
    edit = "import pathlib; p = pathlib.Path(__file__); p.write_text(p.read_text().replace('6 *', '5 *'))"
    code = SCRIPT.replace('print("ran")', edit)
    code = code.replace("    SimulationExporter.prepare", "    try: SimulationExporter.prepare")
    script.write_text(
        code.replace("    print(", "    except ValueError as exc: print(exc)\n    print(")
    )
    said = python(script, project_dir)
    assert "edited since it was executed" in said[0]


# Modules


def test_a_class_of_a_module_is_imported_by_its_path(
    module: Path, python: Python, project_dir: Path
) -> None:
    assert python(RUN, project_dir, "mine") == ["['mine']", "succeeded 42"]


def test_a_module_that_is_found_by_its_name_is_the_module_itself(
    module: Path, python: Python, project_dir: Path
) -> None:
    code = f"{RUN}\nprint(type(sim).__module__, sys.path[-1] == {str(module)!r})"
    assert python(code, project_dir, "mine")[-1] == "mod_mine True"


def test_another_module_of_the_same_name_is_never_taken(
    module: Path, python: Python, project_dir: Path, tmp_path: Path
) -> None:
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "mod_mine.py").write_text("raise SystemExit('foreign code ran')")
    code = f"import sys; sys.path.append({str(module)!r})\n{RUN}\nprint(type(sim).__module__)"
    said = python(code, project_dir, "mine", folder=foreign)
    assert said[:2] == ["['mine']", "succeeded 42"]
    assert said[2].startswith("gymdash_exported.mine_")


def test_another_module_of_the_same_name_is_not_taken_when_ours_is_gone(
    module: Path, python: Python, project_dir: Path, tmp_path: Path
) -> None:
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (module / "mod_mine.py").rename(foreign / "mod_mine.py")
    said = imported(python, project_dir, folder=foreign)
    assert said[0] == "[]"
    assert f"which was at {module / 'mod_mine.py'}; here mod_mine is another one" in said[1]


def imported(python: Python, project: Path, folder: Path | None = None) -> list[str]:
    """Import in a fresh process; give the keys and what was warned."""
    code = "import sys, gymdash_jupyter as gd; print(gd.SimulationExporter.import_and_register(sys.argv[1]))"
    return python(code, project, folder=folder or project.parent)


def test_a_deleted_module_is_one_warning_that_says_what_to_do(
    module: Path, python: Python, project_dir: Path
) -> None:
    (module / "mod_mine.py").unlink()
    said = imported(python, project_dir)
    assert said[0] == "[]"
    assert said[1] == (
        f"The exported simulation type 'mine' (mod_mine.Mine) is not registered: it is in the module mod_mine, "
        f"which was at {module / 'mod_mine.py'} and is not there any more. Export it again where it is written, "
        "or forget it: gymdash_jupyter.SimulationExporter.remove('mine')."
    )
    assert len(said) == 2


BROKEN = [
    ("class Mine(", "SyntaxError"),
    ("raise RuntimeError('no luck')", "RuntimeError: no luck"),
    ("raise SystemExit(3)", "SystemExit: 3"),
    ("class Mien: pass", "has no class Mine any more. Did you mean 'Mien'"),
    ("Mine = 5", "Mine in .* is no subclass of Simulation any more"),
]


EXPORT_MANY = """
import importlib, sys
sys.path.insert(0, sys.argv[2])
import gymdash_jupyter as gd
gd.open_project(sys.argv[1])
for n in range(int(sys.argv[3])):
    mine = importlib.import_module(f"mod_mine_{n}").Mine
    gd.SimulationExporter.prepare_for_export(f"mine_{n}", mine)
gd.SimulationExporter.export_sims()
"""


def test_each_that_fails_is_one_warning_and_harms_no_other(
    tmp_path: Path, python: Python, project_dir: Path
) -> None:
    SimulationExporter.prepare_for_export("other", CustomControlSimulation)
    SimulationExporter.export_sims(project_dir)
    texts = {tmp_path / f"mod_mine_{n}.py": text for n, (text, _) in enumerate(BROKEN)}
    for path in texts:
        path.write_text(MODULE.replace("@SimulationRegistry.register", ""))
    assert python(EXPORT_MANY, project_dir, tmp_path, len(BROKEN)) == []
    for path, text in texts.items():
        path.write_text(text)
    keys, *warnings = imported(python, project_dir)
    assert keys == "['other']"
    assert len(warnings) == len(BROKEN)
    for n, (_, said) in enumerate(BROKEN):
        (warning,) = (line for line in warnings if f"'mine_{n}'" in line)
        assert re.search(said, warning)


# In one process


def test_what_is_imported_is_the_class_itself_when_it_is_here_already(project_dir: Path) -> None:
    SimulationExporter.prepare_for_export("plain", Plain)
    SimulationExporter.export_sims(project_dir)
    assert SimulationExporter.import_and_register(project_dir) == ["plain"]
    assert gd.SimulationRegistry.find("plain").creator is Plain


def test_a_key_that_belongs_to_another_class_here_stays_with_a_warning(
    project_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    SimulationExporter.prepare_for_export("plain", Plain)
    SimulationExporter.export_sims(project_dir)
    gd.SimulationRegistry.register("plain", CustomControlSimulation)
    assert SimulationExporter.import_and_register(project_dir) == []
    assert "here the key belongs to gymdash_jupyter.simulations.custom_control" in caplog.text
    assert gd.SimulationRegistry.find("plain").creator is CustomControlSimulation


def test_importing_twice_is_importing_once(
    module: Path, project_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    SimulationExporter.import_and_register(project_dir)
    first = gd.SimulationRegistry.find("mine").creator
    assert SimulationExporter.import_and_register(project_dir) == ["mine"]
    assert gd.SimulationRegistry.find("mine").creator is first
    assert not logged_here(caplog)


@pytest.mark.slow
def test_importing_again_after_an_edit_replaces(
    tmp_path: Path, python: Python, project_dir: Path
) -> None:
    script = tmp_path / "script.py"
    for factor in (7, 8):
        script.write_text(SCRIPT.replace("6 *", f"{factor} *"))
        python(script, project_dir)
        SimulationExporter.import_and_register(project_dir)
        sim = gd.SimulationRegistry.make("mine", gd.SimulationStartConfig(name="", sim_key=""))
        sim.run()
        assert sim.result == factor * 7


@pytest.mark.slow
def test_what_came_by_an_export_can_be_exported_for_another_project(
    tmp_path: Path, python: Python, project_dir: Path
) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    python(tmp_path / "script.py", project_dir)
    code = (
        "import sys, gymdash_jupyter as gd; E = gd.SimulationExporter; E.import_and_register(sys.argv[1])\n"
        "E.prepare_for_export('again', gd.SimulationRegistry.find('mine').creator); E.export_sims(sys.argv[2])"
    )
    python(code, project_dir, tmp_path / "second")
    assert python(RUN, tmp_path / "second", "again") == ["['again']", "succeeded 42"]


@pytest.mark.slow
def test_an_imported_class_travels_by_value(
    tmp_path: Path, python: Python, project_dir: Path
) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    python(tmp_path / "script.py", project_dir)
    code = (
        "import sys, cloudpickle, gymdash_jupyter as gd; gd.SimulationExporter.import_and_register(sys.argv[1])\n"
        "print(cloudpickle.dumps(gd.SimulationRegistry.find('mine').creator).hex())"
    )
    (parcel,) = python(code, project_dir)
    load = (
        "import sys, pickle, gymdash_jupyter as gd; T = pickle.loads(bytes.fromhex(sys.argv[1]))\n"
        "sim = T(gd.SimulationStartConfig(name='', sim_key='')); sim.run(); print(sim.result)"
    )
    assert python(load, parcel) == ["42"]


@pytest.mark.slow
def test_the_source_of_an_imported_class_can_be_shown(
    tmp_path: Path, python: Python, project_dir: Path
) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    python(tmp_path / "script.py", project_dir)
    code = f"{RUN}\nimport inspect; print(inspect.getsource(type(sim)).splitlines()[0])"
    assert python(code, project_dir, "mine")[-1] == "class Mine(Simulation):"


def test_forgotten_types_are_gone(project_dir: Path) -> None:
    SimulationExporter.prepare_for_export("plain", Plain)
    SimulationExporter.export_sims(project_dir)
    assert SimulationExporter.remove("plain", "other", project=project_dir) == ["plain"]
    assert SimulationExporter.import_and_register(project_dir) == []
    assert SimulationExporter.export_sims(project_dir) == []


def test_the_call_is_taken_down_in_the_open_project(project_dir: Path) -> None:
    gd.open_project(project_dir)
    SimulationExporter.prepare_for_export("plain", Plain)
    SimulationExporter.export_sims()
    (call,) = gd.api_calls().itertuples()
    assert (call.name, call.code, call.details) == ("export", 0, {"keys": ["plain"]})


def test_exporting_opens_no_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    SimulationExporter.prepare_for_export("plain", Plain)
    SimulationExporter.export_sims()
    assert not (tmp_path / ".gymdash-projects").exists()
    assert exported_keys(".gymdash-projects") == ["plain"]


@pytest.mark.parametrize("kind", [int, 5, "Plain", None, len])
def test_what_is_no_simulation_type_is_refused(kind: object) -> None:
    with pytest.raises(InvalidSimulationTypeError, match="only subclasses of Simulation can"):
        SimulationExporter.prepare_for_export("odd", kind)  # type: ignore[arg-type]


@pytest.mark.parametrize("key", ["", None, 5])
def test_what_is_no_key_is_refused(key: object) -> None:
    with pytest.raises(InvalidArgumentError, match="A sim key is a text"):
        SimulationExporter.prepare_for_export(key, Plain)  # type: ignore[arg-type]


def test_a_key_that_belongs_to_another_class_is_refused() -> None:
    with pytest.raises(
        SimulationTypeTakenError, match=r"'custom_control' belongs to gymdash_jupyter\.sim"
    ):
        SimulationExporter.prepare_for_export("custom_control", Plain)
    SimulationExporter.prepare_for_export("plain", Plain)
    with pytest.raises(SimulationTypeTakenError, match="pass replace=True"):
        SimulationExporter.prepare_for_export("plain", CustomControlSimulation)
    assert SimulationExporter.prepare_for_export("plain", CustomControlSimulation, replace=True)


def test_a_class_that_its_module_does_not_have_any_more_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old = Plain
    monkeypatch.setitem(globals(), "Plain", type("Plain", (Simulation,), {"__module__": __name__}))
    with pytest.raises(ExportError, match="is another class by now"):
        SimulationExporter.prepare_for_export("plain", old)


@pytest.mark.parametrize(
    "key", ["a/b", "../../x", "Ü ö", "CON", "x" * 300, "a.b", "\n", "é\ud800"]
)
def test_any_text_is_a_key(key: str, project_dir: Path) -> None:
    SimulationExporter.prepare_for_export(key, Plain)
    assert SimulationExporter.export_sims(project_dir) == [key]
    assert SimulationExporter.import_and_register(project_dir) == [key]
