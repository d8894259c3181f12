"""A clean checkout, and the sdist and the wheel of it. Node is on no PATH here: builds bring their own."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.environments import ROOT
from tests.packaging.installing import install, uv

if TYPE_CHECKING:
    from pathlib import Path

    from tests.environments import FreshEnvironment


@pytest.fixture(scope="package")
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


@pytest.fixture(scope="package")
def no_npm(no_node: dict[str, str]) -> dict[str, str]:
    """Give the same, where npm could fetch nothing if somebody brought one."""
    return no_node | {"npm_config_registry": "http://127.0.0.1:9", "npm_config_fetch_retries": "0"}


@pytest.fixture(scope="package")
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


@pytest.fixture(scope="package")
def sdist(
    checkout: Path, no_node: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Build the sdist from the clean checkout, as ``python -m build`` does."""
    folder = tmp_path_factory.mktemp("sdist")
    uv(["build", "--sdist", "--out-dir", str(folder), str(checkout)], no_node, checkout)
    return next(folder.glob("*.tar.gz"))


@pytest.fixture(scope="package")
def wheel(sdist: Path, no_npm: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from the sdist."""
    folder = tmp_path_factory.mktemp("wheel")
    uv(["build", "--wheel", "--out-dir", str(folder), str(sdist)], no_npm, folder)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="package")
def installed(
    wheel: Path, no_npm: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> FreshEnvironment:
    """Give an environment with the wheel, which no test changes."""
    return install(tmp_path_factory.mktemp("installed"), no_npm, str(wheel))
