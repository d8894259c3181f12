"""Importing us must be cheap: the core works without Jupyter and without any ML library."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import gymdash_jupyter

HEAVY = frozenset({"gymnasium", "matplotlib", "pandas", "stable_baselines3", "torch"})
JUPYTER = frozenset({"IPython", "anywidget", "ipykernel", "ipywidgets", "traitlets"})

PACKAGE = Path(gymdash_jupyter.__path__[0])

ABOVE_CORE = frozenset({"__main__", "compat", "frames", "plots", "start", "statistics", "widgets"})
"""Floors that may load pandas, matplotlib or Jupyter; whatever is not named here is core."""

CORE = sorted(
    ".".join(["gymdash_jupyter", *inside.parts]).removesuffix(".__init__")
    for inside in (path.relative_to(PACKAGE).with_suffix("") for path in PACKAGE.rglob("*.py"))
    if inside.parts[0] not in ABOVE_CORE
)
"""All of the core, and the package itself."""


def roots_loaded_by(module: str) -> set[str]:
    """Import a module in a fresh interpreter and give the top-level names it loaded."""
    code = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.mark.parametrize("module", CORE)
def test_a_core_module_loads_neither_jupyter_nor_an_ml_library(module: str) -> None:
    assert not roots_loaded_by(module) & (HEAVY | JUPYTER)


@pytest.mark.skipif(find_spec("gymdash_jupyter.widgets") is None, reason="no panels yet")
def test_the_panels_load_no_ml_library() -> None:
    assert not roots_loaded_by("gymdash_jupyter.widgets") & {
        "gymnasium",
        "stable_baselines3",
        "torch",
    }
