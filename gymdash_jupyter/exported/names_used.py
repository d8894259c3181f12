"""Which names of its module a piece of code uses: while it is defined, and when it is called."""

from __future__ import annotations

import dis
import inspect
from dataclasses import dataclass
from types import CodeType

_LOADS = ("LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS")


@dataclass(frozen=True)
class NamesUsed:
    """Names that are looked up in the module, each in the order of its first use.

    Attributes:
        at_once: While the code is executed: bases, decorators, defaults, bodies of classes.
        later: When what it defines is called.
    """

    at_once: tuple[str, ...]
    later: tuple[str, ...]


def names_used(code: CodeType) -> NamesUsed:
    """Find the names of the module that a module's code uses and does not define before.

    Names with two underscores at both ends are left out: each module has its own.
    """
    at_once: dict[str, None] = {}
    later: dict[str, None] = {}
    _look(code, at_once, at_once, later)
    is_own = [name for name in (*at_once, *later) if name.startswith("__") and name.endswith("__")]
    for name in is_own:
        at_once.pop(name, None)
        later.pop(name, None)
    return NamesUsed(tuple(at_once), tuple(name for name in later if name not in at_once))


def names_stored(code: CodeType) -> set[str]:
    """Give the names that the body of a class or module gives a value."""
    return {i.argval for i in dis.get_instructions(code) if i.opname == "STORE_NAME"}


def _look(
    code: CodeType, used: dict[str, None], at_once: dict[str, None], later: dict[str, None]
) -> None:
    is_function = bool(code.co_flags & inspect.CO_OPTIMIZED)
    own: set[str] = set()
    for instruction in dis.get_instructions(code):
        if instruction.opname == "STORE_NAME":
            own.add(instruction.argval)
        elif instruction.opname in _LOADS and instruction.argval not in own:
            used[instruction.argval] = None
    for inner in code.co_consts:
        if not isinstance(inner, CodeType):
            continue
        # Comprehensions and lambdas may be called where they stand.
        is_called_later = is_function or (
            bool(inner.co_flags & inspect.CO_OPTIMIZED) and not inner.co_name.startswith("<")
        )
        _look(inner, later if is_called_later else used, at_once, later)
