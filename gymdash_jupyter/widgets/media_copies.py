"""Copy recorded files to where a person wants them."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from gymdash_jupyter.errors import MediaError
from gymdash_jupyter.media import folder_of, media_path
from gymdash_jupyter.media.folder import copy_regular, unused
from gymdash_jupyter.widgets.media_pieces import file_name

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from gymdash_jupyter.media.paths import HasSimsFolder
    from gymdash_jupyter.records import MediaItem

logger = logging.getLogger(__name__)


def copy_media(
    project: HasSimsFolder,
    items: Iterable[MediaItem],
    names: Mapping[UUID, str],
    folder: str | os.PathLike[str],
) -> list[Path]:
    """Copy files to ``<folder>/<simulation>/<key>/<file>``, names made harmless, nothing written over.

    Args:
        project: Where the files lie.
        items: Which ones.
        names: What their simulations are called; the beginning of the id goes behind a name.
        folder: Made when it is missing.

    Returns:
        The copies, in the order of the items; what cannot be read is left out, which is logged.

    Raises:
        OSError: The folder cannot be written to.
    """
    base = Path(folder).expanduser()
    base.mkdir(parents=True, exist_ok=True)
    copies: list[Path] = []
    for item in items:
        own = folder_of(f"{names.get(item.sim_id, '').lower()}-{str(item.sim_id)[:8]}")
        target = base / own / folder_of(item.key)
        target.mkdir(parents=True, exist_ok=True)
        path = unused(target / file_name(item))
        try:
            copy_regular(media_path(project, item), path)
        except (MediaError, FileNotFoundError, PermissionError) as exc:
            logger.warning("Not copied: %s", exc)
            continue
        copies.append(path)
    return copies
