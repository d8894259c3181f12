"""A notebook whose kernel is kept busy by a cell, with a simulation in a process of its own to be stopped."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Locator

    from tests.browser.lab import Lab, Notebook

SETUP = """
import time
import gymdash_jupyter as gd
gd.open_project()

class Walk(gd.Simulation):
    def _run(self, asks=False, **kwargs):
        if asks:
            self.interactor.add_control_request("custom_query", "How fast?", "speed")
        step = 0
        while not self.interactor.set_out_if_in("stop_simulation", True):
            is_asked, value = self.interactor.get_in("custom_query")
            if is_asked:
                self.interactor.set_out("custom_query", "thanks")
                self.add_status(gd.SimStatus(gd.SimStatusCode.INFO, details=f"took {value}"))
            step += 1
            self.recorder.scalar("loss", 1 / step, step)
            self.base_step()
            time.sleep(0.02)
"""

BUSY = "print('begun')\nend = time.time() + 120\nwhile time.time() < end: pass"


def keep_busy(notebook: Notebook, cell: int) -> None:
    """Start the cell that keeps the kernel busy, and wait until it does."""
    notebook.start(cell)
    notebook.output(cell).get_by_text("begun").wait_for()


def end_busy(notebook: Notebook, cell: int) -> None:
    """Interrupt the cell that keeps the kernel busy, and see that it was busy up to now."""
    assert not notebook.is_done(cell)
    notebook.interrupt_kernel()
    notebook.wait_done(cell, may_fail=True)


def notice(output: Locator) -> Locator:
    """Find what a panel says of a kernel that does not hear."""
    return output.locator(".gd-busy").filter(visible=True)


@contextmanager
def without_subshells(lab: Lab) -> Iterator[None]:
    """Have JupyterLab send widget messages to the kernel's main thread, as a person can set it."""
    folder = lab.root.parent / "settings/@jupyterlab/apputils-extension"
    path = folder / "kernels-settings.jupyterlab-settings"
    path.write_text(json.dumps({"commsOverSubshells": "disabled"}), encoding="utf-8")
    try:
        yield
    finally:
        path.unlink()
