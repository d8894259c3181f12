"""The socket of a queue's keeper: it stays open for those who queue."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from gymdash_jupyter.launch.queue.mailbox import post
from tests.launch.other_process import OtherProcess

_WITH_FEW_FILES = """
import logging, os, resource, sys
from gymdash_jupyter.launch.queue.mailbox import Mailbox
logging.basicConfig(stream=sys.stdout, format="%(message)s")
box = Mailbox(lambda head, body: True)
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (os.dup(0), hard))
print(box.address)
input()
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
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
