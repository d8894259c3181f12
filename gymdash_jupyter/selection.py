"""Say which simulations and which series a person means: ids, objects, patterns of keys.

Everything that takes ``sims=`` or ``keys=`` resolves them here, so that the same words work
everywhere. Nothing here loads pandas or reads a point.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

from gymdash_jupyter.errors import InvalidArgumentError, UnknownSimulationError, did_you_mean

if TYPE_CHECKING:
    from gymdash_jupyter.store.contract import ProjectStore

Sims: TypeAlias = object
"""None, a UUID, text, something with ``sim_id`` or ``ids``, or an iterable of these."""

Keys: TypeAlias = str | Iterable[str] | None
"""None for all, a key, a pattern in which ``*`` stands for any text, or an iterable of these."""

MIN_PREFIX = 4
"""The fewest letters of an id that may stand for it."""

_MAX_DEPTH = 8
_LISTED = 8


def resolve_sims(store: ProjectStore, sims: Sims = None) -> list[UUID]:
    """Give the ids of the simulations that are meant.

    Args:
        store: The project.
        sims: None for all of the project; a UUID; its text, or the beginning of it with at least
            four letters; anything with a ``sim_id`` (a simulation, a record); anything with
            ``ids`` (a group); rows of the frame of simulations, or one of them; or an iterable of these.

    Returns:
        The ids, each once, in the order in which they were named; for None by creation. An empty
        iterable gives none.

    Raises:
        UnknownSimulationError: The project has no such simulation.
        InvalidArgumentError: A beginning fits several simulations or is too short, or the argument
            is of a wrong type.
    """
    if sims is None:
        return [record.sim_id for record in store.simulations()]
    named = dict.fromkeys(_named(store, sims, 0))
    known = store.states(named)
    for sim_id in named:
        if sim_id not in known:
            raise _unknown(store, str(sim_id))
    return list(named)


def resolve_keys(
    store: ProjectStore, keys: Keys = None, sim_ids: Iterable[UUID] | None = None
) -> list[str]:
    """Give the names of the series that are meant.

    A key is known as soon as any simulation of the project has recorded it; in a project that has
    not recorded anything yet, every key may still come, so none is refused.

    Args:
        store: The project.
        keys: None for all; a key; a pattern with ``*``; or an iterable of these.
        sim_ids: Only what these simulations have recorded answers None and patterns; None for all
            simulations.

    Returns:
        The keys, each once: in the order in which they were named, what a pattern or None stands
        for in alphabetical order. A pattern that matches nothing gives none.

    Raises:
        InvalidArgumentError: No simulation of the project has recorded this key, or a key is not
            text.
    """
    return _resolved_keys(keys, sim_ids, lambda ids: {series.key for series in store.series(ids)})


def resolve_media_keys(
    store: ProjectStore, keys: Keys = None, sim_ids: Iterable[UUID] | None = None
) -> list[str]:
    """Give the keys of images, videos, sounds and texts that are meant; see ``resolve_keys``."""
    return _resolved_keys(keys, sim_ids, lambda ids: {item.key for item in store.media(ids)})


def matching_keys(pattern: str, keys: Iterable[str]) -> list[str]:
    """List the keys that a pattern stands for, in their own order; only ``*`` is special in it."""
    expression = re.compile(".*".join(re.escape(part) for part in pattern.split("*")), re.DOTALL)
    return [key for key in keys if expression.fullmatch(key)]


def _resolved_keys(
    keys: Keys,
    sim_ids: Iterable[UUID] | None,
    recorded: Callable[[list[UUID] | None], set[str]],
) -> list[str]:
    ids = None if sim_ids is None else list(sim_ids)
    here = sorted(recorded(ids))
    if keys is None:
        return here
    chosen: dict[str, None] = {}
    unknown: list[str] = []
    for key in _listed(keys):
        if key in here:
            chosen[key] = None
        elif "*" in key:
            chosen.update(dict.fromkeys(matching_keys(key, here)))
        else:
            chosen[key] = None
            unknown.append(key)
    if unknown:
        _refuse_unknown(unknown, here if ids is None else sorted(recorded(None)))
    return list(chosen)


def _named(store: ProjectStore, sims: Sims, depth: int) -> list[UUID]:
    if isinstance(sims, UUID):
        return [sims]
    if isinstance(sims, str):
        return [_from_text(store, sims)]
    inner = _inside(sims)
    if inner is not None and depth < _MAX_DEPTH:
        return _named(store, inner, depth + 1)
    if isinstance(sims, Iterable) and not isinstance(sims, bytes) and depth < _MAX_DEPTH:
        return [sim_id for item in sims for sim_id in _named(store, item, depth + 1)]
    msg = (
        f"{sims!r} does not name simulations. Give an id, a simulation, a group, or a list of "
        "these; None means all simulations of the project."
    )
    raise InvalidArgumentError(msg, sims=sims)


def _inside(sims: Sims) -> Sims:
    """Give what an object that is not an id itself says about its ids, or None."""
    index = getattr(sims, "index", None)
    if getattr(index, "name", None) == "sim_id" and hasattr(sims, "columns"):
        return index  # rows of the frame of simulations
    name = getattr(sims, "name", None)
    if hasattr(sims, "to_frame") and isinstance(name, str) and _is_id(name):
        return name  # one row of it
    for name in ("sim_id", "ids"):
        inner = getattr(sims, name, None)
        if inner is not None:
            return inner
    return None


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _from_text(store: ProjectStore, text: str) -> UUID:
    asked = text.strip()
    try:
        return UUID(asked)
    except ValueError:
        pass
    found = store.ids_matching(asked) if len(asked) >= MIN_PREFIX else []
    if len(found) == 1:
        return found[0]
    if found:
        some = ", ".join(str(sim_id) for sim_id in found[:_LISTED])
        msg = f"{len(found)} simulations have an id like {asked!r}...: {some}. Give more of it."
        raise InvalidArgumentError(msg, asked=asked, found=tuple(found))
    raise _unknown(store, asked)


def _unknown(store: ProjectStore, asked: str) -> UnknownSimulationError:
    records = store.simulations()
    count = f"{len(records)} simulation{'' if len(records) == 1 else 's'} in this project."
    namesakes = [str(record.sim_id) for record in records if record.name == asked]
    if namesakes:
        hint = f" It is the name of {', '.join(namesakes[:_LISTED])}; ask by id, or for gd.simulations(name={asked!r})."
    elif len(asked) < MIN_PREFIX:
        hint = f" The beginning of an id needs at least {MIN_PREFIX} letters."
    else:
        hint = did_you_mean(asked, [str(record.sim_id) for record in records])
    msg = f"No simulation has the id {asked!r}.{hint} {count}"
    return UnknownSimulationError(msg, sim_id=asked, count=len(records))


def _listed(keys: str | Iterable[str]) -> list[str]:
    listed: list[object]
    if _are_simulations(keys):
        raise _keys_wanted(keys)
    if isinstance(keys, str):
        listed = [keys]
    elif isinstance(keys, Iterable) and not isinstance(keys, (bytes, bytearray)):
        listed = list(keys)
    else:
        listed = [keys]
    texts = [key for key in listed if isinstance(key, str)]
    if len(texts) != len(listed):
        wrong = next(key for key in listed if not isinstance(key, str))
        if _are_simulations(wrong):
            raise _keys_wanted(wrong)
        msg = f"A key is text, such as 'rollout/ep_rew_mean' or 'rollout/*'; got {wrong!r}."
        raise InvalidArgumentError(msg, keys=keys)
    return texts


def _are_simulations(keys: object) -> bool:
    return not isinstance(keys, str) and (isinstance(keys, UUID) or _inside(keys) is not None)


def _keys_wanted(sims: object) -> InvalidArgumentError:
    msg = (
        f"Keys of series are texts, such as 'rollout/ep_rew_mean'; got simulations ({type(sims).__name__}): give these "
        "as sims=..."
    )
    return InvalidArgumentError(msg)


def _refuse_unknown(unknown: list[str], known: list[str]) -> None:
    missing = next((key for key in unknown if key not in known), None)
    if missing is None or not known:
        return
    some = ", ".join(known[: _LISTED * 2])
    more = f" and {len(known) - _LISTED * 2} more" if len(known) > _LISTED * 2 else ""
    hint = did_you_mean(missing, known)
    if _is_id(missing):
        hint = " It is an id: give simulations as sims=..."
    msg = f"No simulation has recorded the key {missing!r}.{hint} Recorded: {some}{more}."
    raise InvalidArgumentError(msg, key=missing, known=tuple(known))
