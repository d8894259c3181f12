"""The start panel: a form for a simulation type, many values at once, presets, and the same as Python."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar, Final
from uuid import UUID

import traitlets

from gymdash_jupyter.errors import GymDashError, InvalidArgumentError
from gymdash_jupyter.forms import Field, Form, StartPlan, form_of
from gymdash_jupyter.json_values import jsonable
from gymdash_jupyter.sweeping import start_sweep
from gymdash_jupyter.sweeps import MODES, Interval, written
from gymdash_jupyter.widgets.form_messages import form_message
from gymdash_jupyter.widgets.registry_panel import TypesPanel

if TYPE_CHECKING:
    from gymdash_jupyter.groups import SimulationGroup
    from gymdash_jupyter.presets import Presets
    from gymdash_jupyter.widgets.refresh import News
    from gymdash_jupyter.widgets.views import View

LAUNCHERS: Final = ("process", "thread")

_MOST_NAMES: Final = 200
_TELL_EVERY_S: Final = 1.0

_FILLED: Final = ("key", "values", "name_template", "mode", "n", "launcher", "only_missing")
"""The traits that say what is to be started."""

_KEPT: Final = ("values", "name_template", "mode", "n", "launcher")
"""What of them a preset keeps."""


class StartPanel(TypesPanel):
    """Start one simulation or many: choose a type, fill in a form, and see the same as Python below.

    A value may be several (``0.0001, 0.0003``) or a range (``0..4``): each is a simulation of its own. Nothing starts
    as long as a value is wrong. Everything here can be done from Python::

        panel = gd.StartPanel(key="stable_baselines")
        panel.values = {"num_steps": 20_000, "seed": "0..4", "algorithm_kwargs.learning_rate": [1e-4, 3e-4]}
        panel.errors        # {} when all is well
        panel.code          # the same as Python
        group = panel.start()

    Args:
        project: A project, its folder, a tracker, or None for the current project.
        **traits: Values of traits, such as ``key`` and ``values``.

    Raises:
        InvalidArgumentError: It is not a project.
        MissingDependencyError: The browser side of the panel was not built.
    """

    stem: ClassVar[str] = "start_panel"

    values = traitlets.Dict(key_trait=traitlets.Unicode()).tag(sync=True)
    """What is filled in, by dotted path, as it is typed; what is not in it is as by default. Values of other types may
    be set and become text; a list means several values, except where the value itself is a list."""

    name_template = traitlets.Unicode().tag(sync=True)
    """The name, or the template of names such as ``ppo-s{seed}``; ``""`` for one that is made up."""

    mode = traitlets.Enum(MODES, "grid").tag(sync=True)
    """``grid`` for every combination of several values, ``random`` for ``n`` settings drawn from them."""

    n = traitlets.Int(None, allow_none=True, min=1).tag(sync=True)
    """How many settings ``random`` draws."""

    launcher = traitlets.Enum(LAUNCHERS, "process").tag(sync=True)
    """Where the simulations execute: each in a process of its own, or in threads of this kernel."""

    only_missing = traitlets.Bool().tag(sync=True)
    """Whether to leave out what the project has already, with the same values, as succeeded or still going on."""

    started = traitlets.List(traitlets.Unicode()).tag(sync=True)
    """Ids of the simulations that were started last, in order."""

    close_asked = traitlets.Int(0).tag(sync=True)
    """How often somebody pressed Close, which a dashboard has; it hears it by this."""

    def __init__(self, project: object = None, **traits: Any) -> None:
        self._has_changed = True
        super().__init__(project, **traits)

    # From Python

    @property
    def form(self) -> Form:
        """The form of the chosen type, for what is filled in.

        Raises:
            UnknownSimulationTypeError: No type is registered under ``key``.
        """
        return form_of(self.key, self.values)

    @property
    def errors(self) -> dict[str, str]:
        """What is wrong with what is filled in, by dotted path; empty when it can be started."""
        return self._plan().errors

    @property
    def code(self) -> str:
        """What ``start`` would do, as Python."""
        return self._plan().code

    @property
    def count(self) -> int:
        """How many simulations it would be; 0 while a value is wrong."""
        plan = self._plan()
        return 0 if plan.errors else plan.count

    def start(self, queue: bool = False) -> SimulationGroup:
        """Start what is filled in, and return at once.

        Args:
            queue: Whether all wait for their turn in the queue.

        Returns:
            The simulations; ``started`` has their ids.

        Raises:
            InvalidArgumentError: A value is wrong; nothing was started.
            GymDashError: See ``gd.sweep``.
        """
        return self._start(self._plan(queue=queue))

    def save_preset(self, name: str) -> None:
        """Keep what is filled in under a name in the project; one of the same name is replaced."""
        self._presets.save(name, {trait: getattr(self, trait) for trait in _KEPT})

    def load_preset(self, name: str) -> None:
        """Fill in what was kept under a name.

        Raises:
            UnknownPresetError: The project has no such preset for this type.
        """
        self._fill(self._presets.load(name))

    @property
    def presets(self) -> list[str]:
        """The names of the presets that the project has for this type."""
        return self._presets.names() if self.key else []

    # Inside

    @property
    def _presets(self) -> Presets:
        return self.project.presets(f"start:{self.key}")

    def _plan(self, *, queue: bool = False) -> StartPlan:
        return self._plan_of({name: getattr(self, name) for name in _FILLED}, queue=queue)

    def _plan_of(self, filled: Mapping[str, Any], *, queue: bool = False) -> StartPlan:
        values = filled["values"]
        launcher = filled["launcher"]
        return StartPlan(
            form_of(filled["key"], values),
            values,
            name=filled["name_template"].strip(),
            mode=filled["mode"],
            n=filled["n"],
            launcher=None if launcher == LAUNCHERS[0] else launcher,
            queue=queue,
            only_missing=filled["only_missing"],
        )

    def _start(self, plan: StartPlan) -> SimulationGroup:
        group = start_sweep(
            self.tracker,
            plan.sweep,
            launcher=plan.launcher,
            queue=plan.queue,
            only_missing=plan.only_missing,
        )
        self.started = [str(sim_id) for sim_id in group.ids]
        return group

    def _fill(self, preset: Any) -> None:
        kept = preset if isinstance(preset, Mapping) else {}
        values = kept.get("values")
        with self.hold_trait_notifications():
            self.values = dict(values) if isinstance(values, Mapping) else {}
            self.name_template = str(kept.get("name_template") or "")
            self.mode = kept["mode"] if kept.get("mode") in MODES else "grid"
            n = kept.get("n")
            self.n = n if isinstance(n, int) and n >= 1 else None
            self.launcher = kept["launcher"] if kept.get("launcher") in LAUNCHERS else "process"

    @traitlets.validate("values")
    def _as_typed(self, proposal: Any) -> dict[str, str]:
        form: Form | None = None
        typed: dict[str, str] = {}
        for path, value in proposal["value"].items():
            if form is None and self.key and not isinstance(value, str):
                form = self._plain_form()
            field = None if form is None else form.field(path)
            typed |= _typed(path, value, field)
        return typed

    def _plain_form(self) -> Form | None:
        try:
            return form_of(self.key)
        except GymDashError:
            return None

    @traitlets.observe("key")
    def _on_key(self, change: Any) -> None:
        if change["old"] and change["old"] != change["new"]:
            with self.hold_trait_notifications():  # what was filled in was for another type
                self.values, self.name_template = {}, ""

    # The browser asks

    def _lane(self, content: dict[str, Any]) -> str:
        # What is started shall be what was checked last; presets may wait for neither.
        return "start" if content["kind"] in ("start", "check", "form") else "presets"

    def _do_form(self, content: dict[str, Any]) -> dict[str, Any]:
        key, values = str(content.get("key", "")), content.get("values")
        return {
            **form_message(form_of(key, values if isinstance(values, Mapping) else {})),
            "presets": self.project.presets(f"start:{key}").names(),
            "max_running": self.tracker.max_running,
        }

    def _do_check(self, content: dict[str, Any]) -> dict[str, Any]:
        plan = self._plan_of(content["filled"])
        errors = plan.errors
        missing = plan.count
        if not errors and plan.several:
            missing = len(plan.sweep.missing(self.store.simulations()))
        return {
            "errors": errors,
            "count": plan.count,
            "missing": missing,
            "summary": plan.summary,
            "several": {
                p: 0 if isinstance(v, Interval) else len(v) for p, v in plan.several.items()
            },
            "code": plan.code,
            "template": plan.template,
        }

    def _do_start(self, content: dict[str, Any]) -> dict[str, Any]:
        # What was seen when the button was pressed; the traits may come later than this.
        group = self._start(self._plan_of(content["filled"], queue=bool(content.get("queue"))))
        return {"ids": self.started, "names": [sim.name for sim in group.sims[:_MOST_NAMES]]}

    def _do_save_preset(self, content: dict[str, Any]) -> list[str]:
        filled = content["filled"]
        kept = {name: filled[name] for name in _KEPT}
        self.project.presets(f"start:{filled['key']}").save(str(content.get("name", "")), kept)
        return self.presets

    def _do_load_preset(self, content: dict[str, Any]) -> list[str]:
        self.load_preset(str(content.get("name", "")))
        return self.presets

    def _do_rename_preset(self, content: dict[str, Any]) -> list[str]:
        self._presets.rename(str(content.get("name", "")), str(content.get("new", "")))
        return self.presets

    def _do_delete_preset(self, content: dict[str, Any]) -> dict[str, Any]:
        name = str(content.get("name", ""))
        value = self._presets.load(name)
        self._presets.delete(name)
        return {"presets": self.presets, "value": value}  # so that it can be undone

    def _do_restore_preset(self, content: dict[str, Any]) -> list[str]:
        self._presets.save(str(content.get("name", "")), content.get("value"))
        return self.presets

    # What became of those that were started

    def _load(self) -> None:
        self._has_changed = True

    def _take(self, news: News) -> None:
        self._has_changed = self._has_changed or bool(news.simulations or news.deleted)

    def _send_to(self, view: View) -> None:
        super()._send_to(view)
        now = time.monotonic()
        is_due = now - view.memo.get("told", -math.inf) > _TELL_EVERY_S
        if view.memo.get("started") == self.started and not (self._has_changed and is_due):
            return
        self._has_changed = False
        view.memo["told"], view.memo["started"] = now, self.started
        found = self.store.states(list(map(UUID, self.started))) if self.started else {}
        states: dict[str, int] = {}
        for state in found.values():
            states[str(state)] = states.get(str(state), 0) + 1
        view.tell("states", {"states": states})

    def _static_html(self) -> str:
        return f"<p>Start {escape(self.key or 'a simulation')}</p><pre>{escape(self.code) if self.key else ''}</pre>"


def _typed(path: str, value: Any, field: Field | None) -> dict[str, str]:
    """Write a value as it is typed; the values of a dict get paths of their own."""
    kind = "" if field is None else field.kind
    if isinstance(value, str):
        return {path: value}
    if callable(value):
        msg = f"{path}: a form holds what can be typed, and {value!r} cannot. Give it to gd.run() or gd.sweep()."
        raise InvalidArgumentError(msg, path=path)
    if isinstance(value, Mapping) and kind == "dict" and all("." not in str(key) for key in value):
        fields = () if field is None else field.fields
        inner = {each.path: each for each in fields}
        typed: dict[str, str] = {}
        for name, one in value.items():
            typed |= _typed(f"{path}.{name}", one, inner.get(f"{path}.{name}"))
        return typed
    if isinstance(value, range) and value.step == 1 and len(value) > 1:
        return {path: f"{value.start}..{value.stop - 1}"}
    is_several = isinstance(value, Iterable) and not isinstance(value, (Mapping, bytes))
    if is_several and kind not in ("json", "dict"):
        return {path: ", ".join(written(jsonable(each)) for each in value)}
    return {path: "" if value is None else written(jsonable(value))}
