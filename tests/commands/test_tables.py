"""Tables that fit."""

from __future__ import annotations

import pytest

from gymdash_jupyter.commands.printing import fitted, width_of
from gymdash_jupyter.commands.tables import Column, table

COLUMNS = [
    Column("id", ["1234", "5678"]),
    Column("name", ["a rather long name", "日本語"], shrinks_to=6),
    Column("n", ["1", "20"], is_right=True, goes=1),
]


def test_columns_are_as_wide_as_what_is_in_them() -> None:
    assert table(COLUMNS) == [
        "ID    NAME                 N",
        "1234  a rather long name   1",
        "5678  日本語              20",
    ]


@pytest.mark.parametrize("room", [28, 20, 16, 15, 12])
def test_lines_fit_where_there_is_little_room(room: int) -> None:
    assert max(map(width_of, table(COLUMNS, room))) <= room


def test_what_is_needed_least_goes_first() -> None:
    assert table(COLUMNS, 12)[0] == "ID    NAME"


def test_a_room_for_nothing_still_gives_lines() -> None:
    assert len(table(COLUMNS, 1)) == 3


@pytest.mark.parametrize(
    ("text", "width", "shown"), [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("日本", 3, "日…")]
)
def test_a_text_is_cut_by_the_places_it_takes(text: str, width: int, shown: str) -> None:
    assert fitted(text, width) == shown
