"""A simulation that this tracker does not execute, seen through the project's store."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.actions import LIST, Action, action_from_json, result_of
from gymdash_jupyter.channels import CUSTOM_QUERY
from gymdash_jupyter.output import OUTPUT_FILE, read_tail
from gymdash_jupyter.views import Views

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from uuid import UUID

    from gymdash_jupyter.config import SimulationStartConfig
    from gymdash_jupyter.project import Project
    from gymdash_jupyter.records import MediaItem, Progress, SimulationRecord
    from gymdash_jupyter.simulation import Controller
    from gymdash_jupyter.states import SimState
    from gymdash_jupyter.statuses import SimStatus

POLL_INTERVAL_S = 0.05


class StoredSimulation(Views):
    """Look at a simulation of another tracker, another process or another day, and ask it things.

    Everything is read when it is asked for; nothing here can run it.

    Args:
        sim_id: Its id.
        project: The project it is in.
        controller: The tracker that carries wishes to it.
    """

    def __init__(self, sim_id: UUID, project: Project, controller: Controller) -> None:
        self.sim_id = sim_id
        self._project = project
        self._controller = controller

    @property
    def record(self) -> SimulationRecord:
        """What the project knows of it now."""
        return self._project.store.simulation(self.sim_id)

    @property
    def name(self) -> str:
        """The display name."""
        return self.record.name

    @property
    def config(self) -> SimulationStartConfig:
        """What it was created with; values that JSON could not hold are descriptions."""
        return self.record.config

    @property
    def start_kwargs(self) -> Mapping[str, Any]:
        """What it was started with."""
        return self.record.start_kwargs

    @property
    def state(self) -> SimState:
        """Where it is in its life."""
        return self.record.state

    @property
    def is_done(self) -> bool:
        """Whether it has ended."""
        return self.state.is_terminal

    @property
    def result(self) -> Any:
        """What it left as its result, as decoded JSON; None before it has ended."""
        return self.record.result

    @property
    def progress(self) -> Progress | None:
        """How far it has come, or None."""
        return self.record.progress

    @property
    def statuses(self) -> list[SimStatus]:
        """What it has said about itself so far, oldest first."""
        return [row.status for row in self._project.store.statuses([self.sim_id])]

    @property
    def sim_path(self) -> str:
        """Absolute path of its own folder."""
        return str(self._project.sim_folder(self.sim_id))

    @property
    def resources_path(self) -> str:
        """Absolute path of the project's shared resources."""
        return str(self._project.resources_folder)

    def media(self) -> list[MediaItem]:
        """List the images, videos, sounds and texts that it recorded."""
        return self._controller.media(self.sim_id)

    def output(self, n_lines: int | None = 200) -> str:
        """Give the last lines that it printed in its own process; see ``Simulation.output``."""
        folder = self._project.sim_folder(self.sim_id)
        return read_tail(folder / OUTPUT_FILE, n_lines=n_lines)

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until it is done, at most some seconds; tell whether it is."""
        return self._controller.wait(self.sim_id, timeout_s)[self.sim_id].is_terminal

    def cancel(self, force: bool = False) -> None:
        """Ask it to stop, without waiting; see ``SimulationTracker.cancel``."""
        self._controller.cancel(self.sim_id, force)

    def actions(self) -> list[Action]:
        """List what it offers to do when it is asked; nothing when it has ended."""
        if self.is_done:
            return []
        listed = self._controller.query(self.sim_id, custom_query={"action": LIST})[CUSTOM_QUERY]
        return [action_from_json(one) for one in result_of(LIST, listed)]

    def ask(self, name: str, /, *, timeout_s: float | None = 30, **arguments: Any) -> Any:
        """Ask it to do one of its actions and wait for the answer; see ``Simulation.ask``."""
        question = {"action": name, "arguments": arguments}
        return result_of(name, self.query(timeout_s, custom_query=question)[CUSTOM_QUERY])

    def query(self, timeout_s: float | None = 10, **channels: Any) -> dict[str, Any]:
        """Ask it something and wait for the answers; see ``SimulationTracker.query``."""
        return self._controller.query(self.sim_id, timeout_s, **channels)

    def __await__(self) -> Generator[Any, None, StoredSimulation]:
        """Wait in a coroutine until it is done."""
        return self._until_done().__await__()

    async def _until_done(self) -> StoredSimulation:
        while not self.is_done:
            await asyncio.sleep(POLL_INTERVAL_S)
        return self

    def __repr__(self) -> str:
        record = self.record
        return f"<StoredSimulation {record.name!r} {record.state} {str(self.sim_id)[:8]}>"
