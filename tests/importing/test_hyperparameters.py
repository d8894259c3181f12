"""What a log names as its hyperparameters, wherever it does, is what its simulation is compared by."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

import pytest
from PIL import Image
from tensorboard.util.tensor_util import make_tensor_proto

import gymdash_jupyter as gd
from gymdash_jupyter.streams.tensorboard import writing
from tests.streams.event_files import NAME, scalar, tensor, write_events

TABLE = "|param|value|\n|-|-|\n|exp_name|ppo|\n|seed|{}|\n|lr|2.5e-4|\n|anneal|True|\n|cut|None|\n|env_id|a|b|"


def _loss(n: int = 3) -> list[object]:
    return [scalar("loss", step, 1 / (step + 1)) for step in range(n)]


def _text(tag: str, text: str) -> object:
    return tensor(tag, 0, make_tensor_proto([text.encode()]), "text")


def _groups(key: str = "loss") -> list[int]:
    return gd.scores(key).groupby("group", observed=True).size().tolist()


def _with_hparams(path: Path, **values: object) -> None:
    write_events(path, _loss())
    with path.open("ab") as file:
        file.write(writing.hparams_record(6.0, values))


def _add_images(log: Path, steps: Iterable[int]) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (4, 3)).save(picture, "png")
    with log.open("ab") as file:
        for step in steps:
            data = picture.getvalue()
            file.write(writing.image_record("a", step, 7.0, data, width=4, height=3))


def test_logs_that_name_none_are_not_taken_for_seeds_of_one_another(
    project: gd.Project, tmp_path: Path
) -> None:
    for name in ("ppo", "dqn"):
        write_events(tmp_path / "logs" / name / NAME, _loss())
    gd.import_tensorboard(tmp_path / "logs")
    assert _groups() == [1, 1]
    assert gd.scores("loss", by="sim_key").groupby("group", observed=True).size().tolist() == [2]


def test_the_table_of_cleanrl_is_read(project: gd.Project, tmp_path: Path) -> None:
    for seed in (1, 2):
        table = _text("hyperparameters/text_summary", TABLE.format(seed))
        write_events(tmp_path / "logs" / f"ppo__{seed}" / NAME, [table, *_loss()])
    first, second = gd.import_tensorboard(tmp_path / "logs")
    wanted = {"exp_name": "ppo", "seed": 1, "lr": 2.5e-4, "anneal": True, "cut": None}
    assert first.config.kwargs == {**wanted, "env_id": "a|b"}
    assert first.config.kwargs["anneal"] is True
    assert second.config.kwargs["seed"] == 2
    assert _groups() == [2]


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("notes", TABLE),
        ("hyperparameters", "lr 0.1\nseed 1\nn 3"),
        ("hyperparameters", "|a|b|\n|-|-|"),
        ("hyperparameters", "|a|b|c|\n|-|-|-|\n|1|2|3|"),
    ],
)
def test_other_texts_are_no_tables_of_them(
    project: gd.Project, tmp_path: Path, tag: str, text: str
) -> None:
    write_events(tmp_path / "log" / NAME, [_text(tag, text), *_loss()])
    (sim,) = gd.import_tensorboard(tmp_path / "log")
    assert sim.config.kwargs == {}


def test_those_that_torch_adds_in_a_folder_below_are_the_log_s(
    project: gd.Project, tmp_path: Path
) -> None:
    write_events(tmp_path / "log" / NAME, _loss())
    _with_hparams(tmp_path / "log" / "1700000000.25" / NAME, lr=0.1, n=3)
    log, added = gd.import_tensorboard(tmp_path / "log")
    assert log.config.kwargs == added.config.kwargs == {"lr": 0.1, "n": 3}
    assert _groups() == [1, 1]  # one point that was added is no second seed


def test_where_several_that_differ_were_added_the_log_has_none(
    project: gd.Project, tmp_path: Path
) -> None:
    write_events(tmp_path / "log" / NAME, _loss())
    for n in (1, 2):
        _with_hparams(tmp_path / "log" / f"170000000{n}.5" / NAME, lr=n)
    log, first, second = gd.import_tensorboard(tmp_path / "log")
    assert [sim.config.kwargs for sim in (log, first, second)] == [{}, {"lr": 1}, {"lr": 2}]


def test_those_that_come_later_are_said(project: gd.Project, tmp_path: Path) -> None:
    write_events(tmp_path / "log" / NAME, _loss())
    gd.import_tensorboard(tmp_path / "log")
    _with_hparams(tmp_path / "log" / NAME, lr=0.1)
    (problem,) = gd.import_tensorboard(tmp_path / "log").problems
    assert "Delete the simulation and import again" in problem


def test_what_is_pruned_stays_away_until_the_simulation_is_deleted(
    project: gd.Project, tmp_path: Path
) -> None:
    log = write_events(tmp_path / "log" / NAME, _loss())
    _add_images(log, range(5))
    (sim,) = gd.import_tensorboard(log.parent)
    gd.prune_media(keep=2)
    assert gd.media()["step"].tolist() == [3, 4]
    _add_images(log, [5])
    assert gd.import_tensorboard(log.parent).n_media == 1
    assert gd.media()["step"].tolist() == [3, 4, 5]
    gd.tracker().delete(sim)
    assert gd.import_tensorboard(log.parent).n_media == 6


def test_how_a_log_is_laid_out_is_passed_over_without_a_word(
    project: gd.Project, tmp_path: Path
) -> None:
    layout = tensor("keras", 0, make_tensor_proto([b"{}"]), "graph_keras_model")
    write_events(tmp_path / "log" / NAME, [layout, *_loss()])
    assert gd.import_tensorboard(tmp_path / "log").problems == ()
