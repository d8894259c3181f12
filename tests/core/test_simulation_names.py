from __future__ import annotations

from typing import Any

import gymdash_jupyter as gd


class NamedByChance(gd.Simulation):
    """Uses names that anybody may think of."""

    def _run(self, **kwargs: Any) -> None:
        self._state, self._done, self._is_closed, self._wakers = "left", True, True, None
        self._state_lock = None
        self._end("the episode")

    def _end(self, what: str) -> str:
        return what

    def _close_once(self) -> None:
        msg = "not the class's own"
        raise AssertionError(msg)

    def _keep_error(self) -> None:
        msg = "not the class's own"
        raise AssertionError(msg)


def test_a_class_may_use_any_name_for_its_own_state_and_steps() -> None:
    sim = NamedByChance(gd.SimulationStartConfig(name="n", sim_key="n"))
    sim.setup()
    sim.run()
    assert sim.state is gd.SimState.SUCCEEDED
