"""``gymdash-jupyter export``: recorded numbers as files for other programs, every point of them."""

from __future__ import annotations

import argparse
import contextlib
import csv
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from gymdash_jupyter.commands.choosing import chosen_records, open_to_read
from gymdash_jupyter.commands.completing import complete_ids
from gymdash_jupyter.commands.facts import summary
from gymdash_jupyter.commands.printing import json_line, plural, say
from gymdash_jupyter.errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gymdash_jupyter.project import Project
    from gymdash_jupyter.records import SimulationRecord
    from gymdash_jupyter.store.contract import ScalarTable

_FORMATS: Final = ("csv", "json")
_STANDARD_OUTPUT: Final = "-"
_ROWS_AT_ONCE: Final = 10_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command takes."""
    which = parser.add_argument(
        "ids", nargs="+", metavar="ID", help="id, its beginning, or the name of a simulation"
    )
    which.completer = complete_ids  # type: ignore[attr-defined]
    parser.add_argument(
        "--to",
        metavar="FORMAT",
        help="csv (one row a point) or json; default: as the file is called, else csv",
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
    table = _table(project, records, args.key)
    with _opened(args.output, is_forced=args.force) as file:
        if form == "csv":
            _write_csv(file, table)
        else:
            _write_json(file, records, table)
    if args.output != _STANDARD_OUTPUT:
        say(f"{plural(len(table.steps), 'point')} of {plural(len(records))} are in {args.output}.")
    return 0


def _format(asked: str | None, output: str) -> str:
    name = (asked or Path(output).suffix.removeprefix(".") or _FORMATS[0]).lower()
    if name in _FORMATS:
        return name
    more = ""
    if name in ("parquet", "feather", "xlsx", "pickle"):
        more = " Other formats come from pandas, in Python: gd.scalars(sims=...).to_parquet(path)."
    if asked is None:
        more = " Say which one: --to csv."
    msg = f"Numbers are exported as {' or '.join(_FORMATS)}; got {name!r}.{more}"
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
    path = Path(output)
    if path.exists() and not is_forced:
        msg = f"{output} is there already, and nothing was written. Choose another name, or write over it: --force."
        raise InvalidArgumentError(msg, path=path)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("x", encoding="utf-8", newline="") as file:
            yield file
        partial.replace(path)
    except OSError as exc:
        msg = f"{output} cannot be written: {exc.strerror or exc}."
        raise InvalidArgumentError(msg, path=path) from exc
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


def _write_csv(file: TextIO, table: ScalarTable) -> None:
    from datetime import UTC, datetime

    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["sim_id", "key", "step", "time", "value"])
    for i, series in enumerate(table.series):
        sim_id, key = str(series.sim_id), series.key
        for begin in range(int(table.starts[i]), int(table.starts[i + 1]), _ROWS_AT_ONCE):
            rows = slice(begin, min(begin + _ROWS_AT_ONCE, int(table.starts[i + 1])))
            # To Python's own numbers first: they are written with all their digits, and much faster.
            points = zip(
                table.steps[rows].tolist(),
                table.times[rows].tolist(),
                table.values[rows].tolist(),
                strict=True,
            )
            writer.writerows(
                (sim_id, key, step, datetime.fromtimestamp(time, UTC).isoformat(), repr(value))
                for step, time, value in points
            )


def _write_json(file: TextIO, records: Sequence[SimulationRecord], table: ScalarTable) -> None:
    """Write an object a simulation: what a list tells of it, and its series as arrays."""
    told = [summary(record) for record in records]
    for each in told:
        each["scalars"] = {}
    by_id = {each["sim_id"]: each["scalars"] for each in told}
    for i, series in enumerate(table.series):
        rows = slice(int(table.starts[i]), int(table.starts[i + 1]))
        by_id[str(series.sim_id)][series.key] = {
            "steps": table.steps[rows].tolist(),
            "times": table.times[rows].tolist(),
            "values": table.values[rows].tolist(),
        }
    lines = ",\n".join(map(json_line, told))
    file.write(f"[\n{lines}\n]\n")
