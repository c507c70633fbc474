"""Campaigns drawn from the very model that forecasts learn: what is promised of them can be counted."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from metrics.moments import Floats

FACTORS = ("objective", "theme", "line", "channel")
CROSSED = ("objective", "theme", "line")
ASSUMED = ("participation", "conversion", "amount", "cost", "effect")
MIDDLE = np.array([-1.2, -2.9, 9.9, 1.1, 0.015])
"""Logits of rates, logarithms of amounts, points of the effect."""
BETWEEN = np.array([0.15, 0.2, 0.35, 0.3, 0.006])
"""Standard deviation of the levels of a factor."""
OWN = np.array([0.15, 0.15, 0.05, 0.1, 0.004])
"""Standard deviation of single campaigns."""
TOGETHER = 0.5 * np.eye(5) + 0.5
"""Correlation of the assumptions, of levels as of campaigns."""
VARIATION = (0.6, 1.0, 1.4, 1.8)
"""Of one conversion's amount, by line."""
MARGIN = 0.02
_LEVELS = {"objective": 4, "theme": 18, "line": 8, "channel": 5}


class Bank(NamedTuple):
    """What is true of every level, and the campaigns that come back: their objective, theme and line."""

    levels: dict[str, Floats]
    editions: list[tuple[int, int, int]]


def bank(rng: np.random.Generator, editions: int = 20) -> Bank:
    """One bank."""
    drawn = {name: rng.multivariate_normal(np.zeros(5), TOGETHER, size) for name, size in _LEVELS.items()}
    back = [(int(rng.integers(4)), int(rng.integers(18)), int(rng.integers(8))) for _ in range(editions)]
    return Bank(drawn, back)


def campaigns(rng: np.random.Generator, of: Bank, count: int) -> pd.DataFrame:
    """Campaigns as `metrics.planning.experience.learn` takes them, with what came of each.

    Beside the columns that are learned from: `sales`, `contribution`, `roi` and `roi_measured` as they were counted,
    and `roi_incremental` as it truly was.
    """
    return pd.DataFrame([_one(rng, of) for _ in range(count)])


def _one(rng: np.random.Generator, of: Bank) -> dict[str, str | float]:
    objective, theme, line = of.editions[rng.integers(len(of.editions))]
    places = {"objective": objective, "theme": theme, "line": line, "channel": int(rng.integers(5))}
    levels = np.sum([of.levels[name][place] for name, place in places.items()], axis=0)
    true = MIDDLE + BETWEEN * levels + OWN * rng.multivariate_normal(np.zeros(5), TOGETHER)
    participation, conversion = 1 / (1 + np.exp(-true[:2]))
    amount, each = np.exp(true[2:4])
    effect = min(true[4], 0.95 * conversion)
    n = int(rng.integers(400, 4000))
    held_out = int(n * rng.choice([0.1, 0.25, 0.5]))
    converted, by_themselves = rng.binomial(n, conversion), rng.binomial(held_out, conversion - effect)
    logarithmic = np.log(1 + VARIATION[line % 4] ** 2)
    sales, theirs = (
        amount * np.exp(rng.normal(-logarithmic / 2, np.sqrt(logarithmic), k)) for k in (converted, by_themselves)
    )
    cost, earned = n * each, MARGIN * sales.sum()
    squares = (sales**2).sum() - sales.sum() ** 2 / n
    return {
        **{name: f"{name}{place}" for name, place in places.items()},
        "n": n,
        "participated": rng.binomial(n, participation),
        "converted": converted,
        "control_n": held_out,
        "control_converted": by_themselves,
        "cost": cost,
        "sum_sales": sales.sum(),
        "squares_sales": squares,
        "sum_contribution": earned,
        "squares_contribution": squares * MARGIN**2,
        "sales": sales.sum(),
        "contribution": earned,
        "roi": earned / cost - 1,
        "roi_measured": (earned - MARGIN * theirs.sum() * n / held_out) / cost - 1,
        "roi_incremental": n * effect * amount * MARGIN / cost - 1,
    }
