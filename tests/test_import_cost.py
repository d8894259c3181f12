"""Importing us must be cheap: the core works without Jupyter and without any ML library."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import gymdash_jupyter

HEAVY = {"gymnasium", "matplotlib", "pandas", "stable_baselines3", "torch"}
JUPYTER = {"IPython", "anywidget", "ipykernel", "ipywidgets", "traitlets"}

PACKAGE = Path(gymdash_jupyter.__path__[0])

ABOVE_CORE = {
    *("__main__", "compat", "frames", "plots", "start", "statistics", "widgets"),
    *("session_figures", "session_frames"),
}
"""Floors that may load pandas, matplotlib or Jupyter; whatever is not named here is core."""

TYPES = {entry.module for entry in entry_points(group="gymdash_jupyter.simulations")}
"""Modules of simulation types; what else lies beside them is loaded when a simulation is used."""

LOADED_WHEN_USED = {
    "gymdash_jupyter.tracking.track_callback",
    "gymdash_jupyter.tracking.track_episodes",
    "gymdash_jupyter.tracking.track_vector_episodes",
    "gymdash_jupyter.video.record_video",
}
"""Modules that are made of a heavy library, and that nothing imports before they are used."""


def is_core(module: str) -> bool:
    """Say whether importing a module must stay cheap."""
    room = module.split(".")[1]
    beside_a_type = module.startswith("gymdash_jupyter.simulations.") and module not in TYPES
    is_heavy = beside_a_type or module in LOADED_WHEN_USED
    return room not in ABOVE_CORE and not is_heavy


CORE = sorted(
    module.removesuffix(".__init__")
    for module in (
        ".".join(["gymdash_jupyter", *path.relative_to(PACKAGE).with_suffix("").parts])
        for path in PACKAGE.rglob("*.py")
    )
    if is_core(module)
)

IMPORT_EACH = """
import importlib, json, sys
loaded, blame = set(), {}
for module in sys.argv[1:]:
    importlib.import_module(module)
    now = {name.partition(".")[0] for name in sys.modules}
    blame[module] = sorted(now - loaded)
    loaded = now
print(json.dumps(blame))
"""


def loaded_by(modules: list[str]) -> dict[str, set[str]]:
    """Import modules one after the other in a fresh interpreter.

    Returns:
        The top-level names that each was the first to load.
    """
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_EACH, *modules],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return {module: set(names) for module, names in json.loads(done.stdout).items()}


def test_no_core_module_loads_jupyter_or_an_ml_library() -> None:
    blame = loaded_by(CORE)  # the package itself is among them
    assert len(blame) > 100
    guilty = {module: loaded & (HEAVY | JUPYTER) for module, loaded in blame.items()}
    assert {module: heavy for module, heavy in guilty.items() if heavy} == {}


def test_the_door_loads_no_numerics() -> None:
    assert not loaded_by(["gymdash_jupyter"])["gymdash_jupyter"] & {"numpy", "pydantic"}


def test_the_panels_load_no_ml_library() -> None:
    panels = "gymdash_jupyter.widgets"
    assert not loaded_by([panels])[panels] & {"gymnasium", "stable_baselines3", "torch"}
