"""How long a demo bank takes to generate and publish, and how much memory that needs.

Run: PYTHONPATH=. python benchmarks/bench_demo.py [SCALE]
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Iterator

from benchmarks import goals
from benchmarks.goals import Line
from data_access.demo import SCALE, SEED, build, generate
from data_access.versions import open_store


def measure(scale: float = SCALE) -> Iterator[Line]:
    """Generate once without and once with publishing."""
    start = time.perf_counter()
    rows = sum(part.num_rows for _, part in generate(scale, SEED))
    yield Line(f"demo bank of {rows:,} rows: generated", time.perf_counter() - start, "s")
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        build(open_store(folder), scale=scale)
        yield Line("demo bank: generated and published", time.perf_counter() - start, "s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    yield Line("demo bank: peak memory of this process so far", peak, "GB")


if __name__ == "__main__":
    goals.show(measure(float(sys.argv[1]) if len(sys.argv) > 1 else SCALE))
