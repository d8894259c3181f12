"""Write files that people asked for: all of them whole, or none of them, and none over another one by accident."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from gymdash_jupyter.errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@contextlib.contextmanager
def whole_files(
    paths: Sequence[str | os.PathLike[str]],
    *,
    replace: bool = False,
    how_to_replace: str = "replace=True",
) -> Iterator[list[Path]]:
    """Give a place to write to beside each file; what was written there becomes the files when the block ends well.

    Args:
        paths: The files; their folder must be there.
        replace: Whether to write over files that are there.
        how_to_replace: What to tell people who did not know about ``replace``.

    Raises:
        InvalidArgumentError: A file is there already, or cannot be written. Nothing has changed then, unless the disk
            failed while several finished files were moved to their places.
    """
    targets = [Path(path) for path in paths]
    there = [path for path in targets if path.exists()]
    if there and not replace:
        named = str(there[0]) + (f" and {len(there) - 1} more" if len(there) > 1 else "")
        verb, pronoun = ("are", "them") if len(there) > 1 else ("is", "it")
        msg = (
            f"{named} {verb} there already, and nothing was written. Choose another name, or write over {pronoun}: "
            f"{how_to_replace}."
        )
        raise InvalidArgumentError(msg, path=there[0])
    partials = [path.with_name(f".{path.name}.{os.getpid()}.partial") for path in targets]
    at = targets[0] if targets else Path()
    try:
        yield partials
        for at, partial in zip(targets, partials, strict=True):
            partial.replace(at)
    except OSError as exc:
        msg = f"{at} cannot be written: {exc.strerror or exc}."
        raise InvalidArgumentError(msg, path=at) from exc
    finally:
        for partial in partials:
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)
