"""Opening JupyterLab on a project, for real and in every way it may be refused."""

from __future__ import annotations

import asyncio
import os
import pty
import signal
import socket
import subprocess
import sys
import threading
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from jupyter_client import BlockingKernelClient

from gymdash_jupyter.__main__ import main
from gymdash_jupyter.errors import InvalidArgumentError, SimulationStateError
from gymdash_jupyter.start import start
from tests.logged import logged_here
from tests.start.serving import Served, free_port
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    Serve = Callable[..., Served]

COMMAND_LINE = ("-m", "gymdash_jupyter", "--no-frontend", "--port", "{port}")


def ask_a_kernel(served: Served, code: str) -> tuple[str, int]:
    """Run code in a new kernel of a JupyterLab; give what it printed, and the kernel's pid."""
    kernel_id = served.request("POST", "kernels")["id"]
    file = served.runtime / f"kernel-{kernel_id}.json"
    wait_until(file.exists, what="the kernel's connection file")
    client = BlockingKernelClient(connection_file=str(file))
    client.load_connection_file()
    # Its heartbeat would call a kernel dead that a busy machine lets start for more than a second.
    client.start_channels(hb=False)
    printed: list[str] = []
    try:
        client.wait_for_ready(timeout=60)
        client.execute_interactive(
            f"import os; print(os.getpid()); {code}",
            timeout=60,
            output_hook=lambda message: printed.append(message["content"].get("text", "")),
        )
    finally:
        client.stop_channels()
    pid, _, text = "".join(printed).strip().partition("\n")
    return text, int(pid)


def test_it_opens_jupyterlab_on_the_project_until_ctrl_c(serve: Serve, tmp_path: Path) -> None:
    served = serve(*COMMAND_LINE, "-d", "data/.mine")
    served.wait_until_it_answers()
    folder = tmp_path / "data" / ".mine"
    assert {part.name for part in folder.iterdir()} == {"db", "resources", "sims"}
    assert served.request("GET", "contents/data/.mine/sims")["type"] == "directory"
    found, kernel = ask_a_kernel(
        served, "import gymdash_jupyter as gd; print(gd.tracker().project.folder)"
    )
    assert found == str(folder)
    assert served.end_by(signal.SIGINT) == 0
    assert "Traceback" not in served.output
    wait_until(lambda: not psutil.pid_exists(kernel), what="its kernel to end")


@pytest.mark.slow
def test_in_a_terminal_ctrl_c_ends_it_without_asking(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "go.py").write_text(
        "import sys, types, gymdash_jupyter as gd\n"
        "args = types.SimpleNamespace(port=int(sys.argv[1]), no_frontend=True)\n"
        "print('ended with', gd.start(args))\n"
    )
    master, terminal = pty.openpty()
    try:
        served = serve("go.py", "{port}", stdin=terminal)
        served.wait_until_it_answers()
        assert served.end_by(signal.SIGINT) == 0
    finally:
        os.close(master)
        os.close(terminal)
    assert "Shut down this Jupyter server" not in served.output
    assert "ended with 0" in served.output
    assert (tmp_path / ".gymdash-projects" / "sims").is_dir()


def test_a_temporary_project_is_gone_at_the_end(serve: Serve) -> None:
    served = serve(*COMMAND_LINE, "--no-project", "-d", "never-made")
    served.wait_until_it_answers()
    assert [path.name for path in served.temporary.glob("gymdash-*/*")]
    assert served.end_by(signal.SIGTERM) == 0
    assert not list(served.temporary.glob("gymdash-*"))
    assert not (served.temporary.parent / "never-made").exists()


def test_flags_without_effect_are_named_one_a_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()  # so that it goes no further
    flags = ["-b", "9000", "-w", "1", "--no-backend", "--apiserver", "lan"]
    main(["-d", str(tmp_path / "file"), "-p", str(free_port()), *flags])
    assert [message.split(" has no effect here")[0] for message in logged_here(caplog)] == [
        "--apiport 9000",
        "--apiserver lan",
        "--no-backend",
    ]


@pytest.fixture
def taken_port() -> object:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_port_in_use_is_refused_before_anything_is_made(
    taken_port: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["-d", str(tmp_path / "p"), "--no-frontend", "-p", str(taken_port)])
    said = capsys.readouterr().err
    assert code == 1
    assert said.startswith(f"gymdash-jupyter: Port {taken_port} is in use")
    assert said.count("\n") == 1
    assert not (tmp_path / "p").exists()


@pytest.mark.parametrize("port", [-1, 65536, "eighty", None])
def test_what_is_no_port_is_refused(port: object) -> None:
    with pytest.raises(InvalidArgumentError, match="A port is a number from 0 to 65535"):
        start(Namespace(port=port))


def test_a_project_folder_that_is_a_file_is_one_line_and_exit_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    code = main(["-d", str(tmp_path / "file"), "--no-frontend", "-p", str(free_port())])
    said = capsys.readouterr().err
    assert code == 1
    assert str(tmp_path / "file") in said
    assert said.count("\n") == 1


def test_in_a_notebook_it_says_what_to_do_instead() -> None:
    async def in_a_loop() -> int:
        return start(Namespace())

    with pytest.raises(SimulationStateError, match="open the project instead"):
        asyncio.run(in_a_loop())


def test_in_another_thread_it_is_refused() -> None:
    raised: list[BaseException] = []

    def in_a_thread() -> None:
        try:
            start(Namespace())
        except SimulationStateError as exc:
            raised.append(exc)

    thread = threading.Thread(target=in_a_thread)
    thread.start()
    thread.join()
    assert "main thread" in str(raised[0])


def test_without_jupyterlab_it_says_how_to_install_it() -> None:
    code = (
        "import sys; sys.modules['jupyterlab'] = None; "
        "from gymdash_jupyter.__main__ import main; sys.exit(main([]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert "pip install jupyterlab" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_version_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out.startswith("gymdash-jupyter 0.")
