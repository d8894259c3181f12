"""Images, videos, sounds and texts that simulations leave in their folders: written here, found again here.

A recorded file lies under ``sims/<sim_id>/media/<folder of its key>/``, its small picture beside it in ``.thumbs/``.
Importing this room loads neither numpy nor any library for pictures; PIL, matplotlib and PyAV are loaded when something
is recorded that needs them.
"""

from gymdash_jupyter.media.names import folder_of
from gymdash_jupyter.media.paths import media_path, media_paths, thumbnail_path

__all__ = ["folder_of", "media_path", "media_paths", "thumbnail_path"]
