"""What a store promises, whatever it is made of; ``project_store`` says what holds for all of it.

A topic has a file with what is written and what is read of it: ``lives``, ``recorded``, ``queue``, ``conversation``,
``labels``. Together they are the ``ProjectStore``. ``tests/store/store_cases.py`` checks the promises.
"""

from gymdash_jupyter.store.contract.labels import LabelStore, Preset
from gymdash_jupyter.store.contract.lives import RESULT_BYTES, Move, NewSimulation
from gymdash_jupyter.store.contract.project_store import ApiCall, ProjectStore
from gymdash_jupyter.store.contract.recorded import MOST_RESOURCE_SAMPLES, ScalarTable, StatusRow

__all__ = [
    "MOST_RESOURCE_SAMPLES",
    "RESULT_BYTES",
    "ApiCall",
    "LabelStore",
    "Move",
    "NewSimulation",
    "Preset",
    "ProjectStore",
    "ScalarTable",
    "StatusRow",
]
