"""Make and run simulations without a tracker, while a project is open."""

import sys

from demo import DEFAULT_CONFIG, OTHER_CONFIG, DemoSimulation
from gymdash.backend.core.simulation.manage import SimulationRegistry
from gymdash.backend.project import ProjectManager

ProjectManager.open(sys.argv[1])
SimulationRegistry.register("demo", DemoSimulation, DEFAULT_CONFIG)
for config in (None, OTHER_CONFIG):
    sim = SimulationRegistry.make("demo", config)
    sim.setup()
    sim.run()
    print(sim.result, sim.is_done)
