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
_MODELS_ROOM = f"{_HERE}.interaction_models"
_MODELS = {
    name: f"{_MODELS_ROOM}:{name}"
    for name in (
        "ChannelModel",
        "ControlRequestBatch",
        "CustomInteractorChannelModel",
        "InteractorChannelModel",
        "SimulationIDModel",
        "SimulationIDsModel",
        "SimulationInteractionModel",
        "SimulationRestartConfig",
        "StatQuery",
    )
}
_TAGS = {
    name: f"{_HERE}.streams.stat_tags:{name}"
    for name in (
        "ANY_TAG",
        "AUDIO",
        "COMPRESSED_HISTOGRAMS",
        "EVERY_TAG_SET",
        "HISTOGRAMS",
        "IMAGES",
        "MEDIA_TAG_SET",
        "RUN_METADATA",
        "SCALARS",
        "TB_AUDIO",
        "TB_COMPRESSED_HISTOGRAMS",
        "TB_HISTOGRAMS",
        "TB_IMAGES",
        "TB_RUN_METADATA",
        "TB_SCALARS",
        "TB_TENSORS",
        "TENSORBOARD_TAG_SET",
        "TENSORS",
        "VIDEOS",
    )
}
_STREAMS = f"{_HERE}.streams"
_STAT = {"StreamableStat": f"{_STREAMS}.stats:StreamableStat"}
_TENSORBOARD_STREAMER = {
    "TensorboardStreamer": f"{_STREAMS}.tensorboard_streamer:TensorboardStreamer"
}
_TENSORBOARD_STAT = {
    "TensorboardStreamableStat": f"{_STREAMS}.tensorboard_streamer:TensorboardStreamableStat"
}
_MEDIA_LINKER = {"MediaFileStatLinker": f"{_STREAMS}.media_link:MediaFileStatLinker"}
_MEDIA_STAT = {"MediaLinkStreamableStat": f"{_STREAMS}.media_link:MediaLinkStreamableStat"}
_COMPAT = f"{_HERE}.compat"
_STREAM_WRAPPER = {"TensorboardStreamWrapper": f"{_COMPAT}.gym_wrappers:TensorboardStreamWrapper"}
_WRAPPER_UTILS = {"WrapperUtils": f"{_COMPAT}.gym_wrappers:WrapperUtils"}
_RECORD_VIDEO = {"RecordVideoCustom": f"{_COMPAT}.record_video:RecordVideoCustom"}
_RECORD_TO_TENSORBOARD = {
    "RecordVideoToTensorboard": f"{_COMPAT}.record_video:RecordVideoToTensorboard"
}
_INTERACTION_CALLBACK = {
    "SimulationInteractionCallback": f"{_COMPAT}.sb3_callbacks:SimulationInteractionCallback"
}
_CONFIG = {"CONFIG": f"{_COMPAT}.configuration:CONFIG"}
_INTERACTOR = {"SimulationInteractor": f"{_HERE}.interactor:SimulationInteractor"}
_TORCH_ROOM = f"{_HERE}.simulations.torch_"
_TORCH_STATE = {"SimpleStateStack": f"{_TORCH_ROOM}callbacks:SimpleStateStack"}
_TORCH_CALLBACKS = {
    "BaseCustomCallback": f"{_TORCH_ROOM}callbacks:BaseCustomCallback",
    "CallbackCustomList": f"{_TORCH_ROOM}callbacks:CallbackCustomList",
    "EmptyCallback": f"{_TORCH_ROOM}callbacks:EmptyCallback",
}
_TORCH_MODELS = {
    "InferenceModel": f"{_TORCH_ROOM}models:InferenceModel",
    "SimpleClassifierMLModel": f"{_TORCH_ROOM}classifier_model:SimpleClassifierMLModel",
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
        **_MODELS,
        "SimStatusCode": _STATUS_CODES["SimStatusCode"],
    },
    "gymdash.backend.core.api.config": {},
    "gymdash.backend.core.api.config.config": {
        **_CONFIG,
        **{
            name: f"{_COMPAT}.configuration:{name}"
            for name in (
                "CUSTOM_SIZE_GUIDANCE",
                "GDConfig",
                "TB_CONFIG_SIZE_GUIDANCE",
                "set_global_config",
            )
        },
    },
    "gymdash.backend.core.api.config.stat_tags": _TAGS,
    "gymdash.backend.core.api.stream": {
        **_STAT,
        "Streamer": f"{_STREAMS}.stats:Streamer",
        "StreamerRegistry": f"{_STREAMS}.stats:StreamerRegistry",
    },
    "gymdash.backend.core.simulation": {},
    "gymdash.backend.core.simulation.base": {
        **_SIMULATION,
        **_STOP,
        **_INTERACTOR,
        "SimulationStreamer": f"{_HERE}.streams.registered:SimulationStreamer",
        **_START_CONFIG,
        **_STATUS,
        **_STATUS_CODES,
        **_RECORDS,
        "SimulationInteractionModel": _MODELS["SimulationInteractionModel"],
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
        "QueuedSimulation": f"{_COMPAT}.queued:QueuedSimulation",
        "ControlRequestBatch": _MODELS["ControlRequestBatch"],
        "InteractorChannelModel": _MODELS["InteractorChannelModel"],
        "SimulationInteractionModel": _MODELS["SimulationInteractionModel"],
        "SimulationRestartConfig": _MODELS["SimulationRestartConfig"],
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
        **_TENSORBOARD_STREAMER,
        **_STREAM_WRAPPER,
        **_MEDIA_LINKER,
        **_MEDIA_STAT,
        **_RECORD_VIDEO,
        **_RECORD_TO_TENSORBOARD,
        **_INTERACTION_CALLBACK,
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
    "gymdash.backend.core.utils.thread_utils": {
        "execute_queued": f"{_COMPAT}.threads:execute_queued",
        "run_on_main_thread": f"{_COMPAT}.threads:run_on_main_thread",
    },
    "gymdash.backend.core.utils.state": {
        **_TORCH_STATE,
        "STATE_NONE": f"{_TORCH_ROOM}callbacks:STATE_NONE",
    },
    "gymdash.backend.constants": {"DATASET_FOLDER": f"{_COMPAT}.configuration:DATASET_FOLDER"},
    "gymdash.backend.gymnasium": {},
    "gymdash.backend.gymnasium.utils": {},
    "gymdash.backend.gymnasium.utils.wrapper_utils": _WRAPPER_UTILS,
    "gymdash.backend.gymnasium.wrappers": {},
    "gymdash.backend.gymnasium.wrappers.MediaFileStatLinker": {**_MEDIA_LINKER, **_MEDIA_STAT},
    "gymdash.backend.gymnasium.wrappers.RecordVideoCustom": _RECORD_VIDEO,
    "gymdash.backend.gymnasium.wrappers.RecordVideoToTensorboard": _RECORD_TO_TENSORBOARD,
    "gymdash.backend.gymnasium.wrappers.TensorboardStreamWrapper": {
        **_STREAM_WRAPPER,
        **_TENSORBOARD_STREAMER,
        **_TENSORBOARD_STAT,
        **_CONFIG,
        "ANY_TAG": _TAGS["ANY_TAG"],
    },
    "gymdash.backend.stable_baselines": {},
    "gymdash.backend.stable_baselines.callbacks": {
        **_INTERACTION_CALLBACK,
        "TensorboardPathCorrectionCallback": (
            f"{_COMPAT}.sb3_callbacks:TensorboardPathCorrectionCallback"
        ),
        **_STREAM_WRAPPER,
        **_WRAPPER_UTILS,
        **_INTERACTOR,
        **_SIMULATION,
    },
    "gymdash.backend.tensorboard": {},
    "gymdash.backend.tensorboard.MediaLinkStreamableStat": {
        **_MEDIA_STAT,
        "FileEvent": f"{_STREAMS}.media_link:FileEvent",
        **_STAT,
        "ANY_TAG": _TAGS["ANY_TAG"],
        "MEDIA_TAG_SET": _TAGS["MEDIA_TAG_SET"],
    },
    "gymdash.backend.tensorboard.TensorboardStreamableStat": {
        **_TENSORBOARD_STAT,
        **_STAT,
        "ANY_TAG": _TAGS["ANY_TAG"],
        "TENSORBOARD_TAG_SET": _TAGS["TENSORBOARD_TAG_SET"],
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
        "train_mnist_classifier": f"{_COMPAT}.examples:train_mnist_classifier",
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
