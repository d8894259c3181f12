"""How a simulation is asked and answers: channels, and control requests to the person.

A channel is a named two-way mailbox. What comes in waits in order until the simulation answers it
with something going out. Nothing here knows a store, a tracker or another process; who carries
questions here from elsewhere uses ``ask``.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from gymdash_jupyter.channels import (
    ALWAYS_ASKED,
    CHANNELS,
    STOP,
    Ask,
    Channel,
)
from gymdash_jupyter.errors import SimulationEndedError, UnknownChannelError, did_you_mean
from gymdash_jupyter.records import ControlRequest, now_utc

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)


class SimulationInteractor:
    """Let one simulation be asked and answer, from any threads.

    The simulation looks at its channels when it suits it. A question stays up until it is
    answered, so looking twice sees the same one. Questions on one channel are answered in order,
    each once. ``progress`` and ``progress_status`` are always asked. Unknown channels are ignored,
    as GymDash did.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._channels = {name: Channel(name) for name in CHANNELS}
        self._requests: list[ControlRequest] = []
        self._unsaved_requests: list[ControlRequest] = []
        self._unsaved_closings: list[str] = []
        self._listeners: dict[str, Callable[[Any], None]] = {}
        self._ended_because = ""
        self._forward: Callable[[str, Any], None] | None = None
        self._requests_elsewhere: Callable[[], list[ControlRequest]] | None = None

    # What a simulation calls

    def get_in(self, channel: str) -> tuple[bool, Any]:
        """Look whether something is asked on a channel.

        Returns:
            Whether, and what; ``(False, None)`` for an unknown channel.
        """
        box = self._channels.get(channel)
        if box is None:
            return False, None
        with self._lock:
            return box.is_in, box.in_value

    def is_asked(self, channel: str) -> bool:
        """Tell whether something waits on a channel; cheap enough for every step of a training."""
        box = self._channels.get(channel)
        return box is not None and (box.is_always_asked or bool(box.waiting))

    def get_out(self, channel: str) -> tuple[bool, Any]:
        """Look at what last went out on a channel, as often as one likes; what was delivered is not there any more.

        Returns:
            Whether there is something, and what; ``(False, None)`` for an unknown channel.
        """
        box = self._channels.get(channel)
        if box is None:
            return False, None
        with self._lock:
            return box.is_out, box.out_value

    def set_in(self, channel: str, value: Any) -> None:
        """Ask something by hand, without waiting; replaces what was set by hand and is still unanswered."""
        box = self._channels.get(channel)
        if box is None:
            return
        with self._lock:
            # Looked at together: what is put in here after that is carried by nobody.
            carry = self._forward
            if carry is None:
                self._put_in(box, value)
        if carry is not None:
            carry(channel, value)

    def set_out(self, channel: str, value: Any) -> None:
        """Say something on a channel, and answer with it what is asked there first."""
        box = self._channels.get(channel)
        if box is None:
            return
        with self._lock:
            answered = self._put_out(box, value)
        self._deliver(channel, value, answered)

    def set_out_if_in(self, channel: str, out_value: Any) -> bool:
        """Answer only if something is asked; tell whether it was."""
        box = self._channels.get(channel)
        # Called at every step of a training: no lock while nobody asks.
        if box is None or not (box.is_always_asked or box.waiting):
            return False
        with self._lock:
            if not box.is_in:
                return False
            answered = self._put_out(box, out_value)
        self._deliver(channel, out_value, answered)
        return True

    def set_in_if_out(self, channel: str, in_value: Any) -> bool:
        """Ask only if something went out and was not fetched; tell whether it was so."""
        return self._set_in_when(channel, in_value, lambda _: True)

    def set_out_if_in_value(self, channel: str, out_value: Any, comparison: Any) -> bool:
        """Answer only if exactly this is asked; tell whether it was."""
        box = self._channels.get(channel)
        if box is None:
            return False
        with self._lock:
            if not box.is_in or not _is_equal(box.in_value, comparison):
                return False
            answered = self._put_out(box, out_value)
        self._deliver(channel, out_value, answered)
        return True

    def set_in_if_out_value(self, channel: str, in_value: Any, comparison: Any) -> bool:
        """Ask only if exactly this went out and was not fetched; tell whether it was so."""
        return self._set_in_when(channel, in_value, lambda out: _is_equal(out, comparison))

    def add_control_request(self, channel: str, details: str = "", *subkeys: str) -> bool:
        """Ask the person something; the answer is expected as a question on the channel.

        Args:
            channel: Where the simulation will look for the answer.
            details: The question, in plain text.
            *subkeys: Names of the values that an answer may hold.

        Returns:
            False, with a warning, when there is no such channel.
        """
        if channel not in self._channels:
            logger.warning(
                "A control request names the unknown channel %r; nothing was asked.", channel
            )
            return False
        request = ControlRequest(
            request_id=str(uuid4()),
            sim_id=UUID(int=0),
            channel=channel,
            details=str(details),
            subkeys=tuple(str(key) for key in subkeys),
            time=now_utc(),
        )
        with self._lock:
            self._requests.append(request)
            self._unsaved_requests.append(request)
        return True

    # What others look at

    @property
    def channels(self) -> tuple[str, ...]:
        """Names of the channels."""
        return tuple(self._channels)

    @property
    def has_requests(self) -> bool:
        """Whether a control request waits."""
        return bool(self._waiting_requests())

    def get_all_control_requests(self) -> dict[str, list[ControlRequest]]:
        """Give the control requests that wait, by channel."""
        waiting = self._waiting_requests()
        return {
            name: found
            for name in self._channels
            if (found := [request for request in waiting if request.channel == name])
        }

    def clear_all_control_requests(self) -> None:
        """Close all control requests that wait."""
        with self._lock:
            self._close_requests(None)

    # What carries questions here

    def add_channel(self, name: str) -> None:
        """Add a channel; does nothing when there is one of this name."""
        with self._lock:
            self._channels.setdefault(name, Channel(name))

    def listen(self, channel: str, listener: Callable[[Any], None]) -> None:
        """Call a function with everything that goes out on a channel, in the simulation's thread."""
        self._listeners[channel] = listener

    def ask(self, channel: str, value: Any, on_end: Callable[[Ask], None] | None = None) -> Ask:
        """Put a question and keep its place in the order.

        Args:
            channel: Name of the channel.
            value: What is asked.
            on_end: Called once, with the ask, when it is answered or cannot be any more.

        Raises:
            UnknownChannelError: There is no such channel.
        """
        box = self._channels.get(channel)
        if box is None:
            msg = (
                f"The simulation has no channel {channel!r}.{did_you_mean(channel, self._channels)} "
                f"It has: {', '.join(sorted(self._channels))}."
            )
            raise UnknownChannelError(msg, channel=channel)
        ask = Ask(channel, value, on_end)
        with self._lock:
            ended_because = self._ended_because
            if not ended_because:
                box.waiting.append(ask)
        if ended_because:
            ask.end(error=SimulationEndedError(ended_because))
        return ask

    def forward(
        self, carry: Callable[[str, Any], None], requests: Callable[[], list[ControlRequest]]
    ) -> None:
        """Stand for an interactor elsewhere from now on, because the simulation executes there.

        Args:
            carry: Takes there what is asked by hand, channel and value.
            requests: Gives the control requests that wait there.
        """
        with self._lock:
            self._forward = carry
            self._requests_elsewhere = requests
            waiting = [ask for box in self._channels.values() for ask in box.waiting]
            for box in self._channels.values():
                # Who waits here for an answer hears at the latest of the end.
                box.waiting = deque(ask for ask in box.waiting if not ask.is_by_hand)
        for ask in waiting:
            carry(ask.channel, ask.value)

    def withdraw(self, ask: Ask) -> bool:
        """Take a question back; False when it was answered first."""
        with self._lock:
            try:
                self._channels[ask.channel].waiting.remove(ask)
            except ValueError:
                return False
        return True

    def end(self, because: str) -> None:
        """Let every question that still waits know that there will be no answer.

        Stopping is different: a simulation that has ended has stopped, so those who asked for it
        get their answer.
        """
        with self._lock:
            self._ended_because = because
            waiting = [ask for box in self._channels.values() for ask in box.waiting]
            for box in self._channels.values():
                box.waiting.clear()
            self._close_requests(None)
        for ask in waiting:
            if ask.channel == STOP:
                ask.end(answer=True)
            else:
                ask.end(error=SimulationEndedError(because))

    def unsaved_requests(self) -> tuple[list[ControlRequest], list[str]]:
        """Give control requests and closings that are not confirmed as stored."""
        with self._lock:
            return list(self._unsaved_requests), list(self._unsaved_closings)

    def confirm_requests(self, n_requests: int, n_closings: int) -> None:
        """Forget what was stored: the first of each kind."""
        with self._lock:
            del self._unsaved_requests[:n_requests]
            del self._unsaved_closings[:n_closings]

    def _waiting_requests(self) -> list[ControlRequest]:
        if self._requests_elsewhere is not None:
            return self._requests_elsewhere()
        with self._lock:
            return self._requests[:]

    # Inside, with the lock held

    def _put_in(self, box: Channel, value: Any) -> None:
        earlier = next((ask for ask in box.waiting if ask.is_by_hand), None)
        if earlier is not None:
            earlier.value = value
        else:
            box.waiting.append(Ask(box.name, value, is_by_hand=True))

    def _put_out(self, box: Channel, value: Any) -> list[Ask]:
        answered = box.take_answered()
        # What those who wait receive is fetched with that; what was asked by hand stays, to be
        # looked at with get_out.
        is_fetched = bool(answered) and not any(ask.is_by_hand for ask in answered)
        box.is_out, box.out_value = (False, None) if is_fetched else (True, value)
        if answered and box.name not in ALWAYS_ASKED:
            self._close_requests(box.name)
        return answered

    def _set_in_when(self, channel: str, value: Any, is_right: Callable[[Any], bool]) -> bool:
        box = self._channels.get(channel)
        if box is None:
            return False
        with self._lock:
            if not box.is_out or not is_right(box.out_value):
                return False
            self._put_in(box, value)
        return True

    def _close_requests(self, channel: str | None) -> None:
        closed = [r for r in self._requests if channel is None or r.channel == channel]
        self._requests = [r for r in self._requests if r not in closed]
        self._unsaved_closings.extend(r.request_id for r in closed)

    def _deliver(self, channel: str, value: Any, answered: list[Ask]) -> None:
        for ask in answered:
            ask.end(answer=value)
        listener = self._listeners.get(channel)
        if listener is not None and (channel in ALWAYS_ASKED or answered):
            listener(value)


def _is_equal(left: Any, right: Any) -> bool:
    try:
        return bool(left == right)
    except Exception:  # noqa: BLE001 - arrays and tensors do not know whether they are equal as a whole
        return False
