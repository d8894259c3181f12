"""Make ``version_1.db``: a small project as this package leaves it at schema version 1.

Run once, at version 1, as ``python -m tests.old_projects.make_version_1``. It holds one simulation that is done, with
folded points, one that runs, with points in the log, and one that waits in the queue.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.records import Batch, ControlRequest, MediaItem, Progress
from gymdash_jupyter.states import SimState
from gymdash_jupyter.store import Move, open_store
from tests.store.makers import NOON, OWNER, batch, created, later, running, series, status

PATH = Path(__file__).with_name("version_1.db")


def main() -> None:
    """Make the database anew."""
    PATH.unlink(missing_ok=True)
    with closing(open_store(PATH)) as store:
        done = running(store, config=_named("done"))
        store.write(
            [batch(done, **{"rollout/ep_rew_mean": [float(number) for number in range(5000)]})]
        )
        video = MediaItem(
            done,
            "episode_video",
            2704,
            "video",
            "media/episode_video/rl-video-episode-3_2704.mp4",
            NOON,
        )
        store.write([Batch(done, {"train/loss": series([0.5, 0.25])}, [status()], media=[video])])
        end = Move(done, SimState.SUCCEEDED, later(60), owner=OWNER, result={"best": 475.0})
        store.finish(Batch(done, {"train/loss": series([0.125])}), end)
        busy = running(store, config=_named("busy"))
        request = ControlRequest(
            "0c1a2b3c-0000-4000-8000-00000000000a", busy, "custom_query", "Which?", ("lr",), NOON
        )
        progress = Progress(50, 100, "learning", NOON.timestamp())
        store.write([Batch(busy, {"train/loss": series([1, 2, 3])}, (), progress, [request])])
        store.ask(busy, "stop_simulation", True)
        queued = created(store, config=_named("waiting"))
        store.move(Move(queued, SimState.QUEUED, later(5)))
        store.log_call("start", 0, {"sim_key": "ppo"})


def _named(name: str) -> SimulationStartConfig:
    return SimulationStartConfig(name=name, sim_key="ppo", kwargs={"env": "CartPole-v1"})


if __name__ == "__main__":
    main()
