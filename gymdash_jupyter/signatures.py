"""Which files this user's own trainings wrote: a signature beside them, made with a key that never leaves the user.

Loading a model runs code from its file. Who owns a file or what a project says about it proves nothing, since both come
along with a copied or downloaded project; so each model that is saved is signed (HMAC-SHA256 of its bytes) with a key
of this user on this machine, as Jupyter does with trusted notebooks. Where no key can be kept, nothing is signed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import secrets
from pathlib import Path

from gymdash_jupyter.errors import UserFolderError
from gymdash_jupyter.user_folder import user_folder

logger = logging.getLogger(__name__)

FILE = ".signatures.json"
"""Beside the signed files: their signatures by name."""

KEY_VARIABLE = "GYMDASH_SIGNING_KEY"
"""Environment variable with the path of the key, for a key elsewhere or one that several machines share."""

_KEY_BYTES = 32


def key_path() -> Path:
    """Give where this user's key is, or will be."""
    given = os.environ.get(KEY_VARIABLE)
    return Path(given).expanduser() if given else user_folder() / "signing_key"


def sign(*paths: Path) -> bool:
    """Sign files that this process has just written, all in one folder; tell whether it could."""
    key = _key(make=True)
    if key is None:
        return False
    folder = paths[0].parent
    known = _signatures(folder)
    try:
        known.update({path.name: _signature(key, path) for path in paths})
        partial = folder / f"{FILE}.{os.getpid()}.partial"
        partial.write_text(json.dumps(known, indent=1), "utf-8")
        partial.replace(folder / FILE)
    except OSError as exc:
        logger.warning("%s cannot be signed: %s", paths[0], exc)
        return False
    return True


def is_signed(path: Path) -> bool:
    """Tell whether a file is, byte for byte, one that this user's own process wrote and signed."""
    key = _key(make=False)
    given = _signatures(path.parent).get(path.name)
    if key is None or given is None:
        return False
    try:
        return hmac.compare_digest(_signature(key, path), given)
    except OSError:
        return False


def signature_of(purpose: str, content: bytes) -> str:
    """Sign bytes that this process has made; ``""`` where no key can be kept.

    Args:
        purpose: What the signature is for, so that it proves nothing anywhere else.
        content: What is signed.
    """
    key = _key(make=True)
    return "" if key is None else _content_signature(key, purpose, content)


def is_signature_of(signature: str, purpose: str, content: bytes) -> bool:
    """Tell whether this user has signed these bytes for this purpose."""
    key = _key(make=False)
    if key is None or not signature.isascii():
        return False
    return hmac.compare_digest(_content_signature(key, purpose, content), signature)


def _content_signature(key: bytes, purpose: str, content: bytes) -> str:
    own_key = hmac.digest(key, b"gymdash " + purpose.encode(), "sha256")
    return hmac.new(own_key, content, hashlib.sha256).hexdigest()


def _signature(key: bytes, path: Path) -> str:
    signing = hmac.new(key, digestmod=hashlib.sha256)
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            signing.update(chunk)
    return signing.hexdigest()


def _signatures(folder: Path) -> dict[str, str]:
    try:
        found = json.loads((folder / FILE).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {n: s for n, s in found.items() if isinstance(s, str) and s.isascii()}


def _key(*, make: bool) -> bytes | None:
    try:
        path = key_path()
    except UserFolderError as exc:
        if make:
            logger.info("Models are not signed: %s", exc)
        return None
    try:
        if make and not path.exists():
            _make_key(path)
        key = path.read_bytes()
    except OSError as exc:
        if make:
            logger.info("Models are not signed, because %s cannot be used: %s", path, exc)
        return None
    return key if len(key) >= _KEY_BYTES else None


def _make_key(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY
    with os.fdopen(os.open(partial, flags, 0o600), "wb") as file:
        file.write(secrets.token_bytes(_KEY_BYTES))
    try:
        os.link(partial, path)  # only the first of several processes makes it
    except FileExistsError:
        pass
    except OSError:  # a file system without links
        if not path.exists():
            partial.replace(path)
            return
    partial.unlink(missing_ok=True)
