"""Ids of simulations, in whatever form people give them."""

from __future__ import annotations

from collections.abc import Iterable
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


def to_uuids(given: Any) -> list[UUID]:
    """List the ids that are meant, each once, in the order given.

    Args:
        given: One id in any form, something that has several as ``ids`` (a group), or an iterable.

    Raises:
        InvalidArgumentError: One of them is no id.
    """
    own = getattr(given, "ids", None)
    if isinstance(own, list):
        return list(dict.fromkeys(own))
    is_one = isinstance(given, (str, UUID)) or hasattr(given, "sim_id")
    if is_one or not isinstance(given, Iterable):
        return [to_uuid(given)]
    return list(dict.fromkeys(to_uuid(one) for one in given))
