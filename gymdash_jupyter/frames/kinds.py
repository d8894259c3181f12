"""What the columns of each frame are made of, so that files can give them back as they were."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from gymdash_jupyter.frames.columns import objects, text, utc
from gymdash_jupyter.json_values import from_json, to_json
from gymdash_jupyter.point_files import strict_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class Made(Enum):
    """Of what a column is made."""

    TEXT = "text"
    NAME = "text, where nothing is missing and none is empty"
    CATEGORY = "texts of which each comes often, in the order in which they appear"
    SORTED = "the same, in alphabetical order"
    TIME = "UTC, to the microsecond"
    INT = "int64"
    COUNT = "whole number or missing"
    FLOAT = "float64, NaN where missing"
    BOOL = "bool"
    FLAG = "bool or missing"
    JSON = "anything that JSON can hold"
    TUPLE = "tuples of text"


_T, _N, _I, _F, _J = Made.TEXT, Made.NAME, Made.INT, Made.FLOAT, Made.JSON
_FLAGS = ("is_done", "cancelled", "failed", "force_stopped")

KINDS: Final[Mapping[str, Mapping[str, Made]]] = {
    "simulations": {
        "sim_id": _T,
        "name": _T,
        "state": _T,
        **dict.fromkeys(("created", "started", "ended"), Made.TIME),
        **dict.fromkeys(_FLAGS, Made.BOOL),
        "config": _J,
        "start_kwargs": _J,
        "sim_type_name": _T,
        "sim_module_name": _T,
        "sim_key": _T,
        "launcher": _T,
        "progress": _F,
        "progress_current": _F,
        "progress_total": _F,
        "progress_status": _T,
        "progress_time": Made.TIME,
        "stop_asked": Made.TIME,
        "result": _J,
        "parent_id": _N,
        "host": _T,
        "pid": Made.COUNT,
        "is_foreign": Made.BOOL,
        "tags": Made.TUPLE,
        "note": _T,
    },
    "scalars": {
        "sim_id": Made.CATEGORY,
        "key": Made.SORTED,
        "step": _I,
        "time": Made.TIME,
        "value": _F,
    },
    "episodes": {
        "sim_id": Made.CATEGORY,
        "episode": _I,
        "step": _I,
        "time": Made.TIME,
        "return": _F,
        "length": Made.COUNT,
        "duration_s": _F,
    },
    "statuses": {
        "sim_id": _T,
        "time": Made.TIME,
        "code": _I,
        "code_name": _T,
        "subcode": _I,
        "details": _T,
        "error_trace": _T,
    },
    "media": {
        "sim_id": _T,
        "key": _T,
        "step": _I,
        "kind": _T,
        "path": _N,
        "time": Made.TIME,
        "info": _J,
    },
    "environment": {
        "sim_id": _T,
        "name": _T,
        **dict.fromkeys(("python", "implementation", "platform", "machine", "host"), _N),
        "cpu_count": Made.COUNT,
        "gpus": _J,
        "git_commit": _N,
        "git_branch": _N,
        "git_is_dirty": Made.FLAG,
        **dict.fromkeys(("folder", "command", "notebook", "executable"), _N),
        "seed": _J,
        "variables": _J,
        "packages": _J,
    },
    "control_requests": {
        "sim_id": _T,
        "request_id": _T,
        "channel": _T,
        "details": _T,
        "subkeys": Made.TUPLE,
        "time": Made.TIME,
        "is_open": Made.BOOL,
    },
    "resources": {
        "sim_id": _T,
        "time": Made.TIME,
        "seconds": _F,
        "cpu": _F,
        "memory_bytes": _I,
        "gpu": _F,
        "gpu_memory_bytes": Made.COUNT,
    },
}
"""The frames that can be written to files, and their columns; ``sim_id`` may be their index."""

INDEXED: Final = frozenset({"simulations", "environment"})
"""Those whose index is ``sim_id``."""


def kind_of(columns: Sequence[str]) -> str | None:
    """Say which frame has these columns; None for no frame of ours."""
    for kind, known in KINDS.items():
        wanted = list(known)
        if list(columns) == wanted or (
            kind == "simulations" and list(columns[: len(wanted)]) == wanted
        ):
            return kind
    return None


def as_texts(column: pd.Series[Any], made: Made | None) -> list[str]:
    """Write a column as texts from which ``from_texts`` makes it again; ``""`` is missing.

    Args:
        column: The column.
        made: Of what it is made; None for one that is only for people: texts are as they are, the rest is JSON.
    """
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        stamps = column.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy("datetime64[us]")
        return ["" if s == "NaT" else f"{s}+00:00" for s in np.datetime_as_string(stamps).tolist()]
    values = column.tolist()
    if made in (Made.JSON, Made.TUPLE):
        return ["" if value is None else to_json(value) for value in values]
    return ["" if _is_missing(value) else _word(value) for value in values]


def as_json(column: pd.Series[Any], made: Made | None) -> list[Any]:
    """Give a column as what ``to_json`` can write; None is missing, and infinities are ``"inf"`` and ``"-inf"``."""
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return [word or None for word in as_texts(column, Made.TIME)]
    values = column.tolist()
    if made in (Made.JSON, Made.TUPLE):
        return values
    told = [None if _is_missing(value) else value for value in values]
    if column.dtype.kind == "f":
        return [None if value is None else strict_number(value) for value in told]
    return told


def made_again(cells: Sequence[Any], made: Made) -> Any:
    """Make a column from its values, as JSON can hold them, or as text where they are neither nested nor missing."""
    return _MAKERS[made](list(cells))


def from_texts(cells: Sequence[str], made: Made) -> Any:
    """Make a column from what ``as_texts`` gave; ``""`` is missing where something may be."""
    return made_again(
        [None if cell == "" and made is not Made.TEXT else cell for cell in decoded(cells, made)],
        made,
    )


def decoded(cells: Sequence[str | None], made: Made) -> Sequence[Any]:
    """Take apart what ``as_texts`` wrote as JSON; other cells stay as they are."""
    return [from_json(cell) for cell in cells] if made in (Made.JSON, Made.TUPLE) else cells


def _floats(cells: Sequence[Any]) -> NDArray[np.float64]:
    return np.array([np.nan if cell is None else float(cell) for cell in cells], dtype=np.float64)


def _counts(cells: Sequence[Any]) -> Any:
    numbers = _floats(cells)
    if (
        bool((np.isnan(numbers) | (numbers == np.rint(numbers))).all())
        and not np.isinf(numbers).any()
    ):
        return pd.array([pd.NA if cell is None else int(cell) for cell in cells], dtype="Int64")
    return numbers  # lengths of episodes that are not whole


def _flags(cells: Sequence[Any]) -> list[bool | None]:
    return [None if cell is None else str(cell) == "True" for cell in cells]


def _word(value: Any) -> str:
    if isinstance(value, str):
        return value
    return repr(value) if isinstance(value, (bool, int, float)) else to_json(value)


def _is_missing(value: Any) -> bool:
    return (
        value is None
        or value is pd.NA
        or value is pd.NaT
        or (isinstance(value, float) and value != value)
    )


_MAKERS: Final[Mapping[Made, Callable[[list[Any]], Any]]] = {
    Made.TEXT: text,
    Made.NAME: text,
    Made.CATEGORY: lambda cells: pd.Categorical(
        text(cells), categories=text(dict.fromkeys(cells))
    ),
    Made.SORTED: lambda cells: pd.Categorical(text(cells), categories=text(sorted(set(cells)))),
    Made.TIME: lambda cells: utc(
        None if cell is None else datetime.fromisoformat(cell) for cell in cells
    ),
    Made.INT: lambda cells: np.array([int(cell) for cell in cells], dtype=np.int64),
    Made.FLOAT: _floats,
    Made.COUNT: _counts,
    Made.BOOL: lambda cells: np.array(_flags(cells), dtype=bool),
    Made.FLAG: lambda cells: pd.array(_flags(cells), dtype="boolean"),
    Made.TUPLE: lambda cells: objects([tuple(cell) for cell in cells]),
    Made.JSON: objects,
}
