"""Draw which of two algorithms is better, and how surely: the probability of improvement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.errors import InvalidArgumentError, did_you_mean
from gymdash_jupyter.plots.compared import compared
from gymdash_jupyter.plots.intervals import IntervalRow, draw_rows, name_rows, new_interval_axes
from gymdash_jupyter.plots.look import given_axes, ink, say_note, say_nothing_yet
from gymdash_jupyter.plots.scores import NOTHING_TO_COMPARE
from gymdash_jupyter.plots.style import styled
from gymdash_jupyter.scores import Improvement, probability_of_improvement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    from gymdash_jupyter.selection import Sims
    from gymdash_jupyter.store.contract import ProjectStore

_TWO_NEEDED: Final = "Two algorithms are needed to compare"
_NO_WIDTH: Final = "no width: one wins with all seeds, which few seeds may do by chance"
_MOST_PAIRS: Final = 15
_PART: Final = 0.26
"""Which part of the figure's width names may take at either side."""


@dataclass(frozen=True, eq=False)
class ImprovementInfo:
    """What ``plot_probability_of_improvement`` draws.

    Attributes:
        pairs: One a row.
        names: For each algorithm what it is called in the figure.
        title: What the algorithms are values of, such as ``algorithm``, or ``""``.
        note: What was left out, or ``""``.
    """

    pairs: tuple[Improvement, ...]
    names: Mapping[str, str]
    title: str
    note: str


def improvement_info(
    store: ProjectStore,
    key: str | None = None,
    sims: Sims = None,
    *,
    pairs: Sequence[tuple[str, str]] | None = None,
    over: str | None = None,
    confidence: float = 0.95,
    resamples: int = 2000,
    **scored: Any,
) -> ImprovementInfo:
    """Compute what ``plot_probability_of_improvement`` draws; see there for the arguments.

    Raises:
        InvalidArgumentError: An argument makes no sense.
        UnknownSimulationError: The project has no such simulation.
    """
    found = compared(store, key, sims, scored, needs_one_scale=False)
    title, short = found.words
    names = dict(zip(found.algorithms, short, strict=True))
    by_word = {**{name: name for name in names}, **{word: name for name, word in names.items()}}
    if over is not None and found.algorithms:
        base = _named(over, by_word)
        pairs = [(name, base) for name in names if name != base]
    elif pairs is not None:
        pairs = [(_named(x, by_word), _named(y, by_word)) for x, y in pairs]
    note, n = found.note, len(names)
    if over is None and pairs is None and n * (n - 1) // 2 > _MOST_PAIRS:
        first = next(iter(names))
        pairs = [(name, first) for name in names if name != first]
        note = "; ".join(
            filter(None, [f"over {names[first]} only: over= or pairs= choose others", note])
        )
    drawn: tuple[Improvement, ...] = ()
    if len(found.algorithms) > 1:
        drawn = probability_of_improvement(
            found.algorithms, pairs, confidence=confidence, resamples=resamples
        )
    if any(pair.low == pair.high for pair in drawn):
        note = "; ".join(filter(None, [_NO_WIDTH, note]))
    return ImprovementInfo(drawn, names, title, note)


def plot_probability_of_improvement(
    store: ProjectStore,
    /,
    key: str | None = None,
    sims: Sims = None,
    *,
    pairs: Sequence[tuple[str, str]] | None = None,
    over: str | None = None,
    confidence: float = 0.95,
    resamples: int = 2000,
    style: str | None = None,
    ax: Axes | None = None,
    **scored: Any,
) -> Axes:
    """Draw how likely a seed of X scores higher than a seed of Y (Agarwal et al. 2021, figure 8).

    A bar that lies wholly above one half says that X is better, though not by how much.

    Args:
        store: The project.
        key: Which series is scored; None as in ``frames.scores_frame``.
        sims: Which simulations; as in ``plot_scores``.
        pairs: Which (X, Y), by label; None for each algorithm against each that comes after it
            or, with more than 15 such pairs, for each other one against the first.
        over: One algorithm, the baseline: each other one against it. In the place of ``pairs``.
        confidence: How much of what was drawn lies in a bar.
        resamples: How often seeds are drawn.
        style: ``paper`` or ``notebook``; None for what is set.
        ax: Where to draw; None makes a figure.
        **scored: As in ``plot_scores``. Tasks need no common scale here.

    Returns:
        The Axes.

    Raises:
        InvalidArgumentError: An argument makes no sense, or there is no algorithm with this label.
        UnknownSimulationError: The project has no such simulation.
    """
    info = improvement_info(
        store,
        key,
        sims,
        pairs=pairs,
        over=over,
        confidence=confidence,
        resamples=resamples,
        **scored,
    )
    places = {name: place for place, name in enumerate(info.names)}
    rows = [IntervalRow(info.names[p.x], places[p.x], p.value, p.low, p.high) for p in info.pairs]
    others = [info.names[pair.y] for pair in info.pairs]
    with styled(style):
        if ax is None:
            longest = [max(row.label, y, key=len) for row, y in zip(rows, others, strict=True)]
            one = new_interval_axes(1, longest, _PART)[0]
        else:
            one = given_axes(ax, ["improvement"])[0]
        if not rows:
            say_nothing_yet(one, _TWO_NEEDED if info.names else NOTHING_TO_COMPARE)
        else:
            draw_rows(one, rows)
            name_rows(one, [row.label for row in rows], _PART)
            _finish(one, others)
        say_note(one, info.note, below=ax is None, lift=12)
    return one


def _finish(ax: Axes, others: Sequence[str]) -> None:
    colors = ink(ax)
    ax.axvline(0.5, color=colors.muted, linewidth=1, linestyle=(0, (4, 3)), zorder=1.5)
    ax.set_xlim(-0.015, 1.015)
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
    ax.set_xlabel("probability that X scores higher than Y")
    right = ax.secondary_yaxis("right")
    name_rows(right, others, _PART)
    right.tick_params(length=0, labelcolor=colors.text)
    right.spines[:].set_visible(False)
    for at, word, side in ((0, "X", "right"), (1, "Y", "left")):
        ax.annotate(
            word,
            (at, 1),
            xycoords="axes fraction",
            xytext=(-4 if side == "right" else 4, 2),
            textcoords="offset points",
            ha=side,
            va="bottom",
            color=colors.muted,
        )


def _named(word: str, by_word: Mapping[str, str]) -> str:
    if word not in by_word:
        hint = did_you_mean(str(word), by_word)
        # The short words come last; whole labels are taken, too.
        words = list(by_word)[-len(set(by_word.values())) :]
        msg = (
            f"There is no algorithm {word!r} in this figure.{hint} There are: {', '.join(words)}."
        )
        raise InvalidArgumentError(msg)
    return by_word[word]
