"""Ratios of two means: of the same customers by the delta method, or by Fieller where two groups are divided."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import stats

from metrics.estimate import Intervals, Reason, checked_level
from metrics.inference.mean import why_no_limits
from metrics.moments import Floats, JointMoments, Moments, floats


def ratio_of_sums(joint: JointMoments, level: float = 0.95) -> Intervals:
    """Sum of `x` over sum of `y` of the same customers, by the delta method.

    Customers are the units: sales that moved money inside the bank over all sales, yuan over yuan, with the
    correlation of the two within a customer taken into account.

    Returns:
        Intervals, shape (k,), in the unit of x per unit of y. A denominator of 0 has no ratio (`Reason.TOO_FEW`).

    Raises:
        DomainError: the level is not between 0 and 1.

    Source: Cochran (1977), Sampling Techniques, 3rd ed., section 6.4; limits of Student with n - 1.

    >>> ratio = ratio_of_sums(JointMoments.from_rows([1.0, 2.0, 4.0], [2.0, 5.0, 6.0]))
    >>> ratio.estimate.round(4).item(), ratio.low.round(4).item(), ratio.high.round(4).item()
    (0.5385, 0.1178, 0.9591)
    """
    x, y = joint.x, joint.y
    usable = (joint.n > 1) & (np.abs(y.mean) > 0)
    base = np.where(usable, y.mean, np.nan)
    ratio = x.mean / base
    spread = x.variance - 2 * ratio * joint.covariance + ratio**2 * y.variance
    # Rounding can leave a perfectly proportional pair a variance of -1e-17.
    error = np.sqrt(np.maximum(spread, 0.0) / np.where(usable, joint.n, np.nan)) / np.abs(base)
    half = stats.t.isf((1 - checked_level(level)) / 2, np.where(usable, joint.n - 1, np.nan)) * error
    unknown = np.isnan(x.mean) | np.isnan(y.mean) | np.isnan(joint.product)
    reason = np.select(
        [np.isnan(joint.n) | ((joint.n > 0) & unknown), ~usable],
        [Reason.NOT_RECORDED.value, Reason.TOO_FEW.value],
        Reason.NONE.value,
    )
    return Intervals.of(
        ratio,
        ratio - half,
        ratio + half,
        n=joint.n,
        level=level,
        reason=reason,
        method="delta method",
        standard_error=error,
        degrees_of_freedom=joint.n - 1,
    )


def fieller_independent(numerator: Moments, denominator: Moments, level: float = 0.95) -> Intervals:
    """Mean of one group over the mean of another, with Fieller's limits; the groups may vary differently.

    Degrees of freedom are Satterthwaite's at the estimated ratio.

    Returns:
        As `fieller_limits`; `n` counts both groups.

    Source: Tamhane and Logan (2004), Statistics in Medicine 23, 3273-3286.
    """
    n_x, n_y = np.where(numerator.n > 1, numerator.n, np.nan), np.where(denominator.n > 1, denominator.n, np.nan)
    error_x, error_y = numerator.variance / n_x, denominator.variance / n_y
    ratio = numerator.mean / np.where(denominator.mean == 0, np.nan, denominator.mean)
    scaled = ratio**2 * error_y
    spread = error_x**2 / (n_x - 1) + scaled**2 / (n_y - 1)
    freedom = np.divide((error_x + scaled) ** 2, spread, out=np.full_like(spread, np.nan), where=spread > 0)
    n = numerator.n + denominator.n
    ratios = fieller_limits(
        numerator.mean, denominator.mean, error_x, error_y, np.zeros_like(n), freedom=freedom, n=n, level=level
    )
    flat = (why_no_limits(numerator) == Reason.NO_VARIATION) & (why_no_limits(denominator) == Reason.NO_VARIATION)
    missing = (why_no_limits(numerator) == Reason.NOT_RECORDED) | (why_no_limits(denominator) == Reason.NOT_RECORDED)
    return ratios.withheld(flat, Reason.NO_VARIATION).withheld(missing, Reason.NOT_RECORDED)


def fieller_limits(
    numerator: npt.ArrayLike,
    denominator: npt.ArrayLike,
    variance_numerator: npt.ArrayLike,
    variance_denominator: npt.ArrayLike,
    covariance: npt.ArrayLike,
    *,
    n: npt.ArrayLike,
    freedom: npt.ArrayLike = np.inf,
    level: float = 0.95,
) -> Intervals:
    """Limits of the ratio of two estimates that are jointly normal.

    They are the ratios r for which numerator - r x denominator does not differ from 0: unlike the delta method's,
    right however uncertain the denominator is.

    Args:
        numerator: estimates, shape (k,).
        denominator: estimates, shape (k,).
        variance_numerator: their squared standard errors.
        variance_denominator: their squared standard errors.
        covariance: of the two estimates; 0 for independent ones.
        n: denominator to print beside the number.
        freedom: degrees of freedom of the variances; infinity for the normal distribution.
        level: confidence level.

    Returns:
        Intervals, shape (k,). Where the denominator itself may be 0 the set of plausible ratios has no end:
        the estimate stays, the limits are nan and the reason is `Reason.UNBOUNDED`. Where an input is
        nan or the denominator exactly 0 there is no ratio: `Reason.TOO_FEW`.

    Raises:
        DomainError: the level is not between 0 and 1.

    Source: Fieller (1954), Journal of the Royal Statistical Society B 16, 175-185.
    """
    a, b, var_a, var_b, cov = (
        floats(v) for v in (numerator, denominator, variance_numerator, variance_denominator, covariance)
    )
    critical = stats.t.isf((1 - checked_level(level)) / 2, floats(freedom)) ** 2
    ratio = np.divide(a, b, out=np.full_like(a, np.nan), where=b != 0)
    # The limits solve (b2 - c var_b) r2 - 2 (a b - c cov) r + (a2 - c var_a) = 0.
    leading, middle, constant = b**2 - critical * var_b, a * b - critical * cov, a**2 - critical * var_a
    bounded = leading > 0
    root = np.sqrt(np.maximum(middle**2 - leading * constant, 0.0))
    leading = np.where(bounded, leading, np.nan)
    known = ~(np.isnan(ratio) | np.isnan(critical * (var_a + var_b + cov)))
    reason = np.select([~known, ~bounded], [Reason.TOO_FEW.value, Reason.UNBOUNDED.value], Reason.NONE.value)
    low, high = (middle - root) / leading, (middle + root) / leading
    return Intervals.of(
        ratio, _where_known(known, low), _where_known(known, high), n=n, level=level, reason=reason, method="Fieller"
    )


def _where_known(known: npt.NDArray[np.bool_], values: Floats) -> Floats:
    return np.where(known, values, np.nan)
