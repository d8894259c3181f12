"""The phases of one ``MLSimulation``: training, validation, test, and being asked. Imports torch."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.utils.data import Dataset, Subset

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.simulations.torch_asking import Conversation
from gymdash_jupyter.simulations.torch_callbacks import CallbackCustomList
from gymdash_jupyter.simulations.torch_checkpoints import (
    CHECKPOINT_FOLDER,
    Checkpoint,
    Counts,
    checkpoints_at,
    find_checkpoint,
    load_checkpoint,
    put_optimizer_state,
    put_weights,
)
from gymdash_jupyter.simulations.torch_classifier_callbacks import (
    MLClassifierRecordCallback,
    MLSimulationUpdateCallback,
)
from gymdash_jupyter.simulations.torch_classifier_model import SimpleClassifierMLModel
from gymdash_jupyter.simulations.torch_making import (
    Splits,
    datasets_of,
    make_loader,
    make_loss,
    make_optimizer,
    seed_everything,
    shape_of,
    splits_of,
    words_for,
)
from gymdash_jupyter.simulations.torch_models import PHASE_STATES
from gymdash_jupyter.simulations.torch_networks import device_named
from gymdash_jupyter.simulations.torch_pictures import can_be_drawn
from gymdash_jupyter.simulations.torch_recording import RecordingLogger

if TYPE_CHECKING:
    from torch.optim import Optimizer

    from gymdash_jupyter.simulations.torch_classifier import MLSimulation
    from gymdash_jupyter.simulations.torch_settings import TorchSettings

__all__ = [
    "Conversation",
    "Phases",
    "datasets_of",
    "device_named",
    "seed_everything",
    "shape_of",
    "splits_of",
    "words_for",
]

OUTPUTS = "example_outputs"
_N_SHOWN = 24
_ABOUT_VALIDATIONS = 10
_ABOUT_PICTURES = 5
_EPOCHS_A_PICTURE = 10
_STEPS_A_MEASURED_BATCH = (
    4  # so that validating takes at most about a third of the time of learning
)


class Phases:
    """Do the phases of a simulation.

    Args:
        simulation: Which one.
        settings: What is to be done.
        splits: What with.
        module: The network.
        device: Where.

    Attributes:
        model: What is trained.
        splits: As given.
        n_learned: Samples that were learned here.
        n_done: Batches of all phases that are done.
        n_batches: Of all phases together.
    """

    def __init__(
        self,
        simulation: MLSimulation,
        settings: TorchSettings,
        splits: Splits,
        module: nn.Module,
        device: torch.device,
    ) -> None:
        self.splits = splits
        self.model = SimpleClassifierMLModel(module.to(device))
        self.n_done = 0
        self.n_learned = 0
        self._simulation = simulation
        self._settings = settings
        self._device = device
        self._logger = RecordingLogger(simulation)
        self._update = MLSimulationUpdateCallback(simulation)
        self._loss_fn = make_loss(settings)
        self._optimizer: Optimizer | None = None
        self._loaders = {
            "train": make_loader(splits.train, settings, is_shuffled=True),
            "val": make_loader(splits.val, settings),
            "test": make_loader(splits.test, settings),
        }
        for phase, state in PHASE_STATES.items():
            self.model.add_callback(phase, "start", partial(simulation.sm.push_state, state))
        self.model.add_callback("all", "end", simulation.sm.pop_state)
        epoch = len(self._loaders["train"])
        plan, steps = settings.train_kwargs, settings.train_kwargs.epochs * epoch
        seldom = _STEPS_A_MEASURED_BATCH * len(self._loaders["val"])
        self._val_per_steps = _given_or(
            plan.val_per_steps, max(min(steps // _ABOUT_VALIDATIONS, epoch), seldom)
        )
        self._outputs_per_steps = _given_or(
            plan.outputs_per_steps, min(steps // _ABOUT_PICTURES, _EPOCHS_A_PICTURE * epoch)
        )
        self.n_batches = self._count_batches(steps)

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one input."""
        return tuple(torch.as_tensor(self.splits.test[0][0]).shape)

    @property
    def n_weights(self) -> int:
        """How many numbers the model learns."""
        return sum(each.numel() for each in self.model.model.parameters() if each.requires_grad)

    @property
    def n_test(self) -> int:
        """How many samples the test set has."""
        return len(self.splits.test)  # type: ignore[arg-type]

    # The phases

    def train(self) -> dict[str, Any]:
        """Train; gives what was done and how good it is.

        Raises:
            StopSimException: It was asked to stop.
            InvalidArgumentError: What it is to go on from cannot be loaded, or an argument of the optimizer is wrong.
        """
        plan, counts = self._settings.train_kwargs, Counts()
        self._optimizer = make_optimizer(self.model.model, self._settings)
        if self._settings.ckpt_from is not None:
            counts = self._begin_from(self._checkpoint_elsewhere(-1))
        folder = self._own_folder()
        pictures = MLClassifierRecordCallback(
            self._simulation, self.model, self._shown(), OUTPUTS, self._outputs_per_steps
        )
        self.model.train(
            dataloader=self._loaders["train"],
            epochs=plan.epochs,
            tb_logger=self._logger,
            log_step=plan.log_step,
            loss_fn=self._loss_fn,
            optimizer=self._optimizer,
            do_val=plan.do_val,
            val_per_steps=self._val_per_steps,
            val_per_epochs=plan.val_per_epochs,
            val_kwargs={"dataloader": self._loaders["val"], "step_callback": self._update},
            step_callback=CallbackCustomList([self._update, pictures]),
            ckpt_per_epochs=plan.ckpt_per_epochs if folder is not None else 0,
            ckpt_folder=folder,
            device=self._device,
            counts=counts,
        )
        latest, self.n_learned = self._logger.latest, self.model.counts.samples - counts.samples
        return {
            "epochs": self.model.counts.epochs,
            "steps": self.model.counts.steps,
            "samples": self.model.counts.samples,
            "val_loss": latest.get("loss/val"),
            "val_accuracy": latest.get("acc/val"),
        }

    def validate(self) -> dict[str, Any]:
        """Validate with the weights that ``val_kwargs`` names."""
        return self._measure("val", self.model.validate, self._settings.val_kwargs.ckpt)

    def test(self) -> dict[str, Any]:
        """Test with the weights that ``test_kwargs`` names."""
        return self._measure("test", self.model.test, self._settings.test_kwargs.ckpt)

    def prepare_inference(self) -> None:
        """Take the weights that ``inference_kwargs`` names."""
        self._take_weights(self._settings.inference_kwargs.ckpt)

    # What people ask for

    def probabilities(self, sample: Any) -> list[float]:
        """Say how probable the model finds each class of one input."""
        batch = torch.as_tensor(sample)[None]
        return self.model.probabilities(batch)[0].tolist()

    def set_learning_rate(self, value: float) -> float:
        """Change the learning rate; gives what it was.

        Raises:
            InvalidArgumentError: Nothing is trained.
        """
        if self._optimizer is None or not self.model.is_busy:
            msg = "Nothing is trained just now, so there is no learning rate to change."
            raise InvalidArgumentError(msg)
        before = float(self._optimizer.param_groups[0]["lr"])
        for group in self._optimizer.param_groups:
            group["lr"] = value
        return before

    # Inside

    def _measure(self, name: str, measure: Any, ckpt: int) -> dict[str, Any]:
        checkpoint = self._take_weights(ckpt)
        found: dict[str, Any] = measure(
            dataloader=self._loaders[name],
            loss_fn=self._loss_fn,
            step_callback=self._update,
            tb_logger=self._logger,
            device=self._device,
            step=(checkpoint.counts if checkpoint is not None else self.model.counts).samples,
        )
        return {**found, "checkpoint": None if checkpoint is None else checkpoint.path.name}

    def _take_weights(self, ckpt: int) -> Checkpoint | None:
        """Take the weights of a checkpoint; those that it has, where there are no checkpoints and none is named."""
        own = self._own_folder()
        path = None if own is None else find_checkpoint(own, ckpt)
        if path is not None:
            checkpoint = load_checkpoint(path, self._device)
        elif self._settings.ckpt_from is not None and not self._settings.train:
            checkpoint = self._checkpoint_elsewhere(ckpt)
        elif ckpt <= 0:
            return None
        else:
            msg = f"There is no checkpoint {ckpt}: none were kept. ckpt_per_epochs says how often they are."
            raise InvalidArgumentError(msg, argument="ckpt")
        put_weights(self.model.model, checkpoint)
        return checkpoint

    def _begin_from(self, checkpoint: Checkpoint) -> Counts:
        put_weights(self.model.model, checkpoint)
        assert self._optimizer is not None, "it is made first"  # noqa: S101
        goes_on = put_optimizer_state(self._optimizer, checkpoint)
        afresh = "" if goes_on else " The optimizer begins afresh."
        self._simulation.say(
            f"It goes on from {checkpoint.path.name} of {self._settings.ckpt_from}, after "
            f"{checkpoint.counts.samples:,} samples.{afresh}"
        )
        return checkpoint.counts

    def _own_folder(self) -> Path | None:
        path = self._simulation.sim_path
        return None if path is None else Path(path, CHECKPOINT_FOLDER)

    def _checkpoint_elsewhere(self, ckpt: int) -> Checkpoint:
        given = self._settings.ckpt_from
        assert given is not None, "somebody looked"  # noqa: S101
        path = checkpoints_at(given, self._simulation.sim_path)
        if path.is_dir():
            found = find_checkpoint(path, ckpt)
            if found is None:
                msg = f"ckpt_from is {given!r}, and there is no checkpoint (train_ckpt_1.pt, ...) in {path}."
                raise InvalidArgumentError(msg, argument="ckpt_from")
            path = found
        return load_checkpoint(path, self._device)

    def _shown(self) -> Dataset[Any] | None:
        """Give the samples that are drawn: the first ones of the validation set, which it does not learn from."""
        if self._simulation.sim_path is None or not can_be_drawn(self.sample_shape):
            return None
        n = len(self.splits.val)  # type: ignore[arg-type]
        return Subset(self.splits.val, range(min(_N_SHOWN, n)))

    def _count_batches(self, steps: int) -> int:
        settings, plan = self._settings, self._settings.train_kwargs
        n_val, n_test = len(self._loaders["val"]), len(self._loaders["test"])
        n = settings.val * n_val + settings.test * n_test
        if not settings.train:
            return n
        at: set[int] = set()
        if plan.do_val and self._val_per_steps > 0:
            at.update(range(self._val_per_steps, steps + 1, self._val_per_steps))
        if plan.do_val and plan.val_per_epochs > 0:
            of_epoch = len(self._loaders["train"]) * plan.val_per_epochs
            at.update(range(of_epoch, steps + 1, of_epoch))
        return n + steps + len(at) * n_val


def _given_or(given: int | None, otherwise: int) -> int:
    """Give how many steps lie between two of something; where nobody says, at least one."""
    return max(1, otherwise) if given is None else given
