"""What a terminal begins with to work on a project, for panels whose kernel does not hear."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def command_line_for(folder: Path) -> str:
    """Write the beginning of a command that works in any folder: ``gymdash-jupyter -d /home/ann/project``."""
    return f"gymdash-jupyter -d {shlex.quote(str(folder))}"
