"""Frames of a project that GymDash itself wrote and nobody else has written to."""

from contextlib import closing
from datetime import UTC, datetime

import pandas as pd
import pytest
from matplotlib.figure import Figure

from gymdash_jupyter.frames import (
    api_calls_frame,
    scalars_frame,
    simulations_frame,
    statuses_frame,
)
from gymdash_jupyter.plots import plot_scalars
from gymdash_jupyter.store import open_store
from tests.store import gymdash_sql

OLD = "0c5d4f1e-8a43-4a59-9b3f-2f0d9a1c0001"
STOPPED = "0c5d4f1e-8a43-4a59-9b3f-2f0d9a1c0002"


@pytest.fixture(params=[False, True], ids=["writable", "read_only"])
def old_store(request, tmp_path):
    path = tmp_path / "simulations.db"
    with closing(gymdash_sql.connect(path)) as connection:
        gymdash_sql.add_simulation(connection, OLD)
        gymdash_sql.add_simulation(
            connection, STOPPED, created="2024-05-05 00:00:00", is_done=1, cancelled=1
        )
        gymdash_sql.add_status(connection, OLD)
    with closing(open_store(path, read_only=request.param)) as store:
        yield store


def local(*parts):
    return pd.Timestamp(datetime(*parts).astimezone(UTC))


def test_its_simulations(old_store):
    frame = simulations_frame(old_store)
    assert frame.index.tolist() == [STOPPED, OLD]
    assert frame["state"].tolist() == ["cancelled", "running"]
    assert frame["is_foreign"].all()
    assert frame.loc[STOPPED, ["is_done", "cancelled", "failed"]].tolist() == [True, True, False]


def test_its_local_times_become_utc(old_store):
    row = simulations_frame(old_store).loc[OLD]
    assert row["created"] == local(2024, 5, 6, 7, 8, 9, 123456)
    assert row["started"] == local(2024, 5, 6, 7, 8, 10, 1)
    assert pd.isna(row["ended"])


def test_its_config_and_kwargs_are_dicts(old_store):
    row = simulations_frame(old_store).loc[OLD]
    assert (row["config"]["sim_key"], row["config"]["kwargs"]) == ("dqn", {"a": 1})
    assert row["sim_key"] == "dqn"
    assert row["start_kwargs"] == {}


def test_its_statuses(old_store):
    frame = statuses_frame(old_store, OLD)
    assert frame["details"].tolist() == ["old status"]
    assert frame["time"].tolist() == [local(2024, 5, 6, 7, 8, 11)]


def test_it_has_no_calls_and_no_points(old_store):
    assert api_calls_frame(old_store).empty
    assert scalars_frame(old_store).empty
    assert scalars_frame(old_store, wide=True).empty


def test_its_picture_says_that_there_is_nothing(old_store):
    ax = plot_scalars(old_store, ax=Figure().subplots())
    assert [text.get_text() for text in ax.texts] == ["No points recorded yet"]
