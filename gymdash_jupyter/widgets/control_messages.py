"""What a control panel tells its browser side: simulations, questions, what is offered, and what was answered."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.channels import CHANNELS, STOP
from gymdash_jupyter.json_values import jsonable
from gymdash_jupyter.widgets.control_targets import ANSWERING, MOST_LISTED, known_values
from gymdash_jupyter.widgets.looks import colour_index

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gymdash_jupyter.records import ControlRequest, SimulationRecord
    from gymdash_jupyter.widgets.control_history import Exchange
    from gymdash_jupyter.widgets.control_targets import Offers, Targets

LONGEST_TEXT: Final = 50_000
_META: Final = ("is_done", "cancelled", "failed", "error_details")
_ASKABLE: Final = (*(channel for channel in CHANNELS if channel != STOP), *_META)


def state_message(
    targets: Targets,
    offers: Offers,
    requests: Sequence[ControlRequest],
    history: Sequence[Exchange],
) -> dict[str, Any]:
    """Tell all that is shown besides the history."""
    waiting = targets.waiting()
    spoken_to = targets.spoken_to()
    told: dict[str, Any] = strict(
        {
            "simulations": [_simulation(r, is_waiting=r.sim_id in waiting) for r in spoken_to],
            "requests": [_request(r, targets.record(r.sim_id), history) for r in requests],
            "offers": _merged(spoken_to[:MOST_LISTED], offers),
            "channels": list(_ASKABLE),
        }
    )
    return told


def exchange_message(exchange: Exchange) -> dict[str, Any]:
    """Tell of one exchange."""
    answer = exchange.answer
    said = None
    if answer is not None:
        value = _alone(exchange, answer.value)
        if isinstance(value, str):
            value = value[:LONGEST_TEXT]
        said = {"value": value, "error": answer.error}
    told: dict[str, Any] = strict(
        {
            "number": exchange.number,
            "time": exchange.time.timestamp(),
            "sim_id": str(exchange.sim_id),
            "name": exchange.sim_name,
            "kind": exchange.kind,
            "what": exchange.name,
            "asked": _alone(exchange, exchange.asked),
            "answer": said,
        }
    )
    return told


def strict(value: Any) -> Any:
    """Copy a value into what strict JSON can hold; NaN and infinities become words."""
    return json.loads(json.dumps(_without_specials(jsonable(value)), allow_nan=False))


def _simulation(record: SimulationRecord, *, is_waiting: bool) -> dict[str, Any]:
    return {
        "id": str(record.sim_id),
        "name": record.name,
        "state": record.state.value,
        "colour": colour_index(record),
        "is_waiting": is_waiting,
        "is_answering": record.state in ANSWERING,
        "is_over": record.state.is_terminal,
    }


def _request(
    request: ControlRequest, record: SimulationRecord | None, history: Sequence[Exchange]
) -> dict[str, Any]:
    replies = [_taken_reply(exchange, request) for exchange in history]
    known = known_values(record, request.subkeys, replies) if record else {}
    return {
        "id": request.request_id,
        "sim_id": str(request.sim_id),
        "name": record.name if record else "",
        "colour": colour_index(record) if record else 0,
        "channel": request.channel,
        "details": request.details[:LONGEST_TEXT],
        "subkeys": list(request.subkeys),
        "time": request.time.timestamp(),
        "known": known,
    }


def _taken_reply(exchange: Exchange, request: ControlRequest) -> Mapping[str, Any]:
    """Give the values of a reply that a simulation took; none for anything else."""
    is_taken = exchange.answer is not None and not exchange.answer.error
    if exchange.kind != "reply" or exchange.sim_id != request.sim_id or not is_taken:
        return {}
    said = exchange.asked.get(request.channel)
    return said if isinstance(said, dict) else {}


def _merged(records: Sequence[SimulationRecord], offers: Offers) -> list[dict[str, Any]]:
    """Give each action once, with the simulations that offer it."""
    merged: dict[str, dict[str, Any]] = {}
    for record in records:
        if record.state.is_terminal:
            continue
        for action in offers.of(record.sim_id):
            if action.name not in merged:
                merged[action.name] = {**asdict(action), "sims": []}
            merged[action.name]["sims"].append(str(record.sim_id))
    return list(merged.values())


def _alone(exchange: Exchange, said: Any) -> Any:
    """Give what was said on the only channel of a query."""
    is_alone = exchange.kind != "ask" and isinstance(said, dict) and len(said) == 1
    return said.get(exchange.name, said) if is_alone else said


def _without_specials(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {key: _without_specials(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_without_specials(one) for one in value]
    return value
