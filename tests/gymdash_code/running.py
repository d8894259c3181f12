"""Run the scripts in processes of their own and look at what they left, with sqlite3 alone."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

SCRIPTS = Path(__file__).parent / "scripts"


def run_script(
    name: str, *arguments: str, folder: Path, timeout_s: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run a script as code for GymDash, in a folder; its exit code must be 0."""
    done = subprocess.run(
        [sys.executable, "-m", "gymdash_jupyter.compat", str(SCRIPTS / name), *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout_s,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def rows(project: Path, sql: str) -> list[dict[str, Any]]:
    """Read a project's database as any program could, without changing it."""
    database = project / "db" / "simulations.db"
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(sql)]
