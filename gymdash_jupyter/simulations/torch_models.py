"""What GymDash calls a model: a torch module with phases, to which others listen. Needs no torch itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.simulations.torch_callbacks import (
    SimpleStateStack,
)

if TYPE_CHECKING:
    from torch import Tensor, nn

PHASES = ("train", "val", "test")
PHASE_STATES = {phase: f"<<{phase}>>" for phase in PHASES}
TIMINGS = ("start", "end")

Listener = Callable[[], object]


class InferenceModel(ABC):
    """Something that makes outputs of inputs."""

    @abstractmethod
    def produce(self, inputs: Any) -> Any:
        """Make outputs."""


class SimulationMLModel:
    """A torch module with phases: what listens is told when training, validation and test begin and end.

    Override ``_train``, ``_validate`` and ``_test``.

    Args:
        model: The module.

    Attributes:
        model: As given, or as ``set_model`` said.
        sm: Which phases are going on, one within the other.
    """

    STATE_TRAIN = "<<train>>"
    STATE_VAL = "<<val>>"
    STATE_TEST = "<<test>>"

    def __init__(self, model: nn.Module) -> None:
        self.model = model
        self.sm = SimpleStateStack()
        self._phase_callbacks: dict[str, dict[str, list[Listener]]] = {
            phase: {timing: [] for timing in TIMINGS} for phase in PHASES
        }

    @property
    def is_busy(self) -> bool:
        """Whether a phase is going on."""
        return bool(self.sm.full_state)

    def forward(self, x: Tensor) -> Tensor:
        """Give what the module makes of a batch."""
        made: Tensor = self.model.forward(x)
        return made

    def set_model(self, new_model: nn.Module) -> None:
        """Put another module in its place."""
        self.model = new_model

    def add_callback(self, phase: str, timing: str, callback: Listener) -> None:
        """Call a function, with nothing, when a phase begins or ends, however it ends.

        Args:
            phase: ``train``, ``val``, ``test`` or ``all``.
            timing: ``start``, ``end`` or ``all``.
            callback: The function.

        Raises:
            InvalidArgumentError: There is no such phase or timing.
        """
        for name, given, known in (("phase", phase, PHASES), ("timing", timing, TIMINGS)):
            if given not in (*known, "all"):
                msg = f"{name} must be one of {', '.join((*known, 'all'))}; got {given!r}."
                raise InvalidArgumentError(msg, argument=name)
        for each in PHASES if phase == "all" else (phase,):
            for when in TIMINGS if timing == "all" else (timing,):
                self._phase_callbacks[each][when].append(callback)

    def train(self, **kwargs: Any) -> Any:
        """Train it; ``_train`` says with which kwargs."""
        with self._phase("train", kwargs):
            return self._train(**kwargs)

    def validate(self, **kwargs: Any) -> Any:
        """Validate it; ``_validate`` says with which kwargs and what comes of it."""
        with self._phase("val", kwargs):
            return self._validate(**kwargs)

    def test(self, **kwargs: Any) -> Any:
        """Test it; ``_test`` says with which kwargs and what comes of it."""
        with self._phase("test", kwargs):
            return self._test(**kwargs)

    def _train(self, **kwargs: Any) -> Any:  # noqa: ARG002 - for those that override it
        """Train it."""
        raise self._not_said("_train")

    def _validate(self, **kwargs: Any) -> Any:  # noqa: ARG002 - for those that override it
        """Validate it."""
        raise self._not_said("_validate")

    def _test(self, **kwargs: Any) -> Any:  # noqa: ARG002 - for those that override it
        """Test it."""
        raise self._not_said("_test")

    def _not_said(self, name: str) -> NotImplementedError:
        msg = f"{type(self).__name__} does not say how: override {name}(self, **kwargs)."
        return NotImplementedError(msg)

    def _on_train_start(self, **kwargs: Any) -> None:
        """Be told that a training begins."""

    def _on_train_end(self, **kwargs: Any) -> None:
        """Be told that it has ended."""

    def _on_val_start(self, **kwargs: Any) -> None:
        """Be told that a validation begins."""

    def _on_val_end(self, **kwargs: Any) -> None:
        """Be told that it has ended."""

    def _on_test_start(self, **kwargs: Any) -> None:
        """Be told that a test begins."""

    def _on_test_end(self, **kwargs: Any) -> None:
        """Be told that it has ended."""

    @contextmanager
    def _phase(self, phase: str, kwargs: dict[str, Any]) -> Iterator[None]:
        self._tell(phase, "start", kwargs)
        self.sm.push_state(PHASE_STATES[phase])
        try:
            yield
        finally:
            self.sm.pop_state()
            self._tell(phase, "end", kwargs)

    def _tell(self, phase: str, timing: str, kwargs: dict[str, Any]) -> None:
        getattr(self, f"_on_{phase}_{timing}")(**kwargs)
        for listener in self._phase_callbacks[phase][timing]:
            listener()
