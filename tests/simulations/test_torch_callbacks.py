"""GymDash's callbacks and state stack."""

from __future__ import annotations

import pytest

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.simulations.torch_callbacks import (
    STATE_NONE,
    BaseCustomCallback,
    CallbackCustomList,
    EmptyCallback,
    SimpleStateStack,
)


class Told(BaseCustomCallback):
    """Notes in which state it is called with which step, and may say no."""

    def __init__(self, says: bool = True) -> None:
        super().__init__()
        self.says = says
        self.seen: list[tuple[object, str, object]] = []

    def _on_invoke(self) -> bool:
        self.seen.append((self.state, self.full_state, self.locals.get("step")))
        return self.says


def test_states_are_pushed_popped_and_joined() -> None:
    stack = SimpleStateStack()
    assert (stack.state, stack.full_state) == (STATE_NONE, "")
    stack.push_state("a")
    stack.push_state("b")
    assert (stack.state, stack.full_state) == ("b", "a/b")
    stack.pop_state()
    assert stack.full_state == "a"


def test_the_state_below_all_others_stays() -> None:
    stack = SimpleStateStack()
    stack.pop_state()
    stack.push_state("a")
    stack.reset_state()
    stack.pop_state()
    assert stack.state_stack == [STATE_NONE]


def test_a_list_calls_all_even_when_the_first_says_no() -> None:
    first, second = Told(says=False), Told()
    both = CallbackCustomList([first, second])
    assert both.on_invoke() is False
    assert (first.n_calls, second.n_calls) == (1, 1)


def test_a_list_passes_on_states_and_what_is_told() -> None:
    inside = Told()
    around = CallbackCustomList([inside, EmptyCallback()])
    around.on_process_start({"step": 0})
    with around.context("train", "val"):
        around.update_locals({"step": 7})
        assert around.on_invoke() is True
    around.on_invoke()
    assert inside.seen == [("val", "train/val", 7), (STATE_NONE, "", 7)]
    assert inside.parent is around


def test_what_one_is_told_is_a_copy() -> None:
    inside, given = Told(), {"step": 1}
    inside.on_process_start(given)
    inside.update_locals({"step": 2})
    assert given == {"step": 1}


def test_a_state_for_one_call_is_gone_after_an_error() -> None:
    class Fails(Told):
        def _on_invoke(self) -> bool:
            raise RuntimeError

    callback = Fails()
    with pytest.raises(RuntimeError):
        callback.on_invoke("once")
    assert callback.state == STATE_NONE


def test_a_list_of_something_else_is_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="takes a list of callbacks"):
        CallbackCustomList([print])  # type: ignore[list-item]
