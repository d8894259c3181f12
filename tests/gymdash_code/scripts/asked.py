"""Ask with GymDash's models: several channels at once, in vain, and about nobody; then start it again."""

import asyncio
import sys
import time

from gymdash.backend.core.api.models import (
    CustomInteractorChannelModel,
    InteractorChannelModel,
    SimulationInteractionModel,
    SimulationRestartConfig,
    SimulationStartConfig,
)
from gymdash.backend.core.simulation.base import Simulation
from gymdash.backend.core.simulation.manage import SimulationRegistry, SimulationTracker
from gymdash.backend.project import ProjectManager


class Talking(Simulation):
    def create_kwarg_defaults(self):
        return {"greeting": "hello", "mark": "?"}

    def _get_help_text(self):
        return f"Tell me your name, and I say {self.words['greeting']}."

    def _setup(self, **kwargs):
        self.words = self._overwrite_new_kwargs(self.kwarg_defaults, self.config.kwargs, kwargs)

    def _run(self, **kwargs):
        self.result = self.words
        self.interactor.add_control_request("custom_query", "What is your name?", "name")
        for step in range(1_000_000):
            self.interactor.set_out_if_in("progress", (step, 1_000_000))
            triggered, custom = self.interactor.get_in("custom_query")
            if triggered and "name" in custom:
                self.interactor.set_out("custom_query", f"{self.words['greeting']} {custom['name']}")
            if self.interactor.set_out_if_in("stop_simulation", True):
                self.set_cancelled()
                return
            time.sleep(0.005)


async def main(tracker, sim_id):
    ticks = 0

    async def tick():
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0.005)

    ticking = asyncio.create_task(tick())
    requests = tracker.get_control_requests().requests
    while not requests:
        await asyncio.sleep(0.01)
        requests = tracker.get_control_requests().requests
    for request in requests[sim_id]["custom_query"]:
        print("request:", request.key, request.details, list(request.subkeys))
    print("new requests:", tracker.get_control_requests().requests)
    answer = await tracker.fulfill_query_interaction(
        SimulationInteractionModel(
            id=str(sim_id),
            timeout=10,
            progress=InteractorChannelModel(triggered=True),
            is_done=InteractorChannelModel(triggered=True),
            failed=InteractorChannelModel(triggered=False),
            custom_query=CustomInteractorChannelModel(triggered=True, value={"name": "Ada"}),
        )
    )
    print("answer:", sorted(answer), answer["custom_query"], answer["is_done"])
    print("progress:", answer["progress"][1])
    answer = await tracker.fulfill_query_interaction(
        SimulationInteractionModel(
            id=str(sim_id),
            timeout=0.2,
            progress=InteractorChannelModel(triggered=True),
            custom_query=CustomInteractorChannelModel(triggered=True, value={"nothing": 1}),
        )
    )
    print("in time:", sorted(answer))
    answer = await tracker.fulfill_query_interaction(
        SimulationInteractionModel(
            id=str(sim_id), timeout=10, help_request=InteractorChannelModel(triggered=True)
        )
    )
    requests = tracker.get_control_requests().requests
    while not requests:
        await asyncio.sleep(0.01)
        requests = tracker.get_control_requests().requests
    print("help:", answer, [request.details for request in requests[sim_id]["custom_query"]])
    nobody = await tracker.fulfill_query_interaction(
        SimulationInteractionModel(
            id=str(SimulationTracker.no_id), progress=InteractorChannelModel(triggered=True)
        )
    )
    print("nobody:", nobody.id == str(SimulationTracker.no_id))
    unanswered = asyncio.create_task(
        tracker.fulfill_query_interaction(
            SimulationInteractionModel(
                id=str(sim_id),
                timeout=0,
                custom_query=CustomInteractorChannelModel(triggered=True, value={"nothing": 1}),
            )
        )
    )
    await asyncio.sleep(0.05)
    await tracker.stop_simulation(sim_id)
    print("never answered:", await unanswered)
    ticking.cancel()
    print("was not blocked:", ticks > 20)


if __name__ == "__main__":
    ProjectManager.open(sys.argv[1])
    SimulationRegistry.register("talking", Talking)
    tracker = SimulationTracker()
    config = SimulationStartConfig(name="first", sim_key="talking", kwargs={"greeting": "hi"})
    sim_id, sim = tracker.start_sim(config, mark="!")
    asyncio.run(main(tracker, sim_id))
    changed = SimulationStartConfig(name="", sim_key="", kwargs={"greeting": "good day"})
    new_id, new = tracker.restart_sim(SimulationRestartConfig(id=sim_id, config=changed))
    print("another:", new_id != sim_id, new.name)
    tracker.cancel(new_id)
    tracker.wait(new_id)
    print("words:", sorted(new.config.kwargs.items()), new.start_kwargs)
