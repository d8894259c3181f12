"""Every launcher runs the whole conformance suite."""

from __future__ import annotations

import pytest

from tests.launch.launcher_cases import LauncherCases


class TestThread(LauncherCases):
    @pytest.fixture
    def launcher(self) -> str:
        return "thread"


class TestProcess(LauncherCases):
    many = 8  # a process costs half a second of a CPU
    rounds = 2

    @pytest.fixture
    def launcher(self) -> str:
        return "process"
