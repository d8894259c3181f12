"""A training with stable-baselines3 as GymDash's own example does it, stopped by a question to the tracker."""

import asyncio
import os
import sys

import gymnasium as gym
from gymdash.backend.core.api.config import stat_tags
from gymdash.backend.core.api.models import (
    InteractorChannelModel,
    SimStatus,
    SimulationInteractionModel,
    SimulationStartConfig,
)
from gymdash.backend.core.simulation.base import Simulation, StopSimException
from gymdash.backend.core.simulation.manage import SimulationRegistry, SimulationTracker
from gymdash.backend.enums import SimStatusCode, SimStatusSubcode
from gymdash.backend.gymnasium.utils.wrapper_utils import WrapperUtils
from gymdash.backend.gymnasium.wrappers.MediaFileStatLinker import MediaFileStatLinker
from gymdash.backend.gymnasium.wrappers.RecordVideoCustom import RecordVideoCustom
from gymdash.backend.gymnasium.wrappers.TensorboardStreamWrapper import (
    TensorboardStreamer,
    TensorboardStreamWrapper,
)
from gymdash.backend.project import ProjectManager
from gymdash.backend.stable_baselines.callbacks import SimulationInteractionCallback
from gymdash.backend.tensorboard.MediaLinkStreamableStat import MediaLinkStreamableStat
from stable_baselines3.common.logger import configure
from stable_baselines3.ppo import PPO


class MyTraining(Simulation):
    def __init__(self, config: SimulationStartConfig) -> None:
        super().__init__(config)
        self.tb_tag_key_map = {
            stat_tags.TB_SCALARS: ["rollout/ep_rew_mean", "train/learning_rate"],
        }

    def _paths(self, kwargs):
        tb_path = os.path.join("tb", f"{kwargs['env']}_ppo", "train")
        if self._project_info_set:
            tb_path = os.path.join(self.sim_path, tb_path)
        return tb_path, os.path.join(self.sim_path, "media", "episode_video")

    def _linker(self, tb_path, video_path):
        return MediaFileStatLinker(
            "media_" + tb_path,
            [
                MediaLinkStreamableStat(
                    "episode_video",
                    stat_tags.VIDEOS,
                    video_path,
                    r"rl-video-(episode|step)-[0-9]+_[0-9]+\.mp4",
                    lambda fname: int(fname.split("_")[-1][:-4]),
                )
            ],
        )

    def _create_streamers(self, kwargs):
        tb_path, video_path = self._paths(kwargs)
        self.streamer.get_or_register(TensorboardStreamer(tb_path, self.tb_tag_key_map))
        self.streamer.get_or_register(self._linker(tb_path, video_path))

    def create_kwarg_defaults(self):
        return {"num_steps": 5000, "episode_trigger": 5, "env": "CartPole-v1"}

    def _setup(self, **kwargs):
        kwargs = self._overwrite_new_kwargs(self.kwarg_defaults, self.config.kwargs, kwargs)

    def _run(self, **kwargs):
        kwargs = self._overwrite_new_kwargs(self.kwarg_defaults, self.config.kwargs, kwargs)
        tb_path, video_path = self._paths(kwargs)
        env = gym.make(kwargs["env"], render_mode="rgb_array")
        env = self.streamer.get_or_register(
            TensorboardStreamWrapper(env, tb_path, self.tb_tag_key_map)
        )
        self.streamer.get_or_register(self._linker(tb_path, video_path))
        env = RecordVideoCustom(
            env,
            video_path,
            self._to_every_x_trigger(kwargs["episode_trigger"]),
            lambda x: False,
            video_length=0,
            fps=30,
        )
        assert isinstance(
            WrapperUtils.get_wrapper_of_type(env, TensorboardStreamWrapper),
            TensorboardStreamWrapper,
        )
        model = PPO("MlpPolicy", env, verbose=0, tensorboard_log=tb_path, n_steps=128)
        model.set_logger(configure(tb_path, ["tensorboard"]))
        try:
            model.learn(
                total_timesteps=kwargs["num_steps"],
                progress_bar=False,
                callback=SimulationInteractionCallback(self),
            )
            if self.was_cancelled():
                self.add_status(
                    SimStatus(
                        code=SimStatusCode.FAIL,
                        subcode=SimStatusSubcode.STOPPED,
                        details="Simulation stopped.",
                    )
                )
            else:
                self.add_status(
                    SimStatus(code=SimStatusCode.SUCCESS, details="Simulation successfully run.")
                )
        except StopSimException:
            self._meta_failed = True
            self.add_status(
                SimStatus(
                    code=SimStatusCode.FAIL,
                    subcode=SimStatusSubcode.STOPPED,
                    details="Simulation stopped.",
                )
            )
        except Exception as e:
            self._meta_failed = True
            self.add_error_details(str(e))
        env.close()


async def stop_after(tracker, sim_id, steps):
    while True:
        answer = await tracker.fulfill_query_interaction(
            SimulationInteractionModel(
                id=str(sim_id), timeout=10, progress=InteractorChannelModel(triggered=True)
            )
        )
        if answer["progress"][0] >= steps:
            break
        await asyncio.sleep(0.01)
    print("total:", answer["progress"][1])
    print(
        await tracker.fulfill_query_interaction(
            SimulationInteractionModel(
                id=str(sim_id), stop_simulation=InteractorChannelModel(triggered=True)
            )
        )
    )


if __name__ == "__main__":
    ProjectManager.open(sys.argv[1])
    SimulationRegistry.register("mine", MyTraining)
    tracker = SimulationTracker()
    sim_id, sim = tracker.start_sim(
        SimulationStartConfig(name="mine", sim_key="mine", kwargs={"num_steps": 1_000_000})
    )
    asyncio.run(stop_after(tracker, sim_id, 300))
    while tracker.any_running(sim_id):
        pass
    print("cancelled:", sim.was_cancelled())
