"""What a simulation says: scalars, progress and media, buffered in memory until somebody stores them.

The training's thread only appends to a list. Whoever stores the points looks at them (``peek``),
writes them, and only then lets them be forgotten (``confirm``), so that a failed write loses
nothing.
"""

from __future__ import annotations

import logging
import math
import sys
import threading
from collections import deque
from dataclasses import dataclass
from time import time
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.errors import StopSimException
from gymdash_jupyter.media.recorder import MediaRecorder
from gymdash_jupyter.records import Progress, ScalarSeries

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

logger = logging.getLogger(__name__)

MAX_WAITING_POINTS = 2_000_000
"""With so many points waiting, a call blocks (or, where nothing can store them, the oldest are
dropped).
"""

_MAX_PEEKED_POINTS = 200_000
_MAX_TOLD = 100
_MAX_SHOWN = 80
_INT64_MAX = 2**63 - 1

Point = tuple[Any, Any, Any, float]
"""Key, value, step and time; or points that a streamer found, and nothing."""


class _Streamed:
    """Points of one key that a streamer found, in the buffer as one entry.

    Attributes:
        key: Of which series.
        points: They.
        is_wanted: Whether they are stored; None until that was decided.
    """

    def __init__(self, key: str, points: ScalarSeries) -> None:
        self.key = key
        self.points = points
        self.is_wanted: bool | None = None


@dataclass(frozen=True)
class Peeked:
    """Points that wait to be stored.

    Attributes:
        n: How many points were looked at; what ``confirm`` takes.
        scalars: The usable ones, by key.
    """

    n: int
    scalars: Mapping[str, ScalarSeries]


class Recorder(MediaRecorder):
    """Take down what one simulation says. Every method may be called from any thread and never raises into it.

    For what can be seen, heard and read see ``MediaRecorder``.
    """

    def __init__(self) -> None:
        super().__init__()
        self._points: list[Point] = []
        self._own_keys: set[str] = set()
        self._progress: Progress | None = None
        self._told: dict[object, object] = {}
        self._problems: deque[str] = deque()
        self._n_dropped = 0
        self._n_dropped_since_peek = 0
        self._room = (
            threading.Condition()
        )  # guards what is removed from the points; appending needs no lock
        self._is_stored = False
        self._is_store_failing = False

    def scalar(self, key: str, value: Any, step: Any) -> None:
        """Record one value of a series.

        Args:
            key: Name of the series, any text, for example ``rollout/ep_rew_mean``.
            value: The value: a number, or a numpy or torch scalar. NaN and infinities are kept.
            step: Where on the x axis, an int, for example environment steps; may repeat or go
                back.
        """
        if type(value) is not float and type(value) is not int:
            value = self._to_float(key, value)
            if value is None:
                return
        points = self._points
        points.append((key, value, step, time()))
        if len(points) > MAX_WAITING_POINTS:
            self._wait_for_room()

    def scalars(self, values: Mapping[str, Any], step: Any) -> None:
        """Record one value of several series at one step.

        Args:
            values: Values by key; see ``scalar``.
            step: See ``scalar``.
        """
        try:
            items = list(values.items())
        except StopSimException:  # by force, at any moment: the simulation's to obey, as below
            raise
        except Exception:  # noqa: BLE001 - whatever was given instead of a dict may fail in any way
            self._tell(
                "scalars",
                f"scalars() takes a dict of values by key; got {_shown(values)}, nothing was recorded.",
            )
            return
        for key, value in items:
            self.scalar(key, value, step)

    def progress(self, current: Any, total: Any = None, status: object = None) -> None:
        """Say how far the simulation has come.

        Args:
            current: How much is done, in the simulation's own unit (steps, seconds).
            total: How much there is to do, in the same unit; None when unknown.
            status: A few words on what it is doing; None leaves the words as they are.
        """
        before = self._progress
        try:
            self._progress = Progress(
                current=_number(current),
                total=_number(total),
                status=(before.status if before else "") if status is None else str(status),
                time=time(),
            )
        except StopSimException:
            raise
        except Exception:  # noqa: BLE001 - a foreign __float__ or __str__ may fail in any way
            self._tell(
                "progress",
                f"progress() takes numbers and words; got current={_shown(current)}, total={_shown(total)}, "
                f"status={_shown(status)}.",
            )

    def progress_status(self, status: object) -> None:
        """Say in a few words what the simulation is doing; the numbers stay as they are."""
        before = self._progress
        # "status" is given on as it is: progress() makes words of it, and tells where it has none.
        self.progress(
            before.current if before else None,
            before.total if before else None,
            "" if status is None else status,
        )

    @property
    def latest_progress(self) -> Progress | None:
        """The progress that was said last, or None."""
        return self._progress

    def follow_progress(self, progress: Progress | None) -> None:
        """Take over what the simulation said where it executes."""
        self._progress = progress

    @property
    def n_waiting(self) -> int:
        """How many points wait to be stored; those of ``add_points`` count as one a call."""
        return len(self._points)

    def add_points(self, key: str, points: ScalarSeries) -> None:
        """Record points that have times of their own, many at once, such as those of an event file.

        They are for a key that nobody records with ``scalar``: once it has been, those that come after that are left
        out, so that nothing is stored twice. What came before stays.

        Args:
            key: Name of the series.
            points: They; not copied.
        """
        if len(points):
            self._points.append((_Streamed(key, points), None, None, 0.0))

    # For whoever stores it

    def attach(self) -> None:
        """Say that somebody stores the points from now on, so that waiting for room makes sense."""
        self._is_stored = True

    def store_is_failing(self, is_failing: bool) -> None:
        """Say whether nothing can be stored just now; a full buffer then drops its oldest points and blocks nobody."""
        self._is_store_failing = is_failing
        with self._room:
            self._room.notify_all()

    def detach(self) -> None:
        """Say that nobody stores the points; a full buffer then drops its oldest ones."""
        self._is_stored = False
        with self._room:
            self._room.notify_all()

    @property
    def is_store_failing(self) -> bool:
        """Whether nothing can be stored just now."""
        return self._is_store_failing

    def peek(self) -> Peeked:
        """Look at the oldest points that wait; they stay until ``confirm``."""
        with self._room:
            oldest = self._points[:_MAX_PEEKED_POINTS]
            self._n_dropped_since_peek = 0
        return Peeked(len(oldest), self._by_key(oldest))

    def confirm(self, n: int) -> None:
        """Forget the n points that were peeked last, which are stored."""
        with self._room:
            # Some of them may have been dropped meanwhile: they are not lost after all.
            n_gone = min(n, self._n_dropped_since_peek)
            self._n_dropped -= n_gone
            self._n_dropped_since_peek = 0
            del self._points[: n - n_gone]
            self._room.notify_all()

    def drop_oldest(self) -> int:
        """Make room where nothing can be stored; returns how many points were lost to that since the last call."""
        with self._room:
            surplus = len(self._points) - MAX_WAITING_POINTS
            if surplus > 0:
                self._drop(surplus + MAX_WAITING_POINTS // 10)
            n_dropped, self._n_dropped = self._n_dropped, 0
        return n_dropped

    def take_problems(self) -> list[str]:
        """Give what went wrong while recording, each kind once, as sentences for a status."""
        problems: list[str] = []
        while True:
            try:
                problems.append(
                    self._problems.popleft()
                )  # each is given once, whoever else takes some
            except IndexError:
                return problems

    # Inside

    def _wait_for_room(self) -> None:
        while len(self._points) > MAX_WAITING_POINTS:
            if not self._is_stored:
                lost = self.drop_oldest()
                self._tell(
                    "memory",
                    f"More points than memory should hold and no project to store them: {lost:,} dropped.",
                )
                return
            with self._room:
                surplus = len(self._points) - MAX_WAITING_POINTS
                if self._is_store_failing and surplus > 0:
                    self._drop(surplus + MAX_WAITING_POINTS // 10)
                elif surplus > 0:
                    # Whoever stores them confirms or detaches; the limit only survives one that died.
                    self._room.wait(1.0)

    def _drop(self, n: int) -> None:
        del self._points[:n]
        self._n_dropped += n
        self._n_dropped_since_peek += n
        self._room.notify_all()

    def _to_float(self, key: object, value: Any) -> float | None:
        try:
            if hasattr(
                value, "detach"
            ):  # a loss of torch, which else warns that it has a gradient
                value = value.detach()
            return float(value)
        except StopSimException:
            raise
        except Exception as exc:  # noqa: BLE001 - a foreign __float__ may fail in any way
            self._tell(
                ("value", _text(key)),
                f"{_shown(key)} takes numbers; got {type(value).__name__} ({type(exc).__name__}: {exc}), not recorded.",
            )
            return None

    def _tell(self, kind: object, problem: str) -> None:
        if len(self._told) >= _MAX_TOLD:
            return
        teller = object()
        if (
            self._told.setdefault(kind, teller) is teller
        ):  # one step, as two threads may find the same
            self._problems.append(problem)
            logger.warning("Recording: %s", problem)

    def _by_key(self, points: list[Point]) -> dict[str, ScalarSeries]:
        import numpy as np

        columns: dict[str, tuple[list[int], list[float], list[float]]] = {}
        streamed: dict[str, list[ScalarSeries]] = {}
        for key, value, step, at in points:
            column = columns.get(key) if type(key) is str else None
            if column is None:
                if type(key) is _Streamed:
                    if self._is_wanted(key):
                        streamed.setdefault(key.key, []).append(key.points)
                    continue
                name = _text(key)
                self._own_keys.add(name)
                column = columns.setdefault(name, ([], [], []))
            if type(step) is not int or not -_INT64_MAX <= step <= _INT64_MAX:
                whole = self._to_step(key, step)
                if whole is None:
                    continue
                column[0].append(whole)
            else:
                column[0].append(step)
            column[1].append(at)
            column[2].append(value)
        found = {
            key: ScalarSeries(
                np.array(steps, dtype=np.int64),
                np.array(times, dtype=np.float64),
                _to_float64(values),
            )
            for key, (steps, times, values) in columns.items()
            if steps
        }
        for key, parts in streamed.items():  # they came before what was recorded under their key
            found[key] = _joined([*parts, found[key]] if key in found else parts)
        return found

    def _is_wanted(self, streamed: _Streamed) -> bool:
        # Decided once: until the points are stored they are looked at again and again.
        if streamed.is_wanted is None:
            streamed.is_wanted = streamed.key not in self._own_keys
        return streamed.is_wanted

    def _to_step(self, key: object, step: Any) -> int | None:
        try:
            whole = int(step)
        except Exception as exc:  # noqa: BLE001 - a foreign __int__ may fail in any way
            self._tell(
                ("step", _text(key)),
                f"{_shown(key)} needs an int as step; got {_shown(step)} ({type(exc).__name__}), not recorded.",
            )
            return None
        if not -_INT64_MAX <= whole <= _INT64_MAX:
            self._tell(
                ("step", _text(key)),
                f"{_shown(key)} needs a step of at most 64 bits; got {_shown(step)}, not recorded.",
            )
            return None
        return whole


def _text(key: object) -> str:
    try:
        # Lone surrogates, as in the name of a file that is not UTF-8, can be neither shown nor written to a file.
        return str(key).encode("utf-8", "backslashreplace").decode()
    except Exception:  # noqa: BLE001 - a foreign __str__ may fail in any way
        return f"a {type(key).__name__}"


def _shown(value: object) -> str:
    try:
        return repr(value)[:_MAX_SHOWN]
    except Exception:  # noqa: BLE001 - a foreign __repr__ may fail in any way
        return f"a {type(value).__name__}"


def _infinity(value: float) -> float:
    return math.inf if value > 0 else -math.inf


def _number(given: Any) -> float | None:
    if given is None:
        return None
    as_float = float(given)
    # An int stays one, so that who asks for the progress gets it back as it was said.
    return given if type(given) is int else as_float


def _joined(parts: list[ScalarSeries]) -> ScalarSeries:
    import numpy as np

    if len(parts) == 1:
        return parts[0]
    return ScalarSeries(
        np.concatenate([part.steps for part in parts]),
        np.concatenate([part.times for part in parts]),
        np.concatenate([part.values for part in parts]),
    )


def _to_float64(values: list[float]) -> NDArray[np.float64]:
    import numpy as np

    try:
        return np.array(values, dtype=np.float64)
    except OverflowError:  # an int beyond what a float holds is an infinity to it
        return np.array(
            [_infinity(v) if abs(v) > sys.float_info.max else v for v in values], dtype=np.float64
        )
