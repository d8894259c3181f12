"""Start the shipped custom control simulation by its key, and let it go on when it asks."""

import sys

from gymdash.backend.core.api.models import SimulationStartConfig
from gymdash.backend.core.simulation.examples import (
    CustomControlSimulation,
    register_example_simulations,
)
from gymdash.backend.core.simulation.manage import SimulationRegistry, SimulationTracker
from gymdash.backend.project import ProjectManager

ProjectManager.open(sys.argv[1])
register_example_simulations()
print({"custom_control", "stable_baselines"} <= set(SimulationRegistry.list_simulations()))
SimulationRegistry.register("my own key", CustomControlSimulation)
tracker = SimulationTracker()
kwargs = {"interactive": True, "total_runtime": 30, "poll_period": 0.5}
sim_id, sim = tracker.start_sim(
    SimulationStartConfig(name="shipped", sim_key="my own key", kwargs=kwargs)
)
while not sim.interactor.has_requests:
    pass
tracker.query(sim_id, custom_query={"total_runtime": 0.2, "poll_period": 0.1})
tracker.query(sim_id, custom_query={"continue": True})
while tracker.any_running(sim_id):
    pass
print("torch" in sys.modules)
