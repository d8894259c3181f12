"""Whose code is imported: this user's own, for this project, and nobody else's."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from gymdash_jupyter.errors import UserFolderError
from gymdash_jupyter.export import SimulationExporter
from gymdash_jupyter.exported import exported_keys, folder_of, import_exported
from gymdash_jupyter.simulation import Simulation
from tests.logged import logged_here

if TYPE_CHECKING:
    from pathlib import Path

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="has no such permissions")
needs_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="gives files to another user"
)


class Mine(Simulation):
    """Does nothing."""


@pytest.fixture
def file(project_dir: Path) -> Path:
    """Give the file of an exported type."""
    SimulationExporter.prepare_for_export("mine", Mine)
    SimulationExporter.export_sims(project_dir)
    (path,) = folder_of(project_dir).iterdir()
    return path


def test_two_projects_do_not_see_each_others_types(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / ".gymdash-projects"
    assert SimulationExporter.import_and_register(other) == []


def test_a_project_that_is_reached_over_a_link_is_the_same(
    file: Path, project_dir: Path, tmp_path: Path
) -> None:
    project_dir.mkdir()
    (tmp_path / "link").symlink_to(project_dir)
    assert exported_keys(tmp_path / "link") == ["mine"]


def test_a_copied_project_brings_no_types(file: Path, project_dir: Path, tmp_path: Path) -> None:
    project_dir.mkdir()
    shutil.copytree(project_dir, tmp_path / "copy")
    assert exported_keys(tmp_path / "copy") == []


def test_exporting_writes_nothing_into_the_project(file: Path, project_dir: Path) -> None:
    assert not project_dir.exists()


@posix_only
def test_what_is_kept_is_for_its_user_only(file: Path, data_folder: Path) -> None:
    paths = (file, file.parent, file.parent.parent, data_folder)
    assert [oct(stat.S_IMODE(p.stat().st_mode)) for p in paths] == ["0o600", *["0o700"] * 3]
    assert [path.name for path in file.parent.iterdir()] == [file.name]


@posix_only
def test_a_file_that_others_can_change_is_not_used(
    file: Path, project_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file.chmod(0o620)
    assert import_exported(project_dir) == []
    assert f"{file} is not used, because other users can change it" in caplog.text


@needs_root
def test_a_file_of_another_user_is_not_used(
    file: Path, project_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    os.chown(file, 12345, -1)
    assert import_exported(project_dir) == []
    assert f"{file} is not used, because user 12345 owns it, and you are user 0" in caplog.text


@needs_root
def test_a_folder_of_another_user_is_not_used(file: Path, project_dir: Path) -> None:
    os.chown(file.parent, 12345, -1)
    with pytest.raises(UserFolderError, match="because user 12345 owns it"):
        import_exported(project_dir)
    with pytest.raises(UserFolderError, match="because user 12345 owns it"):
        SimulationExporter.export_sims(project_dir)


@posix_only
def test_a_link_is_not_followed(file: Path, project_dir: Path, tmp_path: Path) -> None:
    file.rename(tmp_path / "elsewhere.py")
    file.symlink_to(tmp_path / "elsewhere.py")
    assert import_exported(project_dir) == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: "import os; raise SystemExit('ran')",
        lambda text: text[: len(text) - 20],
        lambda text: text.replace('"key"', '"kee"'),
        lambda text: text.replace('"mine"', "5"),
        lambda text: text.replace('"places": {', '"places": [') + "\xff",
    ],
)
def test_a_damaged_file_is_one_warning(
    damage: object, file: Path, project_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file.write_text(damage(file.read_text()), "latin-1")  # type: ignore[operator]
    assert import_exported(project_dir) == []
    (message,) = logged_here(caplog)
    assert f"The exported simulation type in {file} is not registered: " in message


def test_without_a_data_folder_exporting_says_what_to_do(
    tmp_path: Path, project_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a file").touch()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "a file"))
    SimulationExporter.prepare_for_export("mine", Mine)
    with pytest.raises(
        UserFolderError, match=r"kept in .*, which cannot be written: .*Set XDG_DATA_HOME"
    ):
        SimulationExporter.export_sims(project_dir)
    assert import_exported(project_dir) == []


def test_a_user_without_a_home_is_told_what_to_do(
    project_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", "")
    monkeypatch.setattr("os.path.expanduser", lambda path: path)
    SimulationExporter.prepare_for_export("mine", Mine)
    with pytest.raises(UserFolderError, match=r"has no data folder: .*Set XDG_DATA_HOME"):
        SimulationExporter.export_sims(project_dir)


def test_only_the_keys_that_are_asked_for_are_imported(file: Path, project_dir: Path) -> None:
    SimulationExporter.prepare_for_export("yours", Mine)
    SimulationExporter.export_sims(project_dir)
    assert exported_keys(project_dir) == ["mine", "yours"]
    assert import_exported(project_dir, ["yours", "unknown"]) == ["yours"]


def test_several_that_export_and_import_at_once_never_see_half_a_file(
    file: Path, project_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ends: list[list[str]] = []

    def export() -> None:
        for _ in range(50):
            ends.append(SimulationExporter.export_sims(project_dir))
            ends.append(exported_keys(project_dir))

    threads = [threading.Thread(target=export) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ends == [["mine"]] * 400
    assert [path.name for path in file.parent.iterdir()] == [file.name]
