"""Make ``version_4.db``: a small project as this package leaves it at schema version 4.

Run once, at version 4, as ``python -m tests.old_projects.make_version_4``. It holds one simulation that is done, with
what its process used at three moments, at one of them with a GPU, one that runs with a single sample, and one that has
none.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.records import Batch, ResourceSample
from gymdash_jupyter.states import SimState
from gymdash_jupyter.store import Move, open_store
from tests.store.makers import NOON, OWNER, created, later, running, series

PATH = Path(__file__).with_name("version_4.db")
SAMPLES = [
    ResourceSample(NOON.timestamp() + 3, 0.98, 412_000_000),
    ResourceSample(NOON.timestamp() + 8, 1.75, 480_500_000, 0.5, 2_000_000_000),
    ResourceSample(NOON.timestamp() + 9.5, 0.0, 431_000_000),
]


def main() -> None:
    """Make the database anew."""
    PATH.unlink(missing_ok=True)
    with closing(open_store(PATH)) as store:
        done = running(store, config=_named("done"))
        store.write([Batch(done, {"train/loss": series([3.0, 2.0])}, resources=SAMPLES[:2])])
        end = Move(done, SimState.SUCCEEDED, later(12), owner=OWNER)
        store.finish(Batch(done, resources=SAMPLES[2:]), end)
        busy = running(store, config=_named("busy"), created=later(1))
        store.write([Batch(busy, resources=SAMPLES[:1])])
        created(store, config=_named("waiting"), created=later(2))
        store.log_call("start", 0, {"sim_key": "ppo"})


def _named(name: str) -> SimulationStartConfig:
    return SimulationStartConfig(name=name, sim_key="ppo", kwargs={"env": "CartPole-v1"})


if __name__ == "__main__":
    main()
