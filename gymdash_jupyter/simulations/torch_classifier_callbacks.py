"""What ``MLSimulation`` does after each batch: it says how far it is, answers, stops, and draws samples.

Needs no torch until a callback draws.
"""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.channels import STOP
from gymdash_jupyter.simulations.torch_callbacks import BaseCustomCallback

if TYPE_CHECKING:
    from gymdash_jupyter.interactor import SimulationInteractor
    from gymdash_jupyter.simulations.torch_classifier import MLSimulation
    from gymdash_jupyter.simulations.torch_classifier_model import SimpleClassifierMLModel


class MLSimulationCallback(BaseCustomCallback):
    """A callback that knows its simulation.

    Args:
        simulation: Whose training it is.
    """

    def __init__(self, simulation: MLSimulation) -> None:
        super().__init__()
        self.simulation = simulation

    @property
    def interactor(self) -> SimulationInteractor:
        """The simulation's channels."""
        return self.simulation.interactor


class MLSimulationUpdateCallback(MLSimulationCallback):
    """Say how far the simulation is, answer what is asked, and stop when that is asked."""

    def _on_invoke(self) -> bool:
        simulation = self.simulation
        simulation.batch_done(self.locals)
        simulation.base_step()
        if simulation.interactor.set_out_if_in(STOP, True):
            simulation.set_cancelled()
            return False
        return True


class MLSimulationSampleRecordCallback(MLSimulationCallback):
    """Record now and then what the model makes of some samples. Say in ``create_media_savable`` how they look.

    Args:
        simulation: Whose training it is.
        sim_model: What is trained.
        inputs: The samples: a data set of inputs and classes, or a batch of inputs; None: nothing is recorded.
        media_path: Its last part is the key under which pictures are recorded.
        step_trigger: Batches between two of them; 0 or less: none.
        random_samples: How many of the samples are drawn by lot each time; 0 or less: all of them.
    """

    def __init__(
        self,
        simulation: MLSimulation,
        sim_model: SimpleClassifierMLModel,
        inputs: Any,
        media_path: str,
        step_trigger: int = 1,
        random_samples: int = -1,
    ) -> None:
        super().__init__(simulation)
        self.sim_model = sim_model
        self.inference_data = inputs
        self.random_samples = random_samples
        self.media_path = media_path
        self.step_trigger = step_trigger

    @property
    def model(self) -> Any:
        """The module that is trained."""
        return self.sim_model.model

    @abstractmethod
    def create_media_savable(self, inputs: Any, outputs: Any, gt: Any = None) -> Any:
        """Make something that can be seen.

        Args:
            inputs: The samples, as they were given, or those that were drawn by lot.
            outputs: What the model's ``produce`` gives for them.
            gt: Their true classes where they are known, else None.
        """

    def save_media_to_folder(self, media_savable: Any, step: int) -> None:
        """Record what was made as an image."""
        self.simulation.recorder.image(Path(self.media_path).name, media_savable, step)

    def record_now(self) -> None:
        """Record what the model makes of the samples, as it is now."""
        if self.inference_data is None or not len(self.inference_data):
            return
        inputs = self._chosen()
        outputs, truth = self._outputs_of(inputs)
        picture = self.create_media_savable(inputs, outputs, truth)
        self.save_media_to_folder(picture, int(self.locals.get("curr_samples", 0)))

    def _on_invoke(self) -> bool:
        steps = int(self.locals.get("curr_steps", 0))
        if self.step_trigger > 0 and steps > 0 and steps % self.step_trigger == 0:
            self.record_now()
        return True

    def _outputs_of(self, inputs: Any) -> tuple[Any, Any]:
        return self.sim_model.produce(inputs)

    def _chosen(self) -> Any:
        if self.random_samples <= 0:
            return self.inference_data
        import torch
        from torch.utils.data import Subset

        n = len(self.inference_data)
        # A generator of its own: a training with pictures learns the same as one without.
        lot = torch.Generator().manual_seed(int(self.locals.get("curr_samples", 0)))
        chosen = torch.randperm(n, generator=lot)[: self.random_samples]
        if isinstance(self.inference_data, torch.Tensor):
            return self.inference_data[chosen]
        return Subset(self.inference_data, chosen.tolist())


class MLClassifierRecordCallback(MLSimulationSampleRecordCallback):
    """Draw samples with what the model takes them for."""

    def create_media_savable(self, inputs: Any, outputs: Any, gt: Any = None) -> Any:
        """Draw a grid.

        Args:
            inputs: See ``MLSimulationSampleRecordCallback``.
            outputs: Probabilities of each class, of shape (n, classes), or classes, of shape (n,).
            gt: The true classes, or None.
        """
        import torch

        from gymdash_jupyter.simulations.torch_pictures import Samples, draw_samples

        if not isinstance(inputs, torch.Tensor):
            inputs = torch.stack([inputs[i][0] for i in range(len(inputs))])
        outputs = torch.as_tensor(outputs).cpu()
        certainty, predicted = outputs.max(1) if outputs.ndim == 2 else (None, outputs)
        samples = Samples(
            inputs.cpu().numpy(),
            predicted.numpy(),
            None if gt is None else torch.as_tensor(gt).cpu().numpy(),
            None if certainty is None else certainty.numpy(),
        )
        return draw_samples(samples, f"After {int(self.locals.get('curr_samples', 0)):,} samples")

    def _outputs_of(self, inputs: Any) -> tuple[Any, Any]:
        import torch
        from torch.utils.data import default_collate

        if isinstance(inputs, torch.Tensor):
            return self.sim_model.probabilities(inputs), None
        x, y = default_collate([inputs[i] for i in range(len(inputs))])
        return self.sim_model.probabilities(x), y
