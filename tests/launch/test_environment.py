"""What is captured of an environment, what must never be, and how it gets into the project."""

import json
import logging
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest

from gymdash_jupyter.launch import usable_cpus
from gymdash_jupyter.launch.environment.command import own_command, without_secrets
from gymdash_jupyter.launch.environment.facts import capture_environment
from gymdash_jupyter.launch.environment.notes import note_environment
from gymdash_jupyter.launch.environment.repository import repository_facts
from gymdash_jupyter.project import Project
from gymdash_jupyter.records import now_utc
from gymdash_jupyter.store import NewSimulation
from tests.launch.other_process import ROOT, OtherProcess, locked
from tests.launch.samples import Quick, made
from tests.waiting import wait_until

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
UNKNOWN = {"git_commit": None, "git_branch": None, "git_is_dirty": None}


def git(folder, *words):
    identity = ["-c", "user.name=me", "-c", "user.email=me@here", "-c", "commit.gpgsign=false"]
    done = subprocess.run(
        ["git", *identity, *words], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path):
    """Give a repository with one commit on the branch ``topic``."""
    folder = tmp_path / "code"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "topic")
    (folder / "train.py").write_text("lr = 1\n")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "First")
    return folder


@pytest.fixture
def program_called_git(tmp_path, monkeypatch):
    """Put a shell script in the place of git."""

    def put(script):
        folder = tmp_path / "bin"
        folder.mkdir()
        program = folder / "git"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    return put


def stored(project, simulation):
    """Create the row of a simulation, as a tracker does."""
    config = simulation.config
    project.store.create(
        NewSimulation(
            sim_id=simulation.sim_id,
            config=config,
            created=now_utc(),
            sim_key=config.sim_key,
            sim_type_name=type(simulation).__name__,
            sim_module_name=type(simulation).__module__,
        )
    )
    return simulation


# What is captured


def test_python_and_machine():
    facts = capture_environment()
    assert facts["python"] == ".".join(map(str, sys.version_info[:3]))
    assert facts["implementation"].lower() == sys.implementation.name
    assert (facts["host"], facts["executable"]) == (platform.node(), sys.executable)
    assert facts["machine"] == os.uname().machine
    assert facts["cpu_count"] == usable_cpus()
    assert facts["folder"] == str(Path.cwd())


def test_facts_are_json():
    facts = capture_environment(made(Quick, seed=np.int64(3)))
    assert json.loads(json.dumps(facts, allow_nan=False)) == facts


def test_packages_are_those_of_pip():
    script = (
        "import importlib.metadata as m, json, re; found = {}\n"
        "for d in m.distributions():\n"
        "    found.setdefault(re.sub('[-_.]+', '-', d.metadata['Name']).lower(), d.version)\n"
        "print(json.dumps(found))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    packages = capture_environment()["packages"]
    assert packages == json.loads(done.stdout)
    assert list(packages) == sorted(packages)


def test_broken_metadata_is_left_out(tmp_path, monkeypatch):
    for name, content in {
        "good_one-1.5": b"Metadata-Version: 2.1\nName: Good.One\nVersion: 1.5\n\nVersion: 9",
        "empty-1": b"",
        "nameless-1": b"Version: 1\n\n",
        "versionless-1": b"Name: versionless\n\n",
        "binary-1": b"\xff\xfe\x00Name: binary\nVersion: 1\n\n",
        "~umpy-0.1": b"Name: numpy\nVersion: 0.1\n\n",  # what pip leaves when it is interrupted
    }.items():
        (tmp_path / f"{name}.dist-info").mkdir()
        (tmp_path / f"{name}.dist-info" / "METADATA").write_bytes(content)
    (tmp_path / "nothing-1.dist-info").mkdir()
    before = capture_environment()["packages"]
    monkeypatch.syspath_prepend(tmp_path)
    assert capture_environment()["packages"] == {**before, "good-one": "1.5"}


def test_of_two_versions_the_one_that_python_imports_is_told(tmp_path, monkeypatch):
    (tmp_path / "numpy-0.1.dist-info").mkdir()
    (tmp_path / "numpy-0.1.dist-info" / "METADATA").write_text("Name: numpy\nVersion: 0.1\n\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert capture_environment()["packages"]["numpy"] == "0.1"


def test_a_finder_that_fails_costs_no_other_fact(monkeypatch):
    class Broken(metadata.DistributionFinder):
        def find_spec(self, *args):
            return None

        def find_distributions(self, context=None):
            raise RuntimeError("no")

    before = capture_environment()["packages"]
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Broken()])
    monkeypatch.syspath_prepend("/nonexistent")
    assert capture_environment()["packages"] == before


def test_what_is_installed_meanwhile_is_seen(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    assert "newcomer" not in capture_environment()["packages"]
    (tmp_path / "newcomer-2.dist-info").mkdir()
    (tmp_path / "newcomer-2.dist-info" / "METADATA").write_text("Name: newcomer\nVersion: 2\n\n")
    assert capture_environment()["packages"]["newcomer"] == "2"


def test_only_named_variables_are_told(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    monkeypatch.setenv("WANDB_API_KEY", "a-secret")
    monkeypatch.setenv("GYMDASH_TEST_VARIABLE", "a-secret")
    facts = capture_environment()
    assert facts["variables"]["OMP_NUM_THREADS"] == "3"
    assert "a-secret" not in json.dumps(facts)


def test_the_notebook_that_a_kernel_serves(monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "/home/me/train.ipynb")
    assert capture_environment()["notebook"] == "/home/me/train.ipynb"


def test_a_folder_that_is_gone_is_none(tmp_path, monkeypatch):
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    facts = capture_environment()
    assert (facts["folder"], facts["git_commit"]) == (None, None)
    assert facts["python"]


# The seed


def test_start_kwargs_go_over_those_of_the_config():
    simulation = made(Quick, seed=1)
    assert capture_environment(simulation)["seed"] == 1
    assert capture_environment(simulation, {"seed": 2})["seed"] == 2


def test_a_seed_may_be_an_attribute():
    simulation = made(Quick)
    assert capture_environment(simulation)["seed"] is None
    simulation.seed = 5
    assert capture_environment(simulation)["seed"] == 5


def test_a_seed_that_cannot_be_read_is_none():
    class Grumpy(Quick):
        @property
        def seed(self):
            raise ValueError("not now")

    assert capture_environment(made(Grumpy))["seed"] is None


# The command


def test_the_command_of_a_script(monkeypatch):
    monkeypatch.setattr(sys.modules["__main__"], "__spec__", None)
    monkeypatch.setattr(sys, "argv", ["train.py", "--lr", "3e-4", "a b"])
    assert own_command() == "python train.py --lr 3e-4 'a b'"


def test_the_command_of_a_module(tmp_path):
    (tmp_path / "told.py").write_text(
        "from gymdash_jupyter.launch.environment.command import own_command; print(own_command())"
    )
    done = subprocess.run(
        [sys.executable, "-m", "told", "--seed=1"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "python -m told --seed=1\n", done.stderr


def test_the_command_of_a_kernel_says_nothing_of_its_connection(monkeypatch):
    argv = ["/venv/lib/ipykernel_launcher.py", "-f", "/run/kernel-1234.json"]
    monkeypatch.setattr(sys, "argv", argv)
    assert own_command() == "python -m ipykernel_launcher"


@pytest.mark.parametrize(
    ("argument", "kept"),
    [
        ("--api-key=abc", "--api-key=***"),
        ("WANDB_API_KEY=abc", "WANDB_API_KEY=***"),
        ("--authToken=a,b c", "--authToken=***"),
        ("--logger.password=abc", "--logger.password=***"),
        ("--config=logger.token=abc", "--config=logger.token=***"),
        ("https://me:pw@host/x?token=abc&b=1", "https://***@host/x?token=***&b=1"),
        ('{"password": "a b", "lr": 1}', '{"password": ***, "lr": 1}'),
        ("Authorization: Bearer abc", "Authorization: ***"),
        ("--max_tokens=100", "--max_tokens=100"),
        ("--sim_key=ppo", "--sim_key=ppo"),
        ("--author=me", "--author=me"),
        ("a=b=c", "a=b=c"),
        ("C:\\x", "C:\\x"),
    ],
)
def test_secrets_in_an_argument_are_hidden(argument, kept):
    assert without_secrets([argument]) == [kept]


def test_a_secret_behind_its_option_is_hidden():
    given = ["--token", "abc", "--use-token", "--lr", "1"]
    assert without_secrets(given) == ["--token", "***", "--use-token", "--lr", "1"]


# Git


@needs_git
def test_a_clean_commit_on_a_branch(repository):
    assert repository_facts(repository) == {
        "git_commit": git(repository, "rev-parse", "HEAD"),
        "git_branch": "topic",
        "git_is_dirty": False,
    }


@needs_git
def test_a_changed_file_is_dirty_and_an_untracked_one_is_not(repository):
    (repository / "data.csv").write_text("1")
    assert repository_facts(repository)["git_is_dirty"] is False
    (repository / "train.py").write_text("lr = 2\n")
    assert repository_facts(repository)["git_is_dirty"] is True


@needs_git
def test_a_folder_inside_a_repository(repository):
    inside = repository / "deep" / "er"
    inside.mkdir(parents=True)
    assert repository_facts(inside)["git_branch"] == "topic"


@needs_git
def test_a_detached_head_has_no_branch(repository):
    git(repository, "checkout", "-q", "--detach")
    facts = repository_facts(repository)
    assert facts["git_branch"] is None
    assert facts["git_commit"] == git(repository, "rev-parse", "HEAD")


@needs_git
def test_a_repository_without_a_commit(tmp_path):
    git(tmp_path, "init", "-q", "-b", "empty")
    facts = repository_facts(tmp_path)
    assert (facts["git_commit"], facts["git_branch"]) == (None, "empty")


@needs_git
def test_the_caller_of_a_hook_does_not_say_which_repository(repository, tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    assert repository_facts(repository)["git_branch"] == "topic"


@needs_git
def test_a_remote_is_not_told(repository, monkeypatch):
    git(repository, "remote", "add", "origin", "https://me:a-secret@host/x")
    monkeypatch.chdir(repository)
    facts = capture_environment()
    assert facts["git_branch"] == "topic"
    assert "a-secret" not in json.dumps(facts)
    assert "https://" not in json.dumps(facts)


@needs_git
def test_nothing_is_written_into_the_repository(repository):
    (repository / "train.py").touch()  # tempts git to refresh its index
    index = repository / ".git" / "index"
    before = (index.read_bytes(), index.stat().st_mtime_ns)
    repository_facts(repository)
    assert (index.read_bytes(), index.stat().st_mtime_ns) == before


@pytest.mark.parametrize("folder", [None, "/nonexistent", "nul\0"])
def test_a_folder_that_is_none(folder):
    assert repository_facts(folder) == UNKNOWN


def test_a_folder_outside_of_any_repository(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    (tmp_path / "plain").mkdir()
    assert repository_facts(tmp_path / "plain") == UNKNOWN


def test_without_git(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert repository_facts(Path(__file__).parent) == UNKNOWN


def test_a_git_that_hangs_is_ended_with_its_children(program_called_git, tmp_path):
    pids = tmp_path / "pids"
    program_called_git(f"echo $$ >> {pids}\nsleep 100 &\necho $! >> {pids}\nwait")
    pids.touch()

    def hangs() -> bool:
        assert repository_facts(tmp_path, timeout_s=0.3) == UNKNOWN
        return len(pids.read_text().split()) >= 2  # on a busy machine, it ends before it began

    wait_until(hangs, 60, what="a git that had the time to hang")
    for pid in pids.read_text().split():
        wait_until(lambda pid=pid: not Path(f"/proc/{pid}/stat").exists() or is_zombie(pid))


def is_zombie(pid):
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"


@needs_git
def test_a_slow_repository_still_tells_its_commit(program_called_git, repository):
    real = shutil.which("git")
    program_called_git(f'case "$*" in *status*) exec sleep 100;; esac\nexec {real} "$@"')
    told = {
        "git_commit": git(repository, "rev-parse", "HEAD"),
        "git_branch": "topic",
        "git_is_dirty": None,
    }
    # On a busy machine, the real git may take as long as that one.
    wait_until(lambda: repository_facts(repository, timeout_s=0.5) == told, what="the commit")


# Into the project


def test_a_note_is_stored(project):
    simulation = stored(project, made(Quick, seed=4))
    assert note_environment(project.store, simulation).wait(60)
    facts = project.store.environments()[simulation.sim_id]
    assert facts == capture_environment(simulation)
    assert facts["seed"] == 4


def test_it_tells_the_moment_of_the_call(project, tmp_path, monkeypatch):
    simulation = stored(project, made(Quick))
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    monkeypatch.chdir(tmp_path)
    with locked(project.store.path):  # it can be stored much later only
        is_done = note_environment(project.store, simulation)
        monkeypatch.setenv("OMP_NUM_THREADS", "4")
        monkeypatch.chdir("/")
    assert is_done.wait(60)
    facts = project.store.environments()[simulation.sim_id]
    assert (facts["variables"]["OMP_NUM_THREADS"], facts["folder"]) == ("3", str(tmp_path))


def test_a_call_does_not_wait_for_git(project, program_called_git, tmp_path):
    program_called_git(f"while [ ! -e {tmp_path}/gate ]; do sleep 0.02; done")
    simulation = stored(project, made(Quick))
    is_done = note_environment(project.store, simulation)
    assert not is_done.is_set()
    (tmp_path / "gate").touch()
    assert is_done.wait(60)


def test_many_that_start_together_ask_git_once_or_twice(project, program_called_git, tmp_path):
    calls = tmp_path / "calls"
    gate = tmp_path / "gate"
    program_called_git(f"echo >> {calls}; while [ ! -e {gate} ]; do sleep 0.02; done")
    simulations = [stored(project, made(Quick)) for _ in range(30)]
    notes = [note_environment(project.store, simulation) for simulation in simulations]
    gate.touch()  # not before: on a busy machine, the first could be done before the last begins
    assert all(note.wait(60) for note in notes)
    assert len(project.store.environments()) == 30
    assert len(calls.read_text().splitlines()) <= 10


def test_one_that_is_gone_is_given_up(project):
    simulation = made(Quick)
    assert note_environment(project.store, simulation).wait(60)
    assert project.store.environments() == {}


def test_a_store_that_cannot_be_written_is_asked_again(project, caplog):
    simulation = stored(project, made(Quick))
    with closing(sqlite3.connect(project.store.path)) as database:
        database.execute(
            "CREATE TRIGGER full BEFORE INSERT ON environment BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
        with caplog.at_level(logging.DEBUG):
            is_done = note_environment(project.store, simulation)
            wait_until(lambda: "waits to be stored" in caplog.text)
        assert not is_done.is_set()
        database.execute("DROP TRIGGER full")
    assert is_done.wait(60)
    assert simulation.sim_id in project.store.environments()


def test_a_simulation_whose_attributes_fail_is_only_a_warning(project, caplog):
    class Broken(Quick):
        start_kwargs = property(lambda self: 1 / 0, lambda self, value: None)

    simulation = made(Broken)
    with caplog.at_level(logging.WARNING):
        assert note_environment(project.store, simulation).is_set()
    assert "is not stored" in caplog.text


_SCRIPT = """
import sys
from gymdash_jupyter.launch.environment.notes import note_environment
from gymdash_jupyter.project import Project
from tests.launch.samples import Quick, made
from tests.launch.test_environment import stored
project = Project.open(sys.argv[1])
simulation = stored(project, made(Quick))
note_environment(project.store, simulation)
print(simulation.sim_id)
"""


def test_a_script_that_ends_at_once_leaves_its_environment(project_dir):
    with OtherProcess(_SCRIPT, project_dir) as script:
        sim_id = script.line()
        assert script.ended() == 0, script.output
    facts = {
        str(key): value for key, value in Project.open(project_dir).store.environments().items()
    }
    assert facts[sim_id]["command"].startswith("python -c")
