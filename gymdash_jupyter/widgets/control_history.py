"""What people asked simulations from panels of this kernel, and what they answered."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Final
from weakref import WeakKeyDictionary

from gymdash_jupyter.records import now_utc

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from gymdash_jupyter.records import Answer, SimulationRecord
    from gymdash_jupyter.tracker import SimulationTracker

MOST_KEPT: Final = 500


@dataclass(frozen=True)
class Exchange:
    """One thing that one simulation was asked.

    Attributes:
        number: Grows with time.
        time: When it was asked.
        sim_id: Who was asked.
        sim_name: Its name then.
        kind: ``ask`` for an action, ``query`` for a channel, ``reply`` to a control request.
        name: Of the action or channel.
        asked: The arguments of the action, or what was said on the channel.
        answer: What came of it; None while it waits.
    """

    number: int
    time: datetime
    sim_id: UUID
    sim_name: str
    kind: str
    name: str
    asked: Any
    answer: Answer | None = None


class ControlHistory:
    """Keep the newest exchanges. Any thread may call this."""

    _of_trackers: ClassVar[WeakKeyDictionary[SimulationTracker, ControlHistory]] = (
        WeakKeyDictionary()
    )
    _making: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self) -> None:
        self._lock = threading.Lock()  # guards all below
        self._exchanges: OrderedDict[int, Exchange] = OrderedDict()
        self._changed: dict[int, int] = {}
        self._n_changes = 0
        self._n_asked = 0

    @classmethod
    def of(cls, tracker: SimulationTracker) -> ControlHistory:
        """Give the one history of a tracker: what is asked in one panel shows in all."""
        with cls._making:
            return cls._of_trackers.setdefault(tracker, cls())

    def begin(self, record: SimulationRecord, kind: str, name: str, asked: Any) -> int:
        """Note that something is asked; give its number."""
        with self._lock:
            self._n_asked += 1
            number = self._n_asked
            self._exchanges[number] = Exchange(
                number, now_utc(), record.sim_id, record.name, kind, name, asked
            )
            self._note_change(number)
            while len(self._exchanges) > MOST_KEPT:
                oldest, _ = self._exchanges.popitem(last=False)
                del self._changed[oldest]
            return number

    def end(self, number: int, answer: Answer) -> None:
        """Note what came of it."""
        with self._lock:
            if number in self._exchanges:
                self._exchanges[number] = replace(self._exchanges[number], answer=answer)
                self._note_change(number)

    def exchanges(self) -> list[Exchange]:
        """List what is kept, oldest first."""
        with self._lock:
            return list(self._exchanges.values())

    def changed_after(self, change: int) -> tuple[list[Exchange], int]:
        """List what began or was answered after a change, oldest first, with the newest change."""
        with self._lock:
            changed = [e for n, e in self._exchanges.items() if self._changed[n] > change]
            return changed, self._n_changes

    @property
    def version(self) -> int:
        """Grows with every change."""
        with self._lock:
            return self._n_changes

    @property
    def are_some_waiting(self) -> bool:
        """Whether something has no answer yet."""
        with self._lock:
            return any(exchange.answer is None for exchange in self._exchanges.values())

    def _note_change(self, number: int) -> None:
        self._n_changes += 1
        self._changed[number] = self._n_changes
