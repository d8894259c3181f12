"""Simulations to start warm; they are imported by the template, and say in what process they are."""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from gymdash_jupyter.simulation import Simulation
from tests.launch.samples import Polite
from tests.waiting import wait_until


class Looking(Simulation):
    """Leaves as its result what its process is like."""

    @classmethod
    def _warm_up(cls) -> None:
        np.random.seed(1)
        random.seed(1)

    def _run(self, **kwargs: Any) -> None:
        self.result = {
            "pid": os.getpid(),
            "parent": os.getppid(),
            "leader": [os.getsid(0), os.getpgid(0)],
            "random": [random.random(), float(np.random.rand())],  # noqa: S311 - what is seeded
            "process": {
                "folder": str(Path.cwd()),
                "sys_path": sys.path,
                "argv": sys.argv,
                "variables": dict(os.environ),
                "descriptors": _descriptors(),
                "handlers": [str(signal.getsignal(s)) for s in (signal.SIGCHLD, signal.SIGINT)],
                "flags": str(sys.flags),
            },
        }


class Child(Polite):
    """Inherits from what may be warm."""


class Leaving(Simulation):
    """Leaves a thread running when it is warmed up."""

    @classmethod
    def _warm_up(cls) -> None:
        threading.Thread(target=threading.Event().wait, daemon=True).start()


class Waiting(Simulation):
    """Is warm when the file that ``GYMDASH_TEST_GATE`` names is there."""

    @classmethod
    def _warm_up(cls) -> None:
        wait_until(Path(os.environ["GYMDASH_TEST_GATE"]).exists, 150)


class Failing(Simulation):
    """Cannot be warmed up."""

    @classmethod
    def _warm_up(cls) -> None:
        raise RuntimeError("it stays cold")


def _descriptors() -> list[str]:
    """Give what the standard ones are, and all sockets."""
    targets = {}
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # the one that lists
            targets[int(entry.name)] = str(entry.readlink())
    sockets = [target for target in targets.values() if target.startswith("socket")]
    return [Path(targets[number]).name for number in (0, 1, 2)] + sockets
