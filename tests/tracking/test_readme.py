"""The script in the readme does what is said of it."""

from __future__ import annotations

import re
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest

import gymdash_jupyter as gd

README = Path(__file__).parents[2] / "README.md"


@pytest.fixture
def script(tmp_path: Path) -> Path:
    (found,) = re.findall(r"```python\n# reinforce\.py\n(.*?)```", README.read_text(), re.DOTALL)
    path = tmp_path / "reinforce.py"
    path.write_text(found)
    return path


@pytest.mark.usefixtures("project")
def test_the_readme_s_script_is_tracked_and_its_seeds_are_a_group(
    script: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in ("1", "2"):
        monkeypatch.setattr(sys, "argv", [str(script), "--seed", seed, "--total-timesteps", "400"])
        sim = runpy.run_path(str(script), run_name="__main__")["sim"]
    frame = gd.simulations()
    assert frame["name"].tolist() == ["reinforce 1", "reinforce 2"]
    assert frame["state"].tolist() == ["succeeded", "succeeded"]
    assert frame["progress"].tolist() == [1.0, 1.0]
    assert set(gd.scalars()["key"]) == {
        "episode/return",
        "episode/length",
        "episode/time",
        "losses/entropy",
    }
    assert gd.scores("episode/return").groupby("group", observed=True).size().tolist() == [2]
    assert np.load(sim.path / "weights.npy").shape == (4, 2)
