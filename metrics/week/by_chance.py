"""Limits of a share that are no narrower than chance alone would make them.

Of few answers, nearly all of them good, three bad ones are nothing: the normal limits of a control chart cut off a tail
that is longer than they know.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import stats

from metrics.moments import Counts
from metrics.week.control_chart import ControlChart, Rule
from metrics.week.read_weekly import ONE_SIDE


def no_narrower_than_chance(chart: ControlChart, counts: Counts) -> ControlChart:
    """The chart of a share with limits moved out to the exact binomial ones at its centre, where these lie farther.

    Args:
        chart: Of the shares of `counts`, its centre between 0 and 1.
        counts: Customers and successes of each week.
    """
    judged = ~np.isnan(chart.centre) & (counts.n > 0)
    n, p = np.where(judged, counts.n, 1.0), np.where(judged, chart.centre, 0.5)
    fewest, most = (np.asarray(stats.binom.ppf(tail, n, p)) / n for tail in (ONE_SIDE, 1 - ONE_SIDE))
    low = np.where(judged, np.minimum(chart.low, fewest), chart.low)
    high = np.where(judged, np.maximum(chart.high, most), chart.high)
    inside = (chart.value >= low) & (chart.value <= high) & (chart.rule == Rule.OUTSIDE.value)
    return replace(chart, low=low, high=high, rule=np.where(inside, Rule.USUAL.value, chart.rule))
