"""Fail in every way that GymDash's documentation knows: all are ends, none is silent."""

import sys

from gymdash.backend.core.api.models import SimStatus, SimulationStartConfig
from gymdash.backend.core.simulation.base import Simulation, StopSimException
from gymdash.backend.core.simulation.manage import SimulationTracker
from gymdash.backend.enums import SimStatusCode, SimStatusSubcode
from gymdash.backend.project import ProjectManager


class Failing(Simulation):
    def _setup(self, **kwargs):
        if self.name == "in setup":
            raise ValueError("setup broke")

    def _run(self, **kwargs):
        if self.name == "uncaught":
            raise RuntimeError("nobody caught it")
        if self.name == "raised stop":
            raise StopSimException
        try:
            if self.name == "caught":
                raise ZeroDivisionError("it was caught")
            raise StopSimException
        except StopSimException:
            self._meta_failed = True
            self.add_status(
                SimStatus(
                    code=SimStatusCode.FAIL,
                    subcode=SimStatusSubcode.STOPPED,
                    details="Simulation stopped.",
                )
            )
        except Exception as exc:
            self._meta_failed = True
            self.add_error_details(str(exc))


ProjectManager.open(sys.argv[1])
tracker = SimulationTracker()
ids = []
for name in ("in setup", "uncaught", "raised stop", "caught", "caught stop"):
    sim_id, _ = tracker.start_sim(Failing(SimulationStartConfig(name=name, sim_key="failing")))
    ids.append(sim_id)
while tracker.any_running(ids):
    pass
print("all done:", tracker.all_done(ids))
