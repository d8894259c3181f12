"""Ending processes that a test's project has left: keepers and workers outlive whoever started them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import psutil


def end_processes_of(folder: Path) -> None:
    """Kill the keepers and workers of the projects at or below a folder; their command lines name it."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        arguments = process.info["cmdline"] or []
        is_ours = any(argument.startswith("gymdash_jupyter.launch.") for argument in arguments)
        if is_ours and any(Path(argument).is_relative_to(folder) for argument in arguments):
            found.append(process)
            with suppress(psutil.NoSuchProcess):
                process.kill()
    psutil.wait_procs(found, timeout=10)
