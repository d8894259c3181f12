"""Callbacks of a torch training, as GymDash has them: called after each batch, and able to end it.

Nothing here needs torch. A callback is told what is going on by a dict of names that the training chooses, not by its
local variables.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from gymdash_jupyter.errors import InvalidArgumentError

STATE_NONE = "<<none>>"
"""The state below all others."""


class SimpleStateStack:
    """Remember what is being done, and what was before: states are pushed and popped.

    Attributes:
        state_stack: All states, the oldest first, which is ``STATE_NONE``.
    """

    def __init__(self) -> None:
        self.state_stack: list[Any] = [STATE_NONE]

    @property
    def state(self) -> Any:
        """The state that was pushed last; ``STATE_NONE`` when there is none."""
        return self.state_stack[-1]

    @property
    def full_state(self) -> str:
        """All states joined by ``/``, the oldest first; ``""`` when there is none."""
        return "/".join(str(state) for state in self.state_stack[1:])

    def push_state(self, state: Any) -> None:
        """Put a state on top."""
        self.state_stack.append(state)

    def pop_state(self) -> None:
        """Take the top one off; harmless when there is none."""
        if len(self.state_stack) > 1:
            self.state_stack.pop()

    def reset_state(self) -> None:
        """Forget all states."""
        del self.state_stack[1:]


class BaseCustomCallback(ABC):
    """Be called while something goes on, and say whether it may go on. Override ``_on_invoke``.

    Attributes:
        n_calls: How often it was called.
        locals: What whoever calls it tells: for a training ``curr_steps``, ``total_steps``, ``curr_samples``,
            ``epoch``, ``epochs``, ``model``; for a validation or test ``batch``, ``num_batches``, ``model``.
        globals: GymDash's; empty here.
        sm: What is being done while it is called.
        parent: The list that it is in, or None.
    """

    NO_STATE = STATE_NONE

    def __init__(self) -> None:
        super().__init__()
        self.n_calls = 0
        self.locals: dict[str, Any] = {}
        self.globals: dict[str, Any] = {}
        self.sm = SimpleStateStack()
        self.parent: BaseCustomCallback | None = None

    @contextmanager
    def context(self, *temp_states: Any) -> Iterator[None]:
        """Be in some states inside a with block."""
        for state in temp_states:
            self.push_state(state)
        try:
            yield
        finally:
            for _ in temp_states:
                self.pop_state()

    def init_callback(self) -> None:
        """Forget all states before it is used again."""
        self.reset_state()
        self._init_callback()

    def _init_callback(self) -> None:  # noqa: B027 - may be overridden
        """Prepare to be used again."""

    @property
    def state(self) -> Any:
        """What is being done."""
        return self.sm.state

    @property
    def full_state(self) -> str:
        """What is being done, in what else."""
        return self.sm.full_state

    def push_state(self, state: Any) -> None:
        """Take down that something begins."""
        self.sm.push_state(state)

    def pop_state(self) -> None:
        """Take down that it is over."""
        self.sm.pop_state()

    def reset_state(self) -> None:
        """Forget all states."""
        self.sm.reset_state()

    def on_process_start(
        self, locals_: Mapping[str, Any], globals_: Mapping[str, Any] | None = None
    ) -> None:
        """Be told that it begins."""
        self.locals = dict(locals_)
        self.globals = dict(globals_ or {})
        self._on_process_start()

    def _on_process_start(self) -> None:  # noqa: B027 - may be overridden
        """Do what is to be done as it begins."""

    def update_locals(self, locals_: Mapping[str, Any]) -> None:
        """Be told what has changed, before it is called."""
        self.locals.update(locals_)
        self.update_child_locals(locals_)

    def update_child_locals(self, locals_: Mapping[str, Any]) -> None:  # noqa: B027 - may be overridden
        """Tell it to callbacks inside, if there are any."""

    def on_invoke(self, temp_state: Any = None) -> bool:
        """Be called.

        Args:
            temp_state: A state for this call alone, or None.

        Returns:
            Whether it may go on.
        """
        self.n_calls += 1
        if temp_state is None:
            return bool(self._on_invoke())
        with self.context(temp_state):
            return bool(self._on_invoke())

    @abstractmethod
    def _on_invoke(self) -> bool:
        """Do what is to be done; tell whether it may go on."""


class CallbackCustomList(BaseCustomCallback):
    """Call several callbacks in turn; it may go on only if all of them say so. All of them are called.

    Args:
        callbacks: Which ones, in order.

    Raises:
        InvalidArgumentError: It is no list of callbacks.
    """

    def __init__(self, callbacks: list[BaseCustomCallback]) -> None:
        super().__init__()
        if not isinstance(callbacks, list) or not all(
            isinstance(each, BaseCustomCallback) for each in callbacks
        ):
            msg = f"CallbackCustomList takes a list of callbacks; got {callbacks!r}."
            raise InvalidArgumentError(msg)
        self.callbacks = callbacks
        for callback in callbacks:
            callback.parent = self

    def _init_callback(self) -> None:
        for callback in self.callbacks:
            callback.init_callback()

    def _on_process_start(self) -> None:
        for callback in self.callbacks:
            callback.on_process_start(self.locals, self.globals)

    def _on_invoke(self) -> bool:
        # A list, not a generator: one that wants to stop must not keep the others from being called.
        return all([callback.on_invoke() for callback in self.callbacks])  # noqa: C419

    def update_child_locals(self, locals_: Mapping[str, Any]) -> None:
        """Tell all of them what has changed."""
        for callback in self.callbacks:
            callback.update_locals(locals_)

    def push_state(self, state: Any) -> None:
        """Take down that something begins, and so do all of them."""
        super().push_state(state)
        for callback in self.callbacks:
            callback.push_state(state)

    def pop_state(self) -> None:
        """Take down that it is over, and so do all of them."""
        super().pop_state()
        for callback in self.callbacks:
            callback.pop_state()

    def reset_state(self) -> None:
        """Forget all states, and so do all of them."""
        super().reset_state()
        for callback in self.callbacks:
            callback.reset_state()


class EmptyCallback(BaseCustomCallback):
    """Do nothing, and let it go on."""

    def _on_invoke(self) -> bool:
        return True
