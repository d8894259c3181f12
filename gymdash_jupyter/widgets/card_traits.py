"""What the browser always knows of a card: small values that are the same in all of its views."""

from __future__ import annotations

import traitlets
from anywidget import AnyWidget

from gymdash_jupyter.widgets.bundles import bundle_text


class CardTraits(AnyWidget):
    """The synchronised part of a live card; points, media and answers go as messages."""

    title = traitlets.Unicode(read_only=True).tag(sync=True)
    """Name of the group, or ``""``."""

    is_group = traitlets.Bool(read_only=True).tag(sync=True)
    """Whether the card was made for a group, even one of one."""

    can_stop = traitlets.Bool(read_only=True).tag(sync=True)
    """Whether the card has buttons to stop simulations."""

    can_reply = traitlets.Bool(read_only=True).tag(sync=True)
    """Whether the card can answer control requests."""

    can_ask = traitlets.Bool(read_only=True).tag(sync=True)
    """Whether the card has buttons for what a simulation offers to do."""

    simulations = traitlets.List(traitlets.Dict(), read_only=True).tag(sync=True)
    """What is shown of each simulation, in the order of the ids; see ``CardSimulation.shown``."""

    series_keys = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    """Names of all series of these simulations, those that people look at first in front."""

    with_output = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    """Ids of the simulations that have printed something in a process of their own."""

    clock = traitlets.Float(read_only=True).tag(sync=True)
    """When ``simulations`` was true, in seconds since the epoch; the browser's clock may be another."""

    problem = traitlets.Unicode(read_only=True).tag(sync=True)
    """What keeps the card from being up to date, or ``""``."""

    command_line = traitlets.Unicode(read_only=True).tag(sync=True)
    """What a terminal begins with to work on the project: said where the kernel does not hear. ``""`` if unknown."""

    @property
    def _esm(self) -> str:
        # Read when a card is made, so that a missing bundle breaks the card and not the import.
        return bundle_text("live_card")
