"""What a person reads of a torch training: its help, and how its phases went."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

HELP = """\
Trains a torch network to recognise digits, validates and tests it, and says what pictures show.

Kwargs:
  dataset: digits (8 x 8 pixels, comes with scikit-learn), mnist (28 x 28, files below the project's
    resources/datasets), or auto: mnist where its files are, else digits ("auto"). Nothing is downloaded.
  train: whether it is trained (True).
  train_kwargs: how, with any of these keys ({}).
    epochs: how many times all training pictures are learned (3).
    optimizer: Adam, AdamW, RMSprop or SGD ("Adam").
    optimizer_kwargs: its arguments; lr is 0.005 for Adam and AdamW, 0.001 for RMSprop, 0.05 for SGD, which also has a
      momentum of 0.9, where nothing else is given ({}).
    loss_fn: CrossEntropyLoss, NLLLoss or MultiMarginLoss ("CrossEntropyLoss").
    loss_fn_kwargs: its arguments ({}).
    log_step: batches between two values of loss/train and acc/train; 0: none (5).
    do_val: whether it is validated while it trains (True).
    val_per_steps: batches between two validations; 0: none (None: about ten times over the training, or
      once an epoch).
    val_per_epochs: epochs between two validations; 0: none (0).
    ckpt_per_epochs: epochs between two checkpoints; 0: none (1).
    outputs_per_steps: batches between two pictures of samples; 0: none (None: five over the training, or one in
      ten epochs).
  batch_size: pictures that are learned at once (32); four times as many are measured at once.
  val, test: whether it is validated and tested afterwards (False).
  inference: whether it waits then for pictures and says what they show (False).
  val_kwargs, test_kwargs, inference_kwargs: {"ckpt": 2} takes the second checkpoint, -1 the newest ({}).
  ckpt_from: id of another simulation, or path of a checkpoint: it begins with those weights, and a training goes on
    from there (None).
  model_kwargs: arguments of the network: channels (16), hidden (64), dropout (0) ({}).
  device: auto, cpu, cuda or mps; auto is a GPU if there is one ("auto").
  seed: makes it repeatable (None: it is not).

Recorded over the samples it has learned: loss/train, acc/train, loss/val and acc/val while it trains; then loss/val/val
and acc/val/val, loss/test/test and acc/test/test; and pictures example_outputs, wrong ones framed. Checkpoints are
checkpoints/train/train_ckpt_<n>.pt.

Between two batches it answers progress, stop_simulation (it keeps a checkpoint), help_request and these actions:
  predict(index=..., pixels=...): say what a sample of the test set, or a picture, shows.
  set_learning_rate(value): change the learning rate from now on.
The same on custom_query without an action: {"index": 5}, {"pixels": [[...], ...]}, or the rows of pixels alone. While
it waits for pictures, {"done": true} ends it."""


def training_words(found: Mapping[str, Any], n_learned: int, seconds: float) -> str:
    """Say how a training went.

    Args:
        found: What ``Phases.train`` gave.
        n_learned: Samples that were learned in it.
        seconds: How long it took.
    """
    accuracy, n = found["val_accuracy"], found["samples"]
    how_good = "" if accuracy is None else f" Validation accuracy {accuracy:.1%}."
    in_all = "" if n == n_learned else f", {n:,} with those before"
    return f"Trained on {n_learned:,} samples in {seconds:.1f} s{in_all}.{how_good}"


def measuring_words(what: str, found: Mapping[str, Any]) -> str:
    """Say how a validation or a test went."""
    with_words = "" if found["checkpoint"] is None else f", with {found['checkpoint']}"
    return (
        f"{what}: accuracy {found['accuracy']:.1%} ({found['correct_samples']:,} of {found['total_samples']:,}), "
        f"loss {found['loss']:.4g}{with_words}."
    )
