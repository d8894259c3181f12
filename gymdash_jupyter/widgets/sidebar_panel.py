"""The sidebar: what waits for a reply, the simulations, and the machine, one below the other in 250 to 500 pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import traitlets

from gymdash_jupyter.widgets.panel_holder import PanelHolder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gymdash_jupyter.widgets.panel import Panel

_SECTIONS = ("control", "simulations", "system")


class SidebarPanel(PanelHolder):
    """Show a project in a narrow column: control requests while there are some, the simulations, the machine.

    JupyterLab has it in its left area; in a cell it is as high as it needs to be. The panels in it are attributes:
    ``sidebar.simulations.selection``. Each can be had alone, too: ``gd.ControlPanel(compact=True)``.

    Args:
        project: A project, its folder, a tracker, or None for the current project.
        **traits: Values of traits.

    Raises:
        InvalidArgumentError: It is not a project.
        MissingDependencyError: The browser side of a panel was not built.
    """

    stem: ClassVar[str] = "sidebar_panel"
    kept_as: ClassVar[str] = "sidebar"
    holds: ClassVar[tuple[str, ...]] = (*_SECTIONS, "start")
    fixed: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        name: {"compact": True} for name in _SECTIONS
    }

    can_start = traitlets.Bool(read_only=True).tag(sync=True)
    """Whether simulations can be started; not in a project that is open for reading only."""

    def __init__(self, project: object = None, **traits: Any) -> None:
        super().__init__(project, **traits)
        self.set_trait("can_start", not self.project.is_read_only)
        for name in _SECTIONS:  # at once: a busy kernel could not make them when they are wanted
            self._panel(name)
        self.observe(self._on_starting, "is_starting")
        self._on_starting()

    # What is kept, and the form

    def _read_kept(self) -> dict[str, Any]:
        kept = super()._read_kept()
        # What is selected here is only to be stopped or deleted together: nobody comes back to that.
        if isinstance(settings := kept.get("simulations"), dict):
            settings.pop("selection", None)
        return kept

    def _on_starting(self, _change: object = None) -> None:
        if self.is_starting:
            self._panel("start")

    @traitlets.validate("is_starting")
    def _valid_is_starting(self, proposal: Any) -> bool:
        return bool(proposal["value"]) and not self.project.is_read_only

    # Places without widgets

    def _static_html(self) -> str:
        asks = [self.control] if self.control.requests else []
        shown: list[Panel] = [*asks, self.simulations, self.system]
        return "\n".join(panel._static_html() for panel in shown)  # noqa: SLF001
