"""What a simulation did and when, in a file that survives the kill of its writer and needs no project.

The file is mapped into memory: what is written is the system's at once, whatever becomes of the process, and no limit
on the size of files is met.
"""

from __future__ import annotations

import mmap
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

MAX_ROWS = 4_000_000
_NUMBER = struct.Struct("<d")


class NumberLog:
    """Write numbers other than 0, one after the other; the file is sparse.

    Args:
        path: The file, which must not be there yet; its folder is.
        max_rows: How many numbers fit.
    """

    def __init__(self, path: str | Path, max_rows: int = MAX_ROWS) -> None:
        size = max_rows * _NUMBER.size
        with Path(path).open("x+b") as file:
            file.truncate(size)
            self._map = mmap.mmap(file.fileno(), size)
        self._at = 0

    def add(self, number: float) -> None:
        """Append a number."""
        _NUMBER.pack_into(self._map, self._at, number)
        self._at += _NUMBER.size


def read_log(path: str | Path) -> NDArray[np.float64]:
    """Read the numbers that were written so far; none where there is no file yet."""
    try:
        numbers = np.memmap(path, dtype=np.float64, mode="r")
    except (FileNotFoundError, ValueError):  # not there, or still empty
        return np.zeros(0)
    low, high = 0, len(numbers)
    while low < high:  # the first zero, without reading all of a sparse file
        middle = (low + high) // 2
        low, high = (middle + 1, high) if numbers[middle] else (low, middle)
    return np.array(numbers[:low])
