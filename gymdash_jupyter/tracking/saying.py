"""What code around a tracked simulation says through it: numbers, progress, words, pictures, sounds."""

from __future__ import annotations

import weakref
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from itertools import count
from numbers import Integral
from time import perf_counter
from typing import TYPE_CHECKING, Any, overload

from gymdash_jupyter.channels import STOP
from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.simulation import Simulation

if TYPE_CHECKING:
    import pandas as pd

    from gymdash_jupyter.config import SimulationStartConfig

_PROGRESS_INTERVAL_S = 0.02
_CHANNELS = (1, 3, 4)


class Saying(Simulation):
    """Take down what any code says, from any thread.

    Every method takes a step, the place on the x axis; without one, calls are counted from 0, for each key. What cannot
    be recorded becomes a status and never an error. The only exception that comes out of here is ``StopSimException``,
    when somebody has stopped the simulation.
    """

    def __init__(self, config: SimulationStartConfig) -> None:
        super().__init__(config)
        self._is_odd = False  # whether each call has to look before it records
        self._counts: dict[object, count[int]] = {}
        self._progress_of: weakref.ref[object] | None = None  # what says the progress
        # Bound once: looking these up at each call costs more than calling them.
        self._record = self.recorder.scalar
        self._is_asked = self.interactor.is_asked

    def scalar(self, key: str, value: Any, step: Any = None) -> None:
        """Record one value of a series; some 0.5 microseconds.

        Args:
            key: Name of the series, any text, for example ``train/loss``.
            value: A number, or a numpy or torch scalar. NaN and infinities are kept.
            step: Where on the x axis, an int; None counts the calls with this key from 0.

        Raises:
            StopSimException: Somebody has stopped the simulation; the value is not recorded.
        """
        if (self._is_odd or self._is_asked(STOP)) and not self._may_say():
            return
        self._record(key, value, self._count(key) if step is None else step)

    @overload
    def scalars(self, keys: Mapping[str, Any], wide: Any = None, *, step: Any = None) -> None: ...

    @overload
    def scalars(
        self, keys: Any = None, wide: bool = False, *, align: Any = None
    ) -> pd.DataFrame: ...

    def scalars(
        self, keys: Any = None, wide: Any = None, *, step: Any = None, align: Any = None
    ) -> pd.DataFrame | None:
        """Record one value of several series at one step: ``sim.scalars({"loss": 0.3, "lr": 1e-4}, step)``.

        Given no dict, it gives what is recorded so far, as it does for every simulation; see ``gd.scalars``.

        Args:
            keys: Values by key, as ``scalar`` takes them. Or which series to give.
            wide: The step, for a dict; None counts the calls with each key from 0. Else as in ``gd.scalars``.
            step: The step by its name.
            align: As in ``gd.scalars``.

        Raises:
            StopSimException: Somebody has stopped the simulation; nothing of a dict is recorded.
        """
        if not isinstance(keys, Mapping):
            return super().scalars(keys, bool(wide), align=align)
        if self._listen():
            at = wide if step is None else step
            for key, value in keys.items():
                self._record(key, value, self._count(key) if at is None else at)
        return None

    def log(self, values: Mapping[str, Any], step: Any = None) -> None:
        """Record whatever a dict holds: numbers, texts, matplotlib figures, images; dicts in it by joined keys.

        Images are those of PIL, and arrays of shape (height, width, channels), or (height, width) of uint8.

        Args:
            values: By key, for example ``{"loss": 0.3, "eval": {"return": 21}}``, which records ``loss`` and
                ``eval/return``.
            step: Where on the x axis, an int; None counts the calls of ``log`` from 0.

        Raises:
            StopSimException: Somebody has stopped the simulation; nothing of it is recorded.
        """
        if not self._listen():
            return
        if not isinstance(values, Mapping):
            self.recorder.note_problem(
                "log", f"log() takes a dict of values by key; got {type(values).__name__}."
            )
            return
        step = self._count(None) if step is None else step
        for key, value in _flat(values):
            self._log_one(key, value, step)

    def progress(self, current: Any, total: Any = None, status: object = None) -> None:
        """Say how far it has come, and in a few words what it is doing; see ``Recorder.progress``."""
        self.progress_by(self, current, total, status)

    def progress_by(
        self, who: object, current: Any, total: Any = None, status: object = None
    ) -> None:
        """Say the progress for something that counts along, unless the code around it or something else does.

        Args:
            who: What counts: the simulation itself for the code around it, which counts more than all others.
            current: As in ``progress``; so are the others.
            total: Likewise.
            status: Likewise.

        Raises:
            StopSimException: Somebody has stopped the simulation.
        """
        if self._listen() and self.has_progress_from(who):
            self.recorder.progress(current, total, status)

    def has_progress_from(self, who: object) -> bool:
        """Tell whether something that counts along is what says the progress, which the first one becomes."""
        teller = None if self._progress_of is None else self._progress_of()
        if teller is not who and (who is self or teller is None):
            self._progress_of, teller = weakref.ref(who), who
        return teller is who

    def status(self, text: object) -> None:
        """Say in a few words what it is doing; the numbers of the progress stay as they are."""
        if self._listen():
            self.recorder.progress_status(text)

    def steps(self, total: int, start: int = 0) -> Iterator[int]:
        """Count the steps of a loop, say its progress, and end it when somebody stops the simulation.

        ``for step in sim.steps(10_000):`` gives 0 to 9,999.

        Args:
            total: How many steps there are.
            start: From which to go on.

        Raises:
            InvalidArgumentError: These are no whole numbers.
            StopSimException: Between two steps, when somebody has stopped the simulation.
        """
        if not (isinstance(total, Integral) and isinstance(start, Integral)):
            msg = f"steps() takes whole numbers, how many and from which on; got {total!r} and {start!r}."
            raise InvalidArgumentError(msg, argument="total")
        return self._steps(int(total), int(start))

    def _steps(self, total: int, start: int) -> Iterator[int]:
        self._progress_of = weakref.ref(self)
        step, next_said = start, 0.0
        try:
            for step in range(start, total):
                now = perf_counter()
                if now >= next_said:
                    next_said = now + _PROGRESS_INTERVAL_S
                    self.recorder.progress(step, total)
                self._listen()
                yield step
            step = total
        finally:
            self.recorder.progress(step, total)

    def image(self, key: str, image: Any, step: Any = None, **info: Any) -> None:
        """Record an image: an array, a PIL image, a matplotlib figure or a file; see ``Recorder.image``."""
        if self._listen():
            self.recorder.image(key, image, self._step_of("image", key, step), **info)

    def figure(self, key: str, figure: Any, step: Any = None, **info: Any) -> None:
        """Record a matplotlib figure as an image; see ``Recorder.figure``."""
        if self._listen():
            self.recorder.figure(key, figure, self._step_of("image", key, step), **info)

    def video(self, key: str, video: Any, step: Any = None, fps: float = 30, **info: Any) -> None:
        """Record a video: frames as an array or one by one, or a file; see ``Recorder.video``."""
        if self._listen():
            self.recorder.video(key, video, self._step_of("video", key, step), fps, **info)

    def audio(
        self, key: str, audio: Any, step: Any = None, sample_rate: Any = None, **info: Any
    ) -> None:
        """Record a sound: samples, or a file; see ``Recorder.audio``."""
        if self._listen():
            at = self._step_of("audio", key, step)
            self.recorder.audio(key, audio, at, sample_rate, **info)

    def text(self, key: str, text: Any, step: Any = None, **info: Any) -> None:
        """Record a text, or a text file by its ``Path``; see ``Recorder.text``."""
        if self._listen():
            self.recorder.text(key, text, self._step_of("text", key, step), **info)

    @abstractmethod
    def _may_say(self) -> bool:
        """Look at what is out of the ordinary; tell whether something can be recorded.

        Raises:
            StopSimException: Somebody has stopped the simulation.
        """

    # Inside

    def _listen(self) -> bool:
        return not (self._is_odd or self._is_asked(STOP)) or self._may_say()

    def _count(self, key: object) -> int:
        try:
            return next(self._counts[key])
        except KeyError:
            return next(self._counts.setdefault(key, count()))
        except TypeError:  # a key that cannot be one; the recorder says what it thinks of it
            return 0

    def _step_of(self, kind: str, key: object, step: Any) -> Any:
        return self._count((kind, str(key))) if step is None else step

    def _log_one(self, key: str, value: Any, step: Any) -> None:
        if isinstance(value, str):
            self.recorder.text(key, value, step)
        elif hasattr(value, "savefig"):
            self.recorder.figure(key, value, step)
        elif _is_image(value):
            self.recorder.image(key, value, step)
        else:
            self._record(key, value, step)


def _flat(values: Mapping[Any, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        key = f"{before}{name}"
        if isinstance(value, Mapping):
            yield from _flat(value, f"{key}/")
        else:
            yield key, value


def _is_image(value: Any) -> bool:
    """Tell whether a value is a picture, and not some numbers that happen to lie in rows and columns."""
    if hasattr(value, "getbands") and hasattr(value, "tobytes"):  # of PIL
        return True
    shape = getattr(value, "shape", None)
    if not isinstance(shape, tuple):
        return False
    is_bytes = str(getattr(value, "dtype", "")) == "uint8"
    is_flat = len(shape) == 2 and is_bytes
    return is_flat or (len(shape) == 3 and shape[2] in _CHANNELS)
