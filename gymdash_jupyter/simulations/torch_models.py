"""Models that can be trained, validated, tested and asked, with the methods that GymDash's have. Imports torch."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from gymdash_jupyter.errors import InvalidArgumentError, MissingDependencyError
from gymdash_jupyter.simulations.torch_callbacks import (
    BaseCustomCallback,
    EmptyCallback,
    SimpleStateStack,
)
from gymdash_jupyter.simulations.torch_checkpoints import (
    CHECKPOINT_FORMAT,
    CHECKPOINT_PATTERN,
    Counts,
)
from gymdash_jupyter.simulations.torch_networks import get_available_accelerator
from gymdash_jupyter.simulations.torch_training import (
    ScalarLogger,
    Training,
    TrainingPlan,
    measured,
)

PHASES = ("train", "val", "test")
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
    _STATES: ClassVar = {"train": STATE_TRAIN, "val": STATE_VAL, "test": STATE_TEST}

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
        self.sm.push_state(self._STATES[phase])
        try:
            yield
        finally:
            self.sm.pop_state()
            self._tell(phase, "end", kwargs)

    def _tell(self, phase: str, timing: str, kwargs: dict[str, Any]) -> None:
        getattr(self, f"_on_{phase}_{timing}")(**kwargs)
        for listener in self._phase_callbacks[phase][timing]:
            listener()


class SimpleClassifierMLModel(SimulationMLModel, InferenceModel):
    """A module that tells classes apart: it gives one logit for each, of shape (n, classes).

    Args:
        model: The module.

    Attributes:
        counts: What its last training has done.
    """

    TRAINING_CKPT_PATTERN: ClassVar[re.Pattern[str]] = CHECKPOINT_PATTERN
    TRAINING_CKPT_FORMAT: ClassVar[str] = CHECKPOINT_FORMAT

    def __init__(self, model: nn.Module) -> None:
        super().__init__(model)
        self.counts = Counts()

    @staticmethod
    def TRAINING_CKPT_EXTRACTOR(name: str) -> int:  # noqa: N802 - GymDash's name
        """Give the number in the name of a checkpoint's file."""
        match = CHECKPOINT_PATTERN.fullmatch(name)
        if match is None:
            msg = f"{name!r} is no checkpoint's name, such as {CHECKPOINT_FORMAT.format(1)!r}."
            raise InvalidArgumentError(msg)
        return int(match[1])

    def produce(
        self, inputs: Tensor | Dataset[Any], device: torch.device | str | None = None
    ) -> tuple[Tensor, Tensor | None]:
        """Say which class each input is of.

        The module's mode (training or evaluation) is as before afterwards.

        Args:
            inputs: A batch of inputs; or a data set of inputs and classes.
            device: Where to calculate; None: where the module's weights are.

        Returns:
            The predicted classes, int64 of shape (n,), and the true ones where they are known, else None.
        """
        if isinstance(inputs, Tensor):
            return self.probabilities(inputs, device).argmax(1), None
        found, known = [], []
        loader: DataLoader[Any] = DataLoader(inputs, batch_size=64)
        with torch.random.fork_rng(devices=[]):  # a training that asks in between learns the same
            for x, y in loader:
                found.append(self.probabilities(x, device).argmax(1))
                known.append(y)
        return torch.cat(found), torch.cat(known)

    def probabilities(self, x: Tensor, device: torch.device | str | None = None) -> Tensor:
        """Say how probable it finds each class, float32 of shape (n, classes), for a batch of inputs."""
        was_training = self.model.training
        where = device if device is not None else _place_of(self.model)
        self.model.to(where)
        self.model.eval()
        try:
            with torch.no_grad():
                return self.model(x.to(where)).softmax(1).cpu()  # type: ignore[no-any-return]
        finally:
            self.model.train(was_training)

    def _train(self, **kwargs: Any) -> Counts:
        """Train it as a ``TrainingPlan`` of these kwargs says; ``tb_logger`` may be the path of a folder."""
        kwargs["tb_logger"] = _logger(kwargs.get("tb_logger"))
        plan = TrainingPlan(**kwargs)
        training = Training(self.model, plan, _device(plan.device), self.validate)
        try:
            return training.run()
        finally:
            self.counts = training.counts

    def _validate(
        self,
        dataloader: DataLoader[Any],
        loss_fn: Any = None,
        step_callback: BaseCustomCallback | None = None,
        tb_logger: ScalarLogger | str | None = None,
        device: torch.device | None = None,
        step: int = 0,
    ) -> dict[str, Any]:
        """Measure it; see ``torch_training.measured``. The logger takes ``loss/val/val`` and ``acc/val/val``."""
        return self._measured("val", dataloader, loss_fn, step_callback, tb_logger, device, step)

    def _test(
        self,
        dataloader: DataLoader[Any],
        loss_fn: Any = None,
        step_callback: BaseCustomCallback | None = None,
        tb_logger: ScalarLogger | str | None = None,
        device: torch.device | None = None,
        step: int = 0,
    ) -> dict[str, Any]:
        """Measure it; see ``torch_training.measured``. The logger takes ``loss/test/test`` and ``acc/test/test``."""
        return self._measured("test", dataloader, loss_fn, step_callback, tb_logger, device, step)

    def _measured(
        self,
        phase: str,
        dataloader: DataLoader[Any],
        loss_fn: Any,
        step_callback: BaseCustomCallback | None,
        tb_logger: ScalarLogger | str | None,
        device: torch.device | None,
        step: int,
    ) -> dict[str, Any]:
        callback = step_callback if step_callback is not None else EmptyCallback()
        found = measured(self.model, dataloader, loss_fn, callback, _device(device))
        logger = _logger(tb_logger)
        if logger is not None:
            logger.add_scalar(f"loss/{phase}/{phase}", found["loss"], step)
            logger.add_scalar(f"acc/{phase}/{phase}", found["accuracy"], step)
        return found


def _device(given: torch.device | str | None) -> torch.device:
    return torch.device(given) if given is not None else get_available_accelerator()


def _place_of(model: nn.Module) -> torch.device:
    first = next(model.parameters(), None)
    return torch.device("cpu") if first is None else first.device


def _logger(given: ScalarLogger | str | None) -> ScalarLogger | None:
    if not isinstance(given, str):
        return given
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as exc:
        msg = (
            f"tb_logger={given!r} asks for TensorBoard files, and tensorboard cannot be imported: {exc}. "
            "Install it (pip install tensorboard), or give something with add_scalar(tag, value, step)."
        )
        raise MissingDependencyError(msg, package="tensorboard") from exc
    return SummaryWriter(given)  # type: ignore[no-any-return]
