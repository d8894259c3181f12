"""What the figures that compare algorithms share: whose scores they draw, in which words and colours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from gymdash_jupyter.errors import InvalidArgumentError, did_you_mean
from gymdash_jupyter.scores import (
    ProjectScores,
    SimulationScore,
    TaskScores,
    checked_algorithms,
    matrix_of,
    read_scores,
)
from gymdash_jupyter.states import SimState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gymdash_jupyter.store.contract import ProjectStore


SCORED: Final[Mapping[str, Any]] = {
    "scores": None,
    "by": "group",
    "task": None,
    "last": 0.1,
    "normalise": None,
    "unfinished": False,
}
"""What ``**scored`` of the figures takes: which scores they draw."""


@dataclass(frozen=True, eq=False)
class Compared:
    """Algorithms to be compared.

    Attributes:
        algorithms: For each label its scores.
        label: What a score is, for an axis.
        note: What was left out, or counts although it is not finished, in words; ``""`` for nothing.
        found: The scores of the project; None where they were given.
    """

    algorithms: Mapping[str, TaskScores]
    label: str
    note: str = ""
    found: ProjectScores | None = None

    @property
    def words(self) -> tuple[str, list[str]]:
        """What the algorithms are values of, or ``""``; and what each is called in a figure."""
        settings = frozenset() if self.found is None else self.found.settings
        return shared_words(list(self.algorithms), settings)

    @property
    def sample(self) -> str:
        """What one score is of: a seed, or, where not only seeds differ, a simulation."""
        return "simulation" if self.found is not None and self.found.is_mixed else "seed"

    @property
    def tasks(self) -> tuple[str, ...]:
        """The tasks; those of all algorithms are the same."""
        return next((scores.tasks for scores in self.algorithms.values()), ())


def compared(
    store: ProjectStore,
    key: str | None,
    sims: Any,
    options: Mapping[str, Any],
    *,
    needs_one_scale: bool = True,
) -> Compared:
    """Get the scores of a figure from a project, or those that were given.

    Args:
        store: The project.
        key: Which series.
        sims: Which simulations.
        options: Those of ``scored`` in the figure's call: ``scores``, or ``by``, ``task``, ``last``, ``normalise``
            and ``unfinished``.
        needs_one_scale: Whether the figure joins scores of several tasks, so that they must have one scale.

    Raises:
        InvalidArgumentError: An option makes no sense, or the scores of several tasks have no common scale.
    """
    wrong = [name for name in options if name not in SCORED]
    if wrong:
        hint = did_you_mean(wrong[0], SCORED)
        msg = f"There is no option {wrong[0]!r} here.{hint} There are: {', '.join(SCORED)}."
        raise InvalidArgumentError(msg)
    chosen = {**SCORED, **options}
    given = chosen["scores"]
    if isinstance(given, Mapping):
        return Compared(checked_algorithms(given), "score")
    if given is not None:
        found, has_scale = scores_of_frame(given)
    else:
        found = read_scores(
            store, key, sims, by=chosen["by"], task=chosen["task"], last=chosen["last"]
        )
        has_scale = False
    found = found.comparable(unfinished=chosen["unfinished"])
    if not found.rows:
        return Compared({}, found.key, _note(found), found)
    is_open = chosen["normalise"] is None and not has_scale
    if needs_one_scale and is_open and len(found.tasks) > 1:
        raise InvalidArgumentError(_no_common_scale(found))
    found = found.normalised(chosen["normalise"])
    algorithms = checked_algorithms(matrix_of(found.rows))
    label = f"normalised {found.key}" if found.ranges else found.key
    return Compared(algorithms, label, _note(found), found)


def shared_words(labels: Sequence[str], settings: frozenset[str]) -> tuple[str, list[str]]:
    """Shorten labels that all name the same one setting: ``algorithm ppo`` under the title ``algorithm`` is ``ppo``.

    Args:
        labels: As ``grouping.group_records`` gives them.
        settings: Names of settings: other first words are the words of people.

    Returns:
        The title, or ``""``, and the labels in their order.
    """
    names = {label.split(" ", 1)[0] for label in labels}
    parts = [label.split(" ", 1) for label in labels]
    is_shared = len(set(labels)) > 1 and len(names) == 1 and names <= settings
    if not is_shared or any(len(part) < 2 or ", " in part[1] for part in parts):
        return "", list(labels)
    return names.pop(), [part[1] for part in parts]


def seeds_words(n: int, of: int | None = None, what: str = "seed") -> str:
    """Say how many seeds there are: ``3 seeds``, or ``2 of 3 seeds``."""
    total = n if of is None else max(n, of)
    words = what if total == 1 else f"{what}s"
    return f"{n} {words}" if n == total else f"{n} of {total} {words}"


def label_with_seeds(label: str, n_seeds: tuple[int, int], what: str = "seed") -> str:
    """Say behind an algorithm's name how many seeds it has on each task."""
    fewest, most = n_seeds
    n = seeds_words(most, what=what) if fewest == most else f"{fewest} to {most} {what}s"
    return f"{label} ({n})"


def scores_of_frame(frame: Any) -> tuple[ProjectScores, bool]:
    """Take scores from a frame such as ``gd.scores`` gives, or one with the columns group, task and score.

    Returns:
        The scores, and whether they have one scale: those of ``gd.scores`` only when they were normalised, others by
        what their owner knows.

    Raises:
        InvalidArgumentError: It is no such frame.
    """
    columns = getattr(frame, "columns", ())
    if not {"group", "task", "score"} <= set(columns):
        msg = (
            "Give scores as a dict with an array of shape (seeds, tasks) for each algorithm, or a DataFrame with the "
            f"columns group, task and score, as gd.scores() gives; got {type(frame).__name__}."
        )
        raise InvalidArgumentError(msg)
    states = frame["state"] if "state" in columns else [SimState.SUCCEEDED] * len(frame)
    parts = zip(frame["group"], frame["task"], frame["score"], states, strict=True)
    rows = tuple(
        SimulationScore(
            sim_id=UUID(int=number),
            name="",
            state=SimState(state),
            group=str(group),
            task=str(task),
            seed=None,
            score=float(score),
            n=1,
        )
        for number, (group, task, score, state) in enumerate(parts)
    )
    known = frame.attrs.get("gymdash_scores", {})
    found = ProjectScores(
        key=known.get("key", "score"),
        rows=rows,
        ranges={},
        curves={},
        left_out={},
        settings=frozenset(known.get("settings", ())),
    )
    return found, known.get("is_normalised", True)


def _note(found: ProjectScores) -> str:
    said = [f"{count} {words}" for words, count in found.left_out.items()]
    notes = [f"left out: {', '.join(said)}"] if said else []
    n_unfinished = sum(row.state is not SimState.SUCCEEDED for row in found.rows)
    if n_unfinished:
        notes.insert(0, f"{n_unfinished} unfinished, as they are now")
    elif found.n_shorter:
        verb = "has" if found.n_shorter == 1 else "have"
        notes.append(f"{found.n_shorter} {verb} fewer steps than others on the task")
    return "; ".join(notes)


def _no_common_scale(found: ProjectScores) -> str:
    names = ", ".join(found.tasks[:6]) + (", ..." if len(found.tasks) > 6 else "")
    first = found.tasks[0]
    return (
        f"There are scores of {len(found.tasks)} tasks ({names}), and nothing says how they compare. Give "
        f"normalise={{{first!r}: (low, high), ...}} with what counts as 0 and as 1 in each task, normalise='minmax' "
        "to take that from the scores themselves, normalise=False if they have one scale already, or sims= of one "
        "task."
    )
