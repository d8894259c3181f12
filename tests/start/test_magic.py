from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import gymdash_jupyter as gd
from gymdash_jupyter.widgets import panel as panel_module
from tests.launch.clean import clean_state

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from IPython.core.interactiveshell import InteractiveShell


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    """Give a shell with the extension, in an empty folder."""
    from IPython.core.interactiveshell import InteractiveShell

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(panel_module, "bundle_text", lambda stem: "export default {}")
    shell = InteractiveShell()
    with clean_state(monkeypatch):
        shell.extension_manager.load_extension("gymdash_jupyter")
        yield shell
        shell.extension_manager.unload_extension("gymdash_jupyter")


def test_the_magic_opens_the_dashboard_of_the_current_project(
    shell: InteractiveShell, tmp_path: Path
) -> None:
    opened = shell.run_line_magic("gymdash", "")
    assert isinstance(opened, gd.Dashboard)
    assert opened.project.folder == (tmp_path / ".gymdash-projects").resolve()
    opened.close()


def test_the_magic_opens_a_folder_with_spaces(shell: InteractiveShell, tmp_path: Path) -> None:
    opened = shell.run_line_magic("gymdash", "'my project'")
    assert opened.project.folder.name == "my project"
    opened.close()


def test_what_cannot_be_done_is_a_sentence(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    shell.run_line_magic("gymdash", "watch")
    assert "nothing to watch" in capsys.readouterr().out


def test_too_many_words_show_how_it_is_meant(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    shell.run_line_magic("gymdash", "--help")
    assert "%gymdash FOLDER" in capsys.readouterr().out


def test_without_the_extension_there_is_no_magic(shell: InteractiveShell) -> None:
    shell.extension_manager.unload_extension("gymdash_jupyter")
    assert shell.find_line_magic("gymdash") is None
