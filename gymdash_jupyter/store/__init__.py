"""The one place for SQL: a project's database behind one contract.

``open_store(path)`` gives a ``ProjectStore``. Nobody outside this room imports its other modules or sqlite3.

Where to look: ``contract`` says topic by topic what a store promises, ``sqlite`` and ``sqlite_labels`` keep the promise
in thin methods over ``connections`` (one a thread, transactions), ``schema`` and ``migrations`` hold the tables, and
each subject has its file: ``lives``, ``simulation_reading``, ``queue``, ``keepers``, ``flushes``, ``scalar_*``,
``ticks``, ``commands``, ``requests``, ``media``, ``resources``, ``environments``, ``status_rows``, ``labels``,
``presets``, ``settings``.
"""

from gymdash_jupyter.store.contract import (
    MOST_RESOURCE_SAMPLES,
    RESULT_BYTES,
    ApiCall,
    Move,
    NewSimulation,
    Preset,
    ProjectStore,
    ScalarTable,
    StatusRow,
)
from gymdash_jupyter.store.opening import open_store

__all__ = [
    "MOST_RESOURCE_SAMPLES",
    "RESULT_BYTES",
    "ApiCall",
    "Move",
    "NewSimulation",
    "Preset",
    "ProjectStore",
    "ScalarTable",
    "StatusRow",
    "open_store",
]
