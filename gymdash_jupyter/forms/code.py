"""Write a start as the Python that does the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.sweeps import Interval, with_value

if TYPE_CHECKING:
    from collections.abc import Mapping

_WIDTH: Final = 88
_NOT_FOR_SWEEP = ("name", "values", "mode", "n", "launcher", "queue", "only_missing", "draw_seed")
_NOT_FOR_RUN = ("name", "launcher")


def start_code(
    key: str,
    given: Mapping[str, Any],
    several: Mapping[str, Any],
    *,
    name: str = "",
    mode: str = "grid",
    n: int | None = None,
    launcher: str | None = None,
    queue: bool = False,
    only_missing: bool = False,
) -> str:
    """Write ``gd.run(...)`` for one simulation that starts now, else ``gd.sweep(...)``.

    Args:
        key: The sim key.
        given: One value by dotted path.
        several: Several values by dotted path, or a text that means several.
        name: As in ``gd.sweep``, and so what follows.
        mode: See there.
        n: See there.
        launcher: See there.
        queue: See there.
        only_missing: See there.
    """
    is_sweep = bool(several) or queue or only_missing
    kwargs: dict[str, Any] = {}
    for path, value in given.items():
        kwargs = with_value(kwargs, path, value)
    taken = _NOT_FOR_SWEEP if is_sweep or "{" in name else _NOT_FOR_RUN
    awkward = {k: v for k, v in kwargs.items() if not k.isidentifier() or k in taken}
    plain = {k: v for k, v in kwargs.items() if k not in awkward}
    values = {**{k: [v] for k, v in awkward.items()}, **several}
    if not (is_sweep or awkward or "{" in name):
        arguments = [repr(key), *([_literal(name)] if name else [])]
        arguments += [f"{k}={_literal(v)}" for k, v in plain.items()]
        if launcher:
            arguments.append(f"launcher={launcher!r}")
        return _call("gd.run", arguments)
    arguments = [_literal(key), *([_literal(name)] if name else [])]
    if values:
        arguments.append(f"values={_literal(values)}")
    if mode == "random" and several:
        arguments += ['mode="random"', f"n={n!r}"]
    arguments += [f"{k}={_literal(v)}" for k, v in plain.items()]
    if launcher:
        arguments.append(f"launcher={_literal(launcher)}")
    arguments += [
        f"{k}=True" for k, is_on in (("queue", queue), ("only_missing", only_missing)) if is_on
    ]
    return _call("gd.sweep", arguments)


def _call(function: str, arguments: list[str]) -> str:
    arguments = [re.sub(r"^'([^'\"\\]*)'$", r'"\1"', each) for each in arguments]
    line = f"{function}({', '.join(arguments)})"
    if len(line) <= _WIDTH and "\n" not in line:
        return line
    inside = "".join(f"    {each},\n" for each in arguments)
    return f"{function}(\n{inside})"


def _literal(value: Any) -> str:
    """Write a value as a person would: double quotes, thousands apart, a range as ``range``."""
    if isinstance(value, str):
        return (
            f'"{value}"'
            if value.isprintable() and '"' not in value and "\\" not in value
            else repr(value)
        )
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10_000:
        return f"{value:_}"
    if isinstance(value, Interval):
        return f'"{value}"'
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_literal(k)}: {_literal(v)}' for k, v in value.items())}}}"
    if isinstance(value, tuple):
        return _as_range(value) or f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    return repr(value)


def _as_range(values: tuple[Any, ...]) -> str:
    is_whole = all(isinstance(v, int) and not isinstance(v, bool) for v in values)
    if (
        len(values) < 3
        or not is_whole
        or values != tuple(range(values[0], values[0] + len(values)))
    ):
        return ""
    begin = "" if values[0] == 0 else f"{values[0]}, "
    return f"range({begin}{values[-1] + 1})"
