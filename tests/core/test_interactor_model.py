"""The interactor against a second, slow and plain statement of the same rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule

from gymdash_jupyter.channels import CHANNELS
from gymdash_jupyter.interactor import SimulationInteractor

ALWAYS_ASKED = {"progress", "progress_status"}
ONE_BY_ONE = {"custom_query"}

channels = st.sampled_from([*CHANNELS, "no_such"])
values = st.integers(0, 3)


@dataclass
class Question:
    value: int
    by_hand: bool
    answers: list[Any] = field(default_factory=list)
    is_withdrawn: bool = False


class InteractorModel(RuleBasedStateMachine):
    """Lists where the interactor has queues, one place that says who is answered by what."""

    asked = Bundle("asked")

    def __init__(self) -> None:
        super().__init__()
        self.box = SimulationInteractor()
        self.questions: dict[str, list[Question]] = {channel: [] for channel in CHANNELS}
        self.out: dict[str, tuple[bool, Any]] = dict.fromkeys(CHANNELS, (False, None))
        self.n_requests = dict.fromkeys(CHANNELS, 0)
        self.is_over = False

    # The rules of answering and asking, said once

    def is_asked(self, channel: str) -> bool:
        return channel in CHANNELS and (channel in ALWAYS_ASKED or self.questions[channel] != [])

    def first(self, channel: str) -> Any:
        return self.questions[channel][0].value if self.questions[channel] else None

    def answer(self, channel: str, value: int) -> None:
        everybody = self.questions[channel]
        answered = everybody[:1] if channel in ONE_BY_ONE else everybody
        self.questions[channel] = everybody[len(answered) :]
        for question in answered:
            question.answers.append(value)
        someone_waited = answered != [] and not any(q.by_hand for q in answered)
        self.out[channel] = (False, None) if someone_waited else (True, value)
        if answered and channel not in ALWAYS_ASKED:
            self.n_requests[channel] = 0

    def put_by_hand(self, channel: str, value: int) -> None:
        for question in self.questions[channel]:
            if question.by_hand:
                question.value = value
                return
        self.questions[channel].append(Question(value, by_hand=True))

    # What may be called

    @rule(channel=channels, value=values)
    def set_in(self, channel: str, value: int) -> None:
        self.box.set_in(channel, value)
        if channel in CHANNELS:
            self.put_by_hand(channel, value)

    @rule(channel=channels, value=values)
    def set_out(self, channel: str, value: int) -> None:
        self.box.set_out(channel, value)
        if channel in CHANNELS:
            self.answer(channel, value)

    @rule(channel=channels, value=values)
    def set_out_if_in(self, channel: str, value: int) -> None:
        expected = self.is_asked(channel)
        assert self.box.set_out_if_in(channel, value) is expected
        if expected:
            self.answer(channel, value)

    @rule(channel=channels, value=values, comparison=st.none() | values)
    def set_out_if_in_value(self, channel: str, value: int, comparison: int | None) -> None:
        expected = self.is_asked(channel) and self.first(channel) == comparison
        assert self.box.set_out_if_in_value(channel, value, comparison) is expected
        if expected:
            self.answer(channel, value)

    @rule(channel=channels, value=values)
    def set_in_if_out(self, channel: str, value: int) -> None:
        expected = channel in CHANNELS and self.out[channel][0]
        assert self.box.set_in_if_out(channel, value) is expected
        if expected:
            self.put_by_hand(channel, value)

    @rule(channel=channels, value=values, comparison=st.none() | values)
    def set_in_if_out_value(self, channel: str, value: int, comparison: int | None) -> None:
        expected = channel in CHANNELS and self.out[channel] == (True, comparison)
        assert self.box.set_in_if_out_value(channel, value, comparison) is expected
        if expected:
            self.put_by_hand(channel, value)

    @rule(target=asked, channel=st.sampled_from(CHANNELS), value=values)
    def ask(self, channel: str, value: int) -> Any:
        ask, question = self.box.ask(channel, value), Question(value, by_hand=False)
        if self.is_over:
            assert ask.error is not None
        else:
            self.questions[channel].append(question)
        return ask, question, channel

    @rule(pair=asked)
    def withdraw(self, pair: Any) -> None:
        ask, question, channel = pair
        waits = any(q is question for q in self.questions[channel])
        assert self.box.withdraw(ask) is waits
        if waits:
            self.questions[channel] = [q for q in self.questions[channel] if q is not question]

    @rule(channel=channels)
    def request(self, channel: str) -> None:
        assert self.box.add_control_request(channel, "?") is (channel in CHANNELS)
        if channel in CHANNELS:
            self.n_requests[channel] += 1

    @rule()
    @precondition(lambda self: any(self.n_requests.values()))
    def clear(self) -> None:
        self.box.clear_all_control_requests()
        self.n_requests = dict.fromkeys(CHANNELS, 0)

    @rule()
    @precondition(lambda self: not self.is_over)
    def end(self) -> None:
        self.box.end("over")
        self.is_over = True
        self.questions = {channel: [] for channel in CHANNELS}
        self.n_requests = dict.fromkeys(CHANNELS, 0)

    @rule(pair=asked)
    def answers_are_those_of_the_model(self, pair: Any) -> None:
        ask, question, _ = pair
        if question.answers:
            assert [ask.answer] == question.answers
            assert ask.is_answered

    @invariant()
    def channels_look_as_in_the_model(self) -> None:
        for channel in CHANNELS:
            assert self.box.get_in(channel) == (self.is_asked(channel), self.first(channel))
            assert self.box.get_out(channel) == self.out[channel]

    @invariant()
    def requests_are_those_of_the_model(self) -> None:
        found = self.box.get_all_control_requests()
        assert {channel: len(found.get(channel, [])) for channel in CHANNELS} == self.n_requests
        assert self.box.has_requests == any(self.n_requests.values())


TestInteractorModel = InteractorModel.TestCase
TestInteractorModel.settings = settings(max_examples=60, stateful_step_count=40, derandomize=True)
