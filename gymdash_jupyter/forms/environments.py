"""Which gymnasium environments there are, and what acts in them. gymnasium is imported when somebody asks."""

from __future__ import annotations

import re
import threading
import warnings
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

from gymdash_jupyter.errors import did_you_mean

_VERSION = re.compile(r"^(?P<name>.*)-v(?P<number>\d+)$")
_ONCE = threading.Lock()


def environment_ids() -> list[str]:
    """List the ids of all registered environments, the notebook's own too; ``[]`` without gymnasium."""
    if find_spec("gymnasium") is None:
        return []
    with _ONCE:
        import gymnasium
    # These two wrap what somebody gives them.
    return [name for name in gymnasium.registry if not name.startswith("GymV2")]


def newest_environment_ids() -> list[str]:
    """List the newest version of each environment, in the order in which they were registered."""
    newest: dict[str, int] = {}
    for name in environment_ids():
        match = _VERSION.match(name)
        base, number = (match["name"], int(match["number"])) if match else (name, -1)
        newest[base] = max(newest.get(base, -1), number)
    return [base if number < 0 else f"{base}-v{number}" for base, number in newest.items()]


def problem_of_environment(env: Any) -> str:
    """Say why there is no such environment; ``""`` when there is, or when only making it can tell."""
    if not isinstance(env, str) or ":" in env:  # "module:id" is imported where the simulation runs
        return ""
    known = environment_ids()
    if not known or env in known or any(each.startswith(f"{env}-v") for each in known):
        return ""
    hint = did_you_mean(env, known)
    if not hint and "/" in env:
        hint = f" If a package registers it when it is imported, write the package's name before it: package:{env}"
    return f"There is no environment {env!r} here.{hint or ' Choose one of the list, or register your own.'}"


@lru_cache(maxsize=64)
def action_kind(env: str) -> tuple[str, str]:
    """Find out what acts in an environment, by making one.

    Args:
        env: A registered id.

    Returns:
        The name of the class of its action space, such as ``Discrete``, or ``""`` where that cannot be told; and why
        the environment cannot be made, or ``""``.
    """
    if env not in environment_ids():
        return "", ""
    import gymnasium

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            made = gymnasium.make(env)
        except (gymnasium.error.DependencyNotInstalled, ImportError) as exc:
            return "", str(exc)
        except Exception:  # noqa: BLE001 - it may need kwargs, or fail in any way; its start will say so
            return "", ""
    try:
        return type(made.action_space).__name__, ""
    finally:
        made.close()
