"""GymDash's classifier around a torch module: trained, measured, asked. Imports torch."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from gymdash_jupyter.errors import InvalidArgumentError, MissingDependencyError
from gymdash_jupyter.simulations.torch_callbacks import BaseCustomCallback, EmptyCallback
from gymdash_jupyter.simulations.torch_checkpoints import (
    CHECKPOINT_FORMAT,
    CHECKPOINT_PATTERN,
    Counts,
)
from gymdash_jupyter.simulations.torch_models import InferenceModel, SimulationMLModel
from gymdash_jupyter.simulations.torch_networks import get_available_accelerator
from gymdash_jupyter.simulations.torch_training import (
    ScalarLogger,
    Training,
    TrainingPlan,
    measured,
)


@dataclass(frozen=True)
class MeasuringPlan:
    """What a validation or a test is to do; the names are those of GymDash.

    Attributes:
        dataloader: Gives batches of inputs and classes.
        loss_fn: Compares logits and classes; None: cross entropy.
        step_callback: Called after each batch; returns whether it goes on.
        tb_logger: Takes the loss and the accuracy; or the path of a folder for TensorBoard files; None: nobody.
        device: Where it calculates; None: on the accelerator if there is one.
        step: At which step they are taken.
    """

    dataloader: DataLoader[Any]
    loss_fn: Callable[[Tensor, Tensor], Tensor] | None = None
    step_callback: BaseCustomCallback = field(default_factory=EmptyCallback)
    tb_logger: ScalarLogger | str | None = None
    device: torch.device | str | None = None
    step: int = 0


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

    def _validate(self, **kwargs: Any) -> dict[str, Any]:
        """Measure it as ``MeasuringPlan`` says; the logger takes ``loss/val/val`` and ``acc/val/val``."""
        return self._measured("val", MeasuringPlan(**kwargs))

    def _test(self, **kwargs: Any) -> dict[str, Any]:
        """Measure it as ``MeasuringPlan`` says; the logger takes ``loss/test/test`` and ``acc/test/test``."""
        return self._measured("test", MeasuringPlan(**kwargs))

    def _measured(self, phase: str, plan: MeasuringPlan) -> dict[str, Any]:
        device = _device(plan.device)
        found = measured(self.model, plan.dataloader, plan.loss_fn, plan.step_callback, device)
        logger = _logger(plan.tb_logger)
        if logger is not None:
            logger.add_scalar(f"loss/{phase}/{phase}", found["loss"], plan.step)
            logger.add_scalar(f"acc/{phase}/{phase}", found["accuracy"], plan.step)
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
    return SummaryWriter(given)
