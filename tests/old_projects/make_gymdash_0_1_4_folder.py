"""Make the folder ``gymdash_0_1_4``: executed by GymDash 0.1.4 itself, and left as it wrote it.

Not part of the tests. Run once with a Python that has gymdash 0.1.4, stable-baselines3, gymnasium, torch, tensorboard,
moviepy, pygame, setuptools<80 and what else gymdash imports, as ``python make_gymdash_0_1_4_folder.py FOLDER``.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
import types
from pathlib import Path
from typing import Any


def stand_in() -> None:
    """Give GymDash what it imports and what nothing here needs: torchvision, and the moviepy of its days."""
    import moviepy

    torchvision = types.ModuleType("torchvision")
    torchvision.datasets = types.ModuleType("torchvision.datasets")
    torchvision.transforms = types.ModuleType("torchvision.transforms")
    torchvision.transforms.ToTensor = torchvision.transforms.Compose = object

    class Clip(moviepy.ImageSequenceClip):
        def write_gif(self, filename: str, verbose: bool = False, **kwargs: Any) -> None:
            super().write_gif(filename, **kwargs)

    moviepy.editor = types.ModuleType("moviepy.editor")
    moviepy.editor.ImageSequenceClip = Clip
    sys.modules |= {
        "torchvision": torchvision,
        "torchvision.datasets": torchvision.datasets,
        "torchvision.transforms": torchvision.transforms,
        "moviepy.editor": moviepy.editor,
    }


def digits_type() -> Any:
    """Give a simulation type that uses those parts of GymDash's examples that need no MNIST."""
    import gymnasium
    import matplotlib.pyplot as plt
    import numpy as np
    from gymdash.backend.core.api.models import SimStatus
    from gymdash.backend.core.simulation import examples
    from gymdash.backend.core.simulation.base import Simulation
    from gymdash.backend.enums import SimStatusCode
    from gymdash.backend.gymnasium.wrappers.RecordVideoToTensorboard import (
        RecordVideoToTensorboard,
    )
    from torch.utils.tensorboard import SummaryWriter

    class Digits(Simulation):
        def _setup(self, **kwargs: Any) -> None:
            pass

        def _run(self, **kwargs: Any) -> None:
            writer = SummaryWriter(Path(self.sim_path) / "tb" / "mnist" / "train")
            env = RecordVideoToTensorboard(
                gymnasium.make("CartPole-v1", render_mode="rgb_array"),
                tempfile.mkdtemp(),
                episode_trigger=lambda episode: episode == 1,
            )
            env.configure_recorder("episode_video", writer)
            env.unwrapped.screen_width, env.unwrapped.screen_height = 60, 40
            for episode in range(3):
                env.reset(seed=episode)
                for _ in range(6):
                    env.step(env.action_space.sample())
            env.close()
            media = Path(self.sim_path) / "media" / "example_outputs"
            media.mkdir(parents=True)
            for step in (100, 20):
                writer.add_scalar("loss/train/train", 10 / step, step)
                figure, ax = plt.subplots(figsize=(1, 1), dpi=50)
                ax.imshow(np.arange(9).reshape(3, 3) * step % 7)
                examples.MLClassifierRecordCallback.save_media_to_folder(
                    types.SimpleNamespace(media_path=str(media)), figure, step
                )
            writer.close()
            self.add_status(SimStatus(code=SimStatusCode.SUCCESS, details="It is done."))

    return Digits


def main(folder: Path) -> None:
    """Execute six simulations and leave one of them running."""
    shutil.rmtree(folder, ignore_errors=True)
    stand_in()
    import torch
    from gymdash.backend.core.api.models import SimulationStartConfig
    from gymdash.backend.core.simulation import examples
    from gymdash.backend.core.simulation.manage import SimulationRegistry, SimulationTracker
    from gymdash.backend.project import ProjectManager

    torch.manual_seed(0)
    torch.set_num_threads(1)
    ProjectManager.setup_from_args(argparse.Namespace(project_dir=str(folder), no_project=False))
    SimulationRegistry.register("stable_baselines", examples.StableBaselinesSimulation)
    SimulationRegistry.register("custom_control", examples.CustomControlSimulation)
    SimulationRegistry.register("digits", digits_type())
    tracker = SimulationTracker()

    def start(name: str, sim_key: str, config: dict[str, Any] | None = None, **kwargs: Any) -> Any:
        config = SimulationStartConfig(name=name, sim_key=sim_key, kwargs=config or {})
        return tracker.start_sim(config, **kwargs)[1]

    def wait(sim: Any) -> None:
        while not sim.is_done:
            time.sleep(0.05)
        time.sleep(0.2)
        ProjectManager.run_cached_executions()  # its own loop ends at once without a web server

    learning = {"n_steps": 64, "batch_size": 32, "n_epochs": 1, "seed": 1}
    wait(
        start(
            "cartpole",
            "stable_baselines",
            {"env": "CartPole-v1", "algorithm": "ppo"},
            num_steps=400,
            episode_trigger=8,
            step_trigger=150,
            video_length=3,
            fps=10,
            algorithm_kwargs=learning,
        )
    )
    wait(start("numbers", "custom_control", poll_period=0.01, total_runtime=0.5))
    wait(start("digits", "digits"))
    wait(start("no such env", "stable_baselines", env="Nope-v0"))
    stopped = start("stopped", "custom_control", poll_period=0.01, total_runtime=60)
    time.sleep(0.5)
    stopped.interactor.set_in("stop_simulation", True)
    wait(stopped)
    start("still running", "custom_control", poll_period=0.02, total_runtime=600)
    time.sleep(0.5)
    ProjectManager.run_cached_executions()
    os._exit(0)  # as when somebody closes its window


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())
