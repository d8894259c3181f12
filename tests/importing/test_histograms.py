"""Histograms over steps: what is drawn are the shares of the values that lie in each cell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

import gymdash_jupyter as gd
from gymdash_jupyter.plots import histograms, histograms_info
from gymdash_jupyter.streams.tensorboard import writing
from tests.streams.event_files import write_events


@pytest.fixture(autouse=True)
def _close_figures() -> Iterator[None]:
    yield
    plt.close("all")


def _log(folder: Path, bins: list[tuple[int, list[list[float]]]]) -> Path:
    path = write_events(folder / "events.out.tfevents.1.x", [])
    with path.open("ab") as file:
        for step, rows in bins:
            file.write(
                writing.histogram_record("w", step, 5.0, np.array(rows, float).reshape(-1, 3))
            )
    return folder


def test_cells_hold_the_shares_and_lines_the_quantiles(
    project: gd.Project, tmp_path: Path
) -> None:
    _log(tmp_path / "a", [(0, [[0, 1, 10]]), (5, [[0, 1, 1], [1, 2, 3]]), (3, [[2, 2, 7]])])
    gd.import_tensorboard(tmp_path / "a")
    (one,) = histograms_info(project.store, "w")
    assert one.steps.tolist() == [0, 3, 5]
    assert np.allclose(one.density.sum(axis=0), 1, atol=0.002)
    assert np.allclose(one.quantiles[1], [0.5, 2.0, 1 + 1 / 3])
    middles = (one.edges[1:] + one.edges[:-1]) / 2
    assert np.isclose(one.density[middles < 1, 2].sum(), 0.25, atol=0.01)


def test_one_far_value_does_not_flatten_the_rest(project: gd.Project, tmp_path: Path) -> None:
    _log(tmp_path / "a", [(0, [[-1, 1, 99_999], [1, 1e30, 1]])])
    gd.import_tensorboard(tmp_path / "a")
    (one,) = histograms_info(project.store, "w")
    assert one.edges[-1] < 2


def test_each_simulation_has_axes_of_its_own(project: gd.Project, tmp_path: Path) -> None:
    for name in ("a", "b"):
        _log(tmp_path / "runs" / name, [(i, [[0, 1, 1], [1, 2, i]]) for i in range(5)])
    gd.import_tensorboard(tmp_path / "runs", name="$x_")
    axes = gd.plot_histograms("w")
    assert [ax.get_title(loc="left").replace("\\", "") for ax in axes] == ["$x_/a", "$x_/b"]
    axes[0].figure.canvas.draw()
    alone = gd.plot_histograms("w", sims=gd.simulations().index[0], ax=plt.figure().gca())
    assert alone.get_xlabel() == "step"


def test_empty_and_odd_histograms_are_drawn(project: gd.Project, tmp_path: Path) -> None:
    _log(tmp_path / "a", [(0, []), (1, [[3, 3, 5]]), (2, [[float("nan"), 1, 2]])])
    gd.import_tensorboard(tmp_path / "a")
    gd.plot_histograms("w").figure.canvas.draw()
    _log(tmp_path / "b", [(0, [])])
    done = gd.import_tensorboard(tmp_path / "b")
    ax = gd.plot_histograms("w", sims=done)
    assert ax.texts[0].get_text() == "No histograms recorded"


def test_of_many_histograms_evenly_spread_ones_are_drawn_and_it_is_said(
    project: gd.Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(histograms, "_MOST_STEPS", 60)
    _log(tmp_path / "a", [(i, [[0, 1, 1]]) for i in range(70)])
    gd.import_tensorboard(tmp_path / "a")
    (one,) = histograms_info(project.store, "w")
    assert (len(one.steps), one.n_steps) == (60, 70)
    assert (one.steps[0], one.steps[-1]) == (0, 69)
    notes = [text.get_text() for text in gd.plot_histograms("w").texts]
    assert any("60 of 70 histograms" in note for note in notes)


def test_a_key_must_be_one_and_known(project: gd.Project, tmp_path: Path) -> None:
    _log(tmp_path / "a", [(0, [[0, 1, 1]])])
    gd.import_tensorboard(tmp_path / "a")
    with pytest.raises(gd.InvalidArgumentError, match="has recorded the key 'v'"):
        gd.plot_histograms("v")
    with pytest.raises(gd.InvalidArgumentError, match="give its key"):
        gd.plot_histograms(["w"])  # type: ignore[arg-type]


def test_without_any_the_picture_says_so(project: gd.Project) -> None:
    ax = gd.plot_histograms("weights")
    assert [text.get_text() for text in ax.texts] == ["No histograms recorded"]
