"""What people send to a classifier to have it recognised, checked; and what it answers. Needs no torch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from gymdash_jupyter.arguments import check_known
from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.simulations.argument_values import true_or_false, whole_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

INDEX, PIXELS, DONE = "index", "pixels", "done"
KEYS = (INDEX, PIXELS, DONE)


def is_done(question: object) -> bool:
    """Tell whether it says that nothing more is to be recognised.

    Raises:
        InvalidArgumentError: It says neither yes nor no.
    """
    return isinstance(question, Mapping) and true_or_false(DONE, question.get(DONE) or False)


def wanted_index(question: object, n_samples: int) -> int | None:
    """Give the number of the test sample that is asked for, or None where pixels are sent.

    Raises:
        InvalidArgumentError: It asks for neither, both or for a sample that there is not.
    """
    if not isinstance(question, Mapping):
        return None
    check_known(question, KEYS, "What is to be recognised")
    given = [key for key in (INDEX, PIXELS) if question.get(key) is not None]
    if len(given) != 1:
        msg = (
            f'Send either {{"{INDEX}": 5}}, a sample of the test set, or {{"{PIXELS}": [[...], ...]}}, a picture; '
            f"got {', '.join(given) or 'neither'}."
        )
        raise InvalidArgumentError(msg)
    if given == [PIXELS]:
        return None
    return whole_number(INDEX, question[INDEX], at_least=0, at_most=n_samples - 1)


def sent_picture(
    question: object, shape: Sequence[int], scale: float | None
) -> NDArray[np.float32]:
    """Give the picture that is sent.

    Args:
        question: Rows of numbers, or all numbers in one list; or a dict with them as ``pixels``. From 0 (paper) to 1
            (ink), or, where one of them is above 1, up to ``scale``.
        shape: Of an input of the model: channels, height, width.
        scale: What ink is in the data set's own numbers; None: any numbers are taken as they are.

    Returns:
        float32 of this shape, from 0 to 1 where there is a scale.

    Raises:
        InvalidArgumentError: It is no such picture.
    """
    pixels = question.get(PIXELS) if isinstance(question, Mapping) else question
    try:
        values = np.asarray(pixels, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as exc:
        msg = f"{PIXELS} must be {_wanted(shape)}; got {_shown(pixels)}."
        raise InvalidArgumentError(msg, argument=PIXELS) from exc
    accepted = [tuple(shape), (math.prod(shape),)]
    if _is_grey(shape):
        accepted.append(tuple(shape[1:]))
    if values.shape not in accepted:
        found = " x ".join(map(str, values.shape)) or "a single value"
        msg = f"{PIXELS} must be {_wanted(shape)}; got {found}."
        raise InvalidArgumentError(msg, argument=PIXELS)
    if scale is None and np.isfinite(values).all():
        return values.astype(np.float32).reshape(shape)
    top = scale if scale is not None and values.max() > 1 else 1.0
    if not np.isfinite(values).all() or values.min() < 0 or values.max() > top:
        msg = f"{PIXELS} must be {_range(scale)}; got {values.min():g} to {values.max():g}."
        raise InvalidArgumentError(msg, argument=PIXELS)
    return (values / top).astype(np.float32).reshape(shape)


def answer_of(probabilities: Sequence[float], label: int | None = None) -> dict[str, Any]:
    """Say what was recognised.

    Args:
        probabilities: Of each class.
        label: The true class where it is known.

    Returns:
        ``prediction``, ``probabilities`` and, where it is known, ``label``.
    """
    rounded = [round(float(p), 6) for p in probabilities]
    answer: dict[str, Any] = {
        "prediction": int(np.argmax(probabilities)),
        "probabilities": rounded,
    }
    return answer if label is None else {**answer, "label": label}


def in_words(answer: Mapping[str, Any]) -> str:
    """Say an answer in a sentence."""
    prediction = answer["prediction"]
    sure = answer["probabilities"][prediction]
    truth = f" It is a {answer['label']}." if "label" in answer else ""
    return f"Recognised as {prediction} ({sure:.0%} sure).{truth}"


def how_to_ask(shape: Sequence[int], n_samples: int, scale: float | None) -> str:
    """Say what may be sent."""
    return (
        f"It waits for pictures to recognise. Send one of:\n"
        f"  {INDEX}: a sample of the test set, from 0 to {n_samples - 1:,}.\n"
        f"  {PIXELS}: {_wanted(shape)}, {_range(scale)}.\n"
        f"  {DONE}: true ends it."
    )


def _is_grey(shape: Sequence[int]) -> bool:
    return len(shape) == 3 and shape[0] == 1


def _wanted(shape: Sequence[int]) -> str:
    if _is_grey(shape):
        return (
            f"{shape[1]} rows of {shape[2]} numbers, or {shape[1] * shape[2]} numbers in one list"
        )
    sizes = " x ".join(map(str, shape))
    return f"numbers of shape {sizes}, or all of them in one list"


def _range(scale: float | None) -> str:
    return "finite" if scale is None else f"from 0 (paper) to 1 (ink), or to {scale:g}"


def _shown(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
