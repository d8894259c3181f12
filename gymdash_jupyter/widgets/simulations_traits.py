"""What a person may set in the list of simulations, from Python as well as in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import traitlets

from gymdash_jupyter.errors import InvalidArgumentError, did_you_mean
from gymdash_jupyter.states import SimState
from gymdash_jupyter.widgets.panel import Panel

if TYPE_CHECKING:
    from collections.abc import Collection

SORT_KEYS: Final = ("created", "name", "state", "progress", "duration", "type")


class SimulationsTraits(Panel):
    """The synchronised part of the list; rows, details and answers go as messages."""

    selection = traitlets.List(traitlets.Unicode()).tag(sync=True)
    """Ids of the selected simulations as text, in the order in which they were selected. Other panels follow it."""

    focused = traitlets.Unicode().tag(sync=True)
    """Id of the simulation whose details are shown, as text, or ``""``."""

    filter = traitlets.Unicode().tag(sync=True)
    """Words that all must be found: in the name, the type, a tag, at the beginning of the id, in a value of the config
    (``0.001``, ``learning_rate=0.001``)."""

    states = traitlets.List(traitlets.Unicode()).tag(sync=True)
    """Only simulations in these states are listed, such as ``["running", "paused"]``; empty for all."""

    types = traitlets.List(traitlets.Unicode()).tag(sync=True)
    """Only simulations of these types (sim keys) are listed; empty for all."""

    tags = traitlets.List(traitlets.Unicode()).tag(sync=True)
    """Only simulations with one of these tags are listed; empty for all."""

    sort = traitlets.Unicode("-created").tag(sync=True)
    """By what the list is sorted: ``created``, ``name``, ``state``, ``progress``, ``duration`` or ``type``; with ``-``
    in front the other way round. ``-created``: newest first."""

    hide_unselected = traitlets.Bool().tag(sync=True)
    """Whether only selected simulations are listed."""

    notify = traitlets.Bool().tag(sync=True)
    """Whether the browser notifies when a selected simulation ends; it must have been allowed to."""

    with_details = traitlets.Bool(True).tag(sync=True)
    """Whether the details of the focused simulation are open, where there is room for them."""

    compact = traitlets.Bool(False).tag(sync=True)
    """Whether it is laid out for a narrow column however wide it is: grouped, without details; to be given when it is
    made."""

    folder = traitlets.Unicode(read_only=True).tag(sync=True)
    """The project's folder, absolute."""

    can_start = traitlets.Bool().tag(sync=True)
    """Whether there is a button to start simulations; what it does is up to who observes ``start_asked``."""

    start_asked = traitlets.Int().tag(sync=True)
    """How often the start button was pressed."""

    @traitlets.validate("selection")
    def _valid_selection(self, proposal: Any) -> list[str]:
        try:
            return [str(UUID(each)) for each in dict.fromkeys(proposal["value"])]
        except ValueError as exc:
            msg = (
                f"selection holds ids of simulations as text; got {_short(proposal['value'])}. "
                "For simulations, names or beginnings of ids use select()."
            )
            raise InvalidArgumentError(msg) from exc

    @traitlets.validate("focused")
    def _valid_focused(self, proposal: Any) -> str:
        try:
            return str(UUID(proposal["value"])) if proposal["value"] else ""
        except ValueError as exc:
            msg = f"focused is the id of a simulation as text, or ''; got {_short(proposal['value'])}."
            raise InvalidArgumentError(msg) from exc

    @traitlets.validate("states")
    def _valid_states(self, proposal: Any) -> list[str]:
        known = [state.value for state in SimState]
        for state in proposal["value"]:
            _check(state, known, "states", "A state")
        return list(dict.fromkeys(proposal["value"]))

    @traitlets.validate("sort")
    def _valid_sort(self, proposal: Any) -> str:
        _check(proposal["value"].removeprefix("-"), SORT_KEYS, "sort", "A key to sort by")
        return str(proposal["value"])


def _check(given: str, known: Collection[str], trait: str, what: str) -> None:
    if given not in known:
        guess = did_you_mean(given, known)
        msg = f"{what} in {trait} is one of {', '.join(known)}; got {given!r}.{guess}"
        raise InvalidArgumentError(msg)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]}..."
