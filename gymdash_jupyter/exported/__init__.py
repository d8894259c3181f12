"""Simulation types that processes have which did not define them: written down, kept, imported.

Trust: importing a type runs code, so what is imported must be the user's own. Exports are therefore
kept in the user's data folder (``user_folder``), by project, readable and writable for this user
alone, and never in the project: a project that somebody else made brings no code, and opening one
runs none. Files that another user owns or could change are refused. A type in a module is imported
from the very file it was exported from, or from an installed package, never from a module of the
same name that happens to lie in the current folder. Nothing is pickled.
"""

from gymdash_jupyter.exported.describing import describe
from gymdash_jupyter.exported.description import ExportedType
from gymdash_jupyter.exported.folder import folder_of, remove, write
from gymdash_jupyter.exported.registering import exported_keys, import_exported, words_of

__all__ = [
    "ExportedType",
    "describe",
    "exported_keys",
    "folder_of",
    "import_exported",
    "remove",
    "words_of",
    "write",
]
