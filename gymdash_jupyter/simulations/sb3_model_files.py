"""A training's model on disk: the last one, the best one, and those that somebody asked for."""

from __future__ import annotations

import math
import re
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from gymdash_jupyter.errors import ActionRefusedError
from gymdash_jupyter.signatures import sign

if TYPE_CHECKING:
    from collections.abc import Callable

    from stable_baselines3.common.base_class import BaseAlgorithm

    from gymdash_jupyter.simulations.sb3_evaluation import Evaluation

MODEL_FILE = "model.zip"
BEST_MODEL_FILE = "best_model.zip"
NAMED_FOLDER = "models"

BEST_INTERVAL_S = 10.0
"""Between two statuses on a better model; how it ended is said anyway."""

_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def statistics_file(model_file: Path) -> Path:
    """Give where the statistics of ``VecNormalize`` are that belong to a model.

    ``vec_normalize.pkl`` beside ``model.zip``, ``best_model_vec_normalize.pkl`` beside ``best_model.zip``.
    """
    if model_file.name == MODEL_FILE:
        return model_file.with_name("vec_normalize.pkl")
    return model_file.with_name(f"{model_file.stem}_vec_normalize.pkl")


class ModelFiles:
    """Save the models of one training in its simulation's folder, in stable-baselines3's own format.

    Args:
        folder: The simulation's; None: nothing is saved.
        say: Adds a status.

    Attributes:
        best: The best evaluation so far, or None.
    """

    def __init__(self, folder: str | None, say: Callable[[str], None]) -> None:
        self.best: Evaluation | None = None
        self._folder = None if folder is None else Path(folder)
        self._say = say
        self._said_at = -BEST_INTERVAL_S

    @property
    def has_folder(self) -> bool:
        """Whether there is a place to keep files."""
        return self._folder is not None

    def save_last(self, model: BaseAlgorithm) -> str | None:
        """Save the model as it is now; give its path relative to the folder."""
        return self._save(model, MODEL_FILE)

    def note(self, evaluation: Evaluation, model: BaseAlgorithm) -> None:
        """Keep the model if it is the best so far."""
        mean = evaluation.mean_return
        if self.best is not None and not mean > self.best.mean_return:
            return
        if math.isnan(mean):
            return
        is_first, self.best = self.best is None, evaluation
        self._save(model, BEST_MODEL_FILE)
        now = monotonic()
        if not is_first and now - self._said_at >= BEST_INTERVAL_S:
            self._said_at = now
            self._say(f"The best model so far: {_words(evaluation)}.")

    def say_best(self) -> None:
        """Say which model was the best, if any was evaluated."""
        if self.best is not None:
            where = "" if self._folder is None else f"; it is saved as {BEST_MODEL_FILE}"
            self._say(f"The best model: {_words(self.best)}{where}.")

    def save_as(self, name: str, model: BaseAlgorithm) -> str:
        """Save the model as it is now under a name.

        Args:
            name: Of the file, with or without ``.zip``; empty: after the step.
            model: What is trained.

        Raises:
            ActionRefusedError: There is no folder, the name is not plain, or it is taken.
        """
        if self._folder is None:
            msg = (
                "No project is open for this simulation, so there is no folder to save a model in."
            )
            raise ActionRefusedError(msg)
        stem = name.strip().removesuffix(".zip")
        if name.strip() and not _SAFE_NAME.fullmatch(stem):
            msg = (
                "A model's name has at most 100 letters, digits, dots, dashes and underscores, and begins with a "
                f"letter or a digit; got {name!r}."
            )
            raise ActionRefusedError(msg, name=name)
        file = f"{NAMED_FOLDER}/{stem or f'model_{model.num_timesteps}'}.zip"
        if stem and Path(self._folder, file).exists():
            msg = f"There is a model {file} already. Choose another name."
            raise ActionRefusedError(msg, name=name)
        self._save(model, file)
        return file

    def _save(self, model: BaseAlgorithm, file: str) -> str | None:
        if self._folder is None:
            return None
        path = Path(self._folder, file)
        path.parent.mkdir(parents=True, exist_ok=True)
        written = [path]
        statistics = model.get_vec_normalize_env()
        if statistics is not None:
            written.append(statistics_file(path))
            partial = written[-1].with_suffix(".partial.pkl")
            statistics.save(str(partial))
            partial.replace(written[-1])
        partial = path.with_name(
            f"{path.stem}.partial.zip"
        )  # a reader sees the whole file or none
        model.save(partial)
        partial.replace(path)
        sign(*written)
        return file


def _words(evaluation: Evaluation) -> str:
    return (
        f"mean return {evaluation.mean_return:,.6g} ± {evaluation.std_return:,.4g} over "
        f"{len(evaluation.returns)} episodes at step {evaluation.step:,}"
    )
