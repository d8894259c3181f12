"""What a kernel tells JupyterLab's sidebar, on the wire of a real kernel."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import gymdash_jupyter as gd
from tests.sidebar.kernel import LinkedKernel


def widget(model_id: str) -> str:
    """Write the Python that finds a widget in the kernel."""
    return f"__import__('ipywidgets').widgets.widget._instances[{model_id!r}]"


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LinkedKernel]:
    """A kernel that has imported the package, with a project and a page that listens."""
    folder = tmp_path_factory.mktemp("kernel")
    with LinkedKernel(folder) as made:
        made.start("import gymdash_jupyter as gd")
        made.hear("opened")
        made.hello()
        made.run("gd.open_project('first')")
        yield made


def test_importing_the_package_opens_the_link_without_a_project(tmp_path: Path) -> None:
    with LinkedKernel(tmp_path) as kernel:
        kernel.start("import gymdash_jupyter")
        state = kernel.hear("opened")
        assert (state["project"], state["cwd"], state["version"]) == (
            None,
            str(tmp_path),
            gd.__version__,
        )
        loaded = kernel.run(
            "import sys; print({'ipywidgets', 'anywidget', 'pandas', 'sqlite3'} & set(sys.modules))"
        )
        # IPython itself loads sqlite3, for its history.
        assert eval(loaded) <= {"sqlite3"}  # noqa: S307 - a set of texts
        kernel.run("import importlib; importlib.reload(gymdash_jupyter)")
        assert kernel.ask("panel")["result"] is None
        assert kernel.opened == 1


def test_a_page_that_says_hello_is_told_of_the_project_at_once(kernel: LinkedKernel) -> None:
    kernel.start("project = gd.open_project('second')")
    state = kernel.hear("state")
    assert Path(state["project"]).name == "second"
    assert state["place"].endswith("/second")
    assert (state["is_read_only"], state["can_start"]) == (False, True)
    assert kernel.hello()["project"] == state["project"]


def test_each_project_has_one_sidebar_panel_in_a_kernel(kernel: LinkedKernel) -> None:
    kernel.run("gd.open_project('one_panel')")
    first = kernel.ask("panel")["result"]["model_id"]
    again = kernel.ask("panel")["result"]["model_id"]
    kernel.run("gd.open_project('another')")
    another = kernel.ask("panel")["result"]["model_id"]
    kernel.run("gd.open_project('one_panel')")
    back = kernel.ask("panel")["result"]["model_id"]
    assert first == again == back != another
    assert kernel.run(f"print(type({widget(first)}).__name__)").strip() == "SidebarPanel"


def test_start_shows_the_form_and_says_so(kernel: LinkedKernel) -> None:
    kernel.run("gd.open_project('starting')")
    question = {"kind": "ask", "id": "page-start", "what": "start"}
    kernel.say(question)
    kernel.hear("state", is_starting=True)
    kernel.hear("answer", id="page-start")


def test_the_dashboard_shows_the_simulation_that_is_asked_for(kernel: LinkedKernel) -> None:
    kernel.run("gd.open_project('dash')")
    sim_id = kernel.run("print(gd.tracker().create_simulation('custom_control')[0])").strip()
    model_id = kernel.ask("dashboard", sim=sim_id)["result"]["model_id"]
    shown = kernel.run(f"d = {widget(model_id)}; print(d.simulations.selection, d.tab)")
    assert shown.strip() == f"['{sim_id}'] analyze"
    assert "uuid" in kernel.ask("dashboard", sim="../../etc")["error"].lower()


def test_the_size_of_the_project_is_measured_when_asked_for(kernel: LinkedKernel) -> None:
    kernel.run("gd.open_project('sized')")
    size = kernel.ask("size")["result"]["size_bytes"]
    assert size > 10_000
    assert kernel.hello()["size_bytes"] == size


def test_how_often_to_look_is_set_within_bounds(kernel: LinkedKernel) -> None:
    pace = "from gymdash_jupyter.widgets.refresh import RefreshLoop; print(RefreshLoop.interval_s)"
    for wanted, taken in ((2, "2.0"), (3600, "5.0"), ("soon", "5.0"), (0, "0.1")):
        kernel.ask("settings", refresh_s=wanted)
        assert kernel.run(pace).strip() == taken


def test_what_an_older_package_does_not_know_is_said(kernel: LinkedKernel) -> None:
    assert "Update gymdash-jupyter" in kernel.ask("dance")["error"]


def test_a_busy_cell_keeps_nobody_waiting_where_there_are_subshells(kernel: LinkedKernel) -> None:
    kernel.run("gd.open_project('busy')")
    subshell = kernel.new_subshell()
    kernel.start("import os, time\nwhile not os.path.exists('go_on'): time.sleep(0.02)")
    try:
        assert kernel.ask("panel", subshell=subshell)["result"]["model_id"]
        assert kernel.ask("size", subshell=subshell)["result"]["size_bytes"]
    finally:
        (kernel.folder / "go_on").touch()


def test_an_open_control_request_is_noticed(kernel: LinkedKernel) -> None:
    kernel.run("p = gd.open_project('asking')")
    kernel.hello(open_requests=0)
    kernel.run(
        "import threading; answered = threading.Event()\n"
        "class Asks(gd.Simulation):\n"
        "    def _run(self, **kwargs):\n"
        "        self.interactor.add_control_request('custom_query', 'Which way?')\n"
        "        answered.wait(120)\n"
        "gd.SimulationRegistry.register('asks', Asks)\n"
        "sim = gd.run('asks', launcher='thread')"
    )
    try:
        kernel.hear("state", open_requests=1)
    finally:
        kernel.run("answered.set(); gd.tracker().wait([sim.sim_id], 60)")


def test_the_sidebars_own_kernel_makes_no_project_unless_asked(kernel: LinkedKernel) -> None:
    kernel.run(
        "from gymdash_jupyter.sidebar_opening import open_for_sidebar\n"
        "import os; here = os.getcwd(); there = os.path.join(here, 'new', 'project')"
    )
    with pytest.raises(AssertionError, match=r"There is no project in .*: it does not exist"):
        kernel.run("open_for_sidebar(there)")
    kernel.run("open_for_sidebar(there, create=True)")
    told = kernel.run("print(os.getcwd() == os.path.dirname(there)); os.chdir(here)")
    assert told.strip() == "True"
    assert kernel.hello()["place"] == "new/project"


def test_outside_a_kernel_nothing_is_said(tmp_path: Path) -> None:
    code = (
        "import sys, gymdash_jupyter as gd; gd.open_project('p');"
        "assert 'gymdash_jupyter.sidebar_link' not in sys.modules; assert 'comm' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, timeout=60)
