"""Rows of the list of simulations: what the browser knows of each, packed so that ten thousand are one short message.

A message of rows has three binary parts: 16 bytes an id, the columns of ``NUMBERS`` one after the other as float64
(NaN for what is not known), and the words as JSON. ``js/shared/simulations/rows.ts`` reads it. The values of configs,
which only the filter needs and which never change, come in a message of their own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gymdash_jupyter.json_values import is_described, jsonable
from gymdash_jupyter.states import SimState
from gymdash_jupyter.widgets.looks import colour_index

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from gymdash_jupyter.records import SimulationRecord

NUMBERS: Final = (
    "number",
    "colour",
    "state",
    "created",
    "started",
    "ended",
    "current",
    "total",
    "rate",
    "left_s",
    "stop_asked",
    "silent_s",
    "place",
    "requests",
)
"""The columns of numbers. Times in seconds since the epoch, ``state`` counts in ``STATES``, ``place`` from 1."""

STATES: Final = tuple(state.value for state in SimState)

_STATE_NUMBERS: Final = {state: float(i) for i, state in enumerate(SimState)}
_NAN: Final = float("nan")
_LONGEST_NAME: Final = 300
_LONGEST_CONFIG: Final = 600
_LONGEST_VALUE: Final = 80
_LONGEST_ACTIVITY: Final = 200


@dataclass(frozen=True, slots=True)
class Extra:
    """What a row shows besides its record.

    Attributes:
        rate: Progress a second, or None.
        left_s: Seconds that are left, or None.
        silent_s: For how long nothing was heard, where that is worth saying.
        place: In the queue, from 1, or None.
        requests: How many control requests wait.
        begun: When it was seen to leave the queue, seconds since the epoch, or None.
    """

    rate: float | None = None
    left_s: float | None = None
    silent_s: float | None = None
    place: int | None = None
    requests: int = 0
    begun: float | None = None


NOTHING_MORE: Final = Extra()


def packed_rows(
    rows: Sequence[tuple[SimulationRecord, Extra]],
) -> tuple[dict[str, Any], list[bytes]]:
    """Pack rows for the browser.

    Args:
        rows: Records, each with what else is known.

    Returns:
        The content and the buffers of a message.
    """
    ids = b"".join(record.sim_id.bytes for record, _ in rows)
    numbers = np.array([_numbers(record, extra) for record, extra in rows], dtype=np.float64)
    records = [record for record, _ in rows]
    words = {
        "name": [(each.name or str(each.sim_id)[:8])[:_LONGEST_NAME] for each in records],
        "type": _coded(map(type_name, records)),
        "launcher": _coded(each.launcher for each in records),
        "activity": _coded(map(_activity, records)),
        "note": _coded(each.note for each in records),
        "tags": _coded(each.tags for each in records),
    }
    columns = numbers.reshape(len(rows), len(NUMBERS)).T.tobytes()
    content = {"count": len(rows), "numbers": NUMBERS, "states": STATES}
    return content, [ids, columns, _json_bytes(words)]


def packed_configs(records: Sequence[SimulationRecord]) -> list[bytes]:
    """Pack the values that simulations were made with, to be searched: 16 bytes an id, and a list of texts as JSON."""
    ids = b"".join(record.sim_id.bytes for record in records)
    return [ids, _json_bytes([config_text(record) for record in records])]


def type_name(record: SimulationRecord) -> str:
    """Give the name of a simulation's type as people know it."""
    # The config is decoded only where nothing else says it.
    return record.sim_key or record.config.sim_key or record.sim_type_name


def config_text(record: SimulationRecord) -> str:
    """Write the values that a simulation was made with as ``name=value``, one a line, to be searched."""
    lines: list[str] = []
    room = _LONGEST_CONFIG
    for kwargs in (record.config.kwargs, record.start_kwargs):
        for name, value in kwargs.items():
            for line in _lines(str(name), value):
                room -= len(line) + 1
                if room < 0:
                    return "\n".join(lines)
                lines.append(line)
    return "\n".join(lines)


def value_text(value: object) -> str:
    """Write one value of a config as a person would type it."""
    kind = type(value)
    if kind is str:
        return value  # type: ignore[return-value]
    if kind is int or kind is float:
        return repr(value)
    if is_described(value):
        return str(next(iter(value.values())))  # type: ignore[attr-defined]
    return json.dumps(jsonable(value), ensure_ascii=False)


def _lines(name: str, value: object) -> Iterable[str]:
    if type(value) is dict and value and not is_described(value):
        for inner, one in value.items():
            yield f"{name}.{inner}={_one_line(value_text(one))}"
    else:
        yield f"{name}={_one_line(value_text(value))}"


def _json_bytes(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def _one_line(text: str) -> str:
    if len(text) > _LONGEST_VALUE:
        text = text[:_LONGEST_VALUE]
    return " ".join(text.split()) if "\n" in text or "\r" in text else text


def _numbers(record: SimulationRecord, extra: Extra) -> tuple[float, ...]:
    progress = record.progress
    state = record.state
    started = _seconds(record.started)
    if state is SimState.SETTING_UP and extra.begun is not None:
        started = extra.begun
    return (
        record.number,
        colour_index(record),
        _STATE_NUMBERS[state],
        _seconds(record.created),
        started,
        _seconds(record.ended),
        _known(progress.current) if progress else _NAN,
        _known(progress.total) if progress else _NAN,
        _known(extra.rate),
        _known(extra.left_s),
        _seconds(record.stop_asked),
        _known(extra.silent_s),
        _known(extra.place),
        extra.requests,
    )


def _activity(record: SimulationRecord) -> str:
    progress = record.progress
    if progress is None or record.state.is_terminal:
        return ""
    return progress.status[:_LONGEST_ACTIVITY]


def _coded(values: Iterable[Any]) -> dict[str, list[Any]]:
    """Give what values there are, and which one each row has; many rows share one."""
    places: dict[Any, int] = {}
    at = [places.setdefault(value, len(places)) for value in values]
    return {"values": list(places), "at": at}


def _known(value: float | None) -> float:
    return _NAN if value is None else value


def _seconds(moment: datetime | None) -> float:
    return _NAN if moment is None else moment.timestamp()
