"""A review of mean scores: numbers that wander a little around 4, for what is said of any week."""

from __future__ import annotations

import numpy as np

from metrics.inference.effect import difference_in_means
from metrics.moments import Moments
from metrics.week.business_calendar import Days, comparable_week, festival_offset
from metrics.week.control_chart import judged_by_earlier_festivals, xmr
from metrics.week.read_weekly import read_weekly
from metrics.week.review import WeekReview


def review_of_means(mondays: Days, moments: Moments) -> WeekReview:
    """XmR chart of the weekly means; the newest beside the comparable week of the year before."""
    offset, year = festival_offset(mondays), comparable_week(mondays[-1:])[0]
    chart = read_weekly(xmr(moments.mean, apart=~np.isnan(offset)))
    before = np.flatnonzero(mondays == year)
    on_year = difference_in_means(moments[before], moments[-1:]) if len(before) else None
    return WeekReview(mondays[-1], judged_by_earlier_festivals(chart, offset, additive=True), None, on_year, year)
