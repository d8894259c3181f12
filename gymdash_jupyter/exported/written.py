"""What a person wrote at the top level of a notebook or script: texts, definitions, imports.

A notebook's texts are its cells as IPython keeps them (``linecache``, and the history for what
linecache does not have), a script's is its file.
"""

from __future__ import annotations

import ast
import inspect
import io
import linecache
import sys
from collections.abc import Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any


class Written:
    """The texts of one module that cannot be imported elsewhere, such as ``__main__``.

    Args:
        module: The module.
        *functions: Functions of which some were written there; their files are looked into first.
    """

    def __init__(self, module: ModuleType, *functions: FunctionType) -> None:
        self.namespace = functions[0].__globals__ if functions else vars(module)
        shell = _shell(module)
        file = getattr(module, "__file__", None)
        self.where = "the notebook" if shell else f"the script {file}" if file else "this session"
        self._cells = () if shell is None else tuple(_cells(shell))
        own = [function.__code__.co_filename for function in functions]
        self._files = (*own, file) if isinstance(file, str) else (*own,)
        self._parsed: dict[str, list[ast.stmt]] = {}

    def statements(self, *files: str) -> Iterator[tuple[str, ast.stmt]]:
        """Give each top-level statement with its text, newest first, those of some files before all."""
        for text in self._texts(*files):
            for statement in reversed(self._top_level(text)):
                yield text, statement

    def _texts(self, *files: str) -> Iterator[str]:
        first, last = (
            ["".join(linecache.getlines(f)) for f in some] for some in (files, self._files)
        )
        yield from dict.fromkeys(text for text in (*first, *self._cells, *last) if text)

    def _top_level(self, text: str) -> list[ast.stmt]:
        if text not in self._parsed:
            try:
                self._parsed[text] = list(_flat(ast.parse(text).body))
            except (SyntaxError, ValueError, RecursionError):
                self._parsed[text] = []
        return self._parsed[text]


def binds(statement: ast.stmt, name: str) -> bool:
    """Tell whether a statement defines a name: a class, a function, or one assignment to it."""
    if isinstance(statement, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
        return statement.name == name
    if isinstance(statement, ast.Assign):
        return [ast.unparse(target) for target in statement.targets] == [name]
    if isinstance(statement, ast.AnnAssign):
        return statement.value is not None and ast.unparse(statement.target) == name
    return False


def segment(text: str, statement: ast.stmt, without: list[ast.expr]) -> str:
    """Give a statement as it was written, with its decorators less some of them."""
    if isinstance(statement, (ast.Assign, ast.AnnAssign)):
        return ast.get_source_segment(text, statement) or ast.unparse(statement)
    decorators = getattr(statement, "decorator_list", [])
    if statement.col_offset:  # inside an if or with
        copy: Any = ast.parse(ast.unparse(statement)).body[0]
        copy.decorator_list = [one for one in decorators if one not in without]
        return ast.unparse(copy)
    lines = list(io.StringIO(text, newline=None))
    first = min([statement.lineno, *(one.lineno for one in decorators)])
    left_out = {n for one in without for n in range(one.lineno, (one.end_lineno or 0) + 1)}
    kept = [n for n in range(first, (statement.end_lineno or 0) + 1) if n not in left_out]
    return "".join(lines[n - 1] for n in kept).rstrip("\n")


def functions_of(thing: Any) -> list[FunctionType]:
    """Give a function, or the functions in a class's own body, without what decorators put around them."""
    found = []
    for value in list(vars(thing).values()) if isinstance(thing, type) else [thing]:
        for part in _parts(value):
            inner = inspect.unwrap(part)
            if isinstance(inner, FunctionType):
                found.append(inner)
    return found


def is_code_of(function: FunctionType, code: CodeType) -> bool:
    """Tell whether a module's code defines a function just as it is."""
    return any(
        _is_same(function.__code__, inner)
        for inner in _inside(code)
        if inner.co_qualname == function.__code__.co_qualname
    )


def _parts(value: Any) -> list[Any]:
    if isinstance(value, (staticmethod, classmethod)):
        return [value.__func__]
    if isinstance(value, property):
        return [part for part in (value.fget, value.fset, value.fdel) if part is not None]
    part = getattr(value, "func", None) if not isinstance(value, type) else None  # cached_property
    return (
        [part if isinstance(part, FunctionType) else value] if not isinstance(value, type) else []
    )


def _inside(code: CodeType) -> Iterator[CodeType]:
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield inner
            yield from _inside(inner)


def _is_same(one: CodeType, other: CodeType) -> bool:
    def plain(code: CodeType) -> list[str]:
        return [repr(c) for c in code.co_consts if not isinstance(c, (CodeType, frozenset))]

    def inner(code: CodeType) -> list[CodeType]:
        return [c for c in code.co_consts if isinstance(c, CodeType)]

    return (
        (one.co_code, one.co_names, one.co_varnames, plain(one))
        == (other.co_code, other.co_names, other.co_varnames, plain(other))
        and len(inner(one)) == len(inner(other))
        and all(map(_is_same, inner(one), inner(other)))
    )


def _flat(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Give statements and those inside if, try, with and loops, which define names of the module too."""
    for statement in body:
        yield statement
        if isinstance(statement, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        for part in ("body", "handlers", "orelse", "finalbody"):
            yield from _flat(getattr(statement, part, []))


def _shell(module: ModuleType) -> Any:
    ipython = sys.modules.get("IPython")  # not imported: without it there is no notebook
    shell = ipython.get_ipython() if ipython is not None else None
    return shell if getattr(shell, "user_ns", None) is vars(module) else None


def _cells(shell: Any) -> Iterator[str]:
    """Give the cells, newest first; of one under a cell magic such as ``%%time``, what is below it."""
    history = shell.history_manager
    for raw, parsed in zip(
        reversed(history.input_hist_raw), reversed(history.input_hist_parsed), strict=False
    ):
        if not raw.lstrip().startswith("%%"):
            yield parsed
            continue
        below = raw.lstrip().partition("\n")[2]
        yield shell.transform_cell(below)
