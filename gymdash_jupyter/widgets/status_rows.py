"""Statuses and calls as the status panel tells them to its browsers: found, filtered and put into plain values."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from gymdash_jupyter.errors import UnknownSimulationError
from gymdash_jupyter.json_values import jsonable
from gymdash_jupyter.statuses import SimStatusCode
from gymdash_jupyter.widgets.card_state import is_error, shown_status
from gymdash_jupyter.widgets.looks import colour_index

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from gymdash_jupyter.records import SimulationRecord
    from gymdash_jupyter.statuses import SimStatus
    from gymdash_jupyter.store import ApiCall, ProjectStore, StatusRow

KINDS: Final = ("success", "info", "stopped", "error")
"""Of statuses: it went well; news; it ended on wish; something went wrong."""

_CHUNK: Final = 1000
_MOST_SEARCHED: Final = 20_000
"""How many statuses are looked through for one page; who wants more asks again from there on."""

_LONGEST_DETAILS: Final = 1000
_KNOWN_KEYS: Final = ("sim_id", "sim_ids", "new_sim_id", "error")


class StatusRows:
    """Find statuses, and know whose they are. Any thread may call it.

    Args:
        store: Where to read.
    """

    def __init__(self, store: ProjectStore) -> None:
        self._store = store
        self._lock = threading.Lock()  # guards _known
        self._known: dict[UUID, dict[str, Any]] = {}

    def forget_names(self, sim_ids: Iterable[UUID] | None = None) -> None:
        """Ask again how these simulations, or all, are called and look."""
        with self._lock:
            if sim_ids is None:
                self._known.clear()
                return
            for sim_id in sim_ids:
                self._known.pop(sim_id, None)

    def last_id(self) -> int:
        """Give the number of the newest status; 0 when there is none."""
        newest = self._store.statuses(newest=1)
        return newest[0].status_id if newest else 0

    def page(
        self, wanted: dict[str, Any], *, before: int | None = None, after: int = 0, most: int
    ) -> dict[str, Any]:
        """Give the newest statuses that are wanted.

        Args:
            wanted: ``sim_ids`` (None for all), ``text`` and ``kinds``.
            before: Only those with a number below this one.
            after: Only those with a number above this one.
            most: At most so many.

        Returns:
            ``rows``, oldest first; ``next``, from where to ask on for older ones, or None at the beginning; ``last``,
            the number of the newest status that was looked at.
        """
        found: list[dict[str, Any]] = []
        text = wanted["text"].strip().casefold()
        n_searched, last = 0, after
        while len(found) < most and n_searched < _MOST_SEARCHED:
            n = _CHUNK if text or wanted["kinds"] else most - len(found)
            chunk = self._store.statuses(wanted["sim_ids"], before=before, after=after, newest=n)
            last = max(last, chunk[-1].status_id if chunk else 0)
            for row in reversed(chunk):
                n_searched += 1
                before = row.status_id
                if self._is_wanted(row, text, wanted["kinds"]):
                    found.append(self._facts(row))
                    if len(found) == most:
                        break
            if len(chunk) < n:  # the beginning was reached, unless the page was full just before
                if len(found) < most or not chunk or before == chunk[0].status_id:
                    before = None
                break
        return {"rows": found[::-1], "next": before, "last": last}

    def trace(self, status_id: int) -> str:
        """Give the traceback of a status by its number, or ``""``."""
        rows = self._store.statuses(after=status_id - 1, before=status_id + 1)
        return rows[0].status.error_trace if rows else ""

    def whose(self, record: SimulationRecord) -> dict[str, Any]:
        """Give what is shown of a simulation."""
        facts: dict[str, Any] = {
            "id": str(record.sim_id),
            "name": record.name or str(record.sim_id)[:8],
        }
        facts |= {"colour": colour_index(record), "state": record.state.value}
        with self._lock:
            self._known[record.sim_id] = facts
        return facts

    def whose_id(self, sim_id: UUID) -> dict[str, Any]:
        """Give what is shown of a simulation; one that is gone has its id only."""
        with self._lock:
            known = self._known.get(sim_id)
        if known is not None:
            return known
        try:
            return self.whose(self._store.simulation(sim_id))
        except UnknownSimulationError:
            return {"id": str(sim_id), "name": str(sim_id)[:8], "colour": -1, "state": "deleted"}

    def _is_wanted(self, row: StatusRow, text: str, kinds: Collection[str]) -> bool:
        if kinds and kind_of(row.status) not in kinds:
            return False
        if not text:
            return True
        status = row.status
        return (
            text in status.details.casefold()
            or text in str(self.whose_id(row.sim_id)["name"]).casefold()
            or text in status.error_trace.casefold()
        )

    def _facts(self, row: StatusRow) -> dict[str, Any]:
        facts = {"number": row.status_id, "kind": kind_of(row.status)}
        return shown_status(row.status) | facts | {"sim": self.whose_id(row.sim_id)}


def kind_of(status: SimStatus) -> str:
    """Say what kind a status is of; see ``KINDS``."""
    if is_error(status):
        return "error"
    return "stopped" if status.code is SimStatusCode.FAIL else status.code.name.lower()


def call_facts(call: ApiCall, rows: StatusRows) -> dict[str, Any]:
    """Give a call as the browser needs it: whom it was for, what else is known of it, and whether it was refused."""
    details = call.details if isinstance(call.details, dict) else {"details": call.details}
    ids = details.get("sim_ids") or [details.get("sim_id")]
    named = [found for each in ids[:1] if (found := _whose(each, rows)) is not None]
    rest = {
        name: value
        for name, value in details.items()
        if name not in _KNOWN_KEYS and value not in (None, "", [], {})
    }
    words = ", ".join(f"{name}={_written(value)}" for name, value in rest.items())
    return {
        "number": call.call_id,
        "name": call.name,
        "time": None if call.time is None else call.time.timestamp(),
        "is_refused": call.code != 0,
        "sim": named[0] if named else None,
        "n_sims": len(ids) if named else 0,
        "text": words[:_LONGEST_DETAILS],
        "error": str(details.get("error") or "")[:_LONGEST_DETAILS],
    }


def _whose(given: object, rows: StatusRows) -> dict[str, Any] | None:
    try:
        return rows.whose_id(UUID(str(given)))
    except ValueError:
        return None


def _written(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(jsonable(value), ensure_ascii=False)
