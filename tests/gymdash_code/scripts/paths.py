"""Use the project's folders from inside a simulation."""

import argparse
import os

from gymdash.backend.core.api.models import SimulationStartConfig
from gymdash.backend.core.simulation.base import Simulation
from gymdash.backend.core.simulation.manage import SimulationTracker
from gymdash.backend.project import ProjectManager
from gymdash.start import add_gymdash_arguments


class Writer(Simulation):
    def _setup(self, **kwargs):
        with open(os.path.join(self._project_resources_path, "shared.txt"), "w") as file:
            file.write("for all")

    def _run(self, **kwargs):
        own = os.path.join(self._project_sim_base_path, str(self._project_sim_id))
        os.makedirs(own, exist_ok=True)
        with open(os.path.join(own, "own.txt"), "w") as file:
            file.write(self.name)
        print("same folder:", own == self.sim_path)


if __name__ == "__main__":
    args = add_gymdash_arguments(argparse.ArgumentParser()).parse_args()
    ProjectManager.setup_from_args(args)
    tracker = SimulationTracker()
    before = Writer(SimulationStartConfig(name="writer", sim_key="writer"))
    print("before:", before.sim_path, before._project_sim_base_path)
    sim_id, _ = tracker.start_sim(before)
    while tracker.any_running(sim_id):
        pass
    for path in (
        ProjectManager.project_folder(),
        ProjectManager.sims_folder(),
        ProjectManager.db_folder(),
        ProjectManager.resources_folder(),
        ProjectManager.db_path(),
    ):
        print("path:", path)
