"""What of a DataFrame a table in the browser shows: plain text and numbers, not too many, and words below them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gymdash_jupyter.json_values import to_json
from gymdash_jupyter.records import now_utc

if TYPE_CHECKING:
    import pandas as pd

_LONGEST_TEXT: Final = 120
_STATIC_ROWS: Final = 20

_FALLBACK: Final = "gymdash-table-fallback"
_TABLE: Final = ".itables_anywidget"
_HIDDEN_BESIDE_THE_TABLE: Final = (
    f".jp-OutputArea:has({_TABLE}) .{_FALLBACK}, "
    f"body:not(:has(.jp-OutputArea)):has({_TABLE}) .{_FALLBACK} {{ display: none; }}"
)


def shown_rows(frame: pd.DataFrame, rows: int) -> pd.DataFrame:
    """Copy the first rows of a frame with values that a table can show.

    Times lose their fractions of a second, lists and dicts become JSON, and long texts are cut; a named index comes
    first.

    Args:
        frame: The frame.
        rows: How many rows at most.

    Returns:
        A frame with columns of numbers, bools and text, without a named index.
    """
    import pandas as pd

    head = frame.head(rows)
    if any(name is not None for name in head.index.names):
        head = head.reset_index()
    columns = [_shown(head.iloc[:, i]) for i in range(head.shape[1])]
    if not columns:
        return head
    shown = pd.concat(columns, axis=1)
    return shown.set_axis([str(name) for name in head.columns], axis="columns")


def remark_of(frame: pd.DataFrame, rows: int, *, is_live: bool) -> str:
    """Say behind the count of rows what a table leaves out, and whether it is live; words and numbers of ours only."""
    import pandas as pd

    said = []
    if len(frame) > rows:
        said.append(f"the first of {len(frame):,}")
    zones = {str(dtype.tz) for dtype in frame.dtypes if isinstance(dtype, pd.DatetimeTZDtype)}
    if zones == {"UTC"}:
        said.append("times are UTC")
    if is_live:
        said.append("live")
    return "".join(f" &middot; {each}" for each in said)


def static_html(frame: pd.DataFrame) -> str:
    """Draw the beginning of a frame as HTML that needs no kernel and no script; everything in it is escaped."""
    shown = shown_rows(frame, _STATIC_ROWS)
    table = shown.to_html(escape=True, index=False, border=0, na_rep="")
    more = len(frame) - len(shown)
    words = f"<p>The first {len(shown)} of {len(frame):,} rows.</p>" if more > 0 else ""
    return f'<div style="overflow-x: auto">{table}</div>{words}'


def fallback_html(frame: pd.DataFrame) -> str:
    """Draw what a page shows below a table that cannot live there any more, such as a saved notebook without a kernel.

    A page with the living table hides it, by style alone: nothing has to be executed where nobody trusts the notebook.
    """
    now = f"{now_utc():%Y-%m-%d %H:%M} UTC"
    return (
        f"<style>{_HIDDEN_BESIDE_THE_TABLE}</style>"
        f'<div class="{_FALLBACK}">{static_html(frame)}<p>As of {now}; run the cell to see it live.</p></div>'
    )


def _shown(column: pd.Series[Any]) -> pd.Series[Any]:
    import pandas as pd

    dtype = column.dtype
    if isinstance(dtype, pd.DatetimeTZDtype) or dtype.kind == "M":
        written: pd.Series[Any] = column.dt.strftime("%Y-%m-%d %H:%M:%S").astype(object)
        written[column.isna()] = ""
        return written
    if isinstance(dtype, np.dtype) and dtype.kind in "bif":
        return column
    texts = [_text(value) for value in column.tolist()]
    return pd.Series(texts, index=column.index, dtype=object)


def _text(value: Any) -> Any:
    import pandas as pd

    if isinstance(value, str):
        words = value
    elif isinstance(value, (bool, int, float)):
        return "" if value != value else value
    elif value is None or value is pd.NA or value is pd.NaT:
        return ""
    elif isinstance(value, (dict, list, tuple)):
        words = to_json(value) if value else ""
    else:
        words = str(value)
    return words if len(words) <= _LONGEST_TEXT else f"{words[: _LONGEST_TEXT - 1]}…"
