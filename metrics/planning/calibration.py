"""Forecasts after the fact: did 80 % intervals hold 80 % of what happened, were they too hopeful, how far off?

Source: Hyndman and Koehler (2006), International Journal of Forecasting 22, 679-688, for the scaled error; Kolassa and
Schuetz (2007), Foresight 6, 40-43, for the error as a share of the total.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from metrics.errors import ShapeError
from metrics.estimate import Intervals, table
from metrics.inference.mean import student
from metrics.inference.proportion import wilson
from metrics.inference.ratio import ratio_of_sums
from metrics.moments import Counts, Floats, JointMoments, Moments, floats
from metrics.planning.hierarchy import Outcomes, fit


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


@dataclass(frozen=True, slots=True)
class Backtest:
    """Each past campaign forecast from all the others, one row a campaign, as shares.

    `error_of_mean` and `error_of_similar` are the absolute errors of two simpler forecasters: the overall rate
    of the others, and the rate of the last campaign before it that shares most factors.
    """

    actual: Floats
    median: Floats
    low: Floats
    high: Floats
    level: float
    error_of_mean: Floats
    error_of_similar: Floats

    def frame(self) -> pd.DataFrame:
        """One row per campaign: what came, what was forecast, and the errors of the model and of simpler ones."""
        return table(self, "actual", "median", "low", "high", "error", "error_of_mean", "error_of_similar")

    @property
    def error(self) -> Floats:
        """Absolute error of the model's median."""
        return np.abs(self.actual - self.median)

    @property
    def scaled_error(self) -> float:
        """Mean absolute error over that of repeating the last similar campaign: below 1 the model earns its keep.

        Over the campaigns that have one before them; nan where repeating made no error.
        """
        both = ~np.isnan(self.error + self.error_of_similar)
        simple = float(self.error_of_similar[both].sum())
        return float(self.error[both].sum()) / simple if simple > 0 else float("nan")

    def calibration(self) -> Calibration:
        """Coverage, bias and error of the model's forecasts."""
        return calibrate(self.median, self.low, self.high, self.actual, self.level)


def backtest(counts: Counts, factors: pd.DataFrame, level: float = 0.8) -> Backtest:
    """Leave each campaign out, refit, forecast its rate, and compare with what was counted.

    The limits are those of the observed rate: the campaign's own sampling error is included.

    Args:
        counts: Customers and successes of each past campaign, in the order in which they ran.
        factors: Their levels of each factor, the same rows.
        level: Level of the limits.

    Raises:
        ShapeError: the rows differ.
        DomainError: fewer campaigns than a model needs.
    """
    if len(counts) != len(factors):
        raise ShapeError("Counts and factors have one row a campaign.")
    outcomes = Outcomes.of_shares(counts)
    mean, deviation, pooled = (np.empty(len(counts)) for _ in range(3))
    for row in range(len(counts)):
        others = np.arange(len(counts)) != row
        rest, left_out = factors.drop(index=factors.index[row]), factors.iloc[row : row + 1]
        model = fit(Outcomes(outcomes.value[others], outcomes.variance[others]), rest)
        prediction = model.predict(left_out)
        mean[row] = prediction.mean[0]
        deviation[row] = np.hypot(prediction.standard_deviation[0], np.sqrt(outcomes.variance[row]))
        pooled[row] = counts[others].pooled().share.item()
    margin = float(stats.t.isf((1 - level) / 2, len(counts) - 2)) * deviation
    actual = counts.share
    similar = actual[_last_similar(factors)]
    similar[0] = np.nan
    return Backtest(
        actual,
        _share(mean),
        _share(mean - margin),
        _share(mean + margin),
        level,
        np.abs(actual - pooled),
        np.abs(actual - similar),
    )


def _share(logit: Floats) -> Floats:
    return 1 / (1 + np.exp(-logit))


def _last_similar(factors: pd.DataFrame) -> npt.NDArray[np.intp]:
    """For each campaign the latest one before it that agrees in most factors; itself for the first."""
    levels = factors.to_numpy(dtype=object)
    agreeing = (levels[:, None, :] == levels[None, :, :]).sum(axis=2).astype(np.float64)
    earlier = np.tri(len(levels), k=-1, dtype=np.bool_)
    recency = np.arange(len(levels)) / (len(levels) + 1)
    return np.where(earlier, agreeing + recency[None, :], -1.0).argmax(axis=1)
