"""The import hook: ``gymdash`` and its modules, made of names that lead to the real objects.

Objects are looked up when they are first touched, so importing an old module loads nothing heavy.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import gymdash_jupyter
from gymdash_jupyter.compat.names import MODULES, contents
from gymdash_jupyter.errors import CompatError, MissingDependencyError, did_you_mean
from gymdash_jupyter.launch import call_in_workers, do_not_call_in_workers

_ROOT = "gymdash"
_EXTRAS = {
    "gymnasium": "sb3",
    "stable_baselines3": "sb3",
    "tensorboard": "sb3",
    "torch": "torch",
    "sklearn": "torch",
    "av": "video",
}
"""Which of this package's extras brings a library."""

_ENABLE = "gymdash_jupyter.compat:enable_gymdash_imports"


class OldModule(ModuleType):
    """One module of GymDash, as far as it exists here."""

    def __getattr__(self, name: str) -> Any:
        target = MODULES[self.__name__].get(name)
        if target is None:
            raise AttributeError(_not_here(self.__name__, name), name=name, obj=self)
        module, _, attribute = target.partition(":")
        try:
            found = getattr(import_module(module), attribute)
        except ModuleNotFoundError as exc:
            library = (exc.name or "").partition(".")[0]
            if library == __name__.partition(".")[0]:
                raise
            msg = (
                f"GymDash's {self.__name__}.{name} needs {library}, which is not installed: "
                f"pip install 'gymdash-jupyter[{_EXTRAS.get(library, 'all')}]'."
            )
            raise MissingDependencyError(msg, package=library) from exc
        setattr(self, name, found)
        return found

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *contents(self.__name__)})

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        # Classes of notebooks refer to it and travel to other processes.
        return import_module, (self.__name__,)


class OldClassModule(OldModule):
    """A module that is called like the one class in it, and can be used in its place.

    ``from gymdash.backend.gymnasium.wrappers import TensorboardStreamWrapper`` gives the module. Code of GymDash's
    that does so means the class.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Make an instance of the class."""
        return self._class()(*args, **kwargs)

    def __instancecheck__(self, instance: object) -> bool:
        return isinstance(instance, self._class())

    def __subclasscheck__(self, subclass: type) -> bool:
        return issubclass(subclass, self._class())

    def __mro_entries__(self, bases: tuple[object, ...]) -> tuple[type]:
        return (self._class(),)

    def _class(self) -> type:
        return getattr(self, self.__name__.rpartition(".")[2])  # type: ignore[no-any-return]


class GymDashFinder(MetaPathFinder, Loader):
    """Find GymDash's modules in the table of names; refuse those that are not in it."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 - part of the protocol
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        """See ``importlib.abc.MetaPathFinder.find_spec``.

        Raises:
            CompatError: It is one of GymDash's, and not here.
        """
        if fullname != _ROOT and not fullname.startswith(f"{_ROOT}."):
            return None
        if fullname not in MODULES:
            parent, _, name = fullname.rpartition(".")
            raise CompatError(_not_here(parent, name), name=fullname)
        # Each one is called a package: for a name that a package lacks, ``from package import
        # name`` looks for a module and comes here, so that it is refused with our words.
        return ModuleSpec(fullname, self, origin=__package__, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """See ``importlib.abc.Loader.create_module``."""
        has_its_class = spec.name.rpartition(".")[2] in MODULES[spec.name]
        kind = OldClassModule if has_its_class else OldModule
        return kind(spec.name, f"GymDash's {spec.name!r}, as far as it exists here.")

    def exec_module(self, module: ModuleType) -> None:
        """See ``importlib.abc.Loader.exec_module``."""
        module.__all__ = sorted(MODULES[module.__name__])  # type: ignore[attr-defined]


def enable_gymdash_imports() -> None:
    """Let GymDash's import paths, such as ``gymdash.backend.project``, lead to this package.

    Calling it again does nothing; ``disable_gymdash_imports`` undoes it. It holds for this Python
    process alone.

    Raises:
        CompatError: GymDash itself is installed or imported, so that its paths are taken.
    """
    if _finders():
        return
    taken_by = _real_gymdash()
    if taken_by:
        msg = (
            f"Old GymDash imports cannot lead to gymdash_jupyter: {taken_by}. Uninstall GymDash "
            "(pip uninstall gymdash) and start Python again, or import gymdash_jupyter by its name."
        )
        raise CompatError(msg)
    sys.meta_path.insert(0, GymDashFinder())
    call_in_workers(_ENABLE)


def disable_gymdash_imports() -> None:
    """Let GymDash's import paths lead nowhere again; calling it again does nothing.

    What was imported through them stays in the hands of those who have it.
    """
    do_not_call_in_workers(_ENABLE)
    for finder in _finders():
        sys.meta_path.remove(finder)
    for name in [name for name, module in sys.modules.items() if isinstance(module, OldModule)]:
        del sys.modules[name]


def _finders() -> list[GymDashFinder]:
    return [finder for finder in sys.meta_path if isinstance(finder, GymDashFinder)]


def _real_gymdash() -> str:
    """Say where GymDash itself is, or any other module of that name; empty when there is none."""
    imported = sys.modules.get(_ROOT)
    if imported is not None:
        return f"a module 'gymdash' is imported already, from {getattr(imported, '__file__', '?')}"
    try:
        return f"GymDash {version(_ROOT)} is installed here"
    except PackageNotFoundError:
        pass
    spec = find_spec(_ROOT)
    # A folder that happens to be called gymdash and is no package has no origin.
    if spec is not None and spec.origin is not None:
        return f"another module 'gymdash' would be imported from {spec.origin}"
    return ""


def _not_here(module: str, name: str) -> str:
    here = contents(module)
    return (
        f"GymDash's {module}.{name} is not provided by this version of gymdash_jupyter "
        f"({gymdash_jupyter.__version__}).{did_you_mean(name, here)} "
        f"{module} has: {', '.join(here) or 'nothing'}."
    )
