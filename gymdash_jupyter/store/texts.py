"""Texts that UTF-8 cannot hold: lone surrogates, as in the name of a file that is not UTF-8.

In our columns that identify something (keys, channels, paths) such a text is kept exactly, as a blob; in free text and
in GymDash's columns each lone surrogate becomes ``?``. Everything else, NUL and megabytes too, SQLite holds as it is.
"""

from __future__ import annotations


def exact(text: str) -> str | bytes:
    """Give what a column of ours holds for a text that must come back as it was."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def from_exact(stored: str | bytes) -> str:
    """Give back a text that ``exact`` wrote."""
    return stored.decode("utf-8", "surrogatepass") if isinstance(stored, bytes) else stored


def readable(text: str) -> str:
    """Give a text that SQLite can hold as text."""
    return text.encode("utf-8", "replace").decode()
