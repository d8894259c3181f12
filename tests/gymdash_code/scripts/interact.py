"""Answer progress, stop when asked, and wait for a custom query: the documented interactor calls."""

import sys
import time

from gymdash.backend.core.api.models import SimStatus, SimulationStartConfig
from gymdash.backend.core.simulation.base import Simulation
from gymdash.backend.core.simulation.manage import SimulationTracker
from gymdash.backend.enums import SimStatusCode, SimStatusSubcode
from gymdash.backend.project import ProjectManager


class Steered(Simulation):
    def create_kwarg_defaults(self):
        return {"total": 1_000_000, "pace": 1, "label": "default"}

    def _setup(self, **kwargs):
        self.kwargs_in_setup = self._overwrite_new_kwargs(
            self.kwarg_defaults, self.config.kwargs, kwargs
        )

    def _run(self, **kwargs):
        kwargs = self._overwrite_new_kwargs(self.kwarg_defaults, self.config.kwargs, kwargs)
        self.kwargs_in_run = kwargs
        pace = kwargs["pace"]
        self.interactor.add_control_request("custom_query", "At which pace?", "pace", "continue")
        while True:
            if self.interactor.set_out_if_in("stop_simulation", True):
                self.set_cancelled()
                return
            triggered, custom = self.interactor.get_in("custom_query")
            if triggered:
                pace = custom.get("pace", pace)
                self.interactor.set_out("custom_query", {"took": pace})
                if "continue" in custom:
                    break
            time.sleep(0.01)
        for step in range(kwargs["total"]):
            self.base_step()
            self.interactor.set_out_if_in("progress", (step * pace, kwargs["total"]))
            if self.interactor.set_out_if_in("stop_simulation", True):
                self.set_cancelled()
                break
            time.sleep(0.005)
        if self.was_cancelled():
            self.add_status(
                SimStatus(
                    code=SimStatusCode.FAIL,
                    subcode=SimStatusSubcode.STOPPED,
                    details="Stopped as asked.",
                )
            )


def has_requests(sim):
    found = sim.interactor.get_all_control_requests()
    return {name: [request.details for request in found[name]] for name in found}


ProjectManager.open(sys.argv[1])
tracker = SimulationTracker()
steered = Steered(SimulationStartConfig(name="steered", sim_key="steered", kwargs={"pace": 2}))
sim_id, _ = tracker.start_sim(steered, label="from the start")
while not steered.interactor.has_requests:
    pass
print("asked:", has_requests(steered))
print("answer:", tracker.query(sim_id, custom_query={"pace": 7}))
print("answer:", tracker.query(sim_id, custom_query={"continue": True}))
print("requests left:", has_requests(steered))
print(
    "kwargs:",
    sorted(steered.kwargs_in_run.items()),
    steered.kwargs_in_setup == steered.kwargs_in_run,
)
current, total = tracker.query(sim_id, progress=True)["progress"]
print("progress:", current % 7 == 0, total == 1_000_000)
print("unknown channel:", steered.interactor.get_in("nonsense"))
print("not asked:", steered.interactor.set_out_if_in("custom_query", 1))
print("stopped:", tracker.query(sim_id, stop_simulation=True))
while tracker.any_running(sim_id):
    pass
print("cancelled:", steered.was_cancelled())
