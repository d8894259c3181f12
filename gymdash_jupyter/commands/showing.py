"""``gymdash-jupyter show``: everything that a project knows of some simulations."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.commands.choosing import chosen_records, open_to_read, type_of
from gymdash_jupyter.commands.completing import complete_ids
from gymdash_jupyter.commands.facts import duration_s, silences_s, summary
from gymdash_jupyter.commands.parsing import add_json_argument
from gymdash_jupyter.commands.printing import (
    coloured,
    columns_of,
    duration,
    iso,
    json_line,
    line_of,
    lines_of,
    listed,
    local,
    number,
    plural,
    print_json,
)
from gymdash_jupyter.commands.tables import Column, table
from gymdash_jupyter.json_values import DESCRIPTION_KEY, is_described

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gymdash_jupyter.project import Project
    from gymdash_jupyter.records import SimulationRecord
    from gymdash_jupyter.store import ProjectStore
    from gymdash_jupyter.store.contract import StatusRow

_STATUSES: Final = 5
_PACKAGES: Final = ("gymdash-jupyter", "stable-baselines3", "gymnasium", "torch", "numpy")
_ENVIRONMENT: Final = (
    "python",
    "platform",
    "host",
    "git_commit",
    "git_branch",
    "folder",
    "command",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command takes."""
    which = parser.add_argument(
        "ids", nargs="+", metavar="ID", help="id, its beginning, or the name of a simulation"
    )
    which.completer = complete_ids  # type: ignore[attr-defined]
    add_json_argument(parser)


def execute(args: argparse.Namespace) -> int:
    """Show simulations."""
    project = open_to_read(args)
    chosen = chosen_records(project.store, args.ids)
    if args.json:
        print_json([_told(project, record) for record in chosen])
        return 0
    print("\n\n".join("\n".join(_lines(project, record)) for record in chosen))
    return 0


def _told(project: Project, record: SimulationRecord) -> dict[str, Any]:
    store, ids = project.store, [record.sim_id]
    config = record.config
    return summary(record) | {
        "silent_s": silences_s(store, [record]).get(record.sim_id),
        "folder": str(project.sim_folder(record.sim_id)),
        "class": _class(record),
        "parent_id": None if record.parent_id is None else str(record.parent_id),
        "cancelled": record.cancelled,
        "failed": record.failed,
        "force_stopped": record.force_stopped,
        "stop_asked": iso(record.stop_asked),
        "host": record.owner.host if record.owner else None,
        "pid": record.owner.pid if record.owner else None,
        "config": {
            "name": config.name,
            "sim_key": config.sim_key,
            "sim_family": config.sim_family,
            "sim_type": config.sim_type,
            "kwargs": config.kwargs,
        },
        "start_kwargs": dict(record.start_kwargs),
        "result": record.result,
        "scalars": {
            series.key: {"n": series.n, "step": series.last_step, "value": series.last_value}
            for series in store.series(ids)
        },
        "statuses": [status_told(row) for row in store.statuses(ids)],
        "questions": [
            {"channel": each.channel, "details": each.details, "time": iso(each.time)}
            for each in store.control_requests(ids)
        ],
        "n_media": len(store.media(ids)),
        "environment": dict(store.environments(ids).get(record.sim_id, {})),
    }


def status_told(row: StatusRow) -> dict[str, Any]:
    """Give what programs are told of a status."""
    status = row.status
    return {
        "time": iso(status.time),
        "code": status.code.name,
        "subcode": int(status.subcode),
        "details": status.details,
        "error_trace": status.error_trace,
    }


def _lines(project: Project, record: SimulationRecord) -> Iterator[str]:
    store = project.store
    yield f"{line_of(record.name)}  {coloured(record.state.value, record.state)}"
    yield from _facts(project, record)
    yield from _block("kwargs", _kwargs(record.config.kwargs))
    yield from _block("start kwargs", _kwargs(record.start_kwargs))
    yield from _block("last values", _last_values(store, record))
    yield from _block("environment", _environment(store, record))
    questions = store.control_requests([record.sim_id])
    yield from _block(
        "waits for an answer", [f"{line_of(q.channel)}: {line_of(q.details)}" for q in questions]
    )
    yield from _block("latest statuses", _statuses(store, record))


def _facts(project: Project, record: SimulationRecord) -> Iterator[str]:
    progress = record.progress
    if progress is not None and progress.current is not None:
        total = "" if progress.total is None else f" of {number(progress.total)}"
        percent = "" if progress.fraction is None else f" ({progress.fraction:.0%})"
        words = f"  {line_of(progress.status)}" if progress.status else ""
        yield _fact("progress", f"{number(progress.current)}{total}{percent}{words}")
    yield _fact("id", str(record.sim_id))
    yield _fact("type", f"{line_of(type_of(record))}  {line_of(_class(record))}")
    yield _fact("created", local(record.created))
    yield _fact("started", local(record.started))
    yield _fact("ended", local(record.ended))
    yield _fact("duration", duration(duration_s(record)))
    yield from _silence(project, record)
    if record.owner is not None and not record.state.is_terminal:
        yield _fact("process", f"{record.owner.pid} on {line_of(record.owner.host)}")
    if record.stop_asked is not None:
        yield _fact("stop asked", local(record.stop_asked))
    if record.force_stopped and record.cancelled:
        yield _fact("killed", "yes")
    if record.parent_id is not None:
        yield _fact("restarts", str(record.parent_id))
    if record.result is not None:
        yield _fact("result", _value(record.result))
    if record.tags:
        yield _fact("tags", line_of(listed(record.tags)))
    if record.note:
        yield _fact("note", line_of(record.note))
    if record.is_foreign:
        yield _fact("written by", "GymDash")
    yield _fact("folder", line_of(project.sim_folder(record.sim_id)))


def _silence(project: Project, record: SimulationRecord) -> Iterator[str]:
    for silence_s in silences_s(project.store, [record]).values():
        yield _fact(
            "not heard", f"for {duration(silence_s)}: GymDash may have ended without a word"
        )


def _class(record: SimulationRecord) -> str:
    whole = [record.sim_module_name, record.sim_type_name]  # what was imported has no module
    return ".".join(each for each in whole if each)


def _fact(name: str, words: str) -> str:
    return f"  {name:12}{words}"


def _block(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield ""
        yield f"  {title}"
        yield from (f"    {line}" for line in lines)


def _kwargs(kwargs: Mapping[str, Any]) -> list[str]:
    return [f"{line_of(name)} = {_value(value)}" for name, value in kwargs.items()]


def _value(value: Any) -> str:
    words = f"<{value[DESCRIPTION_KEY]}>" if is_described(value) else json_line(value)
    return line_of(words)


def _last_values(store: ProjectStore, record: SimulationRecord) -> list[str]:
    series = store.series([record.sim_id])
    if not series:
        return []
    columns = [
        Column("key", [line_of(each.key) for each in series], shrinks_to=12),
        Column("value", [number(each.last_value) for each in series], is_right=True),
        Column("step", [number(each.last_step) for each in series], is_right=True),
        Column("points", [f"{each.n:,}" for each in series], is_right=True, goes=1),
    ]
    room = columns_of(sys.stdout)
    return table(columns, None if room is None else room - 4)


def _environment(store: ProjectStore, record: SimulationRecord) -> list[str]:
    facts = store.environments([record.sim_id]).get(record.sim_id, {})
    lines = [f"{name}: {line_of(facts[name])}" for name in _ENVIRONMENT if facts.get(name)]
    if facts.get("git_is_dirty"):
        lines.append("git: files were changed since the commit")
    packages = facts.get("packages")
    if isinstance(packages, dict):
        known = [f"{name} {packages[name]}" for name in _PACKAGES if name in packages]
        lines.append(f"packages: {line_of(', '.join([*known, plural(len(packages), 'package')]))}")
    return lines


def _statuses(store: ProjectStore, record: SimulationRecord) -> list[str]:
    lines: list[str] = []
    for row in store.statuses([record.sim_id], newest=_STATUSES):
        lines += status_lines(row)
    return lines


def status_lines(row: StatusRow) -> list[str]:
    """Give a status as plain lines, its trace below it."""
    status = row.status
    moment = local(status.time)[11:]
    lines = [f"[{moment} {status.code.name.lower()}] {line_of(status.details)}".rstrip()]
    if status.error_trace:
        lines += [f"  {line}" for line in lines_of(status.error_trace).rstrip().split("\n")]
    return lines
