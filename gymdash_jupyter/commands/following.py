"""Following simulations from a shell until they end, without holding them: Ctrl-C ends only the following."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Final

from gymdash_jupyter.commands.choosing import options_for, short
from gymdash_jupyter.commands.facts import duration_s
from gymdash_jupyter.commands.parsing import PROGRAM
from gymdash_jupyter.commands.printing import (
    coloured,
    columns_of,
    duration,
    fitted,
    line_of,
    moves_cursor,
    number,
    plural,
    say,
)
from gymdash_jupyter.records import now_utc
from gymdash_jupyter.states import ACTIVE_STATES, SimState

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from uuid import UUID

    from gymdash_jupyter.records import ControlRequest, SimulationRecord
    from gymdash_jupyter.store import ProjectStore

FAILED: Final = 3
CANCELLED: Final = 4
INTERRUPTED: Final = 130

_INTERVAL_S: Final = 0.2
_MOST_LOOKED_AT: Final = 32


def follow(store: ProjectStore, ids: Sequence[UUID], args: argparse.Namespace) -> int:
    """Say on standard error how simulations come on, until all have ended.

    Args:
        store: The project's.
        ids: Which ones.
        args: The command line, for words on how to go on.

    Returns:
        The exit code: 0 when all succeeded, 3 when one failed or was lost, else 4 when one was cancelled; 130 when a
        person ended the following.
    """
    line = _Line()
    try:
        states = _until_all_ended(store, ids, line, options_for(args))
    except KeyboardInterrupt:
        line.clear()
        say(_goes_on(store, ids, options_for(args)))
        return INTERRUPTED
    line.clear()
    return exit_code(states)


def exit_code(states: Sequence[SimState]) -> int:
    """Give the exit code that says how simulations ended."""
    if SimState.FAILED in states or SimState.LOST in states:
        return FAILED
    return CANCELLED if SimState.CANCELLED in states else 0


def how_it_ended(store: ProjectStore, record: SimulationRecord) -> str:
    """Say in a line how a simulation ended, with the reason where it did not succeed."""
    took, state = duration_s(record), record.state
    after = "" if took is None else f" after {duration(took)}"
    reason = ""
    if state is not SimState.SUCCEEDED:
        status = store.latest_statuses([record.sim_id]).get(record.sim_id)
        reason = f": {line_of(status.details)}" if status is not None and status.details else ""
    word = coloured(state.value, state, sys.stderr)
    return f"{line_of(record.name)} ({short(record)}) {word}{after}{reason}"


class _Line:
    """The line of a terminal in which progress stands; in anything else it is never written."""

    def __init__(self) -> None:
        self._is_live = moves_cursor(sys.stderr)
        self._shown = ""

    def show(self, words: str) -> None:
        if not self._is_live:
            return
        # One place stays free: some terminals go on to the next line when the last is filled.
        words = fitted(words, (columns_of(sys.stderr) or 80) - 1)
        if words != self._shown:
            sys.stderr.write(f"\r\x1b[K{words}")
            sys.stderr.flush()
            self._shown = words

    def clear(self) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._shown = ""


def _until_all_ended(
    store: ProjectStore, ids: Sequence[UUID], line: _Line, options: str
) -> list[SimState]:
    ended: dict[UUID, SimState] = {}
    has_run: set[UUID] = set()
    asked: set[str] = set()
    while True:
        states = store.states(ids)
        for sim_id in ids:
            state = states.get(sim_id, SimState.CANCELLED)  # somebody has deleted it
            if state.is_terminal and sim_id not in ended:
                ended[sim_id] = state
                line.clear()
                _say_end(store, sim_id, states, options)
        if len(ended) == len(ids):
            return list(ended.values())
        active = [sim_id for sim_id in ids if states.get(sim_id) in ACTIVE_STATES]
        _say_begin([sim_id for sim_id in active if sim_id not in has_run], store)
        has_run.update(active)
        for question in store.control_requests(active) if active else ():
            if question.request_id not in asked:
                asked.add(question.request_id)
                line.clear()
                say(_words_of(question))
        line.show(_progress_of_all(store, ids, active, ended))
        threading.Event().wait(_INTERVAL_S)


def _say_begin(begun: list[UUID], store: ProjectStore) -> None:
    if begun and not moves_cursor(sys.stderr):
        for sim_id in begun:
            record = store.simulation(sim_id)
            say(f"{line_of(record.name)} ({short(record)}) has started")


def _words_of(question: ControlRequest) -> str:
    answer = f"gd.tracker().query({str(question.sim_id)!r}, {line_of(question.channel)}=...)"
    return (
        f"{str(question.sim_id)[:8]} asks: {line_of(question.details)}\n"
        f"Answer in the dashboard, or in Python: {answer}"
    )


def _say_end(
    store: ProjectStore, sim_id: UUID, states: dict[UUID, SimState], options: str
) -> None:
    if sim_id not in states:
        say(f"{sim_id} was deleted meanwhile.")
        return
    record = store.simulation(sim_id)
    say(how_it_ended(store, record))
    if record.state in (SimState.FAILED, SimState.LOST):
        say(f"What it printed and said: {PROGRAM} {options}tail {short(record)}")


def _progress_of_all(
    store: ProjectStore, ids: Sequence[UUID], active: Sequence[UUID], ended: dict[UUID, SimState]
) -> str:
    records = [store.simulation(sim_id) for sim_id in active[:_MOST_LOOKED_AT]]
    if len(ids) == 1:
        return _progress_of(records[0]) if records else f"{str(ids[0])[:8]} waits"
    told = [f"{len(ended)} of {len(ids)} ended", f"{len(active)} running"]
    fractions = [r.progress.fraction for r in records if r.progress and r.progress.fraction]
    if fractions:
        told.append(f"at {sum(fractions) / len(records):.0%}")
    waiting = len(ids) - len(ended) - len(active)
    return ", ".join([*told, *([f"{waiting} waiting"] if waiting else [])])


def _progress_of(record: SimulationRecord) -> str:
    progress = record.progress
    told = [f"{line_of(record.name)} ({short(record)})"]
    if progress is None or progress.current is None:
        told.append(record.state.value.replace("_", " "))
    else:
        if progress.fraction is not None:
            told.append(f"{int(progress.fraction * 100 + 1e-9)} %")
        of_total = "" if progress.total is None else f" of {number(progress.total)}"
        told.append(f"{number(progress.current)}{of_total}")
    if progress is not None and progress.status:
        told.append(line_of(progress.status))
    left = _time_left_s(record)
    if left is not None:
        told.append(f"{duration(left)} left")
    return "  ".join(told)


def _time_left_s(record: SimulationRecord) -> float | None:
    progress = record.progress
    if progress is None or record.started is None or not progress.fraction:
        return None
    ran = (now_utc() - record.started).total_seconds()
    since_said = now_utc().timestamp() - progress.time
    return max((ran - since_said) * (1 / progress.fraction - 1) - since_said, 0.0)


def _goes_on(store: ProjectStore, ids: Sequence[UUID], options: str) -> str:
    records = [store.simulation(sim_id) for sim_id in store.states(ids)]
    left = [r for r in records if not r.state.is_terminal]
    if not left:
        return "Everything had ended."
    several = " ".join(short(record) for record in left[:10])
    verb = "goes" if len(left) == 1 else "go"
    return (
        f"Not followed any more: {plural(len(left))} {verb} on.\n"
        f"  look:  {PROGRAM} {options}tail {short(left[0])} --follow\n"
        f"  stop:  {PROGRAM} {options}stop {several if len(left) <= 10 else '--all'}"
    )
