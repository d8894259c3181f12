"""What is built of js/: one small bundle a panel, and the extension for JupyterLab."""

from __future__ import annotations

import json
import re
import sysconfig
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STATIC = ROOT / "gymdash_jupyter" / "static"
EXTENSION = ROOT / "gymdash_jupyter" / "labextension"

LARGEST_BYTES = 100_000
"""anywidget sends the whole bundle with every widget, and a saved notebook holds each copy."""

LARGEST_EXTENSION_BYTES = 150_000
"""Every JupyterLab loads it at its start, also for those who do not open the sidebar."""

STEMS = sorted(
    path.stem for path in (ROOT / "js" / "widgets").glob("*.ts") if "." not in path.stem
)


@pytest.mark.parametrize("stem", STEMS)
def test_a_bundle_is_small(stem: str) -> None:
    assert (STATIC / f"{stem}.js").stat().st_size <= LARGEST_BYTES


def test_no_bundle_outlives_its_source() -> None:
    assert sorted(path.stem for path in STATIC.glob("*.js")) == STEMS


@pytest.mark.parametrize("stem", STEMS)
def test_a_bundle_names_whose_work_is_in_it(stem: str) -> None:
    head = (STATIC / f"{stem}.js").read_text(encoding="utf-8")[:200]
    assert "uPlot" in head
    assert "MIT License" in head


def files_of(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def about_the_extension() -> dict[str, object]:
    found: dict[str, object] = json.loads((EXTENSION / "package.json").read_text("utf-8"))
    return found


def test_the_extension_is_small() -> None:
    assert sum(path.stat().st_size for path in files_of(EXTENSION)) <= LARGEST_EXTENSION_BYTES


def test_the_extension_says_which_file_to_load() -> None:
    load = re.search(r'"load": "(static/remoteEntry\.\w+\.js)"', json.dumps(about_the_extension()))
    assert load is not None
    assert (EXTENSION / load[1]).is_file()


def test_the_extension_names_whose_work_is_in_it() -> None:
    licenses = json.loads((EXTENSION / "static/third-party-licenses.json").read_text("utf-8"))
    assert {part["name"] for part in licenses["packages"]} == {"css-loader", "style-loader"}


def test_the_extension_has_the_version_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    source = json.loads((ROOT / "js" / "package.json").read_text("utf-8"))
    lock = json.loads((ROOT / "js" / "package-lock.json").read_text("utf-8"))
    told = {about_the_extension()["version"], source["version"], lock["version"]}
    assert told == {project["version"]}


def test_the_extension_asks_for_no_newer_jupyterlab_than_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert "jupyterlab>=4.2" in project["dependencies"]
    wanted = about_the_extension()["dependencies"]
    assert isinstance(wanted, dict)
    assert wanted["@jupyterlab/application"] == "^4.2.0"
    assert not [name for name, version in wanted.items() if not version.startswith("^")]


@pytest.mark.parametrize("folder", [STATIC, EXTENSION], ids=["panels", "extension"])
def test_nothing_built_tells_where_it_was_built(folder: Path) -> None:
    told = re.compile(
        rf"{re.escape(str(ROOT))}|/tmp/|^//# sourceMapp|labextension-\w{{6}}\b", re.M
    )
    assert {path for path in files_of(folder) if told.search(path.read_text("utf-8"))} == set()
    assert not [path for path in files_of(folder) if path.suffix == ".map"]


def test_jupyterlab_here_loads_the_extension_that_is_built_here() -> None:
    data = Path(sysconfig.get_path("data"))
    installed = data / "share/jupyter/labextensions/gymdash-jupyter/package.json"
    assert json.loads(installed.read_text("utf-8")) == about_the_extension()
