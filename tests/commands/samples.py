"""Simulations for the command line to start; they are executed in other processes."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from gymdash_jupyter.simulation import Simulation


class Talking(Simulation):
    """Prints and records a little, then waits for the file ``gate`` if it has one, then ends as ``ends`` says."""

    def _run(self, **kwargs: Any) -> None:
        given = self.config.kwargs
        for step in range(given.get("n", 3)):
            print("line", step, flush=True)
            self.recorder.scalar("score", step / 2, step)
            self.recorder.progress(step + 1, 10, "talking")
        if "asks" in given:
            self.interactor.add_control_request("custom_query", given["asks"])
        while given.get("is_deaf"):
            time.sleep(0.005)
        while "gate" in given and not Path(given["gate"]).exists():
            if self.interactor.set_out_if_in("stop_simulation", True):
                self.set_cancelled()
                return
            time.sleep(0.005)
        print("good bye", flush=True)
        if given.get("ends") == "badly":
            raise ValueError("told to \x1b[31mfail")
        self.result = given
