"""``gymdash-jupyter report``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.frames.projects import add_simulation

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gymdash_jupyter.store import ProjectStore
    from tests.commands.conftest import Said

    Cli = Callable[..., Said]


def test_a_report_is_written_once_unless_it_is_forced(
    cli: Cli, store: ProjectStore, tmp_path: Path
) -> None:
    add_simulation(store, "one")
    add_simulation(store, "other", minute=1)
    said = cli("report", tmp_path / "r", "one", "--title", "Only one")
    assert (said.code, said.out) == (0, "")
    assert said.err.startswith(f"The report is in {tmp_path / 'r.html'} (0.0 MB).")
    html = (tmp_path / "r.html").read_text()
    assert "<title>Only one</title>" in html
    assert "other" not in html
    again = cli("report", tmp_path / "r.html")
    assert (again.code, "--force" in again.err) == (1, True)
    assert cli("report", tmp_path / "r.html", "--force").code == 0
    assert "other" in (tmp_path / "r.html").read_text()


def test_a_report_on_nothing_is_refused(cli: Cli, store: ProjectStore, tmp_path: Path) -> None:
    said = cli("report", tmp_path / "r.html")
    assert (said.code, "the project has none" in said.err) == (1, True)
    assert cli("report", tmp_path / "r.html", "nobody").code == 1
