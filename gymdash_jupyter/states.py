"""The states of a simulation: which there are, how it moves between them, and how GymDash's flags say them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class SimState(StrEnum):
    """Where a simulation is in its life."""

    CREATED = "created"
    QUEUED = "queued"
    SETTING_UP = "setting_up"
    RUNNING = "running"
    PAUSED = "paused"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"

    @property
    def is_terminal(self) -> bool:
        """Whether the simulation has ended."""
        return self in TERMINAL_STATES


TERMINAL_STATES = frozenset(
    {SimState.SUCCEEDED, SimState.FAILED, SimState.CANCELLED, SimState.LOST}
)
ACTIVE_STATES = frozenset({SimState.SETTING_UP, SimState.RUNNING, SimState.PAUSED})
SETTLED_STATES = ACTIVE_STATES | {SimState.QUEUED}
"""States in which a simulation is lost when its process has died."""

ALLOWED_MOVES: Mapping[SimState, frozenset[SimState]] = {
    SimState.CREATED: frozenset(
        {SimState.QUEUED, SimState.SETTING_UP, SimState.FAILED, SimState.CANCELLED, SimState.LOST}
    ),
    SimState.QUEUED: frozenset(
        {SimState.SETTING_UP, SimState.FAILED, SimState.CANCELLED, SimState.LOST}
    ),
    SimState.SETTING_UP: frozenset(
        {SimState.RUNNING, SimState.FAILED, SimState.CANCELLED, SimState.LOST}
    ),
    SimState.RUNNING: frozenset({SimState.PAUSED, *TERMINAL_STATES}),
    SimState.PAUSED: frozenset({SimState.RUNNING, *TERMINAL_STATES}),
    SimState.SUCCEEDED: frozenset(),
    SimState.FAILED: frozenset(),
    SimState.CANCELLED: frozenset(),
    # Whoever was only silent, not dead, may come back; the store lets nobody but the owner do it.
    SimState.LOST: frozenset(
        {SimState.RUNNING, SimState.SUCCEEDED, SimState.FAILED, SimState.CANCELLED}
    ),
}
"""The one table of allowed moves between states."""


class Flags(NamedTuple):
    """The four booleans that GymDash stores for a simulation."""

    is_done: bool
    cancelled: bool
    failed: bool
    force_stopped: bool


def flags_of(state: SimState, *, was_killed: bool = False) -> Flags:
    """Give the stored flags of a state.

    Args:
        state: The state.
        was_killed: Whether a cancelled simulation had to be killed.
    """
    if state is SimState.SUCCEEDED:
        return Flags(is_done=True, cancelled=False, failed=False, force_stopped=False)
    if state is SimState.FAILED:
        return Flags(is_done=True, cancelled=False, failed=True, force_stopped=False)
    if state is SimState.CANCELLED:
        return Flags(is_done=True, cancelled=True, failed=True, force_stopped=was_killed)
    if state is SimState.LOST:
        return Flags(is_done=True, cancelled=False, failed=True, force_stopped=True)
    return Flags(is_done=False, cancelled=False, failed=False, force_stopped=False)


def state_of_foreign(flags: Flags, *, has_started: bool) -> SimState:
    """Derive the state of a simulation that GymDash itself stored, which knows flags only."""
    if flags.cancelled:
        return SimState.CANCELLED
    if flags.force_stopped:
        return SimState.LOST
    if flags.failed:
        return SimState.FAILED
    if flags.is_done:
        return SimState.SUCCEEDED
    return SimState.RUNNING if has_started else SimState.CREATED
