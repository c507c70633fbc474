"""A bank whose customers wander around a level of their own, under a rule with grace months."""

import numpy as np

TIERS = ("basic", "potential", "wealth")
THRESHOLDS = np.log([50.0, 200.0])
GRACE_MONTHS = 3


def snapshots(customers: int, months: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Tier by the rule and months below its threshold: two arrays (customers, months).

    Log assets are a level of the customer's own plus an autocorrelated deviation. The tier rises in the month after
    the average reaches a threshold; it falls once the average was below for three months.
    """
    level = rng.normal(3.4, 1.1, customers)
    deviation = rng.normal(0.0, 0.35, customers)
    tier = np.searchsorted(THRESHOLDS, level + deviation, side="right")
    below = np.zeros(customers, dtype=int)
    tiers, clocks = np.empty((customers, months), dtype=int), np.empty((customers, months), dtype=int)
    earned = tier
    for month in range(-24, months):  # two years to forget the start
        tier = np.where(earned > tier, earned, tier)
        deviation = 0.7 * deviation + rng.normal(0.0, 0.25, customers)
        earned = np.searchsorted(THRESHOLDS, level + deviation, side="right")
        below = np.where(earned < tier, below + 1, 0)
        falls = below >= GRACE_MONTHS
        tier = np.where(falls, earned, tier)
        below = np.where(falls, 0, below)
        if month >= 0:
            tiers[:, month], clocks[:, month] = tier, below
    return tiers, clocks


def counts(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Transition counts with an empty entry row and exit column: (1, k + 1, k + 1)."""
    table = np.zeros((1, len(TIERS) + 1, len(TIERS) + 1))
    np.add.at(table[0], (start, end), 1)
    return table
