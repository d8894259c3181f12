"""Panels while a cell keeps the kernel busy: they answer, or say how else a simulation is stopped."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.busy_kernel import BUSY, SETUP, end_busy, keep_busy, notice, without_subshells

if TYPE_CHECKING:
    from tests.browser.conftest import OpenNotebook
    from tests.browser.lab import Lab

pytestmark = pytest.mark.browser


def in_a_terminal(command: str, folder: Path) -> str:
    """Run a command as a person would who copied it from the page."""
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        shlex.split(command),
        cwd=folder,
        env=dict(os.environ, PATH=programs),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout


def test_a_reply_and_a_stop_reach_a_busy_kernel(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([SETUP, "gd.tracker().start_sim(Walk, asks=True)[1]", BUSY])
    notebook.run(0)
    notebook.run(1)
    output = notebook.output(1)
    output.get_by_label("speed").wait_for()
    keep_busy(notebook, 2)
    output.get_by_label("speed").fill("0.5")
    output.get_by_role("button", name="Reply").click()
    output.get_by_text("took {'speed': 0.5}").wait_for()
    output.get_by_role("button", name="Stop", exact=True).click()
    output.get_by_text("Cancelled").first.wait_for()
    assert notice(output).count() == 0
    end_busy(notebook, 2)


def test_a_kernel_without_subshells_is_said_to_be_busy_and_a_terminal_stops(
    open_notebook: OpenNotebook, lab: Lab, tmp_path: Path
) -> None:
    with without_subshells(lab):
        notebook = open_notebook([SETUP, "gd.run(Walk)", BUSY])
        notebook.run(0)
        notebook.run(1)
        notebook.output(1).get_by_role("button", name="Stop", exact=True).wait_for()
        keep_busy(notebook, 2)
        card = notebook.output(1)
        card.get_by_role("button", name="Stop", exact=True).click()
        notice(card).get_by_text(
            "The kernel is busy with a cell and answers afterwards."
        ).wait_for()
        said = in_a_terminal(notice(card).locator("code").inner_text(), tmp_path)
        assert "was asked to stop" in said
        card.get_by_text("Cancelled").first.wait_for()
        end_busy(notebook, 2)
    assert notebook.complaints == []
