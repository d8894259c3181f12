"""Asking a simulation something and waiting for the answers, here or through the store.

``is_done``, ``cancelled``, ``failed`` and ``error_details`` are answered without the simulation,
``progress`` and ``progress_status`` too once it has said any. What a query does not get in time,
it takes back.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.channels import CHANNELS, PROGRESS, PROGRESS_STATUS, Ask
from gymdash_jupyter.errors import (
    InvalidArgumentError,
    QueryError,
    QueryTimeoutError,
    SimulationEndedError,
    UnknownChannelError,
)
from gymdash_jupyter.json_values import jsonable
from gymdash_jupyter.states import flags_of
from gymdash_jupyter.statuses import SimStatus, SimStatusCode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from gymdash_jupyter.records import Progress
    from gymdash_jupyter.simulation import Simulation
    from gymdash_jupyter.store import ProjectStore

POLL_INTERVAL_S = 0.02
_NO_CHANNEL = "The simulation has no channel"  # how SimulationInteractor.ask begins to say it
_PROGRESS = frozenset({PROGRESS, PROGRESS_STATUS})
_META = ("is_done", "cancelled", "failed", "error_details")
QUIET = _PROGRESS.union(_META)
"""Looking at these is no call that a project should remember."""


def query_own(
    simulation: Simulation, timeout_s: float | None, channels: Mapping[str, Any]
) -> dict[str, Any]:
    """Ask a simulation of this process; see ``SimulationTracker.query``."""
    _check_asks_something(channels)
    deadline = deadline_of(timeout_s)
    asked = {name: value for name, value in channels.items() if name not in QUIET}
    answers = _answers_of_own(simulation, deadline, asked)
    for channel in _PROGRESS & channels.keys():
        known = _progress_of_own(simulation, channel, deadline)
        if known is not None:
            answers[channel] = known
    for channel in channels.keys() & set(_META):
        answers[channel] = _meta_of_own(simulation, channel)
    _check_complete(simulation.name, timeout_s, channels, answers)
    return answers


def _answers_of_own(
    simulation: Simulation, deadline: float | None, asked: Mapping[str, Any]
) -> dict[str, Any]:
    asks: list[Ask] = []
    try:
        for channel, value in asked.items():
            asks.append(simulation.interactor.ask(channel, value))
        for ask in asks:
            ask.wait(_left(deadline))
    finally:
        for ask in asks:
            simulation.interactor.withdraw(ask)
    # Looked at after what waits was withdrawn: an answer that came in between counts.
    for ask in asks:
        if ask.error is not None:
            raise ask.error
    return {ask.channel: ask.answer for ask in asks if ask.is_answered}


def _progress_of_own(simulation: Simulation, channel: str, deadline: float | None) -> Any:
    while True:
        known = _known_progress(simulation.recorder.latest_progress, channel)
        if known is not None or _left(deadline) == 0:
            return known
        if simulation.is_done:
            raise _ended(simulation.name)
        simulation.wait(POLL_INTERVAL_S)


def query_stored(
    store: ProjectStore, sim_id: UUID, timeout_s: float | None, channels: Mapping[str, Any]
) -> dict[str, Any]:
    """Ask a simulation that is executed elsewhere; see ``SimulationTracker.query``."""
    _check_asks_something(channels)
    deadline = deadline_of(timeout_s)
    name = store.simulation(sim_id).name
    answers: dict[str, Any] = {}
    commands: dict[str, int] = {}
    try:
        for channel, value in channels.items():
            if channel in _META:
                answers[channel] = _meta_of_stored(store, sim_id, channel)
            elif channel not in _PROGRESS:
                commands[channel] = store.ask(sim_id, channel, jsonable(value))
        while True:
            _collect_answers(store, name, commands, answers)
            _collect_progress(store, sim_id, channels, answers)
            if len(answers) == len(channels) or _left(deadline) == 0:
                break
            time.sleep(POLL_INTERVAL_S)
    finally:
        came_late = [c for c, command_id in commands.items() if not store.withdraw(command_id)]
    _collect_answers(store, name, {c: commands[c] for c in came_late}, answers)
    _check_complete(name, timeout_s, channels, answers)
    return answers


def _collect_answers(
    store: ProjectStore, name: str, commands: dict[str, int], answers: dict[str, Any]
) -> None:
    for channel, command_id in list(commands.items()):
        answer = store.answer_of(command_id)
        if answer is None:
            continue
        del commands[channel]
        if answer.error:
            raise _error_of(answer.error, name, channel)
        answers[channel] = answer.value


def _collect_progress(
    store: ProjectStore, sim_id: UUID, channels: Mapping[str, Any], answers: dict[str, Any]
) -> None:
    for channel in (_PROGRESS & channels.keys()) - answers.keys():
        record = store.simulation(sim_id)
        known = _known_progress(record.progress, channel)
        if known is not None:
            answers[channel] = known
        elif record.state.is_terminal:
            raise _ended(record.name)


def _ended(name: str) -> SimulationEndedError:
    return SimulationEndedError(f"The simulation {name!r} has ended and never said any progress.")


def _check_asks_something(channels: Mapping[str, Any]) -> None:
    if not channels:
        msg = f"A query names what it asks: query(id, progress=True). Channels: {', '.join((*CHANNELS, *_META))}."
        raise InvalidArgumentError(msg)


def deadline_of(timeout_s: float | None) -> float | None:
    """Say at which ``time.monotonic()`` some seconds from now are over; None for no end.

    Raises:
        InvalidArgumentError: It is no number of seconds.
    """
    if timeout_s is None:
        return None
    if (
        isinstance(timeout_s, bool)
        or not isinstance(timeout_s, (int, float))
        or not timeout_s >= 0
    ):
        msg = f"timeout_s is a number of seconds from 0 up, or None to wait as long as it takes; got {timeout_s!r}."
        raise InvalidArgumentError(msg)
    return time.monotonic() + timeout_s


def _left(deadline: float | None) -> float | None:
    return None if deadline is None else max(0.0, deadline - time.monotonic())


def _known_progress(progress: Progress | None, channel: str) -> Any:
    if progress is None:
        return None
    if channel == PROGRESS_STATUS:
        return progress.status or None
    return None if progress.current is None else (progress.current, progress.total)


def _meta_of_own(simulation: Simulation, channel: str) -> Any:
    flags = flags_of(simulation.state)
    if channel == "is_done":
        return simulation.is_done
    if channel == "cancelled":
        return flags.cancelled or simulation.was_cancelled()
    if channel == "failed":
        return flags.failed or simulation._meta_failed
    return _failures(simulation.statuses)


def _meta_of_stored(store: ProjectStore, sim_id: UUID, channel: str) -> Any:
    if channel == "error_details":
        return _failures([row.status for row in store.statuses([sim_id])])
    return getattr(store.simulation(sim_id), channel)


def _failures(statuses: list[SimStatus]) -> list[SimStatus]:
    return [status for status in statuses if status.code == SimStatusCode.FAIL]


def _error_of(text: str, name: str, channel: str) -> QueryError:
    if text.startswith(_NO_CHANNEL):
        return UnknownChannelError(text, channel=channel)
    msg = f"The simulation {name!r} did not answer {channel}: {text[:1].lower()}{text[1:].rstrip('.')}."
    return SimulationEndedError(msg, channel=channel)


def _check_complete(
    name: str, timeout_s: float | None, channels: Mapping[str, Any], answers: dict[str, Any]
) -> None:
    unanswered = tuple(channel for channel in channels if channel not in answers)
    if unanswered:
        msg = (
            f"The simulation {name!r} did not answer {', '.join(unanswered)} within {timeout_s} s; the question is "
            "withdrawn. It may be busy in one long step, or never look at that channel."
        )
        raise QueryTimeoutError(msg, answers=answers, unanswered=unanswered)
