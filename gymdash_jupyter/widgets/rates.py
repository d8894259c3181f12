"""How fast a simulation goes and how long it still takes. Numbers in, numbers out."""

from __future__ import annotations

from collections import deque
from typing import Final

WINDOW_S: Final = 10.0
"""A rate is the mean over the last seconds: long enough to be quiet, short enough to follow."""

_SILENCE_S: Final = 2.0


class RateWindow:
    """Measure progress per second over the last seconds."""

    def __init__(self) -> None:
        self._points: deque[tuple[float, float]] = deque()

    def add(self, time: float, current: float) -> None:
        """Note how far it had come at a time; a time that is not newer than the last one is ignored."""
        if self._points and time <= self._points[-1][0]:
            return
        if self._points and current < self._points[-1][1]:
            self._points.clear()  # it began again
        self._points.append((time, current))
        # The newest point outside the window stays, so that rare reports have a rate too.
        while len(self._points) > 2 and self._points[1][0] <= time - WINDOW_S:
            self._points.popleft()

    def rate(self, now: float) -> float | None:
        """Give the progress per second, or None while it cannot be said.

        Silence lowers it: after two seconds without a report, the time since then counts as well.
        """
        if len(self._points) < 2:
            return None
        (t0, c0), (t1, c1) = self._points[0], self._points[-1]
        return (c1 - c0) / (max(t1, now - _SILENCE_S) - t0)


def mean_rate(current: float | None, started: float | None, end: float | None) -> float | None:
    """Give the progress per second over a whole run, or None when it cannot be said."""
    if not current or started is None or end is None or end <= started:
        return None
    return current / (end - started)


def time_left(current: float | None, total: float | None, rate: float | None) -> float | None:
    """Give the seconds that are left at this rate, or None when they cannot be said."""
    if current is None or total is None or not rate or rate <= 0:
        return None
    return max(total - current, 0.0) / rate
