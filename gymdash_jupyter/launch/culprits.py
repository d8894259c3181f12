"""Finding what keeps a simulation from travelling to another process, and saying it by its name."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.errors import CannotTravelError

if TYPE_CHECKING:
    from gymdash_jupyter.simulation import Simulation

Fits = Callable[[Any], bool]

_MAX_DEPTH = 6


def refusal(
    simulation: Simulation, parts: Mapping[str, Any], fits: Fits, exc: BaseException
) -> CannotTravelError:
    """Say which part of a simulation cannot travel.

    Args:
        simulation: The simulation.
        parts: Its parts by what one of them is called: a mapping by name, or the class.
        fits: Tells whether a value could be sent.
        exc: How packing the whole failed.
    """
    where, value = _first(parts, fits)
    kind = f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")
    article = "an" if kind[:1].lower() in "aeiou" else "a"
    what = (
        f"{where}, {article} {kind}" if where else f"something in it ({type(exc).__name__}: {exc})"
    )
    name = type(simulation).__name__
    msg = (
        f"{name} cannot travel to another process because of {what}, which means something only in "
        "this one. Make it in _setup(), where the simulation executes, or start the simulation "
        "here: launcher='thread'."
    )
    return CannotTravelError(msg, sim_type=name, where=where)


def _first(parts: Mapping[str, Any], fits: Fits) -> tuple[str, Any]:
    for kind, part in parts.items():
        if isinstance(part, type):
            if not fits(part):
                return _inside(f"the class {part.__name__}", part, fits, ())
            continue
        for name, value in part.items():
            if not fits(value):
                return _inside(f"the {kind} {name!r}", value, fits, ())
    return "", None


def _inside(where: str, value: Any, fits: Fits, around: tuple[int, ...]) -> tuple[str, Any]:
    """Follow what does not fit down to the smallest thing that has a name.

    ``around`` are the ids of what it lies in: a method leads back to its class.
    """
    around = (*around, id(value))
    if len(around) <= _MAX_DEPTH:
        for name, part in _named_parts(value):
            if id(part) not in around and not fits(part):
                return _inside(f"{name} in {where}", part, fits, around)
    return where, value


def _named_parts(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, types.MethodType):
        return [("the function", value.__func__), ("its object", value.__self__)]
    if isinstance(value, types.FunctionType):
        return _variables_of(value)
    if isinstance(value, (staticmethod, classmethod)):
        return [("the function", value.__func__)]
    if isinstance(value, property):
        return [("the property", part) for part in (value.fget, value.fset) if part is not None]
    if isinstance(value, type):
        return [
            (f"{'the method' if callable(part) else 'the class attribute'} {name!r}", part)
            for name, part in vars(value).items()
            if not name.startswith("__") or isinstance(part, types.FunctionType)
        ]
    if isinstance(value, Mapping):
        return [(f"the entry {key!r}", part) for key, part in value.items()]
    if isinstance(value, (list, tuple, set, frozenset)):
        return [(f"the item {index}", part) for index, part in enumerate(value)]
    if hasattr(value, "__dict__"):
        # The insides of somebody else's object mean nothing to whoever reads the message.
        named = {name: part for name, part in vars(value).items() if not name.startswith("_")}
        return [(f"the attribute {name!r}", part) for name, part in named.items()]
    return []


def _variables_of(function: types.FunctionType) -> list[tuple[str, Any]]:
    """Give the variables that a function uses from outside: those it closes over, and global ones."""
    found: list[tuple[str, Any]] = []
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=False):
        try:
            found.append((f"the variable {name!r}", cell.cell_contents))
        except ValueError:  # not set yet
            continue
    found += [
        (f"the variable {name!r}", function.__globals__[name])
        for name in function.__code__.co_names
        if name in function.__globals__
    ]
    return found
