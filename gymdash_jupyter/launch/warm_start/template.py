"""Fork workers from a process that has imported and tried what their simulations need.

``python -m gymdash_jupyter.launch.warm_start.template IDLE_S`` is started by ``warm``, whose socket is its
standard input. It knows no project and opens no database, sees no GPU, forks only while it has one
thread, and ends with the kernel that started it or when nobody wanted anything for a while. What it
forks goes on as any other worker: with the pipes that came over the socket, in a session of its
own, in the environment that the kernel has at that moment.
"""

from __future__ import annotations

import gc
import json
import os
import random
import select
import signal
import socket
import sys
import time
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.launch import worker
from gymdash_jupyter.launch.collecting import collect_as_usual, collect_rarely
from gymdash_jupyter.launch.orders import look_like
from gymdash_jupyter.launch.warm_start import template_messages as messages
from gymdash_jupyter.launch.warm_start.freshness import Freshness
from gymdash_jupyter.simulations.import_paths import load

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_THREADS = "/proc/self/task"


def main() -> None:
    """Answer until nobody is there any more; in each fork, be a worker."""
    control = socket.socket(fileno=os.dup(0))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    if _Template(control, idle_s=float(sys.argv[1])).serve():
        worker.main()


class _Template:
    """The loop of the template.

    Args:
        control: The socket to the kernel.
        idle_s: After how many seconds without wishes and workers it ends.
    """

    def __init__(self, control: socket.socket, *, idle_s: float) -> None:
        self._control = control
        self._idle_s = idle_s
        self._workers: set[int] = set()
        self._sys_path = list(sys.path)
        self._freshness = Freshness(self._sys_path)
        self._woken, self._waking = socket.socketpair()
        self._woken.setblocking(False)
        self._waking.setblocking(False)
        signal.signal(signal.SIGCHLD, _do_nothing)
        signal.set_wakeup_fd(self._waking.fileno(), warn_on_full_buffer=False)

    def serve(self) -> bool:
        """Answer what is asked. True in a worker that was forked, False when there is nothing left to do."""
        deadline = time.monotonic() + self._idle_s
        while True:
            patience_s = None if self._workers else max(0.0, deadline - time.monotonic())
            ready, _, _ = select.select([self._control, self._woken], [], [], patience_s)
            if not ready:
                return False
            try:
                if self._woken in ready:
                    self._woken.recv(1 << 12)
                    self._tell_ends()
                if self._control in ready:
                    message = messages.receive(self._control)
                    if message is None or self._is_forked(*message):
                        return message is not None
            except OSError:  # the kernel is gone; the workers go on
                return False
            deadline = time.monotonic() + self._idle_s

    def _is_forked(self, kind: bytes, content: bytes, descriptors: Sequence[int]) -> bool:
        """Answer one wish; True in the fork that comes of it."""
        if kind == messages.LAST:
            self._idle_s = 0.0
            return False
        try:
            wish = json.loads(content)
            answer: tuple[bytes, bytes] | None
            if kind == messages.WARM:
                answer = self._warm_up(wish["path"], wish["surroundings"])
            else:
                answer = self._fork(wish, descriptors)
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        if answer is None:
            return True
        messages.send(self._control, *answer)
        return False

    def _warm_up(self, path: str, around: Mapping[str, Any]) -> tuple[bytes, bytes]:
        """Import a class, and let it do once what is slow the first time."""
        collect_rarely()
        try:
            look_like(around)
            load("The simulation type", path)._warm_up()
        except Exception:  # noqa: BLE001 - the edge: importing the user's modules may do anything
            return messages.FAILED, traceback.format_exc().encode(errors="replace")
        finally:
            self._freshness.note()
            collect_as_usual()
        doubt = _doubt_of_threads()
        if doubt is not None:
            return messages.FAILED, f"{doubt}, so nothing can be forked from it".encode()
        gc.collect()
        gc.freeze()  # so that a worker's collector does not touch, and so copy, all that is here
        return messages.WARMED, b""

    def _fork(
        self, wish: Mapping[str, Any], descriptors: Sequence[int]
    ) -> tuple[bytes, bytes] | None:
        """Fork a worker. None in the worker."""
        doubt = self._freshness.doubt(wish["sys_path"]) or _doubt_of_threads()
        if doubt is not None:
            return messages.REFUSED, doubt.encode(errors="replace")
        ready, readying = os.pipe()
        try:
            pid = os.fork()
        except OSError as exc:
            os.close(ready)
            os.close(readying)
            return messages.REFUSED, str(exc).encode()
        if pid == 0:
            os.setsid()
            os.close(ready)
            self._become_worker(wish["variables"], descriptors)
            os.close(readying)
            return None
        os.close(readying)
        os.read(ready, 1)  # it leads its own session when the kernel hears of it
        os.close(ready)
        self._workers.add(pid)
        return messages.FORKED, json.dumps(pid).encode()

    def _become_worker(self, variables: Mapping[str, str], descriptors: Sequence[int]) -> None:
        """Let go of what belongs to the template, and be as a worker is that was just started."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for end in (self._control, self._woken, self._waking):
            end.close()
        for number, descriptor in enumerate(descriptors):
            os.dup2(descriptor, number)
        os.environ.clear()
        os.environ.update(variables)
        time.tzset()
        sys.path[:] = self._sys_path
        random.seed()
        if (numpy_random := sys.modules.get("numpy.random")) is not None:
            numpy_random.seed()
        if (torch := sys.modules.get("torch")) is not None:
            torch.default_generator.seed()

    def _tell_ends(self) -> None:
        for pid in list(self._workers):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self._workers.remove(pid)
                news = json.dumps([pid, os.waitstatus_to_exitcode(status)])
                messages.send(self._control, messages.ENDED, news.encode())


def _doubt_of_threads() -> str | None:
    """Say so where there are more threads than one: what the others hold would be held in a fork for ever."""
    with suppress(OSError):
        n_threads = len(os.listdir(_THREADS))  # noqa: PTH208 - only their number
        return None if n_threads == 1 else f"the template has {n_threads} threads"
    return "nobody knows how many threads the template has"


def _do_nothing(*_: object) -> None:
    """Let a signal end the waiting."""


if __name__ == "__main__":
    main()
