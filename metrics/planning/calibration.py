"""Forecasts after the fact: did 80 % intervals hold 80 % of what happened, were they too hopeful, how far off?

Source: Hyndman and Koehler (2006), International Journal of Forecasting 22, 679-688, for the scaled error; Kolassa and
Schuetz (2007), Foresight 6, 40-43, for the error as a share of the total.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from metrics.errors import ShapeError
from metrics.estimate import Intervals
from metrics.inference.mean import student
from metrics.inference.proportion import wilson
from metrics.inference.ratio import ratio_of_sums
from metrics.moments import Counts, Floats, JointMoments, Moments, floats


@dataclass(frozen=True, slots=True)
class Calibration:
    """Past forecasts together.

    `coverage` is the share of outcomes inside their limits, to be held against `level`; `bias` the mean of
    log(actual / forecast median), 0.1 meaning that things turned out about 10 % higher than forecast; `wape` the
    absolute errors of the medians as a share of all that happened, which large campaigns dominate as they dominate the
    budget, and which a campaign that brought nothing does not make infinite.
    """

    level: float
    coverage: Intervals
    bias: Intervals
    wape: Intervals

    def frame(self) -> pd.DataFrame:
        """One row each, named in `of`."""
        names = ("coverage", "bias", "wape")
        return pd.concat([getattr(self, name).frame().assign(of=name) for name in names], ignore_index=True)


def calibrate(median: Floats, low: Floats, high: Floats, actual: Floats, level: float) -> Calibration:
    """Coverage, bias and error of forecasts whose outcome is known; rows with a nan are left out.

    Raises:
        ShapeError: the columns differ in length.
    """
    if len({column.shape for column in (median, low, high, actual)}) > 1:
        raise ShapeError("Each forecast has a median, two limits and an outcome.")
    median, low, high, actual = floats(median), floats(low), floats(high), floats(actual)
    known = ~np.isnan(median + low + high + actual)
    inside = (low <= actual) & (actual <= high) & known
    positive = known & (median > 0) & (actual > 0)
    ratio = floats(np.log(actual[positive] / median[positive]))
    errors = JointMoments.from_rows(np.abs(actual - median)[known], np.abs(actual)[known])
    return Calibration(
        level, wilson(Counts.of(known.sum(), inside.sum())), student(Moments.from_rows(ratio)), ratio_of_sums(errors)
    )
