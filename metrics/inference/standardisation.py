"""What each unit achieved beside what its mix of customers and campaigns would have brought anyone: O / E.

Indirect standardisation. The whole peer group gives the rate of each stratum (tier x campaign x channel); a unit's
*expected* result is those rates applied to the customers it was given. Whoever got the warm list is expected to sell
more from it. Sums of observed and expected agree over the peer group, so nobody gains by being compared.

The rates may also come from outside, such as those of the whole bank: then a group that does better than the bank is
seen to, and the sums do not agree.

Source: Breslow and Day (1987), Statistical Methods in Cancer Research II, IARC, chapter 2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Intervals, Reason, Tests, checked_level, table
from metrics.inference import rate
from metrics.moments import Counts, Floats, Moments, floats

STRATA = ("tier", "campaign_id", "channel")


@dataclass(frozen=True, slots=True)
class Standardised:
    """Observed and expected results of k units, in the order of `unit`; amounts in the measure's unit.

    `variance` is that of `observed` if the unit performed at its peers' rates and those were known.
    `null_covariance`, shape (k, k), is that of observed minus expected if the customers of each stratum were dealt
    to the units at random: it allows for each unit being part of its own reference. With rates from outside it is that
    of customers who are like the reference's, whose rates are themselves an estimate.
    """

    unit: npt.NDArray[np.object_]
    n: Floats  # customers
    observed: Floats
    expected: Floats
    variance: Floats
    null_covariance: Floats
    comparable: (
        Floats  # share of the unit's customers in strata that a peer (the reference) has too; the rest says nothing
    )

    def __len__(self) -> int:
        """Number of units."""
        return len(self.unit)

    def frame(self) -> pd.DataFrame:
        """One row per unit: what was observed and expected, and how far apart the two are."""
        return table(self, "unit", "n", "observed", "expected", "ratio", "z", "dispersion", "comparable")

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
    frame: pd.DataFrame,
    outcome: str,
    *,
    unit: str = "staff_id",
    strata: Sequence[str] = STRATA,
    n: str = "n",
    reference: pd.DataFrame | None = None,
) -> Standardised:
    """Customers who did something, beside the number expected from each unit's mix.

    Args:
        frame: one row per unit and stratum with the counts `n` and `outcome`; rows without a unit are left out.
        outcome: the column of successes, such as ``converted``.
        unit: the column that names who is compared.
        strata: the columns that make up the mix; none compares with the plain rate of the group.
        n: the column of customers.
        reference: the same counts by stratum of others, whose rates are what is expected; without them those of the
            whole group are. Customers in strata that the reference lacks are left out of observed and expected.

    Raises:
        ShapeError: a column is missing.
        DomainError: a negative count, or more successes than customers.

    >>> mix = pd.DataFrame({"staff_id": ["Li", "Li", "Wu", "Wu"], "tier": ["gold", "basic"] * 2,
    ...                     "n": [80, 20, 20, 80], "converted": [40, 4, 10, 8]})
    >>> result = counts_by_mix(mix, "converted", strata=["tier"])
    >>> result.observed, result.expected.round(1)
    (array([44., 18.]), array([42.4, 19.6]))
    """

    def moments(rows: pd.DataFrame) -> Moments:
        counts = Counts.from_frame(rows, outcome, n)
        return Moments(counts.n, counts.share, counts.successes * (1 - np.nan_to_num(counts.share)))

    rows, others = _with_unit(frame, unit, strata, n, outcome), _with_strata(reference, strata, n, outcome)
    return _standardised(rows, others, moments, unit, strata)


def amounts_by_mix(
    frame: pd.DataFrame,
    measure: str,
    *,
    unit: str = "staff_id",
    strata: Sequence[str] = STRATA,
    n: str = "n",
    reference: pd.DataFrame | None = None,
) -> Standardised:
    """Amounts such as sales, beside the amount expected from each unit's mix.

    The frame carries ``sum_<measure>`` and ``squares_<measure>`` (centred) instead of a count; see `counts_by_mix`.

    Raises:
        ShapeError: a column is missing.
    """
    columns = n, f"sum_{measure}", f"squares_{measure}"
    rows, others = _with_unit(frame, unit, strata, *columns), _with_strata(reference, strata, *columns)
    return _standardised(rows, others, lambda table: Moments.from_frame(table, measure, n), unit, strata)


def exact_ratio(result: Standardised, level: float = 0.95) -> Intervals:
    """O / E of counts with exact Poisson limits, the expected number taken as known.

    The limits never cover less than they say. Where conversion is not rare they cover more: a Poisson count varies
    more than a share does.

    Source: Ulm (1990), American Journal of Epidemiology 131, 373-375.
    """
    return _ratio(result, rate.poisson(result.observed, np.maximum(result.expected, 0.0), level=level))


def normal_ratio(result: Standardised, level: float = 0.95) -> Intervals:
    """O / E of amounts with normal limits from the spread of the peer group's amounts within strata.

    A person's own few sales say too little about their spread; the group's say more, at the price of assuming it.
    """
    spread = np.sqrt(result.variance)
    usable = (result.expected > 0) & (spread > 0)
    error = np.divide(spread, result.expected, out=np.full_like(spread, np.nan), where=usable)
    width = stats.norm.isf((1 - checked_level(level)) / 2) * error
    limits = Intervals.of(
        result.ratio,
        result.ratio - width,
        result.ratio + width,
        n=result.n,
        level=level,
        method="normal",
        standard_error=error,
        degrees_of_freedom=np.inf,
    )
    return _ratio(result, limits)


def differences(result: Standardised) -> Tests:
    """One test of whether the units differ at all, given their mix: the generalised Mantel-Haenszel statistic.

    Its null hypothesis is the shuffle: within each stratum the customers were dealt to the units at random. The
    first two moments of that shuffle are exact, for counts and for amounts alike. With rates from outside it asks
    whether any unit differs from those.

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
    _checked(frame, unit, *strata, *columns)
    return frame.loc[frame[unit].notna()]


def _with_strata(reference: pd.DataFrame | None, strata: Sequence[str], *columns: str) -> pd.DataFrame | None:
    if reference is not None:
        _checked(reference, *strata, *columns)
    return reference


def _checked(frame: pd.DataFrame, *columns: str) -> None:
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise ShapeError(f"The aggregate lacks {', '.join(missing)}.")


@dataclass(frozen=True, slots=True)
class _Strata:
    """What the reference shows of each stratum: customers, mean, and the two variances of one of them."""

    size: Floats
    mean: Floats
    population_variance: Floats
    sample_variance: Floats

    @classmethod
    def of(cls, moments: Moments, line: npt.NDArray[np.intp], lines: int) -> _Strata:
        size = floats(np.bincount(line, moments.n, lines))
        mean = np.divide(np.bincount(line, moments.total, lines), size, out=np.zeros(lines), where=size > 0)
        gap = np.where(moments.n > 0, moments.mean, 0.0) - mean[line]
        squares = np.bincount(line, moments.squares + moments.n * gap**2, lines)
        return cls(
            size,
            mean,
            np.divide(squares, size, out=np.zeros(lines), where=size > 0),
            np.divide(squares, size - 1, out=np.zeros(lines), where=size > 1),
        )


def _standardised(
    rows: pd.DataFrame,
    reference: pd.DataFrame | None,
    moments_of: Callable[[pd.DataFrame], Moments],
    unit: str,
    strata: Sequence[str],
) -> Standardised:
    moments, others = moments_of(rows), None if reference is None else moments_of(reference)
    if any(bool(np.any(some.n < 0)) for some in (moments, others) if some is not None):
        raise DomainError("A count of customers is not negative.")
    units, column = np.unique(rows[unit].to_numpy(dtype=object), return_inverse=True)
    every = rows[list(strata)] if reference is None else pd.concat([rows[list(strata)], reference[list(strata)]])
    # A missing channel is a stratum of its own: leaving those customers out would break sum O = sum E.
    line = every.groupby(list(strata), dropna=False, sort=False).ngroup() if strata else np.zeros(len(every))
    line = np.asarray(line, dtype=np.intp)
    lines = int(line.max()) + 1 if len(line) else 0
    own, theirs = line[: len(rows)], line[len(rows) :]
    expecting = _Strata.of(moments, own, lines) if others is None else _Strata.of(others, theirs, lines)

    everybody = np.zeros((lines, len(units)))
    np.add.at(everybody, (own, column), moments.n)
    size, n = expecting.size, everybody.sum(axis=0)
    known = size > 0
    customers = np.where(known[:, None], everybody, 0.0)
    per_customer = np.divide(expecting.sample_variance, size, out=np.zeros(lines), where=known)
    # A unit is part of its own group's rates and none of others': the error of those comes on top.
    shared = (customers.T * per_customer) @ customers * (-1.0 if others is None else 1.0)
    alone = customers == size[:, None] if others is None else np.zeros_like(customers, dtype=np.bool_)
    return Standardised(
        unit=units,
        n=n,
        observed=floats(np.bincount(column, np.where(known[own], moments.total, 0.0), len(units))),
        expected=customers.T @ expecting.mean,
        variance=customers.T @ expecting.population_variance,
        null_covariance=np.diag(customers.T @ expecting.sample_variance) + shared,
        comparable=np.divide(np.where(alone, 0.0, customers).sum(axis=0), n, out=np.full_like(n, np.nan), where=n > 0),
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
        standard_error=limits.standard_error,
        degrees_of_freedom=limits.degrees_of_freedom,
    )
