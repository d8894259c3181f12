"""Print what was measured beside what is to be reached: ``python -m tests.benchmarks [name ...]``.

Each module ``bench_<name>`` gives its rows. Figures are ratios within one run where a machine's mood matters.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all; returns the number of targets that were missed."""
    found = sorted(
        path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py")
    )
    unknown = [name for name in names if name not in found]
    if unknown:
        print(f"There is no benchmark {unknown[0]!r}. Benchmarks: {', '.join(found)}.")
        return 2
    print(f"{'':2}{'what':58}{'measured':30}target")
    n_missed = 0
    for name in names or found:
        for row in importlib.import_module(f"tests.benchmarks.bench_{name}").rows():
            n_missed += not row.ok
            print(
                f"{'' if row.ok else '!':2}{row.what:58}{row.measured:30}{row.target}", flush=True
            )
    print(f"{n_missed} targets missed" if n_missed else "all targets reached")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
