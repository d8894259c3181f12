"""What an AnalyzePanel shows, as a frame; loaded when one is asked for, since it loads pandas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gymdash_jupyter.frames.columns import text, utc_from_seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gymdash_jupyter.widgets.analyze_curves import XKind
    from gymdash_jupyter.widgets.analyze_shown import ShownLine
    from gymdash_jupyter.widgets.curves import Floats


def shown_frame(lines: Sequence[ShownLine], x: XKind) -> pd.DataFrame:
    """Give lines as one long frame.

    Args:
        lines: What ``shown_lines`` gave.
        x: Unit of x, which names its column.

    Returns:
        Columns ``line`` and ``key`` (categories), ``step`` (int64 where all are whole), ``relative`` (float64,
        seconds) or ``wall`` (UTC), ``value``, ``smoothed``, ``low``, ``high`` (float64).
    """
    counts = [len(line.x) for line in lines]
    places = np.concatenate([line.x for line in lines]) if lines else np.empty(0)
    columns = {
        "line": _category([line.line.name for line in lines], counts),
        "key": _category([line.key for line in lines], counts),
        x: _x_column(places, x),
    }
    for name in ("value", "smoothed", "low", "high"):
        rows = [getattr(line, name) for line in lines]
        columns[name] = np.concatenate(rows) if rows else np.empty(0)
    return pd.DataFrame(columns)


def _category(names: Sequence[str], counts: Sequence[int]) -> pd.Categorical:
    categories = list(dict.fromkeys(names))
    place = {name: code for code, name in enumerate(categories)}
    codes = np.repeat(np.array([place[name] for name in names], dtype=np.int64), counts)
    return pd.Categorical.from_codes(codes, categories=text(categories))


def _x_column(places: Floats, x: XKind) -> object:
    if x == "wall":
        return utc_from_seconds(places)
    if x == "step" and bool((places == np.rint(places)).all()):
        return places.astype(np.int64)
    return places
