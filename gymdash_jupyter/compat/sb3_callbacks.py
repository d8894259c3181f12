"""GymDash's callbacks for trainings with stable-baselines3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stable_baselines3.common.callbacks import BaseCallback

from gymdash_jupyter.channels import PROGRESS, STOP
from gymdash_jupyter.compat.gym_wrappers import TensorboardStreamWrapper, WrapperUtils

if TYPE_CHECKING:
    from gymdash_jupyter.interactor import SimulationInteractor
    from gymdash_jupyter.simulation import Simulation


class TensorboardPathCorrectionCallback(BaseCallback):
    """Let the environment's ``TensorboardStreamWrapper`` read where the model writes."""

    def _on_step(self) -> bool:
        return True

    def _on_training_start(self) -> None:
        wrapper = WrapperUtils.get_wrapper_of_type(self.model.env, TensorboardStreamWrapper)
        folder = self.model.logger.get_dir()
        if wrapper is not None and folder is not None:
            wrapper.set_log_path(folder)


class SimulationInteractionCallback(BaseCallback):
    """Let a training answer ``progress`` and be stopped by ``stop_simulation``, at each step.

    Args:
        simulation: Whose training it is.
        verbose: See stable-baselines3.

    Attributes:
        simulation: As given.
        curr_timesteps: How many steps were done, of all environments.
        total_timesteps: How many are to be done.
    """

    def __init__(self, simulation: Simulation, verbose: int = 0) -> None:
        super().__init__(verbose)
        self.simulation = simulation
        self.curr_timesteps = 0
        self.total_timesteps = 0

    @property
    def interactor(self) -> SimulationInteractor:
        """The simulation's."""
        return self.simulation.interactor

    def _on_training_start(self) -> None:
        self.total_timesteps = self.locals["total_timesteps"] - self.model.num_timesteps

    def _on_step(self) -> bool:
        self.curr_timesteps += self.training_env.num_envs
        self.simulation.base_step()
        self.interactor.set_out_if_in(PROGRESS, (self.curr_timesteps, self.total_timesteps))
        if self.interactor.set_out_if_in(STOP, True):
            self.simulation.set_cancelled()
            return False
        return True
