"""A real notebook kernel: cells go in, what they print or raise comes out."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Self

from jupyter_client.manager import start_new_kernel

ROOT = Path(__file__).parents[2]

_BEGIN = """
%reset -f
import os, gymdash_jupyter as gd
from gymdash_jupyter import export, registry
export._prepared, registry._types = export._Prepared(), registry._Types()
os.environ["XDG_DATA_HOME"] = {data!r}
gd.open_project({project!r});
"""


class CellError(Exception):
    """A cell raised; the message is what a person reads."""


class Kernel:
    """An ipykernel in a process of its own."""

    def __init__(self, folder: Path) -> None:
        environment = dict(os.environ, PYTHONPATH=str(ROOT), IPYTHONDIR=str(folder / "ipython"))
        self._manager, self._client = start_new_kernel(cwd=str(folder), env=environment)

    def begin(self, data: Path, project: Path) -> None:
        """Start over, as a new notebook would."""
        self.run(_BEGIN.format(data=str(data), project=str(project)))

    def run(self, cell: str) -> str:
        """Execute a cell and give what it printed."""
        printed: list[str] = []
        reply = self._client.execute_interactive(
            cell,
            timeout=60,
            output_hook=lambda m: printed.append(m["content"].get("text", "")),
            allow_stdin=False,
        )
        content = reply["content"]
        if content["status"] != "ok":
            plain = re.sub(r"\x1b\[[0-9;]*m", "", content["evalue"])
            raise CellError(f"{content['ename']}: {plain}")
        return "".join(printed)

    def export(self, key: str, name: str) -> str:
        """Export a class by its name."""
        return self.run(
            f"gd.SimulationExporter.prepare_for_export({key!r}, {name})\n"
            "print(gd.SimulationExporter.export_sims())"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)
