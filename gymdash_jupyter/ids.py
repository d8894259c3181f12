"""Ids of simulations, in whatever form people give them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from gymdash_jupyter.errors import InvalidArgumentError


def to_uuid(given: Any) -> UUID:
    """Turn an id into a UUID.

    Args:
        given: A UUID, its text, or anything that has one as ``sim_id``.

    Raises:
        InvalidArgumentError: It is none of these.
    """
    if isinstance(given, UUID):
        return given
    own = getattr(given, "sim_id", None)
    if isinstance(own, UUID):
        return own
    if isinstance(given, str):
        try:
            return UUID(given)
        except ValueError:
            pass
    msg = f"A simulation's id is a UUID or its text; got {type(given).__name__}: {given!r}."
    raise InvalidArgumentError(msg)
