"""What a simulation, or a group of them, gives as DataFrames and files: ``sim.scalars()``, ``group.to_csv(...)``.

A table of names: what does the work lies on floors above and is loaded when it is first asked for, so that the core
stays free of pandas. Nothing of ours calls these methods: a subclass may use their names for things of its own
(``self.environment = gym.make(...)``), and it hides only its own method.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.errors import SimulationStateError

if TYPE_CHECKING:
    import os
    from pathlib import Path

    import pandas as pd

_WHERE: Final = {
    "scalars": "gymdash_jupyter.frames:scalars_frame",
    "episodes": "gymdash_jupyter.frames:episodes_frame",
    "environment": "gymdash_jupyter.frames:environments_frame",
    "control_requests": "gymdash_jupyter.frames:control_requests_frame",
    "to_csv": "gymdash_jupyter.frames:to_csv",
    "to_parquet": "gymdash_jupyter.frames:to_parquet",
    "to_json": "gymdash_jupyter.frames:to_json",
    "to_tensorboard": "gymdash_jupyter.importing.to_tensorboard:to_tensorboard",
}
"""Functions that take a store first."""


class Views:
    """Give what a project knows of this, by the functions of the same names: ``gd.scalars(sims=this)``."""

    def scalars(self, keys: Any = None, wide: bool = False, *, align: Any = None) -> pd.DataFrame:
        """Give its numbers, every point of them; see ``gd.scalars``."""
        return _frame(self, "scalars", keys, self, wide, align=align)

    def episodes(self) -> pd.DataFrame:
        """Give its episodes, one row each; see ``gd.episodes``."""
        return _frame(self, "episodes", self)

    def environment(self) -> pd.DataFrame:
        """Give on which versions, machine and code it was executed; see ``gd.environment``."""
        return _frame(self, "environment", self)

    def control_requests(self, open_only: bool = False) -> pd.DataFrame:
        """Give what it asked people; see ``gd.control_requests``."""
        return _frame(self, "control_requests", self, open_only)

    def to_csv(self, path: str | os.PathLike[str], **options: Any) -> list[Path]:
        """Write what is known of it as CSV files; see ``gd.to_csv``."""
        return _files(self, "to_csv", path, self, **options)

    def to_parquet(self, path: str | os.PathLike[str], **options: Any) -> list[Path]:
        """Write what is known of it as Parquet files; see ``gd.to_parquet``."""
        return _files(self, "to_parquet", path, self, **options)

    def to_json(self, path: str | os.PathLike[str], **options: Any) -> list[Path]:
        """Write what is known of it as JSON files; see ``gd.to_json``."""
        return _files(self, "to_json", path, self, **options)

    def to_tensorboard(
        self, folder: str | os.PathLike[str], keys: Any = None, **options: Any
    ) -> Any:
        """Write its numbers and media as event files of TensorBoard; see ``gd.to_tensorboard``."""
        return _asked(self, "to_tensorboard", folder, self, keys, **options)


def _frame(subject: Any, name: str, *arguments: Any, **options: Any) -> pd.DataFrame:
    frame: pd.DataFrame = _asked(subject, name, *arguments, **options)
    return frame


def _files(subject: Any, name: str, *arguments: Any, **options: Any) -> list[Path]:
    written: list[Path] = _asked(subject, name, *arguments, **options)
    return written


def _asked(subject: Any, name: str, *arguments: Any, **options: Any) -> Any:
    """Call what does the work, with the store of the project that something belongs to."""
    module, _, function = _WHERE[name].partition(":")
    store = _store_of(subject, name)
    return getattr(importlib.import_module(module), function)(store, *arguments, **options)


def _store_of(subject: Any, name: str) -> Any:
    # A group has no controller; a subclass of Simulation may call anything of its own ``sims``.
    first = subject if hasattr(subject, "_controller") else next(iter(subject.sims), None)
    if first is None:  # an empty group is in every project
        return importlib.import_module("gymdash_jupyter.current").current_project().store
    project = getattr(getattr(first, "_controller", None), "project", None)
    if project is None:
        msg = (
            f"{first!r} was made by hand and is in no project, so there is nothing to read for {name}(). Start it with "
            "gd.run(...) or a tracker. (Inside of its own process a simulation cannot ask this.)"
        )
        raise SimulationStateError(msg)
    return project.store
