"""A sweep: one config, values for some of its kwargs, and the configs that come of it."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.errors import InvalidArgumentError, did_you_mean
from gymdash_jupyter.json_values import jsonable, to_json
from gymdash_jupyter.states import SimState
from gymdash_jupyter.sweeps.names import NameTemplate, default_template
from gymdash_jupyter.sweeps.values import Interval, parse_values

if TYPE_CHECKING:
    from gymdash_jupyter.config import SimulationStartConfig
    from gymdash_jupyter.records import SimulationRecord

MODES: Final = ("grid", "random")

MOST_SIMULATIONS: Final = 10_000
"""A sweep of more is taken for a mistake."""

SEED: Final = "seed"
"""Values of kwargs of this name repeat what the others say; they are never drawn at random."""

Axis = tuple[Any, ...] | Interval


@dataclass(frozen=True)
class Sweep:
    """Describe several simulations that differ in some of their kwargs.

    Attributes:
        config: What they have in common: sim key, kwargs, and the name where ``name`` says nothing.
        values: What differs, by dotted path (``algorithm_kwargs.learning_rate``): a list of values, or a text as it is
            typed into the form (``"0..4"``, ``"1e-5..1e-2 log"``).
        mode: ``grid``: every combination. ``random``: ``n`` settings drawn from them, each with every seed.
        n: How many settings are drawn.
        name: Template of the names, such as ``ppo-lr{learning_rate}-s{seed}``; None makes one.
        draw_seed: Decides what is drawn; the same sweep draws the same.
        defaults: Kwargs that hold where none are given: names may use them, and it does not matter who wrote them out.

    Raises:
        InvalidArgumentError: Values, mode, n or name do not fit; the message says what would do.
    """

    config: SimulationStartConfig
    values: Mapping[str, Any] = field(default_factory=dict)
    mode: str = "grid"
    n: int | None = None
    name: str | None = None
    draw_seed: int = 0
    defaults: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            msg = f"A sweep is made in mode 'grid' or 'random'; got {self.mode!r}.{did_you_mean(self.mode, MODES)}"
            raise InvalidArgumentError(msg, argument="mode")
        self._check_paths()
        if self.mode == "grid":
            self._check_grid()
        else:
            self._check_random()
        if self.count > MOST_SIMULATIONS:
            msg = (
                f"These are {self.count:,} simulations, more than {MOST_SIMULATIONS:,}. "
                "Give fewer values, or draw some: mode='random', n=50."
            )
            raise InvalidArgumentError(msg, argument="n", count=self.count)
        self.template.check(self._known(next(self._settings(), {})))

    @cached_property
    def axes(self) -> Mapping[str, Axis]:
        """The values of each path, read and checked."""
        if not isinstance(self.values, Mapping):
            msg = f"values are lists by dotted path, such as {{'seed': range(5)}}; got {self.values!r}."
            raise InvalidArgumentError(msg, argument="values")
        return {path: _axis(path, given) for path, given in self.values.items()}

    @property
    def count(self) -> int:
        """How many simulations it describes."""
        drawn = math.prod(
            len(axis) for axis in self._drawn.values() if not isinstance(axis, Interval)
        )
        if self.mode == "random" and self._drawn:
            drawn = self.n or 0
        return drawn * math.prod(len(axis) for axis in self._seeds.values())

    @cached_property
    def template(self) -> NameTemplate:
        """What makes the names."""
        several = [
            p for p, axis in self.axes.items() if isinstance(axis, Interval) or len(axis) > 1
        ]
        text = default_template(self.config.name, several) if self.name is None else str(self.name)
        return NameTemplate(text)

    def configs(self) -> list[SimulationStartConfig]:
        """Make the configs, in order: the last path's values change fastest."""
        made = []
        for n, setting in enumerate(self._settings(), 1):
            kwargs = dict(self.config.kwargs)
            for path, value in setting.items():
                kwargs = with_value(kwargs, path, value)
            name = self.template.name(self._known(setting), n)
            made.append(self.config.model_copy(update={"kwargs": kwargs, "name": name}))
        return made

    def missing(self, records: Iterable[SimulationRecord]) -> list[SimulationStartConfig]:
        """List the configs that no simulation has yet which succeeded or still goes on; names do not matter.

        Args:
            records: The simulations that there are.
        """
        held: dict[str, int] = {}
        for record in records:
            if self.config.sim_key not in (record.sim_key, record.config.sim_key):
                continue
            if record.state is SimState.SUCCEEDED or not record.state.is_terminal:
                kwargs = {**record.config.kwargs, **record.start_kwargs}
                mark = _mark({**self.defaults, **kwargs})
                held[mark] = held.get(mark, 0) + 1
        left = []
        for config in self.configs():
            mark = _mark({**self.defaults, **config.kwargs})
            if held.get(mark, 0) > 0:
                held[mark] -= (
                    1  # one simulation stands for one config, also where two are the same
                )
            else:
                left.append(config)
        return left

    # Inside

    def _known(self, setting: Mapping[str, Any]) -> dict[str, Any]:
        """Give everything that a name may use, by dotted path."""
        return _flat(self.defaults) | _flat(self.config.kwargs) | dict(setting)

    @property
    def _seeds(self) -> dict[str, tuple[Any, ...]]:
        return {
            path: axis
            for path, axis in self.axes.items()
            if path.rpartition(".")[2] == SEED and not isinstance(axis, Interval)
        }

    @property
    def _drawn(self) -> dict[str, Axis]:
        seeds = self._seeds
        return {path: axis for path, axis in self.axes.items() if path not in seeds}

    def _settings(self) -> Iterator[dict[str, Any]]:
        if self.mode == "grid" or not self._drawn:
            listed = [axis for axis in self.axes.values() if not isinstance(axis, Interval)]
            for combination in itertools.product(*listed):
                yield dict(zip(self.axes, combination, strict=True))
            return
        for drawn in self._draws():
            for seeds in itertools.product(*self._seeds.values()):
                setting = drawn | dict(zip(self._seeds, seeds, strict=True))
                yield {path: setting[path] for path in self.axes}

    def _draws(self) -> Iterator[dict[str, Any]]:
        generator = random.Random(self.draw_seed)  # noqa: S311 - it is to be repeatable, not secret
        drawn, n = self._drawn, self.n or 0
        if any(isinstance(axis, Interval) for axis in drawn.values()):
            for _ in range(n):
                yield {
                    path: axis.draw(generator)
                    if isinstance(axis, Interval)
                    else generator.choice(axis)
                    for path, axis in drawn.items()
                }
            return
        listed = [axis for axis in drawn.values() if not isinstance(axis, Interval)]
        for number in generator.sample(range(math.prod(map(len, listed))), n):
            rest, setting = number, {}
            for path, axis in zip(drawn, listed, strict=True):
                rest, index = divmod(rest, len(axis))
                setting[path] = axis[index]
            yield setting

    def _check_paths(self) -> None:
        for path in self.axes:
            if not all(part.strip() for part in path.split(".")):
                msg = f"A path is names with dots between, such as 'algorithm_kwargs.gamma'; got {path!r}."
                raise InvalidArgumentError(msg, argument="values", path=path)
            inner = next((other for other in self.axes if other.startswith(f"{path}.")), None)
            if inner is not None:
                msg = f"{path} and {inner}, which lies in it, cannot both have values of their own. Give one of them."
                raise InvalidArgumentError(msg, argument="values", path=path)
            with_value(self.config.kwargs, path, None)

    def _check_grid(self) -> None:
        for path, axis in self.axes.items():
            if isinstance(axis, Interval):
                msg = (
                    f"{path}: {axis} means any number between, which only mode='random' can draw from. Say which ones "
                    f"for a grid: {axis.low:g}..{axis.high:g} in 5{' log' if axis.is_log else ''}."
                )
                raise InvalidArgumentError(msg, argument="values", path=path)

    def _check_random(self) -> None:
        if not self._drawn:
            return
        n = self.n
        if not isinstance(n, int) or isinstance(n, bool) or n < 1:
            msg = f"mode='random' needs to know how many to draw: n=20, a whole number from 1 up; got n={n!r}."
            raise InvalidArgumentError(msg, argument="n")
        listed = [axis for axis in self._drawn.values() if not isinstance(axis, Interval)]
        total = math.prod(map(len, listed))
        if len(listed) == len(self._drawn) and n > total:
            msg = (
                f"Only {total:,} different settings can be drawn from these values; got n={n:,}. "
                f"Give at most {total:,}, or take the grid."
            )
            raise InvalidArgumentError(msg, argument="n", most=total)


def with_value(kwargs: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Copy kwargs with one value put in; what lies on the way is copied too, or made.

    Raises:
        InvalidArgumentError: Something on the way is there and is no dict.
    """
    first, _, rest = path.partition(".")
    if not rest:
        return {**kwargs, first: value}
    inner = kwargs.get(first)
    if inner is not None and not isinstance(inner, Mapping):
        msg = f"{path} cannot be given: {first} is {inner!r}, not a dict of names to values."
        raise InvalidArgumentError(msg, path=path)
    return {**kwargs, first: with_value(inner or {}, rest, value)}


def _axis(path: str, given: Any) -> Axis:
    if isinstance(given, Interval):
        return given
    if isinstance(given, str):
        try:
            return parse_values(given)
        except InvalidArgumentError as exc:
            msg = f"{path}: {exc}"
            raise InvalidArgumentError(msg, argument="values", path=path) from exc
    if isinstance(given, Iterable) and not isinstance(given, (bytes, Mapping)):
        found = tuple(given)
        if found:
            return found
    msg = f"{path} needs at least one value, in a list such as [0, 1, 2] or as text such as '0..2'; got {given!r}."
    raise InvalidArgumentError(msg, argument="values", path=path)


def _flat(kwargs: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Give the values of nested kwargs by dotted path."""
    found: dict[str, Any] = {}
    for name, value in kwargs.items():
        path = f"{prefix}{name}"
        if isinstance(value, Mapping):
            found |= _flat(value, f"{path}.")
        else:
            found[path] = value
    return found


def _mark(kwargs: Mapping[str, Any]) -> str:
    """Write kwargs so that equal ones are written the same."""
    return to_json(_sorted(jsonable(kwargs)))


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _sorted(value[name]) for name in sorted(value)}
    if isinstance(value, list):
        return [_sorted(one) for one in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)  # 1e6 steps are a million steps
    return value
