"""What every benchmark gives back: rows of a table, measured beside what is to be reached."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class BenchRow:
    """One measured figure.

    Attributes:
        what: What was measured.
        measured: The figure with its unit.
        target: What is to be reached.
        ok: Whether it was reached.
    """

    what: str
    measured: str
    target: str
    ok: bool
