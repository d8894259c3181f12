"""Draw how the scores of algorithms spread: performance profiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gymdash_jupyter.plots.compared import compared, label_with_seeds
from gymdash_jupyter.plots.legends import name_lines
from gymdash_jupyter.plots.look import (
    fitted,
    given_axes,
    ink,
    line_style,
    new_axes,
    plain,
    say_note,
    say_nothing_yet,
    tidy_numbers,
)
from gymdash_jupyter.plots.scores import NOTHING_TO_COMPARE
from gymdash_jupyter.plots.style import styled
from gymdash_jupyter.scores import Profile, performance_profiles

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

    from gymdash_jupyter.selection import Sims
    from gymdash_jupyter.store.contract import ProjectStore


@dataclass(frozen=True, eq=False)
class ProfilesInfo:
    """What ``plot_performance_profiles`` draws.

    Attributes:
        profiles: One an algorithm.
        names: What each is called in the figure.
        title: What the names are values of, or ``""``.
        sample: What one score is of: ``seed`` or ``simulation``.
        label: What a score is.
        n_tasks: Of how many tasks.
        note: What was left out, or ``""``.
    """

    profiles: tuple[Profile, ...]
    names: tuple[str, ...]
    title: str
    sample: str
    label: str
    n_tasks: int
    note: str


def profiles_info(
    store: ProjectStore,
    key: str | None = None,
    sims: Sims = None,
    *,
    thresholds: ArrayLike | None = None,
    of: str = "seeds",
    confidence: float = 0.95,
    resamples: int = 2000,
    **scored: Any,
) -> ProfilesInfo:
    """Compute what ``plot_performance_profiles`` draws; see there for the arguments.

    Raises:
        InvalidArgumentError: An argument makes no sense.
        UnknownSimulationError: The project has no such simulation.
    """
    found = compared(store, key, sims, scored)
    profiles: tuple[Profile, ...] = ()
    if found.algorithms:
        profiles = performance_profiles(
            found.algorithms, thresholds, of=of, confidence=confidence, resamples=resamples
        )
    title, names = found.words
    return ProfilesInfo(
        profiles, tuple(names), title, found.sample, found.label, len(found.tasks), found.note
    )


def plot_performance_profiles(
    store: ProjectStore,
    /,
    key: str | None = None,
    sims: Sims = None,
    *,
    thresholds: ArrayLike | None = None,
    of: str = "seeds",
    confidence: float = 0.95,
    resamples: int = 2000,
    style: str | None = None,
    ax: Axes | None = None,
    **scored: Any,
) -> Axes:
    """Draw for each score which part of an algorithm's seeds does better (Agarwal et al. 2021, figure 6).

    A line that is higher everywhere is the better algorithm; where lines cross, one is better for those who want much,
    the other for those who want it surely. The median can be read where a line crosses one half, and what lies below
    it is how the worst seeds do: nothing hides behind a mean.

    Args:
        store: The project.
        key: Which series is scored; None as in ``frames.scores_frame``.
        sims: Which simulations; as in ``plot_scores``.
        thresholds: Where to look, shape (m,), growing; None for all of the scores' range.
        of: ``seeds``, or ``tasks`` for the part of the tasks whose mean over seeds is better.
        confidence: How much of what was drawn lies in a band, at each score for itself.
        resamples: How often seeds are drawn.
        style: ``paper`` or ``notebook``; None for what is set.
        ax: Where to draw; None makes a figure.
        **scored: As in ``plot_scores``.

    Returns:
        The Axes.

    Raises:
        InvalidArgumentError: An argument makes no sense; or there are several tasks and nothing says how their scores
            compare.
        UnknownSimulationError: The project has no such simulation.
    """
    info = profiles_info(
        store,
        key,
        sims,
        thresholds=thresholds,
        of=of,
        confidence=confidence,
        resamples=resamples,
        **scored,
    )
    with styled(style):
        one = new_axes(1)[0] if ax is None else given_axes(ax, ["profiles"])[0]
        if not info.profiles:
            say_nothing_yet(one, NOTHING_TO_COMPARE)
        _draw(one, info, of, is_ours=ax is None)
        say_note(one, info.note, below=ax is None)
    return one


def _draw(ax: Axes, info: ProfilesInfo, of: str, *, is_ours: bool) -> None:
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    colors = ink(ax)
    for place, (name, profile) in enumerate(zip(info.names, info.profiles, strict=True)):
        style = line_style(place, colors)
        if np.isfinite(profile.low).any():
            ax.fill_between(
                profile.thresholds,
                profile.low,
                profile.high,
                step="post",
                color=style["color"],
                alpha=0.15,
                linewidth=0,
            )
        label = plain(label_with_seeds(name, profile.n_seeds, info.sample))
        ax.step(profile.thresholds, profile.share, where="post", **style, label=label)
    ax.set_ylim(-0.02, 1.02)
    ax.yaxis.set_major_formatter(PercentFormatter(1.0))
    ax.xaxis.set_major_locator(MaxNLocator(nbins=6))
    tidy_numbers(ax.xaxis)
    ax.set_xlabel(plain(info.label))
    what = f"{info.sample}s" if of == "seeds" else of
    ax.set_ylabel(fitted(f"share of {what} that score more", ax))
    # Steps and bands go through all of the axes.
    name_lines([ax], title=info.title, once=is_ours, above=True)
