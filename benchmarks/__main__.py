"""Every measurement in one table, with the goals that are met and those that are missed.

Run: python -m benchmarks [NAME ...], such as `python -m benchmarks page crowd`; all of them without a name.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

import psutil

from benchmarks import (
    bench_calibration,
    bench_comparison,
    bench_crowd,
    bench_deliver,
    bench_demo,
    bench_experiment,
    bench_load,
    bench_look,
    bench_page,
    bench_plan,
    bench_queries,
    bench_scorecard,
    bench_start,
    bench_tiers,
    goals,
)
from benchmarks.goals import Line

EVERY: dict[str, Callable[[], Iterator[Line]]] = {
    "page": bench_page.measure,
    "start": bench_start.measure,
    "crowd": bench_crowd.measure,
    "queries": bench_queries.measure,
    "look": bench_look.measure,
    "scorecard": bench_scorecard.measure,
    "plan": bench_plan.measure,
    "experiment": bench_experiment.measure,
    "comparison": bench_comparison.measure,
    "load": bench_load.measure,
    "deliver": bench_deliver.measure,
    "demo": bench_demo.measure,
    "tiers": bench_tiers.measure,
    "calibration": bench_calibration.measure,
}
"""What people feel first."""


def main(names: Sequence[str]) -> None:
    """Measure what is named."""
    start = time.perf_counter()
    print(
        f"{psutil.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} before the start: above 1, others disturb."
    )
    shown = goals.show(chain.from_iterable(EVERY[name]() for name in names or EVERY))
    held = [line for line in shown if line.most is not None]
    missed = sum(not line.met for line in held)
    passed = time.perf_counter() - start
    print(f"{len(held) - missed} of {len(held)} goals met, in {passed / 60:.0f} minutes.")


if __name__ == "__main__":
    main(sys.argv[1:])
