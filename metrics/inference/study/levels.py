"""How wide limits have to be: allowing for looks taken on the way and for several metrics judged side by side.

A verdict and the interval beside it are one thing here: limits are taken at the level at which the verdict is to hold,
and the verdict is where they lie.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import stats

from metrics.inference.sequential import spending_boundaries, tuning


def level_each(
    level: float, *, metrics: int = 1, looks: Sequence[float] = (1.0,), seen: float = 1.0, planned: float = 1.0
) -> float:
    """The level of one interval so that all of a family hold together at `level`, looks included.

    Args:
        level: chance that every limit of the family holds, at every look allowed for.
        metrics: intervals in the family (Bonferroni).
        looks: shares of the planned customers at which the comparison was planned to be looked at, ending at 1.
        seen: customers whose window has closed.
        planned: customers assigned. While fewer are seen than planned the comparison may be looked at any day, and the
            limits are those that hold on every day.

    >>> round(level_each(0.95), 4), round(level_each(0.95, metrics=5), 4)
    (0.95, 0.99)
    """
    alone = 1 - (1 - level) / metrics
    if seen < planned:
        tuned = seen * tuning(planned, alone)
        critical = np.sqrt((1 + 1 / tuned) * (np.log1p(tuned) - 2 * np.log(1 - alone))) if seen > 0 else np.inf
    elif len(looks) == 1:
        return alone
    else:
        critical = spending_boundaries(looks, alone).critical[-1]
    return float(min(1 - 2 * stats.norm.sf(critical), 1 - 1e-12))
