"""Make ``version_3.db``: a small project as this package leaves it at schema version 3.

Run once, at version 3, as ``python -m tests.old_projects.make_version_3``. It holds simulations 1, 3 and 4, for the
second one was deleted: one with a new name, tags and a note, one with a colour, one without labels; two presets and a
setting.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.states import SimState
from gymdash_jupyter.store import Move, Preset, open_store
from tests.store.makers import NOON, created, ended, later, running

PATH = Path(__file__).with_name("version_3.db")
REPLY = {"learning_rate": 0.001, "policy": {"net_arch": [64, 64]}}


def main() -> None:
    """Make the database anew."""
    PATH.unlink(missing_ok=True)
    with closing(open_store(PATH)) as store:
        labelled = ended(store, config=_named("first"))
        gone = ended(store, config=_named("second"), created=later(1))
        coloured = running(store, config=_named("third"), created=later(2))
        store.delete([gone])
        created(store, config=_named("fourth"), created=later(3))
        store.rename(labelled, "baseline")
        store.change_tags([labelled], add=["baseline", "für alle"])
        store.set_note(labelled, "The one to beat.\nSee chapter 2.")
        store.set_colour([coloured], 5)
        store.move(Move(coloured, SimState.PAUSED, later(4)))
        store.save_preset(Preset("reply:custom_query", "small steps", REPLY, NOON))
        store.save_preset(Preset("start:ppo", "long", {"total_timesteps": 1_000_000}, NOON))
        store.set_setting("simulations_panel", {"sort": "name"})
        store.log_call("start", 0, {"sim_key": "ppo"})


def _named(name: str) -> SimulationStartConfig:
    return SimulationStartConfig(name=name, sim_key="ppo", kwargs={"env": "CartPole-v1"})


if __name__ == "__main__":
    main()
