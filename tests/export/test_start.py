"""``start`` makes the types known that its script prepared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gymdash_jupyter.exported import exported_keys
from tests.export.conftest import ROOT
from tests.start.serving import Served, free_port

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

SCRIPT = """
import argparse
import gymdash_jupyter as gd

class Mine(gd.Simulation):
    pass

class Yours(gd.Simulation):
    pass

if __name__ == "__main__":
    gd.SimulationExporter.prepare_for_export("mine", Mine)
    print("before", gd.SimulationRegistry.list_simulations())
    gd.start(gd.add_gymdash_arguments(argparse.ArgumentParser()).parse_args())
    print("after", gd.SimulationRegistry.list_simulations())
"""


def test_what_a_script_prepared_is_known_to_the_project_that_it_starts(
    tmp_path: Path, project_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    (tmp_path / "script.py").write_text(SCRIPT)
    port = free_port()
    options = ["script.py", "-d", str(project_dir), "-p", str(port), "--no-frontend"]
    served = Served(options, port, tmp_path)
    try:
        served.wait_until_it_answers()
        assert exported_keys(project_dir) == ["mine"]
    finally:
        served.stop()
