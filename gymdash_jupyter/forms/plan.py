"""What a person has filled in: the sweep that it means, what is wrong with it, and the same as Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.errors import GymDashError, InvalidArgumentError, did_you_mean
from gymdash_jupyter.forms.code import is_consecutive, start_code
from gymdash_jupyter.json_values import jsonable
from gymdash_jupyter.sweeps import Interval, Sweep, with_value

if TYPE_CHECKING:
    from gymdash_jupyter.forms.fields import Form

_MOST_CHECKED: Final = 300
"""Of a larger sweep so many are checked as a whole; each of its values is."""

_TIMES: Final = " \N{MULTIPLICATION SIGN} "

NAME: Final = "name"
DRAWS: Final = "n"
"""Under what the errors of the name and of the number of draws are, which may be arguments of the type, too."""


@dataclass(frozen=True)
class StartPlan:
    """Say what is to be started.

    Attributes:
        form: Of the simulation type.
        values: What was filled in, by dotted path; typed (``"0..4"``) or as values. What is empty is not given.
        name: The name, or the template of names; ``""`` for one that is made up.
        mode: ``grid`` or ``random``.
        n: How many settings ``random`` draws.
        launcher: Where they execute; None for where they do anyway.
        queue: Whether they wait for their turn.
        only_missing: Whether those are left out that the project has already.
    """

    form: Form
    values: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    mode: str = "grid"
    n: int | None = None
    launcher: str | None = None
    queue: bool = False
    only_missing: bool = False

    @property
    def errors(self) -> dict[str, str]:
        """What is wrong, by path; under ``":name"`` and ``":n"`` what is with these, under ``""`` what is with none."""
        found = dict(self._read[1])
        found.update(_without(self._made[1], found))
        sweep = self._made[0]
        if sweep is not None and not found:
            found.update(self._checked(sweep))
        return found

    @property
    def sweep(self) -> Sweep:
        """The sweep of one simulation or several.

        Raises:
            InvalidArgumentError: Something is wrong; the message says what.
        """
        errors = self.errors
        sweep = self._made[0]
        if sweep is None or errors:
            path, message = next(iter(errors.items()))
            label = path.removeprefix(":")
            raise InvalidArgumentError(f"{label}: {message}" if label else message, errors=errors)
        return sweep

    @property
    def count(self) -> int:
        """How many simulations it is; 0 while that cannot be said."""
        return 0 if self._made[0] is None else self._made[0].count

    @property
    def several(self) -> dict[str, tuple[Any, ...] | Interval]:
        """The paths that have more than one value, and their values."""
        given = self._read[0]
        return {p: v for p, v in given.items() if isinstance(v, Interval) or len(v) > 1}

    @property
    def template(self) -> str:
        """The template of the names that holds: the one given, or the one that is made up."""
        if self.name:
            return self.name
        return self._made[0].template.text if self._made[0] is not None else self.form.base_name

    @property
    def summary(self) -> str:
        """How the number comes about: ``3 learning_rates x 5 seeds = 15 simulations``; ``""`` for one."""
        several = self.several
        sweep = self._made[0]
        if not several or sweep is None:
            return ""
        parts = []
        seeds = {p: v for p, v in several.items() if p.rpartition(".")[2] == "seed"}
        drawn = {p: v for p, v in several.items() if p not in seeds}
        if self.mode == "random" and drawn:
            parts.append(_counted(self.n or 0, "setting", "drawn "))
        else:
            parts += [_counted(len(v), p) for p, v in drawn.items() if not isinstance(v, Interval)]
        parts += [_counted(len(v), p) for p, v in seeds.items() if not isinstance(v, Interval)]
        return f"{_TIMES.join(parts)} = {_counted(sweep.count, 'simulation')}"

    @property
    def code(self) -> str:
        """The same as Python, ready to be executed after ``import gymdash_jupyter as gd``."""
        given, _ = self._read
        return start_code(
            self.form.key,
            self._rest_of_dicts
            | {
                p: v if isinstance(v, Interval) else v[0]
                for p, v in given.items()
                if p not in self.several
            },
            self._in_code(),
            name=self.name,
            mode=self.mode,
            n=self.n,
            launcher=self.launcher,
            queue=self.queue,
            only_missing=self.only_missing,
            has_start_kwargs=any(self._is_start_kwarg(path) for path in given),
        )

    # Inside

    def _is_start_kwarg(self, path: str) -> bool:
        first = path.partition(".")[0]
        return any(each.path == first and each.is_start_kwarg for each in self.form.fields)

    @property
    def _rest_of_dicts(self) -> dict[str, Any]:
        """Give the default dicts that something is changed in.

        A dict that is given takes the place of a default one, and nothing of the two is merged; so what the form shows
        beside the change goes along.
        """
        found: dict[str, Any] = {}
        for path in self._read[0]:
            name, dot, _ = path.partition(".")
            known = self.form.field(name) if dot else None
            if known is not None and isinstance(known.default, Mapping) and known.default:
                found[name] = dict(known.default)
        return found

    @cached_property
    def _read(self) -> tuple[dict[str, tuple[Any, ...] | Interval], dict[str, str]]:
        """The values that differ from the defaults, and what cannot be read."""
        given: dict[str, tuple[Any, ...] | Interval] = {}
        errors: dict[str, str] = {}
        for path, value in self.values.items():
            if value is None or (isinstance(value, str) and not value.strip()):
                continue
            found = self.form.field(path)
            if found is None:
                known = [each.path for each in self.form.fields]
                errors[path] = (
                    f"{self.form.key} has no argument {path!r}.{did_you_mean(path, known)}"
                )
                continue
            try:
                values = found.read(value)
            except InvalidArgumentError as exc:
                errors[path] = str(exc)
                continue
            if isinstance(values, Interval) or not _is_default(values, found.default):
                given[path] = values
        order = [each.path for field in self.form.fields for each in field.all]
        ordered = sorted(given, key=lambda path: order.index(path) if path in order else -1)
        return {path: given[path] for path in ordered}, errors

    @cached_property
    def _made(self) -> tuple[Sweep | None, dict[str, str]]:
        given, errors = self._read
        if errors:
            return None, {}
        several = self.several
        kwargs: dict[str, Any] = self._rest_of_dicts
        try:
            for path, values in given.items():
                if path not in several and not isinstance(values, Interval):
                    kwargs = with_value(kwargs, path, values[0])
            base = self.form.base_name
            config = SimulationStartConfig(name=base, sim_key=self.form.key, kwargs=kwargs)
            name = self.name or (self.form.template if several else "") or None
            sweep = Sweep(config, several, self.mode, self.n, name, defaults=self.form.defaults())
        except InvalidArgumentError as exc:
            path = _path_of(exc)
            drawn = given.get(path)
            if isinstance(drawn, Interval) and self.mode == "grid":
                return None, {
                    path: f"These are all numbers between. Choose Random, or say which: {_spaced(drawn)}."
                }
            return None, {path: str(exc).removeprefix(f"{path}: ")}
        return sweep, {}

    def _checked(self, sweep: Sweep) -> dict[str, str]:
        """Let the type itself look at what would be started."""
        found: dict[str, str] = {}
        defaults = self.form.defaults()
        try:
            configs = sweep.configs()
        except InvalidArgumentError as exc:  # a format that does not fit
            return {_path_of(exc): str(exc)}
        for config in configs[:_MOST_CHECKED]:
            try:
                wrong = self.form.check({**defaults, **config.kwargs})
            except GymDashError as exc:
                wrong = {"": str(exc)}
            found.update(_without(wrong, found))
        return found

    def _in_code(self) -> dict[str, Any]:
        """Give what differs as values, or as it was typed where a range says it in fewer words."""
        shown: dict[str, Any] = {}
        for path, values in self.several.items():
            typed = self.values[path]
            is_range = isinstance(typed, str) and _is_range(typed) and not is_consecutive(values)
            shown[path] = typed.strip() if is_range else values
        return shown


def _spaced(interval: Interval) -> str:
    plain, _, log = str(interval).partition(" ")
    return f"{plain} in 5 {log}".strip()


def _is_range(text: str) -> bool:
    return ".." in text and not any(char in text for char in "\"'[{")


def _is_default(values: tuple[Any, ...], default: Any) -> bool:
    if len(values) != 1:
        return False
    value = values[0]
    if isinstance(value, bool) != isinstance(default, bool):
        return False
    if callable(default):
        return value is None
    return bool(jsonable(value) == jsonable(default))


def _path_of(exc: InvalidArgumentError) -> str:
    argument = getattr(exc, "argument", "")
    if argument in (NAME, DRAWS):
        return f":{argument}"
    return str(getattr(exc, "path", ""))


def _without(new: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    return {path: message for path, message in new.items() if path not in known}


def _counted(n: int, path: str, before: str = "") -> str:
    words = path.rpartition(".")[2].replace("_", " ")
    ending = "" if n == 1 or words.endswith("s") else "s"
    return f"{n:,} {before}{words}{ending}"
