"""Write a start as the Python that does the same."""

from __future__ import annotations

import keyword
import math
from collections.abc import Mapping
from typing import Any, Final

from gymdash_jupyter.sweeps import Interval, with_value

_WIDTH: Final = 88
_NOT_FOR_SWEEP = ("name", "values", "mode", "n", "launcher", "queue", "only_missing", "draw_seed")
_MANY: Final = 3
"""Fewer consecutive numbers are shorter as a list."""

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
    has_start_kwargs: bool = False,
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
        has_start_kwargs: Whether something given is an argument of ``_run``, which ``gd.run`` would not give it.
    """
    is_sweep = bool(several) or queue or only_missing or has_start_kwargs or "{" in name
    kwargs: dict[str, Any] = {}
    for path, value in given.items():
        kwargs = with_value(kwargs, path, value)
    is_sweep = is_sweep or any(not _is_keyword(k, is_sweep=False) for k in kwargs)
    awkward = {k: v for k, v in kwargs.items() if not _is_keyword(k, is_sweep=is_sweep)}
    begin = [_literal(key), *([_literal(name)] if name else [])]
    values = {**{k: [v] for k, v in awkward.items()}, **several}
    rest = []
    if mode == "random" and several:
        rest += ['mode="random"', f"n={n!r}"]
    rest += [f"{k}={_literal(v)}" for k, v in kwargs.items() if k not in awkward]
    if launcher:
        rest.append(f"launcher={_literal(launcher)}")
    rest += [
        f"{k}=True" for k, is_on in (("queue", queue), ("only_missing", only_missing)) if is_on
    ]
    return _call("gd.sweep" if is_sweep else "gd.run", begin, values, rest)


def is_consecutive(values: Any) -> bool:
    """Tell whether values are whole numbers, each one more than the one before, so that ``range`` says it."""
    if not isinstance(values, tuple) or len(values) < _MANY:
        return False
    is_whole = all(isinstance(v, int) and not isinstance(v, bool) for v in values)
    return is_whole and values == tuple(range(values[0], values[0] + len(values)))


def _is_keyword(name: str, *, is_sweep: bool) -> bool:
    taken = _NOT_FOR_SWEEP if is_sweep else _NOT_FOR_RUN
    return name.isidentifier() and not keyword.iskeyword(name) and name not in taken


def _call(function: str, begin: list[str], values: Mapping[str, Any], rest: list[str]) -> str:
    """Write it on one line if it fits, else with the values on lines of their own and the rest side by side."""
    value_list = [f"values={_literal(values)}"] if values else []
    line = f"{function}({', '.join([*begin, *value_list, *rest])})"
    if len(line) <= _WIDTH and "\n" not in line:
        return line
    lines = _filled(begin)
    if value_list and len(value_list[0]) + 5 > _WIDTH:
        entries = "".join(f"        {_literal(k)}: {_literal(v)},\n" for k, v in values.items())
        value_list = [f"values={{\n{entries}    }}"]
    lines += [f"    {each}," for each in value_list]
    lines += _filled(rest)
    return f"{function}(\n" + "".join(f"{each}\n" for each in lines) + ")"


def _filled(arguments: list[str]) -> list[str]:
    """Put as many arguments on a line as fit."""
    lines: list[str] = []
    for each in arguments:
        if lines and len(lines[-1]) + len(each) + 2 <= _WIDTH:
            lines[-1] += f" {each},"
        else:
            lines.append(f"    {each},")
    return lines


def _literal(value: Any) -> str:
    """Write a value as a person would: double quotes, thousands apart, consecutive numbers as ``range``."""
    if isinstance(value, str):
        is_plain = value.isprintable() and '"' not in value and "\\" not in value
        return f'"{value}"' if is_plain else repr(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10_000:
        return f"{value:_}"
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    if isinstance(value, Interval):
        return f'"{value}"'
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_literal(k)}: {_literal(v)}' for k, v in value.items())}}}"
    if isinstance(value, tuple) and is_consecutive(value):
        begin = "" if value[0] == 0 else f"{value[0]}, "
        return f"range({begin}{value[-1] + 1})"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_literal, value))}]"
    return repr(value)
