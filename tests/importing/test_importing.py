"""Logs of TensorBoard become simulations with everything that was in them, and importing again brings what is new."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import gymdash_jupyter as gd
from gymdash_jupyter.importing import telling
from gymdash_jupyter.importing.new_points import new_points
from gymdash_jupyter.records import ScalarSeries
from gymdash_jupyter.streams.tensorboard import writing
from tests.streams.event_files import NAME, scalar, write_events
from tests.waiting import wait_until


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    root = tmp_path / "runs"
    write_events(
        root / "ppo" / "1" / NAME, [scalar("loss", i, 1 / (i + 1), 1e9 + i) for i in range(50)]
    )
    write_events(
        root / "ppo" / "2" / NAME, [scalar("loss", 3, np.nan, 2e9), scalar("loss", 3, 0.5, 2e9)]
    )
    return root


def _values(sims: object, key: str = "loss") -> list[float]:
    return gd.scalars(key, sims=sims)["value"].tolist()


def test_each_folder_becomes_a_simulation(project: gd.Project, logs: Path) -> None:
    done = gd.import_tensorboard(logs, tags=["paper", "old"])
    assert [sim.name for sim in done] == ["ppo/1", "ppo/2"]
    assert (done.n_new, done.n_points, done.problems) == (2, 52, ())
    frame = gd.simulations(sims=done)
    assert frame["state"].tolist() == ["succeeded", "succeeded"]
    assert frame["started"].iloc[0] == datetime.fromtimestamp(1e9, UTC)
    assert frame["ended"].iloc[0] == datetime.fromtimestamp(1e9 + 49, UTC)
    assert done.sims[0].record.tags == ("paper", "old")
    assert done.sims[0].config.sim_key == "tensorboard"
    assert _values(done.sims[0]) == [float(np.float32(1 / (i + 1))) for i in range(50)]
    (status,) = done.sims[0].statuses
    assert status.details == f"Imported from {logs / 'ppo' / '1'}: 1 series, 50 points."


def test_names_can_be_given(project: gd.Project, logs: Path) -> None:
    write_events(logs / NAME, [scalar("loss", 1, 1)])
    assert [sim.name for sim in gd.import_tensorboard(logs, name="mine")] == [
        "mine",
        "mine/ppo/1",
        "mine/ppo/2",
    ]


def test_importing_again_adds_nothing_and_what_is_new_once(
    project: gd.Project, logs: Path
) -> None:
    first = gd.import_tensorboard(logs)
    again = gd.import_tensorboard(logs / ".." / logs.name, tags="seen")
    assert again.ids == first.ids
    assert (again.n_new, again.n_points) == (0, 0)
    assert "nothing new" in repr(again)
    nan, half = _values(first.sims[1])
    assert np.isnan(nan)
    assert half == 0.5
    with (logs / "ppo" / "2" / NAME).open("ab") as file:
        from tensorboard.summary.writer.record_writer import RecordWriter

        writer = RecordWriter(file)
        writer.write(scalar("loss", 3, 0.5, 2e9).SerializeToString())  # once more, and it is meant
        writer.write(scalar("new", 4, 7.0, 2e9).SerializeToString())
    grown = gd.import_tensorboard(logs / "ppo" / "2")
    assert grown.ids == first.ids[1:]
    assert grown.n_points == 2
    assert _values(grown)[1:] == [0.5, 0.5]
    assert _values(grown, "new") == [7.0]
    assert grown.sims[0].statuses[-1].details.endswith(": 2 points new.")
    assert grown.sims[0].record.tags == ("seen",)
    assert grown.sims[0].record.ended == datetime.fromtimestamp(2e9, UTC)


def test_a_deleted_simulation_comes_back(project: gd.Project, logs: Path) -> None:
    done = gd.import_tensorboard(logs)
    gd.tracker().delete(done.ids)
    assert gd.simulations().empty
    again = gd.import_tensorboard(logs)
    assert (again.ids, again.n_new, again.n_points) == (done.ids, 2, 52)


def test_hyperparameters_become_kwargs(project: gd.Project, tmp_path: Path) -> None:
    from torch.utils.tensorboard import SummaryWriter

    given = {"lr": 0.001, "n": 64, "name": "größe", "flag": True}
    with SummaryWriter(str(tmp_path / "log")) as writer:
        writer.add_hparams(given, {"score": 3.0}, run_name=".")
    (sim,) = gd.import_tensorboard(tmp_path / "log")
    assert sim.config.kwargs == given
    assert isinstance(sim.config.kwargs["n"], int)
    assert _values(sim, "score") == [3.0]


def test_media_are_kept_as_files_and_only_once(project: gd.Project, tmp_path: Path) -> None:
    from torch.utils.tensorboard import SummaryWriter

    picture = np.arange(6 * 4 * 3, dtype=np.uint8).reshape(6, 4, 3)
    with SummaryWriter(str(tmp_path / "log")) as writer:
        for step in range(3):
            writer.add_image("a/picture", picture + step, step, dataformats="HWC")
        writer.add_text("note", "<script>alert(1)</script>", 4)
        writer.add_audio("sound", np.zeros((1, 4000), np.float32), 5, sample_rate=8000)
    done = gd.import_tensorboard(tmp_path / "log")
    assert (done.n_media, done.problems) == (5, ())
    frame = gd.media()
    pictures = frame[frame["kind"] == "image"]
    assert pictures["step"].tolist() == [0, 1, 2]
    assert np.array_equal(np.array(Image.open(pictures["path"].iloc[1])), picture + 1)
    info = pictures["info"].iloc[0]
    assert (info["width"], info["height"]) == (4, 6)
    assert (project.sim_folder(done.ids[0]) / info["thumbnail"]).is_file()
    text = frame[frame["kind"] == "text"].iloc[0]
    assert Path(text["path"]).read_text() == "<script>alert(1)</script>"
    assert frame[frame["kind"] == "audio"]["info"].iloc[0]["duration_s"] == 0.5
    again = gd.import_tensorboard(tmp_path / "log")
    assert again.n_media == 0
    assert len(gd.media()) == 5


def test_histograms_come_back_as_they_were(project: gd.Project, tmp_path: Path) -> None:
    from torch.utils.tensorboard import SummaryWriter

    rng = np.random.default_rng(0)
    with SummaryWriter(str(tmp_path / "log")) as writer:
        for step in range(4):
            writer.add_histogram("w", rng.normal(step, 1, 500), step * 10)
    done = gd.import_tensorboard(tmp_path / "log")
    assert done.n_histograms == 4
    frame = gd.histograms("w")
    assert frame["step"].tolist() == [0, 10, 20, 30]
    assert [counts.sum() for counts in frame["counts"]] == [500.0] * 4
    assert all((row.left < row.right).all() for row in frame.itertuples())
    middles = [((r.left + r.right) / 2 * r.counts).sum() / 500 for r in frame.itertuples()]
    assert np.allclose(middles, [0, 1, 2, 3], atol=0.25)
    assert gd.import_tensorboard(tmp_path / "log").n_histograms == 0
    assert gd.histograms(sims=[]).columns.tolist() == frame.columns.tolist()


def test_stable_baselines3_is_imported(project: gd.Project, tmp_path: Path) -> None:
    from stable_baselines3.common.logger import configure

    logger = configure(str(tmp_path / "log"), ["tensorboard", "csv"])
    for step in range(5):
        logger.record("rollout/ep_rew_mean", step * 1.5)
        logger.record("time/fps", 100 + step)
        logger.dump(step * 2048)
    logger.close()
    done = gd.import_tensorboard(tmp_path / "log")
    frame = gd.scalars(sims=done, wide=True)
    assert gd.scalars("rollout/ep_rew_mean", sims=done)["step"].tolist() == [
        i * 2048 for i in range(5)
    ]
    assert gd.scalars("time/fps", sims=done)["value"].tolist() == [100.0, 101, 102, 103, 104]
    assert len(frame)


def test_what_cannot_be_read_is_said_and_the_rest_is_there(
    project: gd.Project, logs: Path
) -> None:
    path = logs / "ppo" / "1" / NAME
    content = bytearray(path.read_bytes())
    content[-20] ^= 1
    path.write_bytes(content)
    done = gd.import_tensorboard(logs)
    assert len(_values(done.sims[0])) == 49
    (problem,) = done.problems
    assert "is damaged at byte" in problem
    assert [status.details for status in done.sims[0].statuses][1:] == [problem]
    assert len(gd.import_tensorboard(logs).sims[0].statuses) == 2


@pytest.mark.slow
def test_an_import_that_was_killed_is_completed_by_the_next(
    project: gd.Project, tmp_path: Path
) -> None:
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(str(tmp_path / "log")) as writer:
        for step in range(600):
            writer.add_image(
                "i", np.full((8, 8, 3), step % 256, np.uint8), step, dataformats="HWC"
            )
            writer.add_scalar("s", step / 3, step)
    code = "import sys, gymdash_jupyter as gd; gd.open_project(sys.argv[1]); gd.import_tensorboard(sys.argv[2])"
    words = [sys.executable, "-c", code, str(project.folder), str(tmp_path / "log")]
    with subprocess.Popen(
        words, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(Path.cwd())}
    ) as process:
        wait_until(lambda: len(list(project.sims_folder.glob("*/media/i/*.png"))) > 50)
        process.kill()
    assert process.returncode == -9
    done = gd.import_tensorboard(tmp_path / "log")
    assert done.sims[0].state == "succeeded"
    frame = gd.media(sims=done)
    assert frame["step"].tolist() == list(range(600))
    assert all(Path(path).is_file() for path in frame["path"])
    assert gd.scalars("s", sims=done)["step"].tolist() == list(range(600))
    assert gd.import_tensorboard(tmp_path / "log").n_media == 0


def test_points_that_were_stored_alone_are_completed(project: gd.Project, logs: Path) -> None:
    # As after a kill between two transactions: created, with some of its points.
    from gymdash_jupyter.config import SimulationStartConfig
    from gymdash_jupyter.importing.tensorboard import id_of_folder
    from gymdash_jupyter.records import Batch, now_utc
    from gymdash_jupyter.store import NewSimulation
    from gymdash_jupyter.streams.tensorboard import EventFolder

    folder = logs / "ppo" / "1"
    sim_id = id_of_folder(folder)
    config = SimulationStartConfig(name="x", sim_key="tensorboard")
    project.store.create(NewSimulation(sim_id, config, now_utc(), "tensorboard", "", ""))
    whole = EventFolder(folder).read().scalars["loss"]
    part = ScalarSeries(whole.steps[5:20], whole.times[5:20], whole.values[5:20])
    project.store.write([Batch(sim_id, scalars={"loss": part})])
    done = gd.import_tensorboard(folder)
    assert done.n_points == 35
    assert sorted(gd.scalars("loss", sims=done)["step"]) == list(range(50))
    assert done.sims[0].state == "succeeded"


_POINTS = st.lists(
    st.tuples(
        st.integers(0, 2), st.sampled_from([0.0, 1.0]), st.sampled_from([0.0, -0.0, float("nan")])
    ),
    max_size=12,
)


def _series(points: list[tuple[int, float, float]]) -> ScalarSeries:
    steps, times, values = zip(*points, strict=True) if points else ((), (), ())
    return ScalarSeries(np.array(steps, np.int64), np.array(times, float), np.array(values, float))


@given(found=_POINTS, stored=_POINTS)
def test_new_points_are_those_a_count_by_hand_finds(
    found: list[tuple[int, float, float]], stored: list[tuple[int, float, float]]
) -> None:
    left = [repr(point) for point in stored]
    expected = []
    for point in found:
        if repr(point) in left:
            left.remove(repr(point))
        else:
            expected.append(repr(point))
    new = new_points(_series(found), _series(stored))
    given_back = zip(new.steps.tolist(), new.times.tolist(), new.values.tolist(), strict=True)
    assert sorted(repr(point) for point in given_back) == sorted(expected)


@pytest.mark.slow
def test_two_imports_at_once_bring_everything_once(
    project: gd.Project, logs: Path, tmp_path: Path
) -> None:
    code = "import sys, gymdash_jupyter as gd; gd.open_project(sys.argv[1]); gd.import_tensorboard(sys.argv[2])"
    words = [sys.executable, "-c", code, str(project.folder), str(logs)]
    env = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    both = [subprocess.Popen(words, cwd=tmp_path, env=env) for _ in range(2)]
    assert [process.wait(60) for process in both] == [0, 0]
    assert len(gd.scalars()) == 52


def test_wrong_calls_say_what_to_do(project: gd.Project, logs: Path, tmp_path: Path) -> None:
    with pytest.raises(gd.InvalidArgumentError, match="There is no folder to import"):
        gd.import_tensorboard(tmp_path / "nowhere")
    with pytest.raises(gd.InvalidArgumentError, match="it is a file; give its folder"):
        gd.import_tensorboard(logs / "ppo" / "1" / NAME)
    (tmp_path / "empty").mkdir()
    with pytest.raises(gd.InvalidArgumentError, match="holds event files"):
        gd.import_tensorboard(tmp_path / "empty")
    with pytest.raises(gd.InvalidArgumentError, match="tag"):
        gd.import_tensorboard(logs, tags=["x" * 61])
    with pytest.raises(gd.InvalidArgumentError, match="A name is a text"):
        gd.import_tensorboard(logs, name="")
    assert gd.simulations().empty
    gd.open_project(project.folder, read_only=True)
    with pytest.raises(gd.ReadOnlyProjectError, match="open for reading only"):
        gd.import_tensorboard(logs)


def test_what_was_imported_is_not_started_again(project: gd.Project, logs: Path) -> None:
    sim, _ = gd.import_tensorboard(logs)
    with pytest.raises(gd.UnknownSimulationTypeError, match="imported from the log of another"):
        gd.tracker().restart_sim(sim.sim_id)


def test_the_command_line_imports(
    logs: Path, project_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from gymdash_jupyter.__main__ import main

    assert main(["import", str(logs), "-d", str(project_dir), "--json", "--tag", "cli"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [sim["name"] for sim in told["simulations"]] == ["ppo/1", "ppo/2"]
    assert told["new_points"] == 52
    assert main(["import", str(logs), "-d", str(project_dir)]) == 0
    assert "nothing new" in capsys.readouterr().err
    shutil.rmtree(logs)
    assert main(["import", str(logs), "-d", str(project_dir)]) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_names_keys_times_and_files_may_be_anything(project: gd.Project, tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path / "runs") + b"/bad\xffname <b>"
    Path(os.fsdecode(folder)).mkdir(parents=True)
    keys = ["a\x00b", "<script>", "x" * 5000, "", "../../etc/passwd", "größe"]
    times = np.array([np.nan, -5, 1e300])
    series = ScalarSeries(np.arange(3), times, np.arange(3.0))
    content = writing.beginning(np.inf) + b"".join(
        writing.scalar_records(key, series) for key in keys
    )
    content += writing.image_record("../../pic", 1, 2.0, b"\x89PNG\r\n\x1a\nbroken")
    content += writing.image_record("bmp", 1, 2.0, b"BM....")
    content += writing.image_record("unknown", 1, 2.0, b"????")
    content += writing.audio_record("../s", 1, 2.0, b"RIFF\0\0\0\0WAVEjunk")
    content += writing.text_record("con", -(2**63), np.nan, "a\x00b")
    content += writing.histogram_record("h", 1, 2.0, np.array([[np.nan, np.inf, -1.0]]))
    Path(os.fsdecode(folder + b"/events.out.tfevents.1.\xfe")).write_bytes(content)
    done = gd.import_tensorboard(tmp_path / "runs")
    assert done.sims[0].name == "bad\\xffname <b>"
    assert (done.n_points, done.n_media, done.n_histograms, len(done.problems)) == (18, 2, 1, 3)
    assert sorted(gd.scalars()["key"].unique()) == sorted(keys)
    assert (
        gd.media()["path"].map(lambda path: Path(path).is_relative_to(project.sims_folder)).all()
    )
    (histogram,) = gd.histograms().itertuples()
    assert np.isnan(histogram.left[0])
    assert histogram.right[0] == np.inf
    again = gd.import_tensorboard(tmp_path / "runs")
    assert (again.n_points, again.n_media, again.n_histograms) == (0, 0, 0)
    assert len(again.sims[0].statuses) == 4


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_only_a_long_import_says_how_far_it_is(
    project: gd.Project, logs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", terminal := _Terminal())
    gd.import_tensorboard(logs)
    assert terminal.getvalue() == ""
    monkeypatch.setattr(telling, "_QUIET_S", -1.0)
    gd.import_tensorboard(logs)
    assert "\rImporting 1 of 2: ppo/1 (0 new points)" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r")
    monkeypatch.setattr(sys, "stderr", file := io.StringIO())
    gd.import_tensorboard(logs)
    assert file.getvalue() == ""
