"""Which files of a log were imported and then removed to make room: the next import of the log leaves them out."""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from gymdash_jupyter.records import MediaItem

logger = logging.getLogger(__name__)

FINGERPRINT: Final = "imported"
"""Under this name of its info, a file that was imported has a fingerprint of what it was made from."""
_NAME: Final = ".pruned"


def note_pruned(sim_folder: Path, items: Iterable[MediaItem]) -> None:
    """Remember those of the files that were imported; to be called before their rows are gone.

    Args:
        sim_folder: The simulation's own; with it goes what is remembered.
        items: Of this simulation.
    """
    lines = [f"{item.info[FINGERPRINT]}\n" for item in items if FINGERPRINT in item.info]
    if not lines:
        return
    try:
        with (sim_folder / _NAME).open("a", encoding="ascii", errors="replace") as file:
            file.write("".join(lines))
    except OSError as exc:  # on a full disk, making room counts more
        logger.warning(
            "%s cannot be written (%s): the next import of this log brings back what is removed now.",
            sim_folder / _NAME,
            exc,
        )


def pruned(sim_folder: Path) -> Counter[str]:
    """Count the fingerprints of what was removed of a simulation."""
    try:
        return Counter((sim_folder / _NAME).read_text("ascii", "replace").split())
    except OSError:
        return Counter()
