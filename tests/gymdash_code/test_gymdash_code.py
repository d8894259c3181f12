"""Code as GymDash's documentation shows it runs unchanged, and leaves what GymDash would leave."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.gymdash_code.running import rows, run_script

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from _pytest.tmpdir import TempPathFactory

FLAGS = "SELECT name, is_done, cancelled, failed, force_stopped FROM simulations ORDER BY created"


class Left:
    """A script's output and the project that it left."""

    def __init__(self, done: subprocess.CompletedProcess[str], project: Path) -> None:
        self.output = done.stdout
        self.complaints = done.stderr
        self.project = project


@pytest.fixture(scope="module")
def demos(tmp_path_factory: TempPathFactory) -> Left:
    folder = tmp_path_factory.mktemp("demos")
    done = run_script("track_demos.py", "--project-dir", "mine", "-p", "8899", folder=folder)
    return Left(done, folder / "mine")


def test_exactly_the_tracked_ones_are_in_the_database(demos: Left) -> None:
    found = rows(demos.project, FLAGS)
    assert len(found) == 21
    assert {tuple(row.values())[1:] for row in found} == {(1, 0, 0, 0)}


def test_each_has_its_name_times_and_a_success(demos: Left) -> None:
    found = rows(
        demos.project,
        "SELECT name, started > created AS has_started, ended > started AS has_ended,"
        " sim_type_name, sim_module_name,"
        " (SELECT group_concat(code) FROM sim_status WHERE sim_id = simulations.sim_id) AS codes"
        " FROM simulations",
    )
    assert {tuple(row.values())[1:] for row in found} == {(1, 1, "DemoSimulation", "demo", "0")}
    assert {row["name"] for row in found} == {"demo by hand", "demo by default"}


def test_configs_and_start_kwargs_are_json_with_every_key(demos: Left) -> None:
    configs = [
        json.loads(row["config"])
        for row in rows(demos.project, "SELECT config FROM simulations WHERE name LIKE '%default'")
    ]
    assert configs == [
        {
            "name": "demo by default",
            "sim_key": "another-key",
            "sim_family": "",
            "sim_type": "",
            "kwargs": {"sim_time": 0.3, "poll_time": 0.05, "show_timer": False},
        }
    ] * len(configs)
    assert rows(demos.project, "SELECT DISTINCT start_kwargs AS s FROM simulations") == [
        {"s": "{}"}
    ]


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("by hand: DemoSimulation(0.2, 0.1) completed.", 1),
        ("took long enough: True", 1),
        ("made: demo by default", 1),
        ("made: demo by hand", 1),
        ("other kwargs: ['poll_time', 'sim_time']", 1),
        ("same object: True", 1),
        ("all done: True", 1),
        ("two: DemoSimulation(", 2),
        ("one of nine: DemoSimulation(0.3, 0.05) completed.", 9),
        ("again: DemoSimulation(0.3, 0.05) completed.", 9),
        ("hooray, all nine", 1),
        ("all ten started", 1),
        ("last of ten: DemoSimulation(0.3, 0.05) completed.", 1),
        ("all ten ended", 1),
        ("group done: True", 1),
        ("end of script", 1),
    ],
)
def test_each_callback_is_called_exactly_so_often(demos: Left, text: str, n: int) -> None:
    # Not by line: threads that print at once may share one.
    assert demos.output.count(text) == n


def test_a_busy_loop_ends_only_after_the_callbacks(demos: Left) -> None:
    at = demos.output.index
    assert at("hooray, all nine") < at("all ten started")
    assert at("all ten ended") < at("group done: True")


def test_nothing_was_complained_about(demos: Left) -> None:
    assert demos.complaints == ""


def test_what_is_made_or_run_by_hand_writes_nothing(tmp_path: Path) -> None:
    done = run_script("run_by_hand.py", str(tmp_path / "p"), folder=tmp_path)
    assert done.stdout.count("DemoSimulation(") == 2
    assert not (tmp_path / "p" / "db" / "simulations.db").exists() or (
        rows(tmp_path / "p", "SELECT * FROM simulations") == []
    )


def test_a_script_that_comes_to_its_end_waits_for_its_simulations(tmp_path: Path) -> None:
    done = run_script("group_of_keys.py", folder=tmp_path)
    assert done.stdout == "end of script\n"
    found = rows(tmp_path / ".gymdash-projects", FLAGS)
    assert [tuple(row.values()) for row in found] == [("demo by default", 1, 0, 0, 0)] * 10


def test_a_simulation_is_steered_and_stopped_through_its_interactor(tmp_path: Path) -> None:
    done = run_script("interact.py", str(tmp_path / "p"), folder=tmp_path)
    assert done.stdout.splitlines() == [
        "asked: {'custom_query': ['At which pace?']}",
        "answer: {'custom_query': {'took': 7}}",
        "answer: {'custom_query': {'took': 7}}",
        "requests left: {}",
        "kwargs: [('label', 'from the start'), ('pace', 2), ('total', 1000000)] True",
        "progress: True True",
        "unknown channel: (False, None)",
        "not asked: False",
        "stopped: {'stop_simulation': True}",
        "cancelled: True",
    ]
    assert [tuple(row.values()) for row in rows(tmp_path / "p", FLAGS)] == [
        ("steered", 1, 1, 1, 0)
    ]
    assert rows(tmp_path / "p", "SELECT code, subcode, details FROM sim_status") == [
        {"code": 1, "subcode": 2, "details": "Stopped as asked."}
    ]
    assert rows(tmp_path / "p", "SELECT start_kwargs FROM simulations") == [
        {"start_kwargs": '{"label": "from the start"}'}
    ]


def test_every_way_to_fail_is_told_apart(tmp_path: Path) -> None:
    done = run_script("fail.py", str(tmp_path / "p"), folder=tmp_path)
    assert done.stdout == "all done: True\n"
    found = rows(
        tmp_path / "p",
        "SELECT name, is_done, cancelled, failed, force_stopped, code, subcode, details,"
        " error_trace LIKE 'Traceback%' AS has_trace"
        " FROM simulations JOIN sim_status USING (sim_id) ORDER BY created",
    )
    assert [tuple(row.values()) for row in found] == [
        ("in setup", 1, 0, 1, 0, 1, 1, "setup broke", 1),
        ("uncaught", 1, 0, 1, 0, 1, 1, "nobody caught it", 1),
        ("raised stop", 1, 1, 1, 0, 1, 2, "Simulation stopped.", 0),
        ("caught", 1, 0, 1, 0, 1, 1, "it was caught", 1),
        ("caught stop", 1, 0, 1, 0, 1, 2, "Simulation stopped.", 0),
    ]


def test_the_project_s_folders_are_known_inside_and_outside(tmp_path: Path) -> None:
    done = run_script("paths.py", "-d", "deep/project", folder=tmp_path)
    project = tmp_path / "deep" / "project"
    (row,) = rows(project, "SELECT sim_id FROM simulations")
    assert (project / "sims" / row["sim_id"] / "own.txt").read_text() == "writer"
    assert (project / "resources" / "shared.txt").read_text() == "for all"
    inside = ("", "sims", "db", "resources", "db/simulations.db")
    assert done.stdout.splitlines() == [
        "before: None None",
        "same folder: True",
        *(f"path: {project / part}" for part in inside),
    ]


def test_a_shipped_simulation_is_registered_steered_and_needs_no_torch(tmp_path: Path) -> None:
    done = run_script("shipped.py", str(tmp_path / "p"), folder=tmp_path)
    assert done.stdout == "True\nFalse\n"
    found = rows(tmp_path / "p", "SELECT name, is_done, failed, sim_type_name FROM simulations")
    assert [tuple(row.values()) for row in found] == [("shipped", 1, 0, "CustomControlSimulation")]
