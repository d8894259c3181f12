"""Group simulations by what they were configured with: the same but for the seed, or equal in some values.

Values are compared as JSON compares them: ``1`` is ``1.0`` and is not ``true``, the order of a dict's keys does not
matter, and NaN equals NaN.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.json_values import DESCRIPTION_KEY, is_described

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from uuid import UUID

    from gymdash_jupyter.records import SimulationRecord

GroupBy: TypeAlias = Literal["none", "config"] | str | tuple[str, ...] | list[str]
"""``"none"``, ``"config"`` (equal but for the seed), or paths of values such as ``learning_rate``."""

_MOST_NAMED: Final = 4
_LONGEST_VALUE: Final = 32
_LARGEST_INT: Final = 2**53
_ABSENT: Final = "not set"


@dataclass(frozen=True)
class ConfigGroup:
    """Simulations that belong together.

    Attributes:
        group_id: The same for the same configuration, also in another session.
        label: What tells it from the other groups, such as ``learning_rate 0.0003, algorithm ppo``.
        sim_ids: Its simulations, in the order in which they came.
    """

    group_id: str
    label: str
    sim_ids: tuple[UUID, ...]


def settings(record: SimulationRecord) -> dict[str, Any]:
    """List the values with which a simulation was made and started, by path.

    Args:
        record: The simulation.

    Returns:
        Its ``sim_key`` (or the name of its type), its family and type where they are set, and the kwargs of its config
        and of its start, of which the latter count more. What lies in a dict in these has a dotted path, such as
        ``policy_kwargs.net_arch``; its name is not among them.
    """
    config = record.config
    found: dict[str, Any] = {"sim_key": config.sim_key or record.sim_key or record.sim_type_name}
    for name in ("sim_family", "sim_type"):
        if value := getattr(config, name):
            found[name] = value
    found.update(_flat(config.kwargs))
    for path, value in _flat(record.start_kwargs).items():
        for replaced in [each for each in found if each.startswith(f"{path}.")]:
            del found[replaced]
        found[path] = value
    return found


def setting_names(records: Iterable[SimulationRecord]) -> frozenset[str]:
    """List what the labels of groups of these simulations may call a setting: all paths and their last parts."""
    paths = {path for record in records for path in settings(record)}
    parents = {path[:place] for path in paths for place, each in enumerate(path) if each == "."}
    return frozenset(paths | parents | {path.rpartition(".")[2] for path in paths | parents})


def is_seed(path: str) -> bool:
    """Say whether a value only makes one repetition differ from another: ``seed``, ``x.seed``, ``env_seed``."""
    name = path.rpartition(".")[2].lower()
    return name == "seed" or name.endswith("_seed")


def seed_of(record: SimulationRecord) -> str | None:
    """Give what makes a simulation another repetition of its configuration, as text; None when nothing says so."""
    found = [_value_text(value) for path, value in settings(record).items() if is_seed(path)]
    said = [text for text in found if text != "None"]
    return ", ".join(said) or None


def value_at(record: SimulationRecord, path: str) -> str | None:
    """Give what a simulation was made or started with at a path, as short text; None where there is nothing."""
    found = _values_at(record, settings(record), path)
    return _value_text(found[0]) if found else None


def group_records(
    records: Iterable[SimulationRecord],
    by: GroupBy = "config",
    *,
    apart_from: Collection[str] = (),
    alone_by_name: bool = True,
) -> list[ConfigGroup]:
    """Put simulations that belong together into groups.

    Args:
        records: The simulations.
        by: ``"config"``: whose configuration is the same but for seeds and names; paths of values, as ``settings``
            names them (a path may also name a whole dict, or ``name``): those that are equal there; ``"none"``: each
            alone.
        apart_from: Paths that ``"config"`` does not look at, with what is in them, such as ``env``.
        alone_by_name: Whether a simulation that is alone in its group gives it its name also where others are not
            alone. Else its settings tell it from the others as they tell these.

    Returns:
        The groups, in the order of their first simulations. The label of a group of one is the simulation's name where
        groups were not made by paths.

    Raises:
        InvalidArgumentError: ``by`` is none of these.
    """
    paths = _paths(by)
    every = list(records)
    identities = [_identity(record, by, paths) for record in every]
    if paths is None and apart_from:
        identities = [_apart_from(identity, apart_from) for identity in identities]
    keys = [_canonical(identity) for identity in identities]
    members: dict[str, list[int]] = {}
    for place, key in enumerate(keys):
        members.setdefault(key, []).append(place)
    firsts = [identities[places[0]] for places in members.values()]
    named = paths if paths is not None else [path for path, _ in _differing(firsts)]
    labels = [_label(identity, named) for identity in firsts]
    groups = []
    by_name = paths is None and (alone_by_name or len(members) == len(every))
    for (key, places), label in zip(members.items(), labels, strict=True):
        first = every[places[0]]
        is_alone = by_name and len(places) == 1
        name = (first.name or str(first.sim_id)[:8]) if is_alone else label
        name = name or str(settings(first)["sim_key"])  # there is no other group to be told from
        sim_ids = tuple(every[place].sim_id for place in places)
        groups.append(ConfigGroup(_group_id(key), name, sim_ids))
    return _told_apart(groups)


def differing_paths(records: Iterable[SimulationRecord]) -> list[tuple[str, int]]:
    """List the paths, seeds left out, in which simulations differ, and how many values there are.

    Those with the fewest values come first: they make the largest groups.
    """
    found = _differing([_without_seeds(settings(record)) for record in records])
    return sorted(found, key=lambda each: each[1])


def _paths(by: GroupBy) -> list[str] | None:
    if by in ("none", "config"):
        return None
    paths = [by] if isinstance(by, str) else by
    if (
        not isinstance(paths, (list, tuple))
        or not paths
        or not all(isinstance(path, str) and path for path in paths)
    ):
        msg = (
            "Simulations are grouped by 'config', by 'none' or by a list of paths such as "
            f"['learning_rate']; got {by!r}."
        )
        raise InvalidArgumentError(msg)
    return list(paths)


def _identity(record: SimulationRecord, by: GroupBy, paths: list[str] | None) -> dict[str, Any]:
    if by == "none":
        return {"sim_id": str(record.sim_id)}
    every = settings(record)
    if paths is None:
        return _without_seeds(every)
    return {path: value for path in paths for value in _values_at(record, every, path)}


def _values_at(record: SimulationRecord, every: Mapping[str, Any], path: str) -> list[Any]:
    """Give the value at a path as a list of one, or an empty one where there is none."""
    if path in every:
        return [every[path]]
    inside = {
        each[len(path) + 1 :]: value
        for each, value in every.items()
        if each.startswith(f"{path}.")
    }
    if inside:
        return [inside]
    return [record.name] if path == "name" else []


def _without_seeds(every: Mapping[str, Any]) -> dict[str, Any]:
    return {path: value for path, value in every.items() if not is_seed(path)}


def _apart_from(every: Mapping[str, Any], paths: Collection[str]) -> dict[str, Any]:
    inside = tuple(f"{path}." for path in paths)
    return {
        path: value
        for path, value in every.items()
        if path not in paths and not path.startswith(inside)
    }


def _flat(value: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, each in value.items():
        path = f"{before}{name}"
        if isinstance(each, Mapping) and each and not is_described(each):
            found.update(_flat(each, f"{path}."))
        else:
            found[path] = each
    return found


def _differing(identities: Sequence[Mapping[str, Any]]) -> list[tuple[str, int]]:
    """List the paths with more than one value, in the order in which they come; a missing one is a value, too."""
    found = []
    for path in dict.fromkeys(path for identity in identities for path in identity):
        values = {
            _canonical(identity[path]) if path in identity else _ABSENT for identity in identities
        }
        if len(values) > 1:
            found.append((path, len(values)))
    return found


def _canonical(value: object) -> str:
    return json.dumps(_plain(value), sort_keys=True, ensure_ascii=False, default=str)


def _plain(value: object) -> Any:
    if isinstance(value, float):
        if not math.isfinite(value):
            return {"__float__": str(value)}
        return int(value) if value.is_integer() and abs(value) < _LARGEST_INT else value
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value


def _group_id(key: str) -> str:
    return f"group:{hashlib.blake2s(key.encode('utf-8', 'replace'), digest_size=8).hexdigest()}"


def _label(identity: Mapping[str, Any], paths: Sequence[str]) -> str:
    names = Counter(path.rpartition(".")[2] for path in paths)
    if len(paths) > _MOST_NAMED:  # what others have and this one lacks says little
        paths = [path for path in paths if path in identity] or paths
    said = []
    for path in paths[:_MOST_NAMED]:
        name = path.rpartition(".")[2]
        name = name if names[name] == 1 else path
        said.append(f"{name} {_value_text(identity[path]) if path in identity else _ABSENT}")
    return ", ".join(said)


def _value_text(value: object) -> str:
    if isinstance(value, Mapping) and is_described(value):
        text = str(value[DESCRIPTION_KEY])
    elif isinstance(value, str):
        text = value
    elif isinstance(value, float):
        text = f"{value:.6g}"
    elif isinstance(value, (Mapping, list, tuple)):
        text = json.dumps(value, ensure_ascii=False, default=str)
    else:
        text = str(value)
    return (
        text
        if len(text) <= _LONGEST_VALUE
        else f"{text[: _LONGEST_VALUE - 1]}\N{HORIZONTAL ELLIPSIS}"
    )


def _told_apart(groups: list[ConfigGroup]) -> list[ConfigGroup]:
    """Number labels that are the same: long values are cut, many are left out, names repeat."""
    uses = Counter(group.label for group in groups)
    seen: Counter[str] = Counter()
    found = []
    for group in groups:
        label = group.label
        if uses[label] > 1:
            seen[label] += 1
            label = f"{label} ({seen[label]})"
        found.append(ConfigGroup(group.group_id, label, group.sim_ids))
    return found
