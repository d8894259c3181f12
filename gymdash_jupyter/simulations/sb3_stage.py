"""Where a training takes place: its environment, made or given, and filmed if that is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.simulations.sb3_envs import (
    check_env,
    is_dummy,
    is_made,
    is_vec_env,
    make_env,
    name_of,
)

if TYPE_CHECKING:
    from stable_baselines3.common.callbacks import BaseCallback

    from gymdash_jupyter.recorder import Recorder
    from gymdash_jupyter.simulations.sb3_settings import TrainingSettings


@dataclass
class Stage:
    """An environment to train in, and who films it.

    Attributes:
        env: For the model.
        is_own: Whether it was made here, and is closed here.
        callbacks: What films it from outside, if anything does.
        record_next: Has the next episode filmed; None where it is not filmed.
    """

    env: Any
    is_own: bool
    callbacks: list[BaseCallback] = field(default_factory=list)
    record_next: Callable[[], None] | None = None

    def close(self) -> None:
        """Close the environment if it was made here."""
        if self.is_own:
            self.env.close()


def make_stage(
    settings: TrainingSettings,
    recorder: Recorder,
    say: Callable[[str], None],
    *,
    is_filmed: bool,
) -> Stage:
    """Make the environment, or take the one that is given.

    Args:
        settings: Which one, and what to film.
        recorder: The simulation's.
        say: Adds a status.
        is_filmed: Whether there is a place for videos.

    Raises:
        InvalidArgumentError: It cannot be made; see ``sb3_envs.make_env``.
        MissingDependencyError: It needs a package.
    """
    given, video = settings.env, settings.video
    check_env(given)
    if video is None or not is_filmed:
        is_given = is_made(given)
        return Stage(given if is_given else make_env(settings), is_own=not is_given)
    from gymdash_jupyter.simulations.sb3_video import film_of, filmed_env

    filmed: list[Any] = []

    def film(env: Any) -> Any:
        filmed.append(filmed_env(env, video, recorder, say, settings.n_envs))
        return filmed[-1]

    if is_made(given) and not is_vec_env(given):
        stage = Stage(film(given), is_own=False)
    elif is_made(given):
        stage = Stage(given, is_own=False)
    else:
        inside = film if is_dummy(settings) else None
        stage = Stage(make_env(settings, inside, say, gives_pictures=True), is_own=True)
    if not filmed and (is_vec_env(given) or not is_dummy(settings)):
        # Its environments may be in other processes, out of a recorder's reach.
        filming = film_of(stage.env, name_of(given), video, recorder, say)
        if filming is not None:
            filmed.append(filming)
            stage.callbacks.append(filming)
    stage.record_next = getattr(filmed[-1], "record_next", None) if filmed else None
    return stage
