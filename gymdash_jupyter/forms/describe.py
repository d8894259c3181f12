"""Describe a simulation type as a form: from its defaults, type hints, documentation, and its pydantic model if any."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, PydanticUserError, ValidationError, create_model

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.forms.documentation import (
    documentation_of,
    first_words,
    without_default,
    words_for_names,
)
from gymdash_jupyter.forms.fields import HOW_MANY, Field, Form
from gymdash_jupyter.forms.stable_baselines import stable_baselines_form
from gymdash_jupyter.registry import SimulationRegistry
from gymdash_jupyter.simulations.stable_baselines import StableBaselinesSimulation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gymdash_jupyter.simulation import Simulation

MODEL = "kwargs_model"
"""Class attribute of a simulation type that may hold a pydantic model of its kwargs."""

_SECTION = "Arguments"


def form_of(key: str, values: Mapping[str, Any] | None = None) -> Form:
    """Describe what a simulation type can be started with.

    One of it is made with its default config, and looked at; it is neither set up nor executed.

    A type that has a class attribute ``kwargs_model``, a pydantic model, is described and checked by it; ranges,
    choices and descriptions come from its fields, ``unit``, ``section`` and ``placeholder`` from their
    ``json_schema_extra``. Without one, ``create_kwarg_defaults``, type hints of ``_setup`` and ``_run`` and the words
    of its documentation do.

    Args:
        key: The sim key.
        values: What is filled in so far: some types have other fields for other values.

    Raises:
        UnknownSimulationTypeError: No type is registered under this key.
        MissingConfigError: It cannot be made without a config.
    """
    simulation = SimulationRegistry.make(key, _config(key))
    if isinstance(simulation, StableBaselinesSimulation):
        form = stable_baselines_form(key, simulation, values or {})
    else:
        form = _generic_form(key, simulation)
    defaults = _defaults(simulation)
    known = {each.path for each in form.fields}
    more = [_field_of_default(n, v) for n, v in defaults.items() if n not in known]
    fields = [
        replace(each, default=defaults.get(each.path, each.default))
        for each in [*form.fields, *more]
    ]
    fields = [replace(each, help=without_default(each.help, each.default)) for each in fields]
    return replace(form, fields=tuple(_arranged(fields)), base_name=simulation.name or key)


def _config(key: str) -> SimulationStartConfig:
    return SimulationRegistry.find(key).default_config or SimulationStartConfig(
        name=key, sim_key=key
    )


def _defaults(simulation: Simulation) -> dict[str, Any]:
    return {**simulation.kwarg_defaults, **simulation.config.kwargs}


def _arranged(fields: list[Field]) -> Iterator[Field]:
    """Keep the order, with seeds at the end, where one says how many there are."""
    yield from (each for each in fields if each.section != HOW_MANY)
    yield from (each for each in fields if each.section == HOW_MANY)


def _generic_form(key: str, simulation: Simulation) -> Form:
    kind = type(simulation)
    documentation = documentation_of(simulation)
    helps = words_for_names(documentation)
    model = getattr(kind, MODEL, None)
    described: dict[str, Field] = {}
    if isinstance(model, type) and issubclass(model, BaseModel):
        described = {each.path: each for each in _fields_of_model(model)}
    else:
        model = None
    hinted = _hinted(kind)
    fields = dict(described)
    for name, default in {**hinted.defaults, **_defaults(simulation)}.items():
        if name not in fields:
            fields[name] = hinted.fields.get(name) or _field_of_default(name, default)
            if fields[name].default is None:
                fields[name] = replace(fields[name], default=default)
    return Form(
        key=key,
        words=first_words(documentation),
        documentation=documentation,
        fields=tuple(
            replace(
                each,
                help=each.help or helps.get(each.path, ""),
                is_start_kwarg=each.path in hinted.defaults,
                section=HOW_MANY if each.path == "seed" else each.section or _SECTION,
            )
            for each in fields.values()
        ),
        base_name=simulation.name,
        is_open=model is None or model.model_config.get("extra") != "forbid",
        check=_ModelCheck(model) if model is not None else lambda _: {},
    )


class _Hinted:
    """What the signatures of ``_setup`` and ``_run`` say about kwargs."""

    def __init__(self) -> None:
        self.fields: dict[str, Field] = {}
        self.defaults: dict[str, Any] = {}


def _hinted(kind: type) -> _Hinted:
    found = _Hinted()
    for method in (kind._setup, kind._run):  # type: ignore[attr-defined]  # noqa: SLF001
        try:
            parameters = list(inspect.signature(method).parameters.values())[1:]
            hints = typing.get_type_hints(method, include_extras=True)
        except (TypeError, ValueError, NameError):
            continue
        for each in parameters:
            if each.kind not in (each.KEYWORD_ONLY, each.POSITIONAL_OR_KEYWORD):
                continue
            default = None if each.default is each.empty else each.default
            found.defaults[each.name] = default
            described = _field_of_hint(each.name, hints.get(each.name, Any), default)
            if described is not None:
                found.fields[each.name] = described
    return found


def _field_of_hint(name: str, hint: Any, default: Any) -> Field | None:
    if hint is Any:
        return None
    config = ConfigDict(arbitrary_types_allowed=True)
    argument: dict[str, Any] = {name: (hint, default)}
    try:
        model = create_model("Argument", __config__=config, **argument)
        return next(iter(_fields_of_model(model)), None)
    except (PydanticUserError, TypeError, ValueError, NameError):
        return None  # a hint that pydantic cannot make a schema of says nothing about a form


def _fields_of_model(model: type[BaseModel]) -> list[Field]:
    try:
        schema = model.model_json_schema()
    except PydanticUserError:
        return []
    defs = schema.get("$defs", {})
    made = []
    for name, given in schema.get("properties", {}).items():
        info = model.model_fields.get(name)
        default = (
            None
            if info is None or info.is_required()
            else info.get_default(call_default_factory=True)
        )
        if isinstance(default, BaseModel):
            default = default.model_dump()
        made.append(_field_of_schema(name, given, defs, default))
    return made


def _field_of_schema(
    path: str, given: Mapping[str, Any], defs: Mapping[str, Any], default: Any
) -> Field:
    schema, is_optional = _resolved(given, defs)
    names: dict[str, str] = {
        "integer": "int",
        "number": "float",
        "boolean": "bool",
        "string": "text",
        "object": "dict",
    }
    kind = names.get(str(schema.get("type")), "json")
    choices = schema.get("enum") or ([schema["const"]] if "const" in schema else [])
    if choices and all(isinstance(each, str) for each in choices):
        kind = "choice"
    inner = schema.get("properties", {}) if kind == "dict" else {}
    of_inner = default if isinstance(default, Mapping) else {}
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    return Field(
        path,
        kind,
        default=default if default is not None or kind != "dict" else {},
        low=low,
        high=schema.get("maximum", schema.get("exclusiveMaximum")),
        is_above="exclusiveMinimum" in schema,
        choices=tuple(choices) if kind == "choice" else (),
        is_open=kind == "dict" and schema.get("additionalProperties", True) is not False,
        is_optional=is_optional,
        unit=str(schema.get("unit", "")),
        help=str(schema.get("description", "")),
        section=str(schema.get("section", "")),
        placeholder=str(schema.get("placeholder", "")),
        fields=tuple(
            _field_of_schema(f"{path}.{name}", one, defs, of_inner.get(name, one.get("default")))
            for name, one in inner.items()
        ),
    )


def _resolved(given: Mapping[str, Any], defs: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """Follow references, and look through ``X | None``."""
    schema = dict(given)
    if "$ref" in schema:
        target = defs.get(str(schema["$ref"]).rpartition("/")[2], {})
        schema = {**target, **{k: v for k, v in schema.items() if k != "$ref"}}
    parts = [*schema.get("allOf", ()), *schema.get("anyOf", ())]
    real = [part for part in parts if part.get("type") != "null"]
    is_optional = len(real) < len(parts)
    if len(real) == 1:
        inner, _ = _resolved(real[0], defs)
        schema = {**inner, **{k: v for k, v in schema.items() if k not in ("allOf", "anyOf")}}
    return schema, is_optional


def _field_of_default(name: str, default: Any) -> Field:
    # Without a hint, 30 may just as well be meant as 30.0.
    kinds = {bool: "bool", int: "float", float: "float", str: "text", dict: "dict"}
    kind = kinds.get(type(default), "json")
    if isinstance(default, Mapping) and kind != "dict":
        kind = "dict"
    return Field(
        name,
        kind,
        default=default,
        is_open=kind == "dict",
        is_optional=default is None,
        section=HOW_MANY if name == "seed" else _SECTION,
        fields=tuple(
            replace(_field_of_default(f"{name}.{key}", value), section="")
            for key, value in (default.items() if kind == "dict" else ())
            if isinstance(key, str) and "." not in key
        ),
    )


class _ModelCheck:
    """Let a type's own pydantic model say what is wrong."""

    def __init__(self, model: type[BaseModel]) -> None:
        self._model = model

    def __call__(self, kwargs: Mapping[str, Any]) -> dict[str, str]:
        try:
            self._model.model_validate(dict(kwargs))
        except ValidationError as exc:
            return {
                ".".join(str(part) for part in error["loc"]): f"{error['msg'].rstrip('.')}."
                for error in exc.errors()
            }
        return {}
