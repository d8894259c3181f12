"""Reading on in a file that a simulation prints to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gymdash_jupyter.commands.printed import PrintedLines
from gymdash_jupyter.output import MAX_BYTES, OutputLog

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "output.log"


def add(path: Path, text: str) -> None:
    with path.open("a", newline="") as file:
        file.write(text)


def test_lines_come_once_each_when_they_are_whole(path: Path) -> None:
    printed = PrintedLines(path)
    assert printed.new() == []  # it is not there yet
    add(path, "one\ntw")
    assert printed.new() == ["one"]
    assert printed.new() == []
    add(path, "o\n\n 10%\r 20%\n")
    assert printed.new() == ["two", "", " 20%"]
    add(path, "the \x1b[1mend")
    assert printed.new() == []
    assert printed.new(is_last=True) == ["the end"]


def test_what_was_there_before_can_be_left_out(path: Path) -> None:
    add(path, "old\n")
    printed = PrintedLines(path, starts_at_end=True)
    add(path, "new\n")
    assert printed.new() == ["new"]


def test_a_line_that_never_ends_comes_in_pieces(path: Path) -> None:
    printed = PrintedLines(path)
    add(path, "x" * 100_000)
    assert printed.new() == ["x" * 100_000]


def test_nothing_is_lost_or_told_twice_when_the_file_is_trimmed(path: Path) -> None:
    log = OutputLog(path)
    printed = PrintedLines(path)
    told: list[str] = []
    lines = [f"line {i:07} {'.' * 80}" for i in range(MAX_BYTES // 70)]
    for begin in range(0, len(lines), 10_000):
        log.write("".join(f"{line}\n" for line in lines[begin : begin + 10_000]).encode())
        if begin % 20_000 == 0:
            told += printed.new()
        log.trim()
    told += printed.new(is_last=True)
    log.close()
    assert path.stat().st_size < MAX_BYTES  # it was trimmed
    assert told == lines
