"""Start a list of keys as a group, and let the script end while they run."""

import argparse

from demo import DEFAULT_CONFIG, DemoSimulation
from gymdash.backend.core.simulation.manage import SimulationRegistry, SimulationTracker
from gymdash.backend.project import ProjectManager
from gymdash.start import add_gymdash_arguments

if __name__ == "__main__":
    args = add_gymdash_arguments(argparse.ArgumentParser()).parse_args()
    ProjectManager.setup_from_args(args)
    SimulationRegistry.register("demo", DemoSimulation, DEFAULT_CONFIG)
    SimulationTracker().start_sims(["demo"] * 10)
    print("end of script")
