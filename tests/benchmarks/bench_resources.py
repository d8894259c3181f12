"""What it costs to note every 5 s what a simulation's process uses.

Run it with ``python -m tests.benchmarks resources``.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from gymdash_jupyter.launch.sampling import INTERVAL_S
from gymdash_jupyter.records import Batch, ResourceSample
from gymdash_jupyter.resource_usage import OwnProcessReader
from gymdash_jupyter.store import MOST_RESOURCE_SAMPLES, open_store
from tests.benchmarks.rows import BenchRow
from tests.store.makers import OWNER, running

N_LOOKS = 300
N_CHILDREN = 8
TARGET_PERCENT = 0.1
WAITS = "input()"


def rows() -> list[BenchRow]:
    """Measure everything and return one row a figure."""
    with tempfile.TemporaryDirectory() as folder:
        return [_looks(0), _looks(N_CHILDREN), *_stored(Path(folder))]


def _looks(n_children: int) -> BenchRow:
    children = [
        subprocess.Popen([sys.executable, "-c", WAITS], stdin=subprocess.PIPE)
        for _ in range(n_children)
    ]
    reader = OwnProcessReader()
    reader.look()
    before = time.process_time()
    for _ in range(N_LOOKS):
        reader.look()
    each_s = (time.process_time() - before) / N_LOOKS
    for child in children:
        child.communicate(b"\n")
    return _row(f"a look at a process with {n_children} children", each_s)


def _stored(folder: Path) -> list[BenchRow]:
    with closing(open_store(folder / "samples.db")) as store:
        sim_id = running(store)
        samples = [ResourceSample(1.75e9 + i, 1.0, 4096) for i in range(MOST_RESOURCE_SAMPLES)]
        before = time.process_time()
        for sample in samples:
            store.write([Batch(sim_id, resources=[sample])], owner=OWNER)
        each_s = (time.process_time() - before) / len(samples)
        begun = time.perf_counter()
        store.write([Batch(sim_id, resources=samples[:1])])
        thinned_s = time.perf_counter() - begun
        begun = time.perf_counter()
        store.resources()
        read_s = time.perf_counter() - begun
    return [
        _row("a sample stored", each_s),
        BenchRow(
            f"{MOST_RESOURCE_SAMPLES:,} samples made half as many, some hours apart",
            f"{thinned_s * 1e3:.0f} ms",
            "<= 100 ms",
            thinned_s <= 0.1,
        ),
        BenchRow("and read", f"{read_s * 1e3:.0f} ms", "<= 20 ms", read_s <= 0.02),
    ]


def _row(what: str, each_s: float) -> BenchRow:
    percent = 100 * each_s / INTERVAL_S
    return BenchRow(
        what,
        f"{each_s * 1e6:.0f} us, {percent:.4f} % of a core",
        f"<= {TARGET_PERCENT} %",
        percent <= TARGET_PERCENT,
    )
