"""The socket of a queue's keeper: it stays open for those who queue."""

from __future__ import annotations

import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gymdash_jupyter.launch.queue.mailbox import clear_away, post
from tests.launch.other_process import OtherProcess

_WITH_FEW_FILES = """
import logging, os, resource, sys, threading
from gymdash_jupyter.launch.queue.mailbox import Mailbox
logging.basicConfig(stream=sys.stdout, format="%(message)s")
may_close = threading.Event()  # else the first letter's file is free again for the next one
box = Mailbox(lambda head, body: may_close.wait(60))
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard))
held = []
try:
    while True: held.append(os.dup(0))
except OSError:
    pass
print(box.address)
input()
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
may_close.set()
input()
box.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of this kind are not on Windows")
def test_a_keeper_without_files_to_open_listens_again_when_there_are() -> None:
    with OtherProcess(_WITH_FEW_FILES) as keeper, ThreadPoolExecutor(1) as threads:
        address = keeper.line()
        is_taken = threads.submit(post, address, b"head", b"body")
        assert "Too many open files" in keeper.line()
        keeper.say()
        assert is_taken.result(30)
        keeper.say()
        assert keeper.ended() == 0


def _folder(tmp_path: Path, name: str, *files: str) -> Path:
    folder = Path(tempfile.mkdtemp(dir=tmp_path)).rename(tmp_path / name)
    for file in files:
        (folder / file).touch()
    return folder


def test_what_a_killed_keeper_left_is_removed(tmp_path: Path) -> None:
    folder = _folder(tmp_path, "gymdash-abc", "keeper", "secret")
    clear_away(str(folder))
    assert not folder.exists()


@pytest.mark.parametrize(
    ("name", "files"),
    [("gymdash-abc", ("secret", "thesis.tex")), ("home", ("secret",)), ("gymdash_", ())],
)
def test_no_other_folder_is_removed_whatever_a_project_says(
    tmp_path: Path, name: str, files: tuple[str, ...]
) -> None:
    folder = _folder(tmp_path, name, *files)
    clear_away(str(folder))
    assert sorted(path.name for path in folder.iterdir()) == sorted(files)


def test_a_folder_that_others_may_read_or_that_is_gone_is_left_alone(tmp_path: Path) -> None:
    folder = _folder(tmp_path, "gymdash-abc", "secret")
    folder.chmod(0o755)
    clear_away(str(folder))
    clear_away(str(tmp_path / "gymdash-gone"))
    assert folder.exists()
