"""What each unit achieved beside what its mix of customers and campaigns would have brought anyone: O / E.

Indirect standardisation. The whole peer group gives the rate of each stratum (tier x campaign x channel); a unit's
*expected* result is those rates applied to the customers it was given. Whoever got the warm list is expected to sell
more from it. Sums of observed and expected agree over the peer group, so nobody gains by being compared.

Source: Breslow and Day (1987), Statistical Methods in Cancer Research II, IARC, chapter 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Intervals, Reason, Tests, checked_level
from metrics.inference import rate
from metrics.moments import Counts, Floats, Moments, floats

STRATA = ("tier", "campaign_id", "channel")


@dataclass(frozen=True, slots=True)
class Standardised:
    """Observed and expected results of k units, in the order of `unit`; amounts in the measure's unit.

    `variance` is that of `observed` if the unit performed at its peers' rates and those were known.
    `null_covariance`, shape (k, k), is that of observed minus expected if the customers of each stratum were dealt
    to the units at random: it allows for each unit being part of its own reference.
    """

    unit: npt.NDArray[np.object_]
    n: Floats  # customers
    observed: Floats
    expected: Floats
    variance: Floats
    null_covariance: Floats
    comparable: Floats  # share of the unit's customers in strata that a peer served too; the rest says nothing

    def __len__(self) -> int:
        """Number of units."""
        return len(self.unit)

    @property
    def ratio(self) -> Floats:
        """Observed / expected; nan where nothing was expected."""
        return np.divide(self.observed, self.expected, out=np.full_like(self.n, np.nan), where=self.expected > 0)

    @property
    def dispersion(self) -> Floats:
        """Variance of the result per unit expected, at the peers' rates.

        1 for a Poisson count, below 1 for conversions that are not rare, the size of a sale and more for amounts;
        nan where nothing can vary.
        """
        usable = (self.expected > 0) & (self._null_variance > 0)
        return np.divide(self._null_variance, self.expected, out=np.full_like(self.n, np.nan), where=usable)

    @property
    def z(self) -> Floats:
        """Observed minus expected in standard errors of chance alone; nan where nothing can vary."""
        error = np.sqrt(self._null_variance)
        gap = self.observed - self.expected
        return np.divide(gap, error, out=np.full_like(gap, np.nan), where=error > 0)

    @property
    def _null_variance(self) -> Floats:
        """Diagonal of the null covariance; what rounding leaves of a variance that cancels is 0."""
        variance = np.diagonal(self.null_covariance)
        return np.where(variance > 1e-12 * self.variance, variance, 0.0)


def counts_by_mix(
    frame: pd.DataFrame, outcome: str, *, unit: str = "staff_id", strata: Sequence[str] = STRATA, n: str = "n"
) -> Standardised:
    """Customers who did something, beside the number expected from each unit's mix.

    Args:
        frame: one row per unit and stratum with the counts `n` and `outcome`; rows without a unit are left out.
        outcome: the column of successes, such as ``converted``.
        unit: the column that names who is compared.
        strata: the columns that make up the mix; none compares with the plain rate of the group.
        n: the column of customers.

    Raises:
        ShapeError: a column is missing.
        DomainError: a negative count, or more successes than customers.

    >>> mix = pd.DataFrame({"staff_id": ["Li", "Li", "Wu", "Wu"], "tier": ["gold", "basic"] * 2,
    ...                     "n": [80, 20, 20, 80], "converted": [40, 4, 10, 8]})
    >>> result = counts_by_mix(mix, "converted", strata=["tier"])
    >>> result.observed, result.expected.round(1)
    (array([44., 18.]), array([42.4, 19.6]))
    """
    rows = _with_unit(frame, unit, strata, n, outcome)
    counts = Counts.from_frame(rows, outcome, n)
    squares = counts.successes * (1 - np.nan_to_num(counts.share))
    return _standardised(rows, Moments(counts.n, counts.share, squares), unit, strata)


def amounts_by_mix(
    frame: pd.DataFrame, measure: str, *, unit: str = "staff_id", strata: Sequence[str] = STRATA, n: str = "n"
) -> Standardised:
    """Amounts such as sales, beside the amount expected from each unit's mix.

    The frame carries ``sum_<measure>`` and ``squares_<measure>`` (centred) instead of a count; see `counts_by_mix`.

    Raises:
        ShapeError: a column is missing.
    """
    rows = _with_unit(frame, unit, strata, n, f"sum_{measure}", f"squares_{measure}")
    return _standardised(rows, Moments.from_frame(rows, measure, n), unit, strata)


def exact_ratio(result: Standardised, level: float = 0.95) -> Intervals:
    """O / E of counts with exact Poisson limits, the expected number taken as known.

    The limits never cover less than they say. Where conversion is not rare they cover more: a Poisson count varies
    more than a share does, and `score_ratio` is then the narrower and still honest one.

    Source: Ulm (1990), American Journal of Epidemiology 131, 373-375.
    """
    return _ratio(result, rate.poisson(result.observed, np.maximum(result.expected, 0.0), level=level))


def score_ratio(result: Standardised, level: float = 0.95) -> Intervals:
    """O / E of counts with score limits that know each customer can convert only once.

    The ratio r is kept when (O - rE)^2 <= z^2 (rE - r^2 Q), where Q is the sum of the squared peer rates over the
    unit's customers. With one stratum this is Wilson's interval divided by the group's rate; with rare events it is
    the Poisson score interval.
    """
    z2 = stats.norm.isf((1 - checked_level(level)) / 2) ** 2
    known = result.expected > 0
    o, e = result.observed, np.where(known, result.expected, np.nan)
    a = e**2 + z2 * np.maximum(e - result.variance, 0.0)
    b = 2 * o * e + z2 * e
    root = np.sqrt(np.maximum(b**2 - 4 * a * o**2, 0.0))
    limits = Intervals.of(
        result.ratio, 2 * o**2 / (b + root), (b + root) / (2 * a), n=result.n, level=level, method="score"
    )
    return _ratio(result, limits)


def normal_ratio(result: Standardised, level: float = 0.95) -> Intervals:
    """O / E of amounts with normal limits from the spread of the peer group's amounts within strata.

    A person's own few sales say too little about their spread; the group's say more, at the price of assuming it.
    """
    half = stats.norm.isf((1 - checked_level(level)) / 2) * np.sqrt(result.variance)
    width = np.divide(half, result.expected, out=np.full_like(half, np.nan), where=(result.expected > 0) & (half > 0))
    limits = Intervals.of(
        result.ratio, result.ratio - width, result.ratio + width, n=result.n, level=level, method="normal"
    )
    return _ratio(result, limits)


def differences(result: Standardised) -> Tests:
    """One test of whether the units differ at all, given their mix: the generalised Mantel-Haenszel statistic.

    Its null hypothesis is the shuffle: within each stratum the customers were dealt to the units at random. The
    first two moments of that shuffle are exact, for counts and for amounts alike.

    Returns:
        One row. Fewer than two units is `Reason.TOO_FEW`, a group in which nothing varies `Reason.NO_VARIATION`,
        a measure missing in some row `Reason.NOT_RECORDED`.

    Source: Landis, Heyman and Koch (1978), International Statistical Review 46, 237-254.
    """
    if len(result) < 2:
        return _no_test(Reason.TOO_FEW)
    if not np.isfinite(result.null_covariance).all() or np.isnan(result.observed).any():
        return _no_test(Reason.NOT_RECORDED)
    values, vectors = np.linalg.eigh(result.null_covariance)
    kept = values > max(values.max(), 0.0) * len(result) * 1e-12
    if not kept.any():
        return _no_test(Reason.NO_VARIATION)
    along = vectors[:, kept].T @ (result.observed - result.expected)
    statistic = float(np.sum(along**2 / values[kept]))
    return Tests(
        floats(statistic),
        floats(stats.chi2.sf(statistic, int(kept.sum()))),
        np.array(["generalised Mantel-Haenszel"]),
        np.array([Reason.NONE.value]),
    )


def _no_test(reason: Reason) -> Tests:
    return Tests(floats(np.nan), floats(np.nan), np.array(["generalised Mantel-Haenszel"]), np.array([reason.value]))


def _with_unit(frame: pd.DataFrame, unit: str, strata: Sequence[str], *columns: str) -> pd.DataFrame:
    missing = [name for name in (unit, *strata, *columns) if name not in frame.columns]
    if missing:
        raise ShapeError(f"The aggregate lacks {', '.join(missing)}.")
    return frame.loc[frame[unit].notna()]


def _standardised(rows: pd.DataFrame, moments: Moments, unit: str, strata: Sequence[str]) -> Standardised:
    if bool(np.any(moments.n < 0)):
        raise DomainError("A count of customers is not negative.")
    units, column = np.unique(rows[unit].to_numpy(dtype=object), return_inverse=True)
    # A missing channel is a stratum of its own: leaving those customers out would break sum O = sum E.
    line = rows.groupby(list(strata), dropna=False, sort=False).ngroup() if strata else np.zeros(len(rows))
    line = np.asarray(line, dtype=np.intp)
    lines = int(line.max()) + 1 if len(line) else 0

    customers = np.zeros((lines, len(units)))
    np.add.at(customers, (line, column), moments.n)
    size = customers.sum(axis=1)
    total = np.bincount(line, moments.total, lines)
    mean = np.divide(total, size, out=np.zeros(lines), where=size > 0)
    gap = np.where(moments.n > 0, moments.mean, 0.0) - mean[line]
    squares = np.bincount(line, moments.squares + moments.n * gap**2, lines)
    population_variance = np.divide(squares, size, out=np.zeros(lines), where=size > 0)
    sample_variance = np.divide(squares, size - 1, out=np.zeros(lines), where=size > 1)
    per_customer = np.divide(sample_variance, size, out=np.zeros(lines), where=size > 0)

    n = customers.sum(axis=0)
    with_peer = np.where(customers < size[:, None], customers, 0.0).sum(axis=0)
    return Standardised(
        unit=units,
        n=n,
        observed=floats(np.bincount(column, moments.total, len(units))),
        expected=customers.T @ mean,
        variance=customers.T @ population_variance,
        null_covariance=np.diag(customers.T @ sample_variance) - (customers.T * per_customer) @ customers,
        comparable=np.divide(with_peer, n, out=np.full_like(n, np.nan), where=n > 0),
    )


def _ratio(result: Standardised, limits: Intervals) -> Intervals:
    missing = np.isnan(result.observed) | np.isnan(result.expected)
    reason = np.where(result.expected > 0, limits.reason, Reason.TOO_FEW.value)
    reason = np.where(missing, Reason.NOT_RECORDED.value, reason)
    blank = np.where(reason == Reason.NONE.value, 0.0, np.nan)
    return Intervals.of(
        result.ratio,
        limits.low + blank,
        limits.high + blank,
        n=result.n,
        level=limits.level,
        reason=reason,
        method=limits.method,
    )
