"""Other Python processes: a script that talks in lines."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[2]


class OtherProcess:
    """Run a script in a new interpreter; it may import the tests.

    Args:
        code: The script.
        *args: Its arguments.
    """

    def __init__(self, code: str, *args: object) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-c", code, *map(str, args)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self.output: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self.process.pid

    def line(self, timeout_s: float = 60) -> str:
        """Give the next line that it prints."""
        try:
            return self._lines.get(timeout=timeout_s)
        except queue.Empty:
            message = (
                f"The other process printed nothing more in {timeout_s} s. Before: {self.output}"
            )
            raise AssertionError(message) from None

    def say(self, line: str = "") -> None:
        """Send it a line."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def kill(self, *, leaves_zombie: bool = False) -> None:
        """Kill it with ``kill -9``."""
        self.process.kill()
        if not leaves_zombie:
            self.process.wait(60)

    def ended(self, timeout_s: float = 60) -> int:
        """Wait for its end and give its exit status."""
        code = self.process.wait(timeout_s)
        self._reader.join(60)
        return code

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output.append(line.rstrip("\n"))
            self._lines.put(line.rstrip("\n"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(60)
        self._reader.join(60)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


_HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
connection.execute("BEGIN EXCLUSIVE")
print("locked")
input()
connection.execute("ROLLBACK")
print("free")
"""


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Let another process hold the database, so that nobody else can write."""
    with OtherProcess(_HOLD, database) as holder:
        assert holder.line() == "locked"
        yield
        holder.say()
        assert holder.line() == "free"
