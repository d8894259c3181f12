"""Statuses: what they take, and what they say of what they do not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.statuses import SimStatus, SimStatusCode, SimStatusSubcode


def test_codes_and_subcodes_have_gymdashs_numbers() -> None:
    assert {c.name: c.value for c in SimStatusCode} == {"SUCCESS": 0, "FAIL": 1, "INFO": 2}
    assert {c.name: c.value for c in SimStatusSubcode} == {"NONE": 0, "ERROR": 1, "STOPPED": 2}


def test_a_status_needs_only_a_code() -> None:
    status = SimStatus(SimStatusCode.INFO)
    assert (status.time, status.subcode, status.details, status.error_trace) == (None, 0, "", "")


def test_a_plain_number_becomes_a_code() -> None:
    assert SimStatus(1, subcode=2) == SimStatus(
        SimStatusCode.FAIL, subcode=SimStatusSubcode.STOPPED
    )  # type: ignore[arg-type]


def test_a_subcode_may_be_any_number() -> None:
    assert SimStatus(SimStatusCode.INFO, subcode=77).subcode == 77


def test_arguments_may_be_given_by_position_as_in_gymdash() -> None:
    time = datetime(2026, 1, 1, tzinfo=UTC)
    status = SimStatus(SimStatusCode.FAIL, time, SimStatusSubcode.ERROR, "words", "trace")
    assert (status.time, status.details, status.error_trace) == (time, "words", "trace")


def test_a_naive_time_is_local_time() -> None:
    naive = datetime(2026, 1, 1, 12)  # noqa: DTZ001 - this is what is tested
    status = SimStatus(SimStatusCode.INFO, naive)
    assert status.time == naive.astimezone(UTC)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"code": 9}, r"code of 0 \(SUCCESS\), 1 \(FAIL\), 2 \(INFO\).*code=9"),
        ({"code": "FAIL"}, "code='FAIL'"),
        ({"code": 1, "subcode": "ERROR"}, "subcode='ERROR'"),
        ({"code": 1, "time": 5}, "a datetime or None as its time; got 5"),
        ({"code": 1, "time": "now"}, "got 'now'"),
    ],
)
def test_a_status_that_means_nothing_is_refused(arguments: Any, words: str) -> None:
    with pytest.raises(InvalidArgumentError, match=words):
        SimStatus(**arguments)
