"""Finding and ending what works on a project, so that no test leaves a process behind."""

from __future__ import annotations

from pathlib import Path

import psutil


def all_of(folder: Path) -> list[psutil.Process]:
    """Give the workers and keepers of the projects at or below a folder, which their commands name."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        command = process.info["cmdline"] or []
        is_ours = any(part.startswith("gymdash_jupyter.launch") for part in command)
        if is_ours and any(Path(part).is_relative_to(folder) for part in command):
            found.append(process)
    return found


def kill_all_of(folder: Path) -> None:
    """Kill them and wait until they are gone."""
    left = all_of(folder)
    for process in left:
        process.kill()
    psutil.wait_procs(left, 5)
