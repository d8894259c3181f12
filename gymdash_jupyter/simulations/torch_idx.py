"""Reading the IDX files in which MNIST comes, with numpy alone.

The format is described at the end of http://yann.lecun.com/exdb/mnist/: two zero bytes, a code of the type, the number
of dimensions, each dimension as a big-endian 32-bit whole number, then the values.
"""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from gymdash_jupyter.errors import InvalidArgumentError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_UNSIGNED_BYTES = 0x08
_MOST_DIMENSIONS = 3
_MOST_BYTES = 2**31


def read_idx(path: Path, n_dimensions: int) -> NDArray[np.uint8]:
    """Read a file of unsigned bytes.

    Args:
        path: The file; one that ends in ``.gz`` is unpacked.
        n_dimensions: How many it must have: 3 for pictures, 1 for labels.

    Returns:
        The values, in the file's own shape.

    Raises:
        InvalidArgumentError: It is no such file, is cut short or has bytes left over.
    """
    try:
        with _opened(path) as file:
            return _read(path, file, n_dimensions)
    except (OSError, EOFError, zlib.error) as exc:
        raise _wrong(path, f"it cannot be read: {exc}") from exc


def _opened(path: Path) -> Any:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")


def _read(path: Path, file: BinaryIO, n_dimensions: int) -> NDArray[np.uint8]:
    head = file.read(4)
    if len(head) < 4 or head[0] or head[1]:
        raise _wrong(path, "it does not begin as an IDX file does")
    if head[2] != _UNSIGNED_BYTES or head[3] != n_dimensions or n_dimensions > _MOST_DIMENSIONS:
        raise _wrong(
            path,
            f"it holds type {head[2]:#04x} in {head[3]} dimensions, not bytes (0x08) in {n_dimensions}",
        )
    sizes = file.read(4 * n_dimensions)
    if len(sizes) < 4 * n_dimensions:
        raise _wrong(path, "it ends in its head")
    shape = tuple(int(size) for size in np.frombuffer(sizes, ">u4"))
    n_bytes = math.prod(shape)
    if n_bytes > _MOST_BYTES:
        raise _wrong(path, f"it says that it holds {n_bytes:,} values")
    # A packed file may unpack to anything: no more is read than it said it has, and one byte.
    values = file.read(n_bytes + 1)
    if len(values) != n_bytes:
        found = f"only {len(values):,}" if len(values) < n_bytes else "more"
        raise _wrong(path, f"it says that it holds {n_bytes:,} values, and has {found}")
    return np.frombuffer(values, np.uint8).reshape(shape)


def _wrong(path: Path, why: str) -> InvalidArgumentError:
    msg = f"{path} is no IDX file of this kind: {why}. Put the file there as MNIST has it."
    return InvalidArgumentError(msg, argument="dataset", path=path)
