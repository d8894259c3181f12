"""Checkpoints of a torch training: the weights as GymDash keeps them, and beside them what it takes to go on.

Imports torch. Files are loaded as plain tensors and numbers (``weights_only``), which runs no code from them.
"""

from __future__ import annotations

import pickle  # noqa: TID251 - for the name of the error alone that torch raises
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import torch

from gymdash_jupyter.errors import InvalidArgumentError

if TYPE_CHECKING:
    from torch import nn
    from torch.optim import Optimizer

CHECKPOINT_FOLDER = "checkpoints/train"
"""In a simulation's folder."""

CHECKPOINT_PATTERN = re.compile(r"train_ckpt_([0-9]+)\.pt")
CHECKPOINT_FORMAT = "train_ckpt_{0}.pt"
_STATE_FORMAT = "train_state_{0}.pt"

_UNREADABLE = (OSError, RuntimeError, ValueError, EOFError, KeyError, pickle.UnpicklingError)


@dataclass(frozen=True)
class Counts:
    """What a training has done.

    Attributes:
        epochs: Whole ones.
        steps: Batches.
        samples: Of all batches together.
    """

    epochs: int = 0
    steps: int = 0
    samples: int = 0

    def plus(self, epochs: int = 0, steps: int = 0, samples: int = 0) -> Counts:
        """Give what it is after some more."""
        return Counts(self.epochs + epochs, self.steps + steps, self.samples + samples)


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint holds.

    Attributes:
        path: Its file.
        weights: The model's, by name.
        counts: What was done when it was saved; zeros where it is not known, as of GymDash's own.
        optimizer: The optimizer's state, or None where it is not known.
        optimizer_name: Of its class, or ``""``.
    """

    path: Path
    weights: Mapping[str, Any]
    counts: Counts
    optimizer: Mapping[str, Any] | None = None
    optimizer_name: str = ""


def checkpoint_numbers(folder: Path) -> list[int]:
    """List the numbers of a folder's checkpoints in order; empty where there is no folder."""
    if not folder.is_dir():
        return []
    matches = (CHECKPOINT_PATTERN.fullmatch(path.name) for path in folder.iterdir())
    return sorted(int(match[1]) for match in matches if match is not None)


def save_checkpoint(folder: Path, model: nn.Module, optimizer: Optimizer, counts: Counts) -> Path:
    """Save the next checkpoint, numbered from 1; a reader sees the whole file or none."""
    folder.mkdir(parents=True, exist_ok=True)
    number = max(checkpoint_numbers(folder), default=0) + 1
    path = folder / CHECKPOINT_FORMAT.format(number)
    state = {
        "optimizer": optimizer.state_dict(),
        "optimizer_name": type(optimizer).__name__,
        **asdict(counts),
    }
    # First what belongs to it, so that a checkpoint that is seen is whole.
    for content, target in (
        (state, folder / _STATE_FORMAT.format(number)),
        (model.state_dict(), path),
    ):
        partial = target.with_name(f"{target.name}.partial")
        torch.save(content, partial)
        partial.replace(target)
    return path


def find_checkpoint(folder: Path, number: int) -> Path | None:
    """Find a checkpoint in a folder.

    Args:
        folder: Where checkpoints are; it need not exist.
        number: Which one, from 1 on; 0 or less: the newest.

    Returns:
        Its file, or None where there are no checkpoints at all.

    Raises:
        InvalidArgumentError: There are some, but not this one.
    """
    numbers = checkpoint_numbers(folder)
    if not numbers:
        return None
    wanted = numbers[-1] if number <= 0 else number
    if wanted not in numbers:
        msg = (
            f"There is no checkpoint {number} in {folder}. There are: {', '.join(map(str, numbers))}; "
            "-1 is the newest."
        )
        raise InvalidArgumentError(msg, argument="ckpt")
    return folder / CHECKPOINT_FORMAT.format(wanted)


def checkpoints_at(given: str, sim_path: str | None) -> Path:
    """Find where the checkpoints are that ``ckpt_from`` names.

    Args:
        given: The id of a simulation in the same project, or a path.
        sim_path: The folder of the simulation that asks, or None without a project.

    Returns:
        A checkpoint, or a folder of checkpoints.

    Raises:
        InvalidArgumentError: There is neither.
    """
    path = Path(given)
    places = [path] if path.is_file() else [path / CHECKPOINT_FOLDER, path]
    try:
        sim_id = UUID(given)
    except ValueError:
        pass
    else:
        if sim_path is not None:
            places.insert(0, Path(sim_path).parent / str(sim_id) / CHECKPOINT_FOLDER)
    found = next((place for place in places if place.exists()), None)
    if found is None:
        msg = (
            f"ckpt_from is {given!r}, and there is neither a simulation of this id in the project that kept "
            "checkpoints nor a file or folder of this path."
        )
        raise InvalidArgumentError(msg, argument="ckpt_from")
    return found


def load_checkpoint(path: Path, device: torch.device) -> Checkpoint:
    """Load a checkpoint, running no code from it.

    Args:
        path: Its file, ours or GymDash's.
        device: Where its tensors are to be.

    Raises:
        InvalidArgumentError: It cannot be read, or holds no weights.
    """
    weights = _load(path, device)
    if not isinstance(weights, Mapping) or not all(isinstance(name, str) for name in weights):
        msg = f"{path} holds no weights of a model, but a {type(weights).__name__}."
        raise InvalidArgumentError(msg, argument="ckpt")
    match = CHECKPOINT_PATTERN.fullmatch(path.name)
    state_path = path.with_name(_STATE_FORMAT.format(match[1])) if match else None
    if state_path is None or not state_path.is_file():
        return Checkpoint(path, weights, Counts())
    state = _load(state_path, device)
    if not isinstance(state, dict):
        return Checkpoint(path, weights, Counts())
    known = {each.name: int(state.get(each.name, 0)) for each in fields(Counts)}
    name = str(state.get("optimizer_name", ""))
    return Checkpoint(path, weights, Counts(**known), state.get("optimizer"), name)


def put_optimizer_state(optimizer: Optimizer, checkpoint: Checkpoint) -> bool:
    """Let an optimizer go on where that of a checkpoint was; tell whether it could.

    What it was made with, such as its learning rate, stays as it is.
    """
    state = checkpoint.optimizer
    if state is None or checkpoint.optimizer_name != type(optimizer).__name__:
        return False
    made_with = [
        {name: value for name, value in group.items() if name != "params"}
        for group in optimizer.param_groups
    ]
    try:
        optimizer.load_state_dict(dict(state))
    except (ValueError, KeyError, TypeError):
        return False
    for group, values in zip(optimizer.param_groups, made_with, strict=True):
        group.update(values)
    return True


def put_weights(model: nn.Module, checkpoint: Checkpoint) -> None:
    """Give a model the weights of a checkpoint.

    Raises:
        InvalidArgumentError: They are of another model.
    """
    try:
        model.load_state_dict(dict(checkpoint.weights))
    except (RuntimeError, TypeError) as exc:
        why = " ".join(str(exc).split())
        msg = (
            f"The weights in {checkpoint.path} do not fit this model ({why[:300]}). "
            "dataset and model_kwargs must be those that it was trained with."
        )
        raise InvalidArgumentError(msg, argument="ckpt") from exc


def _load(path: Path, device: torch.device) -> Any:
    try:
        return torch.load(path, map_location=device, weights_only=True)
    except _UNREADABLE as exc:
        why = (str(exc).strip() or type(exc).__name__).splitlines()[0]
        msg = f"The checkpoint {path} cannot be read: {why[:200]}"
        raise InvalidArgumentError(msg, argument="ckpt") from exc
