"""Run a script that was written for GymDash, as ``python script.py`` would."""

from __future__ import annotations

import argparse
import builtins
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from gymdash_jupyter.compat.finder import enable_gymdash_imports
from gymdash_jupyter.errors import CompatError

_INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the script that the first argument names; all other arguments are the script's.

    Args:
        argv: The arguments; None means those of the command line.

    Returns:
        The exit code: 0, 1 after an exception in the script, 2 when there is no such script,
        130 after Ctrl-C. A script that calls ``sys.exit`` exits by itself.
    """
    given = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(
        prog="python -m gymdash_jupyter.compat",
        usage="%(prog)s [-h] script.py [arguments of the script ...]",
        description="Run a script that was written for GymDash, with gymdash_jupyter in its place.",
    )
    parser.add_argument("script", help="the script; what comes after it is given to it")
    script = parser.parse_args(given[:1]).script
    path = Path(script)
    try:
        source = path.read_bytes()
    except OSError as exc:
        parser.error(f"cannot read the script {script}: {exc.strerror}")
    sys.argv = [script, *given[1:]]
    if not sys.flags.safe_path:
        sys.path[0] = str(path.resolve().parent)
    try:
        enable_gymdash_imports()
    except CompatError as exc:
        parser.exit(1, f"{parser.prog}: {exc}\n")
    return _run(source, str(path.absolute()))


def _run(source: bytes, file: str) -> int:
    # It stays __main__ after its last line, for what runs on: threads, and what they pickle.
    module = ModuleType("__main__")
    module.__file__ = file
    module.__dict__["__builtins__"] = builtins
    sys.modules["__main__"] = module
    try:
        code = compile(source, file, "exec", dont_inherit=True)
        exec(code, module.__dict__)  # noqa: S102 - to run it is what we were asked to do
    except SystemExit:
        raise
    except BaseException as exc:  # noqa: BLE001 - shown here, so that no line of ours is in it
        trace = exc.__traceback__.tb_next if exc.__traceback__ else None
        sys.excepthook(type(exc), exc.with_traceback(trace), trace)
        return _INTERRUPTED if isinstance(exc, KeyboardInterrupt) else 1
    return 0
