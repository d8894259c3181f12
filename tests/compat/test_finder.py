"""GymDash's import paths: real objects behind each name, plain words where there is none."""

from __future__ import annotations

import importlib
import subprocess
import sys
import types
from typing import TYPE_CHECKING

import pytest

import gymdash_jupyter as gd
from gymdash_jupyter.compat.names import MODULES
from gymdash_jupyter.errors import CompatError

if TYPE_CHECKING:
    from pathlib import Path

NAMES = [
    (module, name, target) for module, names in MODULES.items() for name, target in names.items()
]

DOCUMENTED = [
    ("gymdash.start", "add_gymdash_arguments"),
    ("gymdash.start", "start"),
    ("gymdash.backend.project", "ProjectManager"),
    ("gymdash.backend.enums", "SimStatusCode"),
    ("gymdash.backend.enums", "SimStatusSubcode"),
    ("gymdash.backend.core.api.models", "SimulationStartConfig"),
    ("gymdash.backend.core.api.models", "SimStatus"),
    ("gymdash.backend.core.api.models", "ControlRequestDetails"),
    ("gymdash.backend.core.api.models", "StoredSimulationInfo"),
    ("gymdash.backend.core.simulation.base", "Simulation"),
    ("gymdash.backend.core.simulation.base", "SimulationInteractor"),
    ("gymdash.backend.core.simulation.base", "SimulationStreamer"),
    ("gymdash.backend.core.simulation.base", "StopSimException"),
    ("gymdash.backend.core.simulation.manage", "SimulationRegistry"),
    ("gymdash.backend.core.simulation.manage", "SimulationTracker"),
    ("gymdash.backend.core.simulation.manage", "SimulationGroup"),
    ("gymdash.backend.core.simulation.examples", "StableBaselinesSimulation"),
    ("gymdash.backend.core.simulation.examples", "CustomControlSimulation"),
    ("gymdash.backend.core.simulation.examples", "register_example_simulations"),
]


def run_python(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh interpreter that finds modules in a folder first."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(("module", "name"), DOCUMENTED)
def test_what_gymdash_documents_is_in_the_table(module: str, name: str) -> None:
    assert name in MODULES[module]


@pytest.mark.parametrize(("module", "name", "target"), NAMES)
def test_an_old_name_is_the_real_object(
    old_imports: None, module: str, name: str, target: str
) -> None:
    here, _, attribute = target.partition(":")
    real = getattr(pytest.importorskip(here), attribute)
    assert getattr(importlib.import_module(module), name) is real


def test_modules_can_be_imported_from_their_packages(old_imports: None) -> None:
    from gymdash.backend import enums, project

    assert (enums.SimStatusCode.FAIL, project.ProjectManager) == (1, gd.ProjectManager)


def test_a_star_gives_every_name(old_imports: None) -> None:
    names: dict[str, object] = {}
    exec("from gymdash.backend.core.simulation.manage import *", names)  # noqa: S102
    assert names["SimulationTracker"] is gd.SimulationTracker


def test_a_class_defined_over_an_old_path_belongs_to_its_own_module(old_imports: None) -> None:
    from gymdash.backend.core.simulation.base import Simulation

    class Mine(Simulation):  # type: ignore[misc]
        pass

    assert Mine.__module__ == __name__
    assert Simulation.__module__ == "gymdash_jupyter.simulation"


def test_a_name_that_is_not_here_says_so_and_what_is(old_imports: None) -> None:
    expected = (
        r"GymDash's gymdash\.start\.setup_frontend is not provided by this version of "
        r"gymdash_jupyter \(.*\)\. gymdash\.start has: add_gymdash_arguments, "
        r"ProjectManager, start\."
    )
    with pytest.raises(ImportError, match=expected):
        from gymdash.start import setup_frontend  # noqa: F401


def test_a_module_that_is_not_here_says_so_and_what_is(old_imports: None) -> None:
    expected = r"gymdash\.backend\.main is not provided .* has: constants, core, enums, .*torch\."
    with pytest.raises(CompatError, match=expected) as caught:
        importlib.import_module("gymdash.backend.main")
    assert caught.value.name == "gymdash.backend.main"


def test_code_that_only_imports_what_downloads_runs_and_calling_it_is_refused(
    old_imports: None,
) -> None:
    from gymdash.backend.torch.examples import train_mnist_classifier

    with pytest.raises(CompatError, match="nothing is downloaded here"):
        train_mnist_classifier(None, "data")


def test_a_near_name_is_suggested(old_imports: None) -> None:
    with pytest.raises(ImportError, match="Did you mean 'SimulationGroup'"):
        from gymdash.backend.core.simulation.manage import SimulationGroups  # noqa: F401


def test_asking_whether_a_name_is_there_is_answered_plainly(old_imports: None) -> None:
    module = importlib.import_module("gymdash.backend.enums")
    assert not hasattr(module, "Nothing")
    with pytest.raises(AttributeError, match="is not provided by this version"):
        _ = module.Nothing


def test_the_modules_list_what_they_have(old_imports: None) -> None:
    module = importlib.import_module("gymdash.backend.core.simulation.manage")
    assert {"SimulationTracker", "SimulationGroup"} < set(dir(module))


def test_registering_the_examples_replaces_nothing(old_imports: None) -> None:
    from gymdash.backend.core.simulation.examples import register_example_simulations

    before = gd.SimulationRegistry.list_simulations()
    assert register_example_simulations() is None
    assert gd.SimulationRegistry.list_simulations() == before


def test_importing_the_examples_loads_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys, gymdash_jupyter as gd; gd.compat.enable_gymdash_imports();"
        "import gymdash.backend.core.simulation.examples as examples;"
        "examples.register_example_simulations();"
        "print({'torch', 'stable_baselines3', 'gymnasium', 'pandas'} & set(sys.modules))"
    )
    done = run_python(code, tmp_path)
    assert (done.stdout, done.stderr) == ("set()\n", "")


def test_enabling_twice_is_enabling_once() -> None:
    gd.compat.enable_gymdash_imports()
    finders = sys.meta_path[:]
    gd.compat.enable_gymdash_imports()
    assert sys.meta_path == finders
    gd.compat.disable_gymdash_imports()


def test_disabled_paths_lead_nowhere_again() -> None:
    gd.compat.enable_gymdash_imports()
    importlib.import_module("gymdash.backend.enums")
    gd.compat.disable_gymdash_imports()
    gd.compat.disable_gymdash_imports()
    assert not [name for name in sys.modules if name.partition(".")[0] == "gymdash"]
    with pytest.raises(ModuleNotFoundError, match="No module named 'gymdash'"):
        importlib.import_module("gymdash.backend.enums")


def test_what_was_imported_works_on_after_disabling() -> None:
    gd.compat.enable_gymdash_imports()
    from gymdash.backend import enums

    gd.compat.disable_gymdash_imports()
    assert enums.SimStatusSubcode.STOPPED == 2


def test_other_packages_of_a_like_name_are_left_alone(old_imports: None) -> None:
    with pytest.raises(ModuleNotFoundError, match="No module named 'gymdash_other'"):
        importlib.import_module("gymdash_other")


ENABLE = "import gymdash_jupyter as gd; gd.compat.enable_gymdash_imports(); print('enabled')"


def test_it_refuses_where_gymdash_is_installed(tmp_path: Path) -> None:
    (tmp_path / "gymdash-0.1.4.dist-info").mkdir()
    (tmp_path / "gymdash-0.1.4.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: gymdash\nVersion: 0.1.4\n"
    )
    done = run_python(ENABLE, tmp_path)
    assert "CompatError: Old GymDash imports cannot lead to gymdash_jupyter" in done.stderr
    assert "GymDash 0.1.4 is installed here. Uninstall GymDash" in done.stderr


def test_it_refuses_where_another_module_has_the_name(tmp_path: Path) -> None:
    (tmp_path / "gymdash.py").touch()
    done = run_python(ENABLE, tmp_path)
    assert f"another module 'gymdash' would be imported from {tmp_path}" in done.stderr


def test_it_refuses_once_gymdash_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gymdash", types.ModuleType("gymdash"))
    with pytest.raises(CompatError, match="a module 'gymdash' is imported already"):
        gd.compat.enable_gymdash_imports()


def test_a_folder_that_happens_to_be_called_gymdash_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "gymdash").mkdir()
    done = run_python(ENABLE, tmp_path)
    assert (done.stdout, done.stderr) == ("enabled\n", "")
