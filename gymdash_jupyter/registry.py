"""Which simulation types there are, by sim key.

Types come from ``register`` and from installed packages (entry points of the group
``gymdash_jupyter.simulations``, this package's own among them). An entry point is loaded only when
its type is made.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint, entry_points
from typing import Any, overload

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.errors import (
    InvalidArgumentError,
    InvalidSimulationTypeError,
    MissingConfigError,
    SimulationTypeTakenError,
    UnknownSimulationTypeError,
    did_you_mean,
)
from gymdash_jupyter.simulation import Simulation

ENTRY_POINT_GROUP = "gymdash_jupyter.simulations"

Creator = Callable[[SimulationStartConfig], Simulation]


@dataclass(frozen=True)
class RegisteredType:
    """A simulation type under its key.

    Attributes:
        key: The sim key.
        creator: Makes a simulation from a config; None while its entry point is not loaded.
        default_config: What it is made with when no config is given, or None.
        entry_point: Where it comes from, if from an installed package.
    """

    key: str
    creator: Creator | None
    default_config: SimulationStartConfig | None
    entry_point: EntryPoint | None = None

    def load(self) -> Creator:
        """Give the creator, importing it if need be."""
        if self.creator is not None:
            return self.creator
        if self.entry_point is None:
            msg = f"The simulation type {self.key!r} has nothing that makes it."
            raise InvalidSimulationTypeError(msg, key=self.key)
        creator = self.entry_point.load()
        _check_creator(self.key, creator)
        return creator  # type: ignore[no-any-return]


class _Types:
    """The registered types of this Python process; replaced as a whole by tests."""

    def __init__(self) -> None:
        self.by_key: dict[str, RegisteredType] = {}
        self.lock = threading.RLock()
        self.has_entry_points = False

    def all(self) -> dict[str, RegisteredType]:
        """Give the types, looking for installed ones the first time."""
        with self.lock:
            if not self.has_entry_points:
                self.has_entry_points = True
                for point in entry_points(group=ENTRY_POINT_GROUP):
                    config = SimulationStartConfig(name=point.name, sim_key=point.name)
                    found = RegisteredType(point.name, None, config, point)
                    self.by_key.setdefault(point.name, found)
            return dict(self.by_key)


_types = _Types()


class SimulationRegistry:
    """GymDash's face of the registered types. All methods are static."""

    @overload
    @staticmethod
    def register(
        key: str,
        creator: Creator,
        default_config: SimulationStartConfig | None = None,
        *,
        replace: bool = False,
    ) -> None: ...

    @overload
    @staticmethod
    def register(key: type[Simulation], *, replace: bool = False) -> type[Simulation]: ...

    @staticmethod
    def register(
        key: Any,
        creator: Creator | None = None,
        default_config: SimulationStartConfig | None = None,
        *,
        replace: bool = False,
    ) -> type[Simulation] | None:
        """Register a simulation type.

        Running a cell again registers the changed class of the same name and module in place of
        the old one.

        Args:
            key: The sim key; or a Simulation subclass alone, whose class name becomes the key and
                which gets an empty default config (so that it serves as a decorator too).
            creator: A Simulation subclass, or a function that takes a config and returns a
                simulation.
            default_config: What it is made with when no config is given.
            replace: Whether another type under the same key gives way.

        Returns:
            The class when it was given alone, else None.

        Raises:
            SimulationTypeTakenError: The key belongs to another type.
            InvalidSimulationTypeError: The creator cannot be called or is a class that is no
                Simulation.
            InvalidArgumentError: The key is not text, or the default config is none.
        """
        if isinstance(key, type) and creator is None:
            _check_creator(key.__name__, key)
            config = SimulationStartConfig(name=key.__name__, sim_key=key.__name__)
            _add(RegisteredType(key.__name__, key, config), may_replace=replace)
            return key
        if not isinstance(key, str) or not key:
            msg = f"A sim key is a text; got {type(key).__name__}: {key!r}."
            raise InvalidArgumentError(msg)
        if creator is None:
            msg = f"What should {key!r} make? Give a Simulation subclass: register({key!r}, MySimulation)."
            raise InvalidSimulationTypeError(msg, key=key)
        _check_creator(key, creator)
        if default_config is not None and not isinstance(default_config, SimulationStartConfig):
            msg = (
                f"The default config of {key!r} must be a SimulationStartConfig; "
                f"got {type(default_config).__name__}."
            )
            raise InvalidArgumentError(msg)
        _add(RegisteredType(key, creator, default_config), may_replace=replace)
        return None

    @staticmethod
    def make(key: str, start_config: SimulationStartConfig | None = None) -> Simulation:
        """Make a simulation of the type under a key.

        Args:
            key: The sim key; what a config carries as ``sim_key`` does not matter here.
            start_config: Used in place of the default config; nothing of the two is merged.

        Raises:
            UnknownSimulationTypeError: No type is registered under this key.
            MissingConfigError: There is neither a config nor a default config.
            InvalidSimulationTypeError: What was made is no simulation.
        """
        found = SimulationRegistry.find(key)
        config = found.default_config if start_config is None else start_config
        if config is None:
            msg = (
                f"The simulation type {key!r} was registered without a default config, and none was given. Give one: "
                f"SimulationStartConfig(name=..., sim_key={key!r}, kwargs={{...}})."
            )
            raise MissingConfigError(msg, key=key)
        if not isinstance(config, SimulationStartConfig):
            msg = f"{key!r} is made with a SimulationStartConfig; got {type(config).__name__}: {config!r}."
            raise InvalidArgumentError(msg)
        # A copy, so that a simulation that changes its kwargs does not change the default of the
        # next one.
        own = config.model_copy(update={"kwargs": dict(config.kwargs)})
        simulation = found.load()(own)
        if not isinstance(simulation, Simulation):
            msg = f"What is registered as {key!r} made a {type(simulation).__name__}, not a Simulation."
            raise InvalidSimulationTypeError(msg, key=key)
        return simulation

    @staticmethod
    def list_simulations() -> list[str]:
        """List the keys of all types, in the order in which they were registered."""
        return list(_types.all())

    @staticmethod
    def find(key: str) -> RegisteredType:
        """Give the type under a key.

        Raises:
            UnknownSimulationTypeError: There is none.
        """
        types = _types.all()
        if not isinstance(key, str) or key not in types:
            msg = (
                f"No simulation type is registered as {key!r}.{did_you_mean(key, types)} "
                f"Registered: {', '.join(sorted(types)) or 'none'}."
            )
            raise UnknownSimulationTypeError(msg, key=key)
        return types[key]

    @staticmethod
    def key_of(simulation_type: type) -> str:
        """Give the key under which a class is registered, or ``""``."""
        name = f"{simulation_type.__module__}.{simulation_type.__qualname__}"
        for key, found in _types.all().items():
            is_unloaded = found.creator is None  # its entry point says what it would be
            if found.creator is simulation_type or (is_unloaded and _words(found) == name):
                return key
        return ""


def _add(new: RegisteredType, *, may_replace: bool) -> None:
    with _types.lock:
        old = _types.all().get(new.key)
        if old is not None and not may_replace and not _is_same(old, new):
            msg = (
                f"The sim key {new.key!r} belongs to {_words(old)}. Register {_words(new)} under another key, "
                "or pass replace=True."
            )
            raise SimulationTypeTakenError(msg, key=new.key)
        _types.by_key[new.key] = replace(new)


def _is_same(old: RegisteredType, new: RegisteredType) -> bool:
    return _words(old) == _words(new)


def _words(found: RegisteredType) -> str:
    if found.creator is None and found.entry_point is not None:
        return found.entry_point.value.replace(":", ".")
    module = getattr(found.creator, "__module__", "")
    return f"{module}.{getattr(found.creator, '__qualname__', repr(found.creator))}"


def _check_creator(key: str, creator: object) -> None:
    if isinstance(creator, type) and not issubclass(creator, Simulation):
        msg = f"{key!r} would make {creator.__name__}, which is no Simulation. Let it inherit from Simulation."
        raise InvalidSimulationTypeError(msg, key=key)
    if not callable(creator):
        msg = f"{key!r} needs a Simulation subclass or a function of a config; got {type(creator).__name__}."
        raise InvalidSimulationTypeError(msg, key=key)
