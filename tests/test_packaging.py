"""A wheel and an sdist install where there is no node, and bring panels and extension with them.

Each install runs in a fresh environment whose PATH has the system's tools but no node.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.environments import ROOT, FreshEnvironment, fresh_environment

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

STEMS = sorted(
    path.stem for path in (ROOT / "js" / "widgets").glob("*.ts") if "." not in path.stem
)

EXTENSION = "share/jupyter/labextensions/gymdash-jupyter"

BUILT = ("static", "labextension")

IN_A_WHEEL = re.compile(
    rf"""
    gymdash_jupyter/ ([a-z0-9_]+/)* [a-z0-9_]+\.py
    | gymdash_jupyter/ (py\.typed | widgets/static_card\.css | static/({"|".join(STEMS)})\.js)
    | gymdash_jupyter-[\d.]+\.dist-info/ (METADATA | WHEEL | RECORD | entry_points\.txt | licenses/LICENSE)
    | gymdash_jupyter-[\d.]+\.data/data/{EXTENSION}/ (
        install\.json | package\.json
        | schemas/gymdash-jupyter/ (plugin\.json | package\.json\.orig)
        | static/ ((\d+|remoteEntry)\.[0-9a-f]+\.js | style\.js | third-party-licenses\.json)
    )
    """,
    re.VERBOSE,
)
"""Every file that a wheel may hold: no sources, no tests, no maps, nothing that says how it was built."""

LARGEST_WHEEL_BYTES = 1_500_000

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
def no_npm(no_node: dict[str, str]) -> dict[str, str]:
    """Give the same, where npm could fetch nothing if somebody brought one."""
    return no_node | {"npm_config_registry": "http://127.0.0.1:9", "npm_config_fetch_retries": "0"}


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
def sdist(
    checkout: Path, no_node: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Build the sdist from the clean checkout, as ``python -m build`` does."""
    folder = tmp_path_factory.mktemp("sdist")
    uv(["build", "--sdist", "--out-dir", str(folder), str(checkout)], no_node, checkout)
    return next(folder.glob("*.tar.gz"))


@pytest.fixture(scope="module")
def wheel(sdist: Path, no_npm: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from the sdist."""
    folder = tmp_path_factory.mktemp("wheel")
    uv(["build", "--wheel", "--out-dir", str(folder), str(sdist)], no_npm, folder)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> FreshEnvironment:
    """Give an environment with the wheel, which no test changes."""
    return fresh_environment(tmp_path_factory.mktemp("installed") / "env", wheel)


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


def panels_of(environment: FreshEnvironment) -> list[str]:
    """Ask the installed package for its panels, once it has been found whole."""
    return environment.run("-c", ASK_INSTALLED, cwd=environment.folder).split()


def extensions_of(environment: FreshEnvironment) -> str:
    """Ask JupyterLab for its extensions; plain text, a line each."""
    done = subprocess.run(
        [str(environment.python), "-m", "jupyterlab.labextensions", "list"],
        cwd=environment.folder,
        env=environment.variables | {"JUPYTER_CONFIG_DIR": str(environment.folder / "config")},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return re.sub(r"\x1b\[\d*m", "", done.stdout + done.stderr)


def test_the_wheel_brings_every_panel(installed: FreshEnvironment) -> None:
    assert panels_of(installed) == STEMS


def test_jupyterlab_finds_the_extension_of_the_wheel(installed: FreshEnvironment) -> None:
    version = installed.version("gymdash-jupyter")
    wanted = f"gymdash-jupyter v{version} enabled OK (python, gymdash-jupyter)"
    assert wanted in extensions_of(installed)


def test_the_wheel_holds_what_it_must_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as files:
        names = files.namelist()
    assert [name for name in names if not IN_A_WHEEL.fullmatch(name)] == []
    assert {f"gymdash_jupyter/static/{stem}.js" for stem in STEMS} <= set(names)
    assert any("/static/remoteEntry." in name for name in names)
    assert wheel.stat().st_size <= LARGEST_WHEEL_BYTES


def test_the_sdist_installs_without_node_and_npm(
    sdist: Path, no_npm: dict[str, str], tmp_path: Path
) -> None:
    environment = install(tmp_path, no_npm, str(sdist))
    assert panels_of(environment) == STEMS
    assert (environment.folder / EXTENSION / "package.json").exists()


def test_a_clean_checkout_installs_without_node(
    checkout: Path, no_node: dict[str, str], tmp_path: Path
) -> None:
    fresh = tmp_path / "gymdash"
    shutil.copytree(checkout, fresh, ignore=shutil.ignore_patterns("node_modules"))
    remove_built(fresh)
    environment = install(tmp_path, no_node, str(fresh))
    assert panels_of(environment) == STEMS
    assert (environment.folder / EXTENSION / "package.json").exists()


def test_the_sdist_carries_sources_and_what_is_built_of_them(sdist: Path) -> None:
    with tarfile.open(sdist) as files:
        names = {name.partition("/")[2] for name in files.getnames()}
    wanted = {"js/package-lock.json", "js/build.mjs", "hatch_build.py", "LICENSE"}
    wanted |= {"js/labextension/index.ts", "js/schema/plugin.json"}
    wanted |= {f"gymdash_jupyter/static/{stem}.js" for stem in STEMS}
    wanted |= {"gymdash_jupyter/labextension/package.json"}
    assert wanted <= names
    assert not [name for name in names if "node_modules" in name or name.startswith("js/lib")]


def test_what_matches_its_sources_is_not_built_again(
    sdist: Path, no_node: dict[str, str], tmp_path: Path
) -> None:
    with tarfile.open(sdist) as files:
        files.extractall(tmp_path, filter="data")
    unpacked = next(tmp_path.iterdir())
    assert run([sys.executable, "hatch_build.py"], no_node, unpacked) == "bundles are up to date\n"


def test_the_same_sources_give_the_same_files_elsewhere(
    sdist: Path, checkout: Path, tmp_path: Path
) -> None:
    with tarfile.open(sdist) as files:
        files.extractall(tmp_path / "some" / "where", filter="data")
    elsewhere = next((tmp_path / "some" / "where").iterdir())
    (elsewhere / "js" / "node_modules").symlink_to(checkout / "js" / "node_modules")
    before = contents_of(elsewhere)
    remove_built(elsewhere)
    build = "import hatch_build; hatch_build.build_when_stale(hatch_build.Path.cwd(), for_development=False)"
    run([sys.executable, "-c", build], dict(os.environ), elsewhere)
    assert contents_of(elsewhere) == before


def contents_of(root: Path) -> dict[str, bytes]:
    """Read everything that is built under a root."""
    folders = (root / "gymdash_jupyter" / part for part in BUILT)
    paths = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(root)): path.read_bytes() for path in paths}


def remove_built(root: Path) -> None:
    for part in BUILT:
        shutil.rmtree(root / "gymdash_jupyter" / part)


def test_an_editable_install_shows_what_is_built_later(
    checkout: Path, sdist: Path, no_node: dict[str, str], tmp_path: Path
) -> None:
    environment = install(tmp_path, no_node, "--no-deps", "--editable", str(checkout))
    place = environment.folder / EXTENSION
    assert json.loads((place / "package.json").read_text())["name"] == "gymdash-jupyter"
    target = ["--python", str(environment.python)]
    uv(["pip", "install", *target, "hatchling"], no_node, tmp_path)
    environment.run("hatch_build.py", cwd=checkout)
    assert place.resolve() == checkout / "gymdash_jupyter" / "labextension"


def test_uninstalling_leaves_nothing_behind(
    wheel: Path, no_node: dict[str, str], tmp_path: Path
) -> None:
    environment = install(tmp_path, no_node, "--no-deps", str(wheel))
    assert (environment.folder / EXTENSION).is_dir()
    pip = [sys.executable, "-m", "pip", "--python", str(environment.python)]
    run([*pip, "uninstall", "--yes", "--quiet", "gymdash-jupyter"], no_node, tmp_path)
    left = [path for path in environment.folder.rglob("*") if "gymdash" in path.name.lower()]
    assert left == []
