"""Each past campaign forecast from all the others, to be held against what was counted."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import special, stats

from metrics.moments import Counts, Floats
from metrics.planning.hierarchy import Outcomes, fit


def left_out(counts: Counts, factors: pd.DataFrame, level: float = 0.8) -> tuple[Floats, Floats, Floats]:
    """Median and limits of each campaign's rate; the limits include its own sampling error."""
    outcomes = Outcomes.of_shares(counts)
    mean, deviation = np.empty(len(counts)), np.empty(len(counts))
    for row in range(len(counts)):
        others = np.arange(len(counts)) != row
        model = fit(Outcomes(outcomes.value[others], outcomes.variance[others]), factors[others])
        told = model.predict(factors.iloc[row : row + 1])
        mean[row], deviation[row] = told.mean[0], np.hypot(told.standard_deviation[0], outcomes.variance[row] ** 0.5)
    margin = stats.t.isf((1 - level) / 2, len(counts) - 2) * deviation
    return special.expit(mean), special.expit(mean - margin), special.expit(mean + margin)


def mean_of_others(counts: Counts) -> Floats:
    """The rate of all customers of the other campaigns: the simplest forecast."""
    return (counts.successes.sum() - counts.successes) / (counts.n.sum() - counts.n)
