"""What a simulation offers to do when it is asked: actions with a name, words and checked arguments.

A simulation type marks methods with ``@action``. Asking travels on the ``custom_query`` channel as
``{"action": name, "arguments": {...}}``; the answer holds ``result``, or ``error`` with the reason why not. The method
runs in the simulation's own thread, between two steps.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from gymdash_jupyter.errors import ActionRefusedError, GymDashError, did_you_mean
from gymdash_jupyter.json_values import jsonable

LIST = "actions"
"""Asking for this gives the list of actions."""

_MARK = "_gymdash_action"
_Function = TypeVar("_Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class Action:
    """One thing that a simulation offers to do.

    Attributes:
        name: What to ask for.
        words: What it does, in a sentence or two.
        arguments: JSON schema of its arguments: an object whose ``properties`` have a type, and a range, choices,
            default and description where there are any.
    """

    name: str
    words: str
    arguments: Mapping[str, Any]

    def __str__(self) -> str:
        properties = self.arguments.get("properties", {})
        required = self.arguments.get("required", ())
        shown = [
            n if n in required else f"{n}={p.get('default')!r}" for n, p in properties.items()
        ]
        return f"{self.name}({', '.join(shown)}): {self.words}"


@typing.overload
def action(function: _Function) -> _Function: ...


@typing.overload
def action(*, name: str | None = None) -> Callable[[_Function], _Function]: ...


def action(function: Any = None, *, name: str | None = None) -> Any:
    """Mark a method of a simulation as an action that people may ask for.

    Its arguments' type hints say what is allowed; pydantic's ``Field`` adds ranges and words. Its docstring's first
    paragraph is what people read. What it returns is the answer, as JSON::

        class Search(gd.Simulation):
            @gd.action
            def widen(self, factor: Annotated[float, Field(gt=1, le=10)] = 2.0) -> float:
                \"\"\"Widen the search.\"\"\"
                self.width *= factor
                return self.width

    Args:
        function: The method.
        name: What it is asked by; None means as the method is named.
    """

    def mark(marked: _Function) -> _Function:
        setattr(marked, _MARK, name or marked.__name__)
        return marked

    return mark if function is None else mark(function)


def actions_of(simulation: Any) -> list[Action]:
    """List the actions that a simulation offers, by name."""
    return [_described(simulation, name) for name in sorted(_methods(type(simulation)))]


def is_action(question: object) -> bool:
    """Tell whether what came in on ``custom_query`` asks for an action."""
    return isinstance(question, dict) and isinstance(question.get("action"), str)


def perform(simulation: Any, question: Mapping[str, Any]) -> dict[str, Any]:
    """Do what is asked.

    Returns:
        ``{"action": name, "result": ...}``, or ``{"action": name, "error": why}`` when it is refused.

    Raises:
        Exception: What the action raised, other than a refusal.
    """
    name = question["action"]
    if name == LIST:
        return {"action": name, "result": [asdict(a) for a in actions_of(simulation)]}
    try:
        check_offered(simulation, name)
        arguments = _checked(simulation, name, question.get("arguments") or {})
        result = getattr(simulation, _methods(type(simulation))[name])(**arguments)
    except GymDashError as exc:
        return {"action": name, "error": str(exc)}
    return {"action": name, "result": jsonable(result)}


def check_offered(simulation: Any, name: str) -> None:
    """Raise ``ActionRefusedError`` unless a simulation offers an action of this name."""
    offered = _methods(type(simulation))
    if name not in offered:
        msg = (
            f"{type(simulation).__name__} offers no action {name!r}.{did_you_mean(name, offered)} "
            f"It offers: {', '.join(sorted(offered))}."
        )
        raise ActionRefusedError(msg, action=name)


def result_of(name: str, answer: object) -> Any:
    """Take the result out of an answer.

    Raises:
        ActionRefusedError: The action was refused, or what answered does not know actions.
    """
    if not is_action(answer) or not isinstance(answer, dict):
        msg = f"The simulation answered the action {name!r} with something else: {answer!r}. It offers no actions."
        raise ActionRefusedError(msg, action=name)
    if "error" in answer:
        raise ActionRefusedError(str(answer["error"]), action=name)
    return answer.get("result")


def action_from_json(value: Mapping[str, Any]) -> Action:
    """Make an action again from what the list of actions holds."""
    return Action(str(value["name"]), str(value["words"]), dict(value["arguments"]))


def _methods(simulation_type: Any) -> dict[str, str]:
    """Give the names of marked methods by action."""
    found = {}
    for attribute in dir(simulation_type):
        name = getattr(getattr(simulation_type, attribute, None), _MARK, None)
        if isinstance(name, str):
            found[name] = attribute
    return found


def _model(simulation_type: Any, name: str) -> type[BaseModel]:
    """Make the pydantic model of an action's arguments from the method's signature."""
    function = getattr(simulation_type, _methods(simulation_type)[name])
    hints = typing.get_type_hints(function, include_extras=True)
    fields: dict[str, Any] = {}
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        default = ... if parameter.default is parameter.empty else parameter.default
        fields[parameter.name] = (hints.get(parameter.name, Any), default)
    config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)
    return create_model(name, __config__=config, **fields)


def _described(simulation: Any, name: str) -> Action:
    kind = type(simulation)
    words = inspect.getdoc(getattr(kind, _methods(kind)[name])) or ""
    schema = _model(kind, name).model_json_schema()
    schema.pop("title", None)
    for entry in schema.get("properties", {}).values():
        entry.pop("title", None)
    described = Action(name, " ".join(words.partition("\n\n")[0].split()), schema)
    refine = getattr(simulation, "_refine_action", None)
    return described if refine is None else refine(described)


def _checked(simulation: Any, name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    model = _model(type(simulation), name)
    try:
        checked = model.model_validate(dict(arguments))
    except ValidationError as exc:
        raise ActionRefusedError(_sentence(name, model, exc), action=name) from exc
    return {field: getattr(checked, field) for field in model.model_fields}


def _sentence(name: str, model: type[BaseModel], exc: ValidationError) -> str:
    parts = []
    for error in exc.errors():
        where = ".".join(str(part) for part in error["loc"]) or "arguments"
        if error["type"] == "extra_forbidden":
            known = model.model_fields
            hint = did_you_mean(where, known)
            parts.append(
                f"it has no argument {where!r}.{hint} Arguments: {', '.join(known) or 'none'}"
            )
        elif error["type"] == "missing":
            parts.append(f"it needs {where!r}")
        else:
            parts.append(f"{where}: {error['msg'].lower()}; got {error['input']!r}")
    return f"The action {name!r} was refused: {'; '.join(parts)}."
