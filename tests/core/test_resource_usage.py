from __future__ import annotations

import os
import subprocess
import sys
import time
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING
from uuid import uuid4

import numpy as np
import psutil
import pytest

from gymdash_jupyter.liveness import identity_of
from gymdash_jupyter.records import ProcessIdentity, Unsettled
from gymdash_jupyter.resource_usage import (
    OwnProcessReader,
    ResourceMonitor,
    ResourceSampler,
    own_process,
)
from gymdash_jupyter.resource_usage.machine import memory
from gymdash_jupyter.states import SimState
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

BUSY = "import sys\nprint('ready', flush=True)\nwhile True: pass"
PARENT = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {BUSY!r}], stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
child.wait()
"""


TICK_S = 0.02
"""What is told of a process's time is rounded to hundredths, before and after."""


class Listed:
    """Stands in for a store that knows these simulations."""

    def __init__(self, *unsettled: Unsettled) -> None:
        self.listed = list(unsettled)

    def unsettled(self) -> list[Unsettled]:
        return self.listed


def executing(owner: ProcessIdentity, name: str = "one", state=SimState.RUNNING) -> Unsettled:
    return Unsettled(uuid4(), name, state, owner, "process")


def cpu_s(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system


@pytest.fixture
def parent() -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A process that waits, and its child, which is busy."""
    process = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    child = int(process.stdout.readline())
    yield process, child
    psutil.Process(child).kill()
    process.kill()
    process.wait()


def test_the_machine_is_told_as_psutil_tells_it(tmp_path):
    usage = ResourceSampler(Listed(), tmp_path).sample_after(0.05)
    assert len(usage.cores) == psutil.cpu_count()
    assert all(0 <= core <= 1 for core in usage.cores)
    assert usage.disk.total_bytes == psutil.disk_usage(str(tmp_path)).total
    assert usage.disk.fraction == pytest.approx(
        psutil.disk_usage(str(tmp_path)).percent / 100, abs=0.01
    )
    assert 0 < usage.memory.used_bytes < usage.memory.total_bytes
    assert usage.processes == ()


def test_a_process_is_told_with_its_children(tmp_path, parent):
    process, child = parent
    sim = executing(identity_of(process.pid))
    sampler = ResourceSampler(Listed(sim), tmp_path)
    begun = time.monotonic()
    sampler.sample()
    before = cpu_s(child)
    # The child never rests, but a busy machine may have little time for it.
    wait_until(lambda: cpu_s(child) >= before + 0.2, 60, what="the child to work for a while")
    used = sampler.sample().of(sim.sim_id)
    assert used.n_processes == 2
    assert used.cpu >= (0.2 - TICK_S) / (time.monotonic() - begun)
    resident = sum(psutil.Process(pid).memory_info().rss for pid in (process.pid, child))
    assert used.memory_bytes == pytest.approx(resident, rel=0.1)


def test_another_process_with_a_reused_id_is_never_shown(tmp_path):
    real = identity_of(os.getpid())
    old = ProcessIdentity(real.domain, real.pid, "1", real.host)
    sim = executing(old)
    assert ResourceSampler(Listed(sim), tmp_path).sample().processes == ()


def test_a_process_of_another_machine_is_not_shown(tmp_path):
    elsewhere = ProcessIdentity("linux:elsewhere", os.getpid(), "1", "elsewhere")
    assert ResourceSampler(Listed(executing(elsewhere)), tmp_path).sample().processes == ()


def test_what_waits_in_a_queue_has_no_process(tmp_path):
    waits = executing(identity_of(os.getpid()), state=SimState.QUEUED)
    assert ResourceSampler(Listed(waits), tmp_path).sample().processes == ()


def test_threads_of_one_process_are_told_as_one(tmp_path):
    owner = identity_of(os.getpid())
    sims = [executing(owner, "one"), executing(owner, "two")]
    (used,) = ResourceSampler(Listed(*sims), tmp_path).sample().processes
    assert used.names == ("one", "two")
    assert used.sim_ids == tuple(sim.sim_id for sim in sims)


def test_a_child_that_executes_a_simulation_of_its_own_counts_once(tmp_path, parent):
    process, child = parent
    sims = [executing(identity_of(process.pid)), executing(identity_of(child))]
    usage = ResourceSampler(Listed(*sims), tmp_path).sample()
    assert [each.n_processes for each in usage.processes] == [1, 1]


def test_a_container_with_less_memory_is_told(tmp_path):
    group = tmp_path / "groups" / "mine"
    group.mkdir(parents=True)
    (group / "memory.max").write_text("1000000\n")
    (group / "memory.current").write_text("600000\n")
    (group / "memory.stat").write_text("anon 1\ninactive_file 100000\n")
    own = tmp_path / "own"
    own.write_text("0::/mine\n")
    found = memory(tmp_path / "groups", own)
    assert (found.used_bytes, found.total_bytes, found.is_container) == (500_000, 1_000_000, True)


def test_without_a_limit_the_machines_memory_is_told(tmp_path):
    (tmp_path / "memory.max").write_text("max\n")
    own = tmp_path / "own"
    own.write_text("0::/\n")
    found = memory(tmp_path, own)
    assert (found.total_bytes, found.is_container) == (psutil.virtual_memory().total, False)


# GPUs: the driver's library is played, since few machines have one


class PlayedError(Exception):
    pass


@pytest.fixture
def nvml(monkeypatch) -> ModuleType:
    """Play NVIDIA's library for two GPUs, of which the second tells little."""

    def rates(handle: int) -> SimpleNamespace:
        if handle:
            raise PlayedError("Not Supported")
        return SimpleNamespace(gpu=42, memory=7)

    played = ModuleType("pynvml")
    played.__dict__.update(
        NVMLError=PlayedError,
        NVML_TEMPERATURE_GPU=0,
        nvmlInit=lambda: None,
        nvmlDeviceGetCount=lambda: 2,
        nvmlDeviceGetHandleByIndex=lambda i: i,
        nvmlDeviceGetName=lambda handle: [b"H100", "MIG slice"][handle],
        nvmlDeviceGetUtilizationRates=rates,
        nvmlDeviceGetMemoryInfo=lambda handle: SimpleNamespace(used=3, total=80, free=77),
        nvmlDeviceGetTemperature=lambda handle, kind: 51,
        nvmlDeviceGetComputeRunningProcesses=lambda handle: [
            SimpleNamespace(pid=os.getpid(), usedGpuMemory=1000),
            SimpleNamespace(pid=1, usedGpuMemory=None),
        ],
    )
    monkeypatch.setitem(sys.modules, "pynvml", played)
    return played


def test_gpus_are_told_and_what_one_cannot_say_is_none(tmp_path, nvml):
    sim = executing(identity_of(os.getpid()))
    usage = ResourceSampler(Listed(sim), tmp_path).sample()
    assert [(gpu.name, gpu.busy) for gpu in usage.gpus] == [("H100", 0.42), ("MIG slice", None)]
    assert (usage.gpus[0].memory_used_bytes, usage.gpus[0].temperature_c) == (3, 51)
    assert usage.of(sim.sim_id).gpu_memory_bytes == 2000
    assert usage.gpu_note == ""


def test_a_process_tells_what_its_own_gpus_do(nvml, monkeypatch):
    monkeypatch.setattr(own_process, "may_have_gpus", lambda: True)  # this machine has none
    reader = OwnProcessReader()
    assert reader.look(with_gpus=False).gpu is None
    used = reader.look()
    # It has memory on both, and the second one does not say how busy it is.
    assert (used.gpu, used.gpu_memory_bytes) == (0.42, 2000)
    nvml.nvmlDeviceGetComputeRunningProcesses = lambda handle: [
        SimpleNamespace(pid=1, usedGpuMemory=9000)  # somebody else's
    ]
    used = reader.look()
    assert (used.gpu, used.gpu_memory_bytes) == (None, None)


def test_a_driver_that_does_not_answer_is_said(tmp_path, nvml):
    def fail() -> None:
        raise PlayedError("Driver/library version mismatch")

    nvml.nvmlInit = fail
    usage = ResourceSampler(Listed(), tmp_path).sample()
    assert usage.gpus == ()
    assert "version mismatch" in usage.gpu_note


def test_without_the_package_a_sentence_says_so(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pynvml", None)
    usage = ResourceSampler(Listed(), tmp_path).sample()
    assert usage.gpus == ()
    assert "GPU" in usage.gpu_note


# The history


def test_samples_are_taken_while_somebody_asks_and_no_longer(tmp_path):
    monitor = ResourceMonitor(Listed(), tmp_path, interval_s=0.02, patience_s=0.3)
    assert not monitor.is_running
    assert monitor.look() is None
    wait_until(lambda: monitor.look() is not None and len(monitor.history()) >= 3, what="samples")
    wait_until(lambda: not monitor.is_running, what="rest, as nobody asks")
    n = len(monitor.history())
    assert monitor.look() is None  # what was measured before nobody looked may be long ago
    # Asked again and again: on a busy machine, patience may end before the thread has begun.
    wait_until(
        lambda: monitor.look() is not None and len(monitor.history()) > n, what="samples again"
    )
    wait_until(lambda: not monitor.is_running, what="rest")


def test_history_gives_what_came_after_a_time(tmp_path):
    monitor = ResourceMonitor(Listed(), tmp_path, interval_s=0.02, patience_s=0.3)
    wait_until(lambda: monitor.look() is not None and len(monitor.history()) >= 4, what="samples")
    wait_until(lambda: not monitor.is_running, what="rest")
    rows = monitor.history()
    assert rows.dtype == np.float64
    assert rows.shape[1] == 3
    assert (np.diff(rows[:, 0]) > 0).all()
    assert np.array_equal(monitor.history(after=rows[1, 0]), rows[2:])
    assert monitor.history(after=time.time() + 9).shape == (0, 3)


def test_history_keeps_five_minutes_of_seconds(tmp_path):
    monitor = ResourceMonitor(Listed(), tmp_path, interval_s=0.0, patience_s=0.3)
    wait_until(
        lambda: monitor.look() is not None and len(monitor.history()) == 300, 60, what="samples"
    )
    newest = monitor.history()[-1, 0]
    wait_until(lambda: monitor.look() and monitor.history()[-1, 0] > newest + 0.05, what="more")
    assert len(monitor.history()) == 300
    wait_until(lambda: not monitor.is_running, what="rest")
