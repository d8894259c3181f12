"""Installing into fresh environments with variables of one's own choice."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.environments import ROOT, FreshEnvironment

if TYPE_CHECKING:
    from pathlib import Path

EXTENSION = "share/jupyter/labextensions/gymdash-jupyter"
"""Where JupyterLab looks for the extension, in an environment's folder."""

BUILT = ("static", "labextension")
"""The folders of the package that js/ is built into."""

STEMS = sorted(
    path.stem for path in (ROOT / "js" / "widgets").glob("*.ts") if "." not in path.stem
)
"""The panels."""


def uv(arguments: list[str], variables: dict[str, str], folder: Path) -> None:
    run([sys.executable, "-m", "uv", "--no-config", "--quiet", *arguments], variables, folder)


def run(command: list[str], variables: dict[str, str], folder: Path) -> str:
    """Run a command to its end and give what it printed."""
    done = subprocess.run(
        command,
        env=variables,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-6000:]}"
    return done.stdout


def install(folder: Path, variables: dict[str, str], *what: str) -> FreshEnvironment:
    """Make an environment in a folder and install something with what it needs."""
    uv(["venv", "--python", sys.executable, str(folder / "env")], variables, folder)
    environment = FreshEnvironment(folder / "env", folder / "env" / "bin" / "python")
    constraints = ["--constraint", str(ROOT / "constraints.txt")]
    target = ["--python", str(environment.python)]
    uv(["pip", "install", *target, *constraints, *what], variables, folder)
    return environment


def remove_built(root: Path) -> None:
    """Remove what was built in a copy of the sources."""
    for part in BUILT:
        shutil.rmtree(root / "gymdash_jupyter" / part)
