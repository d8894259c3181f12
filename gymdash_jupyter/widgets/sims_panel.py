"""What panels share that show some simulations of a project: which ones, and how they look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import traitlets

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.selection import resolve_sims
from gymdash_jupyter.widgets.panel import Panel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gymdash_jupyter.records import SimulationRecord

MOST_WITHOUT_CHOICE: Final = 50
"""How many of the newest simulations are shown while none are chosen."""


class SimsPanel(Panel):
    """A panel of some simulations.

    Args:
        project: A project, its folder, a tracker, or None for the current project.
        sims: Simulations, groups, ids, beginnings of ids; None for no choice.
        **traits: Values of traits.

    Raises:
        UnknownSimulationError: The project has no such simulation.
    """

    sims = traitlets.List(traitlets.Unicode()).tag(sync=True)
    """Ids of the simulations that are shown; empty for no choice: the newest ``MOST_WITHOUT_CHOICE``."""

    def __init__(self, project: object = None, sims: Any = None, **traits: Any) -> None:
        super().__init__(project, **traits)
        if sims is not None:
            self.show_sims(sims)

    def show_sims(self, sims: Any) -> None:
        """Show these simulations.

        Args:
            sims: Simulations, groups, ids, beginnings of ids; None for no choice.
        """
        chosen = [] if sims is None else resolve_sims(self.store, sims)
        self.sims = [str(sim_id) for sim_id in chosen]

    @traitlets.validate("sims")
    def _valid_sims(self, proposal: Any) -> list[str]:
        try:
            return [str(UUID(sim_id)) for sim_id in dict.fromkeys(proposal["value"])]
        except ValueError as exc:
            msg = f"sims holds ids of simulations as text; got {proposal['value']!r}."
            raise InvalidArgumentError(msg) from exc

    def chosen(self, records: Sequence[SimulationRecord]) -> list[SimulationRecord]:
        """Give those of a project's simulations that this panel shows.

        Args:
            records: All simulations by creation, oldest first.

        Returns:
            The chosen ones in the order of ``sims``, those that are gone left out; the newest ones when none are
            chosen, oldest first.
        """
        if not self.sims:
            return list(records[-MOST_WITHOUT_CHOICE:])
        known = {str(record.sim_id): record for record in records}
        return [known[sim_id] for sim_id in self.sims if sim_id in known]
