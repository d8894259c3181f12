"""Write what a project knows to files: CSV, Parquet or JSON, every row; ``reading`` gives it back."""

from __future__ import annotations

import csv
import importlib.util
import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter import json_values
from gymdash_jupyter.errors import (
    InvalidArgumentError,
    MissingDependencyError,
    did_you_mean,
)
from gymdash_jupyter.frames.columns import text
from gymdash_jupyter.frames.environments import environments_frame
from gymdash_jupyter.frames.episodes import episodes_frame
from gymdash_jupyter.frames.kinds import KINDS, Made, as_json, as_texts, kind_of
from gymdash_jupyter.frames.listings import control_requests_frame, statuses_frame
from gymdash_jupyter.frames.media import media_frame
from gymdash_jupyter.frames.resources import resources_frame
from gymdash_jupyter.frames.scalars import scalars_frame
from gymdash_jupyter.frames.simulations import simulations_frame
from gymdash_jupyter.point_files import write_points_csv, write_points_json
from gymdash_jupyter.selection import Keys, Sims, resolve_keys, resolve_sims
from gymdash_jupyter.whole_files import whole_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import pandas as pd

    from gymdash_jupyter.store.contract import ProjectStore, ScalarTable

FORMS: Final = ("csv", "parquet", "json")

_FRAMES: Final[Mapping[str, Callable[..., pd.DataFrame]]] = {
    "simulations": lambda store, sims, _: simulations_frame(store, sims, expand="config"),
    "scalars": lambda store, sims, keys: scalars_frame(store, keys, sims),
    "episodes": lambda store, sims, _: episodes_frame(store, sims),
    "statuses": lambda store, sims, _: statuses_frame(store, sims),
    "media": lambda store, sims, _: media_frame(store, None, sims),
    "environment": lambda store, sims, _: environments_frame(store, sims),
    "control_requests": lambda store, sims, _: control_requests_frame(store, sims),
    "resources": lambda store, sims, _: resources_frame(store, sims),
}


def to_csv(
    store: ProjectStore,
    path: str | os.PathLike[str],
    sims: Sims = None,
    *,
    what: str | Iterable[str] | None = None,
    keys: Keys = None,
    replace: bool = False,
) -> list[Path]:
    """Write simulations and what they recorded as CSV files, one a frame.

    Numbers have all their digits; NaN and infinities of scalars are ``nan``, ``inf`` and ``-inf``, elsewhere an empty
    cell is what is missing. Times are ISO 8601 in UTC. What is nested (``config``, ``tags``, ...) is JSON; config
    kwargs have columns of their own, too. ``read_frame`` gives the frames back as they were.

    Args:
        store: The project.
        path: A folder, which is made if it is not there; or a file ``*.csv`` for a single frame.
        sims: Which simulations; see ``selection.resolve_sims``.
        what: Which frames, of ``simulations``, ``scalars``, ``episodes``, ``statuses``, ``media`` (a list of the files;
            the files themselves stay where they are), ``environment``, ``control_requests`` and ``resources``; a name
            or a list. None for all, or in a file ``scalars``.
        keys: Only these series; see ``selection.resolve_keys``.
        replace: Whether to write over files that are there.

    Returns:
        The files that were written. When something fails, none are.

    Raises:
        InvalidArgumentError: There is no such frame or key, a file is there already, or cannot be written.
        UnknownSimulationError: The project has no such simulation.
    """
    return write_frames(store, "csv", path, sims, what=what, keys=keys, replace=replace)


def to_parquet(
    store: ProjectStore,
    path: str | os.PathLike[str],
    sims: Sims = None,
    *,
    what: str | Iterable[str] | None = None,
    keys: Keys = None,
    replace: bool = False,
) -> list[Path]:
    """Write simulations and what they recorded as Parquet files, one a frame; see ``to_csv``.

    The dtypes are those of the frames, also for ``pandas.read_parquet``; what is nested is JSON text.

    Raises:
        MissingDependencyError: pyarrow is not installed.
    """
    return write_frames(store, "parquet", path, sims, what=what, keys=keys, replace=replace)


def to_json(
    store: ProjectStore,
    path: str | os.PathLike[str],
    sims: Sims = None,
    *,
    what: str | Iterable[str] | None = None,
    keys: Keys = None,
    replace: bool = False,
) -> list[Path]:
    """Write simulations and what they recorded as JSON files, one a frame; see ``to_csv``.

    A file is a list with an object a row; of scalars an object a series: ``sim_id``, ``key`` and the lists ``steps``,
    ``times`` (seconds since the epoch) and ``values``. It is strict JSON, in which numbers that JSON has not are
    ``"nan"``, ``"inf"`` and ``"-inf"``, and null is what is missing. Deeper inside of settings and results they are
    ``{"__float__": "nan"}``, as in the project's database, so that texts stay texts.
    """
    return write_frames(store, "json", path, sims, what=what, keys=keys, replace=replace)


def write_frames(
    store: ProjectStore,
    form: str,
    path: str | os.PathLike[str],
    sims: Sims = None,
    *,
    what: str | Iterable[str] | None = None,
    keys: Keys = None,
    replace: bool = False,
) -> list[Path]:
    """Write frames in one of ``FORMS``; see ``to_csv``."""
    if form == "parquet":
        require_pyarrow()
    if not isinstance(path, (str, os.PathLike)):
        msg = (
            f"Give first where to write, such as 'results', then sims; got {type(path).__name__}."
        )
        raise InvalidArgumentError(msg)
    target = Path(path)
    is_file = target.suffix.lower() == f".{form}" and not target.is_dir()
    kinds = _kinds(what, is_file=is_file)
    _check_path(target, form, kinds, is_file=is_file)
    ids = None if sims is None else resolve_sims(store, sims)
    chosen = None if keys is None else resolve_keys(store, keys, ids)
    if not is_file:
        _make_folder(target)
    paths = [target] if is_file else [target / f"{kind}.{form}" for kind in kinds]
    with whole_files(paths, replace=replace) as partials:
        for kind, partial in zip(kinds, partials, strict=True):
            if kind == "scalars" and form != "parquet":
                _write_points(store.read_table(ids, chosen), form, partial)
            else:
                write_frame(_FRAMES[kind](store, ids, chosen), form, partial)
    return paths


def write_frame(frame: pd.DataFrame, form: str, path: str | os.PathLike[str]) -> None:
    """Write a frame as it is in one of ``FORMS``.

    Args:
        frame: One of ``kinds.KINDS``, or any other: then whatever is no text, number or time is JSON. An index with a
            name is written as the first columns.
        form: In which.
        path: The file; what is there is written over.
    """
    flat = _flat(frame)
    made = KINDS.get(kind_of(_names(flat)) or "", {})
    if form == "parquet":
        for name in _names(flat):
            if flat[name].dtype == object and made.get(name) not in (Made.TEXT, Made.NAME):
                flat[name] = _texts_or_none(flat[name], made.get(name))
        flat.to_parquet(path, engine="pyarrow", index=False)
    elif form == "json":
        _write_json(
            Path(path), {name: as_json(flat[name], made.get(name)) for name in _names(flat)}
        )
    else:
        with Path(path).open("w", encoding="utf-8", newline="") as file:
            file.write(csv_text(frame))


def csv_text(frame: pd.DataFrame) -> str:
    """Write a frame as CSV; see ``write_frame``."""
    flat = _flat(frame)
    made = KINDS.get(kind_of(_names(flat)) or "", {})
    columns = {name: as_texts(flat[name], made.get(name)) for name in _names(flat)}
    # A lone carriage return would end a row, and Python's csv does not see that.
    is_split = any("\r" in cell for cells in columns.values() for cell in cells)
    file = io.StringIO(newline="")
    writer = csv.writer(
        file, lineterminator="\n", quoting=csv.QUOTE_ALL if is_split else csv.QUOTE_MINIMAL
    )
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return file.getvalue()


def _flat(frame: pd.DataFrame) -> pd.DataFrame:
    """Copy a frame with its index, if that has a name, as columns, and with names of columns that are text."""
    flat = frame.reset_index() if any(name is not None for name in frame.index.names) else frame
    return flat.set_axis([str(name) for name in _names(flat)], axis="columns")


def _names(frame: pd.DataFrame) -> list[str]:
    return [str(name) for name in frame.columns]


def _texts_or_none(column: pd.Series[Any], made: Made | None) -> pd.Index:
    words = as_texts(column, made)
    if made in (Made.JSON, Made.TUPLE):
        return text(word or None for word in words)
    missing = column.isna().tolist()
    return text(None if gone else word for word, gone in zip(words, missing, strict=True))


def _write_json(path: Path, columns: Mapping[str, Sequence[Any]]) -> None:
    rows = zip(*columns.values(), strict=True)
    lines = ",\n".join(json_values.to_json(dict(zip(columns, row, strict=True))) for row in rows)
    path.write_text(f"[\n{lines}\n]\n" if lines else "[]\n", encoding="utf-8", newline="\n")


def _write_points(table: ScalarTable, form: str, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        (write_points_csv if form == "csv" else write_points_json)(file, table)


def _kinds(what: str | Iterable[str] | None, *, is_file: bool) -> list[str]:
    if what is None:
        return ["scalars"] if is_file else list(KINDS)
    asked = [what] if isinstance(what, str) else list(what)
    for name in asked:
        if name not in KINDS:
            msg = f"What can be written is {', '.join(KINDS)}; got {name!r}.{did_you_mean(name, KINDS)}"
            raise InvalidArgumentError(msg, what=what)
    return list(dict.fromkeys(asked))


def _check_path(path: Path, form: str, kinds: Sequence[str], *, is_file: bool) -> None:
    if is_file and len(kinds) != 1:
        msg = f"{path} is one file, and {len(kinds)} frames are to be written; give a folder, or what=... one of them."
        raise InvalidArgumentError(msg, path=path)
    other = path.suffix.lower().removeprefix(".")
    if not is_file and other in FORMS and other != form and not path.is_dir():
        msg = (
            f"{path} is called {path.suffix}, and {form} was asked for: there is to_{other}, too."
        )
        raise InvalidArgumentError(msg, path=path)
    if not is_file and path.exists() and not path.is_dir():
        msg = f"{path} is a file; give a folder to write to, or a file that ends with .{form}."
        raise InvalidArgumentError(msg, path=path)


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        msg = f"The folder {path} cannot be made: {exc.strerror or exc}."
        raise InvalidArgumentError(msg, path=path) from exc


def require_pyarrow() -> None:
    """Raise ``MissingDependencyError`` unless Parquet files can be read and written."""
    if importlib.util.find_spec("pyarrow") is None:
        msg = "Parquet files need pyarrow: pip install 'gymdash-jupyter[tables]'."
        raise MissingDependencyError(msg)
