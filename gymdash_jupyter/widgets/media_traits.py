"""What a person sets of a media panel, in the browser or from Python."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import traitlets

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.widgets.media_choice import KINDS, SORTS
from gymdash_jupyter.widgets.sims_panel import SimsPanel


class MediaTraits(SimsPanel):
    """The synchronised part of a media panel; lists, pictures and files go as messages."""

    sims = traitlets.List(traitlets.Unicode()).tag(sync=True)
    """Ids of the simulations whose media are shown; empty for all of the project."""

    only_keys = traitlets.List(traitlets.Unicode()).tag(sync=True)
    """Only media of these keys are shown; empty for all. (``keys`` is a name of ipywidgets' own.)"""

    kind = traitlets.Enum(("all", *KINDS), default_value="all").tag(sync=True)
    """Only media of this kind are shown: ``all``, ``video``, ``image``, ``audio``, ``text`` or
    ``histogram``."""

    between = traitlets.Tuple(
        traitlets.Int(), traitlets.Int(), default_value=None, allow_none=True
    ).tag(sync=True)
    """Only media from the first to the second step are shown, both included; None for all."""

    at_step = traitlets.Int(default_value=None, allow_none=True).tag(sync=True)
    """Of each simulation and key the newest at or before this step is shown; None for the newest of all."""

    every_step = traitlets.Bool(default_value=False).tag(sync=True)
    """Whether everything is shown that was recorded, instead of one file of each simulation and key."""

    sort = traitlets.Enum(SORTS, default_value="step").tag(sync=True)
    """Order within a key: by ``step`` (newest first), ``name`` of the simulation, or ``value`` (highest first)."""

    folded = traitlets.List(traitlets.Unicode()).tag(sync=True)
    """Keys whose sections are folded."""

    @traitlets.validate("between")
    def _valid_between(self, proposal: Any) -> tuple[int, int] | None:
        between = proposal["value"]
        if between is not None and between[0] > between[1]:
            msg = f"between is (first step, last step) or None; got {between!r}."
            raise InvalidArgumentError(msg)
        return between  # type: ignore[no-any-return]

    def _wanted(self) -> list[UUID] | None:
        """Give the chosen simulations, or None for all of the project."""
        return [UUID(sim_id) for sim_id in self.sims] or None
