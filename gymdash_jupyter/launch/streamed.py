"""Collecting into the project what a simulation's registered streamers lead to, where it executes.

A helper thread of its own looks twice a second while the simulation executes, and once more before the end is stored,
so that a training that only writes TensorBoard's files or videos is seen live like any other. The simulation's thread
takes no part in it, but for waiting for that last look, and nothing of it may reach the simulation.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from gymdash_jupyter.background import PeriodicTask
from gymdash_jupyter.media.streamed import FoundFiles
from gymdash_jupyter.streams.collecting import Collection, event_folders_of
from gymdash_jupyter.streams.open_writers import flush_open_writers

if TYPE_CHECKING:
    from gymdash_jupyter.records import ScalarSeries
    from gymdash_jupyter.simulation import Simulation
    from gymdash_jupyter.streams.found import Found

logger = logging.getLogger(__name__)

LOOK_INTERVAL_S = 0.5
_LAST_LOOK_S = 60.0
"""How long the end of a simulation waits for what is left to be read."""


class StreamCollector:
    """Collect what the streamers of one simulation lead to, from the first one that it registers on.

    Per key the simulation's own recorder wins: what it records under a key is never taken from files, too.

    Args:
        simulation: Executes in this process.
    """

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._collection = Collection(simulation.sim_path, simulation._created.timestamp())
        self._files = FoundFiles(simulation.recorder)
        self._held: dict[str, list[ScalarSeries]] = {}
        self._known: set[str] = set()
        self._is_ending = False
        self._has_ended = threading.Event()
        self._task = PeriodicTask("gymdash-streams", self._look, interval_s=LOOK_INTERVAL_S)

    def begin(self) -> None:
        """Let the simulation make its streamers before it is set up, and collect from whichever it registers."""
        simulation = self._simulation
        simulation.add_callback(simulation.START_SETUP, self._create_streamers)
        simulation.streamer.listen(self._start)
        simulation.recorder.before_end(self._finish)

    def stop(self) -> None:
        """Collect no more."""
        self._is_ending = True
        self._task.stop(timeout_s=0)

    def _start(self) -> None:
        if self._is_ending:
            return
        try:
            self._task.start()
        except RuntimeError as exc:  # no thread can be started, as when Python ends
            problem = f"What the simulation's streamers lead to is not collected: {exc}"
            self._simulation.recorder.note_problem("streamers", problem)

    def _create_streamers(self) -> None:
        simulation = self._simulation
        try:
            simulation.create_streamers(simulation.config, simulation.start_kwargs)
        except Exception as exc:  # noqa: BLE001 - the edge: GymDash never called it for one that executes
            problem = (
                f"_create_streamers of {type(simulation).__name__} failed, so what it would have registered is not "
                f"collected: {type(exc).__name__}: {exc}"
            )
            simulation.recorder.note_problem("streamers", problem)

    def _finish(self) -> None:
        """Look for the last time; called in the simulation's thread, which waits."""
        if self._is_ending or not self._task.is_running:
            return
        self._is_ending = True
        self._task.wake()
        if not self._has_ended.wait(_LAST_LOOK_S):
            self._task.stop(timeout_s=0)
            self._simulation.recorder.note_problem(
                "streamers late",
                f"What the simulation's streamers lead to was not read to its end: that took longer than "
                f"{_LAST_LOOK_S:.0f} s.",
            )

    # In the helper thread

    def _look(self) -> None:
        is_last = self._is_ending
        recorder = self._simulation.recorder
        try:
            streamers = self._simulation.streamer.streamers()
            if is_last:
                flush_open_writers(event_folders_of(streamers))
            elif recorder.is_store_failing:
                return  # files hold it better than memory does
            found = self._collection.read(streamers, is_last=is_last)
            self._take(found, is_last=is_last)
        except Exception as exc:
            # Ours to mend, so with a trace; the person gets a sentence.
            logger.exception("What %r streams could not be collected.", self._simulation)
            recorder.note_problem(
                "streams", f"What the streamers lead to was not collected: {exc}"
            )
        finally:
            if is_last:
                self._task.stop(timeout_s=0)
                self._has_ended.set()

    def _take(self, found: Found, *, is_last: bool) -> None:
        recorder = self._simulation.recorder
        for problem in found.problems:
            recorder.note_problem(("streams", problem), problem)
        # A key that is new waits until the next look: whoever writes a number to a file and to the recorder does so
        # at one go, and by then the recorder knows that it is its own.
        held, self._held = self._held, {}
        for key, parts in held.items():
            for part in parts:
                recorder.add_points(key, part)
        for key, parts in found.scalars.items():
            if key not in self._known and not is_last:
                self._known.add(key)
                self._held[key] = parts
                continue
            for part in parts:
                recorder.add_points(key, part)
        for item in found.media:
            self._files.take(item)
        if is_last:
            self._files.finish()
