"""A simulation that only takes time, as GymDash's documentation shows one. Imported by scripts."""

import time

from gymdash.backend.core.api.models import SimulationStartConfig
from gymdash.backend.core.simulation.base import Simulation


class DemoSimulation(Simulation):
    def __init__(self, config: SimulationStartConfig) -> None:
        super().__init__(config)
        self.runtime = None
        self.polltime = 0
        self.timer = 0
        self.result = None
        self.show_timer = True

    def _setup(self):
        self._check_kwargs_required(["sim_time", "poll_time"], "setup", **self.config.kwargs)
        self.runtime = self.config.kwargs["sim_time"]
        self.polltime = self.config.kwargs["poll_time"]
        self.show_timer = self.config.kwargs.get("show_timer", True)
        self.timer = 0
        self.result = None

    def _run(self) -> None:
        while self.timer < self.runtime:
            time.sleep(self.polltime)
            if self.show_timer:
                print(f"{self.timer:.2f}/{self.runtime:.2f}")
            self.timer += self.polltime
        self.result = f"DemoSimulation({self.runtime}, {self.polltime}) completed."


DEFAULT_CONFIG = SimulationStartConfig(
    name="demo by default",
    sim_key="another-key",  # not the one it is registered under, as in the documentation
    kwargs={"sim_time": 0.3, "poll_time": 0.05, "show_timer": False},
)

OTHER_CONFIG = SimulationStartConfig(
    name="demo by hand",
    sim_key="test",
    kwargs={"sim_time": 0.2, "poll_time": 0.1},
)
