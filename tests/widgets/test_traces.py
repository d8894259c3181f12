from __future__ import annotations

import traceback

import pytest

from gymdash_jupyter.widgets.traces import parse_error


class NameNotFound(Exception):  # noqa: N818 - as gymnasium names its own
    pass


def fail_with(exc):
    raise exc


def trace_of(exc):
    with pytest.raises(type(exc)) as caught:
        fail_with(exc)
    return "".join(traceback.format_exception(caught.value))


def test_type_message_and_frame_come_from_the_trace():
    facts = parse_error("it failed", trace_of(ValueError("bad loc: tensor([nan])")))
    assert (facts.type, facts.message) == ("ValueError", "bad loc: tensor([nan])")
    assert facts.frame.startswith("widgets/test_traces.py:")
    assert facts.frame.endswith(" in fail_with")


def test_type_is_shown_without_its_module():
    assert parse_error("", trace_of(NameNotFound("no env"))).type == "NameNotFound"


def test_message_may_have_several_lines():
    assert parse_error("", trace_of(RuntimeError("one\ntwo"))).message == "one\ntwo"


def test_exception_without_words_has_an_empty_message():
    facts = parse_error("", trace_of(ValueError()))
    assert (facts.type, facts.message) == ("ValueError", "")


def test_the_last_of_chained_exceptions_counts():
    second = ValueError("second")
    second.__cause__ = KeyError("first")
    assert parse_error("", trace_of(second)).message == "second"


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/x/lib/python3.11/site-packages/torch/nn/functional.py", "torch/nn/functional.py:7"),
        ("/tmp/ipykernel_12/345.py", "notebook cell:7"),  # noqa: S108 - only a name
        ("C:\\Users\\me\\work\\train.py", "work/train.py:7"),
    ],
)
def test_frame_is_short(path, place):
    text = f'Traceback (most recent call last):\n  File "{path}", line 7, in f\n    g()\nValueError: x'
    assert parse_error("", text).frame == f"{place} in f"


def test_details_are_read_when_there_is_no_trace():
    facts = parse_error("ValueError: bad", "")
    assert (facts.type, facts.message, facts.frame, facts.lines) == ("ValueError", "bad", "", 0)


def test_plain_words_stay_a_message():
    facts = parse_error("Stopped: out of memory", "")
    assert (facts.type, facts.message) == ("", "Stopped: out of memory")


def test_any_text_is_survived():
    assert parse_error("", "not a trace\n\n  at all").lines == 3
