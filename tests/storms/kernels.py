"""Real notebook kernels that start simulations and are killed."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from gymdash_jupyter.project import Project
from tests.export.kernel import Kernel

_BEGIN = """
import gymdash_jupyter as gd
from tests.storms.samples import Writing
gd.open_project({folder!r});
"""


class DoomedKernel(Kernel):
    """A kernel with a project open.

    Args:
        project: The project.
        scratch: A folder for the kernel's own files.
    """

    def __init__(self, project: Project, scratch: Path) -> None:
        super().__init__(scratch)
        self.run(_BEGIN.format(folder=str(project.folder)))

    @property
    def pid(self) -> int:
        pid: int = self._manager.provisioner.pid  # type: ignore[union-attr]
        return pid

    def start(self, log: Path, launcher: str, **kwargs: Any) -> UUID:
        """Start a simulation by ``gd.run`` in a cell."""
        kwargs = {"log": str(log), **kwargs}
        cell = f"print(gd.run(Writing, {log.name!r}, launcher={launcher!r}, **{kwargs!r}).sim_id)"
        return UUID(self.run(cell).strip())

    def kill(self) -> None:
        """Kill it with ``kill -9``."""
        os.kill(self.pid, signal.SIGKILL)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)
