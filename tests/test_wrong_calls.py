"""Wrong calls over the whole public surface: the exception, and words that say what was asked, found and to do.

One row a mistake. The message must hold every one of its words, and read like a sentence.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from argparse import Namespace
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

import gymdash_jupyter as gd
from gymdash_jupyter import errors
from gymdash_jupyter.project import Project
from gymdash_jupyter.recorder import Recorder
from tests.launch.clean import clean_state
from tests.launch.samples import Polite, Quick, made
from tests.logged import logged_here
from tests.waiting import wait_until

UNKNOWN = UUID(int=7)
CONFIG = gd.SimulationStartConfig(name="quick", sim_key="quick")


@dataclass
class Place:
    """Where mistakes are made."""

    folder: Path
    project: Project
    tracker: gd.SimulationTracker
    done: gd.Simulation
    running: gd.Simulation


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Give a project with one simulation that has ended and one that runs."""
    with pytest.MonkeyPatch.context() as monkeypatch, clean_state(monkeypatch):
        folder = tmp_path_factory.mktemp("wrong")
        project = gd.open_project(folder / "project")
        gd.SimulationRegistry.register("quick", Quick, CONFIG)
        gd.SimulationRegistry.register("no_default", Quick)
        gd.SimulationRegistry.register("makes_nothing", lambda config: None, CONFIG)  # type: ignore[arg-type,return-value]
        tracker = gd.tracker()
        done = tracker.start_sim("quick")[1]
        running = tracker.start_sim(made(Polite))[1]
        tracker.wait(done)
        wait_until(lambda: project.store.simulation(running.sim_id).started)
        (folder / "file").write_text("not a folder")
        yield Place(folder, project, tracker, done, running)


@dataclass
class Mistake:
    """A wrong call, its exception, and words of the message."""

    what: str
    call: Callable[[Place], Any]
    exception: type[BaseException]
    words: tuple[str, ...]


def database(place: Place, name: str, content: bytes) -> Path:
    """Make a project folder with this as its database."""
    folder = place.folder / name
    (folder / "db").mkdir(parents=True, exist_ok=True)
    (folder / "db" / "simulations.db").write_bytes(content)
    return folder


def newer(place: Place) -> Path:
    """Make a project of a version to come."""
    folder = place.folder / "newer"
    Project.open(folder).store.close()
    connection = sqlite3.connect(folder / "db" / "simulations.db")
    connection.execute("PRAGMA user_version = 9999")
    connection.close()
    return folder


def of_others(place: Place) -> Path:
    """Make a folder whose database belongs to another program."""
    folder = place.folder / "others"
    (folder / "db").mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(folder / "db" / "simulations.db") as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS recipes (id)")
    connection.close()
    return folder


def without_project(call: Callable[[], Any]) -> Any:
    """Call as if no project were open."""
    from gymdash_jupyter import current

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(current, "_session", current._Session())
        return call()


def of_other_tracker(place: Place) -> gd.Simulation:
    return gd.SimulationTracker(project=place.project).create_simulation(made(Quick))[1]


class Narrow(Quick):
    """Takes one start kwarg."""

    def _run(self, steps: int = 1) -> None:  # type: ignore[override]
        pass


class Bare(gd.Simulation):
    """Takes none."""

    def _setup(self) -> None:  # type: ignore[override]
        pass

    def _run(self) -> None:  # type: ignore[override]
        pass


class Async(gd.Simulation):
    """Would be awaited by nobody."""

    async def _run(self) -> None:  # type: ignore[override]
        pass


class Yielding(gd.Simulation):
    """Would make a generator."""

    def _run(self) -> Iterator[int]:  # type: ignore[override]
        yield 1


def of_torch(**kwargs: Any) -> gd.SimulationStartConfig:
    return gd.SimulationStartConfig(name="torch", sim_key="example_ml", kwargs=kwargs)


Invalid, State, Unknown = (
    gd.InvalidArgumentError,
    gd.SimulationStateError,
    gd.UnknownSimulationError,
)
manager, registry = gd.ProjectManager, gd.SimulationRegistry

MISTAKES = [
    # Projects
    Mistake(
        "a file as project",
        lambda p: gd.open_project(p.folder / "file"),
        gd.ProjectFolderError,
        ("file", "Choose"),
    ),
    Mistake(
        "a folder in a file",
        lambda p: gd.open_project(p.folder / "file" / "x"),
        gd.ProjectFolderError,
        ("is a file", "Choose"),
    ),
    Mistake("no path", lambda p: gd.open_project(5), Invalid, ("must be a path", "5")),  # type: ignore[arg-type]
    Mistake("None as path", lambda p: gd.open_project(None), Invalid, ("must be a path", "None")),  # type: ignore[arg-type]
    Mistake(
        "a zero in the path",
        lambda p: gd.open_project("a\0b"),
        gd.ProjectFolderError,
        ("cannot be made", "Choose"),
    ),
    Mistake(
        "no database",
        lambda p: gd.open_project(database(p, "text", b"hello " * 1000)),
        gd.ProjectDatabaseError,
        ("simulations.db", "not"),
    ),
    Mistake(
        "another program's database",
        lambda p: gd.open_project(of_others(p)),
        gd.ProjectDatabaseError,
        ("recipes", "Choose another folder"),
    ),
    Mistake(
        "a newer project",
        lambda p: gd.open_project(newer(p)),
        gd.NewerProjectError,
        ("newer", "9999"),
    ),
    Mistake(
        "reading what is not there",
        lambda p: gd.open_project(p.folder / "none", read_only=True),
        gd.ProjectFolderError,
        ("no project", "does not exist"),
    ),
    Mistake(
        "reading a file",
        lambda p: gd.open_project(p.folder / "file", read_only=True),
        gd.ProjectFolderError,
        ("is a file",),
    ),
    Mistake(
        "writing to what is read",
        lambda p: gd.SimulationTracker(
            project=Project.open(p.project.folder, read_only=True)
        ).start_sim("quick"),
        gd.ReadOnlyProjectError,
        ("read_only=True", "Open it without"),
    ),
    Mistake(
        "a path without a project",
        lambda p: without_project(manager.project_folder),
        gd.NoProjectError,
        ("No project is open", "open_project("),
    ),
    Mistake(
        "rows without a project",
        lambda p: without_project(manager.get_filtered_simulations),
        gd.NoProjectError,
        ("open_project(",),
    ),
    Mistake(
        "an odd set mode",
        lambda p: manager.get_filtered_simulations(set_mode="XOR"),
        Invalid,
        ("'OR' or 'AND'", "'XOR'"),
    ),  # type: ignore[arg-type]
    Mistake(
        "filtering by no id",
        lambda p: manager.get_filtered_simulations("abc"),
        Invalid,
        ("UUID or its text", "'abc'"),
    ),
    Mistake(
        "statuses of no id",
        lambda p: manager.get_latest_statuses([5]),
        Invalid,
        ("UUID or its text", "5"),
    ),  # type: ignore[list-item]
    Mistake(
        "statuses of no list",
        lambda p: manager.get_latest_statuses(5),
        Invalid,
        ("UUID or its text", "5"),
    ),  # type: ignore[arg-type]
    Mistake(
        "a project folder of arguments that is a file",
        lambda p: manager.setup_from_args(Namespace(project_dir=str(p.folder / "file"))),
        gd.ProjectFolderError,
        ("file",),
    ),
    # Types
    Mistake(
        "an unknown sim key",
        lambda p: registry.make("qick"),
        gd.UnknownSimulationTypeError,
        ("'qick'", "Did you mean 'quick'?", "Registered:", "custom_control"),
    ),
    Mistake(
        "a key that is no text",
        lambda p: registry.make(5),
        gd.UnknownSimulationTypeError,
        ("registered as 5",),
    ),  # type: ignore[arg-type]
    Mistake(
        "a taken key",
        lambda p: registry.register("quick", Polite),
        gd.SimulationTypeTakenError,
        ("'quick'", "samples.Quick", "samples.Polite", "replace=True"),
    ),
    Mistake(
        "a shipped key",
        lambda p: registry.register("stable_baselines", Polite),
        gd.SimulationTypeTakenError,
        ("belongs to", "StableBaselinesSimulation"),
    ),
    Mistake(
        "an epoch too few for a torch training",
        lambda p: registry.make("example_ml", of_torch(train_kwargs={"epochs": 0})).setup(),
        Invalid,
        ("train_kwargs.epochs", "greater than or equal to 1", "got int: 0"),
    ),
    Mistake(
        "a misspelt kwarg of a torch training",
        lambda p: registry.make("example_ml", of_torch(train_kwargs={"epoch": 5})).setup(),
        Invalid,
        ("'epoch'", "Did you mean 'epochs'?", "Arguments:"),
    ),
    Mistake(
        "a torch training with nothing to do",
        lambda p: registry.make("example_ml", of_torch(train=False)).setup(),
        Invalid,
        ("nothing to do", "train, val, test and inference are all False"),
    ),
    Mistake(
        "a class that is no simulation",
        lambda p: registry.register("x", dict),
        gd.InvalidSimulationTypeError,
        ("dict", "no Simulation", "inherit"),
    ),  # type: ignore[arg-type]
    Mistake(
        "no creator",
        lambda p: registry.register("x", None),
        gd.InvalidSimulationTypeError,
        ("register('x', MySimulation)",),
    ),  # type: ignore[arg-type,call-overload]
    Mistake(
        "a number as creator",
        lambda p: registry.register("x", 5),
        gd.InvalidSimulationTypeError,
        ("Simulation subclass or a function", "int"),
    ),  # type: ignore[arg-type]
    Mistake(
        "an empty key",
        lambda p: registry.register("", Quick),
        Invalid,
        ("sim key is a text", "''"),
    ),
    Mistake(
        "a number as key",
        lambda p: registry.register(5, Quick),
        Invalid,
        ("sim key is a text", "5"),
    ),  # type: ignore[call-overload]
    Mistake(
        "a dict as default config",
        lambda p: registry.register("x", Quick, {"name": "x"}),
        Invalid,
        ("SimulationStartConfig", "dict"),
    ),  # type: ignore[arg-type]
    Mistake(
        "no config at all",
        lambda p: registry.make("no_default"),
        gd.MissingConfigError,
        ("'no_default'", "without a default config", "SimulationStartConfig(name="),
    ),
    Mistake(
        "a dict as config",
        lambda p: registry.make("quick", {"rate": 1}),
        Invalid,
        ("SimulationStartConfig", "dict"),
    ),  # type: ignore[arg-type]
    Mistake(
        "a creator that makes nothing",
        lambda p: registry.make("makes_nothing"),
        gd.InvalidSimulationTypeError,
        ("made a NoneType, not a Simulation",),
    ),
    Mistake(
        "an async simulation",
        lambda p: p.tracker.start_sim(made(Async)),
        gd.InvalidSimulationTypeError,
        ("Async._run", "async", "asyncio.run()"),
    ),
    Mistake(
        "a simulation that yields",
        lambda p: p.tracker.start_sim(made(Yielding)),
        gd.InvalidSimulationTypeError,
        ("Yielding._run", "yield", "plain function"),
    ),
    # Configs and statuses
    Mistake(
        "a config without a key",
        lambda p: gd.SimulationStartConfig(name="a"),
        ValidationError,
        ("sim_key", "required"),
    ),  # type: ignore[call-arg]
    Mistake(
        "a config with a number as name",
        lambda p: gd.SimulationStartConfig(name=5, sim_key="a"),
        ValidationError,
        ("name", "string"),
    ),  # type: ignore[arg-type]
    Mistake(
        "a config with a list of kwargs",
        lambda p: gd.SimulationStartConfig(name="a", sim_key="a", kwargs=[1]),
        ValidationError,
        ("kwargs", "dict"),
    ),  # type: ignore[arg-type]
    Mistake(
        "a class without a config",
        lambda p: Quick("quick"),
        Invalid,
        ("Quick needs a SimulationStartConfig", "'quick'", "Make one"),
    ),  # type: ignore[arg-type]
    Mistake(
        "an unknown status code",
        lambda p: gd.SimStatus(9),
        Invalid,
        ("0 (SUCCESS), 1 (FAIL), 2 (INFO)", "code=9"),
    ),  # type: ignore[arg-type]
    Mistake(
        "a text as time",
        lambda p: gd.SimStatus(gd.SimStatusCode.INFO, "now"),
        Invalid,
        ("datetime or None", "'now'"),
    ),  # type: ignore[arg-type]
    Mistake(
        "a text as status",
        lambda p: p.running.add_status("hello"),
        Invalid,
        ("takes a SimStatus", "'hello'"),
    ),  # type: ignore[arg-type]
    # Simulations
    Mistake(
        "an unknown event",
        lambda p: p.running.add_callback("end_runn", print),
        Invalid,
        ("'end_runn'", "Did you mean 'end_run'?", "start_setup"),
    ),
    Mistake(
        "a callback that is none",
        lambda p: p.running.add_callback("end_run", 5),
        Invalid,
        ("must be a function", "5"),
    ),  # type: ignore[arg-type]
    Mistake(
        "running again",
        lambda p: p.done.run(),
        State,
        ("succeeded", "cannot be started again", "start_sim"),
    ),
    Mistake(
        "setting up again",
        lambda p: p.done.setup(),
        State,
        ("succeeded", "cannot be started again"),
    ),
    Mistake(
        "asking without a tracker",
        lambda p: made(Quick).query(progress=True),
        State,
        ("runs without a tracker", "interactor.set_in"),
    ),
    Mistake(
        "missing kwargs",
        lambda p: p.running._check_kwargs_required(["env"], "_run", rate=1),
        Invalid,
        ("Polite._run needs 'env'", "'rate'"),
    ),
    Mistake(
        "a text as trigger",
        lambda p: p.running._to_every_x_trigger("5"),
        Invalid,
        ("function of a count, an int", "'5'"),
    ),
    Mistake(
        "pausing what does not run",
        lambda p: p.done.paused().__enter__(),
        State,
        ("succeeded", "paused"),
    ),
    # Starting
    Mistake(
        "starting an unknown key",
        lambda p: p.tracker.start_sim("qick"),
        gd.UnknownSimulationTypeError,
        ("Did you mean 'quick'?",),
    ),
    Mistake(
        "starting a number",
        lambda p: p.tracker.start_sim(5),
        Invalid,
        ("sim key, a SimulationStartConfig or a Simulation", "int: 5"),
    ),  # type: ignore[arg-type]
    Mistake(
        "starting a config of an unknown key",
        lambda p: p.tracker.start_sim(gd.SimulationStartConfig(name="a", sim_key="qick")),
        gd.UnknownSimulationTypeError,
        ("'qick'",),
    ),
    Mistake("creating None", lambda p: p.tracker.create_simulation(None), Invalid, ("NoneType",)),  # type: ignore[arg-type]
    Mistake("queueing a number", lambda p: p.tracker.queue_sim(5), Invalid, ("int: 5",)),  # type: ignore[arg-type]
    Mistake(
        "a mistyped start kwarg",
        lambda p: p.tracker.start_sim(made(Narrow), step=5),
        Invalid,
        ("Narrow._run", "'step'", "Did you mean 'steps'?", "steps: 'int' = 1"),
    ),
    Mistake(
        "a start kwarg where none is taken",
        lambda p: p.tracker.start_sim(made(Bare), steps=5),
        Invalid,
        ("Bare._setup", "'steps'", "()"),
    ),
    Mistake(
        "an unknown launcher",
        lambda p: p.tracker.start_sim("quick", launcher="thred"),
        Invalid,
        ("'thred'", "Did you mean 'thread'?", "Launchers:"),
    ),
    Mistake(
        "a tracker of an unknown launcher",
        lambda p: gd.SimulationTracker("mars"),
        Invalid,
        ("'mars'", "Launchers: thread"),
    ),
    Mistake(
        "a tracker without places",
        lambda p: gd.SimulationTracker(max_running=0),
        Invalid,
        ("whole number from 1 up", "0"),
    ),
    Mistake(
        "fewer than no places",
        lambda p: setattr(p.tracker, "max_running", -1),
        Invalid,
        ("whole number from 1 up", "-1"),
    ),
    Mistake(
        "starting what has ended",
        lambda p: p.tracker.start_sim(p.done),
        State,
        ("cannot be started again",),
    ),
    Mistake(
        "starting what another tracker has",
        lambda p: p.tracker.start_sim(of_other_tracker(p)),
        State,
        ("another tracker", "its config"),
    ),
    Mistake(
        "a text as list of simulations",
        lambda p: p.tracker.start_sims("quick"),
        Invalid,
        ("Give a list", "'quick'"),
    ),
    Mistake(
        "a number as list of simulations",
        lambda p: p.tracker.create_simulations(5),
        Invalid,
        ("Give a list", "int: 5"),
    ),  # type: ignore[arg-type]
    Mistake(
        "a group of no pairs",
        lambda p: gd.SimulationGroup([p.done]),
        Invalid,
        ("pairs (id, simulation)",),
    ),  # type: ignore[list-item]
    Mistake(
        "restarting an unknown one",
        lambda p: p.tracker.restart_sim(UNKNOWN),
        Unknown,
        (str(UNKNOWN), "in the project at"),
    ),
    # What code written for GymDash calls
    Mistake(
        "asking with a dict",
        lambda p: asyncio.run(p.tracker.fulfill_query_interaction({"id": "x"})),  # type: ignore[arg-type]
        Invalid,
        ("takes a SimulationInteractionModel", "dict"),
    ),
    Mistake(
        "a streamer without a name",
        lambda p: p.done.streamer.get_or_register(object()),
        Invalid,
        ("streamer_name", "object"),
    ),
    # gd.run
    Mistake(
        "running an unknown key",
        lambda p: gd.run("qick"),
        gd.UnknownSimulationTypeError,
        ("Did you mean 'quick'?",),
    ),
    Mistake("running a number", lambda p: gd.run(5), Invalid, ("run() takes a sim key", "int: 5")),  # type: ignore[arg-type]
    Mistake(
        "running a class that is no simulation",
        lambda p: gd.run(dict),
        Invalid,
        ("run() takes", "dict"),
    ),  # type: ignore[arg-type]
    Mistake(
        "naming one that is made",
        lambda p: gd.run(made(Quick), name="new"),
        Invalid,
        ("is made already", "in its config"),
    ),
    Mistake(
        "kwargs for one that is made",
        lambda p: gd.run(made(Quick), rate=1),
        Invalid,
        ("is made already",),
    ),
    Mistake(
        "running somewhere unknown",
        lambda p: gd.run("quick", launcher="cloud"),
        Invalid,
        ("'cloud'", "Launchers:"),
    ),
    # Ids
    *(
        Mistake(
            f"{method} of an unknown id",
            lambda p, m=method, a=arguments: getattr(p.tracker, m)(UNKNOWN, *a),
            Unknown,
            ("No simulation has the id", str(UNKNOWN), "project"),
        )
        for method, arguments in [
            ("get_sim", ()),
            ("all_done", ()),
            ("any_running", ()),
            ("cancel", ()),
            ("wait", (0,)),
            ("delete", ()),
            ("on_all_done", (print,)),
            ("on_any_done", (print,)),
        ]
    ),
    *(
        Mistake(
            f"{method} of no id",
            lambda p, m=method, a=arguments: getattr(p.tracker, m)("abc", *a),
            Invalid,
            ("UUID or its text", "'abc'"),
        )
        for method, arguments in [
            ("get_sim", ()),
            ("all_done", ()),
            ("any_running", ()),
            ("cancel", ()),
            ("wait", (0,)),
            ("delete", ()),
            ("on_all_done", (print,)),
            ("restart_sim", ()),
        ]
    ),
    Mistake(
        "None as id", lambda p: p.tracker.all_done(None), Invalid, ("UUID or its text", "None")
    ),  # type: ignore[arg-type]
    Mistake(
        "a number among ids",
        lambda p: p.tracker.wait([p.done, 5]),
        Invalid,
        ("UUID or its text", "int: 5"),
    ),  # type: ignore[list-item]
    Mistake(
        "deleting what runs",
        lambda p: p.tracker.delete(p.running),
        State,
        ("has not ended", "tracker.cancel(id)"),
    ),
    Mistake(
        "deleting all while one runs", lambda p: p.tracker.delete_all(), State, ("has not ended",)
    ),
    # Waiting, callbacks
    Mistake(
        "waiting for a text of seconds",
        lambda p: p.tracker.wait(p.running, "5"),
        Invalid,
        ("number of seconds", "'5'"),
    ),  # type: ignore[arg-type]
    Mistake(
        "waiting for less than nothing",
        lambda p: p.tracker.wait(p.running, -1),
        Invalid,
        ("from 0 up", "-1"),
    ),
    Mistake(
        "a callback for all that is none",
        lambda p: p.tracker.on_all_done(p.done, 5),
        Invalid,
        ("must be a function", "5"),
    ),  # type: ignore[arg-type]
    Mistake(
        "a callback for any that is none",
        lambda p: p.tracker.on_any_done(p.done, "f"),
        Invalid,
        ("must be a function", "'f'"),
    ),  # type: ignore[arg-type]
    Mistake(
        "an unknown callback id",
        lambda p: p.tracker.add_on_all_done(UNKNOWN, print),
        Invalid,
        ("on_all_done()", str(UNKNOWN)),
    ),
    Mistake(
        "a group callback that is none",
        lambda p: gd.SimulationGroup([]).add_on_all_run_end(5),
        Invalid,
        ("must be a function", "5"),
    ),  # type: ignore[arg-type]
    # Queries
    Mistake(
        "asking nothing",
        lambda p: p.tracker.query(p.running),
        Invalid,
        ("names what it asks", "progress=True"),
    ),
    Mistake(
        "asking on an unknown channel",
        lambda p: p.tracker.query(p.running, custom=1),
        gd.UnknownChannelError,
        ("'custom'", "Did you mean 'custom_query'?", "It has:"),
    ),
    Mistake(
        "asking an unknown one",
        lambda p: p.tracker.query(UNKNOWN, progress=True),
        Unknown,
        (str(UNKNOWN),),
    ),
    Mistake(
        "asking no id",
        lambda p: p.tracker.query("abc", progress=True),
        Invalid,
        ("UUID or its text",),
    ),
    Mistake(
        "a text as time limit",
        lambda p: p.tracker.query(p.running, "soon", progress=True),
        Invalid,
        ("number of seconds", "'soon'"),
    ),  # type: ignore[arg-type]
    Mistake(
        "a negative time limit",
        lambda p: p.tracker.query(p.running, -1, progress=True),
        Invalid,
        ("from 0 up", "-1"),
    ),
    Mistake(
        "no number as time limit",
        lambda p: p.tracker.query(p.running, float("nan"), progress=True),
        Invalid,
        ("from 0 up", "nan"),
    ),
    Mistake(
        "asking one that has ended",
        lambda p: p.tracker.query(p.done, custom_query=1),
        gd.SimulationEndedError,
        ("'quick'", "ended"),
    ),
    # Frames, figures, cards
    Mistake(
        "scalars of an unknown id",
        lambda p: gd.scalars(sims=UNKNOWN),
        Unknown,
        (str(UNKNOWN), "in this project"),
    ),
    Mistake(
        "scalars of too little of an id",
        lambda p: gd.scalars(sims="abc"),
        Unknown,
        ("'abc'", "at least 4 letters"),
    ),
    Mistake(
        "scalars by name",
        lambda p: gd.scalars(sims="quick"),
        Unknown,
        ("'quick'", "It is the name of", "ask by id", "gd.simulations(name='quick')"),
    ),
    Mistake(
        "scalars of a number",
        lambda p: gd.scalars(sims=5),
        Invalid,
        ("5 does not name simulations", "Give an id"),
    ),
    Mistake(
        "an unknown key",
        lambda p: gd.scalars("scor"),
        Invalid,
        ("'scor'", "Did you mean 'score'?", "Recorded: score"),
    ),
    Mistake(
        "simulations in the place of keys",
        lambda p: gd.plot_curves(gd.simulations()),
        Invalid,
        ("Keys of series are texts", "DataFrame", "sims="),
    ),
    Mistake(
        "a list of simulations in the place of keys",
        lambda p: gd.scalars([p.done]),
        Invalid,
        ("Keys of series are texts", "sims="),
    ),
    Mistake(
        "an id in the place of a key",
        lambda p: gd.scalars(str(p.done.sim_id)),
        Invalid,
        ("It is an id", "sims="),
    ),
    Mistake(
        "a filter of simulations where sims are wanted",
        lambda p: gd.scalars("score", seed=0),  # type: ignore[call-arg]
        Invalid,
        ("no argument 'seed'", "sims=gd.simulations(seed=...)"),
    ),
    Mistake(
        "simulations before the path of files",
        lambda p: gd.to_csv(gd.simulations(), "results"),  # type: ignore[arg-type]
        Invalid,
        ("Give first where to write", "DataFrame"),
    ),
    Mistake(
        "a query with a variable",
        lambda p: gd.simulations(where="n == @wanted"),
        Invalid,
        ("'wanted'", "f-string"),
    ),
    Mistake(
        "steps that are none",
        lambda p: gd.scalars("score", align="all"),
        Invalid,
        ("steps to align at", "'all'"),
    ),
    Mistake(
        "a filter by nothing",
        lambda p: gd.simulations(lerning_rate=1),
        Invalid,
        ("'lerning_rate'", "Columns: name, state"),
    ),
    Mistake(
        "a query with another name",
        lambda p: gd.simulations(where="staet == 'failed'"),
        Invalid,
        ("'staet'", "Did you mean 'state'?"),
    ),
    Mistake(
        "a state that there is not",
        lambda p: gd.simulations(state=["running", "suceeded"]),
        Invalid,
        ("'suceeded'", "Did you mean 'succeeded'?", "is_done=True"),
    ),
    Mistake(
        "a query that sets instead of comparing",
        lambda p: gd.simulations(where="name = 'quick'"),
        Invalid,
        ("yes or no", "=="),
    ),
    Mistake(
        "nothing to expand",
        lambda p: gd.simulations(expand="kwargs"),
        Invalid,
        ("config, start_kwargs, result", "'kwargs'"),
    ),
    Mistake(
        "episodes of an unknown id",
        lambda p: gd.episodes(UNKNOWN),
        gd.UnknownSimulationError,
        (str(UNKNOWN),),
    ),
    Mistake(
        "a file over another one",
        lambda p: gd.to_csv(p.folder / "file"),
        Invalid,
        ("is a file", "give a folder"),
    ),
    Mistake(
        "frames that nobody knows",
        lambda p: gd.to_json(p.folder / "out", what="status"),
        Invalid,
        ("Did you mean 'statuses'?",),
    ),
    Mistake(
        "a file that is no frame",
        lambda p: gd.read_frame(p.folder / "file"),
        Invalid,
        ("ends with .csv",),
    ),
    Mistake("a table of a number", lambda p: gd.show_table(5), Invalid, ("DataFrame", "int: 5")),
    Mistake(
        "numbers of a simulation by hand",
        lambda p: made(Quick).scalars(),
        gd.SimulationStateError,
        ("in no project", "gd.run"),
    ),
    Mistake(
        "a number as key of a series", lambda p: gd.scalars(5), Invalid, ("A key is text", "5")
    ),
    Mistake("statuses of an unknown id", lambda p: gd.statuses(UNKNOWN), Unknown, (str(UNKNOWN),)),
    Mistake(
        "drawing an unknown key",
        lambda p: gd.plot_scalars("scor"),
        Invalid,
        ("Did you mean 'score'?",),
    ),
    Mistake(
        "drawing too smooth",
        lambda p: gd.plot_scalars("score", smoothing=1.5),
        Invalid,
        ("1.5", "Smoothing is a weight"),
    ),
    Mistake(
        "drawing too few points",
        lambda p: gd.plot_scalars("score", max_points=1),
        Invalid,
        ("1", "points"),
    ),
    Mistake(
        "a statistic that is none",
        lambda p: gd.plot_curves("score", statistic="average"),
        Invalid,
        ("mean, median, iqm", "average"),
    ),
    Mistake(
        "a band in percent",
        lambda p: gd.plot_curves("score", band=95),
        Invalid,
        ("above 0 and below 1", "95"),
    ),
    Mistake(
        "an option in another spelling",
        lambda p: gd.plot_scores("score", normalize="minmax"),
        Invalid,
        ("gd.plot_scores has no argument 'normalize'", "Did you mean 'normalise'?", "unfinished"),
    ),
    Mistake(
        "an argument of a frame in another spelling",
        lambda p: gd.scores("score", normalize="minmax"),  # type: ignore[call-arg]
        Invalid,
        ("gd.scores has no argument 'normalize'", "Did you mean 'normalise'?"),
    ),
    Mistake(
        "a list as scores",
        lambda p: gd.plot_scores(scores=[1.0, 2.0]),
        Invalid,
        ("dict", "DataFrame", "list"),
    ),
    Mistake(
        "a setting that is none as the task",
        lambda p: gd.scores("score", task="maze"),
        Invalid,
        ("'maze'", "There are"),
    ),
    Mistake(
        "a style that is none",
        lambda p: gd.figure_style("papre").__enter__(),
        Invalid,
        ("notebook, paper", "Did you mean 'paper'"),
    ),
    Mistake(
        "resource use of an unknown id",
        lambda p: gd.plot_resources(UNKNOWN),
        Unknown,
        (str(UNKNOWN),),
    ),
    Mistake(
        "a sweep over no setting",
        lambda p: gd.plot_sweep("learning_rate", "score"),
        Invalid,
        ("No simulation has a setting 'learning_rate'", "Settings:"),
    ),
    Mistake(
        "parallel axes with the best of nothing",
        lambda p: gd.plot_parallel(score="score", best="highest"),
        Invalid,
        ("'max' or 'min'", "highest"),
    ),
    Mistake(
        "a timeline of all simulations",
        lambda p: gd.plot_media_timeline("frames", "score", None),
        Invalid,
        ("of one simulation", "None"),
    ),
    Mistake(
        "a report in a folder that is not there",
        lambda p: gd.report(None, p.folder / "nowhere" / "r.html"),
        Invalid,
        ("There is no folder", "nowhere"),
    ),
    Mistake(
        "a report as PDF",
        lambda p: gd.report(None, p.folder / "r.pdf"),
        Invalid,
        ("HTML file", "r.pdf"),
    ),
    Mistake(
        "a report of an unknown key",
        lambda p: gd.report(None, p.folder / "r.html", keys="scor"),
        Invalid,
        ("Did you mean 'score'?",),
    ),
    Mistake("watching an unknown id", lambda p: gd.watch(UNKNOWN), Unknown, (str(UNKNOWN),)),
    Mistake("watching a number", lambda p: gd.watch(5), Invalid, ("5 does not name simulations",)),
    # TensorBoard
    Mistake(
        "importing a folder that is not there",
        lambda p: gd.import_tensorboard(p.folder / "nowhere"),
        Invalid,
        ("There is no folder to import", "nowhere"),
    ),
    Mistake(
        "importing a folder without event files",
        lambda p: gd.import_tensorboard(p.folder / "project" / "db"),
        Invalid,
        ("event files", "tensorboard --logdir"),
    ),
    Mistake(
        "importing a number",
        lambda p: gd.import_tensorboard(5),  # type: ignore[arg-type]
        Invalid,
        ("takes the path of a folder", "5"),
    ),
    Mistake(
        "writing event files into a file",
        lambda p: gd.to_tensorboard(p.folder / "file"),
        Invalid,
        ("writes into a folder", "is a file"),
    ),
    Mistake(
        "writing an unknown key as event files",
        lambda p: gd.to_tensorboard(p.folder / "out", keys="scor"),
        Invalid,
        ("'scor'", "Did you mean 'score'?"),
    ),
    Mistake(
        "drawing several keys of histograms",
        lambda p: gd.plot_histograms(["a", "b"]),  # type: ignore[arg-type]
        Invalid,
        ("draws one series", "give its key"),
    ),
    # Tracking
    Mistake(
        "tracking without a name",
        lambda p: gd.track({"lr": 1}),
        Invalid,
        ("track() takes as name a text", "'lr'"),
    ),
    Mistake(
        "tracking with a config that is none",
        lambda p: gd.track("x", 0.1),
        Invalid,
        ("A config is a dict", "Namespace", "float: 0.1"),
    ),
    Mistake(
        "tracking with a tag that is none",
        lambda p: gd.track("x", tags=[""]),
        Invalid,
        ("A tag is a text",),
    ),
    Mistake(
        "making a tracked simulation by hand",
        lambda p: gd.TrackedSimulation(CONFIG),
        Invalid,
        ("'quick'", "gd.track(...) begins a new one"),
    ),
    Mistake(
        "a callback for what is not tracked",
        lambda p: gd.TrackCallback(sim=p.done),
        Invalid,
        ("TrackCallback takes as sim what gd.track(...) gives", "got Quick"),
    ),
    Mistake(
        "tracking the episodes of an id",
        lambda p: gd.TrackEpisodes("CartPole-v1"),
        Invalid,
        ("got str: 'CartPole-v1'", "gd.TrackCallback"),
    ),
    # The door
    Mistake(
        "a name that is not there",
        lambda p: gd.simulation_tracker,
        AttributeError,
        ("gymdash_jupyter", "'simulation_tracker'"),
    ),  # type: ignore[attr-defined]
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.what.replace(" ", "_"))
def test_a_mistake_is_told_in_words_that_help(mistake: Mistake, place: Place) -> None:
    with pytest.raises(mistake.exception) as caught:
        mistake.call(place)
    message = str(caught.value)
    missing = [word for word in mistake.words if word not in message]
    assert not missing, f"{message!r} should hold {missing}"
    if isinstance(caught.value, errors.GymDashError):
        first = message.split()[0]
        assert not message[0].islower() or "(" in first or "_" in first, message
        assert message.rstrip()[-1] in ".?)", message
        assert "  " not in message, message


def test_there_are_many_ways_to_be_wrong() -> None:
    assert len(MISTAKES) >= 45
    assert len({mistake.what for mistake in MISTAKES}) == len(MISTAKES)


def test_mistakes_leave_the_project_as_it_was(place: Place) -> None:
    assert place.running.state == "running"
    assert place.done.state == "succeeded"
    names = {record.state for record in place.project.store.simulations()}
    assert names <= {"running", "succeeded", "created"}


# Mistakes of which only a word is said


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (lambda r: r.scalar("loss", None, 1), "'loss' takes numbers; got NoneType"),
        (lambda r: r.scalar("loss", 1.0, None), "'loss' needs an int as step; got None"),
        (lambda r: r.scalars([1, 2], 1), "takes a dict of values by key; got [1, 2]"),
        (lambda r: r.progress("half"), "progress() takes numbers and words; got current='half'"),
    ],
)
def test_what_cannot_be_recorded_is_told_and_stops_no_training(
    record: Callable[[Recorder], Any], words: str, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = Recorder()
    with caplog.at_level(logging.WARNING):
        record(recorder)
        record(recorder)
        recorder.peek()  # steps are looked at when they are stored
    (problem,) = recorder.take_problems()
    assert words in problem
    assert len(logged_here(caplog)) == 1


def test_an_unknown_channel_of_a_control_request_is_told(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert made(Quick).interactor.add_control_request("custm_query", "?") is False
    assert "'custm_query'; nothing was asked" in caplog.text


# The tree


@pytest.mark.parametrize(
    ("exception", "builtin"),
    [
        (errors.NoProjectError, RuntimeError),
        (errors.ProjectFolderError, OSError),
        (errors.ReadOnlyProjectError, PermissionError),
        (errors.StoreBusyError, TimeoutError),
        (errors.UnknownSimulationError, KeyError),
        (errors.UnknownSimulationTypeError, KeyError),
        (errors.SimulationTypeTakenError, ValueError),
        (errors.InvalidSimulationTypeError, TypeError),
        (errors.MissingConfigError, ValueError),
        (errors.InvalidArgumentError, ValueError),
        (errors.InvalidArgumentError, TypeError),
        (errors.SimulationStateError, RuntimeError),
        (errors.QueryTimeoutError, TimeoutError),
        (errors.UnknownChannelError, KeyError),
        (errors.SimulationEndedError, RuntimeError),
        (errors.MissingDependencyError, ImportError),
    ],
)
def test_an_error_is_also_what_people_expect(
    exception: type[Exception], builtin: type[Exception]
) -> None:
    assert issubclass(exception, builtin)
    assert issubclass(exception, gd.GymDashError)
    assert str(exception("Nothing is here.")) == "Nothing is here."


def test_stopping_is_no_error_of_ours() -> None:
    assert not issubclass(gd.StopSimException, gd.GymDashError)


def test_an_error_carries_its_facts(place: Place) -> None:
    with pytest.raises(gd.UnknownSimulationError) as caught:
        place.tracker.get_sim(UNKNOWN)
    assert caught.value.sim_id == UNKNOWN  # type: ignore[attr-defined]


def test_an_error_survives_being_sent_elsewhere() -> None:
    import cloudpickle

    error = errors.UnknownSimulationError("No simulation has the id 7.", sim_id=UNKNOWN)
    again = cloudpickle.loads(cloudpickle.dumps(error))
    assert (str(again), again.sim_id) == (str(error), UNKNOWN)
