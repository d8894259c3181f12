"""Finding and ending what works on a project, so that no test leaves a process behind."""

from __future__ import annotations

from pathlib import Path

import psutil


def of_project(folder: Path) -> list[psutil.Process]:
    """Give the workers and keepers of a project, which name its folder in their command."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        command = process.info["cmdline"] or []
        if str(folder) in command and any(c.startswith("gymdash_jupyter.launch") for c in command):
            found.append(process)
    return found


def kill_all_of(folder: Path) -> None:
    """Kill them and wait until they are gone."""
    left = of_project(folder)
    for process in left:
        process.kill()
    psutil.wait_procs(left, 5)
