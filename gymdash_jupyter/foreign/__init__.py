"""A project folder that GymDash wrote, as it is: series from its event files, media from its folders, nothing changed.

``ForeignStore`` lies over a project's database and adds what the simulations that GymDash executed left in their
folders; ``with_files`` puts it there. Who must answer at once, and hears of what is new later, reads within
``at_once()``.
"""

from gymdash_jupyter.foreign.store import with_files
from gymdash_jupyter.foreign.viewing import at_once

__all__ = ["at_once", "with_files"]
