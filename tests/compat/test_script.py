"""``python -m gymdash_jupyter.compat script.py`` behaves as ``python script.py`` does."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

RUN = [sys.executable, "-m", "gymdash_jupyter.compat"]


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*RUN, *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """Give the path of a script that is not written yet, in a folder below the working one."""
    path = tmp_path / "below" / "script.py"
    path.parent.mkdir()
    return path


def test_it_is_main_with_its_own_arguments_and_folder(tmp_path: Path, script: Path) -> None:
    script.write_text("import sys, os\nprint(__name__, __file__, sys.argv, sys.path[0])")
    done = run(tmp_path, "below/script.py", "-d", "x", "-h", "--", "y")
    assert done.stdout.strip() == (
        f"__main__ {script} ['below/script.py', '-d', 'x', '-h', '--', 'y'] {script.parent}"
    )


def test_modules_beside_it_are_imported_and_those_of_the_working_folder_not(
    tmp_path: Path, script: Path
) -> None:
    (script.parent / "beside.py").write_text("text = 'beside'")
    (tmp_path / "working.py").touch()
    script.write_text("import beside; print(beside.text); import working")
    done = run(tmp_path, str(script))
    assert done.stdout == "beside\n"
    assert "No module named 'working'" in done.stderr


def test_old_imports_work_without_a_line(tmp_path: Path, script: Path) -> None:
    script.write_text(
        "from gymdash.backend.core.simulation.base import Simulation\n"
        "class Mine(Simulation): pass\n"
        "print(Mine.__module__, Simulation.__module__)\n"
    )
    assert run(tmp_path, str(script)).stdout == "__main__ gymdash_jupyter.simulation\n"


def test_enabling_in_the_script_as_well_is_harmless(tmp_path: Path, script: Path) -> None:
    script.write_text(
        "import gymdash_jupyter as gd; gd.compat.enable_gymdash_imports()\n"
        "import gymdash.start; print(gymdash.start.start is gd.start)\n"
    )
    assert run(tmp_path, str(script)).stdout == "True\n"


def test_what_is_not_here_is_refused_in_plain_words(tmp_path: Path, script: Path) -> None:
    script.write_text("from gymdash.backend.main import app")
    done = run(tmp_path, str(script))
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(
        "gymdash_jupyter.errors.CompatError: GymDash's gymdash.backend.main is not provided by"
    )


def test_a_traceback_begins_in_the_script(tmp_path: Path, script: Path) -> None:
    script.write_text("def fail():\n    raise KeyError('here')\n\nfail()\n")
    done = run(tmp_path, str(script))
    assert done.returncode == 1
    assert done.stderr == (
        "Traceback (most recent call last):\n"
        f'  File "{script}", line 4, in <module>\n'
        "    fail()\n"
        f'  File "{script}", line 2, in fail\n'
        "    raise KeyError('here')\n"
        "KeyError: 'here'\n"
    )


def test_a_syntax_error_shows_no_line_but_the_script_s(tmp_path: Path, script: Path) -> None:
    script.write_text("x = = 1\n")
    done = run(tmp_path, str(script))
    assert done.returncode == 1
    assert done.stderr.startswith(f'  File "{script}", line 1\n')
    assert "gymdash_jupyter" not in done.stderr


@pytest.mark.parametrize(
    ("code", "exit_code", "said"),
    [("sys.exit(3)", 3, ""), ("sys.exit('why')", 1, "why\n"), ("sys.exit()", 0, ""), ("1", 0, "")],
)
def test_the_exit_code_is_the_script_s(
    tmp_path: Path, script: Path, code: str, exit_code: int, said: str
) -> None:
    script.write_text(f"import sys\n{code}\n")
    done = run(tmp_path, str(script))
    assert (done.returncode, done.stderr) == (exit_code, said)


def test_ctrl_c_exits_with_130(tmp_path: Path, script: Path) -> None:
    script.write_text("import time\nopen('began', 'w')\nwhile True: time.sleep(0.05)\n")
    process = subprocess.Popen(
        [*RUN, str(script)], cwd=tmp_path, stderr=subprocess.PIPE, text=True
    )
    wait_until((tmp_path / "began").exists, what="the script to begin")
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.splitlines()[-1] == "KeyboardInterrupt"
    assert "gymdash_jupyter" not in said


def test_it_stays_main_for_what_runs_on_after_its_last_line(tmp_path: Path, script: Path) -> None:
    script.write_text(
        "import atexit, pickle\n"
        "class Mine: pass\n"
        "atexit.register(lambda: print(type(pickle.loads(pickle.dumps(Mine()))) is Mine))\n"
    )
    assert run(tmp_path, str(script)).stdout == "True\n"


def test_it_inherits_no_future_import(tmp_path: Path, script: Path) -> None:
    script.write_text("x: 1 + 1 = 0\nprint(__annotations__)")
    assert run(tmp_path, str(script)).stdout == "{'x': 2}\n"


@pytest.mark.parametrize("name", ["missing.py", "below"])
def test_what_cannot_be_read_is_named_and_exits_with_2(
    tmp_path: Path, script: Path, name: str
) -> None:
    done = run(tmp_path, name)
    assert done.returncode == 2
    assert f"cannot read the script {name}: " in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_script_it_shows_how_it_is_used(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.returncode == 2
    assert "usage: python -m gymdash_jupyter.compat" in done.stderr


def test_its_own_help_comes_before_the_script(tmp_path: Path) -> None:
    done = run(tmp_path, "-h")
    assert done.returncode == 0
    assert "script.py [arguments of the script ...]" in done.stdout


def test_where_gymdash_is_beside_the_script_it_refuses(tmp_path: Path, script: Path) -> None:
    (script.parent / "gymdash.py").touch()
    script.write_text("print('never')")
    done = run(tmp_path, str(script))
    assert done.returncode == 1
    assert done.stdout == ""
    assert "another module 'gymdash' would be imported" in done.stderr
    assert "Traceback" not in done.stderr
