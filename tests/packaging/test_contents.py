"""What a wheel and an sdist hold, and when they are built again."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.packaging.installing import BUILT, EXTENSION, STEMS, remove_built, run

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

IN_A_WHEEL = re.compile(
    rf"""
    gymdash_jupyter/ ([a-z0-9_]+/)* [a-z0-9_]+\.py
    | gymdash_jupyter/ (py\.typed | widgets/static_card\.css | report/report\.css | static/({"|".join(STEMS)})\.js)
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

BUILD = [
    *(sys.executable, "-c"),
    "from hatch_build import *; build_when_stale(Path.cwd(), for_development=False)",
]


def test_the_wheel_holds_what_it_must_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as files:
        names = files.namelist()
    assert [name for name in names if not IN_A_WHEEL.fullmatch(name)] == []
    assert {f"gymdash_jupyter/static/{stem}.js" for stem in STEMS} <= set(names)
    assert any("/static/remoteEntry." in name for name in names)
    assert wheel.stat().st_size <= LARGEST_WHEEL_BYTES


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
    # Not a link: builds follow it, and see the modules elsewhere than beside the sources.
    modules = "js/node_modules"
    shutil.copytree(checkout / modules, elsewhere / modules, symlinks=True, copy_function=os.link)
    before = contents_of(elsewhere)
    remove_built(elsewhere)
    run(BUILD, dict(os.environ), elsewhere)
    assert contents_of(elsewhere) == before


def test_an_extension_that_cannot_be_built_stops_the_build_and_says_where(
    sdist: Path, checkout: Path, tmp_path: Path
) -> None:
    with tarfile.open(sdist) as files:
        files.extractall(tmp_path, filter="data")
    broken = next(tmp_path.iterdir())
    (broken / "js" / "node_modules").symlink_to(checkout / "js" / "node_modules")
    (broken / "js" / "labextension" / "index.ts").write_text("const;")
    with pytest.raises(AssertionError, match=r"labextension/index\.ts:1:5"):
        run(BUILD, dict(os.environ), broken)


def contents_of(root: Path) -> dict[str, bytes]:
    """Read everything that is built under a root."""
    folders = (root / "gymdash_jupyter" / part for part in BUILT)
    paths = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(root)): path.read_bytes() for path in paths}
