"""The registry panel: which simulation types there are, what each says about itself, and classes to register."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, ClassVar

import traitlets

from gymdash_jupyter.forms import form_of, register, registered_keys, unregistered_types
from gymdash_jupyter.widgets.form_messages import form_message
from gymdash_jupyter.widgets.panel import Panel

if TYPE_CHECKING:
    from gymdash_jupyter.widgets.views import View


class TypesPanel(Panel):
    """What the panels share that list simulation types: the list, and registering a class of the notebook."""

    key = traitlets.Unicode().tag(sync=True)
    """The sim key of the chosen type, or ``""``."""

    def register(self, name: str) -> str:
        """Register a simulation class of the notebook under its name in snake case, and choose it.

        Args:
            name: The class's name.

        Returns:
            The sim key.

        Raises:
            InvalidSimulationTypeError: There is no such class.
            SimulationTypeTakenError: The key belongs to another type.
        """
        key = register(name)
        self.key = key
        return key

    def _do_register(self, content: dict[str, Any]) -> dict[str, Any]:
        return {"key": self.register(str(content.get("name", "")))}

    def _send_to(self, view: View) -> None:
        types = {
            "registered": registered_keys(),
            "notebook": [
                {"name": t.name, "key": t.key, "words": t.words, "is_changed": t.is_changed}
                for t in unregistered_types()
            ],
        }
        if view.memo.get("types") != types:
            view.memo["types"] = types
            view.tell("types", types)


class RegistryPanel(TypesPanel):
    """Show the registered simulation types with their documentation, and classes of the notebook to register.

    Types that are registered or removed while it is shown appear and go within a second.

    Args:
        project: A project, its folder, a tracker, or None for the current project.
        **traits: ``key``.

    Raises:
        InvalidArgumentError: It is not a project.
        MissingDependencyError: The browser side of the panel was not built.
    """

    stem: ClassVar[str] = "registry_panel"

    def _do_form(self, content: dict[str, Any]) -> dict[str, Any]:
        return form_message(form_of(str(content.get("key", ""))))

    def _static_html(self) -> str:
        rows = "".join(f"<li>{escape(key)}</li>" for key in registered_keys())
        return f"<p>Registered simulation types</p><ul>{rows}</ul>"
