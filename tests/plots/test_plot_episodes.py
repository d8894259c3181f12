"""Episodes over their numbers, tested by the numbers in the lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from matplotlib.figure import Figure

import gymdash_jupyter as gd
from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.plots import episodes_info, plot_episodes
from gymdash_jupyter.project import Project
from gymdash_jupyter.tracker import SimulationTracker

if TYPE_CHECKING:
    from pathlib import Path

    from gymdash_jupyter.store import ProjectStore

RETURNS = [9.0, 20.0, 13.0, 50.0]


class Episodes(gd.Simulation):
    def _run(self) -> None:
        step = 0
        for value in RETURNS:
            step += int(value)
            self.recorder.scalars({"episode/return": value, "episode/length": value}, step)


@pytest.fixture
def store(project_dir: Path) -> ProjectStore:
    tracker = SimulationTracker(project=Project.open(project_dir))
    tracker.wait(tracker.start_sims([Episodes, Episodes]), 10)
    return tracker.project.store


def test_lines_run_over_the_numbers_of_the_episodes(store: ProjectStore) -> None:
    ax = plot_episodes(store, smoothing=0, ax=Figure().add_subplot())
    drawn = [line.get_xydata() for line in ax.lines if len(line.get_xydata()) == len(RETURNS)]
    assert len(drawn) == 2
    for points in drawn:
        np.testing.assert_array_equal(points, [[1, 9], [2, 20], [3, 13], [4, 50]])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("episode", "return of the episode")


def test_smoothing_is_that_of_the_hand_worked_average(store: ProjectStore) -> None:
    line = episodes_info(store, smoothing=0.5).lines[0]
    # Bias-corrected: (0.5 * 9 * 0.5 + 0.5 * 20) / (1 - 0.25) for the second.
    np.testing.assert_allclose(line.smoothed[:2], [9.0, (2.25 + 10.0) / 0.75])


def test_another_measure_is_refused_with_those_there_are(store: ProjectStore) -> None:
    with pytest.raises(InvalidArgumentError, match=r"return, length, time; got 'returns'"):
        plot_episodes(store, what="returns")


def test_a_project_without_points_says_so(tmp_path: Path) -> None:
    ax = plot_episodes(Project.open(tmp_path / "empty").store, ax=Figure().add_subplot())
    assert "No points" in ax.texts[0].get_text()
