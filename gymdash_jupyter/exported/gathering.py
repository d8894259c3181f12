"""A module's source that makes a class from a notebook or script, with all of its own that it needs.

Needed are what the code names: imports, written as the notebook wrote them; classes and functions of
the notebook, by their source, and what these need in turn; constants, by their values. Nothing is
pickled; what cannot be written down as code is refused by name.
"""

from __future__ import annotations
import __future__

import ast
import builtins
import sys
from dataclasses import dataclass, field
from types import CodeType, FunctionType, ModuleType
from typing import Any

from gymdash_jupyter.errors import ExportError
from gymdash_jupyter.exported.constants import written_down
from gymdash_jupyter.exported.imports import import_line
from gymdash_jupyter.exported.names_used import NamesUsed, names_stored, names_used
from gymdash_jupyter.exported.written import (
    Written,
    binds,
    functions_of,
    is_code_of,
    segment,
)
from gymdash_jupyter.registry import SimulationRegistry
from gymdash_jupyter.simulation import Simulation

_OF_BODIES = {"__module__", "__qualname__", "__annotations__", "__classcell__"}
"""What the body of a class may set without its being an attribute of the class."""
_FUTURE_ANNOTATIONS = __future__.annotations.compiler_flag
_OF_IPYTHON = {
    "display": "from IPython.display import display",
    "get_ipython": "from IPython import get_ipython",
}
"""What is there in every notebook, and nowhere else, without an import."""
_REGISTERING = SimulationRegistry.register


@dataclass(frozen=True)
class _Definition:
    """A top-level statement of the notebook that defines a name."""

    name: str
    text: str
    code: CodeType
    uses: NamesUsed
    statement: ast.stmt
    is_decorated: bool


@dataclass
class Gathering:
    """Gather what a class needs, name by name.

    Args:
        key: The sim key, for messages.
        cls: A class at the top level of a module that no other process can import.
        module: This module.
    """

    key: str
    cls: type
    module: ModuleType
    imports: dict[str, None] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    definitions: dict[str, _Definition] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        own = [f for f in functions_of(self.cls) if _is_of(self.module, f)]
        self.written = Written(self.module, *own)
        flags = [f.__code__.co_flags & _FUTURE_ANNOTATIONS for f in own]
        self.flags = max(flags, default=0)

    def source(self) -> str:
        """Give the source.

        Raises:
            ExportError: Something of it cannot be written down; the message says what.
        """
        self._define(self.cls.__name__, self.cls, self.cls.__name__)
        done: dict[str, None] = {}
        self._order(self.cls.__name__, done)
        parts = [
            "from __future__ import annotations" if self.flags else "",
            "\n".join(self.imports),
            "\n".join(f"{name} = {text}" for name, text in self.constants.items()),
            *(self._text(name) for name in done),
        ]
        return "\n\n\n".join(part for part in parts if part) + "\n"

    def _text(self, name: str) -> str:
        text = self.definitions[name].text
        return "\n".join([text, *(f"{a} = {n}" for a, n in self.aliases.items() if n == name)])

    def _need(self, name: str, chain: str) -> None:
        """Gather what a name stands for, once."""
        if any(name in d for d in (self.constants, self.definitions, self.aliases)):
            return
        if name in _OF_IPYTHON and "IPython" in sys.modules:
            self.imports[_OF_IPYTHON[name]] = None
            return
        if name not in self.written.namespace:
            if hasattr(builtins, name):
                return
            raise self._error(
                f"{chain} uses {name!r}, which is not defined in {self.written.where}"
            )
        value = self.written.namespace[name]
        statements = [statement for _, statement in self.written.statements()]
        lines = import_line(name, value, statements)
        own = getattr(value, "__name__", name)
        if lines:
            self.imports |= dict.fromkeys(lines)
        elif (constant := written_down(value)) is not None:
            self.constants[name] = constant
        elif own != name and self.written.namespace.get(own) is value and _is_code(value):
            self.aliases[name] = own
            self._need(own, chain)
        else:
            self._define(name, value, chain)

    def _define(self, name: str, value: Any, chain: str) -> None:
        found = self._find(name, value, chain)
        self.definitions[name] = found
        who = name if value is self.cls else f"{chain} uses {name}, which"
        for used in (*found.uses.at_once, *found.uses.later):
            if used != name:
                self._need(used, who)

    def _find(self, name: str, value: Any, chain: str) -> _Definition:
        functions = [f for f in functions_of(value) if _is_of(self.module, f)]
        files = dict.fromkeys(f.__code__.co_filename for f in functions)
        is_seen = False
        for text, statement in self.written.statements(*files):
            if not binds(statement, name) or not _may_be_repeated(statement, value):
                continue
            is_seen = True
            found = self._definition(name, text, statement)
            if self._is_what_ran(found, value, functions):
                return found
        raise self._error(self._why_not_found(name, value, chain, is_seen))

    def _definition(self, name: str, text: str, statement: ast.stmt) -> _Definition:
        decorators = getattr(statement, "decorator_list", [])
        without = [one for one in decorators if self._value_of(one) is _REGISTERING]
        source = segment(text, statement, without)
        code = compile(source, f"<{name}>", "exec", flags=self.flags, dont_inherit=True)
        is_decorated = len(decorators) > len(without)
        return _Definition(name, source, code, names_used(code), statement, is_decorated)

    def _is_what_ran(self, found: _Definition, value: Any, functions: list[FunctionType]) -> bool:
        """Tell whether a definition is the one that made a value: it may have been edited since."""
        written = [f for f in functions if f.__code__.co_qualname.partition(".")[0] == found.name]
        if any(not is_code_of(f, found.code) for f in written):
            return False
        if isinstance(value, type) and not isinstance(found.statement, ast.ClassDef):
            return not functions  # as namedtuple makes one
        body = next((c for c in found.code.co_consts if isinstance(c, CodeType)), None)
        if type(value) not in (type, type(Simulation)) or body is None or found.is_decorated:
            return True  # what makes or changes the class is code too, and part of it
        stored = {_mangled(name, found.name) for name in names_stored(body)}
        own = {
            n: v for n, v in vars(value).items() if isinstance(v, FunctionType) and v in functions
        }
        is_whole = written or stored - _OF_BODIES <= set(vars(value))
        return bool(is_whole) and set(own) <= stored and not self._patched(found, own)

    @staticmethod
    def _patched(found: _Definition, own: dict[str, FunctionType]) -> set[str]:
        """Give the plain methods of a class that were exchanged after it was written."""
        body = getattr(found.statement, "body", [])
        plain = {d.name for d in body if isinstance(d, ast.FunctionDef) and not d.decorator_list}
        here = {_mangled(name, found.name): f"{found.name}.{name}" for name in plain}
        return {n for n, f in own.items() if n in here and f.__code__.co_qualname != here[n]}

    def _why_not_found(self, name: str, value: Any, chain: str, is_seen: bool) -> str:
        who = name if name == self.cls.__name__ else f"{chain} uses {name!r}, and it"
        if is_seen:
            return (
                f"{who} is not what is written in {self.written.where} any more: it was edited since it "
                "was executed, or changed afterwards. Execute its cell or script again, and keep its "
                "methods inside the class"
            )
        if _is_code(value) or name == self.cls.__name__:
            return (
                f"{who} has no source here. It was typed into a bare Python, or made by exec or type(). "
                "Write it in a notebook or a file"
            )
        kind = type(value)
        words = (
            kind.__qualname__
            if kind.__module__ == "builtins"
            else f"{kind.__module__}.{kind.__qualname__}"
        )
        return (
            f"{chain} uses {name!r}, which in {self.written.where} is a {words} and cannot be written down as "
            "code. Make it inside the class, in _setup or _run; or pass what it is made of in the config's kwargs"
        )

    def _error(self, trouble: str) -> ExportError:
        return ExportError(
            f"The simulation type {self.key!r} cannot be exported: {trouble}.", key=self.key
        )

    def _value_of(self, expression: ast.expr) -> Any:
        """Look up a dotted name; anything else is None."""
        if isinstance(expression, ast.Name):
            return self.written.namespace.get(expression.id)
        if isinstance(expression, ast.Attribute):
            return getattr(self._value_of(expression.value), expression.attr, None)
        return None

    def _order(
        self, name: str, done: dict[str, None], doing: frozenset[str] = frozenset()
    ) -> None:
        """Order definitions so that what one needs at once stands before it."""
        name = self.aliases.get(name, name)
        if name in done or name in doing or name not in self.definitions:
            return
        uses = self.definitions[name].uses
        for used in uses.at_once:
            self._order(used, done, doing | {name})
        done[name] = None
        for used in uses.later:
            self._order(used, done, doing)


def _is_of(module: ModuleType, function: FunctionType) -> bool:
    return (
        function.__module__ == module.__name__
        and function.__globals__.get("__name__") == module.__name__
    )


def _is_code(value: Any) -> bool:
    return isinstance(value, (type, FunctionType)) or hasattr(value, "__wrapped__")


def _may_be_repeated(statement: ast.stmt, value: Any) -> bool:
    """Tell whether to execute a statement again makes the same thing: no call, unless it makes a type."""
    if not isinstance(statement, (ast.Assign, ast.AnnAssign)):
        return _is_code(value)
    if isinstance(statement.value, ast.Lambda):
        return isinstance(value, FunctionType)
    is_type = isinstance(value, type) or type(value).__module__ == "typing"  # namedtuple, TypeVar
    effects = (ast.Call, ast.Await, ast.NamedExpr, ast.Yield, ast.YieldFrom, ast.JoinedStr)
    return is_type or not any(isinstance(node, effects) for node in ast.walk(statement))


def _mangled(name: str, class_name: str) -> str:
    is_private = name.startswith("__") and not name.endswith("__")
    return f"_{class_name.lstrip('_')}{name}" if is_private else name
