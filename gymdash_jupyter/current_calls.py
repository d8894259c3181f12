"""Functions of a store as functions of the current project: how ``gd.scalars`` and ``gd.plot_curves`` come about.

A notebook's Tab and Shift+Tab see all arguments and the whole documentation of what does the work.
"""

from __future__ import annotations

import functools
import inspect
import re
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from gymdash_jupyter.current import current_project
from gymdash_jupyter.errors import InvalidArgumentError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gymdash_jupyter.store.contract import ProjectStore

P = ParamSpec("P")
R = TypeVar("R")

_STORE_LINE = re.compile(r"^ +store: .*\n", re.MULTILINE)
_NO_ARGUMENTS = re.compile(r"^Args:\n(?=\S|\n)", re.MULTILINE)


def on_current_project(
    name: str,
    function: Callable[Concatenate[ProjectStore, P], R],
    *,
    options: Mapping[str, Any] | None = None,
    without_project: str | None = None,
) -> Callable[P, R]:
    """Give a function of a store as one of the project that is current when it is called.

    Args:
        name: What it is called in ``gymdash_jupyter``.
        function: Takes the store first.
        options: What its ``**`` takes, with the defaults, so that these are seen, too.
        without_project: An argument that, when given, is all that the function looks at: then no project is opened.

    Returns:
        A function with the arguments and the documentation of this one, less the store. It raises
        InvalidArgumentError for an argument that there is not.
    """
    signature = _signature(function, options)
    takes = list(signature.parameters)
    takes_any = any(each.kind is each.VAR_KEYWORD for each in signature.parameters.values())

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        unknown = [] if takes_any else [each for each in kwargs if each not in takes]
        if unknown:
            hint = did_you_mean(unknown[0], takes)
            if not hint and "sims" in takes:
                hint = f" To choose simulations: sims=gd.simulations({unknown[0]}=...)."
            msg = f"The function gd.{name} has no argument {unknown[0]!r}.{hint} It takes {', '.join(takes) or 'none'}."
            raise InvalidArgumentError(msg, name=unknown[0], known=tuple(takes))
        is_alone = without_project is not None and kwargs.get(without_project) is not None
        store: Any = None if is_alone else current_project().store
        return function(store, *args, **kwargs)

    call.__name__ = call.__qualname__ = name
    call.__module__ = "gymdash_jupyter"
    call.__doc__ = _words(function.__doc__ or "")
    vars(call)["__signature__"] = signature
    return call


def _signature(
    function: Callable[..., Any], options: Mapping[str, Any] | None
) -> inspect.Signature:
    _, *rest = inspect.signature(function).parameters.values()
    if options is not None:
        rest = [each for each in rest if each.kind is not each.VAR_KEYWORD]
        rest += [
            inspect.Parameter(option, inspect.Parameter.KEYWORD_ONLY, default=default)
            for option, default in options.items()
        ]
    return inspect.Signature(rest)


def _words(documentation: str) -> str:
    return _NO_ARGUMENTS.sub("", _STORE_LINE.sub("", inspect.cleandoc(documentation)))
