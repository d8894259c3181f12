"""``gd.resources()``: what the processes of simulations used."""

from __future__ import annotations

import pandas as pd
import pytest

from gymdash_jupyter.frames import resources_frame
from gymdash_jupyter.records import Batch, ResourceSample
from gymdash_jupyter.store.contract import ProjectStore
from tests.store.makers import created, later, running

START = later(2).timestamp()  # ``running`` starts them then


def test_a_row_is_a_sample_with_its_seconds_since_the_start(store: ProjectStore) -> None:
    sim_id = running(store)
    samples = [
        ResourceSample(START - 0.5, 0.9, 4_000_000),
        ResourceSample(START + 5, 2.5, 5_000_000, 0.25, 2**31),
    ]
    store.write([Batch(sim_id, resources=samples)])
    frame = resources_frame(store)
    assert frame["sim_id"].tolist() == [str(sim_id)] * 2
    assert frame["seconds"].tolist() == pytest.approx([-0.5, 5], abs=1e-6)
    assert frame["cpu"].tolist() == [0.9, 2.5]
    assert frame["memory_bytes"].tolist() == [4_000_000, 5_000_000]
    assert frame["gpu"].isna().tolist() == [True, False]
    assert frame["gpu_memory_bytes"][1] == 2**31
    assert frame["time"][1] == pd.Timestamp(START + 5, unit="s", tz="UTC").round("us")


def test_without_a_start_seconds_count_from_the_first_sample(store: ProjectStore) -> None:
    sim_id = created(store)
    samples = [ResourceSample(START + i, 1.0, 1) for i in (3, 8)]
    store.write([Batch(sim_id, resources=samples)])
    assert resources_frame(store)["seconds"].tolist() == [0, 5]


def test_rows_follow_the_order_in_which_simulations_are_named(store: ProjectStore) -> None:
    one, two = running(store), running(store, created=later(1))
    silent = created(store, created=later(2))
    for sim_id in (one, two):
        store.write([Batch(sim_id, resources=[ResourceSample(START, 1.0, 1)])])
    assert resources_frame(store, [two, silent, one])["sim_id"].tolist() == [
        str(two),
        str(one),
    ]


def test_an_empty_project_has_the_same_columns_and_dtypes(store: ProjectStore) -> None:
    empty = resources_frame(store)
    sim_id = running(store)
    store.write([Batch(sim_id, resources=[ResourceSample(START, 1.0, 1, 0.5, 3)])])
    filled = resources_frame(store)
    assert empty.empty
    assert filled.dtypes.to_dict() == empty.dtypes.to_dict()
