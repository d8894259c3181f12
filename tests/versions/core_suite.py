"""The part of the suite that says whether the package works with other versions of what it needs.

Rooms that need a learning library, video or a GPU are left out: those are extras with versions of their own.
"""

from __future__ import annotations

import importlib.metadata
import shutil
from typing import TYPE_CHECKING, Final

from tests.environments import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.environments import FreshEnvironment

CORE: Final = (
    "tests/compat/test_finder.py",
    "tests/compat/test_script.py",
    "tests/core",
    "tests/frames",
    "tests/plots",
    "tests/statistics",
    "tests/store",
    "tests/sweeps",
    "tests/test_import_cost.py",
    "tests/tracker",
    "tests/widgets",
)
"""What is run, and the one place that says so."""

_TOOLS: Final = ("hypothesis", "pytest", "pytest-timeout", "pytest-xdist")


def tools() -> list[str]:
    """List what running the tests needs, in the versions that are used here."""
    return [f"{name}=={importlib.metadata.version(name)}" for name in _TOOLS]


def run_core_suite(environment: FreshEnvironment, folder: Path) -> str:
    """Run the core suite against the wheel in an environment; give what pytest printed.

    Args:
        environment: It has the wheel and ``tools()``.
        folder: Empty folder for a copy of the tests: beside the sources they would test those.

    Raises:
        AssertionError: A test failed; says which.
    """
    leave = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "tests", folder / "tests", ignore=leave)
    shutil.copy(ROOT / "pyproject.toml", folder)
    quiet = ("-q", "-p", "no:cacheprovider", "-W", "ignore", "--tb=short")
    which = ("-m", "not slow and not browser", "-n", "2", "--dist", "loadfile")
    return environment.run("-m", "pytest", *quiet, *which, *CORE, cwd=folder, timeout_s=900)
