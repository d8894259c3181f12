"""Fresh Python environments with a wheel of ours, made in seconds by uv.

uv keeps what it has fetched, so that a second environment with the same packages needs no network.
"""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from packaging.requirements import Requirement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).parents[1]

Resolution = Literal["highest", "lowest-direct"]

NOT_INHERITED = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE")
"""What of our own environment would change another; the last makes each start compile everything again."""


@dataclass(frozen=True)
class FreshEnvironment:
    """A Python environment of its own.

    Attributes:
        folder: Where it lies.
        python: Its interpreter.
    """

    folder: Path
    python: Path

    @property
    def variables(self) -> dict[str, str]:
        """The variables for programs in it: ours, with its programs first."""
        kept = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
        return kept | {"PATH": f"{self.python.parent}{os.pathsep}{os.environ['PATH']}"}

    def run(self, *arguments: str, cwd: Path, timeout_s: float = 300) -> str:
        """Run its Python to the end and give what it printed.

        Raises:
            AssertionError: It failed; says what it printed.
        """
        return _run([str(self.python), *arguments], cwd, self.variables, timeout_s)

    def version(self, package: str) -> str:
        """Tell which version of a package is installed in it."""
        ask = f"import importlib.metadata as m; print(m.version({package!r}))"
        return self.run("-c", ask, cwd=self.folder).strip()


def built_wheel(folder: Path) -> Path:
    """Build the wheel of this checkout into an empty folder, and give its path."""
    make = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    _run(make, ROOT, dict(os.environ), 300)
    return next(folder.glob("*.whl"))


def fresh_environment(
    path: Path,
    wheel: Path,
    extras: Sequence[str] = (),
    resolution: Resolution = "highest",
    with_: Sequence[str] = (),
) -> FreshEnvironment:
    """Make an environment with a wheel and what it needs.

    Args:
        path: Folder for it, which does not exist yet.
        wheel: The wheel.
        extras: Extras of the wheel to install too. torch comes in the version of constraints.txt.
        resolution: "highest" for the newest versions that the index serves, "lowest-direct" for the lowest that the
            wheel's metadata allows (what those need in turn is as new as it can be).
        with_: Requirements to install beside it, resolved together with the wheel's own.

    Returns:
        The environment.

    Raises:
        AssertionError: It cannot be made; says what uv printed.
    """
    _uv("venv", "--quiet", "--python", sys.executable, str(path))
    environment = FreshEnvironment(path, path / "bin" / "python")
    wanted = [*requirements_of(wheel, extras), *with_]
    constraints = path / "constraints.txt"
    constraints.write_text(_torch(), encoding="utf-8")
    choice = ["--resolution", resolution, "--constraint", str(constraints)]
    install(environment, *choice, *wanted)
    install(environment, "--no-deps", str(wheel))
    return environment


def install(environment: FreshEnvironment, *arguments: str) -> None:
    """Install packages into an environment; a version that is there is replaced."""
    # Wheels that lie on the machine are used as pip would: torch's are large.
    local = [f"--find-links={place}" for place in os.environ.get("PIP_FIND_LINKS", "").split()]
    _uv("pip", "install", "--quiet", "--python", str(environment.python), *local, *arguments)


def requirements_of(wheel: Path, extras: Sequence[str] = ()) -> list[str]:
    """List what a wheel needs here, by its metadata.

    uv's "lowest-direct" means what is asked for itself, not what a wheel asks for.
    """
    with zipfile.ZipFile(wheel) as files:
        name = next(name for name in files.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = HeaderParser().parsestr(files.read(name).decode())
    asked = [Requirement(line) for line in metadata.get_all("Requires-Dist", [])]
    return [_plain(each) for each in asked if _is_wanted(each, extras)]


def _is_wanted(asked: Requirement, extras: Sequence[str]) -> bool:
    wanted = asked.marker is None
    return wanted or any(asked.marker.evaluate({"extra": extra}) for extra in ("", *extras))


def _plain(asked: Requirement) -> str:
    extras = f"[{','.join(sorted(asked.extras))}]" if asked.extras else ""
    return f"{asked.name}{extras}{asked.specifier}"


def _torch() -> str:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return "".join(f"{line}\n" for line in lines if line.startswith("torch=="))


def _uv(*arguments: str) -> str:
    # Not by what a project or a person has configured: it would resolve otherwise.
    return _run(
        [sys.executable, "-m", "uv", "--no-config", *arguments], ROOT, dict(os.environ), 600
    )


def _run(command: Sequence[str], cwd: Path, variables: Mapping[str, str], timeout_s: float) -> str:
    done = subprocess.run(
        command,
        cwd=cwd,
        env=variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout_s,
    )
    said = f"{' '.join(command)}\n{done.stdout[-6000:]}\n{done.stderr[-6000:]}"
    assert done.returncode == 0, said
    return done.stdout
