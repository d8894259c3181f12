"""Have workers forked from a warm template instead of starting them cold, where that changes nothing but the time.

A template is a process that has imported simulation types and let them do once what is slow the
first time. This process has one at most; it ends with this process, or after ten idle minutes.
Whenever a fork might differ from a fresh process (a file was edited, an environment variable that
libraries read was changed, a GPU might be wanted), no worker is given here, and one starts cold.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.background import wait_for
from gymdash_jupyter.errors import LaunchError
from gymdash_jupyter.launch.orders import surroundings
from gymdash_jupyter.launch.spawning import worker_environment
from gymdash_jupyter.launch.warm_start import template_messages as messages
from gymdash_jupyter.launch.warm_start.forking import Template
from gymdash_jupyter.output import OUTPUT_FILE, OutputLog
from gymdash_jupyter.simulations.import_paths import path_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gymdash_jupyter.launch.warm_start.forking import Answer, ForkedWorker
    from gymdash_jupyter.project import Project
    from gymdash_jupyter.simulation import Simulation

logger = logging.getLogger(__name__)

IDLE_S = 600.0
"""After how long without simulations a template ends."""

_GPU_VARIABLE = "CUDA_VISIBLE_DEVICES"
_NO_GPU = ("", "-1")
_GPU_DEVICES = ("nvidia[0-9]*", "kfd", "dxg")
_DEVICE = "device"
_PATH = "sys_path"

# What libraries read when they are loaded, so that it cannot be changed after a fork.
_READ_ONCE = (
    *("CUDA", "NVIDIA", "HIP_", "ROCR_", "OMP_", "MKL_", "OPENBLAS_", "KMP_", "NUMEXPR_"),
    *("VECLIB_", "BLIS_", "TORCH", "PYTORCH", "TF_", "XLA_", "JAX_", "PYTHON", "LD_", "MALLOC_"),
    *("LANG", "LC_", "SDL_", "MUJOCO_", "PYOPENGL_", "GYMDASH_WORKER"),
)
# What torch sets when it is imported here, for instance by load_model, and reads whenever it needs it.
_SET_MEANWHILE = ("TORCHINDUCTOR_CACHE_DIR",)


class Warmth:
    """The template of this process, and what is warm in it.

    Args:
        idle_s: After how many seconds without simulations it ends.
    """

    def __init__(self, *, idle_s: float = IDLE_S) -> None:
        self._idle_s = idle_s
        self._lock = threading.Lock()  # guards the rest
        self._template: Template | None = None
        self._conditions: object = None
        self._is_outdated = False
        self._around: Mapping[str, Any] = {}
        self._answers: dict[str, Answer] = {}

    def warm_up(self, simulation_type: type[Simulation], *, wait: bool = False) -> None:
        """Warm up a type in the background; see ``gymdash_jupyter.warm_up``.

        Raises:
            LaunchError: With ``wait``: it could not be warmed up. Else that is logged.
        """
        if not _can_fork():
            logger.warning("Simulations start cold here: processes can be forked on Linux only.")
            return
        path = path_of(_importable(simulation_type))
        with self._lock:
            answer = self._ask(path)
        if wait:
            wait_for(answer.is_there)
            if answer.kind != messages.WARMED:
                raise LaunchError(_trouble(path, answer), sim_type=path)
            return
        threading.Thread(target=_log_trouble, args=(path, answer), daemon=True).start()

    def worker(
        self, project: Project, simulation: Simulation, start_kwargs: Mapping[str, Any]
    ) -> ForkedWorker | None:
        """Have a worker forked that waits for its order; None when one must be started cold."""
        with self._lock:
            template = self._template
            if template is None or not self._is_warm_for(type(simulation)):
                return None
            conditions = self._conditions
        doubt = _doubt_of_gpu(simulation.config.kwargs, start_kwargs)
        if doubt is None and not template.is_open:
            doubt = "the template has ended"
        if doubt is None and template.is_busy:
            doubt = "the template is busy"
        if doubt is None and conditions != _conditions():
            doubt = "environment variables have changed"
        if doubt is None:
            forked = _forked(template, project, simulation)
            if not isinstance(forked, str):
                return forked
            doubt = forked
            self._is_outdated = True
        logger.debug("%r starts cold: %s.", simulation, doubt)
        return None

    def _ask(self, path: str) -> Answer:
        """Let a template warm up a class, one that knows what this process is like now."""
        conditions, around = _conditions(), surroundings()
        template = self._template
        if (
            template is None
            or not template.is_open
            or self._is_outdated
            or self._conditions != conditions
            or self._around.get(_PATH) != around[_PATH]
        ):
            if template is not None:
                template.let_go()
            template = Template({_GPU_VARIABLE: ""}, idle_s=self._idle_s)
            others = [other for other in self._answers if other != path]
            self._template, self._conditions, self._around = template, conditions, around
            self._is_outdated = False
            self._answers = {each: template.warm_up(each, around) for each in (path, *others)}
        elif path not in self._answers:
            self._answers[path] = template.warm_up(path, around)
        return self._answers[path]

    def _is_warm_for(self, simulation_type: type[Simulation]) -> bool:
        answers = (self._answers.get(path_of(each)) for each in simulation_type.__mro__)
        return any(answer is not None and answer.kind == messages.WARMED for answer in answers)

    def end(self) -> None:
        """Let the template end as soon as its workers have."""
        with self._lock:
            template, self._template = self._template, None
            self._answers.clear()
        if template is not None:
            template.let_go()


warmth = Warmth()
"""This process's; tests put another one in its place."""


def warm_worker(
    project: Project, simulation: Simulation, start_kwargs: Mapping[str, Any]
) -> ForkedWorker | None:
    """Have a worker forked from this process's template; None when one must be started cold."""
    return warmth.worker(project, simulation, start_kwargs)


def _forked(template: Template, project: Project, simulation: Simulation) -> ForkedWorker | str:
    variables = worker_environment(project.folder) | {_GPU_VARIABLE: ""}
    log = OutputLog(project.sims_folder / str(simulation.sim_id) / OUTPUT_FILE)
    try:
        return template.fork(variables, surroundings()[_PATH], log.fileno())
    finally:
        log.close()


def _importable(simulation_type: type[Any]) -> type[Any]:
    """Give a class, or what it inherits from when it was written in a notebook."""
    for each in simulation_type.__mro__:
        found: object = sys.modules.get(each.__module__)
        for name in each.__qualname__.split("."):
            found = getattr(found, name, None)
        if found is each and each.__module__ != "__main__" and _has_file(each.__module__):
            return each
    msg = f"{simulation_type.__name__} and what it inherits from cannot be imported by other processes."
    raise LaunchError(msg, sim_type=simulation_type.__name__)


def _has_file(module: str) -> bool:
    return bool(getattr(sys.modules[module], "__file__", None))


def _conditions() -> object:
    """Give what must not change while a template is used."""
    variables = worker_environment(None)
    return (
        {
            name: value
            for name, value in variables.items()
            if name.startswith(_READ_ONCE) and name not in _SET_MEANWHILE
        },
        surroundings()["calls"],
    )


def _doubt_of_gpu(*kwargs: Mapping[str, Any]) -> str | None:
    """Say so where a simulation might use a GPU, which nothing forked can."""
    devices = [str(device) for device in _devices(kwargs)]
    if any(device.split(":")[0] not in ("cpu", "auto") for device in devices):
        return f"it asks for the device {devices[-1]!r}"
    if "cpu" not in devices and _is_gpu_visible():
        return "it may use the GPU; device='cpu' says that it does not"
    return None


def _devices(kwargs: Iterable[Mapping[str, Any]]) -> list[Any]:
    """Give what simulations are told about their device, by themselves or for their algorithm."""
    nested = [value for each in kwargs for value in each.values() if isinstance(value, Mapping)]
    return [each[_DEVICE] for each in (*kwargs, *nested) if each.get(_DEVICE) is not None]


def _is_gpu_visible() -> bool:
    if os.environ.get(_GPU_VARIABLE) in _NO_GPU:
        return False
    return any(True for names in _GPU_DEVICES for _ in Path("/dev").glob(names))


def _can_fork() -> bool:
    return sys.platform == "linux"


def _log_trouble(path: str, answer: Answer) -> None:
    answer.is_there.wait()
    if answer.kind != messages.WARMED:
        logger.warning("%s", _trouble(path, answer))


def _trouble(path: str, answer: Answer) -> str:
    return (
        f"{path} could not be warmed up, so its simulations start cold: "
        f"{answer.content.decode(errors='replace')}"
    )
