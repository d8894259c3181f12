"""Any text is a key: it becomes one harmless folder, and never another key's."""

from __future__ import annotations

import string
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gymdash_jupyter.media import folder_of
from gymdash_jupyter.media.names import MAX_LENGTH

ALLOWED = set(string.ascii_letters + string.digits + "_.-~")
RESERVED = {"con", "prn", "aux", "nul", "com1", "lpt9", "com0"}

NASTY = [
    *(
        "",
        ".",
        "..",
        "../..",
        "/",
        "/etc/passwd",
        "C:\\x",
        "\\\\host\\share",
        "a/../b",
        "~",
        "~root",
    ),
    *(
        "nul",
        "NUL",
        "con.txt",
        "COM1",
        "lpt9.mp4",
        "a\0b",
        "a\nb",
        "-rf",
        ".hidden",
        "a.",
        "a ",
        " a",
    ),
    *(
        "größe",
        "学習",
        "😀",
        "a" * 5000,
        "é",
        "e\u0301",
        "\ud800",
        "a~0123456789ab",
        "%2e%2e",
        "$HOME",
    ),
    *(
        "episode_video",
        "Episode_Video",
        "EPISODE_VIDEO",
        "rollout/frames",
        "rollout-frames",
        ".thumbs",
    ),
]
KEYS = st.one_of(st.sampled_from(NASTY), st.text(), st.text(alphabet="aAbB./\\~-_ \0", max_size=8))


@given(KEYS)
def test_a_folder_is_one_harmless_name(key: str) -> None:
    folder = folder_of(key)
    assert 0 < len(folder) <= MAX_LENGTH
    assert set(folder) <= ALLOWED
    assert folder[0] not in ".-~"
    assert folder[-1] not in ". "
    assert folder.split(".")[0].lower() not in RESERVED
    assert len(PurePosixPath(folder).parts) == len(PureWindowsPath(folder).parts) == 1
    assert not PureWindowsPath(folder).drive
    assert Path("/sims/1/media", folder).resolve().parent == Path("/sims/1/media")


@given(KEYS, KEYS)
def test_two_keys_never_share_a_folder_even_where_capitals_do_not_count(a: str, b: str) -> None:
    assert (folder_of(a).lower() == folder_of(b).lower()) == (a == b)


def test_the_nasty_ones_are_all_apart() -> None:
    assert len({folder_of(key).lower() for key in NASTY}) == len(NASTY)


@pytest.mark.parametrize("key", ["episode_video", "frame", "a.b", "x-1", "0"])
def test_a_plain_key_is_its_folder(key: str) -> None:
    assert folder_of(key) == key


def test_what_is_readable_of_a_key_stays_readable() -> None:
    assert folder_of("rollout/frames").startswith("rollout-frames~")


def test_names_do_not_change_between_versions() -> None:
    """Projects made by one version are read by the next."""
    assert folder_of("rollout/frames") == "rollout-frames~e71a26a462f1"
