"""What one arm achieved over another: differences and lifts with intervals, one row per comparison.

Every function takes the control first and the treated arm second and returns treated minus control, so that
swapping the arms mirrors the interval about zero. An arm that is too small gives missing limits and the reason.

Ratios and covariate-adjusted means are first turned into the `Moments` of one value per customer
(`linearised`, `covariate_adjusted`); whatever works on a mean then works on them.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy import stats

from metrics.errors import ShapeError
from metrics.estimate import Intervals, Reason, checked_level
from metrics.inference.mean import why_no_limits
from metrics.inference.proportion import wilson
from metrics.inference.ratio import fieller_independent
from metrics.moments import Counts, Floats, JointMoments, Moments


def difference_in_shares(control: Counts, treated: Counts, level: float = 0.95) -> Intervals:
    """Difference of two shares, treated minus control, with Newcombe's hybrid score limits.

    Each share's Wilson limits are combined, so the interval stays inside -1 to 1 and is usable at 0 or
    all successes, where the textbook interval has no width.

    Returns:
        Intervals, shape (k,), as shares (0.02 is two points); `n` counts both arms. An empty arm has no
        difference: nan and `Reason.TOO_FEW`.

    Raises:
        ShapeError: the arms differ in length.
        DomainError: the level is not between 0 and 1.

    Source: Newcombe (1998), Statistics in Medicine 17, 873-890, method 10.

    >>> effect = difference_in_shares(control=Counts.of([80], [48]), treated=Counts.of([70], [56]))
    >>> effect.estimate.round(4).item(), effect.low.round(4).item(), effect.high.round(4).item()
    (0.2, 0.0524, 0.3339)
    """
    reason, n = why_no_difference(control, treated), control.n + treated.n
    c, t = wilson(control, level), wilson(treated, level)
    estimate = t.estimate - c.estimate
    below = np.hypot(t.estimate - t.low, c.high - c.estimate)
    above = np.hypot(t.high - t.estimate, c.estimate - c.low)
    return Intervals.of(
        estimate, estimate - below, estimate + above, n=n, level=level, reason=reason, method="Newcombe"
    )


def difference_in_means(control: Moments, treated: Moments, level: float = 0.95) -> Intervals:
    """Difference of two means, treated minus control, with Welch's limits: the arms may vary differently.

    Returns:
        Intervals, shape (k,), in the measure's unit; `n` counts both arms. An arm of fewer than two
        customers has missing limits (`Reason.TOO_FEW`); so have two arms in which nobody differs
        from anybody (`Reason.NO_VARIATION`): a width of zero would claim certainty.

    Raises:
        ShapeError: the arms differ in length.
        DomainError: the level is not between 0 and 1.

    Source: Welch (1947), Biometrika 34, 28-35; degrees of freedom of Satterthwaite (1946).

    >>> control, treated = Moments.from_rows([1.0, 2.0, 3.0, 4.0]), Moments.from_rows([2.0, 4.0, 5.0, 7.0])
    >>> effect = difference_in_means(control, treated)
    >>> effect.estimate.item(), effect.low.round(2).item(), effect.high.round(2).item()
    (2.0, -1.15, 5.15)
    """
    estimate = treated.mean - control.mean
    error, freedom, reason = welch_error(control, treated)
    margin = stats.t.isf((1 - checked_level(level)) / 2, freedom) * error
    n = control.n + treated.n
    return Intervals.of(
        estimate,
        estimate - margin,
        estimate + margin,
        n=n,
        level=level,
        reason=reason,
        method="Welch",
        standard_error=error,
        degrees_of_freedom=freedom,
    )


def lift_in_shares(control: Counts, treated: Counts, level: float = 0.95) -> Intervals:
    """How much larger the treated share is, relative to the control's: 0.25 is a quarter more.

    The limits are taken on the logarithm of the ratio. A lift explodes on a small base: show the
    difference first.

    Returns:
        Intervals, shape (k,); `n` counts both arms. On a base of none the lift is not a number, and where
        none of the treated did it has no limits: `Reason.UNBOUNDED`. An empty arm: `Reason.TOO_FEW`.

    Raises:
        ShapeError: the arms differ in length.
        DomainError: the level is not between 0 and 1.

    Source: Katz, Baptista, Azen and Pike (1978), Biometrics 34, 469-474.

    >>> lift = lift_in_shares(control=Counts.of([100], [10]), treated=Counts.of([100], [20]))
    >>> lift.estimate.item(), lift.low.round(3).item(), lift.high.round(3).item()
    (1.0, -0.013, 3.054)
    """
    reason, n = why_no_difference(control, treated), control.n + treated.n
    c, t = _positive(control.successes), _positive(treated.successes)
    ratio = treated.share / _positive(control.share)
    error = np.sqrt(np.maximum((1 - control.share) / c + (1 - treated.share) / t, 0.0))
    factor = np.exp(stats.norm.isf((1 - checked_level(level)) / 2) * error)
    reason = np.where((reason == Reason.NONE.value) & np.isnan(factor), Reason.UNBOUNDED.value, reason)
    return Intervals.of(
        ratio - 1, ratio / factor - 1, ratio * factor - 1, n=n, level=level, reason=reason, method="log ratio"
    )


def lift_in_means(control: Moments, treated: Moments, level: float = 0.95) -> Intervals:
    """How much larger the treated mean is, relative to the control's: 0.25 is a quarter more.

    Returns:
        Intervals, shape (k,), limits by Fieller with Satterthwaite's degrees of freedom: those of the logarithm miss
        too often where most customers bought nothing. A lift on a base that is not positive does not exist, and on a
        base that may be none it has no limits: `Reason.UNBOUNDED`. Other reasons as `difference_in_means`.

    Raises:
        ShapeError: the arms differ in length.
        DomainError: the level is not between 0 and 1.

    Source: Fieller (1954), Journal of the Royal Statistical Society B 16, 175-185.

    >>> lift = lift_in_means(Moments.from_rows([3.0, 4.0, 5.0]), Moments.from_rows([7.0, 8.0, 9.0]))
    >>> lift.estimate.item(), lift.low.round(2).item(), lift.high.round(2).item()
    (1.0, 0.25, 2.85)
    """
    _, _, reason = welch_error(control, treated)
    lift = fieller_independent(treated, control, level).scaled(1.0, shift=-1.0)
    reason = np.where((reason == Reason.NONE.value) & (lift.reason != Reason.NONE.value), Reason.UNBOUNDED, reason)
    return replace(lift, reason=reason).withheld((control.mean <= 0) & (control.n > 0), Reason.UNBOUNDED)


def linearised(ratio: JointMoments) -> Moments:
    """A ratio of sums as the moments of one value per customer, so that two ratios are compared as two means.

    With R = mean x / mean y, the customer's value is R + (x - R y) / mean y: its mean is R, and its variance
    over n is the delta method's variance of R.

    Returns:
        Moments, shape (k,), in units of x per unit of y; nan where the mean of y is 0.

    Source: Deng, Knoblich and Lu (2018), KDD, 233-242.

    >>> linearised(JointMoments.from_rows([2.0, 4.0, 3.0], [1.0, 2.0, 3.0])).mean
    array([1.5])
    """
    x, y = ratio.x, ratio.y
    base = np.where(y.mean == 0, np.nan, y.mean)
    value = x.mean / base
    squares = (x.squares - 2 * value * ratio.product + value**2 * y.squares) / base**2
    return Moments(ratio.n, value, np.maximum(squares, 0.0))


def covariate_adjusted(control: JointMoments, treated: JointMoments) -> tuple[Moments, Moments]:
    """Both arms' moments of outcome `x` with what the covariate `y` predicts taken out (CUPED).

    The covariate is measured before assignment (`baseline_amount`), so in a randomised experiment the
    difference of the arms keeps its expectation and loses the share of its variance that y explains.

    Returns:
        The adjusted control and treated moments, in the unit of x. A covariate that never varies explains nothing
        and changes nothing.

    Raises:
        ShapeError: the arms differ in length.

    Source: Deng, Xu, Kohavi and Walker (2013), WSDM, 123-132, with the coefficient of both arms taken together.

    >>> control = JointMoments.from_rows([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    >>> treated = JointMoments.from_rows([3.0, 4.0, 5.0], [2.0, 3.0, 4.0])
    >>> plain, adjusted = difference_in_means(control.x, treated.x), covariate_adjusted(control, treated)
    >>> plain.estimate.item(), difference_in_means(*adjusted).estimate.round(3).item()
    (2.0, 0.727)
    """
    checked_pairs(control, treated)
    both = control + treated
    slope = np.divide(both.product, both.y.squares, out=np.zeros_like(both.product), where=both.y.squares > 0)
    return _without(control, slope, both.y.mean), _without(treated, slope, both.y.mean)


def checked_pairs(control: Counts | Moments | JointMoments, treated: Counts | Moments | JointMoments) -> None:
    """Nothing, when there is one control row per treated row.

    Raises:
        ShapeError: the arms differ in length.
    """
    if len(control) != len(treated):
        raise ShapeError(f"One control row per treated row: got {len(control)} and {len(treated)}.")


def why_no_difference(control: Counts, treated: Counts) -> npt.NDArray[np.str_]:
    """The `Reason` why two shares cannot be compared: a count is missing, or an arm is empty; else no reason.

    Raises:
        ShapeError: the arms differ in length.
    """
    checked_pairs(control, treated)
    missing = np.isnan(control.n + control.successes + treated.n + treated.successes)
    return np.select(
        [missing, (control.n == 0) | (treated.n == 0)],
        [Reason.NOT_RECORDED.value, Reason.TOO_FEW.value],
        Reason.NONE.value,
    )


def welch_error(control: Moments, treated: Moments) -> tuple[Floats, Floats, npt.NDArray[np.str_]]:
    """Standard error and Satterthwaite's degrees of freedom of a difference of means, and why a row has none.

    Raises:
        ShapeError: the arms differ in length.
    """
    checked_pairs(control, treated)
    why_c, why_t = why_no_limits(control), why_no_limits(treated)
    part_c, part_t = _squared_error(control), _squared_error(treated)
    variance = np.where(part_c + part_t > 0, part_c + part_t, np.nan)
    # One arm without variation leaves the other's variance to work with; both leave nothing.
    flat_c = why_c == Reason.NO_VARIATION.value
    reason = np.where(flat_c | (why_c == Reason.NONE.value), why_t, why_c)
    reason = np.where((reason == Reason.NO_VARIATION.value) & ~flat_c, Reason.NONE.value, reason)
    share_c, share_t = part_c / variance, part_t / variance
    freedom = 1 / (share_c**2 / np.maximum(control.n - 1, 1) + share_t**2 / np.maximum(treated.n - 1, 1))
    return np.sqrt(variance), freedom, reason


def _squared_error(arm: Moments) -> Floats:
    return arm.variance / np.where(arm.n > 1, arm.n, np.nan)


def _positive(values: Floats) -> Floats:
    return np.where(values > 0, values, np.nan)


def _without(arm: JointMoments, slope: Floats, centre: Floats) -> Moments:
    mean = arm.x.mean - slope * (arm.y.mean - np.where(slope == 0, arm.y.mean, centre))
    squares = arm.x.squares - 2 * slope * arm.product + slope**2 * arm.y.squares
    return Moments(arm.n, mean, np.maximum(squares, 0.0))
