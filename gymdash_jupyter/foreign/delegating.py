"""A store that hands every question on to another one; what lies over a store begins here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gymdash_jupyter.store import ProjectStore

if TYPE_CHECKING:
    from collections.abc import Callable


class HandsOn(ProjectStore):
    """Answer as another store does; what the contract asks for, today or later, is handed on by itself.

    Args:
        inner: The other store.
    """

    def __init__(self, inner: ProjectStore) -> None:
        self.inner = inner
        self.path = inner.path
        self.is_read_only = inner.is_read_only
        self.is_on_network = inner.is_on_network


def _handing_on(name: str) -> Callable[..., Any]:
    def method(self: HandsOn, *args: Any, **kwargs: Any) -> Any:
        return getattr(self.inner, name)(*args, **kwargs)

    method.__name__ = name
    method.__qualname__ = f"HandsOn.{name}"
    method.__doc__ = getattr(ProjectStore, name).__doc__
    return method


for _name in ProjectStore.__abstractmethods__:
    setattr(HandsOn, _name, _handing_on(_name))
HandsOn.__abstractmethods__ = frozenset()
