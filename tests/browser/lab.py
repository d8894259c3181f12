"""A real JupyterLab and a notebook in it, as browser tests see them.

``Lab`` is the server, with its own folders for settings, runtime files and notebooks.
``Notebook`` is one open notebook in the browser. A cell's end is told by its prompt number, never
by the kernel's status, which flips to idle while messages of a subshell pass.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any, Literal

from tests.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import ConsoleMessage, Locator, Page

    from tests.environments import FreshEnvironment

Theme = Literal["light", "dark"]

App = Literal["jupyterlab", "notebook"]

THEMES: dict[Theme, str] = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}

PANEL = "window.jupyterapp.shell.currentWidget"

THEIR_OWN = "(reading 'processLuminoMessage')"
"""ipywidgets' own view gets a message that was posted before it was removed: now and then, with nothing to be seen."""

IS_DONE = f"""i => {{
  const model = {PANEL}.content.widgets[i].model;
  return model.executionCount !== null && model.executionState !== 'running';
}}"""


class Lab:
    """A JupyterLab server on 127.0.0.1, without a token, apart from the person's own settings.

    Args:
        folder: Empty folder for everything of this server; notebooks go into its ``root``.
        base_url: Where it lives on its address, as behind a proxy: ``/user/ann/``.
        installed: The Python environment whose JupyterLab it is; None for that of the tests.
        app: "notebook" for a Notebook 7 instead, which shows one document a page.
    """

    def __init__(
        self,
        folder: Path,
        base_url: str = "/",
        installed: FreshEnvironment | None = None,
        app: App = "jupyterlab",
    ) -> None:
        self.root = folder / "root"
        self.app: App = app
        self._folder = folder
        self.root.mkdir()
        settings = folder / "settings/@jupyterlab/apputils-extension"
        settings.mkdir(parents=True)
        quiet = {"fetchNews": "false", "checkForUpdates": False}
        (settings / "notification.jupyterlab-settings").write_text(json.dumps(quiet))
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}{base_url.rstrip('/')}"
        command = [
            *(
                str(installed.python if installed else sys.executable),
                "-m",
                app,
                "--no-browser",
                "--allow-root",
            ),
            *("--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"),
            *("--IdentityProvider.token=", "--ServerApp.disable_check_xsrf=True"),
            *(f"--ServerApp.root_dir={self.root}", "--expose-app-in-browser"),
            f"--ServerApp.base_url={base_url}",
        ]
        environment = dict(
            installed.variables if installed else os.environ,
            JUPYTER_CONFIG_DIR=str(folder / "config"),
            JUPYTER_RUNTIME_DIR=str(folder / "runtime"),
            JUPYTERLAB_SETTINGS_DIR=str(folder / "settings"),
            JUPYTERLAB_WORKSPACES_DIR=str(folder / "workspaces"),
            IPYTHONDIR=str(folder / "ipython"),
        )
        with self.log_path.open("w") as log:
            self._process = subprocess.Popen(
                command,
                env=environment,
                cwd=self.root,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            wait_until(self._answers, 120, what=f"{app} to answer", interval_s=0.1)
        except BaseException:
            self.stop()
            raise

    @property
    def log_path(self) -> Path:
        """What the server and its kernels print."""
        return self._folder / "server.log"

    def write_notebook(self, path: str, cells: list[str]) -> Path:
        """Write a notebook of code cells under the root; ``path`` may name folders in it."""
        import nbformat  # takes two seconds, and each worker of the unit tests loads this file

        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(source) for source in cells],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        )
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, target)
        return target

    def page_of(self, path: Path) -> str:
        """Give the address of the page with this notebook alone."""
        inside = path.relative_to(self.root).as_posix()
        if self.app == "notebook":
            return f"{self.url}/notebooks/{inside}"
        return f"{self.url}/lab/tree/{inside}?reset"

    def request(self, method: str, path: str) -> Any:
        """Ask the server's REST API; gives the decoded JSON, None for an empty answer."""
        request = urllib.request.Request(f"{self.url}/api/{path}", method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            body = answer.read()
        return json.loads(body) if body else None

    def shut_down_kernels(self) -> None:
        """End every kernel of this server."""
        for session in self.request("GET", "sessions"):
            try:
                self.request("DELETE", f"sessions/{session['id']}")
            except urllib.error.HTTPError as error:
                if error.code not in {404, 410}:  # ended in between: what was wanted
                    raise

    def stop(self) -> None:
        """End the server and its kernels; stopping twice is harmless."""
        if self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _answers(self) -> bool:
        if self._process.poll() is not None:
            message = f"{self.app} did not start:\n{self.log_path.read_text()[-3000:]}"
            raise RuntimeError(message)
        try:
            self.request("GET", "status")
        except (urllib.error.URLError, OSError):
            return False
        return True


class Notebook:
    """One notebook, open in a browser page. Cells are counted from 0.

    Attributes:
        page: Playwright's page, for everything that has no method here.
        path: The notebook's file; a project folder made by its cells lies beside it.
        complaints: What the browser's console reported as errors, in order.
    """

    def __init__(self, page: Page, lab: Lab, path: Path) -> None:
        self.page = page
        self.path = path
        self.complaints: list[str] = []
        self._lab = lab
        page.on("console", self._keep_errors)
        page.on("pageerror", lambda error: self.complaints.append(f"page: {error}"))

    def open(self, theme: Theme = "light", timeout_s: float = 90) -> None:
        """Load JupyterLab with this notebook alone, and wait for its kernel."""
        self.page.goto(self._lab.page_of(self.path))
        self.wait_for_kernel(timeout_s)
        self.set_theme(theme)

    def reload(self, timeout_s: float = 90) -> None:
        """Load the page again, as a person would; the kernel and its state stay."""
        self.page.reload()
        self.wait_for_kernel(timeout_s)

    def wait_for_kernel(self, timeout_s: float = 90) -> None:
        """Wait until the cells are drawn and the kernel is connected."""
        self.page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=timeout_s * 1000)
        self._wait(
            f"() => ['idle', 'busy'].includes({PANEL}?.sessionContext?.session?.kernel?.status)",
            timeout_s,
            "the kernel to be connected",
        )

    def set_theme(self, theme: Theme) -> None:
        """Switch JupyterLab to its light or dark theme and wait until it is applied."""
        self.page.evaluate(
            "name => window.jupyterapp.commands.execute('apputils:change-theme', {theme: name})",
            THEMES[theme],
        )
        self._wait(
            f"() => document.body.dataset.jpThemeName === '{THEMES[theme]}'",
            30,
            f"the {theme} theme to be applied",
        )

    # --- cells -----------------------------------------------------------------------------------

    def start(self, cell: int) -> None:
        """Run a cell and return at once."""
        self.page.evaluate(
            f"""i => {{
              const notebook = {PANEL}.content;
              notebook.activeCellIndex = i;
              notebook.deselectAll();
              notebook.widgets[i].model.executionCount = null;
              void window.jupyterapp.commands.execute('notebook:run-cell');
            }}""",
            cell,
        )

    def wait_done(self, cell: int, timeout_s: float = 60, *, may_fail: bool = False) -> None:
        """Wait until a started cell has ended.

        Raises:
            AssertionError: It did not end in time, or it raised and ``may_fail`` is false.
        """
        self._wait(IS_DONE, timeout_s, f"cell {cell} to end", cell)
        failures = [out for out in self.outputs(cell) if out["output_type"] == "error"]
        if failures and not may_fail:
            trace = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(failures[0]["traceback"]))
            raise AssertionError(f"Cell {cell} raised:\n{trace}")

    def is_done(self, cell: int) -> bool:
        """Say whether a started cell has ended."""
        return bool(self.page.evaluate(IS_DONE, cell))

    def run(self, cell: int, timeout_s: float = 60, *, may_fail: bool = False) -> None:
        """Run a cell to its end."""
        self.start(cell)
        self.wait_done(cell, timeout_s, may_fail=may_fail)

    def run_all(self, timeout_s: float = 60) -> None:
        """Run every cell to its end, one after the other; the time is for each."""
        for cell in range(self.page.evaluate(f"() => {PANEL}.content.widgets.length")):
            self.run(cell, timeout_s)

    def outputs(self, cell: int) -> list[dict[str, Any]]:
        """Read a cell's outputs from the notebook's model, as nbformat writes them."""
        outputs: list[dict[str, Any]] = self.page.evaluate(
            f"i => {PANEL}.content.widgets[i].model.outputs.toJSON()", cell
        )
        return outputs

    def text(self, cell: int) -> str:
        """Read what a cell printed and returned as plain text, one output a line."""
        parts = []
        for out in self.outputs(cell):
            part = out["text"] if "text" in out else out.get("data", {}).get("text/plain", "")
            parts.append("".join(part).removesuffix("\n"))
        return "\n".join(parts)

    def cell(self, cell: int) -> Locator:
        """Find a cell in the page, scrolled into view (cells far away are not drawn)."""
        self.page.evaluate(f"i => {PANEL}.content.scrollToItem(i)", cell)
        return self.page.locator(f".jp-Notebook .jp-Cell[data-windowed-list-index='{cell}']")

    def output(self, cell: int) -> Locator:
        """Find the area below a cell where its outputs and panels are drawn."""
        return self.cell(cell).locator(".jp-Cell-outputWrapper")

    # --- the rest --------------------------------------------------------------------------------

    def restart_kernel(self, timeout_s: float = 60) -> None:
        """Restart the kernel without asking, and wait until it is connected again."""
        self.page.evaluate(f"() => {PANEL}.sessionContext.restartKernel()")
        self.wait_for_kernel(timeout_s)

    def interrupt_kernel(self) -> None:
        """Interrupt the running cell."""
        self.page.evaluate(f"() => {PANEL}.sessionContext.session.kernel.interrupt()")

    def save(self) -> dict[str, Any]:
        """Save the notebook and give its file's content."""
        self.page.evaluate(f"() => {PANEL}.context.save()")
        content: dict[str, Any] = json.loads(self.path.read_text(encoding="utf-8"))
        return content

    def screenshot(self, path: Path) -> Path:
        """Take a picture of the whole page."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(path))
        return path

    def _wait(self, condition: str, timeout_s: float, what: str, argument: object = None) -> None:
        from playwright.sync_api import TimeoutError as NotInTime

        try:
            self.page.wait_for_function(condition, arg=argument, timeout=timeout_s * 1000)
        except NotInTime as exc:
            message = f"Waited {timeout_s:g} s for {what}; console: {self.complaints[-5:]}"
            raise AssertionError(message) from exc

    def _keep_errors(self, message: ConsoleMessage) -> None:
        if message.type == "error" and THEIR_OWN not in message.text:
            self.complaints.append(message.text)


def _free_port() -> int:
    """Find a port for a server that takes seconds to start.

    Not one that the system gives to whoever asks for any: another test or a kernel might get it meanwhile.
    """
    while True:
        port = random.randrange(10_000, 30_000)  # noqa: S311
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
