"""Start a sweep: several simulations that differ in some of their kwargs, as a group."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.errors import GymDashError, InvalidArgumentError, InvalidSimulationTypeError
from gymdash_jupyter.groups import SimulationGroup
from gymdash_jupyter.making import check_start, config_for, make, telling_of_exports
from gymdash_jupyter.registry import SimulationRegistry
from gymdash_jupyter.running import tracker
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.sweeps import Sweep

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from gymdash_jupyter.making import Startable
    from gymdash_jupyter.tracker import SimulationTracker


def sweep(
    x: str | SimulationStartConfig | type[Simulation],
    /,
    name: str | None = None,
    *,
    values: Mapping[str, Any] | None = None,
    mode: str = "grid",
    n: int | None = None,
    launcher: str | None = None,
    queue: bool = False,
    only_missing: bool = False,
    draw_seed: int = 0,
    **kwargs: Any,
) -> SimulationGroup:
    """Start several simulations that differ in some of their kwargs, and return them at once as a group.

    As many start now as may run at once (``gd.tracker().max_running``); the others wait in the queue, which goes on
    without this notebook. All are checked before the first one starts::

        gd.sweep(
            "stable_baselines",
            "ppo-lr{learning_rate}-s{seed}",
            values={"algorithm_kwargs.learning_rate": [1e-4, 3e-4, 1e-3], "seed": range(5)},
            num_steps=50_000,
        )

    Args:
        x: A sim key, a config or a Simulation subclass.
        name: Template of the names: ``{seed}`` stands for a value, ``{n}`` counts from 1. None makes one.
        values: What differs, by dotted path: lists of values, or texts such as ``"0..4"``, ``"0..1 by 0.25"``,
            ``"1e-5..1e-2 in 4 log"``.
        mode: ``"grid"`` for every combination, ``"random"`` for ``n`` settings drawn from them, each with every seed.
        n: How many settings are drawn. (A kwarg of the simulation of this name goes into ``values``.)
        launcher: Where they execute, as in ``run``.
        queue: Whether all of them wait for their turn in the queue, behind what waits there already.
        only_missing: Whether to leave out those that the project has already, with the same kwargs, as succeeded or
            still going on; so a sweep that was cut short is completed.
        draw_seed: Decides what is drawn; the same call draws the same.
        **kwargs: What they have in common, over the kwargs of the given or default config.

    Raises:
        UnknownSimulationTypeError: No such sim key.
        InvalidArgumentError: Values, mode, n, name or kwargs do not fit; nothing was started.
    """
    mine = tracker()
    with telling_of_exports(mine.project.folder):
        config, made_by = _config_of(x)
        described = Sweep(
            config.with_kwargs(**kwargs),
            dict(values or {}),
            mode,
            n,
            name,
            draw_seed,
            _probe(config, made_by).kwarg_defaults,
        )
        return start_sweep(
            mine,
            described,
            launcher=launcher,
            queue=queue,
            only_missing=only_missing,
            made_by=made_by,
        )


def start_sweep(
    mine: SimulationTracker,
    described: Sweep,
    *,
    launcher: str | None = None,
    queue: bool = False,
    only_missing: bool = False,
    made_by: type[Simulation] | None = None,
) -> SimulationGroup:
    """Start what a sweep describes, in a tracker's project.

    Args:
        mine: The tracker.
        described: What to start.
        launcher: As in ``sweep``, and so ``queue`` and ``only_missing``.
        queue: See there.
        only_missing: See there.
        made_by: The class that makes them, where no sim key does.

    Raises:
        InvalidArgumentError: One of them cannot be made or started so; nothing was started.
        CannotTravelError: What they hold means something only in this process.
        LaunchError: One could not be started; those before it were, a note of the exception says how many.
    """
    configs = (
        described.missing(mine.project.store.simulations())
        if only_missing
        else described.configs()
    )
    prepared = [_prepared(config, made_by) for config in configs]
    n_now = 0 if queue else mine.max_running
    infos: list[tuple[UUID, Simulation]] = []
    for subject, start_kwargs in prepared:
        start = mine.start_sim if len(infos) < n_now else mine.queue_sim
        try:
            infos.append(start(subject, launcher=launcher, **start_kwargs))
        except GymDashError as exc:
            if infos:
                exc.add_note(f"{len(infos)} of {len(prepared)} had been started before it.")
            raise
    return SimulationGroup(infos)


def _config_of(x: Any) -> tuple[SimulationStartConfig, type[Simulation] | None]:
    """Give the config that all have in common, and the class that makes them where no sim key does."""
    if isinstance(x, SimulationStartConfig):
        return x, None
    if isinstance(x, str):
        return config_for(x).model_copy(update={"sim_key": x}), None
    if isinstance(x, type) and issubclass(x, Simulation):
        key = SimulationRegistry.key_of(x)
        if key:
            return config_for(key).model_copy(update={"sim_key": key}), None
        return SimulationStartConfig(name=x.__name__, sim_key=x.__name__), x
    if isinstance(x, Simulation):
        msg = f"{x!r} is made already, and a sweep makes its own. Give its sim key, its config or its class."
        raise InvalidArgumentError(msg)
    msg = f"sweep() takes a sim key, a config or a Simulation subclass; got {type(x).__name__}: {x!r}."
    raise InvalidArgumentError(msg)


def _probe(config: SimulationStartConfig, made_by: type[Simulation] | None) -> Simulation:
    """Make one that is never started, to see what it takes."""
    if made_by is None:
        return make(config)[0]
    simulation = made_by(config)
    if not hasattr(simulation, "_sim_id"):
        name = made_by.__name__
        msg = f"{name}.__init__ does not call super().__init__(config), so {name} is no whole Simulation. Let it."
        raise InvalidSimulationTypeError(msg)
    return simulation


def _prepared(
    config: SimulationStartConfig, made_by: type[Simulation] | None
) -> tuple[Startable, dict[str, Any]]:
    """Check one config; give what the tracker is to start, and with which start kwargs."""
    simulation = _probe(config, made_by)
    start_kwargs = _declared(simulation, config.kwargs)
    check_start(simulation, start_kwargs)
    return config if made_by is None else simulation, start_kwargs


def _declared(simulation: Simulation, kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Give those kwargs that ``_setup`` or ``_run`` name as arguments of their own, where both take them.

    The config's kwargs are for ``self.config``; a class that writes ``_run(self, n=10)`` means to get its ``n``.
    """
    named: set[str] = set()
    taken = set(kwargs)
    for method in (simulation._setup, simulation._run):  # noqa: SLF001
        parameters = inspect.signature(method).parameters.values()
        own = {p.name for p in parameters if p.kind in (p.KEYWORD_ONLY, p.POSITIONAL_OR_KEYWORD)}
        named |= own
        if not any(p.kind is p.VAR_KEYWORD for p in parameters):
            taken &= own
    return {name: value for name, value in kwargs.items() if name in named & taken}
