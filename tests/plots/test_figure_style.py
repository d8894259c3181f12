from __future__ import annotations

import re
import zlib

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

import gymdash_jupyter as gd
from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.plots import plot_scalars, plot_scores
from gymdash_jupyter.plots.look import DARK_SERIES_COLORS, LIGHT_INK, SERIES_COLORS, ink
from tests.frames.projects import add_simulation, record

SCORES = {"a": [[1.0], [2.0]], "b": [[2.0], [3.0]]}


@pytest.mark.parametrize(("width", "inches"), [("column", 3.3), ("page", 6.9), (5.0, 5.0)])
def test_a_figure_for_a_paper_is_as_wide_as_asked(store, width, inches):
    with gd.figure_style("paper", width=width):
        ax = plot_scalars(store)
    assert ax.figure.get_figwidth() == inches


def test_afterwards_everything_is_as_before(store):
    before = dict(mpl.rcParams)
    with gd.figure_style("paper", dark=True):
        assert mpl.rcParams["font.size"] == 8
    assert dict(mpl.rcParams) == before


def test_an_error_inside_leaves_nothing_behind():
    before = mpl.rcParams["font.size"]
    with pytest.raises(ZeroDivisionError), gd.figure_style("paper"):
        _ = 1 / 0
    assert mpl.rcParams["font.size"] == before


def test_text_in_a_pdf_stays_text(store, tmp_path):
    with gd.figure_style("paper"):
        plot_scores(store, scores=SCORES)[0].figure.savefig(tmp_path / "figure.pdf")
    content = (tmp_path / "figure.pdf").read_bytes()
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
    plain = content + b"".join(zlib.decompress(s) for s in streams if s[:1] == b"\x78")
    assert b"/Type3" not in plain
    assert b"/CIDFontType2" in plain


def test_a_dark_figure_has_the_dark_palette_and_light_words(store):
    record(store, add_simulation(store), "loss", [0, 1], [1, 2])
    with gd.figure_style("notebook", dark=True):
        ax = plot_scalars(store)
    assert to_hex(ax.lines[0].get_color()) == DARK_SERIES_COLORS[0]
    assert np.mean(mpl.colors.to_rgb(ax.yaxis.label.get_color())) > 0.8


def test_a_transparent_figure_follows_the_colour_of_text():
    figure = mpl.figure.Figure(facecolor="none")
    ax = figure.subplots()
    ax.set_facecolor("none")
    assert ink(ax) is LIGHT_INK
    with mpl.rc_context({"text.color": "white"}):
        assert ink(ax).series == DARK_SERIES_COLORS


def test_other_plots_take_their_colours_in_order():
    with gd.figure_style("notebook"):
        _, ax = plt.subplots()
        lines = [ax.plot([0, 1])[0] for _ in range(3)]
    assert [line.get_color() for line in lines] == list(SERIES_COLORS[:3])


def test_a_size_that_was_set_counts(store):
    with mpl.rc_context({"figure.figsize": (5.0, 2.0)}):
        assert plot_scalars(store).figure.get_size_inches().tolist() == [5.0, 2.0]
    assert plot_scalars(store).figure.get_size_inches().tolist() == [6.4, 3.8]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"style": "papre"}, "Did you mean 'paper'"),
        ({"width": "colum"}, "'column', 'page' or inches"),
        ({"width": 0}, "width=0"),
        ({"height": -1}, "height=-1"),
    ],
)
def test_a_style_that_is_none_is_refused(wrong, words):
    with pytest.raises(InvalidArgumentError, match=words), gd.figure_style(**wrong):
        pass
