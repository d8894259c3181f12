"""A kernel's side of its template, and of the workers that the template forks."""

from __future__ import annotations

import json
import logging
import os
import socket
import subprocess
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any

from gymdash_jupyter.launch.spawning import spawn
from gymdash_jupyter.launch.warm_start import template_messages as messages
from gymdash_jupyter.liveness import identity_of, is_alive

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gymdash_jupyter.records import ProcessIdentity

logger = logging.getLogger(__name__)

TEMPLATE_MODULE = "gymdash_jupyter.launch.warm_start.template"

_ANSWER_S = 2.0
"""How long a fork may take; a cold start does not take much longer."""

_LIVENESS_INTERVAL_S = 0.2
_NEWS_GRACE_S = 1.0
"""How long a template may take to tell of a worker that is dead; it may be busy, or stopped."""


@dataclass(eq=False)
class Answer:
    """What a template says to one wish, as soon as it does."""

    asked: bytes
    is_there: threading.Event = field(default_factory=threading.Event)
    kind: bytes = b""
    content: bytes = b""
    end: End | None = None


@dataclass(eq=False)
class End:
    """How a worker ended, as far as its template could tell."""

    is_told: threading.Event = field(default_factory=threading.Event)
    exit_code: int | None = None


class ForkedWorker:
    """A worker that a template has forked; see ``attending.Worker``.

    Args:
        pid: Its pid.
        inward: The writing end of its standard input.
        outward: The reading end of its standard output.
        end: Told by the template.
    """

    def __init__(self, pid: int, inward: IO[bytes], outward: IO[bytes], end: End) -> None:
        self.identity: ProcessIdentity = identity_of(pid)
        self.inward = inward
        self.outward = outward
        self._end = end

    def wait(self) -> int | None:
        """Wait for its end and give its exit code; None when its template did not tell it."""
        is_dead = False
        while not self._end.is_told.wait(_NEWS_GRACE_S) and not is_dead:
            is_dead = not is_alive(self.identity)
        while self._end.exit_code is None and is_alive(self.identity):
            time.sleep(_LIVENESS_INTERVAL_S)  # nobody's child: nobody tells
        return self._end.exit_code


class Template:
    """Start a template and ask it for what it does. Any thread may.

    Args:
        variables: Environment variables of its own.
        idle_s: After how many seconds without wishes and workers it ends.

    Raises:
        LaunchError: The system cannot start one more process.
    """

    def __init__(self, variables: Mapping[str, str], *, idle_s: float) -> None:
        self._control, theirs = socket.socketpair()
        nothing = subprocess.DEVNULL
        with theirs:
            self._process = spawn(
                TEMPLATE_MODULE,
                str(idle_s),
                folder=None,
                stdin=theirs.fileno(),
                stdout=nothing,
                stderr=nothing,
                variables=variables,
            )
        self.pid = self._process.pid
        self._lock = threading.Lock()  # guards the three below and the order of wishes
        self._asked: deque[Answer] = deque()
        self._ends: dict[int, End] = {}
        self._is_open = True
        threading.Thread(target=self._listen, name="warm template", daemon=True).start()

    @property
    def is_open(self) -> bool:
        """Whether it is there and takes wishes."""
        return self._is_open

    @property
    def is_busy(self) -> bool:
        """Whether it warms up something, and would fork only afterwards."""
        return any(answer.asked == messages.WARM for answer in self._asked.copy())

    def warm_up(self, path: str, around: Mapping[str, Any]) -> Answer:
        """Let it warm up a class; the answer comes later.

        Args:
            path: Import path of the class.
            around: The ``surroundings`` of this process.
        """
        wish = {"path": path, "surroundings": dict(around)}
        return self._ask(messages.WARM, json.dumps(wish).encode())

    def fork(
        self, variables: Mapping[str, str], sys_path: Sequence[str], log: int
    ) -> ForkedWorker | str:
        """Have a worker forked, or hear why there is none.

        Args:
            variables: The environment variables of the worker.
            sys_path: Where imports are found here.
            log: Descriptor of the file to which it prints.
        """
        its_inward, inward = os.pipe()
        outward, its_outward = os.pipe()
        ours = os.fdopen(inward, "wb"), os.fdopen(outward, "rb")
        wish = json.dumps({"variables": dict(variables), "sys_path": list(sys_path)})
        try:
            answer = self._ask(messages.FORK, wish.encode(), (its_inward, its_outward, log))
        finally:
            os.close(its_inward)
            os.close(its_outward)
        is_there = answer.is_there.wait(_ANSWER_S)
        if is_there and answer.kind == messages.FORKED and answer.end is not None:
            return ForkedWorker(json.loads(answer.content), *ours, answer.end)
        for pipe in ours:  # a worker that is forked too late finds nothing to do, and ends
            pipe.close()
        return answer.content.decode(errors="replace") if is_there else "the template is slow"

    def let_go(self) -> None:
        """Wish nothing more; it ends when its workers have."""
        with self._lock, suppress(OSError):
            self._is_open = False
            messages.send(self._control, messages.LAST)

    # Inside

    def _ask(self, kind: bytes, content: bytes, descriptors: Sequence[int] = ()) -> Answer:
        answer = Answer(kind)
        with self._lock:
            if self._is_open:
                self._asked.append(answer)
                with suppress(OSError):  # the listening thread finds out, and says so
                    messages.send(self._control, kind, content, descriptors)
                return answer
        return _without_template(answer)

    def _listen(self) -> None:
        with self._control:
            while (message := messages.receive(self._control)) is not None:
                kind, content, _ = message
                if kind == messages.ENDED:
                    pid, exit_code = json.loads(content)
                    end = self._ends.pop(pid)
                    end.exit_code = exit_code
                    end.is_told.set()
                    continue
                answer = self._asked.popleft()
                answer.kind, answer.content = kind, content
                if kind == messages.FORKED:
                    answer.end = self._ends[json.loads(content)] = End()
                answer.is_there.set()
            with self._lock:
                self._is_open = False
                unanswered = list(self._asked)
                self._asked.clear()
        for answer in unanswered:
            _without_template(answer)
        for end in self._ends.values():
            end.is_told.set()
        self._process.wait()


def _without_template(answer: Answer) -> Answer:
    answer.kind, answer.content = messages.FAILED, b"the template has ended"
    answer.is_there.set()
    return answer
