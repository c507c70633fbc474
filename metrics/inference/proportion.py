"""Shares of customers who did something, with Wilson's interval or exact limits on one side or both."""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy import special

from metrics.estimate import Intervals, Reason, checked_level
from metrics.moments import Counts

Sides = Literal["both", "lower", "upper"]


def wilson(counts: Counts, level: float = 0.95) -> Intervals:
    """Share of each group with Wilson's score interval, which keeps its width at none and at all.

    Returns:
        Intervals, shape (k,), between 0 and 1. An empty group has no share: nan and `Reason.TOO_FEW`;
        a count that is missing (nan) is `Reason.NOT_RECORDED`.

    Raises:
        DomainError: the level is not between 0 and 1.

    Source: Wilson (1927), Journal of the American Statistical Association 22, 209-212.

    >>> share = wilson(Counts.of([263], [81]))
    >>> share.estimate.round(4).item(), share.low.round(4).item(), share.high.round(4).item()
    (0.308, 0.2553, 0.3662)
    """
    # Written out: scipy's is for one group at a time, statsmodels' warns on an empty one.
    z2 = special.ndtri((1 - checked_level(level)) / 2) ** 2
    n, share = np.where(counts.n > 0, counts.n, np.nan), counts.share
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = np.sqrt(z2 * share * (1 - share) / n + (z2 / (2 * n)) ** 2) / (1 + z2 / n)
    # At none and at all the limit is exactly 0 or 1; rounding leaves 1e-17.
    low = np.where(counts.successes == 0, 0.0, np.maximum(centre - half, 0.0))
    high = np.where(counts.successes == counts.n, 1.0, np.minimum(centre + half, 1.0))
    missing = np.isnan(counts.n) | np.isnan(counts.successes)
    reason = np.select([missing, counts.n == 0], [Reason.NOT_RECORDED.value, Reason.TOO_FEW.value], Reason.NONE.value)
    unknown = reason != Reason.NONE.value
    return Intervals.of(
        share,
        np.where(unknown, np.nan, low),
        np.where(unknown, np.nan, high),
        n=counts.n,
        level=level,
        reason=reason,
        method="Wilson",
    )
