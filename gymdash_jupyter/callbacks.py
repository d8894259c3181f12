"""Calling people back when something happens, each callback exactly once.

Events happen once in a simulation's life. A callback that is added after its event is called at
once, in the thread that adds it. An error in a callback is handed to whoever keeps errors, and
harms nobody.
"""

from __future__ import annotations

import inspect
import logging
import threading
from collections.abc import Callable, Iterable
from typing import Any

from gymdash_jupyter.errors import InvalidArgumentError, did_you_mean

logger = logging.getLogger(__name__)

AFTER_END = "after_end"
"""When all callbacks for an end have been called: groups and trackers count it."""

Callback = Callable[..., object]
ErrorKeeper = Callable[[str, BaseException], None]


class CallbackBoard:
    """Hold callbacks by event and call them when it happens.

    Args:
        events: Names of the events that may happen; of ``after_end`` errors do not speak, as only the house uses it.
        subject: Given to callbacks that require one positional argument.
        keep_error: Called with the event and the exception of a callback that failed.
    """

    def __init__(self, events: Iterable[str], subject: object, keep_error: ErrorKeeper) -> None:
        self._callbacks: dict[str, list[Callback]] = {event: [] for event in events}
        self._public = [event for event in self._callbacks if event != AFTER_END]
        self._happened: set[str] = set()
        self._built_in: list[tuple[str, Callback]] = []
        self._subject = subject
        self._keep_error = keep_error
        self._lock = threading.Lock()

    def add(self, event: str, callback: Callback) -> None:
        """Call a function when the event happens, or now if it has.

        Raises:
            InvalidArgumentError: There is no such event, or the callback cannot be called.
        """
        if not isinstance(event, str) or event not in self._callbacks:
            msg = (
                f"There is no event {event!r}.{did_you_mean(event, self._public)} "
                f"Events: {', '.join(self._public)}."
            )
            raise InvalidArgumentError(msg, event=event)
        check_callable(callback, f"the event {event!r}")
        with self._lock:
            is_late = event in self._happened
            if not is_late:
                self._callbacks[event].append(callback)
        if is_late:
            self._call(event, callback)

    @property
    def built_in(self) -> list[tuple[str, Callback]]:
        """Callbacks by event that the subject's own class added while it was made."""
        return self._built_in[:]

    def note_built_in(self) -> None:
        """Take what was added so far for the class's own."""
        self._built_in = [(event, c) for event, calls in self._callbacks.items() for c in calls]

    def drop_built_in(self) -> None:
        """Forget the class's own callbacks: they are called where the subject executes."""
        for event, callback in self._built_in:
            with self._lock:
                self._callbacks[event] = [c for c in self._callbacks[event] if c is not callback]

    def fire(self, event: str) -> None:
        """Let an event happen; the second time nothing more is called."""
        with self._lock:
            self._happened.add(event)
            callbacks = self._callbacks[event][:]
            self._callbacks[event].clear()
        for callback in callbacks:
            self._call(event, callback)

    def _call(self, event: str, callback: Callback) -> None:
        try:
            if wants_argument(callback):
                callback(self._subject)
            else:
                callback()
        except (Exception, SystemExit) as exc:  # noqa: BLE001 - whatever a callback does stays its own matter
            self._keep_error(event, exc)


class Countdown:
    """Call functions once, without arguments, when something has happened n times.

    Args:
        n: How often; 0 means that it has happened already.
        event: What it is called in an error.
    """

    def __init__(self, n: int, event: str) -> None:
        self._left = n
        self._event = event
        self._callbacks: list[Callback] = []
        self._lock = threading.Lock()

    def add(self, callback: Callback) -> None:
        """Call a function when it has happened often enough, or now if it has.

        Raises:
            InvalidArgumentError: It is not a function.
        """
        check_callable(callback, f"the event {self._event!r}")
        with self._lock:
            is_over = self._left <= 0
            if not is_over:
                self._callbacks.append(callback)
        if is_over:
            self._call(callback, _log_error)

    def count(self, keep_error: ErrorKeeper) -> None:
        """It happened once more; errors of callbacks go to whoever brought the news."""
        with self._lock:
            self._left -= 1
            callbacks = self._callbacks[:] if self._left == 0 else []
            if callbacks:
                self._callbacks.clear()
        for callback in callbacks:
            self._call(callback, keep_error)

    def _call(self, callback: Callback, keep_error: ErrorKeeper) -> None:
        try:
            callback()
        except (Exception, SystemExit) as exc:  # noqa: BLE001 - whatever a callback does stays its own matter
            keep_error(self._event, exc)


def _log_error(event: str, exc: BaseException) -> None:
    logger.warning("A callback for %s failed: %s", event, exc, exc_info=exc)


def check_callable(callback: Any, what: str) -> None:
    """Raise ``InvalidArgumentError`` unless something can be called."""
    if not callable(callback):
        msg = f"A callback for {what} must be a function; got {type(callback).__name__}: {callback!r}."
        raise InvalidArgumentError(msg)


def wants_argument(callback: Callback) -> bool:
    """Tell whether a callback has a positional parameter without a default (``lambda i=i: ...`` has none)."""
    try:
        parameters = inspect.signature(callback).parameters.values()
    except (TypeError, ValueError):  # some builtins have no signature
        return False
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return any(p.kind in positional and p.default is inspect.Parameter.empty for p in parameters)
