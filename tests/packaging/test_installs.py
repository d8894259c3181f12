"""A wheel, an sdist and a checkout install where there is no node, and bring panels and extension."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.packaging.installing import EXTENSION, STEMS, install, remove_built, run, uv

if TYPE_CHECKING:
    from pathlib import Path

    from tests.environments import FreshEnvironment

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

ASK_INSTALLED = """
import gymdash_jupyter, importlib.metadata as metadata, pathlib
here = pathlib.Path(gymdash_jupyter.__path__[0])
assert "site-packages" in str(here), here
assert (here / "py.typed").exists()
names = {e.name for e in metadata.entry_points(group="gymdash_jupyter.simulations")}
assert names >= {"stable_baselines", "custom_control"}, names
print(*sorted(p.stem for p in (here / "static").glob("*.js")))
"""


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
