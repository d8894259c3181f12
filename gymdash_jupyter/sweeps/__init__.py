"""Many simulations from one description: values as people type them, and the configs that they make.

Knows no project, no tracker and no widget; ``sweeping.sweep`` starts what is described here.
"""

from gymdash_jupyter.sweeps.names import NameTemplate, default_template
from gymdash_jupyter.sweeps.sweep import MODES, Sweep, with_value
from gymdash_jupyter.sweeps.values import Interval, parse_values, written

__all__ = [
    "MODES",
    "Interval",
    "NameTemplate",
    "Sweep",
    "default_template",
    "parse_values",
    "with_value",
    "written",
]
