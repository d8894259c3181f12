"""Bring the logs of other trackers into a project, and a project's numbers into their formats."""

from gymdash_jupyter.importing.answers import Imported, WrittenLogs
from gymdash_jupyter.importing.tensorboard import import_tensorboard
from gymdash_jupyter.importing.to_tensorboard import to_tensorboard

__all__ = ["Imported", "WrittenLogs", "import_tensorboard", "to_tensorboard"]
