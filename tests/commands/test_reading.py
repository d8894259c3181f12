"""Looking at a project from a shell: what is told, and that nothing is changed by it."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from gymdash_jupyter.project import Project
from gymdash_jupyter.records import ProcessIdentity
from gymdash_jupyter.states import SimState
from gymdash_jupyter.statuses import SimStatus, SimStatusCode
from gymdash_jupyter.store import Move
from tests.frames.projects import NOON, OWNER, add_simulation, end, record, run
from tests.store import gymdash_sql

if TYPE_CHECKING:
    from collections.abc import Callable

    from gymdash_jupyter.store import ProjectStore
    from tests.commands.conftest import Said

    Cli = Callable[..., Said]

ONE = UUID("ab12cd34-0000-4000-8000-000000000001")
OTHER = UUID("ab12cd34-0000-4000-8000-000000000002")
READING = [["list"], ["show", "one"], ["tail", "one"], ["export", "one"], ["delete", "one"]]


@pytest.fixture
def two(store: ProjectStore) -> ProjectStore:
    """Give a project with one simulation that succeeded and one that runs somewhere else."""
    add_simulation(store, "one", sim_id=ONE, lr=0.5)
    run(store, ONE, seed=7)
    record(store, ONE, "loss", [1, 2, 2], [0.5, math.nan, 0.1])
    record(store, ONE, "reward", [3], [0.1000000000000001])
    end(store, ONE, SimState.SUCCEEDED, {"best": 1})
    add_simulation(store, "other", sim_id=OTHER, minute=1)
    run(store, OTHER)
    store.change_tags([OTHER], add=["seen"])
    return store


@pytest.mark.parametrize("words", READING)
def test_a_missing_project_is_said_and_not_made(
    words: list[str], cli: Cli, tmp_path: Path
) -> None:
    said = cli("-d", tmp_path / "none", *words)
    assert said.code == 1
    assert said.err.startswith(
        f"gymdash-jupyter: There is no project at {tmp_path / 'none'}: the folder"
    )
    assert list(tmp_path.iterdir()) == []


def snapshot(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Give everything in a folder; of a file what is in it and when it was changed."""
    return {
        str(path): (path.stat().st_mtime_ns, path.read_bytes()) if path.is_file() else (0, b"")
        for path in folder.rglob("*")
    }


@pytest.mark.parametrize("words", [*READING, ["list", "--json"], ["tail", "one", "--follow"]])
def test_reading_changes_no_byte(
    words: list[str], cli: Cli, two: ProjectStore, project_dir: Path
) -> None:
    two.close()
    before = snapshot(project_dir)
    cli(*words)
    assert snapshot(project_dir) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_without_rights_can_be_read(
    cli: Cli, two: ProjectStore, project_dir: Path
) -> None:
    two.close()
    (project_dir / "db").chmod(0o500)
    try:
        assert cli("list").code == 0
    finally:
        (project_dir / "db").chmod(0o700)


def test_a_list_is_newest_first(cli: Cli, two: ProjectStore) -> None:
    said = cli("list")
    assert [line.split()[1] for line in said.out.splitlines()] == ["NAME", "other", "one"]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["--state", "succeeded"], ["one"]),
        (["--state", "succeeded", "--state", "running"], ["other", "one"]),
        (["--type", "ppo"], ["other", "one"]),
        (["--type", "dqn"], []),
        (["--tag", "seen"], ["other"]),
        (["-n", "1"], ["other"]),
        (["-n", "0"], []),
    ],
)
def test_a_list_holds_what_is_asked_for(
    words: list[str], names: list[str], cli: Cli, two: ProjectStore
) -> None:
    assert [each["name"] for each in json.loads(cli("list", "--json", *words).out)] == names


def test_ids_are_as_long_as_it_takes_to_tell_them_apart(cli: Cli, two: ProjectStore) -> None:
    assert cli("list").ids == [str(OTHER), str(ONE)]


@pytest.mark.parametrize("asked", [str(ONE), str(ONE).upper(), "one"])
def test_a_simulation_is_meant_by_its_id_or_its_name(
    asked: str, cli: Cli, two: ProjectStore
) -> None:
    assert json.loads(cli("show", "--json", asked).out)[0]["sim_id"] == str(ONE)


def test_a_beginning_that_two_have_lists_both(cli: Cli, two: ProjectStore) -> None:
    said = cli("show", "ab12")
    assert said.code == 1
    assert "2 simulations are called 'ab12'" in said.err
    assert [line.split()[0] for line in said.err.splitlines()[1:]] == [str(OTHER), str(ONE)]


def test_a_name_that_two_have_lists_both(cli: Cli, two: ProjectStore) -> None:
    two.rename(OTHER, "one")
    assert "2 simulations are called 'one'" in cli("show", "one").err


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("othr", "Did you mean 'other'?"),
        ("ab1", "at least 4 letters"),
        ("ab129", "Ids like it: ab12cd34"),
    ],
)
def test_what_is_near_an_unknown_one_is_said(
    asked: str, words: str, cli: Cli, two: ProjectStore
) -> None:
    said = cli("show", asked)
    assert (said.code, words in said.err) == (1, True)


def test_show_tells_everything(cli: Cli, two: ProjectStore, project_dir: Path) -> None:
    two.set_environment(ONE, {"python": "3.11.7", "packages": {"torch": "2.2"}})
    two.add_statuses(ONE, [SimStatus(SimStatusCode.INFO, NOON, details="half way")])
    out = cli("show", "one").out
    for words in (
        "one  succeeded",
        'result      {"best": 1}',
        "lr = 0.5",
        "seed = 7",
        "python: 3.11.7",
        "packages: torch 2.2, 1 package",
        "info] half way",
        f"folder      {project_dir / 'sims' / str(ONE)}",
    ):
        assert words in out
    assert [line.split() for line in out.splitlines() if line.startswith("    loss")] == [
        ["loss", "0.1", "2", "3"]
    ]


def test_json_of_show_is_strict_where_numbers_are_not(cli: Cli, two: ProjectStore) -> None:
    record(two, ONE, "odd", [1], [math.inf])
    told = json.loads(cli("show", "--json", "one").out, parse_constant=pytest.fail)[0]
    assert told["config"]["kwargs"] == {"lr": 0.5}
    assert told["scalars"]["odd"] == {"n": 1, "step": 1, "value": "inf"}


def test_a_simulation_whose_process_has_died_is_told_as_lost(
    cli: Cli, store: ProjectStore
) -> None:
    from gymdash_jupyter.liveness import own_identity

    here = own_identity()
    dead = ProcessIdentity(here.domain, here.pid, "1", here.host)  # as old as the machine
    add_simulation(store, "gone", sim_id=ONE)
    for state in (SimState.SETTING_UP, SimState.RUNNING):
        assert store.move(Move(ONE, state, NOON, dead))
    assert json.loads(cli("list", "--json").out)[0]["state"] == "lost"
    assert cli("tail", "gone", "--follow").code == 0  # it does not wait for ever
    assert store.simulation(ONE).state is SimState.RUNNING


def test_names_are_text_that_no_terminal_obeys(cli: Cli, two: ProjectStore) -> None:
    with closing(sqlite3.connect(two.path)) as connection, connection:
        connection.execute(
            "UPDATE simulations SET name = ? WHERE sim_id = ?",
            ("\x1b]0;title\x07\x1b[31mred\nline\u202etxt", str(ONE)),
        )
    for words in (["list"], ["show", str(ONE)]):
        out = cli(*words).out
        assert "red linetxt" in out
        assert not {"\x1b", "\x07", "\u202e"} & set(out)


def test_csv_has_every_point_in_its_order_with_all_its_digits(cli: Cli, two: ProjectStore) -> None:
    rows = list(csv.DictReader(io.StringIO(cli("export", "one", "--to", "csv").out)))
    assert [(row["key"], row["step"], row["value"]) for row in rows] == [
        ("loss", "1", "0.5"),
        ("loss", "2", "nan"),
        ("loss", "2", "0.1"),
        ("reward", "3", "0.1000000000000001"),
    ]
    assert rows[1]["time"] == "2026-03-01T12:00:01.250000+00:00"
    assert {row["sim_id"] for row in rows} == {str(ONE)}


def test_json_has_every_point_too(cli: Cli, two: ProjectStore) -> None:
    told = json.loads(cli("export", "one", "other", "--to", "json").out)
    assert [each["name"] for each in told] == ["one", "other"]
    assert told[0]["scalars"]["loss"]["steps"] == [1, 2, 2]
    assert told[0]["scalars"]["loss"]["values"] == [0.5, "nan", 0.1]
    assert told[1]["scalars"] == {}


def test_only_some_keys_are_exported(cli: Cli, two: ProjectStore) -> None:
    rows = cli("export", "one", "--key", "rew*").out.splitlines()
    assert [row.split(",")[1] for row in rows] == ["key", "reward"]


def test_parquet_has_the_same_points(cli: Cli, two: ProjectStore, tmp_path: Path) -> None:
    from gymdash_jupyter.frames import read_frame, scalars_frame

    pytest.importorskip("pyarrow")
    path = tmp_path / "points.parquet"
    assert cli("export", "one", "-o", path).code == 0
    assert read_frame(path).equals(scalars_frame(two, sims=ONE))


def test_an_export_writes_over_nothing_unless_it_is_forced(
    cli: Cli, two: ProjectStore, tmp_path: Path
) -> None:
    path = tmp_path / "points.json"
    path.write_text("mine")
    assert cli("export", "one", "-o", path).code == 1
    assert path.read_text() == "mine"
    assert cli("export", "one", "-o", path, "--force").code == 0
    assert json.loads(path.read_text())[0]["name"] == "one"
    assert not list(tmp_path.glob(".points*"))


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--to", "parquet"], "-o points.parquet"),
        (["--to", "xlsx"], "Spreadsheets open csv"),
        (["-o", "x.unknown"], "Say which one: --to csv"),
        (["-o", "nowhere/x.csv"], "nowhere/x.csv cannot be written: No such file"),
        (["--key", "los"], "Did you mean 'loss'?"),
    ],
)
def test_an_export_that_cannot_be_says_why(
    words: list[str], reason: str, cli: Cli, two: ProjectStore
) -> None:
    said = cli("export", "one", *words)
    assert (said.code, reason in said.err) == (1, True)


def test_tail_gives_the_last_lines_and_statuses(
    cli: Cli, two: ProjectStore, project_dir: Path
) -> None:
    folder = project_dir / "sims" / str(ONE)
    folder.mkdir(parents=True)
    (folder / "output.log").write_text("a\nb\n 10%\r 99%\n\x1b[31mred\x1b[0m\n")
    failed = SimStatus(
        SimStatusCode.FAIL, NOON, details="no", error_trace="Traceback:\n  x\x1b[2J"
    )
    two.add_statuses(ONE, [failed])
    lines = cli("tail", "one", "-n", "2").out.splitlines()
    assert lines[:2] == [" 99%", "red"]
    assert lines[2].endswith("fail] no")
    assert lines[3:] == ["  Traceback:", "    x"]
    told = json.loads(cli("tail", "one", "--json").out)
    assert told["output"] == ["a", "b", " 99%", "red"]
    assert told["statuses"][-1]["details"] == "no"


def test_tail_follows_no_link_out_of_the_project(
    cli: Cli, two: ProjectStore, project_dir: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("secret\n")
    folder = project_dir / "sims" / str(ONE)
    folder.mkdir(parents=True)
    (folder / "output.log").symlink_to(tmp_path / "secret")
    assert "secret" not in cli("tail", "one").out
    assert "secret" not in cli("tail", "one", "--follow").out


def test_a_project_that_gymdash_wrote_can_be_looked_at(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "old"
    (folder / "db").mkdir(parents=True)
    shutil.copy(
        Path(__file__).parents[1] / "old_projects" / "gymdash_0_1_4.db",
        folder / "db" / "simulations.db",
    )
    before = snapshot(folder)
    listed = json.loads(cli("-d", folder, "list", "--json").out)
    assert len(listed) == len(Project.open(folder, read_only=True).store.simulations()) > 0
    for each in listed:
        assert cli("show", each["sim_id"], "-d", folder).code == 0
        assert cli("tail", each["sim_id"], "-d", folder).code == 0
        assert cli("export", each["sim_id"], "-d", folder).code == 0
    assert snapshot(folder) == before


def test_a_running_simulation_of_gymdash_cannot_be_stopped_and_that_is_said(
    cli: Cli, tmp_path: Path
) -> None:
    (tmp_path / "old" / "db").mkdir(parents=True)
    with closing(gymdash_sql.connect(tmp_path / "old" / "db" / "simulations.db")) as connection:
        gymdash_sql.add_simulation(connection, str(ONE))
    said = cli("-d", tmp_path / "old", "stop", "old")
    assert said.code == 1
    assert said.err.startswith("gymdash-jupyter: ")
    assert cli("-d", tmp_path / "old", "stop", "--all").err == "Nothing goes on in this project.\n"


def test_the_project_is_the_flag_else_the_variable_else_the_default(
    cli: Cli, store: ProjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("by-variable", "by-flag"):
        add_simulation(Project.open(tmp_path / name).store, name)
    add_simulation(store, "default")

    def listed(*words: object) -> str:
        return str(json.loads(cli(*words, "--json").out)[0]["name"])

    assert listed("list") == "default"
    monkeypatch.setenv("GYMDASH_PROJECT", str(tmp_path / "by-variable"))
    assert listed("list") == "by-variable"
    assert listed("-d", tmp_path / "by-flag", "list") == "by-flag"
    assert listed("list", "--project-dir", tmp_path / "by-flag") == "by-flag"
    assert listed("-d", "nowhere", "list", f"-d{tmp_path / 'by-flag'}") == "by-flag"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["lst"], "There is no command 'lst'. Did you mean 'list'?"),
        (["list", "--bogus"], "unrecognized arguments: --bogus"),
        (["list", "--state", "runing"], "invalid choice: 'runing'"),
        (["list", "-n", "-3"], "-n"),
        (["show"], "ID"),
        (["stop"], "give the ids of simulations, or --all"),
        (["stop", "a", "--all"], "give the ids of simulations, or --all"),
        (["run", "x", "--kwarg", "y"], "'y' is no name and value"),
        (["run", "x", "--wait", "--detach"], "not allowed with"),
    ],
)
def test_a_command_line_that_makes_no_sense_ends_with_2(
    words: list[str], reason: str, cli: Cli
) -> None:
    said = cli(*words)
    assert (said.code, reason in said.err) == (2, True)


def test_types_are_those_of_packages_and_those_exported_for_the_project(
    cli: Cli, talking: str
) -> None:
    told = {each["key"]: each["source"] for each in json.loads(cli("types", "--json").out)}
    assert told == {
        "custom_control": "installed",
        "example_ml": "installed",
        "stable_baselines": "installed",
        "talking": "exported",
    }


def test_delete_asks_to_be_told_so(cli: Cli, two: ProjectStore, project_dir: Path) -> None:
    (project_dir / "sims" / str(ONE)).mkdir(parents=True)
    said = cli("delete", "one")
    assert said.code == 2
    assert "Nothing was removed" in said.err
    assert len(two.simulations()) == 2
    assert cli("delete", "one", "--yes").code == 0
    assert [each.name for each in two.simulations()] == ["other"]
    assert not (project_dir / "sims" / str(ONE)).exists()
    assert [call.name for call in two.api_calls()] == ["delete"]


def test_what_goes_on_is_not_deleted(cli: Cli, two: ProjectStore) -> None:
    assert OWNER.domain == "here"  # a process that nothing is known of
    said = cli("delete", "other", "--yes")
    assert (said.code, "has not ended" in said.err) == (1, True)
