"""How long 500 campaigns take to score from their aggregates, beside one at a time.

Run: PYTHONPATH=. python benchmarks/bench_scorecard.py
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from benchmarks import goals
from benchmarks.goals import Line
from metrics.campaigns.evaluation import scorecard

CAMPAIGNS = 500
TARGET_MS = 20.0


def aggregates(campaigns: int, seed: int = 7) -> dict[str, pd.DataFrame]:
    """What the warehouse returns for a treated and a control arm of each campaign."""
    rng = np.random.default_rng(seed)
    rows = 2 * campaigns
    control = np.tile([False, True], campaigns)
    n = rng.integers(2_000, 200_000, rows)
    matured = (n * rng.uniform(0.5, 1.0, rows)).astype(int)
    contacted = np.where(control, 0, matured // 2)
    participated = contacted // 3
    converted = rng.binomial(matured, np.where(control, 0.05, 0.06))
    campaign = np.array([f"C{i:04}" for i in range(campaigns)])
    arms = pd.DataFrame(
        {
            "campaign_id": np.repeat(campaign, 2),
            "arm": np.where(control, "control", "treated"),
            "is_control": control,
            "n": n,
            "contacted": contacted,
            "participated": participated,
            "matured": matured,
            "matured_converted": converted,
            "matured_contacted": contacted,
            "matured_participated": participated,
            "contacted_matured_converted": np.minimum(converted, contacted) // 2,
            "participants_matured_converted": np.minimum(converted, participated) // 3,
        }
    )
    for measure in ("sales", "sales_winsorised", "contribution", "net_new", "baseline"):
        mean = rng.uniform(1e4, 1e6, rows)
        arms[f"sum_{measure}"] = matured * mean
        arms[f"known_{measure}"], arms[f"squares_{measure}"] = matured, matured * (3 * mean) ** 2
        arms[f"product_baseline_{measure}"] = matured * (2 * mean) ** 2
    kinds = ["gift", "venue", "media", "print", "vendor", "rate_concession", "staff_time", "incentive"]
    costs = pd.MultiIndex.from_product([campaign, kinds], names=["campaign_id", "category"]).to_frame(index=False)
    costs["planned_amount"] = rng.integers(10_000, 10_000_000, len(costs))
    costs["actual_amount"] = rng.integers(10_000, 10_000_000, len(costs))
    answers = pd.MultiIndex.from_product([campaign, ["csat5", "nps"]], names=["campaign_id", "scale"]).to_frame(
        index=False
    )
    answers = answers.assign(
        invited=900, answers=300, top_two=200, sum_score=1200, squares_score=300.0, promoters=150, detractors=60
    )
    complaints = pd.DataFrame({"campaign_id": campaign, "complaints": rng.poisson(5, campaigns)})
    plan = pd.DataFrame({"campaign_id": campaign, "assignment": "randomised", "cluster": "customer"})
    plan = plan.assign(
        objective=rng.choice(["acquire", "grow"], campaigns),
        ends_on=pd.Timestamp("2024-01-31") + pd.to_timedelta(rng.integers(0, 900, campaigns), unit="D"),
        attribution_days=30,
    )
    return {"campaigns": plan, "arms": arms, "costs": costs, "answers": answers, "complaints": complaints}


def best_ms(score: Callable[[], object], times: int) -> float:
    """The fastest of some runs, in milliseconds of one core: what the machine's other work disturbs least."""
    seconds = []
    for _ in range(times):
        start = time.process_time()
        score()
        seconds.append(time.process_time() - start)
    return 1000 * min(seconds)


def measure() -> Iterator[Line]:
    """All campaigns in one call, and one by one."""
    frames = aggregates(CAMPAIGNS)
    scorecard(**frames)
    together = best_ms(lambda: scorecard(**frames), times=20)
    single = {name: frame.head(1 if name in ("campaigns", "complaints") else 16) for name, frame in frames.items()}
    apart = CAMPAIGNS * best_ms(lambda: scorecard(**single), times=20)
    beside = f"{apart / together:.0f} times as long one by one"
    yield Line(f"{CAMPAIGNS} campaigns scored from their aggregates", together, "ms", TARGET_MS, beside)


if __name__ == "__main__":
    goals.show(measure())
