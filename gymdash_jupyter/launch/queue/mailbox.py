"""How a notebook's process hands a keeper what cannot be stored: over a socket that only this user can reach.

The socket lies in a folder of this user alone, beside a secret that both sides prove to know. There
is no port. Only bytes are exchanged; nothing is unpickled on the way.
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import stat
import sys
import tempfile
import threading
from contextlib import suppress
from multiprocessing import AuthenticationError
from multiprocessing.connection import (
    Client,
    Connection,
    Listener,
    answer_challenge,
    deliver_challenge,
)
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gymdash_jupyter.errors import LaunchError

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)

TROUBLES: Final = (OSError, EOFError, AuthenticationError)
"""What talking to somebody who may be gone can raise."""

TAKEN: Final = b"taken"
REFUSED: Final = b"refused"

_PREFIX = "gymdash-"
_SECRET, _SOCKET = "secret", "keeper"
_SECRET_BYTES = 32
_LONGEST_SOCKET_PATH = 100  # the system's own limit is 104 or 108 bytes
_PATIENCE_S = 10.0
_RETRY_INTERVAL_S = 1.0


class Mailbox:
    """Take letters of two parts, a head and a body, each from a sender who hears whether it was taken.

    Args:
        take: Called in a helper thread with head and body; tells whether they are taken.
    """

    def __init__(self, take: Callable[[bytes, bytes], bool]) -> None:
        self._take = take
        self._is_closed = threading.Event()
        self._folder = _private_folder()
        secret = secrets.token_bytes(_SECRET_BYTES)
        (self._folder / _SECRET).write_bytes(secret)
        family, address = _address_in(self._folder)
        self._listener = Listener(address, family, backlog=64, authkey=secret)
        threading.Thread(target=self._accept, name="gymdash-mailbox", daemon=True).start()

    @property
    def address(self) -> str:
        """Where others find it."""
        return str(self._folder)

    @property
    def is_there(self) -> bool:
        """Whether others can still find it: folders for what is temporary are cleaned now and then."""
        return (self._folder / _SECRET).exists()

    def close(self) -> None:
        """Take no more letters."""
        self._is_closed.set()
        with suppress(OSError):
            self._listener.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _accept(self) -> None:
        while not self._is_closed.is_set():
            try:
                connection = self._listener.accept()
            except (EOFError, AuthenticationError, ConnectionError) as exc:
                logger.warning("Somebody could not prove to be this user: %s", exc)
                continue
            except OSError as exc:
                if not self._is_closed.wait(_RETRY_INTERVAL_S):  # no more files to be had, for now
                    logger.warning("Nobody can be listened to now: %s", exc)
                continue
            threading.Thread(target=self._read, args=(connection,), daemon=True).start()

    def _read(self, connection: Connection) -> None:
        try:
            with connection:
                is_taken = self._take(connection.recv_bytes(), connection.recv_bytes())
                connection.send_bytes(TAKEN if is_taken else REFUSED)
        except TROUBLES as exc:
            logger.info("A sender is gone: %s", exc)


def post(address: str, head: bytes, body: bytes) -> bool:
    """Send a letter; tell whether it was taken.

    Raises:
        OSError, EOFError, AuthenticationError: Nobody is there, or it is not this user's.
    """
    folder = Path(address)
    _check_private(folder)
    family, name = _address_in(folder)
    secret = (folder / _SECRET).read_bytes()
    with Client(name, family) as connection:
        # Client(authkey=...) would do the same, and wait for ever where the keeper is stopped.
        _await_answer(connection, address)
        answer_challenge(connection, secret)
        deliver_challenge(connection, secret)
        connection.send_bytes(head)
        connection.send_bytes(body)
        _await_answer(connection, address)
        return connection.recv_bytes() == TAKEN


def _await_answer(connection: Connection, address: str) -> None:
    if not connection.poll(_PATIENCE_S):
        msg = f"The keeper at {address} does not answer."
        raise TimeoutError(msg)


def clear_away(address: str) -> None:
    """Remove what a keeper left that was killed. The address may say anything: only such a folder is removed."""
    folder = Path(address)
    try:
        _check_private(folder)
        left = {path.name for path in folder.iterdir()}
    except (OSError, ValueError):  # it is gone, or nobody's to remove
        return
    if folder.name.startswith(_PREFIX) and left <= {_SOCKET, _SECRET}:
        shutil.rmtree(folder, ignore_errors=True)


def _private_folder() -> Path:
    """Make a folder for this user alone, with a path short enough for a socket."""
    for parent in (os.environ.get("XDG_RUNTIME_DIR"), None, "/tmp"):  # noqa: S108 - mkdtemp makes it private
        try:
            folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent or None))
        except OSError:
            continue
        if sys.platform == "win32" or len(str(folder / _SOCKET).encode()) < _LONGEST_SOCKET_PATH:
            return folder
        folder.rmdir()
    msg = (
        "There is no folder for a socket: set XDG_RUNTIME_DIR or TMPDIR to one that can be written "
        "and has a short path."
    )
    raise LaunchError(msg)


def _check_private(folder: Path) -> None:
    if sys.platform == "win32":
        return  # the temporary folder is the user's own
    about = folder.lstat()
    if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.getuid() or about.st_mode & 0o077:
        msg = f"{folder} is not this user's own folder."
        raise PermissionError(msg)


def _address_in(folder: Path) -> tuple[str, str]:
    if sys.platform == "win32":
        return "AF_PIPE", rf"\\.\pipe\{folder.name}"
    return "AF_UNIX", str(folder / _SOCKET)
