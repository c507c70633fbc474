"""What one arm achieved over another: differences with intervals, one row per comparison.

Every function takes the control first and the treated arm second and returns treated minus control, so that
swapping the arms mirrors the interval about zero. An arm that is too small gives missing limits and the reason.
"""

from __future__ import annotations

import numpy as np
from scipy import stats

from metrics.errors import ShapeError
from metrics.estimate import Intervals, Reason, checked_level
from metrics.moments import Counts, Floats, Moments


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
    _same_rows(control, treated)
    z = stats.norm.isf((1 - checked_level(level)) / 2)
    low_c, high_c = _wilson_limits(control, z)
    low_t, high_t = _wilson_limits(treated, z)
    estimate = treated.share - control.share
    below = np.hypot(treated.share - low_t, high_c - control.share)
    above = np.hypot(high_t - treated.share, control.share - low_c)
    n = control.n + treated.n
    return Intervals.of(estimate, estimate - below, estimate + above, n=n, level=level, method="Newcombe")


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
    _same_rows(control, treated)
    estimate = treated.mean - control.mean
    error, freedom, reason = _welch(control, treated)
    margin = stats.t.isf((1 - checked_level(level)) / 2, freedom) * error
    n = control.n + treated.n
    return Intervals.of(estimate, estimate - margin, estimate + margin, n=n, level=level, reason=reason, method="Welch")


def _same_rows(control: Counts | Moments, treated: Counts | Moments) -> None:
    if len(control) != len(treated):
        raise ShapeError(f"One control row per treated row: got {len(control)} and {len(treated)}.")


def _wilson_limits(counts: Counts, z: float) -> tuple[Floats, Floats]:
    share, n = counts.share, np.where(counts.n > 0, counts.n, np.nan)
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return centre - half, centre + half


def _welch(control: Moments, treated: Moments) -> tuple[Floats, Floats, Floats]:
    """Standard error and degrees of freedom of a difference of means, and why a row has none."""
    part_c, part_t = _squared_error(control), _squared_error(treated)
    variance = part_c + part_t
    reason = np.select([np.isnan(variance), variance == 0], [Reason.TOO_FEW, Reason.NO_VARIATION], Reason.NONE)
    variance = np.where(variance > 0, variance, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        freedom = 1 / ((part_c / variance) ** 2 / (control.n - 1) + (part_t / variance) ** 2 / (treated.n - 1))
    return np.sqrt(variance), freedom, reason


def _squared_error(arm: Moments) -> Floats:
    return arm.variance / np.where(arm.n > 0, arm.n, np.nan)
