"""Where this user's own things are that belong to no project: keys, exported simulation types."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from gymdash_jupyter.errors import UserFolderError


def user_folder() -> Path:
    """Give the user's data folder of this package; it may not exist yet.

    Raises:
        UserFolderError: Nobody says where this user's home is.
    """
    try:
        if sys.platform == "win32":
            base = Path(os.environ.get("APPDATA") or Path.home())
        else:
            base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    except RuntimeError as exc:
        raise UserFolderError(f"This user has no data folder: {exc} {HOW_TO_CHOOSE}") from exc
    return base / "gymdash-jupyter"


HOW_TO_CHOOSE = (
    f"Set {'APPDATA' if sys.platform == 'win32' else 'XDG_DATA_HOME'} to a folder that you can write, "
    "and start Python again."
)
"""What a person can do when the folder cannot be used, a sentence."""
