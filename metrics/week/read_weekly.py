"""A control chart that is read every week: limits and rules for a short baseline of weeks that lean on one another.

The textbook limits of three sigma suppose that sigma is known and that weeks are independent. Here sigma is learned
from half a year, and what a branch does this week resembles what it did the last: by the book the six charts of a bank
whose ways do not change call one week in ten a signal. Three allowances, each from what the baseline itself shows:

* sigma is that between neighbouring weeks or that of all baseline weeks, whichever is larger: where weeks lean on one
  another their moving range is shorter than their spread (Wheeler's chart takes it for all there is);
* the limit is that of a new week by Student's t, wider than three sigma by what `n` weeks leave open;
* a run is as long as makes it as rare as eight independent weeks are. Neighbours of correlation r lie on one side of
  the centre with chance 1/2 + arcsin(r) / pi (Sheppard 1899), so that eight become thirteen at r = 1/2. Where it is
  longer than eight, all of four weeks have to lie near a limit, not three.

Source: Hahn (1970), Journal of Quality Technology 2, 115-119, for the limit of a new observation; Alwan and Roberts
(1988), Journal of Business & Economic Statistics 6, 87-95, for what leaning weeks do to a chart.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from scipy import stats

from metrics.moments import Floats
from metrics.week.control_chart import NEAR, RUN, ControlChart, Rule, moved, rules

ONE_SIDE: Final = float(stats.norm.sf(3))
"""Chance of a value above three known sigma."""
_MOST_ALIKE: Final = 0.95


def read_weekly(chart: ControlChart) -> ControlChart:
    """The chart with these allowances; one without limits stays without.

    Weeks that were not judged are not judged here either.
    """
    if bool(np.isnan(chart.sigma[chart.baseline]).all()):
        return chart
    ordinary = chart.rule != Rule.NOT_JUDGED.value
    base = ((chart.value - chart.centre) / chart.sigma)[chart.baseline]
    weeks = len(base)
    spread = max(1.0, math.sqrt(float(np.sum(base**2)) / (weeks - 1)))
    limit = float(stats.t.isf(ONE_SIDE, weeks - 1)) * math.sqrt(1 + 1 / weeks)
    sigma = chart.sigma * spread * limit / 3
    run = run_length(base)
    near = NEAR if run == RUN else NEAR + 1
    rule = rules(chart.value - chart.centre, sigma, ordinary, run=run, near=near)
    return moved(chart, chart.centre, sigma, np.where(ordinary, rule, Rule.NOT_JUDGED.value))


def run_length(weeks: Floats) -> int:
    """Weeks in a row on one side that are as rare, in weeks that lean on one another, as eight independent ones.

    >>> run_length(np.resize([1.0, -1.0], 26)), run_length(np.sin(np.arange(26.0) / 2))
    (8, 36)
    """
    about = weeks - weeks.mean()
    scatter = float(np.sum(about**2))
    if scatter == 0.0:
        return RUN
    # The correlation of neighbours in n independent weeks is -1 / n on average.
    alike = float(np.sum(about[1:] * about[:-1])) / scatter + 1 / len(weeks)
    stays = 0.5 + math.asin(min(max(alike, 0.0), _MOST_ALIKE)) / math.pi
    return math.ceil(1 + (RUN - 1) * math.log(0.5) / math.log(stays) - 1e-9)
