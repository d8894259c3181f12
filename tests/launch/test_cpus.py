"""How many CPUs we may use: those we are bound to, or fewer where a control group has a quota."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gymdash_jupyter.launch import usable_cpus

BOUND_TO = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def groups(folder: Path, own: str, files: dict[str, str]) -> tuple[Path, Path]:
    """Lay out control groups as Linux shows them."""
    for name, text in files.items():
        path = folder / "cgroup" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "own").write_text(own)
    return folder / "cgroup", folder / "own"


@pytest.mark.parametrize(
    ("own", "files"),
    [
        ("0::/user\n", {"user/cpu.max": "100000 100000\n"}),
        (
            "0::/user/deep\n",
            {"user/cpu.max": "150000 100000\n", "user/deep/cpu.max": "max 100000\n"},
        ),
        ("0::/../gone\n", {"cpu.max": "50000 100000\n"}),
        (
            "4:cpu,cpuacct:/a\n",
            {"cpu/a/cpu.cfs_quota_us": "100000", "cpu/a/cpu.cfs_period_us": "100000"},
        ),
    ],
    ids=["own", "around", "of a container", "version 1"],
)
def test_a_quota_limits_to_whole_cpus_and_at_least_one(
    tmp_path: Path, own: str, files: dict[str, str]
) -> None:
    assert usable_cpus(*groups(tmp_path, own, files)) == 1


@pytest.mark.parametrize(
    ("own", "files"),
    [
        ("0::/\n", {"cpu.max": "max 100000\n"}),
        ("4:cpu:/\n", {"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}),
        ("what is this\n", {}),
    ],
)
def test_without_a_quota_it_is_what_we_are_bound_to(
    tmp_path: Path, own: str, files: dict[str, str]
) -> None:
    assert usable_cpus(*groups(tmp_path, own, files)) == BOUND_TO


def test_where_nothing_is_known_it_is_what_we_are_bound_to(tmp_path: Path) -> None:
    assert usable_cpus(tmp_path / "nothing", tmp_path / "nowhere") == BOUND_TO
