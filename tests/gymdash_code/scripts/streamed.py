"""A class that only writes TensorBoard's files and pictures, and tells its streamers of them.

Waits at its end for a file, so that whoever watches can look while it executes. It never closes its writer.
"""

import os
import sys
import time

import gymdash.backend.core.api.config.stat_tags as stat_tags
import numpy as np
from gymdash.backend.core.api.models import SimulationStartConfig
from gymdash.backend.core.simulation.base import Simulation
from gymdash.backend.core.simulation.manage import SimulationTracker
from gymdash.backend.gymnasium.wrappers.MediaFileStatLinker import MediaFileStatLinker
from gymdash.backend.gymnasium.wrappers.TensorboardStreamWrapper import TensorboardStreamer
from gymdash.backend.project import ProjectManager
from gymdash.backend.tensorboard.MediaLinkStreamableStat import MediaLinkStreamableStat
from PIL import Image
from torch.utils.tensorboard import SummaryWriter


class Streamed(Simulation):
    def __init__(self, config: SimulationStartConfig) -> None:
        super().__init__(config)
        self.tb_tag_key_map = {
            stat_tags.TB_SCALARS: ["loss", "acc/val"],
            stat_tags.TB_IMAGES: ["example_outputs"],
        }

    def create_kwarg_defaults(self):
        return {"steps": 20, "folder": "other", "wait_for": "nothing"}

    def _create_streamers(self, kwargs):
        tb_path = os.path.join(self.sim_path, "tb", kwargs["folder"])
        pictures = os.path.join(self.sim_path, "media", "pictures")
        self.streamer.get_or_register(TensorboardStreamer(tb_path, self.tb_tag_key_map))
        self.streamer.get_or_register(
            MediaFileStatLinker(
                "media_" + tb_path,
                [
                    MediaLinkStreamableStat(
                        "pictures",
                        stat_tags.IMAGES,
                        pictures,
                        r"picture-[0-9]+_[0-9]+\.png",
                        MediaLinkStreamableStat.final_split_step_extractor,
                    )
                ],
            )
        )

    def _setup(self, **kwargs):
        pass

    def _run(self, **kwargs):
        kwargs = self._overwrite_new_kwargs(self.kwarg_defaults, self.config.kwargs, kwargs)
        writer = SummaryWriter(os.path.join(self.sim_path, "tb", kwargs["folder"]))
        pictures = os.path.join(self.sim_path, "media", "pictures")
        os.makedirs(pictures)
        for step in range(kwargs["steps"]):
            writer.add_scalar("loss", 1 / (step + 1), step)
            writer.add_scalar("not asked for", step, step)
            if step % 10 == 0:
                writer.add_scalar("acc/val", step / 20, step)
                writer.add_image("example_outputs", np.full((3, 8, 8), step, dtype=np.uint8), step)
                picture = Image.new("RGB", (32, 24), (step, 0, 0))
                picture.save(os.path.join(pictures, f"picture-0_{step}.png"))
        while not os.path.exists(kwargs["wait_for"]):
            time.sleep(0.02)
        writer.add_scalar("loss", -1, kwargs["steps"])


if __name__ == "__main__":
    ProjectManager.open(sys.argv[1])
    tracker = SimulationTracker()
    config = SimulationStartConfig(
        name="streamed", sim_key="streamed", kwargs={"folder": "custom", "wait_for": sys.argv[2]}
    )
    sim_id, sim = tracker.start_sim(Streamed(config))
    while tracker.any_running(sim_id):
        time.sleep(0.05)
    print("keys:", sorted(sim.streamer.get_all_keys()))
    print("tags:", sorted(sim.streamer.get_key_tag_map()["loss"]))
    streamer = sim.streamer.get_streamer_for_key("loss")
    recent = streamer.get_recent_from_key("loss")
    print("recent:", [(event.step, round(event.value, 3)) for event in recent[:2]], len(recent))
    print("again:", streamer.get_recent_from_key("loss"))
    print("all:", {key: len(found) for key, found in streamer.get_all_from_tag("scalars").items()})
    image = streamer.get_recent_from_tag("images")["example_outputs"][0]
    print("image:", image.step, image.width, image.height, image.encoded_image_string[1:4])
    linker = sim.streamer.get_streamer_for_key("pictures")
    files = linker.get_all_recent()["pictures"]
    print("files:", [(file.step, file.src_name, file.tag) for file in files])
