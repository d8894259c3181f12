from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gymdash_jupyter.terminal_text import cleaned

SCRAPS = st.lists(
    st.sampled_from(
        ["a", "bc", "\n", "\r", "\b", "\t", "\x1b[A", "\x1b[2A", "\x1b[K", "\x1b[2K", "\x1b[0m"]
    )
    | st.text(max_size=3)
).map("".join)


@given(SCRAPS)
def test_no_control_character_is_left(text):
    assert all(each in "\n\t" or unicodedata.category(each) != "Cc" for each in cleaned(text))


@given(SCRAPS)
def test_cleaning_again_changes_nothing(text):
    assert cleaned(cleaned(text)) == cleaned(text)


@given(st.text(st.characters(exclude_categories=["Cc"]) | st.sampled_from("\n\t")))
def test_plain_text_stays_as_it_is(text):
    assert cleaned(text) == text


class Typewriter:
    """A terminal of one row as its manual has it: each character at its place, one after the other."""

    def __init__(self) -> None:
        self.cells: dict[int, str] = {}
        self.at = 0

    def type(self, text: str) -> str:
        for each in text:
            if each == "\r":
                self.at = 0
            elif each == "\b":
                self.at = max(self.at - 1, 0)
            else:
                self.cells[self.at] = each
                self.at += 1
        return "".join(self.cells[i] for i in range(len(self.cells)))


@given(st.text("ab\r\b"))
@example("abc\rb")
def test_a_line_is_written_over_as_on_a_typewriter(text):
    assert cleaned(text) == Typewriter().type(text)


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("\x1b[1;31mred\x1b[0m and \x9b32mgreen", "red and green"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bPq#0\x1b\\sixel", "sixel"),
        ("\x1b(Btext\x1b7\x1b8", "text"),
        ("windows\r\nlines\r\n", "windows\nlines\n"),
        ("long line\rshort", "shortline"),
        ("long line\r\x1b[Kshort", "short"),
        ("long line\x1b[2K\rshort", "short"),
        ("one\ntwo\x1b[A!\n", "one!\ntwo"),
        ("up\x1b[99999999999A!", "up!"),
        ("bell\x07 null\x00 delete\x7f \x85", "bell null delete "),
        ("ends in the middle \x1b[3", "ends in the middle "),
    ],
)
def test_escapes_are_understood_or_dropped(printed, shown):
    assert cleaned(printed) == shown


def test_bars_of_tqdm_are_as_they_were_last():
    # Two bars as tqdm 4.67 writes them; the inner one, at position 1, is cleared at its end.
    inner = "".join(f"\n\r{n:3}%|{'#' * n}|\x1b[A" for n in range(3)) + "\n\r        \r\x1b[A"
    printed = "before\n" + "".join(f"\router {n}/2{inner}" for n in range(3)) + "\nafter\n"
    assert cleaned(printed).split() == ["before", "outer", "2/2", "after"]


@pytest.mark.parametrize(
    "scrap",
    [
        "\x1b[0mx",
        "x\b",
        "ab\b\x1b[K",
        "xy\r",
        "x\n\x1b[A",
        "x\x1b[2K",
        "\x1b",
        "\x1b]",
        "\x1bP",
        "\x1b[1",
    ],
)
def test_no_text_takes_long(scrap):
    # 16 times the text should take 16 times as long; the square of it would be 256 times.
    short = min(cpu_s(scrap * (20_000 // len(scrap))) for _ in range(5))
    assert cpu_s(scrap * (320_000 // len(scrap))) < 64 * short


def cpu_s(text: str) -> float:
    """Give the seconds that this thread worked to clean a text, however busy the machine is."""
    begun = time.thread_time()
    cleaned(text)
    return time.thread_time() - begun
