"""The simulation type ``example_ml``: a torch network learns to recognise digits, and is asked what pictures show.

Light to import; torch is loaded when a simulation is set up.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from gymdash_jupyter.actions import action
from gymdash_jupyter.arguments import check_accepts
from gymdash_jupyter.channels import CUSTOM_QUERY, PROGRESS, PROGRESS_STATUS
from gymdash_jupyter.errors import (
    ActionRefusedError,
    InvalidArgumentError,
    MissingDependencyError,
)
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.simulations.torch_callbacks import SimpleStateStack
from gymdash_jupyter.simulations.torch_first_import import FIRST_IMPORT
from gymdash_jupyter.simulations.torch_help import HELP, measuring_words, training_words
from gymdash_jupyter.simulations.torch_settings import TorchSettings, read_settings
from gymdash_jupyter.statuses import SimStatus, SimStatusCode

if TYPE_CHECKING:
    from torch import nn
    from torch.utils.data import Dataset

    from gymdash_jupyter.config import SimulationStartConfig
    from gymdash_jupyter.simulations.torch_asking import Conversation
    from gymdash_jupyter.simulations.torch_classifier_model import SimpleClassifierMLModel
    from gymdash_jupyter.simulations.torch_phases import Phases


PROGRESS_INTERVAL_S = 0.02


class MLSimulation(Simulation):
    """Train a torch network to tell classes apart, validate and test it, and say what pictures show.

    As it is, it learns digits; a subclass may bring a model (``_create_model``) and data (``_create_datasets``) of its
    own. Recorded over the samples that are learned are ``loss/train``, ``acc/train``, ``loss/val``, ``acc/val``, then
    ``loss/val/val``, ``acc/val/val``, ``loss/test/test``, ``acc/test/test``, and pictures ``example_outputs``. In a
    project, checkpoints are kept as ``checkpoints/train/train_ckpt_<n>.pt``.

    A seed makes it repeatable on the same machine. It seeds the generators that all threads of a process share, so of
    several trainings at once in threads none is.

    Args:
        config: Its kwargs are those of ``TorchSettings``; ``_get_help_text`` explains them.

    Attributes:
        kwargs_model: Describes and checks the kwargs. A subclass with more of them brings a subclass of it, or names
            them in ``create_kwarg_defaults``.
        n_classes: How many classes there are; for ``_create_model``.
        image_shape: Shape of one input, once there is data; for ``_create_model``.
        input_scale: What ink is in numbers that people send, besides 1; None: they are taken as they are.
        sm: What is being done: ``<<train>>``, ``<<val>>``, ``<<test>>``.
        model: The ``SimpleClassifierMLModel``, once it is set up; ``model.model`` is the network. Trained when the
            simulation has ended, where it executes in this process.
        result: ``train``, ``val`` and ``test``, each a dict or None: ``accuracy`` (from 0 to 1) and ``loss`` of the
            latter two, with ``correct_samples``, ``total_samples`` and the ``checkpoint`` that was taken.
    """

    kwargs_model = TorchSettings
    n_classes: int = 10
    input_scale: float | None = None

    def __init__(self, config: SimulationStartConfig) -> None:
        super().__init__(config)
        self.sm = SimpleStateStack()
        self.image_shape: tuple[int, ...] = ()
        self.model: SimpleClassifierMLModel | None = None
        self._phases: Phases | None = None
        self._settings: TorchSettings | None = None
        self._prepared_with: dict[str, Any] = {}
        self._data_words = ""
        self._said_phase = ""
        self._n_samples = 0
        self._next_progress = 0.0
        self._conversation: Conversation | None = None

    # To override

    def _create_model(self, **kwargs: Any) -> nn.Module:
        """Make the network: inputs of shape (n, *image_shape) give logits of shape (n, n_classes).

        Args:
            **kwargs: ``model_kwargs``.
        """
        from gymdash_jupyter.simulations.torch_networks import DigitClassifier

        shape = self.image_shape
        if len(shape) != 3:
            msg = (
                f"The model that comes with {type(self).__name__} takes pictures, and an input has the shape {shape}. "
                "Override _create_model(self, **kwargs)."
            )
            raise InvalidArgumentError(msg)
        check_accepts(DigitClassifier, {"image_shape": shape, "n_classes": 1, **kwargs})
        return DigitClassifier((shape[0], shape[1], shape[2]), self.n_classes, **kwargs)

    def _create_datasets(
        self, kwargs: Mapping[str, Any]
    ) -> tuple[Dataset[Any], Dataset[Any], Dataset[Any]]:
        """Make the data to learn from, to validate with and to test with; each gives (input, class) by number.

        Args:
            kwargs: All kwargs of the simulation.
        """
        from gymdash_jupyter.simulations.torch_data import load_dataset

        digits = load_dataset(kwargs["dataset"], self.resources_path)
        self.input_scale, self._data_words = digits.scale, digits.words
        parts = {"train": digits.train, "val": digits.val, "test": digits.test}
        made = _load_phases().datasets_of(parts)
        return made.train, made.val, made.test

    def create_kwarg_defaults(self) -> dict[str, Any]:
        """Return GymDash's defaults, and ours; ``_get_help_text`` explains them."""
        model = TorchSettings().model_dump()
        return {name: {} if isinstance(value, dict) else value for name, value in model.items()}

    @classmethod
    def _warm_up(cls) -> None:
        """Train a little: torch imports a part of itself only then."""
        from gymdash_jupyter.config import SimulationStartConfig

        kwargs = {"train_kwargs": {"epochs": 1}, "dataset": "digits", "batch_size": 512}
        simulation = MLSimulation(
            SimulationStartConfig(name="", sim_key="", kwargs={**kwargs, "device": "cpu"})
        )
        simulation.setup()
        simulation.run()

    def _get_help_text(self) -> str:
        return HELP

    # Its life

    def _check_start(self, kwargs: Mapping[str, Any]) -> None:
        """Refuse what ``_setup`` would; a subclass with a ``_setup`` or ``_run`` of its own may change kwargs there."""
        if self._is_run_as(MLSimulation):
            self._read(kwargs)

    def _setup(self, **kwargs: Any) -> None:
        self._prepare(kwargs)

    def _run(self, **kwargs: Any) -> None:
        if self._phases is None or not self._is_prepared_for(kwargs):
            self._prepare({**self.start_kwargs, **kwargs})
        phases, settings, conversation = self._phases, self._settings, self._conversation
        assert phases is not None and settings is not None, "_prepare makes them"  # noqa: S101, PT018
        assert conversation is not None, "_prepare makes it"  # noqa: S101
        self.result = {"train": None, "val": None, "test": None}
        try:
            self._do_phases(phases, settings)
        finally:
            self.interactor.set_out_if_in(PROGRESS, (phases.n_done, phases.n_batches))
        if settings.inference:
            phases.prepare_inference()
            conversation.wait_for_pictures()

    def _do_phases(self, phases: Phases, settings: TorchSettings) -> None:
        began = time.perf_counter()
        if settings.train:
            found = self.result["train"] = phases.train()
            took = time.perf_counter() - began
            self._succeed(training_words(found, phases.n_learned, took))
        if settings.val:
            found = self.result["val"] = phases.validate()
            self._succeed(measuring_words("Validation", found))
        if settings.test:
            found = self.result["test"] = phases.test()
            self._succeed(measuring_words("Test", found))

    def close(self) -> None:
        """Let go of the data; the model stays."""
        self._phases = self._conversation = None

    def _is_prepared_for(self, kwargs: Mapping[str, Any]) -> bool:
        known = self._prepared_with
        return all(name in known and known[name] is value for name, value in kwargs.items())

    def _prepare(self, kwargs: Mapping[str, Any]) -> None:
        self._prepared_with = dict(kwargs)
        merged = self._overwrite_new_kwargs(self.kwarg_defaults, self.config.kwargs, kwargs)
        settings = self._settings = self._read(merged)
        loaded = _load_phases()
        device = loaded.device_named(settings.device)
        loaded.seed_everything(settings.seed)
        everything = {**merged, **settings.model_dump()}
        splits = loaded.splits_of(self._create_datasets(everything), type(self).__name__)
        self.image_shape = loaded.shape_of(splits)
        check_accepts(self._create_model, settings.model_kwargs)
        module = self._create_model(**settings.model_kwargs)
        phases = self._phases = loaded.Phases(self, settings, splits, module, device)
        self.model, self._conversation = phases.model, loaded.Conversation(self, phases)
        data = self._data_words or loaded.words_for(splits)
        self.say(f"{phases.n_weights:,} weights on {device.type}; {data}.")
        if self.sim_path is None and settings.train:
            self.say("No project is open for this simulation: no checkpoints are kept.")

    def _read(self, merged: Mapping[str, Any]) -> TorchSettings:
        """Check the kwargs; those that only a subclass knows are its own affair."""
        model = self.kwargs_model
        what = f"The simulation type {type(self).__name__}"
        shared = {
            name: value
            for name, value in merged.items()
            if name in model.model_fields or name not in self.kwarg_defaults
        }
        return read_settings(shared, what, model)

    # What it says and is asked between two batches

    def say(self, details: str) -> None:
        """Add a status that is for information."""
        self.add_status(SimStatus(SimStatusCode.INFO, details=details))

    def batch_done(self, told: Mapping[str, Any]) -> None:
        """Take down that a batch of some phase is done, and say how far it all is."""
        phases = self._phases
        if phases is None:
            return
        phases.n_done += 1
        self._n_samples = told.get("curr_samples", self._n_samples)
        now = time.perf_counter()
        if now >= self._next_progress or phases.n_done >= phases.n_batches:
            self._next_progress = now + PROGRESS_INTERVAL_S
            self._say_progress(phases, told)

    def base_step(self) -> None:
        """Answer requests for help, for actions and for what a picture shows."""
        super().base_step()
        if self._conversation is not None and self.interactor.is_asked(CUSTOM_QUERY):
            self._conversation.answer_if_asked()

    @action
    def predict(
        self,
        index: Annotated[
            int | None, Field(ge=0, description="Number of a sample of the test set.")
        ] = None,
        pixels: Annotated[
            list[Any] | None, Field(description="A picture: rows of numbers from 0 to 1.")
        ] = None,
    ) -> dict[str, Any]:
        """Say what a sample of the test set, or a picture, shows to the model as it is now."""
        if self._conversation is None:
            msg = "There is no model yet, or no more."
            raise ActionRefusedError(msg)
        return self._conversation.recognise({"index": index, "pixels": pixels})

    @action
    def set_learning_rate(
        self, value: Annotated[float, Field(gt=0, description="The new learning rate.")]
    ) -> str:
        """Change the learning rate from now on."""
        if self._phases is None:
            msg = "The training has not begun."
            raise ActionRefusedError(msg)
        before = self._phases.set_learning_rate(value)
        words = f"The learning rate changed from {before:g} to {value:g} after {self._n_samples:,} samples."
        self.say(words)
        return words

    # Inside

    def _say_progress(self, phases: Phases, told: Mapping[str, Any]) -> None:
        self.interactor.set_out_if_in(PROGRESS, (phases.n_done, phases.n_batches))
        words = self._phase_words(told)
        if words != self._said_phase:
            self._said_phase = words
            self.interactor.set_out_if_in(PROGRESS_STATUS, words)

    def _phase_words(self, told: Mapping[str, Any]) -> str:
        if "train" in self.sm.full_state:
            epoch, epochs = told.get("epoch"), told.get("epochs")
            # A validation inside a training is told no epoch: the words stay.
            return f"Training, epoch {epoch} of {epochs}" if epoch else self._said_phase
        return "Testing" if "test" in self.sm.full_state else "Validating"

    def _succeed(self, details: str) -> None:
        self.add_status(SimStatus(SimStatusCode.SUCCESS, details=details))


def _load_phases() -> ModuleType:
    try:
        with FIRST_IMPORT:
            from gymdash_jupyter.simulations import torch_phases
    except ImportError as exc:
        msg = (
            f"The simulation type example_ml needs torch, which cannot be imported: {exc}. "
            "Install it where the simulation runs: pip install 'gymdash-jupyter[torch]'."
        )
        raise MissingDependencyError(msg, package="torch") from exc
    return torch_phases
