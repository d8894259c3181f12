"""Whatever is killed whenever: the project is sound, nothing old is missing, and every state is soon right."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from gymdash_jupyter.tracker import SimulationTracker
from tests.storms.conftest import Told
from tests.storms.kill_storm import KillStorm


def storm(
    tracker: SimulationTracker, scratch: Path, tell: Told, *, seed: int, n_kills: int
) -> None:
    """Kill so many times, then look at the figures."""
    print(f"seed {seed}")
    chances = random.Random(seed)  # noqa: S311 - it only has to be repeatable
    with KillStorm(tracker, scratch, seed) as kills:
        actions = [
            kills.kill_worker,
            kills.kill_young_worker,
            kills.kill_kernel,
            kills.kill_young_kernel,
        ]
        first = chances.sample(actions, k=min(n_kills, len(actions)))
        weights = [5, 3, 2, 1]
        for kill in [*first, *chances.choices(actions, weights, k=n_kills - len(first))]:
            kill()
        kills.stop_all()
    _report(kills, tell, seed)


def _report(kills: KillStorm, tell: Told, seed: int) -> None:
    figures = kills.figures
    tell("seed", str(seed))
    counts = Counter(figures.kills)
    tell(
        "kills", f"{len(figures.kills)} ({', '.join(f'{n} {what}' for what, n in counts.items())})"
    )
    tell("death shown after, median and worst", _times(figures.seen_s))
    ages = [loss.age_s for loss in figures.losses]
    tell("oldest point lost, median and worst", _times(ages))
    over = [loss.age_s - loss.allowed_s for loss in figures.losses]
    tell("... beyond 100 ms and a flush, worst", f"{max(0.0, *over) * 1000:.0f} ms")
    n_points = sum(each.n_points for each in figures.losses)
    n_lost = sum(each.n_lost for each in figures.losses)
    tell("points of the dead, stored and lost", f"{n_points:,} and {n_lost:,}")


def _times(seconds: list[float]) -> str:
    return f"{np.median(seconds) * 1000:.0f} and {max(seconds) * 1000:.0f} ms"


def test_a_few_kills_lose_nothing_old(
    tracker: SimulationTracker, tmp_path: Path, tell: Told
) -> None:
    storm(tracker, tmp_path, tell, seed=20, n_kills=4)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(4))
def test_a_hundred_kills_lose_nothing_old(
    tracker: SimulationTracker, tmp_path: Path, tell: Told, seed: int
) -> None:
    storm(tracker, tmp_path, tell, seed=seed, n_kills=25)
