"""Several simulations that belong together."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from gymdash_jupyter.callbacks import Callback, Countdown
from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.views import Views

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BREATH_S = 0.001


class SimulationGroup(Views):
    """Hold simulations and tell when all of them have started or ended.

    Args:
        sim_infos: Pairs of id and simulation.

    Attributes:
        id: The group's own id.
        infos: The pairs.
        ids: The ids, in the same order.
        sims: The simulations, in the same order.
    """

    def __init__(self, sim_infos: Iterable[tuple[UUID, Simulation]]) -> None:
        self.id = uuid4()
        self.infos = list(sim_infos)
        for info in self.infos:
            if not (
                isinstance(info, tuple) and len(info) == 2 and isinstance(info[1], Simulation)
            ):
                msg = f"A group is made of pairs (id, simulation); got {info!r}."
                raise InvalidArgumentError(msg)
        self.ids = [sim_id for sim_id, _ in self.infos]
        self.sims = [sim for _, sim in self.infos]
        self._all_started = Countdown(len(self.sims), "all runs have started")
        self._all_ended = Countdown(len(self.sims), "all runs have ended")
        for sim in self.sims:
            sim.add_callback(Simulation.START_RUN, self._has_started)
            sim.add_callback(Simulation._AFTER_END, self._has_ended)

    @property
    def all_done(self) -> bool:
        """Whether all of them are done; true for an empty group."""
        # Asked in loops that do nothing else: wait a moment, without the GIL, on the first that is not done.
        return all(sim.is_done or sim.wait(_BREATH_S) for sim in self.sims)

    @property
    def any_running(self) -> bool:
        """Whether one of them is not done; created and queued ones count as running."""
        return not self.all_done

    def add_on_all_run_start(self, callback: Callback) -> None:
        """Call a function, without arguments, when all of them have begun to run (now, if they have)."""
        self._all_started.add(callback)

    def add_on_all_run_end(self, callback: Callback) -> None:
        """Call a function, without arguments, when all of them have ended, however (now, if they have)."""
        self._all_ended.add(callback)

    def add_on_each_run_start(self, callback: Callback) -> None:
        """Call a function for each of them when it begins to run; see ``Simulation.add_callback``."""
        for sim in self.sims:
            sim.add_callback(Simulation.START_RUN, callback)

    def add_on_each_run_end(self, callback: Callback) -> None:
        """Call a function for each of them when it ends; see ``Simulation.add_callback``."""
        for sim in self.sims:
            sim.add_callback(Simulation.END_RUN, callback)

    def cancel(self, force: bool = False) -> None:
        """Ask all of them to stop."""
        for sim in self.sims:
            sim.cancel(force)

    def __len__(self) -> int:
        return len(self.sims)

    def __iter__(self) -> Iterator[Simulation]:
        return iter(self.sims)

    def __repr__(self) -> str:
        n_done = sum(sim.is_done for sim in self.sims)
        return f"<SimulationGroup of {len(self.sims)}, {n_done} done>"

    def _has_started(self, sim: Simulation) -> None:
        self._all_started.count(sim._keep_callback_error)

    def _has_ended(self, sim: Simulation) -> None:
        self._all_ended.count(sim._keep_callback_error)
