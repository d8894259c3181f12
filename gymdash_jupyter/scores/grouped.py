"""What ``by``, ``task`` and ``split`` of a figure mean: names of settings, as people type them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.errors import InvalidArgumentError, did_you_mean
from gymdash_jupyter.grouping import GroupBy, settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gymdash_jupyter.records import SimulationRecord

_WORDS: Final[Mapping[str, GroupBy]] = {
    "group": "config",
    "simulation": "none",
    "config": "config",
    "none": "none",
}
_MOST_NAMED: Final = 16


def grouped_by(by: Any, records: Sequence[SimulationRecord]) -> GroupBy:
    """Give what ``by`` of a figure means in ``grouping.group_records``.

    Args:
        by: ``group``, ``simulation``, the name of a setting or several; see ``setting_named``.
        records: The simulations that are drawn.

    Raises:
        InvalidArgumentError: No simulation has such a setting, or a name means several.
    """
    if isinstance(by, str):
        return _WORDS.get(by) or setting_named(by, records)
    if isinstance(by, (list, tuple)) and all(isinstance(each, str) for each in by):
        return [setting_named(each, records) for each in by]
    refused: GroupBy = by  # where groups are made
    return refused


def setting_named(name: str, records: Sequence[SimulationRecord]) -> str:
    """Give the path of a setting; of ``algorithm_kwargs.learning_rate`` the last part is enough where it means one.

    Args:
        name: A path, a dict of settings, ``name`` for the simulations' names, or the end of a path.
        records: The simulations. Where there are none, every name may still come.

    Raises:
        InvalidArgumentError: No simulation has such a setting, or the name means several.
    """
    known = sorted({path for record in records for path in settings(record)})
    is_known = name in known or any(path.startswith(f"{name}.") for path in known)
    if is_known or name == "name" or not records:
        return name
    ends = [path for path in known if path.endswith(f".{name}")]
    if len(ends) == 1:
        return ends[0]
    if ends:
        msg = f"Several settings are called {name!r}: {', '.join(ends)}. Name one of them whole."
    else:
        some = ", ".join(known[:_MOST_NAMED]) + (", ..." if len(known) > _MOST_NAMED else "")
        msg = (
            f"No simulation has a setting {name!r}.{did_you_mean(name, known)} There are: {some}."
        )
    raise InvalidArgumentError(msg, name=name)
