"""What people give as a config: a dict, a Namespace, a dataclass, whatever can say itself as a dict."""

from __future__ import annotations

import dataclasses
from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.errors import InvalidArgumentError

_SAYS_ITSELF = ("to_dict", "model_dump", "_asdict")


class TrackedConfig(SimulationStartConfig):
    """The config of a tracked simulation, which also gives the values as the dict did: ``sim.config["lr"]``."""

    def __getitem__(self, name: str) -> Any:
        return self.kwargs[name]

    def __contains__(self, name: object) -> bool:
        return name in self.kwargs

    def get(self, name: str, default: Any = None) -> Any:
        """Give one value, or the default where there is none of this name."""
        return self.kwargs.get(name, default)


def values_of(config: Any) -> dict[str, Any]:
    """List the values of a config by name; dataclasses and Namespaces inside become dicts, too.

    Args:
        config: A mapping, an ``argparse.Namespace``, a dataclass, an object with ``to_dict``, ``model_dump`` (pydantic)
            or ``_asdict`` (a named tuple); None means no values.

    Raises:
        InvalidArgumentError: It is none of these.
    """
    if config is None:
        return {}
    plain = _plain(config)
    if isinstance(plain, Mapping):
        return {str(name): _plain(value) for name, value in plain.items()}
    msg = (
        "A config is a dict, an argparse.Namespace, a dataclass or an object with to_dict(); got "
        f"{type(config).__name__}: {config!r}."
    )
    raise InvalidArgumentError(msg, argument="config")


def _plain(value: Any) -> Any:
    """Turn what holds named values into a dict; anything else stays as it is."""
    if isinstance(value, type):
        return value
    if type(value) is dict:
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Namespace):
        return {name: _plain(each) for name, each in vars(value).items()}
    if dataclasses.is_dataclass(value):
        fields = dataclasses.fields(value)
        return {field.name: _plain(getattr(value, field.name)) for field in fields}
    for method in _SAYS_ITSELF:
        say = getattr(value, method, None)
        if callable(say):
            try:
                said = say()
            except Exception:  # noqa: BLE001 - a foreign method may want arguments, or fail in any way
                said = None
            if isinstance(said, Mapping):
                return dict(said)
    return value
