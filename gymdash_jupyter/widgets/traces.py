"""Read a Python traceback for people: what went wrong, in which words, and where."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FRAME = re.compile(r'^[\s|]*File "(?P<path>.+)", line (?P<line>\d+)(?:, in (?P<name>.+))?$')
_HEAD = re.compile(r"^(?P<type>[A-Za-z_][\w.]*)(?:: ?(?P<message>.*))?$", re.DOTALL)


@dataclass(frozen=True)
class ErrorFacts:
    """What a traceback says.

    Attributes:
        type: Name of the exception without its module, or ``""``.
        message: Its words.
        frame: The innermost frame, such as ``torch/nn/functional.py:71 in linear``, or ``""``.
        lines: How many lines the traceback has.
    """

    type: str
    message: str
    frame: str
    lines: int


def parse_error(details: str, trace: str) -> ErrorFacts:
    """Take apart what a status says about an error.

    Args:
        details: The words of the status; used where the traceback has none.
        trace: The traceback as text, or ``""``.
    """
    lines = trace.rstrip().splitlines()
    frame = ""
    end = -1
    for i, line in enumerate(lines):
        found = _FRAME.match(line)
        if found:
            frame, end = _short_frame(found["path"], found["line"], found["name"]), i
    tail = [line.removeprefix("  | ") for line in lines[end + 1 :]]
    while tail and (
        not tail[0].strip() or tail[0][0].isspace()
    ):  # the source line and its markers
        tail.pop(0)
    head = _HEAD.match("\n".join(tail).strip()) if tail else _HEAD.match(details.strip())
    if head is None or not _is_exception_name(head["type"]):
        return ErrorFacts("", details.strip() or "\n".join(tail).strip(), frame, len(lines))
    message = (head["message"] or "").strip()
    return ErrorFacts(head["type"].rpartition(".")[2], message, frame, len(lines))


def _is_exception_name(name: str) -> bool:
    # "Stopped: by hand" is a sentence with a colon, "ValueError: ..." is not; own exceptions have capitals inside.
    last = name.rpartition(".")[2]
    return bool(re.fullmatch(r"[A-Z_]\w*", last)) and (
        last.endswith(("Error", "Exception", "Exit", "Interrupt", "Warning", "Group"))
        or "." in name
        or bool(re.search(r"[a-z][A-Z]", last))
    )


def _short_frame(path: str, line: str, name: str | None) -> str:
    parts = path.replace("\\", "/").split("/")
    if "site-packages" in parts:
        place = "/".join(parts[parts.index("site-packages") + 1 :])
    elif any(part.startswith("ipykernel_") for part in parts) or path.startswith("<ipython-input"):
        place = "notebook cell"
    else:
        place = "/".join(parts[-2:])
    return f"{place}:{line}" + (f" in {name}" if name and name != "<module>" else "")
