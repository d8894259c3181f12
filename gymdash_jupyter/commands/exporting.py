"""``gymdash-jupyter export``: recorded numbers as files for other programs, every point of them."""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from gymdash_jupyter.commands.choosing import chosen_records, open_to_read
from gymdash_jupyter.commands.completing import complete_ids
from gymdash_jupyter.commands.facts import summary
from gymdash_jupyter.commands.printing import json_line, plural, say
from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.point_files import series_arrays, write_points_csv
from gymdash_jupyter.whole_files import whole_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gymdash_jupyter.project import Project
    from gymdash_jupyter.records import SimulationRecord
    from gymdash_jupyter.store.contract import ScalarTable

_FORMATS: Final = ("csv", "json", "parquet")
_STANDARD_OUTPUT: Final = "-"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command takes."""
    which = parser.add_argument(
        "ids", nargs="+", metavar="ID", help="id, its beginning, or the name of a simulation"
    )
    which.completer = complete_ids  # type: ignore[attr-defined]
    parser.add_argument(
        "--to",
        metavar="FORMAT",
        help="csv or parquet (one row a point), or json; default: as the file is called, else csv",
    )
    parser.add_argument(
        "--key",
        action="append",
        metavar="KEY",
        help="only this series, or a pattern such as 'rollout/*'; may be given several times",
    )
    output = parser.add_argument(
        "-o",
        "--output",
        default=_STANDARD_OUTPUT,
        metavar="PATH",
        help="where to write it (default: -, which is standard output)",
    )
    output.completer = None  # type: ignore[attr-defined]
    parser.add_argument("--force", action="store_true", help="write over a file that is there")


def execute(args: argparse.Namespace) -> int:
    """Export numbers."""
    form = _format(args.to, args.output)
    project = open_to_read(args)
    records = chosen_records(project.store, args.ids)
    if form == "parquet":
        n_points = _write_parquet(project, records, args)
    else:
        table = _table(project, records, args.key)
        n_points = len(table.steps)
        with _opened(args.output, is_forced=args.force) as file:
            if form == "csv":
                write_points_csv(file, table)
            else:
                _write_json(file, records, table)
    if args.output != _STANDARD_OUTPUT:
        say(f"{plural(n_points, 'point')} of {plural(len(records))} are in {args.output}.")
    return 0


def _format(asked: str | None, output: str) -> str:
    name = (asked or Path(output).suffix.removeprefix(".") or _FORMATS[0]).lower()
    if name in _FORMATS:
        return name
    more = ""
    if name in ("feather", "xlsx", "excel"):
        more = " Spreadsheets open csv; other formats come from pandas, in Python: gd.scalars(sims=...)."
    if asked is None:
        more = " Say which one: --to csv."
    msg = f"Numbers are exported as {', '.join(_FORMATS[:-1])} or {_FORMATS[-1]}; got {name!r}.{more}"
    raise InvalidArgumentError(msg, form=name)


def _table(
    project: Project, records: Sequence[SimulationRecord], keys: Sequence[str] | None
) -> ScalarTable:
    from gymdash_jupyter.selection import resolve_keys

    ids = [record.sim_id for record in records]
    chosen = None if keys is None else resolve_keys(project.store, keys, ids)
    return project.store.read_table(ids, chosen)


@contextlib.contextmanager
def _opened(output: str, *, is_forced: bool) -> Iterator[TextIO]:
    """Open where the export goes to; a file is there as a whole or not at all."""
    if output == _STANDARD_OUTPUT:
        yield sys.stdout
        return
    with (
        whole_files([output], replace=is_forced, how_to_replace="--force") as (partial,),
        partial.open("x", encoding="utf-8", newline="") as file,
    ):
        yield file


def _write_parquet(
    project: Project, records: Sequence[SimulationRecord], args: argparse.Namespace
) -> int:
    from gymdash_jupyter.frames.files import require_pyarrow, write_frame
    from gymdash_jupyter.frames.scalars import scalars_frame

    require_pyarrow()
    if args.output == _STANDARD_OUTPUT:
        msg = "Parquet is no text for a terminal: say where to write it, -o points.parquet."
        raise InvalidArgumentError(msg)
    frame = scalars_frame(project.store, args.key, [record.sim_id for record in records])
    with whole_files([args.output], replace=args.force, how_to_replace="--force") as (partial,):
        write_frame(frame, "parquet", partial)
    return len(frame)


def _write_json(file: TextIO, records: Sequence[SimulationRecord], table: ScalarTable) -> None:
    """Write an object a simulation: what a list tells of it, and its series as arrays."""
    told = [summary(record) for record in records]
    for each in told:
        each["scalars"] = {}
    by_id = {each["sim_id"]: each["scalars"] for each in told}
    for i, series in enumerate(table.series):
        by_id[str(series.sim_id)][series.key] = series_arrays(table, i)
    lines = ",\n".join(map(json_line, told))
    file.write(f"[\n{lines}\n]\n")
