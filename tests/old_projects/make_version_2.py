"""Make ``version_2.db``: a small project as this package leaves it at schema version 2.

Run once, at version 2, as ``python -m tests.old_projects.make_version_2``. It holds one simulation that is done and one
that runs, both with an environment, two that wait in the queue, the second one first, who keeps the queue, and how many
simulations may run at once.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from uuid import UUID

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.records import Batch, Keeper
from gymdash_jupyter.states import SimState
from gymdash_jupyter.store import Move, ProjectStore, open_store
from tests.store.makers import OWNER, STRANGER, created, later, running, series, status

PATH = Path(__file__).with_name("version_2.db")
ENVIRONMENT = {"python": "3.11.9", "packages": {"numpy": "2.1.0"}, "git": None}


def main() -> None:
    """Make the database anew."""
    PATH.unlink(missing_ok=True)
    with closing(open_store(PATH)) as store:
        done = running(store, config=_named("done"))
        store.set_environment(done, ENVIRONMENT)
        end = Move(done, SimState.SUCCEEDED, later(60), owner=OWNER, result={"best": 475.0})
        store.finish(Batch(done, {"train/loss": series([0.5, 0.25])}, [status()]), end)
        busy = running(store, config=_named("busy"))
        store.set_environment(busy, {"python": "3.12.1"})
        store.become_keeper(Keeper(STRANGER, "keeper.sock"), replaced=None)
        later_one, next_one = _queued(store, "later"), _queued(store, "next")
        store.reorder_queue([next_one, later_one])
        store.set_max_running(2)
        store.log_call("queue", 0, {"sim_key": "ppo"})


def _queued(store: ProjectStore, name: str) -> UUID:
    sim_id = created(store, config=_named(name))
    store.enqueue(
        sim_id,
        time=later(5),
        launcher="process",
        start_kwargs={"total_timesteps": 1000},
        order=f'{{"name": "{name}"}}',
        signature="0a1b",
    )
    return sim_id


def _named(name: str) -> SimulationStartConfig:
    return SimulationStartConfig(name=name, sim_key="ppo", kwargs={"env": "CartPole-v1"})


if __name__ == "__main__":
    main()
