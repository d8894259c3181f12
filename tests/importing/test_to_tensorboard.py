"""What is written as event files is read by TensorBoard's own reader, and by ours, as it was recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

import gymdash_jupyter as gd
from gymdash_jupyter.records import ScalarSeries
from gymdash_jupyter.streams.tensorboard import EventFolder, writing
from tests.streams.event_files import as_tensorboard_reads, as_tuples, same, scalar, write_events


class _Speaker(gd.Simulation):
    def _setup(self, **kwargs: Any) -> None:
        pass

    def _run(self, **kwargs: Any) -> None:
        for step in range(200):
            self.recorder.scalar("loss", 1 / (step + 1), step)
        self.recorder.scalar("far", 1e300, -5)
        self.recorder.scalar("far", float("nan"), 2**40)
        self.recorder.image("i", np.full((4, 6, 3), 9, np.uint8), 3)
        self.recorder.text("t", "größe & co", 4)
        self.recorder.audio("s", np.zeros(800), 5, sample_rate=8000)


def _simulation(name: str, **kwargs: Any) -> gd.Simulation:
    sim = gd.run(_Speaker, name=name, launcher="thread", **kwargs)
    assert sim.wait(60)
    assert sim.state == "succeeded"
    return sim


@given(
    points=st.lists(
        st.tuples(
            st.integers(-(2**63), 2**63 - 1),
            st.floats(allow_nan=False, allow_infinity=False),
            st.floats(width=32),
        ),
        max_size=50,
    ),
    key=st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
)
def test_scalars_are_read_back_by_tensorboard(
    tmp_path_factory: pytest.TempPathFactory, points: list[tuple[int, float, float]], key: str
) -> None:
    folder = tmp_path_factory.mktemp("out")
    steps, times, values = zip(*points, strict=True) if points else ((), (), ())
    series = ScalarSeries(
        np.array(steps, np.int64), np.array(times, float), np.array(values, float)
    )
    content = writing.beginning(1.0) + writing.scalar_records(key, series)
    (folder / "events.out.tfevents.1.x").write_bytes(content)
    expected = {key: points} if points else {}
    theirs = as_tensorboard_reads(folder)
    assert theirs.keys() == expected.keys()
    assert all(same(theirs[name], expected[name]) for name in expected)
    ours = EventFolder(folder).read()
    assert ours.problems == ()
    assert ours.scalars.keys() == expected.keys()
    assert all(same(as_tuples(ours.scalars[name]), expected[name]) for name in expected)


def test_a_simulation_is_read_back_by_tensorboard(project: gd.Project, tmp_path: Path) -> None:
    sim = _simulation("ppo: first/try")
    written = gd.to_tensorboard(tmp_path / "out")
    assert written.folders == {sim.sim_id: tmp_path / "out" / "ppo- first-try"}
    assert (written.n_points, written.n_media, written.left_out) == (202, 3, ())
    reader = EventAccumulator(str(written.folders[sim.sim_id]), size_guidance={"scalars": 0})
    reader.Reload()
    recorded = gd.scalars("loss")
    read = reader.Scalars("loss")
    assert [event.step for event in read] == list(range(200))
    assert np.allclose([event.value for event in read], recorded["value"], rtol=1e-6)
    assert np.allclose([event.wall_time for event in read], recorded["time"].astype("int64") / 1e6)
    low, high = reader.Scalars("far")
    assert (low.step, low.value, high.step) == (-5, float("inf"), 2**40)
    assert np.isnan(high.value)
    tags = reader.Tags()
    assert tags["images"] == ["i"]
    image = reader.Images("i")[0]
    assert (image.step, image.width, image.height) == (3, 6, 4)
    assert image.encoded_image_string[:4] == b"\x89PNG"
    sound = reader.Audio("s")[0]
    assert (sound.sample_rate, sound.length_frames, sound.content_type) == (
        8000.0,
        800,
        "audio/wav",
    )
    assert reader.Tensors("t")[0].tensor_proto.string_val[0].decode() == "größe & co"
    assert reader.SummaryMetadata("t").plugin_data.plugin_name == "text"


def test_an_import_of_what_was_written_has_everything(project: gd.Project, tmp_path: Path) -> None:
    sim = _simulation("first", lr=0.5, net={"layers": [64, 64], "bias": True}, note="words")
    gd.to_tensorboard(tmp_path / "out", sim)
    done = gd.import_tensorboard(tmp_path / "out")
    assert done.problems == ()
    ours, theirs = gd.scalars("loss", sims=sim), gd.scalars("loss", sims=done)
    assert (ours["value"].astype(np.float32) == theirs["value"]).all()
    assert (ours["time"] == theirs["time"]).all()
    assert (ours["step"] == theirs["step"]).all()
    for item, copy in zip(
        gd.media(sims=sim).itertuples(), gd.media(sims=done).itertuples(), strict=True
    ):
        assert (item.key, item.step, item.kind) == (copy.key, copy.step, copy.kind)
        assert Path(item.path).read_bytes() == Path(copy.path).read_bytes()
    assert done.sims[0].config.kwargs == {
        "lr": 0.5,
        "net.layers": "[64, 64]",
        "net.bias": True,
        "note": "words",
    }


def test_histograms_survive_the_way_out_and_in(project: gd.Project, tmp_path: Path) -> None:
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(str(tmp_path / "log")) as writer:
        writer.add_histogram("w", np.random.default_rng(0).normal(size=300), 7)
    gd.import_tensorboard(tmp_path / "log")
    written = gd.to_tensorboard(tmp_path / "out")
    (folder,) = written.folders.values()
    reader = EventAccumulator(str(folder))
    reader.Reload()
    assert reader.SummaryMetadata("w").plugin_data.plugin_name == "histograms"
    gd.import_tensorboard(tmp_path / "out")
    first, second = gd.histograms("w").itertuples()
    assert all(np.array_equal(first[i], second[i]) for i in (5, 6, 7))


def test_hyperparameters_are_what_tensorboards_plugin_finds(
    project: gd.Project, tmp_path: Path
) -> None:
    from tensorboard.plugins.hparams import metadata, plugin_data_pb2

    sim = _simulation("first", lr=0.5, flag=True, text="x")
    (folder,) = sim.to_tensorboard(tmp_path / "out").folders.values()
    reader = EventAccumulator(str(folder))
    reader.Reload()
    content = reader.SummaryMetadata(metadata.SESSION_START_INFO_TAG).plugin_data.content
    start = metadata.parse_session_start_info_plugin_data(content)
    assert isinstance(start, plugin_data_pb2.SessionStartInfo)
    found = {key: value.WhichOneof("kind") for key, value in start.hparams.items()}
    assert found == {"lr": "number_value", "flag": "bool_value", "text": "string_value"}
    assert start.hparams["lr"].number_value == 0.5


def test_simulations_of_one_name_get_folders_of_their_own(
    project: gd.Project, tmp_path: Path
) -> None:
    sims = [_simulation(name) for name in ("same", "Same", "", "../../etc", "nul")]
    written = gd.to_tensorboard(tmp_path / "out", keys="loss")
    names = [path.name for path in written.folders.values()]
    assert names[0] == f"same-{str(sims[0].sim_id)[:8]}"
    assert len({name.casefold() for name in names}) == 5
    assert all(path.parent == tmp_path / "out" for path in written.folders.values())
    assert (written.n_points, written.n_media) == (1000, 0)


def test_writing_again_brings_the_folder_up_to_date(project: gd.Project, tmp_path: Path) -> None:
    sim = _simulation("first")
    first = gd.to_tensorboard(tmp_path / "out")
    other = _simulation("first")
    again = gd.to_tensorboard(tmp_path / "out", sim)
    assert again.folders == first.folders
    more = gd.to_tensorboard(tmp_path / "out", other)
    assert more.folders[other.sim_id].name == f"first-{str(other.sim_id)[:8]}"
    files = sorted(path.name for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert len(files) == 2
    assert not any(name.startswith(".partial") for name in files)


def test_a_folder_of_another_program_is_refused(project: gd.Project, tmp_path: Path) -> None:
    _simulation("first")
    write_events(tmp_path / "out" / "a" / "events.out.tfevents.1.x", [scalar("a", 1, 1)])
    with pytest.raises(gd.InvalidArgumentError, match="event files of another program"):
        gd.to_tensorboard(tmp_path / "out")
    (tmp_path / "file").touch()
    with pytest.raises(gd.InvalidArgumentError, match="is a file"):
        gd.to_tensorboard(tmp_path / "file")
    with pytest.raises(gd.InvalidArgumentError, match=r"key 'lsos'\. Did you mean 'loss'"):
        gd.to_tensorboard(tmp_path / "new", keys="lsos")


def test_what_is_left_out_is_named(project: gd.Project, tmp_path: Path) -> None:
    sim = _simulation("first")
    Path(gd.media("i")["path"].iloc[0]).unlink()
    written = gd.to_tensorboard(tmp_path / "out", sim)
    assert written.left_out == (
        "first: the image 'i' at step 3: its file cannot be read (FileNotFoundError).",
    )
    assert "FileNotFoundError" in repr(written)
