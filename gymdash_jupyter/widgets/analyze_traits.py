"""What can be set on an AnalyzePanel, from Python and in the browser: small values, the same in all of its views."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, cast

import traitlets

from gymdash_jupyter.errors import GymDashError
from gymdash_jupyter.grouping import group_records
from gymdash_jupyter.widgets.analyze_curves import Smoothing
from gymdash_jupyter.widgets.analyze_line import LineChoice
from gymdash_jupyter.widgets.analyze_numbers import Look
from gymdash_jupyter.widgets.sims_panel import SimsPanel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gymdash_jupyter.widgets.analyze_curves import XKind
    from gymdash_jupyter.widgets.analyze_numbers import Between

STATISTICS: Final = ("each", "mean", "median", "iqm")
X_KINDS: Final = ("step", "relative", "wall")
SMOOTHING_KINDS: Final = ("ema", "window")
MAX_SMOOTHING: Final = 0.99
MAX_WINDOW: Final = 100_000
MAX_PASSES: Final = 10


class AnalyzeTraits(SimsPanel):
    """The synchronised part of an AnalyzePanel; points, tables and marks go as messages."""

    only_keys = traitlets.List(traitlets.Unicode()).tag(sync=True)
    """Keys, or patterns such as ``"train/*"``, that have a chart, in this order; empty for all."""

    overview_key = traitlets.Unicode("").tag(sync=True)
    """Key of the small chart at the top; ``""`` lets the panel choose."""

    detail_key = traitlets.Unicode("").tag(sync=True)
    """Key of the large chart; ``""`` lets the panel choose."""

    group_by = traitlets.Union(
        [traitlets.Unicode(), traitlets.List(traitlets.Unicode())], default_value="config"
    ).tag(sync=True)
    """``"none"``; ``"config"``: simulations with the same configuration but for seeds belong together; or a list of
    paths of configuration values, such as ``["learning_rate", "policy_kwargs.net_arch"]``."""

    statistic = traitlets.Enum(STATISTICS, "mean").tag(sync=True)
    """What is drawn of a group: ``each`` simulation, or one line: the ``mean``, the ``median``, or the interquartile
    mean (``iqm``), each with a 95 % bootstrap band."""

    smoothing_kind = traitlets.Enum(SMOOTHING_KINDS, "ema").tag(sync=True)
    """``ema``: exponential moving average with bias correction; ``window``: mean of the newest points."""

    smoothing = traitlets.Float(0.6).tag(sync=True)
    """Weight of the exponential moving average, from 0 (none) to 0.99."""

    smoothing_window = traitlets.Int(20).tag(sync=True)
    """How many points the mean of ``window`` spans, from 1 (none) to 100,000."""

    smoothing_passes = traitlets.Int(1).tag(sync=True)
    """How often ``window`` is applied, from 1 to 10."""

    x = traitlets.Enum(X_KINDS, "step").tag(sync=True)
    """Unit of x: ``step``; ``relative``: seconds since the simulation started; ``wall``: date and time."""

    log_y = traitlets.Bool(False).tag(sync=True)
    """Whether y is logarithmic."""

    fits_y = traitlets.Bool(True).tag(sync=True)
    """Whether y spans what the shown range of x holds; else what all of x holds."""

    between: traitlets.TraitType[list[float] | None, Sequence[float] | None] = traitlets.List(  # type: ignore[assignment]
        traitlets.Float(), None, allow_none=True
    ).tag(sync=True)
    """The range of x that the large chart shows, in the unit of ``x``; None for all."""

    hidden = traitlets.List(traitlets.Unicode()).tag(sync=True)
    """Ids of lines that are not drawn: ids of simulations, or of groups as ``AnalyzePanel.lines`` gives them."""

    folded = traitlets.List(traitlets.Unicode()).tag(sync=True)
    """Groups of keys that are folded: what stands before the first ``/``, ``""`` for keys without one."""

    best = traitlets.Dict(
        value_trait=traitlets.Enum(("max", "min")), key_trait=traitlets.Unicode()
    ).tag(sync=True)
    """Which value of a key is the best, by key or pattern: ``{"env/time_*": "min"}``. Without it, small is good where
    the key's name speaks of a loss, an error, a cost, a regret or a divergence."""

    open_media = traitlets.List(traitlets.List()).tag(sync=True)
    """Media that somebody wants to see, as ``[sim_id, key, step]``; emptied when it was told to who watches it."""

    has_media_panel = traitlets.Bool(False).tag(sync=True)
    """Whether somebody watches ``open_media`` and shows them; else the panel shows them itself."""

    def __init__(self, project: object = None, sims: Any = None, **traits: Any) -> None:
        super().__init__(project, sims, **traits)
        self.observe(self._on_other_x, "x")

    def _on_other_x(self, _change: Any) -> None:
        self.between = None

    def _line_choice(self) -> LineChoice:
        group_by = self.group_by if isinstance(self.group_by, str) else tuple(self.group_by)
        return LineChoice(tuple(self.sims), group_by, self.statistic == "each")

    def _look(self) -> Look:
        smoothing = Smoothing(
            self.smoothing_kind, self.smoothing, self.smoothing_window, self.smoothing_passes
        )
        statistic = "mean" if self.statistic == "each" else self.statistic
        return Look(self._x(), smoothing, statistic)

    def _x(self) -> XKind:
        return cast("XKind", self.x)

    def _range(self) -> Between:
        between = self.between
        return None if between is None else (between[0], between[1])

    @traitlets.validate("group_by")
    def _valid_group_by(self, proposal: Any) -> str | list[str]:
        value: str | list[str] = proposal["value"]
        if isinstance(value, str) and value not in ("none", "config"):
            value = [value]
        try:
            group_records([], value)
        except GymDashError as exc:
            raise traitlets.TraitError(str(exc)) from exc
        return value

    @traitlets.validate("smoothing")
    def _valid_smoothing(self, proposal: Any) -> float:
        return _within(proposal, 0.0, MAX_SMOOTHING, "Smoothing is a weight from 0 (none) to 0.99")

    @traitlets.validate("smoothing_window")
    def _valid_window(self, proposal: Any) -> int:
        words = f"A window spans 1 (none) to {MAX_WINDOW:,} points"
        return int(_within(proposal, 1, MAX_WINDOW, words))

    @traitlets.validate("smoothing_passes")
    def _valid_passes(self, proposal: Any) -> int:
        return int(_within(proposal, 1, MAX_PASSES, f"Passes are 1 to {MAX_PASSES}"))

    @traitlets.validate("between")
    def _valid_between(self, proposal: Any) -> list[float] | None:
        value = proposal["value"]
        if value is None:
            return None
        if len(value) != 2 or not all(map(math.isfinite, value)) or not value[0] < value[1]:
            msg = f"A range is two numbers, the smaller first, or None for all; got {value!r}."
            raise traitlets.TraitError(msg)
        return [float(value[0]), float(value[1])]

    @traitlets.validate("hidden", "folded")
    def _valid_names(self, proposal: Any) -> list[str]:
        return list(dict.fromkeys(proposal["value"]))


def _within(proposal: Any, low: float, high: float, words: str) -> float:
    value: float = proposal["value"]
    if not low <= value <= high:
        msg = f"{words}; got {value!r}."
        raise traitlets.TraitError(msg)
    return value
