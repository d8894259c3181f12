"""Trained models of a project: loading them, and letting them play.

A model file runs code when it is loaded. Only files that carry this user's own signature are loaded without being
told to (``signatures``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.arguments import merge_kwargs
from gymdash_jupyter.errors import (
    InvalidArgumentError,
    MissingDependencyError,
    UntrustedModelError,
)
from gymdash_jupyter.json_values import is_described
from gymdash_jupyter.selection import resolve_sims
from gymdash_jupyter.signatures import is_signed
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.simulations.import_paths import is_import_path
from gymdash_jupyter.simulations.sb3_model_files import (
    BEST_MODEL_FILE,
    MODEL_FILE,
    NAMED_FOLDER,
    statistics_file,
)
from gymdash_jupyter.simulations.sb3_settings import (
    ALGORITHM_NAMES,
    TrainingSettings,
    default_kwargs,
    read_settings,
)

if TYPE_CHECKING:
    from uuid import UUID

    from stable_baselines3.common.base_class import BaseAlgorithm

    from gymdash_jupyter.project import Project
    from gymdash_jupyter.records import SimulationRecord

_FOR_ENV = ("env", "env_kwargs", "wrappers", "vec_normalize")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class KeptModel:
    """A model on disk that may be loaded.

    Attributes:
        record: The simulation that kept it.
        path: Its file.
        statistics: The file of its ``VecNormalize``, or None.
        algorithm: Its class.
    """

    record: SimulationRecord
    path: Path
    statistics: Path | None
    algorithm: Any

    def load(self, env: Any = None) -> BaseAlgorithm:
        """Load it, to be used in an environment if one is given."""
        model: BaseAlgorithm = self.algorithm.load(self.path, env=env)
        return model


def load_model(
    project: Project, sim: Any, which: str | None = None, *, trust: bool = False
) -> BaseAlgorithm:
    """Load a model that a stable-baselines3 simulation kept.

    Loading runs code from the file. A file that you did not write yourself is therefore refused, unless ``trust`` is
    true: your own trainings sign what they save with a key that stays with you on this machine.

    Where the training normalised its observations (``vec_normalize``), ``model.get_env()`` is an environment that
    does so with the statistics of the training; ``predict`` alone expects normalised observations.

    Args:
        project: Where it is.
        sim: The simulation: itself, its id, or the beginning of that.
        which: ``"best"`` of its evaluations, ``"last"``, or the name of one that ``save_model`` kept; None: the best
            if there is one, else the last.
        trust: Whether to load it whoever wrote it.

    Raises:
        UnknownSimulationError: The project has no such simulation.
        InvalidArgumentError: It has kept no such model.
        UntrustedModelError: Somebody else wrote it.
        MissingDependencyError: stable-baselines3 or the algorithm's package is not installed.
    """
    kept = find_model(project, sim, which, trust=trust)
    if kept.statistics is None:
        return kept.load()
    from gymdash_jupyter.simulations.sb3_envs import make_evaluation_env

    settings = settings_of(sim, kept.record)
    return kept.load(make_evaluation_env(settings, statistics=kept.statistics))


def find_model(
    project: Project, sim: Any, which: str | None = None, *, trust: bool = False
) -> KeptModel:
    """Find a model that may be loaded; arguments and errors are those of ``load_model``."""
    sim_id, record = _found(project, sim)
    path = _model_file(project.sim_folder(sim_id), which, record.name)
    statistics = statistics_file(path)
    for file in (path, statistics) if statistics.exists() else (path,):
        if not trust and not is_signed(file):
            msg = (
                f"{file} was not written by a training of yours on this machine, or was changed since. Loading a model "
                "runs code from its file. If you know who made it and trust them, say so: trust=True."
            )
            raise UntrustedModelError(msg, path=file)
    return KeptModel(
        record, path, statistics if statistics.exists() else None, _algorithm_of(sim, record)
    )


def settings_of(sim: Any, record: SimulationRecord, env: Any = None) -> TrainingSettings:
    """Give the settings with which a simulation's environment can be made again.

    Args:
        sim: As a person gave it; a Simulation of this process knows also what JSON could not hold.
        record: What the project knows of it.
        env: In its place; None: as the simulation was given it.

    Raises:
        InvalidArgumentError: The project only has a description of it.
    """
    config, started = (
        (sim.config.kwargs, sim.start_kwargs)
        if isinstance(sim, Simulation)
        else (record.config.kwargs, record.start_kwargs)
    )
    given = merge_kwargs(config, started)
    kwargs = {name: given[name] for name in _FOR_ENV if name in given}
    special = given.get("algorithm_kwargs")
    if isinstance(special, dict) and "env" in special:
        kwargs["env"] = special["env"]
    if env is not None:
        kwargs["env"] = env
    for name, value in kwargs.items():
        if _holds_description(value):
            msg = (
                f"The {name} of {record.name!r} cannot be made again: the project only has a description of it, "
                f"{value!r}. Give it: rollout(..., env=...), where env is an id, a class or a function that makes the "
                "environment, with its wrappers if need be."
            )
            raise InvalidArgumentError(msg, argument=name)
    return read_settings({**default_kwargs(), **kwargs}, f"{record.name!r}")


def _found(project: Project, sim: Any) -> tuple[UUID, SimulationRecord]:
    if isinstance(sim, Simulation) and sim.sim_path is None:
        msg = f"{sim!r} is in no project and kept no files. Its model is its attribute 'model'."
        raise InvalidArgumentError(msg)
    ids = resolve_sims(project.store, sim)
    if len(ids) != 1:
        msg = f"One simulation has the model that is to be loaded; {len(ids)} were given: {sim!r}."
        raise InvalidArgumentError(msg)
    return ids[0], project.store.simulation(ids[0])


def _model_file(folder: Path, which: str | None, name: str) -> Path:
    kept = _kept(folder)
    if which is None and kept:
        return next(iter(kept.values()))
    if isinstance(which, str) and which.removesuffix(".zip") in kept:
        return kept[which.removesuffix(".zip")]
    asked = "no model" if which is None else f"no model {which!r}"
    msg = (
        f"The simulation {name!r} has kept {asked}. Kept: {', '.join(map(repr, kept)) or 'none'}."
    )
    raise InvalidArgumentError(msg, which=which)


def _kept(folder: Path) -> dict[str, Path]:
    """Give the models of a simulation's folder by what they are called, the best first."""
    found = {
        name: folder / file
        for name, file in (("best", BEST_MODEL_FILE), ("last", MODEL_FILE))
        if (folder / file).is_file()
    }
    named = sorted((folder / NAMED_FOLDER).glob("*.zip"))
    return found | {
        path.stem: path
        for path in named
        if _PLAIN_NAME.fullmatch(path.stem)
        and path.stem not in found
        and ".partial" not in path.name
    }


def _algorithm_of(sim: Any, record: SimulationRecord) -> Any:
    kwargs = merge_kwargs(default_kwargs(), record.config.kwargs, record.start_kwargs)
    given = kwargs["algorithm"]
    if isinstance(sim, Simulation):
        given = merge_kwargs(default_kwargs(), sim.config.kwargs, sim.start_kwargs)["algorithm"]
    elif isinstance(record.result, dict) and is_import_path(record.result.get("algorithm")):
        given = record.result["algorithm"]
    if isinstance(given, str) and given.strip().lower() in ALGORITHM_NAMES:
        given = given.strip().lower()
    elif is_described(given):
        msg = (
            f"The algorithm of {record.name!r} is not known by name: {given!r}. "
            "Load its file with the class itself: YourAlgorithm.load(path)."
        )
        raise InvalidArgumentError(msg, argument="algorithm")
    try:
        from gymdash_jupyter.simulations.sb3_algorithms import algorithm_class
    except ImportError as exc:
        msg = (
            f"Loading a model needs stable-baselines3, which cannot be imported: {exc}. "
            "Install it: pip install 'gymdash-jupyter[sb3]'."
        )
        raise MissingDependencyError(msg, package="stable-baselines3") from exc
    return algorithm_class(given)


def _holds_description(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(_holds_description(one) for one in value)
    return is_described(value)
