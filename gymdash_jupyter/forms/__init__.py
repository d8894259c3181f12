"""Forms: what a simulation type can be started with, described so that a person can fill it in.

Describing a type makes one of it with its default config and looks at it; nothing is set up or executed.
"""

from gymdash_jupyter.forms.describe import form_of
from gymdash_jupyter.forms.fields import Field, Form
from gymdash_jupyter.forms.known_types import (
    NotebookType,
    register,
    registered_keys,
    unregistered_types,
)
from gymdash_jupyter.forms.plan import StartPlan

__all__ = [
    "Field",
    "Form",
    "NotebookType",
    "StartPlan",
    "form_of",
    "register",
    "registered_keys",
    "unregistered_types",
]
