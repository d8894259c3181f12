"""The class that users subclass.

A simulation can be run by hand (``sim.setup(); sim.run()``) without a tracker or a project. A
tracker binds it to whoever stores what it says (``Recording``), which is handed in from above.
"""

from __future__ import annotations

import logging
import threading
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol
from uuid import UUID, uuid4

from gymdash_jupyter.actions import (
    Action,
    action,
    actions_of,
    check_offered,
    is_action,
    perform,
    result_of,
)
from gymdash_jupyter.arguments import every_x_trigger, merge_kwargs, missing_names
from gymdash_jupyter.channels import CUSTOM_QUERY, HELP, PROGRESS, PROGRESS_STATUS, STOP
from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.errors import InvalidArgumentError, SimulationStateError, StopSimException
from gymdash_jupyter.life import Life, Recording
from gymdash_jupyter.output import OUTPUT_FILE, read_tail
from gymdash_jupyter.recorder import Recorder
from gymdash_jupyter.states import SimState, flags_of
from gymdash_jupyter.statuses import SimStatus, SimStatusCode, SimStatusSubcode
from gymdash_jupyter.streams.registered import SimulationStreamer
from gymdash_jupyter.views import Views

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from gymdash_jupyter.records import MediaItem

logger = logging.getLogger(__name__)


class Controller(Protocol):
    """Whoever passes on people's wishes to a simulation: its tracker."""

    def cancel(self, sim_id: Any, force: bool = False) -> None:
        """Ask it to stop."""

    def query(self, sim_id: Any, timeout_s: float | None = 10, **channels: Any) -> dict[str, Any]:
        """Ask it something."""

    def wait(self, ids: Any, timeout_s: float | None = None) -> dict[UUID, SimState]:
        """Wait until it is done."""

    def media(self, sim_id: Any) -> list[MediaItem]:
        """List what it recorded."""


class Simulation(Life, Views):
    """Wrap something that takes long, so that it can be started, watched, talked to and stopped.

    Override ``_run``, and usually ``_setup`` and ``create_kwarg_defaults``. Inside, say things
    with ``self.recorder`` and ``self.add_status``, be asked and ask with ``self.interactor``, and
    look at ``stop_simulation`` now and then.

    Args:
        config: Name, sim key and keyword arguments.

    Attributes:
        config: As given.
        start_kwargs: What it was started with; ``{}`` before.
        interactor: Its channels and control requests.
        recorder: Takes down scalars, progress, images, videos, sounds and texts.
        streamer: Its registered streamers.
        kwarg_defaults: What ``create_kwarg_defaults`` returned.
        result: Whatever the simulation leaves here; None at first.
    """

    kwarg_defaults: dict[str, Any]
    _new_name: str | None = None
    _ends_with_program: ClassVar[bool] = False
    """Whether it goes on until the program says that it has ended, or has ended itself."""

    def __init__(self, config: SimulationStartConfig) -> None:
        if not isinstance(config, SimulationStartConfig):
            msg = (
                f"{type(self).__name__} needs a SimulationStartConfig; got {type(config).__name__}: {config!r}. "
                "Make one: SimulationStartConfig(name=..., sim_key=..., kwargs={...})."
            )
            raise InvalidArgumentError(msg)
        self._begin(config)
        self.kwarg_defaults = self.create_kwarg_defaults()

    def _begin(self, config: SimulationStartConfig) -> None:
        """Be made without calling code of the class; what it adds is put in afterwards."""
        super().__init__()
        self.config = config
        self.result: Any = None
        self.recorder = Recorder()
        self.streamer = SimulationStreamer()
        self._sim_id = uuid4()
        self._sims_folder: str | None = None
        self._resources_folder: str | None = None
        self._controller: Controller | None = None
        self._saying_problems = threading.RLock()
        self.interactor.listen(STOP, self._stop_was_answered)
        self.interactor.listen(PROGRESS, self._progress_was_said)
        self.interactor.listen(PROGRESS_STATUS, self.recorder.progress_status)
        self.kwarg_defaults = {}

    # To override

    def _setup(self, **kwargs: Any) -> None:
        """Prepare the run; called once before ``_run``, with the start kwargs."""

    def _run(self, **kwargs: Any) -> None:
        """Do the work; called once, with the start kwargs."""
        msg = f"{type(self).__name__} does not say what to run: override _run(self, **kwargs)."
        raise NotImplementedError(msg)

    def _check_start(self, kwargs: Mapping[str, Any]) -> None:
        """Refuse kwargs with which it cannot run, before anything is started; by default all are taken.

        Called by a tracker on the side of whoever starts it, which may have fewer libraries than where it is executed.

        Args:
            kwargs: The defaults, with the kwargs of the config and then those of the start over them.

        Raises:
            InvalidArgumentError: Nothing will be started.
        """

    def _create_streamers(self, kwargs: dict[str, Any]) -> None:
        """Register readers for what the simulation leaves on disk, with ``self.streamer.get_or_register``.

        Called before ``_setup`` where it is executed. What they read becomes part of the project; what ``_setup`` and
        ``_run`` register under the same names takes their place.

        Args:
            kwargs: The defaults, with the kwargs of the config and then those of the start over them.
        """

    @classmethod
    def _warm_up(cls) -> None:
        """Do once what is slow the first time, so that simulations that are forked off later start fast.

        Called by ``gd.warm_up`` in a process of its own, in which this class was imported and
        which knows no project. It must leave no thread running and nothing else changed.
        """

    def create_kwarg_defaults(self) -> dict[str, Any]:
        """Return the kwargs that hold where neither the config nor the start gives others."""
        return {}

    def _get_help_text(self) -> str:
        """Return what a person should know who talks to the simulation."""
        return f"{type(self).__name__} has no help text."

    def close(self) -> None:
        """Let go of what the simulation holds; called once, after it has ended, however."""

    # What it is

    @property
    def sim_id(self) -> UUID:
        """The id, given when the object is made."""
        return self._sim_id

    @property
    def name(self) -> str:
        """The display name: that of the config, until the tracker gives it another one."""
        return self.config.name if self._new_name is None else self._new_name

    @property
    def sim_path(self) -> str | None:
        """Absolute path of its own folder, or None without a project."""
        if self._sims_folder is None:
            return None
        return str(Path(self._sims_folder, str(self._sim_id)))

    @property
    def resources_path(self) -> str | None:
        """Absolute path of the project's shared resources, or None without a project."""
        return self._resources_folder

    @property
    def _project_sim_id(self) -> UUID:
        return self._sim_id

    @property
    def _project_sim_base_path(self) -> str | None:
        return self._sims_folder

    @property
    def _project_resources_path(self) -> str | None:
        return self._resources_folder

    @property
    def _project_info_set(self) -> bool:
        return self._sims_folder is not None

    @property
    def _meta_statuses(self) -> list[SimStatus]:
        return self._statuses

    @property
    def force_stopped(self) -> bool:
        """Whether it was lost, or had to be killed."""
        return flags_of(self.state, was_killed=self._was_killed).force_stopped

    def create_streamers(
        self, config: SimulationStartConfig | None = None, kwargs: Mapping[str, Any] | None = None
    ) -> None:
        """Let it register its readers; whoever executes it calls this.

        Args:
            config: Whose kwargs go over the defaults; None: nobody's.
            kwargs: Go over these.
        """
        with self.streamer.early():
            self._create_streamers(
                merge_kwargs(
                    self.kwarg_defaults, {} if config is None else config.kwargs, kwargs or {}
                )
            )

    def set_project_info(
        self, project_sim_base_path: str, project_resources_path: str, sim_id: UUID
    ) -> None:
        """Say in which project it lives and under which id."""
        self._sims_folder = project_sim_base_path
        self._resources_folder = project_resources_path
        self._sim_id = sim_id
        self.recorder.keep_media_in(str(Path(project_sim_base_path, str(sim_id))))

    def __repr__(self) -> str:
        if self._recording is not None:
            self._recording.refresh()
        progress = self.recorder.latest_progress
        fraction = progress.fraction if progress is not None else None
        percent = f" {fraction:.0%}" if fraction is not None and not self.state.is_terminal else ""
        return (
            f"<{type(self).__name__} {self.name!r} {self.state}{percent} {str(self._sim_id)[:8]}>"
        )

    # What it may call

    def add_error_details(self, new_error: str) -> None:
        """Add a FAIL/ERROR status with the traceback of the exception that is being handled, if any."""
        trace = traceback.format_exc()
        self.add_status(
            SimStatus(
                SimStatusCode.FAIL,
                subcode=SimStatusSubcode.ERROR,
                details=new_error,
                error_trace="" if trace == "NoneType: None\n" else trace,
            )
        )

    def send_help_request(self) -> None:
        """Show the help text to the person as a control request on ``custom_query``."""
        self.interactor.add_control_request(CUSTOM_QUERY, self._get_help_text())

    def base_step(self) -> None:
        """Do what every simulation should do now and then: answer requests for help and for actions."""
        if self.interactor.is_asked(HELP):
            self.send_help_request()  # first, so that who asked finds it
            self.interactor.set_out(HELP, True)
        if self.interactor.is_asked(CUSTOM_QUERY):
            self.answer_action()

    def answer_action(self) -> bool:
        """Do what is asked on ``custom_query`` if it is an action; tell whether it was.

        A failing action is refused with its error, and harms nobody.
        """
        is_asked, question = self.interactor.get_in(CUSTOM_QUERY)
        if not is_asked or not is_action(question):
            return False
        try:
            answer = perform(self, question)
        except StopSimException:
            raise
        except Exception as exc:  # noqa: BLE001 - an action's error is its asker's
            name = question["action"]
            answer = {
                "action": name,
                "error": f"The action {name!r} failed: {type(exc).__name__}: {exc}",
            }
            self._keep_callback_error(f"the action {name!r}", exc)
        self.interactor.set_out(CUSTOM_QUERY, answer)
        return True

    @action
    def help(self) -> str:
        """Say what the simulation understands."""
        return self._get_help_text()

    def _overwrite_new_kwargs(
        self, old_kwargs: Mapping[str, Any] | None, *args: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        """Merge kwargs into a new dict, later ones over earlier ones."""
        return merge_kwargs(old_kwargs, *args)

    def _is_run_as(self, base: type[Simulation]) -> bool:
        """Tell whether it has its ``_setup`` and ``_run`` from this class, with nothing of its own before them."""
        return all(getattr(type(self), name) is getattr(base, name) for name in ("_setup", "_run"))

    def _check_kwargs_required(
        self, req_args: Iterable[str], method_name: str, **kwargs: Any
    ) -> None:
        """Raise ``InvalidArgumentError`` unless all of these names are among the kwargs."""
        missing = missing_names(req_args, kwargs)
        if missing:
            msg = (
                f"{type(self).__name__}.{method_name} needs {', '.join(map(repr, missing))}; "
                f"given: {', '.join(map(repr, sorted(kwargs))) or 'nothing'}."
            )
            raise InvalidArgumentError(msg, missing=missing)

    def _check_kwargs_optional(
        self, req_args: Iterable[str], method_name: str, **kwargs: Any
    ) -> None:
        """Log a warning for each of these names that is not among the kwargs."""
        for name in missing_names(req_args, kwargs):
            logger.warning("%s.%s was not given %r.", type(self).__name__, method_name, name)

    def _to_every_x_trigger(self, value: Any) -> Callable[[int], bool]:
        """Turn an int into a trigger that is true every so many times; see ``arguments.every_x_trigger``."""
        return every_x_trigger(value)

    # What others may call

    def cancel(self, force: bool = False) -> None:
        """Ask it to stop, without waiting; see ``SimulationTracker.cancel``. By hand, force means nothing."""
        if self._controller is not None:
            self._controller.cancel(self._sim_id, force)
        else:
            self.interactor.set_in(STOP, True)

    def actions(self) -> list[Action]:
        """List what it offers to do when it is asked; see ``ask``."""
        return actions_of(self)

    def ask(self, name: str, /, *, timeout_s: float | None = 30, **arguments: Any) -> Any:
        """Ask it to do one of its actions and wait for the answer.

        Args:
            name: Which action; ``actions()`` lists them.
            timeout_s: How long to wait, in seconds; None waits until it answers or ends.
            **arguments: The action's arguments.

        Raises:
            ActionRefusedError: There is no such action, or it was refused; the message says why.
            QueryTimeoutError: It did not come round to it in time; the question is withdrawn.
            SimulationEndedError: It has ended.
        """
        check_offered(self, name)
        question = {"action": name, "arguments": arguments}
        return result_of(name, self.query(timeout_s, custom_query=question)[CUSTOM_QUERY])

    def query(self, timeout_s: float | None = 10, **channels: Any) -> dict[str, Any]:
        """Ask it something and wait for the answers; see ``SimulationTracker.query``."""
        if self._controller is None:
            msg = (
                f"{self!r} runs without a tracker; use its interactor: sim.interactor.set_in(...)."
            )
            raise SimulationStateError(msg)
        return self._controller.query(self._sim_id, timeout_s, **channels)

    def media(self) -> list[MediaItem]:
        """List the images, videos, sounds and texts that it recorded; by hand, none are.

        ``gd.media(sims=sim)`` gives them as a DataFrame with the paths of the files.
        """
        return [] if self._controller is None else self._controller.media(self._sim_id)

    def output(self, n_lines: int | None = 200) -> str:
        """Give the last lines that it printed in its own process, as a terminal would have shown them.

        ``""`` where there are none: what a simulation in a thread prints is in the notebook.

        Args:
            n_lines: How many lines at most; None for all that is kept (of more than 8 MiB, the beginning and the end).

        Raises:
            InvalidArgumentError: ``n_lines`` is not a whole number from 0 on.
        """
        if self.sim_path is None:
            return ""
        return read_tail(Path(self.sim_path, OUTPUT_FILE), n_lines=n_lines)

    # What a tracker and a launcher call

    def _bind(self, recording: Recording | None, controller: Controller | None) -> None:
        self._recording = recording
        self._controller = controller

    def _renamed(self, name: str) -> None:
        self._new_name = name

    # Inside

    def _before_end(self) -> None:
        self.recorder.close_media()
        self.recorder.peek()  # finds what cannot be stored, so that it is said before the closing status
        self._say_problems()

    def _say_problems(self) -> None:
        # What another thread has taken is to be said before the closing status, too.
        with self._saying_problems:
            for problem in self.recorder.take_problems():
                self.add_status(SimStatus(SimStatusCode.INFO, details=problem))

    def _stop_was_answered(self, answer: Any) -> None:
        if answer:
            self._meta_cancelled = True

    def _progress_was_said(self, value: Any) -> None:
        try:
            current, total = value
        except (TypeError, ValueError):
            current, total = value, None
        self.recorder.progress(current, total)
