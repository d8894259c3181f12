"""Starting and stopping from a shell: simulations in processes of their own, which go on without it."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING, Any

import pytest

from gymdash_jupyter.states import SimState
from tests.commands.conftest import until_running
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gymdash_jupyter.store import ProjectStore
    from tests.commands.conftest import Said, Shell

    Cli = Callable[..., Said]
    InShell = Callable[..., Shell]


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """Give a file that simulations wait for."""
    return tmp_path / "gate"


def only(store: ProjectStore) -> Any:
    (record,) = store.simulations()
    return record


def test_run_follows_to_the_end_and_says_how_it_ended(
    cli: Cli, talking: str, store: ProjectStore
) -> None:
    said = cli("run", talking, "--name", "a{b", "--kwarg", "n=2", "--kwarg", "deep.er=text")
    record = only(store)
    assert said.code == 0
    assert said.out == f"{record.sim_id}\n"
    assert f"a{{b ({str(record.sim_id)[:8]}) succeeded after" in said.err
    assert record.config.kwargs == {"n": 2, "deep": {"er": "text"}}
    assert [call.name for call in store.api_calls()] == ["start"]
    assert cli("tail", "a{b").out.splitlines()[:3] == ["line 0", "line 1", "good bye"]


def test_a_simulation_that_fails_ends_run_with_3_and_its_reason(
    cli: Cli, talking: str, store: ProjectStore
) -> None:
    said = cli("run", talking, "--kwargs", '{"ends": "badly"}', "--json")
    assert said.code == 3
    assert "told to fail" in said.err
    assert "\x1b" not in said.err
    assert json.loads(said.out)[0]["state"] == "failed"
    assert "had ended already: failed" in cli("stop", "talking").out


def test_ctrl_c_ends_the_following_only(
    shell: InShell, talking: str, store: ProjectStore, gate: Path, cli: Cli
) -> None:
    followed = shell("run", talking, "--kwarg", f"gate={gate}", "--kwarg", "asks=Well?", "--json")
    until_running(store)
    wait_until(store.control_requests, what="the question")
    assert followed.process.stderr is not None
    heard = [followed.process.stderr.readline() for _ in range(2)]
    assert heard[1].endswith("asks: Well?\n")
    followed.ctrl_c()
    said = followed.ended()
    short = str(only(store).sim_id)[:8]
    assert said.code == 130
    assert "Traceback" not in said.err
    assert "1 simulation goes on" in said.err
    assert f"gymdash-jupyter stop {short}" in said.err
    assert json.loads(said.out)[0]["state"] == "running"
    assert only(store).state is SimState.RUNNING
    assert cli("stop", short, "--wait").out.startswith(f"talking ({short}) cancelled")


def test_detach_returns_at_once_and_a_cancelled_one_ends_a_follower_with_4(
    shell: InShell, talking: str, store: ProjectStore, gate: Path, cli: Cli
) -> None:
    said = cli("run", talking, "--detach", "--kwarg", f"gate={gate}")
    assert said.code == 0
    assert said.out.strip() == str(only(store).sim_id)
    queued = shell("queue", talking, "--kwarg", f"gate={gate}", "--name", "second")
    until_running(store, 2)
    stopped = cli("stop", "--all", "--json", "--wait")
    assert {each["name"]: each["state"] for each in json.loads(stopped.out)} == {
        "talking": "cancelled",
        "second": "cancelled",
    }
    assert queued.ended().code == 4
    calls = [call.name for call in store.api_calls()]
    assert sorted(calls) == ["cancel", "cancel", "queue", "start"]


def test_several_seeds_are_several_simulations(
    cli: Cli, talking: str, store: ProjectStore
) -> None:
    store.set_max_running(1)
    said = cli("run", talking, "--seeds", "0,1", "--name", "s{seed}")
    assert said.code == 0
    assert len(said.out.split()) == 2
    assert [(r.name, r.config.kwargs["seed"], r.state) for r in store.simulations()] == [
        ("s0", 0, "succeeded"),
        ("s1", 1, "succeeded"),
    ]


def test_what_was_killed_ends_a_follower_with_3(
    shell: InShell, talking: str, store: ProjectStore, gate: Path
) -> None:
    followed = shell("run", talking, "--kwarg", f"gate={gate}")
    until_running(store)
    os.kill(only(store).owner.pid, signal.SIGKILL)
    said = followed.ended()
    assert (said.code, " lost" in said.err) == (3, True)


def test_tail_follows_line_by_line_until_the_end(
    shell: InShell, cli: Cli, talking: str, store: ProjectStore, gate: Path
) -> None:
    cli("run", talking, "--detach", "--kwarg", f"gate={gate}")
    until_running(store)
    followed = shell("tail", "talking", "--follow", "--json")
    assert followed.process.stdout is not None
    first = json.loads(followed.process.stdout.readline())
    assert first == {"kind": "output", "line": "line 0"}
    gate.touch()
    said = followed.ended()
    told = [json.loads(line) for line in said.out.splitlines()]
    assert said.code == 0
    assert {"kind": "output", "line": "good bye"} in told
    assert (told[-1]["kind"], told[-1]["state"]) == ("end", "succeeded")
    assert [each["details"] for each in told if each["kind"] == "status"] == [
        "Simulation successfully run."
    ]


@pytest.mark.parametrize(
    "words",
    [
        ["run", "talkin"],
        ["run", "talking", "--seeds", "x,,"],
        ["run", "talking", "--kwarg", "a=1", "--kwarg", "a.b=1"],
    ],
)
def test_what_cannot_be_started_makes_no_project(
    words: list[str], cli: Cli, talking: str, project_dir: Path
) -> None:
    said = cli(*words)
    assert (said.code in (1, 2), said.out) == (True, "")
    assert not project_dir.exists()


@pytest.mark.slow
def test_what_does_not_listen_is_ended_by_force(
    cli: Cli, talking: str, store: ProjectStore
) -> None:
    cli("run", talking, "--detach", "--kwarg", "is_deaf=true")
    until_running(store)
    said = cli("stop", "talking", "--force", "--wait")
    assert (said.code, " cancelled" in said.out) == (0, True)


@pytest.mark.slow
def test_a_training_can_be_run_without_jupyter(shell: InShell, store: ProjectStore) -> None:
    given = {"env": "CartPole-v1", "num_steps": 200, "algorithm_kwargs": {"n_steps": 64}}
    said = shell("run", "stable_baselines", "--kwargs", json.dumps(given)).ended(120)
    assert (said.code, only(store).state) == (0, "succeeded")
