"""How long a log of 10 keys x 100,000 scalars takes to be read, imported and written, beside TensorBoard's own reader.

Run it with ``python -m tests.benchmarks tensorboard``.
"""

from __future__ import annotations

import gc
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gymdash_jupyter.importing import import_tensorboard, to_tensorboard
from gymdash_jupyter.project import Project
from gymdash_jupyter.records import ScalarSeries
from gymdash_jupyter.streams.tensorboard import EventFolder, writing
from tests.benchmarks.rows import BenchRow

if TYPE_CHECKING:
    from collections.abc import Callable

N_KEYS = 10
N_POINTS = 100_000
REPEATS = 5
TARGET_S = 2.0

_READ_ALONE = """
import sys
from pathlib import Path
from gymdash_jupyter.streams.tensorboard import EventFolder

def peak_kb():  # what getrusage tells is the parent's before exec
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])

before = peak_kb()
n = sum(map(len, EventFolder(sys.argv[1]).read().scalars.values()))
print(n, (peak_kb() - before) / 1024)
"""


def rows() -> list[BenchRow]:
    """Measure and return one row a figure."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write_log(folder / "log")
        ours_s = _median_s(lambda: _read(folder / "log"), REPEATS)
        tick_s = _tick_s(folder / "log")
        theirs_s = _median_s(lambda: _read_theirs(folder / "log"), 1)
        project = Project.open(folder / "project")
        import_s = _median_s(lambda: import_tensorboard(project, folder / "log"), 1)
        again_s = _median_s(lambda: import_tensorboard(project, folder / "log"), 1)
        write_s = _median_s(lambda: to_tensorboard(project.store, folder / "out"), 3)
        project.store.close()
        n_read, megabytes = _read_alone(folder / "log")
    what = f"{N_KEYS} keys x {N_POINTS:,} scalars of an event file"
    ratio = theirs_s / ours_s
    return [
        BenchRow(what, f"{ours_s:.2f} s", f"<= {TARGET_S:.0f} s", ours_s <= TARGET_S),
        BenchRow(
            f"TensorBoard's EventAccumulator ({theirs_s:.1f} s) / ours",
            f"{ratio:.0f}",
            ">= 7",
            ratio >= 7,
        ),
        BenchRow(
            f"memory for that ({n_read:,} points)",
            f"{megabytes:.0f} MB",
            "<= 400 MB",
            megabytes <= 400,
        ),
        BenchRow(
            "looking again when nothing grew",
            f"{tick_s * 1e6:.0f} us",
            "<= 500 us",
            tick_s <= 5e-4,
        ),
        BenchRow("importing that log", f"{import_s:.2f} s", "<= 4 s", import_s <= 4),
        BenchRow("importing it again", f"{again_s:.2f} s", "<= 4 s", again_s <= 4),
        BenchRow("writing it for TensorBoard", f"{write_s:.2f} s", "<= 4 s", write_s <= 4),
    ]


def _write_log(folder: Path) -> None:
    """Write the keys by turns, as a training does."""
    folder.mkdir()
    random = np.random.default_rng(0)
    steps = np.arange(N_POINTS, dtype=np.int64) * 64
    times = 1.7e9 + steps * 0.001
    columns = [
        writing.scalar_records(f"{'rollout' if i % 2 else 'train'}/key{i}", series)
        for i, series in enumerate(
            ScalarSeries(steps, times, random.normal(size=N_POINTS)) for _ in range(N_KEYS)
        )
    ]
    splits = [_records(column) for column in columns]
    with (folder / "events.out.tfevents.1700000000.bench").open("wb") as file:
        file.write(writing.beginning(1.7e9))
        for together in zip(*splits, strict=True):
            file.write(b"".join(together))


def _records(content: bytes) -> list[bytes]:
    found, at = [], 0
    while at < len(content):
        end = at + int.from_bytes(content[at : at + 8], "little") + 16
        found.append(content[at:end])
        at = end
    return found


def _read(folder: Path) -> None:
    assert sum(map(len, EventFolder(folder).read().scalars.values())) == N_KEYS * N_POINTS


def _read_theirs(folder: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import SCALARS, EventAccumulator

    reader = EventAccumulator(str(folder), size_guidance={SCALARS: 0})
    reader.Reload()
    assert sum(len(reader.Scalars(key)) for key in reader.Tags()[SCALARS]) == N_KEYS * N_POINTS


def _read_alone(folder: Path) -> tuple[int, float]:
    found = subprocess.run(
        [sys.executable, "-c", _READ_ALONE, str(folder)],
        check=True,
        capture_output=True,
        text=True,
    )
    n, megabytes = found.stdout.split()
    return int(n), float(megabytes)


def _tick_s(folder: Path) -> float:
    reader = EventFolder(folder)
    reader.read()
    return _median_s(reader.read, 101)


def _median_s(call: Callable[[], object], repeats: int) -> float:
    measured = []
    for _ in range(repeats):
        gc.collect()
        started = time.perf_counter()
        call()
        measured.append(time.perf_counter() - started)
    return statistics.median(measured)


if __name__ == "__main__":
    for row in rows():
        print(row)
