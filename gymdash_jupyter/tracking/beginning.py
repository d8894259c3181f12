"""``track``: begin a simulation whose work is done by the code that follows."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.running import tracker_for
from gymdash_jupyter.states import SimState
from gymdash_jupyter.tracking.given_config import TrackedConfig, values_of
from gymdash_jupyter.tracking.still_open import still_open
from gymdash_jupyter.tracking.tracked import TrackedSimulation

if TYPE_CHECKING:
    from gymdash_jupyter.project import Project
    from gymdash_jupyter.tracker import SimulationTracker

LAUNCHER = "thread"


def track(
    name: str,
    config: Any = None,
    *,
    key: str = "track",
    tags: str | Iterable[str] = (),
    note: str = "",
    project: Project | SimulationTracker | str | os.PathLike[str] | None = None,
    stoppable: bool = True,
) -> TrackedSimulation:
    """Track any code as a simulation: ``with gd.track("mine", config) as sim: sim.scalar("loss", 0.3, step)``.

    It runs from now on, in this process, and is seen and stopped from everywhere on the project. It ends with the
    block: succeeded; failed if an exception comes out, which goes on as it is; cancelled after ``StopSimException``, a
    person's stop (both end here) or an interrupt (which goes on). After ``sys.exit()`` it has succeeded if the exit
    code is 0, and failed otherwise.

    Without a block, ``sim.finish()`` ends it. Where that is not called, the end of the program does: failed after an
    exception that ended the program, else cancelled, since nobody said that the work is done: also after
    ``sys.exit()``, whose code Python tells nobody then. In a notebook, calling ``track`` again with the same name in a
    later cell does, too.

    Args:
        name: Display name; need not be unique.
        config: Values by name that make it what it is, such as learning rate and seed: a dict, an
            ``argparse.Namespace``, a dataclass, or an object with ``to_dict()``. What is equal but for seeds is a
            group.
        key: Which kind of simulation it is, in lists and filters.
        tags: One tag or several.
        note: A note on it.
        project: A project, its folder or a tracker; None: the current one, which is the folder that the environment
            variable ``GYMDASH_PROJECT`` names unless another was opened. A folder that is given becomes current.
        stoppable: Whether a person's stop raises ``StopSimException`` from the next ``scalar``, ``log``,
            ``progress``, ...; otherwise look at ``sim.stop_asked``.

    Raises:
        InvalidArgumentError: An argument is none of these; nothing was begun.
        ProjectError: The project cannot be opened or written.
    """
    _check_words("name", name)
    _check_words("key", key)
    values = values_of(config)
    # Without values nothing but the name says which of them repeat one another.
    kind = None if values else name
    whole = TrackedConfig(name=name, sim_key=key, sim_type=kind, kwargs=values)
    sim = TrackedSimulation(whole, is_stoppable=bool(stoppable))
    tracker = tracker_for(project)
    tracker.create_simulation(sim)
    try:
        if tags:
            tracker.tag(sim, add=tags)
        if note:
            tracker.set_note(sim, note)
        still_open.end_former(sim)
        tracker.start_sim(sim, launcher=LAUNCHER)
    except BaseException:
        if sim.state is SimState.CREATED or sim.state.is_terminal:
            tracker.delete(sim)  # as if it had not been asked for
        raise
    still_open.add(sim)
    sim.begin()
    tracker._bind().relay.flush()  # noqa: SLF001 - who looks from elsewhere now is to find it running
    return sim


def _check_words(argument: str, given: object) -> None:
    if not isinstance(given, str) or not given.strip():
        msg = f"track() takes as {argument} a text with something in it; got {type(given).__name__}: {given!r}."
        raise InvalidArgumentError(msg, argument=argument)
