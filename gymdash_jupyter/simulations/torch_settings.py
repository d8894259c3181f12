"""What a torch training is asked to do: its kwargs as a pydantic model, which checks them and describes the start form.

Needs no torch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import PurePath
from typing import Annotated, Any, Literal, Self, get_args
from uuid import UUID

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from gymdash_jupyter.errors import InvalidArgumentError, did_you_mean

DatasetName = Literal["auto", "digits", "mnist"]
LossName = Literal["CrossEntropyLoss", "MultiMarginLoss", "NLLLoss"]
OptimizerName = Literal["Adam", "AdamW", "RMSprop", "SGD"]

OPTIMIZER_DEFAULTS: Mapping[str, Mapping[str, float]] = {
    "Adam": {"lr": 5e-3},
    "AdamW": {"lr": 5e-3},
    "RMSprop": {"lr": 1e-3},
    "SGD": {"lr": 5e-2, "momentum": 0.9},
}
"""What holds of an optimizer where ``optimizer_kwargs`` says nothing else. GymDash's SGD with 0.001 hardly learns."""

_LARGEST_SEED = 2**32 - 1  # of numpy.random.seed


def _whole(value: Any) -> Any:
    """Take 1e3 for 1000, as everywhere else."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _as_text(value: Any) -> Any:
    """Take an id or a path as it is in Python."""
    return str(value) if isinstance(value, (UUID, PurePath)) else value


def _in_right_case(names: Iterable[str], value: Any) -> Any:
    """Take a name in any case, as GymDash does."""
    known = {name.lower(): name for name in names}
    return known.get(value.strip().lower(), value) if isinstance(value, str) else value


# A range must stand before the validator, or the form does not learn of it.
_WHOLE = BeforeValidator(_whole)
Flag = Annotated[bool, Field(strict=True)]
Whole = Annotated[int, Field(strict=True), _WHOLE]
Positive = Annotated[int, Field(strict=True, ge=1), _WHOLE]
Seed = Annotated[int, Field(strict=True, ge=0, le=_LARGEST_SEED), _WHOLE]
Rate = Annotated[float, Field(gt=0)]
_Dataset = Annotated[DatasetName, BeforeValidator(partial(_in_right_case, get_args(DatasetName)))]
_Loss = Annotated[LossName, BeforeValidator(partial(_in_right_case, get_args(LossName)))]
_Optimizer = Annotated[
    OptimizerName, BeforeValidator(partial(_in_right_case, get_args(OptimizerName)))
]


def _described(
    default: Any, words: str, section: str = "", *, unit: str = "", placeholder: str = ""
) -> Any:
    """Give a field its default, words, place in the form, unit, and what stands in it while it is empty."""
    extra = {"section": section, "unit": unit, "placeholder": placeholder}
    shown = {name: value for name, value in extra.items() if value}
    return Field(default, description=words, json_schema_extra=shown)  # type: ignore[arg-type]


class OptimizerKwargs(BaseModel):
    """Arguments of the optimizer: the learning rate, and whatever else torch's class takes."""

    model_config = ConfigDict(extra="allow")

    lr: Rate | None = _described(
        None,
        "Learning rate. Empty: 0.005 for Adam and AdamW, 0.001 for RMSprop, 0.05 for SGD.",
        placeholder="as suits the optimizer",
    )


class TrainKwargs(BaseModel):
    """How it is trained."""

    model_config = ConfigDict(extra="forbid")

    epochs: Positive = _described(3, "How many times all training pictures are learned.")
    optimizer: _Optimizer = _described("Adam", "What changes the weights.")
    optimizer_kwargs: OptimizerKwargs = _described(
        OptimizerKwargs(), 'Its arguments, such as {"lr": 0.001}.'
    )
    loss_fn: _Loss = _described("CrossEntropyLoss", "What is made small.")
    loss_fn_kwargs: dict[str, Any] = _described(
        {}, 'Its arguments, such as {"label_smoothing": 0.1}.'
    )
    log_step: Whole = _described(5, "Between two values of loss/train; 0: none.", unit="batches")
    do_val: Flag = _described(True, "Whether it is validated while it trains.")
    val_per_steps: Whole | None = _described(
        None,
        "Between two validations. Empty: about ten times over the training, or once an epoch; 0: never.",
        unit="batches",
        placeholder="about ten times",
    )
    val_per_epochs: Whole = _described(0, "Between two validations; 0: never.", unit="epochs")
    ckpt_per_epochs: Whole = _described(1, "Between two checkpoints; 0: none.", unit="epochs")
    outputs_per_steps: Whole | None = _described(
        None,
        "Between two pictures of samples. Empty: five over the training, or one in ten epochs; 0: none.",
        unit="batches",
        placeholder="about five times",
    )


class PhaseKwargs(BaseModel):
    """With which weights it is validated, tested or asked."""

    model_config = ConfigDict(extra="forbid")

    ckpt: Whole = _described(-1, "Number of the checkpoint, from 1 on; -1: the newest.")


class TorchSettings(BaseModel):
    """All kwargs of the simulation type ``example_ml``; GymDash's names, and some more."""

    # Some releases of pydantic warn of every field that begins with "model_", such as model_kwargs.
    model_config = ConfigDict(extra="forbid", protected_namespaces=())

    dataset: _Dataset = _described(
        "auto",
        "Pictures of digits: digits (8 x 8 pixels, of scikit-learn), mnist (28 x 28, files in the project's "
        "resources), or auto: mnist where its files are, else digits.",
        "Training",
    )
    train: Flag = _described(True, "Whether it is trained.", "Training")
    train_kwargs: TrainKwargs = _described(TrainKwargs(), "How it is trained.", "Training")
    batch_size: Positive = _described(
        32, "Pictures that are learned at once.", "Training", unit="pictures"
    )
    val: Flag = _described(False, "Whether it is validated afterwards.", "Afterwards")
    val_kwargs: PhaseKwargs = _described(PhaseKwargs(), "With which weights.", "Afterwards")
    test: Flag = _described(False, "Whether it is tested then.", "Afterwards")
    test_kwargs: PhaseKwargs = _described(PhaseKwargs(), "With which weights.", "Afterwards")
    inference: Flag = _described(
        False, "Whether it waits then for pictures, and says what they show.", "Afterwards"
    )
    inference_kwargs: PhaseKwargs = _described(PhaseKwargs(), "With which weights.", "Afterwards")
    ckpt_from: Annotated[str | None, BeforeValidator(_as_text)] = _described(
        None,
        "Another simulation's id, or the path of a checkpoint: it begins with those weights, and a training goes on "
        "from there.",
        "Model",
        placeholder="none",
    )
    model_kwargs: dict[str, Any] = _described(
        {},
        "Arguments of the model: channels, hidden and dropout of the one that comes with it.",
        "Model",
    )
    device: Annotated[str, Field(min_length=1)] = _described(
        "auto", "Where it calculates: auto (a GPU if there is one), cpu, cuda or mps.", "Model"
    )
    seed: Seed | None = _described(
        None, "Makes the training repeatable. Empty: it is not.", placeholder="none"
    )

    @model_validator(mode="after")
    def _has_something_to_do(self) -> Self:
        if self.train or (self.ckpt_from and (self.val or self.test or self.inference)):
            return self
        why = (
            "There are no weights to validate, test or ask: train is False, and ckpt_from names neither another "
            "simulation nor a checkpoint"
            if self.val or self.test or self.inference
            else "There is nothing to do: train, val, test and inference are all False"
        )
        raise PydanticCustomError("nothing_to_do", "{why}", {"why": why})


def default_kwargs() -> dict[str, Any]:
    """Give the kwargs that hold where none are given, as plain values."""
    return TorchSettings().model_dump(exclude_none=False)


def read_settings(
    kwargs: Mapping[str, Any], what: str, model: type[TorchSettings] = TorchSettings
) -> TorchSettings:
    """Check kwargs.

    Args:
        kwargs: Complete: defaults, then config, then start.
        what: Whose kwargs they are, for messages.
        model: What checks them.

    Raises:
        InvalidArgumentError: A name is unknown, or a value is of a wrong type or out of range.
    """
    try:
        return model(**kwargs)
    except ValidationError as exc:
        error = exc.errors()[0]
        path = ".".join(str(part) for part in error["loc"])
        if error["type"] == "extra_forbidden":
            msg = _unknown(what, path, model)
        elif not path:
            msg = f"{error['msg']}."
        else:
            msg = f"{path}: {_words(error)}; got {_shown(error['input'])}."
        raise InvalidArgumentError(msg, argument=path) from exc


def _unknown(what: str, path: str, model: Any) -> str:
    around, _, name = path.rpartition(".")
    for part in filter(None, around.split(".")):
        model = model.model_fields[part].annotation
    known = list(model.model_fields)
    whose = f"{around} of {what[0].lower()}{what[1:]}" if around else what
    hint = did_you_mean(name, known) or _hint_inside(name, model)
    return f"{whose} has no argument {name!r}.{hint} Arguments: {', '.join(sorted(known))}."


def _hint_inside(name: str, model: Any) -> str:
    """Say in which argument there is one of about this name."""
    for outer, field in model.model_fields.items():
        inner = getattr(field.annotation, "model_fields", {})
        if hint := did_you_mean(name, inner):
            return hint.removesuffix("?") + f" in {outer}?"
    return ""


def _words(error: Any) -> str:
    words = {
        "int_type": "must be a whole number",
        "int_parsing": "must be a whole number",
        "bool_type": "must be True or False",
        "string_type": "must be a text",
        "dict_type": "must be a dict of names to values",
        "model_type": "must be a dict of names to values",
    }.get(error["type"])
    if words is not None:
        return words
    given = str(error["msg"]).removeprefix("Input should be ")
    return f"must be {given}" if given != error["msg"] else given


def _shown(value: Any) -> str:
    shown = repr(value)
    return f"{type(value).__name__}: {shown if len(shown) <= 100 else f'{shown[:97]}...'}"
