"""What is written down of an exported simulation type, and the file's text that says it.

The file is Python: a header of comments, the last of which holds the facts as JSON, then the source
of the type where it came from a notebook or a script. So a person can read what would be run.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any

_FORMAT = 1
_HEADER = (
    "# A simulation type that gymdash_jupyter.SimulationExporter exported for its user.\n"
    "# Change it where it was written and export it again; the next line says what it is.\n"
)
_FACTS = "# "


class DamagedExportError(ValueError):
    """A file is not one that the exporter of this version can read; the message says why."""


@dataclass(frozen=True)
class ExportedType:
    """A simulation type as another process can have it.

    Attributes:
        key: Its sim key.
        module: The module in which its user has the class; ``__main__`` for notebooks and scripts.
        name: The class in this module.
        file: The module's source file, or ``""`` when ``source`` is all there is.
        source: A module's source that makes the class, or ``""`` where the module is imported.
        places: Where its modules come from that are not installed: file or folder by top-level
            module name.
        has_old_names: Whether GymDash's import paths must lead here.
        default_config: As JSON, or ``""`` for none.
    """

    key: str
    module: str
    name: str
    file: str = ""
    source: str = ""
    places: dict[str, str] = field(default_factory=dict)
    has_old_names: bool = False
    default_config: str = ""

    @property
    def words(self) -> str:
        """Name the class as the registry does."""
        return f"{self.module}.{self.name}"

    def to_text(self) -> str:
        """Give the text of the file that holds it."""
        facts = {"format": _FORMAT, **asdict(self)}
        source = facts.pop("source")
        return f"{_HEADER}{_FACTS}{json.dumps(facts)}\n{source}"

    @property
    def fingerprint(self) -> str:
        """Give a text that changes when anything of it does."""
        return hashlib.sha256(self.to_text().encode("utf-8", "surrogatepass")).hexdigest()


def from_text(text: str) -> ExportedType:
    """Read the text of a file.

    Raises:
        DamagedExportError: It is not one of ours, or of a newer version.
    """
    if not text.startswith(_HEADER + _FACTS):
        raise DamagedExportError("it is not a file of the exporter")
    line, _, source = text[len(_HEADER) + len(_FACTS) :].partition("\n")
    try:
        facts = json.loads(line)
    except (ValueError, RecursionError) as exc:
        raise DamagedExportError(f"it is damaged: {exc}") from exc
    if not isinstance(facts, dict) or not isinstance(facts.pop("format", None), int):
        raise DamagedExportError("it is damaged: its facts are not what the exporter writes")
    return _checked({**facts, "source": source})


def _checked(facts: dict[str, Any]) -> ExportedType:
    try:
        found = ExportedType(**facts)
    except TypeError as exc:
        raise DamagedExportError(f"another version of gymdash_jupyter wrote it: {exc}") from exc
    texts = (found.key, found.module, found.name, found.file, found.default_config)
    places = found.places if isinstance(found.places, dict) else {"": None}
    if not all(isinstance(text, str) for text in (*texts, *places.values())):
        raise DamagedExportError("it is damaged: its facts are not what the exporter writes")
    return found
