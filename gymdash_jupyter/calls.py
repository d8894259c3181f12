"""Taking down what people and programs ask of a project (``api_calls``)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Self

from gymdash_jupyter.errors import GymDashError, ReadOnlyProjectError, StoreBusyError

if TYPE_CHECKING:
    from gymdash_jupyter.store import ProjectStore

logger = logging.getLogger(__name__)

DONE = 0
REFUSED = 1


class Call:
    """Take down one call when a with block ends: done, or refused and why. Never fails itself.

    Args:
        store: The project's store.
        name: What was asked: start, queue, cancel...
        details: In JSON; may be added to inside the block.
    """

    def __init__(self, store: ProjectStore, name: str, details: dict[str, Any]) -> None:
        self.details = details
        self._store = store
        self._name = name

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, exc: BaseException | None, trace: object) -> None:
        if isinstance(exc, (StoreBusyError, ReadOnlyProjectError)):
            return  # who asked hears that nothing can be written, and has waited long enough
        if exc is not None:
            self.details["error"] = f"{type(exc).__name__}: {exc}"
        try:
            self._store.log_call(self._name, DONE if exc is None else REFUSED, self.details)
        except GymDashError as trouble:
            logger.warning("The call %r was not taken down: %s", self._name, trouble)
