"""The loops of a classifier: learning from batches, and measuring how well it does. Imports torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import torch
from torch import Tensor, nn

from gymdash_jupyter.errors import InvalidArgumentError, StopSimException
from gymdash_jupyter.simulations.torch_callbacks import BaseCustomCallback, EmptyCallback
from gymdash_jupyter.simulations.torch_checkpoints import Counts, save_checkpoint
from gymdash_jupyter.simulations.torch_compiler import without_compiler

if TYPE_CHECKING:
    from torch.optim import Optimizer
    from torch.utils.data import DataLoader


class ScalarLogger(Protocol):
    """Whoever takes down numbers, such as TensorBoard's ``SummaryWriter``."""

    def add_scalar(self, tag: str, scalar_value: Any, global_step: int) -> object:
        """Take down one value of a series at a step."""


@dataclass(frozen=True)
class TrainingPlan:
    """What a training is to do; the names are those of GymDash.

    Attributes:
        dataloader: Gives batches of inputs and classes.
        epochs: How many times all of it is learned.
        tb_logger: Takes ``loss/train/train``, ``acc/train/train``, ``loss/train/val``, ``acc/train/val``, over samples.
        log_step: Batches between two values of the training; 0 or less: none.
        loss_fn: Compares logits and classes; None: cross entropy.
        optimizer: Changes the weights; None: SGD with torch's own learning rate.
        do_val: Whether it is validated meanwhile.
        val_per_steps: Batches between two validations; 0 or less: none.
        val_per_epochs: Epochs between two validations; 0 or less: none.
        val_kwargs: What ``validate`` is given.
        step_callback: Called after each batch; returns whether it goes on.
        epoch_callback: Called after each epoch; likewise.
        val_step_callback: Called after each batch of a validation, unless ``val_kwargs`` has one.
        ckpt_per_epochs: Epochs between two checkpoints, and one in the end, however it ends; 0 or less: none.
        ckpt_folder: Where they go; None: nowhere.
        device: Where it calculates; None: on the accelerator if there is one.
        counts: What was done before, of a training that goes on.
    """

    dataloader: DataLoader[Any]
    epochs: int = 1
    tb_logger: ScalarLogger | None = None
    log_step: int = -1
    loss_fn: Callable[[Tensor, Tensor], Tensor] | None = None
    optimizer: Optimizer | None = None
    do_val: bool = False
    val_per_steps: int = -1
    val_per_epochs: int = -1
    val_kwargs: Mapping[str, Any] = field(default_factory=dict)
    step_callback: BaseCustomCallback = field(default_factory=EmptyCallback)
    epoch_callback: BaseCustomCallback = field(default_factory=EmptyCallback)
    val_step_callback: BaseCustomCallback = field(default_factory=EmptyCallback)
    ckpt_per_epochs: int = -1
    ckpt_folder: str | Path | None = None
    device: torch.device | None = None
    counts: Counts = field(default_factory=Counts)


Validate = Callable[..., Mapping[str, Any] | None]


class Training:
    """Teach a network by a plan.

    Args:
        model: The network.
        plan: What to do.
        device: Where.
        validate: Measures it in between, given ``device``, ``loss_fn`` and the plan's ``val_kwargs``.

    Attributes:
        counts: What is done so far.
    """

    def __init__(
        self, model: nn.Module, plan: TrainingPlan, device: torch.device, validate: Validate
    ) -> None:
        self.counts = plan.counts
        self._model = model
        self._plan = plan
        self._device = device
        self._validate = validate
        self._loss_fn = plan.loss_fn if plan.loss_fn is not None else nn.CrossEntropyLoss()
        model.to(device)
        with without_compiler():
            self._optimizer = plan.optimizer or torch.optim.SGD(model.parameters(), lr=1e-3)
        self._total_steps = plan.counts.steps + plan.epochs * len(plan.dataloader)
        self._validated_at = -1
        self._saved = plan.counts
        self._forget_window()

    def run(self) -> Counts:
        """Do it; gives what was done.

        Raises:
            StopSimException: A callback stopped it; a checkpoint is left then.
        """
        plan = self._plan
        callbacks = (plan.step_callback, plan.epoch_callback)
        for callback in callbacks:
            callback.on_process_start(self._told())
            callback.push_state("train")
        try:
            self._learn_epochs()
        except StopSimException as exc:
            path = self._save() if self._saved != self.counts else None
            if path is None:
                raise
            msg = f"{exc} {path.name} keeps the model."
            raise StopSimException(msg) from exc
        finally:
            for callback in callbacks:
                callback.pop_state()
        return self.counts

    def _learn_epochs(self) -> None:
        plan = self._plan
        self._model.train()
        for _ in range(plan.epochs):
            for x, y in plan.dataloader:
                self._learn(x.to(self._device), y.to(self._device))
                steps = self.counts.steps - plan.counts.steps
                if plan.log_step > 0 and steps % plan.log_step == 0:
                    self._log_window()
                if plan.do_val and plan.val_per_steps > 0 and steps % plan.val_per_steps == 0:
                    self._validate_now()
                self._call(plan.step_callback)
            self.counts = self.counts.plus(epochs=1)
            epochs = self.counts.epochs - plan.counts.epochs
            if plan.ckpt_per_epochs > 0 and epochs % plan.ckpt_per_epochs == 0:
                self._save()
            if plan.do_val and plan.val_per_epochs > 0 and epochs % plan.val_per_epochs == 0:
                self._validate_now()
            self._call(plan.epoch_callback)
        if plan.log_step > 0:
            self._log_window()
        if self._saved != self.counts:
            self._save()

    def _learn(self, x: Tensor, y: Tensor) -> None:
        logits = self._model(x)
        loss = self._loss_fn(logits, y)
        self._optimizer.zero_grad()
        loss.backward()
        self._optimizer.step()
        self.counts = self.counts.plus(steps=1, samples=len(x))
        # Summed on the device: asking a GPU for a number after each batch would make it wait.
        self._loss_sum += loss.detach() * _weight(self._loss_fn, x)
        self._n_correct += (logits.detach().argmax(1) == y).sum()
        self._n_window += len(x)

    def _log_window(self) -> None:
        logger, n = self._plan.tb_logger, self._n_window
        if logger is not None and n:
            logger.add_scalar("loss/train/train", float(self._loss_sum) / n, self.counts.samples)
            logger.add_scalar("acc/train/train", float(self._n_correct) / n, self.counts.samples)
        self._forget_window()

    def _forget_window(self) -> None:
        self._loss_sum = torch.zeros((), device=self._device)
        self._n_correct = torch.zeros((), device=self._device)
        self._n_window = 0

    def _validate_now(self) -> None:
        plan, at = self._plan, self.counts.samples
        if self._validated_at == at:
            return
        self._validated_at = at
        kwargs = {"step_callback": plan.val_step_callback, **plan.val_kwargs}
        try:
            found = self._validate(device=self._device, loss_fn=self._loss_fn, **kwargs)
        finally:
            self._model.train()
        if found is not None and plan.tb_logger is not None:
            plan.tb_logger.add_scalar("loss/train/val", found["loss"], at)
            plan.tb_logger.add_scalar("acc/train/val", found["accuracy"], at)

    def _call(self, callback: BaseCustomCallback) -> None:
        callback.update_locals(self._told())
        if not callback.on_invoke():
            msg = f"The training was stopped after {self.counts.steps:,} batches."
            raise StopSimException(msg)

    def _told(self) -> dict[str, Any]:
        counts, plan = self.counts, self._plan
        return {
            "curr_steps": counts.steps,
            "total_steps": self._total_steps,
            "curr_samples": counts.samples,
            "epoch": counts.epochs + 1,
            "epochs": plan.counts.epochs + plan.epochs,
            "model": self._model,
        }

    def _save(self) -> Path | None:
        plan = self._plan
        if plan.ckpt_per_epochs <= 0 or plan.ckpt_folder is None:
            return None
        self._saved = self.counts
        return save_checkpoint(Path(plan.ckpt_folder), self._model, self._optimizer, self.counts)


def measured(
    model: nn.Module,
    dataloader: DataLoader[Any],
    loss_fn: Callable[[Tensor, Tensor], Tensor] | None,
    step_callback: BaseCustomCallback,
    device: torch.device,
) -> dict[str, Any]:
    """Measure how well a network tells classes apart; it is in evaluation mode afterwards.

    Torch's random numbers go on afterwards as if nothing had been measured, so that a training learns the same.

    Returns:
        ``loss`` (a sample's mean), ``correct_samples``, ``total_samples`` and ``accuracy`` (from 0 to 1).

    Raises:
        StopSimException: The callback stopped it.
        InvalidArgumentError: There is no sample.
    """
    loss_fn = loss_fn if loss_fn is not None else nn.CrossEntropyLoss()
    model.to(device)
    model.eval()
    loss_sum, n_correct, n_samples = torch.zeros((), device=device), 0, 0
    n_correct_there = torch.zeros((), device=device, dtype=torch.int64)
    step_callback.on_process_start({"batch": 0, "num_batches": len(dataloader), "model": model})
    with torch.random.fork_rng(devices=[]):  # beginning with a loader alone draws a number
        for batch, (given, classes) in enumerate(dataloader, start=1):
            x, y = given.to(device), classes.to(device)
            with torch.no_grad():
                logits = model(x)
                loss_sum += loss_fn(logits, y) * _weight(loss_fn, x)
                n_correct_there += (logits.argmax(1) == y).sum()
            n_samples += len(x)
            step_callback.update_locals({"batch": batch})
            if not step_callback.on_invoke():
                msg = "It was stopped while the model was measured."
                raise StopSimException(msg)
    if not n_samples:
        msg = "There is nothing to measure the model on: the data set gives no sample."
        raise InvalidArgumentError(msg)
    n_correct = int(n_correct_there)
    return {
        "loss": float(loss_sum) / n_samples,
        "correct_samples": n_correct,
        "total_samples": n_samples,
        "accuracy": n_correct / n_samples,
    }


def _weight(loss_fn: object, x: Tensor) -> int:
    """Give what makes a batch's loss a sum over its samples: the last batch may be smaller than the others."""
    return 1 if getattr(loss_fn, "reduction", "mean") == "sum" else len(x)
