"""How long a demo bank takes to generate and publish, and how much memory that needs.

Run: python benchmarks/bench_demo.py [SCALE]
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from data_access.demo import SCALE, SEED, build, generate
from data_access.versions import open_store


def main(scale: float) -> None:
    """Generate once without and once with publishing, and print both times."""
    start = time.perf_counter()
    rows = sum(part.num_rows for _, part in generate(scale, SEED))
    generated = time.perf_counter() - start
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        build(open_store(folder), scale=scale)
        published = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"scale {scale:g}: {rows:,} rows generated in {generated:.1f} s, with publishing {published:.1f} s")
    print(f"peak memory {memory:.1f} GB")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else SCALE)
