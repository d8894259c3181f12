"""What a torch training is made of: data sets and their loaders, loss and optimizer. Imports torch."""

from __future__ import annotations

import inspect
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

from gymdash_jupyter.arguments import check_known
from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.simulations.torch_compiler import without_compiler
from gymdash_jupyter.simulations.torch_settings import OPTIMIZER_DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch.optim import Optimizer

    from gymdash_jupyter.simulations.torch_data import Part
    from gymdash_jupyter.simulations.torch_settings import TorchSettings


_MEASURED_AT_ONCE = 4


@dataclass(frozen=True)
class Splits:
    """What is learned from, and what it is measured on.

    Attributes:
        train: Gives inputs and classes.
        val: Likewise.
        test: Likewise.
    """

    train: Dataset[Any]
    val: Dataset[Any]
    test: Dataset[Any]


def datasets_of(parts: Mapping[str, Part]) -> Splits:
    """Make torch data sets of arrays."""
    made = {
        name: TensorDataset(torch.from_numpy(part.images), torch.from_numpy(part.labels))
        for name, part in parts.items()
    }
    return Splits(**made)


def splits_of(made: Any, whose: str) -> Splits:
    """Check what ``_create_datasets`` has made.

    Raises:
        InvalidArgumentError: It is not three data sets with samples in them.
    """
    is_three = isinstance(made, (tuple, list)) and len(made) == 3
    if not is_three or not all(hasattr(each, "__getitem__") and len(each) for each in made):
        msg = (
            f"{whose}._create_datasets must return three data sets that give (input, class) by number and are not "
            f"empty: to learn from, to validate with and to test with; got {str(made)[:100]}."
        )
        raise InvalidArgumentError(msg)
    return Splits(*made)


def words_for(splits: Splits) -> str:
    """Say how many samples there are."""
    n_train, n_val, n_test = (len(each) for each in (splits.train, splits.val, splits.test))  # type: ignore[arg-type]
    return (
        f"{n_train:,} samples to learn from, {n_val:,} to validate with, {n_test:,} to test with"
    )


def shape_of(splits: Splits) -> tuple[int, ...]:
    """Give the shape of one input."""
    return tuple(torch.as_tensor(splits.train[0][0]).shape)


def seed_everything(seed: int | None) -> None:
    """Seed the generators of Python, numpy and torch that all threads of this process share."""
    if seed is None:
        return
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def make_loss(settings: TorchSettings) -> nn.Module:
    """Make the loss function.

    Raises:
        InvalidArgumentError: It does not take these arguments.
    """
    name, kwargs = settings.train_kwargs.loss_fn, settings.train_kwargs.loss_fn_kwargs
    _check_takes(getattr(nn, name), kwargs)
    try:
        loss: nn.Module = getattr(nn, name)(**kwargs)
    except (TypeError, ValueError) as exc:
        msg = f"torch.nn.{name} cannot be made with loss_fn_kwargs {kwargs!r}: {exc}"
        raise InvalidArgumentError(msg, argument="train_kwargs.loss_fn_kwargs") from exc
    # A module that ends in LogSoftmax stays as it is by doing it once more; one that gives logits needs it.
    return _LogLoss(loss) if name == "NLLLoss" else loss


def make_optimizer(module: nn.Module, settings: TorchSettings) -> Optimizer:
    """Make the optimizer.

    Raises:
        InvalidArgumentError: It does not take these arguments.
    """
    name = settings.train_kwargs.optimizer
    given = settings.train_kwargs.optimizer_kwargs.model_dump(exclude_none=True)
    kwargs = {**OPTIMIZER_DEFAULTS[name], **given}
    _check_takes(getattr(torch.optim, name), kwargs)
    try:
        with without_compiler():
            optimizer: Optimizer = getattr(torch.optim, name)(module.parameters(), **kwargs)
    except (TypeError, ValueError) as exc:
        msg = f"torch.optim.{name} cannot be made with {kwargs!r}: {exc}"
        raise InvalidArgumentError(msg, argument="train_kwargs.optimizer_kwargs") from exc
    return optimizer


def _check_takes(made_by: Any, kwargs: Mapping[str, Any]) -> None:
    known = [name for name in inspect.signature(made_by).parameters if name != "params"]
    check_known(kwargs, known, f"torch's {made_by.__name__}")


class _LogLoss(nn.Module):
    """Apply a loss for logarithms of probabilities to logits."""

    def __init__(self, loss: nn.Module) -> None:
        super().__init__()
        self.loss = loss
        self.reduction = getattr(loss, "reduction", "mean")

    def forward(self, logits: torch.Tensor, classes: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.loss(logits.log_softmax(1), classes)
        return found


def make_loader(
    dataset: Dataset[Any], settings: TorchSettings, *, is_shuffled: bool = False
) -> DataLoader[Any]:
    """Make what gives batches: shuffled, to learn from, or in order, to measure on.

    What is learned from is shuffled by a generator of its own where there is a seed. Measuring takes less memory than
    learning, and goes faster in larger batches.
    """
    if not is_shuffled:
        return DataLoader(dataset, _MEASURED_AT_ONCE * settings.batch_size)
    generator = None if settings.seed is None else torch.Generator().manual_seed(settings.seed)
    return DataLoader(dataset, settings.batch_size, shuffle=True, generator=generator)
