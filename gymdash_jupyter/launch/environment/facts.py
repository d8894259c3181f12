"""Say in which environment this process executes simulations: versions, machine, code, command.

Nothing here may fail, hang or say a secret: a fact that cannot be told is None, and only named
variables are read. ``notes`` stores what is captured here.
"""

from __future__ import annotations

import functools
import logging
import os
import platform
import re
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.json_values import jsonable
from gymdash_jupyter.launch.cpus import usable_cpus
from gymdash_jupyter.launch.environment.command import own_command
from gymdash_jupyter.launch.environment.repository import repository_facts

if TYPE_CHECKING:
    from gymdash_jupyter.simulation import Simulation

logger = logging.getLogger(__name__)

VARIABLES = (
    "CONDA_DEFAULT_ENV",
    "CUBLAS_WORKSPACE_CONFIG",
    "CUDA_DEVICE_ORDER",
    "CUDA_LAUNCH_BLOCKING",
    "CUDA_VISIBLE_DEVICES",
    "HIP_VISIBLE_DEVICES",
    "JAX_PLATFORMS",
    "MKL_NUM_THREADS",
    "MUJOCO_GL",
    "NUMBA_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "NVIDIA_TF32_OVERRIDE",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "PYTHONHASHSEED",
    "PYTHONOPTIMIZE",
    "PYTORCH_CUDA_ALLOC_CONF",
    "PYTORCH_ENABLE_MPS_FALLBACK",
    "ROCR_VISIBLE_DEVICES",
    "SDL_VIDEODRIVER",
    "SLURM_JOB_ID",
    "TORCH_NUM_THREADS",
    "XLA_FLAGS",
)
"""The environment variables that are told, where they are set: they change results or speed and hold no secret."""

_NOTEBOOK = "JPY_SESSION_NAME"
"""Where Jupyter tells a kernel which notebook it serves; processes that the kernel starts inherit it."""

_NVIDIA = Path("/proc/driver/nvidia/gpus")
_MAX_LENGTH = 1_000
_LEFT_BY_PIP = "~"
"""How the names of folders begin that pip has not finished to remove."""


def capture_environment(
    simulation: Simulation | None = None, start_kwargs: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Tell in which environment this process would execute a simulation now.

    Takes some 20 ms the first time and some 5 ms later, most of it for git; see
    ``moment_facts`` and ``lasting_facts`` for the two halves.

    Args:
        simulation: Whose seed to tell; None tells none.
        start_kwargs: What it is started with.

    Returns:
        What JSON can hold: ``python`` and ``implementation``, ``platform``, ``machine``, ``host``,
        ``cpu_count`` (usable by this process), ``gpus`` (names, None where it is not known),
        ``executable``, ``folder`` (the working folder), ``command``, ``notebook`` (in Jupyter),
        ``git_commit``, ``git_branch``, ``git_is_dirty`` (of the working folder), ``seed``,
        ``variables`` and ``packages`` (normalised name to version, sorted).
    """
    moment = moment_facts(simulation, start_kwargs)
    return joined_facts(moment, lasting_facts(moment["folder"]))


def moment_facts(
    simulation: Simulation | None = None, start_kwargs: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Tell what may be another at the next moment; takes well under a millisecond."""
    return {
        "folder": _told(lambda: str(Path.cwd())),
        "command": _told(own_command),
        "notebook": os.environ.get(_NOTEBOOK, "")[:_MAX_LENGTH] or None,
        "seed": _told(lambda: _seed(simulation, start_kwargs or {})),
        "variables": {
            name: os.environ[name][:_MAX_LENGTH] for name in VARIABLES if name in os.environ
        },
    }


def lasting_facts(folder: str | None) -> dict[str, Any]:
    """Tell what takes time to find out: machine, git and packages; any thread may call it."""
    return {
        **_machine_facts(),
        **(_told(lambda: repository_facts(folder)) or {}),
        "packages": dict(_packages(_state_of_path())),
    }


def joined_facts(moment: Mapping[str, Any], lasting: Mapping[str, Any]) -> dict[str, Any]:
    """Make one of both halves, as JSON can hold it."""
    joined: dict[str, Any] = jsonable({**lasting, **moment})
    return joined


def _told(tell: Callable[[], Any]) -> Any:
    try:
        return tell()
    except Exception:
        # The edge: half-broken machines are where this is read most, and no fact is worth a training.
        logger.debug("A fact about the environment cannot be told.", exc_info=True)
        return None


@functools.cache
def _machine_facts() -> Mapping[str, Any]:
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "executable": sys.executable or None,
        "platform": _told(platform.platform),
        "machine": _told(platform.machine),
        "host": _told(socket.gethostname),
        "cpu_count": _told(usable_cpus),
        "gpus": _told(_gpu_names),
    }


def _gpu_names() -> list[str] | None:
    """Ask NVIDIA's driver on Linux, which costs nothing; elsewhere it would need a library or a program."""
    if not _NVIDIA.is_dir():
        return None
    told = [path.read_text(errors="replace") for path in sorted(_NVIDIA.glob("*/information"))]
    return [name.strip() for text in told for name in re.findall(r"^Model:(.*)$", text, re.M)]


def _seed(simulation: Simulation | None, start_kwargs: Mapping[str, Any]) -> Any:
    if simulation is None:
        return None
    for kwargs in (start_kwargs, simulation.config.kwargs, simulation.kwarg_defaults):
        if isinstance(kwargs, Mapping) and kwargs.get("seed") is not None:
            return jsonable(kwargs["seed"])
    seed = getattr(simulation, "seed", None)
    return None if callable(seed) else jsonable(seed)


def _state_of_path() -> tuple[tuple[str, int], ...]:
    """Say in which state the folders are that packages lie in: ``%pip install`` changes it."""

    def changed(entry: str) -> int:
        try:
            return Path(entry or ".").stat().st_mtime_ns
        except (OSError, ValueError):
            return 0

    return tuple((entry, changed(entry)) for entry in sys.path if isinstance(entry, str))


@functools.lru_cache(maxsize=1)
def _packages(state: tuple[tuple[str, int], ...]) -> Mapping[str, str]:  # noqa: ARG001 - the key
    found: dict[str, str] = {}
    for distribution in _distributions():
        name, version = _told(functools.partial(_name_and_version, distribution)) or ("", "")
        if name and version:
            found.setdefault(name, version)  # of two, Python imports the first
    return dict(sorted(found.items()))


def _distributions() -> Iterator[metadata.Distribution]:
    """Give what is installed until the finder of something fails, which is then the last."""
    remaining = iter(_told(metadata.distributions) or ())
    while (distribution := _told(functools.partial(next, remaining, None))) is not None:
        yield distribution


def _name_and_version(distribution: metadata.Distribution) -> tuple[str, str]:
    """Read two headers only; parsing all of the metadata would take ten times as long."""
    if Path(str(getattr(distribution, "_path", ""))).name.startswith(_LEFT_BY_PIP):
        return "", ""
    text = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or ""
    headers = {"name": "", "version": ""}
    for line in text.splitlines():
        if not line or all(headers.values()):
            break
        header, _, value = line.partition(":")
        if header.lower() in headers:
            headers[header.lower()] = value.strip()
    return _normalised(headers["name"]), headers["version"]


def _normalised(name: str) -> str:
    # https://packaging.python.org/en/latest/specifications/name-normalization/
    return re.sub(r"[-_.]+", "-", name).lower()
