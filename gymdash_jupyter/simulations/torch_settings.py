"""What a torch training is asked to do: its kwargs as a pydantic model, which checks them and describes the start form.

Needs no torch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

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


def _in_right_case(names: Iterable[str], value: Any) -> Any:
    """Take a name in any case, as GymDash does."""
    known = {name.lower(): name for name in names}
    return known.get(value.strip().lower(), value) if isinstance(value, str) else value


Flag = Annotated[bool, Field(strict=True)]
Whole = Annotated[int, BeforeValidator(_whole), Field(strict=True)]
_Dataset = Annotated[DatasetName, BeforeValidator(partial(_in_right_case, get_args(DatasetName)))]
_Loss = Annotated[LossName, BeforeValidator(partial(_in_right_case, get_args(LossName)))]
_Optimizer = Annotated[
    OptimizerName, BeforeValidator(partial(_in_right_case, get_args(OptimizerName)))
]


def _section(name: str, unit: str = "") -> dict[str, Any]:
    return {"section": name, **({"unit": unit} if unit else {})}


class OptimizerKwargs(BaseModel):
    """Arguments of the optimizer: the learning rate, and whatever else torch's class takes."""

    model_config = ConfigDict(extra="allow")

    lr: Annotated[
        float | None,
        Field(
            gt=0,
            description="Learning rate; 0.005 for Adam and AdamW, 0.001 for RMSprop, 0.05 for SGD.",
        ),
    ] = None


class TrainKwargs(BaseModel):
    """How it is trained."""

    model_config = ConfigDict(extra="forbid")

    epochs: Annotated[
        Whole, Field(ge=1, description="How many times all training pictures are learned.")
    ] = 3
    optimizer: Annotated[_Optimizer, Field(description="What changes the weights.")] = "Adam"
    optimizer_kwargs: Annotated[
        OptimizerKwargs, Field(description="Its arguments, such as lr and weight_decay.")
    ] = OptimizerKwargs()
    loss_fn: Annotated[_Loss, Field(description="What is made small.")] = "CrossEntropyLoss"
    loss_fn_kwargs: Annotated[
        dict[str, Any], Field(description="Its arguments, such as label_smoothing.")
    ] = {}
    log_step: Annotated[
        Whole,
        Field(
            description="Between two values of loss/train; 0: none.",
            json_schema_extra={"unit": "batches"},
        ),
    ] = 5
    do_val: Annotated[Flag, Field(description="Whether it is validated while it trains.")] = True
    val_per_steps: Annotated[
        Whole | None,
        Field(
            description="Between two validations; empty: about ten times over the training; 0: none.",
            json_schema_extra={"unit": "batches"},
        ),
    ] = None
    val_per_epochs: Annotated[
        Whole,
        Field(
            description="Between two validations; 0: none.", json_schema_extra={"unit": "epochs"}
        ),
    ] = 0
    ckpt_per_epochs: Annotated[
        Whole,
        Field(
            description="Between two checkpoints; 0: none.", json_schema_extra={"unit": "epochs"}
        ),
    ] = 1
    outputs_per_steps: Annotated[
        Whole | None,
        Field(
            description="Between two pictures of samples; empty: about five over the training; 0: none.",
            json_schema_extra={"unit": "batches"},
        ),
    ] = None


class PhaseKwargs(BaseModel):
    """With which weights it is validated, tested or asked."""

    model_config = ConfigDict(extra="forbid")

    ckpt: Annotated[
        Whole, Field(ge=-1, description="Number of the checkpoint, from 1 on; -1: the newest.")
    ] = -1


class TorchSettings(BaseModel):
    """All kwargs of the simulation type ``example_ml``; GymDash's names, and some more."""

    model_config = ConfigDict(extra="forbid")

    dataset: Annotated[
        _Dataset,
        Field(
            description="Pictures of digits: digits (8 x 8, in scikit-learn), mnist (28 x 28, files in the project's "
            "resources), or auto: mnist where its files are, else digits.",
            json_schema_extra=_section("Training"),
        ),
    ] = "auto"
    train: Annotated[
        Flag, Field(description="Whether it is trained.", json_schema_extra=_section("Training"))
    ] = True
    train_kwargs: Annotated[
        TrainKwargs,
        Field(description="How it is trained.", json_schema_extra=_section("Training")),
    ] = TrainKwargs()
    batch_size: Annotated[
        Whole,
        Field(
            ge=1,
            description="Pictures that are learned at once.",
            json_schema_extra=_section("Training", "pictures"),
        ),
    ] = 32
    val: Annotated[
        Flag,
        Field(
            description="Whether it is validated afterwards.",
            json_schema_extra=_section("Afterwards"),
        ),
    ] = False
    val_kwargs: Annotated[
        PhaseKwargs,
        Field(description="With which weights.", json_schema_extra=_section("Afterwards")),
    ] = PhaseKwargs()
    test: Annotated[
        Flag,
        Field(description="Whether it is tested then.", json_schema_extra=_section("Afterwards")),
    ] = False
    test_kwargs: Annotated[
        PhaseKwargs,
        Field(description="With which weights.", json_schema_extra=_section("Afterwards")),
    ] = PhaseKwargs()
    inference: Annotated[
        Flag,
        Field(
            description="Whether it waits then for pictures, and says what they show.",
            json_schema_extra=_section("Afterwards"),
        ),
    ] = False
    inference_kwargs: Annotated[
        PhaseKwargs,
        Field(description="With which weights.", json_schema_extra=_section("Afterwards")),
    ] = PhaseKwargs()
    ckpt_from: Annotated[
        str | None,
        Field(
            description="Another simulation's id, or the path of a checkpoint: it begins with those weights, and a "
            "training goes on from there.",
            json_schema_extra=_section("Model"),
        ),
    ] = None
    model_kwargs: Annotated[
        dict[str, Any],
        Field(
            description="Arguments of the model: channels, hidden and dropout of the one that comes with it.",
            json_schema_extra=_section("Model"),
        ),
    ] = {}
    device: Annotated[
        str,
        Field(
            min_length=1,
            description="Where it calculates: auto (a GPU if there is one), cpu, cuda, mps.",
            json_schema_extra=_section("Model"),
        ),
    ] = "auto"
    seed: Annotated[
        Whole | None,
        Field(
            ge=0, le=_LARGEST_SEED, description="Makes the training repeatable; empty: it is not."
        ),
    ] = None


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
        else:
            msg = f"{path}: {_words(error)}; got {_shown(error['input'])}."
        raise InvalidArgumentError(msg, argument=path) from exc


def _unknown(what: str, path: str, model: Any) -> str:
    around, _, name = path.rpartition(".")
    for part in filter(None, around.split(".")):
        model = model.model_fields[part].annotation
    known = list(model.model_fields)
    whose = f"{around} of {what[0].lower()}{what[1:]}" if around else what
    return f"{whose} has no argument {name!r}.{did_you_mean(name, known)} Arguments: {', '.join(sorted(known))}."


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
