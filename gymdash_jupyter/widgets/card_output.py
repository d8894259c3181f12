"""What a card's simulations printed: which have printed anything, and the last lines for who looks at them.

Used in the refresh loop's thread only.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gymdash_jupyter.output import OUTPUT_FILE, output_size, read_tail

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from uuid import UUID

    from gymdash_jupyter.media.paths import HasSimsFolder

SHOWN_LINES: Final = 200
_MOST_BYTES: Final = 64 * 1024
"""What a browser gets at once."""

_LOOK_EVERY_S: Final = 1.0
_LOOK_AT_ONE_S: Final = 0.01
"""Groups are looked through more seldom the larger they are."""

_READ_EVERY_S: Final = 0.5


class CardOutput:
    """Find and read the files.

    Args:
        sim_ids: Whose output.
        project: Where their folders lie; None for a card without.
    """

    def __init__(self, sim_ids: Sequence[UUID], project: HasSimsFolder | None) -> None:
        folder = None if project is None else project.sims_folder
        self._paths = (
            {}
            if folder is None
            else {str(each): folder / str(each) / OUTPUT_FILE for each in sim_ids}
        )
        self._with_words: set[str] = set()
        self._looked = -math.inf

    def sim_ids(self) -> list[str]:
        """List the simulations that have printed something, in the card's order; looks now and then."""
        now = time.monotonic()
        if now - self._looked > max(_LOOK_EVERY_S, _LOOK_AT_ONE_S * len(self._paths)):
            self._looked = now
            silent = [each for each in self._paths if each not in self._with_words]
            self._with_words.update(each for each in silent if output_size(self._paths[each])[0])
        return [each for each in self._paths if each in self._with_words]

    def path(self, sim_id: str) -> Path | None:
        """Give the file of a simulation of this card."""
        return self._paths.get(sim_id)


@dataclass
class OpenOutput:
    """The output that one view shows, and what of it the browser has.

    Attributes:
        sim_id: Whose; ``""`` while none is shown.
    """

    sim_id: str = ""
    _sent: tuple[int, int] | None = None
    _looked: float = -math.inf

    def wish(self, sim_id: object) -> None:
        """Show another one, or with ``""`` none."""
        if isinstance(sim_id, str) and sim_id != self.sim_id:
            self.sim_id = sim_id
            self.start_again()

    def start_again(self) -> None:
        """Send it once more: something may have been missed."""
        self._sent = None
        self._looked = -math.inf

    def news(self, output: CardOutput) -> str | None:
        """Give the last lines if they have changed, at most twice a second."""
        path = output.path(self.sim_id)
        now = time.monotonic()
        if path is None or now - self._looked < _READ_EVERY_S:
            return None
        self._looked = now
        size = output_size(path)
        if size == self._sent:
            return None
        self._sent = size
        return read_tail(path, n_lines=SHOWN_LINES, max_bytes=_MOST_BYTES)
