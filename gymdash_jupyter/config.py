"""How to start one simulation: a name, a sim key and keyword arguments."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from gymdash_jupyter.json_values import from_json, has_specials, to_json


class SimulationStartConfig(BaseModel):
    """Say what to start and how.

    Attributes:
        name: Display name of the simulation; need not be unique.
        sim_key: Key of the simulation type. Free text here; only starting it looks it up.
        sim_family: Free text for grouping, or None.
        sim_type: Free text for grouping, or None.
        kwargs: Keyword arguments of the simulation. May hold anything, functions too; what JSON
            cannot hold is stored in the project as a description.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, extra="forbid")

    name: str
    sim_key: str
    sim_family: str | None = None
    sim_type: str | None = None
    kwargs: dict[str, Any] = Field(default_factory=dict)

    @field_validator("kwargs", mode="before")
    @classmethod
    def _no_kwargs_are_empty_kwargs(cls, value: object) -> object:
        return {} if value is None else value

    def with_kwargs(self, **changed: Any) -> SimulationStartConfig:
        """Copy this config with some kwargs added or replaced; this one stays as it is."""
        return self.model_copy(update={"kwargs": {**self.kwargs, **changed}})


def config_to_json(config: SimulationStartConfig) -> str:
    """Encode a config as the database holds it: all five keys, ``""`` for an optional one that is not set."""
    return to_json(
        {
            "name": config.name,
            "sim_key": config.sim_key,
            "sim_family": config.sim_family or "",
            "sim_type": config.sim_type or "",
            "kwargs": config.kwargs,
        }
    )


def config_from_json(text: str | bytes | None) -> SimulationStartConfig:
    """Decode a stored config; whatever is missing or of a wrong type becomes empty, as old projects need it."""
    whole = _whole_config(text)
    if whole is not None:
        return whole
    stored = from_json(text, {})
    stored = stored if isinstance(stored, dict) else {}
    kwargs = stored.get("kwargs")
    return SimulationStartConfig(
        name=str(stored.get("name") or ""),
        sim_key=str(stored.get("sim_key") or ""),
        sim_family=str(stored["sim_family"]) if stored.get("sim_family") else None,
        sim_type=str(stored["sim_type"]) if stored.get("sim_type") else None,
        kwargs=kwargs if isinstance(kwargs, dict) else {},
    )


def _whole_config(text: str | bytes | None) -> SimulationStartConfig | None:
    """Decode a config that is as ``config_to_json`` writes it, in a fraction of the time; None for any other."""
    if not text or has_specials(text):
        return None
    try:
        config = SimulationStartConfig.model_validate_json(text)
    except ValidationError:
        return None
    if config.sim_family == "":
        config.sim_family = None
    if config.sim_type == "":
        config.sim_type = None
    return config
