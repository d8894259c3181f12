"""Letting a trained model play: what it gets, and a video of it."""

from __future__ import annotations

import base64
import html
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.errors import GymDashError, MediaError
from gymdash_jupyter.models import find_model, settings_of
from gymdash_jupyter.simulations.argument_values import true_or_false, whole_number

if TYPE_CHECKING:
    import os

    from gymdash_jupyter.project import Project
    from gymdash_jupyter.simulations.sb3_settings import TrainingSettings

MAX_FRAMES = 3000
"""Of a video that shows several episodes."""

_MAX_EPISODES = 100_000
_MAX_WIDTH = 600
_TYPES = {".mp4": "video/mp4", ".webm": "video/webm"}


@dataclass(frozen=True)
class Rollout:
    """Episodes that a model played; as a cell's value, its numbers and its video.

    Attributes:
        returns: Of each episode.
        lengths: Of each episode, in steps.
        video: The content of a video file, or None.
        video_type: Such as ``video/mp4``, or ``""``.
        note: Why there is no video, or ``""``.
    """

    returns: list[float]
    lengths: list[int]
    video: bytes | None = field(default=None, repr=False)
    video_type: str = field(default="", repr=False)
    note: str = ""

    @property
    def mean_return(self) -> float:
        """Mean of the returns."""
        return sum(self.returns) / len(self.returns)

    def save_video(self, path: str | os.PathLike[str]) -> Path:
        """Write the video as a file, and give its path.

        Raises:
            MediaError: There is no video.
        """
        if self.video is None:
            msg = f"There is no video to save. {self.note}".strip()
            raise MediaError(msg)
        target = Path(path)
        target.write_bytes(self.video)
        return target

    def __str__(self) -> str:
        n, steps = len(self.returns), sum(self.lengths)
        what = "1 episode" if n == 1 else f"{n} episodes"
        mean = "return" if n == 1 else "mean return"
        return f"{what} of {steps:,} steps in all, {mean} {self.mean_return:,.6g}. {self.note}".strip()

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, str]:
        bundle = {"text/plain": str(self)}
        if self.video is not None:
            uri = f"data:{self.video_type};base64,{base64.b64encode(self.video).decode('ascii')}"
            bundle["text/html"] = (
                f"<div>{html.escape(str(self))}</div>"
                f'<video controls muted autoplay loop playsinline src="{uri}" '
                f'style="max-width: min(100%, {_MAX_WIDTH}px)"></video>'
            )
        return bundle


def rollout(
    project: Project,
    sim: Any,
    episodes: int = 1,
    *,
    video: bool = True,
    seed: int | None = None,
    deterministic: bool = True,
    which: str | None = None,
    trust: bool = False,
    env: Any = None,
) -> Rollout:
    """Let a model that a simulation kept play some episodes, and film them.

    The environment is made as it was for the training, with the training's normalisation.

    Args:
        project: Where the simulation is.
        sim: The simulation: itself, its id, or the beginning of that.
        episodes: How many to play.
        video: Whether to film them, where that is possible; ``note`` says why it is not.
        seed: Makes it repeatable; None: it is not.
        deterministic: Whether the model does not explore.
        which: Which model; see ``load_model``.
        trust: Whether to load it whoever wrote it; see ``load_model``.
        env: An id, a class or a function that makes the environment, in place of the one of the training.

    Raises:
        InvalidArgumentError: A number is out of range, the simulation has kept no such model, or its environment
            cannot be made.
        UntrustedModelError: Somebody else wrote the model.
        MissingDependencyError: A package is missing.
    """
    episodes = whole_number("episodes", episodes, at_least=1, at_most=_MAX_EPISODES)
    true_or_false("video", video)
    true_or_false("deterministic", deterministic)
    if seed is not None:
        seed = whole_number("seed", seed, at_least=0, at_most=2**32 - 1)
    kept = find_model(project, sim, which, trust=trust)
    settings = settings_of(sim, kept.record, env)
    from stable_baselines3.common.evaluation import evaluate_policy
    from stable_baselines3.common.utils import set_random_seed

    from gymdash_jupyter.simulations.sb3_evaluation import untouched_generators

    with tempfile.TemporaryDirectory(prefix="gymdash-") as folder, untouched_generators():
        made, note = _env(settings, kept.statistics, episodes, Path(folder) if video else None)
        try:
            model = kept.load()
            if seed is not None:
                set_random_seed(seed)
                made.seed(seed)
            returns, lengths = evaluate_policy(
                model,
                made,
                n_eval_episodes=episodes,
                deterministic=deterministic,
                return_episode_rewards=True,
                warn=False,
            )
        finally:
            made.close()
        assert isinstance(returns, list) and isinstance(lengths, list)  # noqa: S101, PT018 - as asked for
        files = [path for path in Path(folder).iterdir() if path.suffix in _TYPES]
        if video and not files and not note:
            note = "No video: the environment gave no pictures."
        return Rollout(
            list(map(float, returns)),
            list(map(int, lengths)),
            files[0].read_bytes() if files else None,
            _TYPES[files[0].suffix] if files else "",
            note,
        )


def _env(
    settings: TrainingSettings, statistics: Path | None, episodes: int, folder: Path | None
) -> tuple[Any, str]:
    """Make the environment, filmed into a folder if there is one; else say why not."""
    from gymdash_jupyter.simulations.sb3_envs import make_evaluation_env

    if folder is None:
        return make_evaluation_env(settings, statistics=statistics), ""

    def film(env: Any) -> Any:
        from gymdash_jupyter.video.record_video import RecordVideo

        length = 0 if episodes == 1 else MAX_FRAMES
        return RecordVideo(env, folder, episode_trigger=lambda n: n == 0, video_length=length)

    try:
        return make_evaluation_env(settings, film, statistics), ""
    except GymDashError as exc:
        made = make_evaluation_env(settings, statistics=statistics)  # or it says what is wrong
        return made, f"No video: {exc}"
