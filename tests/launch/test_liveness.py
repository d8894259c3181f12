"""Who is alive, who is dead, and of whom nothing is known."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest

from gymdash_jupyter import liveness
from gymdash_jupyter.launch import is_alive, own_identity
from gymdash_jupyter.liveness import identity_of
from tests.launch.dying import IDENTITY, identity_said
from tests.launch.other_process import OtherProcess
from tests.waiting import wait_until


@pytest.fixture(params=["as on Linux", "as elsewhere"])
def _everywhere(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Look at processes by /proc where there is one, and by psutil everywhere."""
    is_linux = request.param == "as on Linux"
    if is_linux and not sys.platform.startswith("linux"):
        pytest.skip("needs Linux")
    monkeypatch.setattr(liveness, "_IS_LINUX", is_linux)
    liveness._domain.cache_clear()
    yield
    liveness._domain.cache_clear()


@pytest.fixture
def other() -> Iterator[OtherProcess]:
    with OtherProcess("print('here'); input()") as process:
        assert process.line() == "here"
        yield process


@pytest.mark.usefixtures("_everywhere")
def test_this_process_is_alive() -> None:
    assert is_alive(own_identity()) is True


@pytest.mark.usefixtures("_everywhere")
def test_another_process_is_alive_until_it_ends(other: OtherProcess) -> None:
    identity = identity_of(other.pid)
    assert is_alive(identity) is True
    other.say()
    other.ended()
    assert is_alive(identity) is False


@pytest.mark.usefixtures("_everywhere")
def test_a_zombie_is_dead(other: OtherProcess) -> None:
    identity = identity_of(other.pid)
    other.kill(leaves_zombie=True)
    wait_until(lambda: is_alive(identity) is False, what="the kill to arrive")
    os.kill(other.pid, 0)  # it is still there


@pytest.mark.usefixtures("_everywhere")
def test_a_stopped_process_is_alive(other: OtherProcess) -> None:
    identity = identity_of(other.pid)
    other.signal(signal.SIGSTOP)
    assert is_alive(identity) is True


@pytest.mark.usefixtures("_everywhere")
def test_another_process_with_the_same_number_is_not_it(other: OtherProcess) -> None:
    before = replace(identity_of(other.pid), started=identity_of(os.getpid()).started)
    assert before.pid == other.pid
    assert is_alive(before) is False


@pytest.mark.usefixtures("_everywhere")
@pytest.mark.parametrize("pid", [2**22 + 1, 2**31, 2**70])
def test_a_number_that_no_process_has_is_dead(pid: int) -> None:
    assert is_alive(replace(own_identity(), pid=pid)) is False


def test_a_process_names_itself_as_others_name_it() -> None:
    with OtherProcess(IDENTITY) as other:
        assert identity_said(other) == identity_of(other.pid)


@pytest.mark.parametrize("domain", ["linux:other-boot:pid:[1]", "windows:box", ""])
def test_of_a_process_elsewhere_nothing_is_known(domain: str) -> None:
    assert is_alive(replace(own_identity(), domain=domain)) is None
    assert is_alive(replace(own_identity(), domain=domain, pid=10**6)) is None


def test_of_a_process_in_another_container_nothing_is_known() -> None:
    container = ["unshare", "-rpf", "--mount-proc", "--kill-child"]
    if (
        shutil.which("unshare") is None
        or subprocess.run([*container, "true"], check=False).returncode
    ):
        pytest.skip("needs the right to make a pid namespace")
    start = "import subprocess, sys; subprocess.run(sys.argv[1:])"
    with OtherProcess(start, *container, sys.executable, "-u", "-c", IDENTITY) as inside:
        identity = identity_said(inside)
        assert is_alive(identity) is None
        inside.say()
        inside.ended()
        assert is_alive(identity) is None


def test_of_a_process_that_may_not_be_looked_at_nothing_is_known(
    other: OtherProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = identity_of(other.pid)

    def hidden(*_: object, **__: object) -> NoReturn:  # as a /proc mounted with hidepid does
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", hidden)
    assert is_alive(identity) is None
    other.kill()
    assert is_alive(identity) is False


def test_of_a_process_whose_start_nobody_could_read_nothing_is_known(other: OtherProcess) -> None:
    identity = replace(identity_of(other.pid), started="")
    assert is_alive(identity) is None
    other.kill()
    assert is_alive(identity) is False


def test_a_forked_child_is_another_process() -> None:
    code = """
import os
from gymdash_jupyter.launch import own_identity
before = own_identity()
pid = os.fork()
if pid == 0:
    print(own_identity().pid == os.getpid() and own_identity() != before, flush=True)
    os._exit(0)
os.waitpid(pid, 0)
"""
    with OtherProcess(code) as forking:
        assert forking.line() == "True"
