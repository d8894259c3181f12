"""Read frames from the files that ``files`` wrote, with the dtypes that they had."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.frames.columns import text, utc_from_seconds
from gymdash_jupyter.frames.expand import expanded
from gymdash_jupyter.frames.files import FORMS, require_pyarrow
from gymdash_jupyter.frames.kinds import (
    INDEXED,
    KINDS,
    Made,
    decoded,
    from_texts,
    kind_of,
    made_again,
)
from gymdash_jupyter.json_values import from_json

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

_LONGEST_CELL: Final = 2**31 - 1
_WORDS: Final = (Made.JSON, Made.TUPLE, Made.TEXT, Made.NAME)


def read_frame(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Read a frame from a file that ``to_csv``, ``to_parquet`` or ``to_json`` wrote.

    Args:
        path: A file ``*.csv``, ``*.parquet`` or ``*.json``; what is in it is told by its columns.

    Returns:
        The frame as it was, values and dtypes. (``""`` and missing are the same in a CSV file where something may be
        missing, such as a commit.)

    Raises:
        InvalidArgumentError: There is no such file, or its columns are not those of a frame of ours.
        MissingDependencyError: It is a Parquet file and pyarrow is not installed.
    """
    source = Path(path)
    form = source.suffix.lower().removeprefix(".")
    if form not in FORMS or not source.is_file():
        msg = f"{source} is no file that ends with {', '.join(f'.{each}' for each in FORMS)}."
        raise InvalidArgumentError(msg, path=source)
    try:
        if form == "parquet":
            return _from_parquet(source)
        if form == "csv":
            return _from_csv(source)
        return _from_json(source)
    except (ValueError, TypeError, KeyError, OSError) as exc:
        if isinstance(exc, InvalidArgumentError):
            raise
        msg = f"{source} is not as it was written: {exc}"
        raise InvalidArgumentError(msg, path=source) from exc


def _from_csv(source: Path) -> pd.DataFrame:
    # Not pandas: its parser loses a NUL in a text.
    limit = csv.field_size_limit(_LONGEST_CELL)  # a traceback may be long
    try:
        with source.open(encoding="utf-8", newline="") as file:
            names, *rows = csv.reader(file, strict=True)
    except csv.Error as exc:
        raise ValueError(str(exc)) from exc
    finally:
        csv.field_size_limit(limit)
    kind = _kind(source, names)
    cells = dict(zip(names, zip(*rows, strict=True) if rows else [()] * len(names), strict=True))
    columns = {name: from_texts(cells[name], made) for name, made in KINDS[kind].items()}
    return _frame(kind, columns, is_expanded=len(names) > len(columns))


def _from_json(source: Path) -> pd.DataFrame:
    rows = from_json(source.read_text(encoding="utf-8"))
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        msg = f"{source} is no list of rows."
        raise InvalidArgumentError(msg, path=source)
    if (not rows and source.stem == "scalars") or (rows and "values" in rows[0]):
        return _points(rows)
    # A list without rows does not say of what; the file's name does.
    names = list(rows[0]) if rows else list(KINDS.get(source.stem, ()))
    kind = _kind(source, names)
    columns = {
        name: made_again([row[name] for row in rows], made) for name, made in KINDS[kind].items()
    }
    return _frame(kind, columns, is_expanded=len(names) > len(columns))


def _from_parquet(source: Path) -> pd.DataFrame:
    require_pyarrow()
    read = pd.read_parquet(source, engine="pyarrow")
    kind = _kind(source, [str(name) for name in read.columns])
    columns: dict[str, Any] = {}
    for name, made in KINDS[kind].items():
        if isinstance(read[name].dtype, pd.CategoricalDtype):
            known = read[name].cat
            columns[name] = pd.Categorical.from_codes(
                known.codes.tolist(), categories=text(known.categories)
            )
        elif read[name].dtype == object or made in _WORDS:
            cells = [None if pd.isna(cell) else cell for cell in read[name].tolist()]
            columns[name] = made_again(decoded(cells, made), made)
        else:
            columns[name] = read[name].array
    return _frame(kind, columns, is_expanded=len(read.columns) > len(columns))


def _kind(source: Path, names: list[str]) -> str:
    kind = kind_of(names)
    if kind is None:
        some = ", ".join(names[:8])
        msg = (
            f"{source} has the columns {some}..., which are those of no frame of ours ({', '.join(KINDS)}). "
            "Other files are read with pandas: pandas.read_csv, read_parquet, read_json."
        )
        raise InvalidArgumentError(msg, path=source)
    return kind


def _frame(kind: str, columns: dict[str, Any], *, is_expanded: bool) -> pd.DataFrame:
    """Put columns together as the frame had them; what was expanded is told by the column it came from."""
    index = pd.Index(columns.pop("sim_id"), name="sim_id") if kind in INDEXED else None
    frame = pd.DataFrame(columns, index=index)
    if not is_expanded:
        return frame
    kwargs = [config["kwargs"] for config in frame["config"]]
    added = pd.DataFrame(expanded({"config": kwargs}, frame.columns), index=index)
    return pd.concat([frame, added], axis=1)


def _points(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    counts = [len(row["steps"]) for row in rows]

    def joined(name: str) -> NDArray[np.float64]:
        return np.array([float(each) for row in rows for each in row[name]], dtype=np.float64)

    sim_ids = [row["sim_id"] for row in rows]
    keys = [row["key"] for row in rows]
    columns = {
        "sim_id": _category(sim_ids, list(dict.fromkeys(sim_ids)), counts),
        "key": _category(keys, sorted(set(keys)), counts),
        "step": np.array([step for row in rows for step in row["steps"]], dtype=np.int64),
        "time": utc_from_seconds(joined("times")),
        "value": joined("values"),
    }
    return pd.DataFrame(columns)


def _category(
    names: Sequence[str], categories: Sequence[str], counts: Sequence[int]
) -> pd.Categorical:
    place = {name: code for code, name in enumerate(categories)}
    codes = np.repeat(np.array([place[name] for name in names], dtype=np.int64), counts)
    return pd.Categorical.from_codes(codes.tolist(), categories=text(categories))
