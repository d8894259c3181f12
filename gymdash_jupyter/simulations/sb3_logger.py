"""Where a stable-baselines3 model logs: the simulation's recorder, TensorBoard files, the screen if it is verbose."""

from __future__ import annotations

import sys
from numbers import Real
from typing import TYPE_CHECKING, Any

from stable_baselines3.common import logger as sb3

if TYPE_CHECKING:
    from collections.abc import Callable


class RecorderOutput(sb3.KVWriter):
    """Record every number that a model logs, with its key and ``num_timesteps`` as the step.

    What stable-baselines3 keeps from TensorBoard because it is an x axis there (``time/total_timesteps``,
    ``time/time_elapsed``, ...) is recorded too. Texts, images, videos, figures and histograms are passed over.

    Args:
        record: Takes key, value and step, as ``Recorder.scalar`` does.
    """

    def __init__(self, record: Callable[[str, Any, int], None]) -> None:
        self._record = record

    def write(
        self,
        key_values: dict[str, Any],
        key_excluded: dict[str, tuple[str, ...]],  # noqa: ARG002 - the name of KVWriter's parameter
        step: int = 0,
    ) -> None:
        """Record what is logged at one moment."""
        for key, value in key_values.items():
            if _is_number(value):
                self._record(key, value, step)

    def close(self) -> None:
        """Do nothing: the recorder is not ours."""


def has_tensorboard() -> bool:
    """Tell whether TensorBoard files can be written."""
    return getattr(sb3, "SummaryWriter", None) is not None


def make_logger(
    record: Callable[[str, Any, int], None], tensorboard_folder: str | None, verbose: int
) -> sb3.Logger:
    """Make the logger of a model.

    Args:
        record: Gets every number, with its key and step.
        tensorboard_folder: Where event files go; None: nowhere.
        verbose: From 1 up, what is logged is printed too, as stable-baselines3 does.
    """
    outputs: list[sb3.KVWriter] = [RecorderOutput(record)]
    if tensorboard_folder is not None:
        outputs.append(sb3.TensorBoardOutputFormat(tensorboard_folder))
    if verbose >= 1:
        outputs.append(sb3.HumanOutputFormat(sys.stdout))
    return sb3.Logger(folder=tensorboard_folder, output_formats=outputs)


def _is_number(value: object) -> bool:
    if isinstance(value, (str, bytes)):  # numpy's texts have a shape too
        return False
    return isinstance(value, Real) or getattr(value, "shape", None) == ()
