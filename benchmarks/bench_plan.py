"""How long one scenario takes to forecast, and one budget to split.

Run: PYTHONPATH=. python benchmarks/bench_plan.py
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from benchmarks import goals
from benchmarks.goals import Line
from metrics.estimate import Intervals
from metrics.planning.allocation import Constraints, ResponseCurves, allocate
from metrics.planning.experience import learn
from metrics.planning.forecast import Plan
from metrics.planning.what_if import what_if

SEGMENTS, CHANNELS, CELLS = 50, 6, 300
SCENARIO_MS, SPLIT_MS = 300.0, 2_000.0


def past(campaigns: int = 60, seed: int = 7) -> pd.DataFrame:
    """Finished campaigns with the factors that a plan has."""
    rng = np.random.default_rng(seed)
    n = rng.integers(1_000, 6_000, campaigns)
    converted = rng.binomial(n, 0.06)
    frame = pd.DataFrame(
        {
            "tier": rng.choice([f"s{i}" for i in range(SEGMENTS)], campaigns),
            "channel": rng.choice(list("abcdef"), campaigns),
            "n": n,
            "participated": rng.binomial(n, 0.25),
            "converted": converted,
            "cost": n * rng.uniform(500, 2_000, campaigns),
            "control_n": n // 4,
            "control_converted": rng.binomial(n // 4, 0.04),
        }
    )
    for name, mean in (("sales", 2e6), ("contribution", 2e4)):
        total = converted * mean * rng.uniform(0.7, 1.3, campaigns)
        frame[f"sum_{name}"], frame[f"squares_{name}"] = total, 2 * total**2 / converted
    return frame


def measure() -> Iterator[Line]:
    """A scenario of 50 segments in 6 channels with 10,000 draws; an allocation over 300 cells."""
    known = learn(past(), ["tier", "channel"])
    parts = pd.DataFrame(
        [(f"s{segment}", channel, 20) for segment in range(SEGMENTS) for channel in "abcdef"],
        columns=["tier", "channel", "customers"],
    )
    plan = Plan(20 * SEGMENTS * CHANNELS, {}, parts=parts)
    took = _fastest(lambda: what_if(known, plan, control=1_000))
    yield Line("Plan: one scenario, 50 segments x 6 channels, 10,000 draws", took, "ms", SCENARIO_MS)
    rng = np.random.default_rng(1)
    curves = ResponseCurves(
        np.array([f"c{cell}" for cell in range(CELLS)]),
        rng.lognormal(3, 1, CELLS),
        Intervals.of([0.6], [0.5], [0.7], n=[CELLS]),
    )
    limits = Constraints(budget=1e5, caps=rng.uniform(100, 2_000, CELLS))
    yield Line("Plan: a budget split over 300 cells", _fastest(lambda: allocate(curves, limits)), "ms", SPLIT_MS)
    took = _fastest(lambda: allocate(curves, _as_planned(rng)))
    yield Line("Plan: the same under hours, each customer by one channel", took, "ms", SPLIT_MS)


def _as_planned(rng: np.random.Generator) -> Constraints:
    """Five channels to sixty parts of the audience at places, as the page asks."""
    each = np.tile([800.0, 1_500.0, 100.0, 200.0, 300.0], CELLS // 5)
    part = np.repeat([f"p{at}" for at in range(CELLS // 5)], 5)
    customers = dict(zip(part[::5].tolist(), rng.integers(50, 800, CELLS // 5).astype(float).tolist(), strict=True))
    caps = each * np.array([customers[one] for one in part])
    hours = np.tile([8.0, 30.0, 0.0, 0.0, 4.0], CELLS // 5) / 60 / each
    budget = 0.2 * float(caps.sum())
    return Constraints(budget, np.minimum(caps, budget), hours, 2_000.0, part=part, customers_per_unit=1 / each,
                       customers=customers)  # fmt: skip


def _fastest(deed: Callable[[], object], times: int = 5) -> float:
    """Milliseconds of one core, the least of several runs."""
    took: list[float] = []
    for _ in range(times):
        start = time.process_time()
        deed()
        took.append((time.process_time() - start) * 1000)
    return min(took)


if __name__ == "__main__":
    goals.show(measure())
