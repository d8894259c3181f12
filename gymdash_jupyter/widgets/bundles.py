"""Find the built browser side of a panel."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from gymdash_jupyter.errors import MissingDependencyError

_FOLDER = Path(__file__).parent.parent / "static"


@cache
def bundle_text(stem: str) -> str:
    """Read the JavaScript of a panel.

    Args:
        stem: Name of the panel's file without its ending, such as ``live_card``.

    Raises:
        MissingDependencyError: It was not built.
    """
    path = _FOLDER / f"{stem}.js"
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as exc:
        msg = (
            f"The browser side of the panel {stem!r} is missing: there is no {path}. In a checkout, run "
            "`make install`; an installed package has it: `pip install --force-reinstall gymdash-jupyter`"
        )
        raise MissingDependencyError(msg, path=path) from exc
