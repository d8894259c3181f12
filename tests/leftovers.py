"""Ending processes that a test's project has left: keepers and workers outlive whoever started them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import psutil


def end_processes_of(folder: Path) -> None:
    """Kill the keepers and workers of a project; their command lines name its folder."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        arguments = process.info["cmdline"] or []
        if str(folder) in arguments and "gymdash_jupyter.launch." in " ".join(arguments):
            found.append(process)
            with suppress(psutil.NoSuchProcess):
                process.kill()
    psutil.wait_procs(found, timeout=10)
