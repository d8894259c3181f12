"""One channel of a simulation: the questions that wait on it, and what last went out."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.background import wait_for

if TYPE_CHECKING:
    from collections.abc import Callable

STOP = "stop_simulation"
PROGRESS = "progress"
PROGRESS_STATUS = "progress_status"
HELP = "help_request"
CUSTOM_QUERY = "custom_query"

CHANNELS = (STOP, PROGRESS, PROGRESS_STATUS, HELP, CUSTOM_QUERY)
"""The channels that every simulation has."""

ALWAYS_ASKED = frozenset({PROGRESS, PROGRESS_STATUS})
"""Channels on which an answer is wanted at any time."""

_ONE_ANSWER_FOR_ALL = frozenset({STOP, HELP}) | ALWAYS_ASKED


class Ask:
    """One question on a channel, and the place where its answer arrives.

    Attributes:
        channel: Name of the channel.
        value: What is asked.
        is_by_hand: Whether it was set with ``set_in``, by nobody who waits here for the answer.
        answer: The answer, once ``is_answered``.
        error: Why there will be no answer, or None.
    """

    def __init__(
        self,
        channel: str,
        value: Any,
        on_end: Callable[[Ask], None] | None = None,
        *,
        is_by_hand: bool = False,
    ) -> None:
        self.channel = channel
        self.value = value
        self.is_by_hand = is_by_hand
        self.answer: Any = None
        self.error: Exception | None = None
        self.is_answered = False
        self._ended = threading.Event()
        self._on_end = on_end

    def wait(self, timeout_s: float | None) -> bool:
        """Wait until it is answered or cannot be any more; False when the time ran out first."""
        return wait_for(self._ended, timeout_s)

    def end(self, answer: Any = None, error: Exception | None = None) -> None:
        """Deliver the answer, or the reason why there is none."""
        self.answer, self.error, self.is_answered = answer, error, error is None
        self._ended.set()
        if self._on_end is not None:
            self._on_end(self)


class Channel:
    """One mailbox: questions in order, and the last thing that went out. Guarded by its interactor's lock."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.waiting: deque[Ask] = deque()
        self.is_out = False
        self.out_value: Any = None
        self.is_always_asked = name in ALWAYS_ASKED

    @property
    def is_in(self) -> bool:
        """Whether something waits for an answer."""
        return self.is_always_asked or bool(self.waiting)

    @property
    def in_value(self) -> Any:
        """The question that is to be answered next."""
        try:
            return self.waiting[0].value
        except IndexError:
            return None

    def take_answered(self) -> list[Ask]:
        """Remove and return the questions that one answer answers."""
        if not self.waiting:
            return []
        if self.name in _ONE_ANSWER_FOR_ALL:
            answered = list(self.waiting)
            self.waiting.clear()
        else:
            answered = [self.waiting.popleft()]
        return answered
