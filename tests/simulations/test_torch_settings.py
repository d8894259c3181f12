"""The kwargs of ``example_ml``: what is taken, what is refused, and how the start form shows them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.forms import form_of
from gymdash_jupyter.simulations.torch_help import HELP
from gymdash_jupyter.simulations.torch_settings import TorchSettings, TrainKwargs, read_settings


def read(**kwargs: Any) -> TorchSettings:
    return read_settings(kwargs, "The simulation type MLSimulation")


@pytest.mark.parametrize(
    ("kwargs", "words"),
    [
        ({"epochs": 3}, "The simulation type MLSimulation has no argument 'epochs'"),
        ({"epoch": 3}, "no argument 'epoch'. Did you mean 'epochs' in train_kwargs?"),
        ({"datset": "digits"}, "Did you mean 'dataset'"),
        ({"train_kwargs": {"epoch": 3}}, "train_kwargs of the .* 'epoch'. Did you mean 'epochs'"),
        (
            {"train_kwargs": {"epochs": 0}},
            "train_kwargs.epochs: must be greater than or equal to 1",
        ),
        ({"train_kwargs": {"epochs": 2.5}}, "must be a whole number; got float: 2.5"),
        ({"train_kwargs": {"epochs": True}}, "must be a whole number; got bool"),
        ({"train_kwargs": {"optimizer": "adm"}}, "must be 'Adam', 'AdamW', 'RMSprop' or 'SGD'"),
        ({"train_kwargs": {"loss_fn": "L1Loss"}}, "must be 'CrossEntropyLoss'"),
        ({"train_kwargs": {"optimizer_kwargs": {"lr": 0}}}, "lr: must be greater than 0"),
        ({"train_kwargs": 3}, "train_kwargs: must be a dict of names to values; got int"),
        ({"train": 1}, "train: must be True or False; got int: 1"),
        ({"seed": -1}, "seed: must be greater than or equal to 0"),
        ({"device": 3}, "device: must be a text"),
        ({"train": False}, "nothing to do: train, val, test and inference are all False"),
        ({"train": False, "test": True}, "no weights to validate, test or ask"),
    ],
)
def test_wrong_kwargs_are_refused(kwargs: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidArgumentError, match=words):
        read(**kwargs)


def test_names_are_taken_in_any_case_as_in_gymdash() -> None:
    settings = read(train_kwargs={"optimizer": "sgd", "loss_fn": "crossentropyloss"})
    assert (settings.train_kwargs.optimizer, settings.train_kwargs.loss_fn) == (
        "SGD",
        "CrossEntropyLoss",
    )


def test_whole_floats_count_and_ids_become_text() -> None:
    settings = read(train_kwargs={"epochs": 1e1}, ckpt_from=UUID(int=5))
    assert (settings.train_kwargs.epochs, settings.ckpt_from) == (10, str(UUID(int=5)))


def test_the_form_shows_nested_kwargs_with_ranges_and_words() -> None:
    form = form_of("example_ml")
    epochs = form.field("train_kwargs.epochs")
    optimizer = form.field("train_kwargs.optimizer")
    rate = form.field("train_kwargs.optimizer_kwargs.lr")
    assert epochs is not None
    assert optimizer is not None
    assert rate is not None
    assert (epochs.kind, epochs.default, epochs.range_words) == ("int", 3, "1 or more")
    assert (optimizer.kind, optimizer.choices) == ("choice", ("Adam", "AdamW", "RMSprop", "SGD"))
    assert rate.range_words == "above 0"
    assert form.sections == ("Training", "Afterwards", "Model", "How many and where")


def test_the_form_finds_what_is_wrong_before_anything_starts() -> None:
    form = form_of("example_ml")
    assert form.validate({"train_kwargs.epochs": "1, 2"}) == {}
    assert "whole number" in form.validate({"train_kwargs.epochs": "0"})["train_kwargs.epochs"]
    assert "nothing to do" in form.validate({"train": "false"})[""]


def test_the_help_names_every_kwarg() -> None:
    names = {*TorchSettings.model_fields, *TrainKwargs.model_fields}
    assert {name for name in names if name not in HELP} == set()
