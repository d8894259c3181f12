"""Check what is asked of a report, and write its file as a whole or not at all."""

from __future__ import annotations

import contextlib
import os
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.report.facts import report_facts
from gymdash_jupyter.report.page import page_html

if TYPE_CHECKING:
    from gymdash_jupyter.project import Project
    from gymdash_jupyter.selection import Keys, Sims

_ENDINGS: Final = (".html", ".htm")
_OTHERS: Final = frozenset(
    {".pdf", ".md", ".ipynb", ".png", ".svg", ".docx", ".csv", ".json", ".zip"}
)
_MOST_MEGABYTES: Final = 1_000


def write_report(
    project: Project,
    sims: Sims,
    path: str | os.PathLike[str],
    title: str | None = None,
    keys: Keys = None,
    *,
    max_megabytes: float = 25,
) -> Path:
    """Write a report on simulations: one HTML file, to be sent, printed and kept.

    It holds how each simulation ended and how good it became, learning curves (seeds of one configuration as a mean
    with a band), errors with their traces, images and playable videos, settings, resource use, messages, and the
    environment: commit, versions, command. It needs no server, no script and no network, fits a phone as well as paper,
    and is light or dark as the reader's system is. Host names and environment variables are left out.

    Args:
        project: The project.
        sims: Which simulations, at most 500; None for all. See ``selection.resolve_sims``.
        path: Where to write it; ``.html`` is added to a name without it. A file that is there is written over.
        title: Its heading; None for one that says what it is about.
        keys: Which series are drawn: a key, a pattern such as ``"rollout/*"``, or a list; None for the nine that people
            look at first.
        max_megabytes: How much room media may take in the file, from 0 (none); what does not fit is counted in the
            report.

    Returns:
        The file, as an absolute path.

    Raises:
        InvalidArgumentError: There is nothing to report on, no simulation has recorded a key, the folder is not there,
            or another argument makes no sense.
        UnknownSimulationError: The project has no such simulation.
    """
    _check(title, max_megabytes)
    goal = checked_path(path)
    facts = report_facts(project, sims, keys)
    page = page_html(facts, title, max_megabytes, _version())
    _write(goal, page)
    return goal


def checked_path(path: str | os.PathLike[str]) -> Path:
    """Give the absolute path of a report.

    Raises:
        InvalidArgumentError: No file can be written there.
    """
    if not isinstance(path, (str, os.PathLike)) or not os.fspath(path):
        given = repr(path) if isinstance(path, (str, int, float)) else type(path).__name__
        msg = f"A report is written to a file: give its path after them, such as 'report.html'; got {given}."
        raise InvalidArgumentError(msg)
    goal = Path(os.path.abspath(Path(path).expanduser()))  # noqa: PTH100 - links stay as they were named
    if goal.suffix.lower() in _OTHERS:
        msg = f"A report is an HTML file, such as {goal.stem}.html; got {os.fspath(path)!r}. Browsers print it as PDF."
        raise InvalidArgumentError(msg, path=goal)
    if goal.is_dir():
        msg = f"{goal} is a folder. Name a file in it, such as {goal / 'report.html'}."
        raise InvalidArgumentError(msg, path=goal)
    if goal.suffix.lower() not in _ENDINGS:
        goal = goal.with_name(f"{goal.name}.html")
    if not goal.parent.is_dir():
        msg = f"There is no folder {goal.parent} to write the report into. Make it first, or choose another place."
        raise InvalidArgumentError(msg, path=goal)
    return goal


def _check(title: str | None, max_megabytes: float) -> None:
    if title is not None and not isinstance(title, str):
        msg = f"A report's title is a text or None; got {type(title).__name__}: {title!r}."
        raise InvalidArgumentError(msg)
    is_number = isinstance(max_megabytes, (int, float)) and not isinstance(max_megabytes, bool)
    if not is_number or not 0 <= max_megabytes <= _MOST_MEGABYTES:
        msg = f"max_megabytes is a number from 0 to {_MOST_MEGABYTES:,}; got {max_megabytes!r}."
        raise InvalidArgumentError(msg)


def _version() -> str:
    try:
        return metadata.version("gymdash-jupyter")
    except metadata.PackageNotFoundError:  # copied instead of installed
        return ""


def _write(goal: Path, page: str) -> None:
    partial = goal.with_name(f".{goal.name}.{os.getpid()}.partial")
    try:
        # What no encoding holds (half of a surrogate pair) becomes a question mark: the rest must be readable.
        partial.write_bytes(page.encode("utf-8", "replace"))
        partial.replace(goal)
    except OSError as exc:
        msg = f"{goal} cannot be written: {exc.strerror or exc}."
        raise InvalidArgumentError(msg, path=goal) from exc
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
