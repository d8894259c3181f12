"""Which names GymDash's modules have here, and where the real objects are.

Only what exists and behaves alike is listed, nothing is imitated. An empty module is a package on
the way to one that is not, or has nothing here yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_HERE = "gymdash_jupyter"
_START_CONFIG = {"SimulationStartConfig": f"{_HERE}.config:SimulationStartConfig"}
_STATUS_CODES = {
    "SimStatusCode": f"{_HERE}.statuses:SimStatusCode",
    "SimStatusSubcode": f"{_HERE}.statuses:SimStatusSubcode",
}
_STATUS = {"SimStatus": f"{_HERE}.statuses:SimStatus"}
_RECORDS = {
    # What lists of simulations and of control requests hold; they are read, never made, by hand.
    "ControlRequestDetails": f"{_HERE}.records:ControlRequest",
    "StoredSimulationInfo": f"{_HERE}.records:SimulationRecord",
}
_PROJECT_MANAGER = {"ProjectManager": f"{_HERE}.current:ProjectManager"}
_SIMULATION = {"Simulation": f"{_HERE}.simulation:Simulation"}
_STOP = {"StopSimException": f"{_HERE}.errors:StopSimException"}
_REGISTRY = {"SimulationRegistry": f"{_HERE}.registry:SimulationRegistry"}
_TORCH_ROOM = f"{_HERE}.simulations.torch_"
_TORCH_STATE = {"SimpleStateStack": f"{_TORCH_ROOM}callbacks:SimpleStateStack"}
_TORCH_CALLBACKS = {
    "BaseCustomCallback": f"{_TORCH_ROOM}callbacks:BaseCustomCallback",
    "CallbackCustomList": f"{_TORCH_ROOM}callbacks:CallbackCustomList",
    "EmptyCallback": f"{_TORCH_ROOM}callbacks:EmptyCallback",
}
_TORCH_MODELS = {
    "InferenceModel": f"{_TORCH_ROOM}models:InferenceModel",
    "SimpleClassifierMLModel": f"{_TORCH_ROOM}models:SimpleClassifierMLModel",
}
_TORCH_SIMULATION = {
    "MLSimulation": f"{_TORCH_ROOM}classifier:MLSimulation",
    **{
        name: f"{_TORCH_ROOM}classifier_callbacks:{name}"
        for name in (
            "MLClassifierRecordCallback",
            "MLSimulationCallback",
            "MLSimulationSampleRecordCallback",
            "MLSimulationUpdateCallback",
        )
    },
}
_ACCELERATOR = {"get_available_accelerator": f"{_TORCH_ROOM}networks:get_available_accelerator"}

MODULES: Mapping[str, Mapping[str, str]] = {
    "gymdash": {},
    "gymdash.start": {
        "add_gymdash_arguments": f"{_HERE}.start:add_gymdash_arguments",
        "start": f"{_HERE}.start:start",
        **_PROJECT_MANAGER,
    },
    "gymdash.backend": {},
    "gymdash.backend.enums": _STATUS_CODES,
    "gymdash.backend.project": {
        **_PROJECT_MANAGER,
        **_START_CONFIG,
        **_STATUS,
        "StoredSimulationInfo": _RECORDS["StoredSimulationInfo"],
    },
    "gymdash.backend.core": {},
    "gymdash.backend.core.api": {},
    "gymdash.backend.core.api.models": {
        **_START_CONFIG,
        **_STATUS,
        **_RECORDS,
        "SimStatusCode": _STATUS_CODES["SimStatusCode"],
    },
    "gymdash.backend.core.simulation": {},
    "gymdash.backend.core.simulation.base": {
        **_SIMULATION,
        **_STOP,
        "SimulationInteractor": f"{_HERE}.interactor:SimulationInteractor",
        "SimulationStreamer": f"{_HERE}.streams.registered:SimulationStreamer",
        **_START_CONFIG,
        **_STATUS,
        **_STATUS_CODES,
        **_RECORDS,
    },
    "gymdash.backend.core.simulation.manage": {
        **_REGISTRY,
        "SimulationGroup": f"{_HERE}.groups:SimulationGroup",
        "SimulationTracker": f"{_HERE}.tracker:SimulationTracker",
        **_PROJECT_MANAGER,
        **_SIMULATION,
        **_START_CONFIG,
        **_STATUS,
        "StoredSimulationInfo": _RECORDS["StoredSimulationInfo"],
    },
    "gymdash.backend.core.simulation.examples": {
        "CustomControlSimulation": f"{_HERE}.simulations.custom_control:CustomControlSimulation",
        "StableBaselinesSimulation": (
            f"{_HERE}.simulations.stable_baselines:StableBaselinesSimulation"
        ),
        "register_example_simulations": f"{_HERE}.compat.examples:register_example_simulations",
        **_TORCH_SIMULATION,
        **_TORCH_CALLBACKS,
        **_TORCH_MODELS,
        **_REGISTRY,
        **_SIMULATION,
        **_STOP,
        **_START_CONFIG,
        **_STATUS,
        **_STATUS_CODES,
    },
    "gymdash.backend.core.simulation.callbacks": {**_TORCH_CALLBACKS, **_TORCH_STATE},
    "gymdash.backend.core.simulation.export": {
        "SimulationExporter": f"{_HERE}.export:SimulationExporter",
        **_REGISTRY,
    },
    "gymdash.backend.core.utils": {},
    "gymdash.backend.core.utils.kwarg_utils": {
        "overwrite_new_kwargs": f"{_HERE}.arguments:merge_kwargs",
    },
    "gymdash.backend.core.utils.state": {
        **_TORCH_STATE,
        "STATE_NONE": f"{_TORCH_ROOM}callbacks:STATE_NONE",
    },
    "gymdash.backend.torch": {},
    "gymdash.backend.torch.base": {
        **_TORCH_MODELS,
        "SimulationMLModel": f"{_TORCH_ROOM}models:SimulationMLModel",
        **_TORCH_CALLBACKS,
        **_TORCH_STATE,
        **_ACCELERATOR,
        **_STOP,
    },
    "gymdash.backend.torch.examples": {
        "ClassifierMNIST": f"{_TORCH_ROOM}networks:ClassifierMNIST",
        **_ACCELERATOR,
    },
    "gymdash.backend.torch.utils": _ACCELERATOR,
}
"""By old module: names, each with ``module:attribute`` of the real object.

A module also has the names that GymDash's own module imports for itself, since code was written
that takes them from there.
"""


def contents(module: str) -> list[str]:
    """List what an old module has here: its names and the modules in it."""
    inside = {
        name.removeprefix(f"{module}.").partition(".")[0]
        for name in MODULES
        if name.startswith(f"{module}.")
    }
    return sorted({*MODULES[module], *inside}, key=str.lower)
