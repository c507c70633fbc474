"""Comparing groups that nobody randomised: like with like, stratum by stratum, and how unlike the groups are.

What comes out is a *difference* after allowing for the strata (tier x age band, say), never an effect: whatever
the strata leave out may still explain it.

Strata are rows: `comparison` numbers from 0 the comparison each stratum belongs to, and every function returns
one row per comparison.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from metrics import models
from metrics.errors import DomainError, ShapeError
from metrics.estimate import Intervals, Reason, Tests, checked_level
from metrics.inference.effect import checked_pairs, difference_in_means, difference_in_shares
from metrics.moments import Counts, Floats, Moments, floats

UNLIKE_FROM = 0.1  # standardised difference from which a mix is called unlike (Austin 2009)


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A difference as it stands, and with strata of the same kind compared; one row per comparison."""

    crude: Intervals  # treated minus control, everybody
    adjusted: Intervals  # treated minus control, within strata
    test: Tests  # that the adjusted difference is none
    compared: Floats  # share of the customers who are in strata that hold both groups; the others say nothing

    @property
    def reversed(self) -> npt.NDArray[np.bool_]:
        """Rows whose sign turns round (Simpson's paradox), one of the two differences being more than noise."""
        opposite = np.sign(self.crude.estimate) * np.sign(self.adjusted.estimate) < 0
        return opposite & (_shown(self.crude) | _shown(self.adjusted))

    def frame(self) -> pd.DataFrame:
        """One row per comparison: the adjusted difference, its test, the crude one and how much it rests on."""
        beside = {
            "p_value": self.test.p_value,
            "crude": self.crude.estimate,
            "crude_low": self.crude.low,
            "crude_high": self.crude.high,
            "compared": self.compared,
            "reversed": self.reversed,
        }
        return self.adjusted.frame().assign(**beside)


@dataclass(frozen=True, slots=True)
class CommonOddsRatio:
    """The odds of the treated over the odds of the control, common to all strata of one comparison."""

    odds_ratio: Intervals  # one row
    association: Tests  # Cochran-Mantel-Haenszel: that it is 1
    homogeneity: Tests  # Breslow-Day: that one number will do for all strata


def mantel_haenszel(comparison: npt.ArrayLike, control: Counts, treated: Counts, level: float = 0.95) -> Adjusted:
    """Mantel-Haenszel difference of two shares over strata, with Sato's variance, which allows for small strata.

    Returns:
        One row per comparison, as shares. No stratum with both groups: `Reason.NO_CONTROL`.

    Raises:
        ShapeError: the columns differ in length.
        DomainError: a comparison's number is negative, or the level is not between 0 and 1.

    Source: Mantel and Haenszel (1959), Journal of the National Cancer Institute 22, 719-748; Greenland and Robins
    (1985), Biometrics 41, 55-68; Sato (1989), Biometrics 45, 1323-1324.

    >>> women, men = Counts.of([108, 341], [89, 24]), Counts.of([825, 373], [512, 22])  # two departments of Berkeley
    >>> admitted = mantel_haenszel([0, 0], control=women, treated=men)
    >>> admitted.crude.estimate.round(3).item(), admitted.adjusted.estimate.round(3).item(), admitted.reversed.item()
    (0.194, -0.078, True)
    """
    groups = _Groups.of(comparison, control, treated)
    a, n_t, c, n_c = treated.successes, treated.n, control.successes, control.n
    total = np.where(groups.both, n_t + n_c, np.inf)
    weight = groups.sums(n_t * n_c / total)
    gain = groups.sums((a * n_c - c * n_t) / total)
    known = weight > 0
    difference = np.divide(gain, weight, out=np.full_like(gain, np.nan), where=known)
    p = groups.sums((n_t**2 * c - n_c**2 * a + n_t * n_c * (n_c - n_t) / 2) / total**2)
    q = groups.sums((a * (n_c - c) + c * (n_t - a)) / (2 * total))
    error = np.sqrt(np.maximum(difference * p + q, 0.0)) / np.where(known, weight, np.nan)
    crude = difference_in_shares(
        control.pooled(groups.number, groups.rows), treated.pooled(groups.number, groups.rows), level
    )
    return groups.adjusted(crude, difference, error, level, "Mantel-Haenszel")


def standardised(
    comparison: npt.ArrayLike,
    control: Moments,
    treated: Moments,
    *,
    standard: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> Adjusted:
    """Difference of two means if both groups had the same mix of strata (direct standardisation).

    Args:
        comparison: number from 0 of each stratum's comparison, shape (s,).
        control: one row per stratum; a share comes in by `Moments.of_counts`.
        treated: the same.
        standard: weight of each stratum; by default the customers of both groups together.
        level: confidence level.

    Returns:
        One row per comparison, in the measure's unit. A stratum counts when either group has at least two customers
        in it; none that does: `Reason.NO_CONTROL`.

    Raises:
        ShapeError: the columns differ in length.
        DomainError: a negative weight or comparison's number, or the level is not between 0 and 1.

    Source: Kitagawa (1964), Demography 1, 296-315; Fleiss, Levin and Paik (2003), chapter 19.

    >>> control = Moments(n=np.array([50.0, 10.0]), mean=np.array([2.0, 6.0]), squares=np.array([49.0, 9.0]))
    >>> treated = Moments(n=np.array([10.0, 50.0]), mean=np.array([1.0, 5.0]), squares=np.array([9.0, 49.0]))
    >>> sales = standardised([0, 0], control, treated)
    >>> sales.crude.estimate.round(2).item(), sales.adjusted.estimate.round(2).item(), sales.reversed.item()
    (1.67, -1.0, True)
    """
    groups = _Groups.of(comparison, control, treated, at_least=2)
    weight = control.n + treated.n if standard is None else floats(standard)
    if len(weight) != len(control):
        raise ShapeError(f"{len(weight)} weights for {len(control)} strata.")
    if bool(np.any(weight < 0)):
        raise DomainError("A stratum's weight is not negative.")
    weight = np.where(groups.both, weight, 0.0)
    total = groups.sums(weight)
    share = np.divide(weight, total[groups.number], out=np.zeros_like(weight), where=weight > 0)
    gap = np.where(share > 0, treated.mean - control.mean, 0.0)
    squared = sum(arm.variance / np.where(arm.n > 0, arm.n, np.nan) for arm in (control, treated))
    error = np.sqrt(groups.sums(np.where(share > 0, share**2 * squared, 0.0)))
    known = total > 0
    difference = np.where(known, groups.sums(share * gap), np.nan)
    crude = difference_in_means(
        control.pooled(groups.number, groups.rows), treated.pooled(groups.number, groups.rows), level
    )
    return groups.adjusted(crude, difference, np.where(known, error, np.nan), level, "direct standardisation")


def common_odds_ratio(control: Counts, treated: Counts, level: float = 0.95) -> CommonOddsRatio:
    """Mantel-Haenszel odds ratio over the strata of one comparison, with the Breslow-Day test that it is common.

    Returns:
        One row. Strata in which a group is empty, or all or none did it, carry no information and are left out;
        when none is left, or nobody did it in one group, the ratio does not exist: `Reason.TOO_FEW`.

    Raises:
        ShapeError: the groups differ in length.
        DomainError: the level is not between 0 and 1.

    Source: Robins, Breslow and Greenland (1986), Biometrics 42, 311-323; Breslow and Day (1980), section 4.4, with the
    correction of Tarone (1985).

    >>> women, men = Counts.of([108, 341], [89, 24]), Counts.of([825, 373], [512, 22])
    >>> common_odds_ratio(control=women, treated=men).odds_ratio.estimate.round(2)
    array([0.48])
    """
    checked_pairs(control, treated)
    did, didnt = control.successes + treated.successes, control.n + treated.n - control.successes - treated.successes
    telling = (control.n > 0) & (treated.n > 0) & (did > 0) & (didnt > 0)
    c, t = control[telling], treated[telling]
    n = float((control.n + treated.n).sum())
    crossed = [float(np.sum(x.successes * (y.n - y.successes) / (x.n + y.n))) for x, y in ((t, c), (c, t))]
    if min(crossed) <= 0:
        nothing = Tests(floats(np.nan), floats(np.nan), np.array([""]), np.array([Reason.TOO_FEW.value]))
        return CommonOddsRatio(Intervals.of(np.nan, np.nan, np.nan, n=n, level=level), nothing, nothing)
    tables = np.array([[t.successes, t.n - t.successes], [c.successes, c.n - c.successes]])
    result = models.mantel_haenszel(tables, checked_level(level))
    ratio = Intervals.of(result.odds_ratio, result.low, result.high, n=n, level=level, method="Mantel-Haenszel")
    homogeneity = _breslow_day(c, t, result.odds_ratio) if len(c) > 1 else (np.nan, np.nan)
    return CommonOddsRatio(
        ratio, _test(result.no_association, "Cochran-Mantel-Haenszel"), _test(homogeneity, "Breslow-Day")
    )


def _breslow_day(control: Counts, treated: Counts, ratio: float) -> tuple[float, float]:
    """Chi-square of what each stratum shows against what the common ratio expects of it, corrected by Tarone.

    Written out: statsmodels' divides by zero when the common ratio is 1.
    """
    did, n = control.successes + treated.successes, control.n + treated.n
    # The expected count x solves x (n_control - did + x) = ratio (did - x) (n_treated - x).
    square, linear = 1 - ratio, control.n - did + ratio * (did + treated.n)
    constant = -ratio * did * treated.n
    root = np.sqrt(linear**2 - 4 * square * constant)
    # Of the two forms of the solution, the one that adds numbers of the same sign.
    adding = linear > 0
    expected = np.where(adding, -2 * constant, root - linear) / np.where(adding, linear + root, 2 * square or 1.0)
    inverse = 1 / expected + 1 / (did - expected) + 1 / (treated.n - expected) + 1 / (control.n - did + expected)
    excess, variance = treated.successes - expected, 1 / inverse
    statistic = float(np.sum(excess**2 / variance) - np.sum(excess) ** 2 / np.sum(variance))
    return statistic, float(stats.chi2.sf(statistic, len(n) - 1))


def _shown(difference: Intervals) -> npt.NDArray[np.bool_]:
    return (difference.low > 0) | (difference.high < 0)


def _test(outcome: tuple[float, float], method: str) -> Tests:
    statistic, p_value = outcome
    made = not np.isnan(p_value)
    reason = Reason.NONE if made else Reason.TOO_FEW
    return Tests(floats(statistic), floats(p_value), np.array([method if made else ""]), np.array([reason.value]))


@dataclass(frozen=True, slots=True)
class _Groups:
    """Which comparison each stratum belongs to, and which strata hold both groups."""

    number: npt.NDArray[np.intp]
    rows: int
    both: npt.NDArray[np.bool_]
    compared: Floats

    @classmethod
    def of(
        cls, comparison: npt.ArrayLike, control: Counts | Moments, treated: Counts | Moments, at_least: int = 1
    ) -> _Groups:
        checked_pairs(control, treated)
        number = np.asarray(comparison, dtype=np.intp)
        if len(number) != len(control):
            raise ShapeError(f"{len(number)} comparisons for {len(control)} strata.")
        if bool(np.any(number < 0)):
            raise DomainError("Comparisons are numbered from 0.")
        rows = int(number.max()) + 1 if len(number) else 0
        both = (control.n >= at_least) & (treated.n >= at_least)
        everybody = floats(np.bincount(number, control.n + treated.n, rows))
        inside = floats(np.bincount(number, np.where(both, control.n + treated.n, 0.0), rows))
        compared = np.divide(inside, everybody, out=np.full_like(everybody, np.nan), where=everybody > 0)
        return cls(number, rows, both, compared)

    def sums(self, values: Floats) -> Floats:
        return floats(np.bincount(self.number, values, self.rows))

    def adjusted(self, crude: Intervals, difference: Floats, error: Floats, level: float, method: str) -> Adjusted:
        margin = stats.norm.isf((1 - level) / 2) * np.where(error > 0, error, np.nan)
        reason = np.select(
            [crude.reason == Reason.NOT_RECORDED.value, np.isnan(difference), ~(error > 0)],
            [Reason.NOT_RECORDED.value, Reason.NO_CONTROL.value, Reason.NO_VARIATION.value],
            Reason.NONE.value,
        )
        difference = np.where(reason == Reason.NOT_RECORDED.value, np.nan, difference)
        limits = Intervals.of(
            difference,
            difference - margin,
            difference + margin,
            n=crude.n,
            level=level,
            reason=reason,
            method=method,
            standard_error=error,
            degrees_of_freedom=np.inf,
        )
        z = difference / np.where(error > 0, error, np.nan)
        named = np.where(reason == Reason.NONE.value, method, "")
        return Adjusted(crude, limits, Tests(z, floats(2 * stats.norm.sf(np.abs(z))), named, reason), self.compared)
