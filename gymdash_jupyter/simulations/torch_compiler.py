"""Making a model without the import of torch's compiler, which takes a second and which nobody uses then.

The first optimizer that is made in a process imports ``torch._dynamo`` (and sympy), only to mark its
methods as not to be compiled (``torch/_compile.py``). It is imported all the same at the first
step of an optimizer; but by then the training has begun and has shown its first progress.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager

_COMPILER = "torch._dynamo"
_CACHE = "__dynamo_disable"
"""Where torch keeps, on the method itself, what it calls instead of it."""


@contextmanager
def without_compiler() -> Iterator[None]:
    """Let optimizers be made inside a with block without torch's compiler; afterwards all is as before.

    Where torch does it otherwise, this does nothing.
    """
    methods = [] if _COMPILER in sys.modules else _optimizer_methods()
    for method in methods:
        setattr(method, _CACHE, method)
    try:
        yield
    finally:
        for method in methods:
            if getattr(method, _CACHE, None) is method:
                delattr(method, _CACHE)


def _optimizer_methods() -> list[types.FunctionType]:
    """Give the methods of optimizers that torch excludes from compiling and has not called yet."""
    from torch.optim import Optimizer

    wrapped = [getattr(member, "__wrapped__", None) for member in vars(Optimizer).values()]
    return [
        method
        for method in wrapped
        if isinstance(method, types.FunctionType) and not hasattr(method, _CACHE)
    ]
