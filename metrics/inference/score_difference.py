"""Difference of two shares by the score method: the differences that a score test does not reject."""

from __future__ import annotations

import numpy as np
from scipy import special

from metrics.estimate import Intervals, Reason, Tests, checked_level
from metrics.inference.effect import why_no_difference
from metrics.moments import Counts, Floats


def miettinen_nurminen(control: Counts, treated: Counts, level: float = 0.95) -> Intervals:
    """Difference of two shares, treated minus control, with the score limits regulators ask for.

    A difference is kept when the score test of it, both shares estimated under it, does not reject it: limits and test
    never contradict each other. Nearly Newcombe's, which `metrics.inference.effect.difference_in_shares` gives.

    Returns:
        Intervals, shape (k,), as shares; `n` counts both arms. Reasons as `difference_in_shares`.

    Raises:
        ShapeError: the arms differ in length.
        DomainError: the level is not between 0 and 1.

    Source: Miettinen and Nurminen (1985), Statistics in Medicine 4, 213-226; the shares under a difference in closed
    form by Farrington and Manning (1990), Statistics in Medicine 9, 1447-1454.

    >>> effect = miettinen_nurminen(control=Counts.of([80], [48]), treated=Counts.of([70], [56]))
    >>> effect.low.round(4).item(), effect.high.round(4).item()
    (0.0528, 0.3382)
    """
    reason = why_no_difference(control, treated)
    known = reason == Reason.NONE.value
    arms = [np.where(known, column, np.nan) for column in (control.n, control.successes, treated.n, treated.successes)]
    gap = arms[3] / arms[2] - arms[1] / arms[0]
    critical = -special.ndtri((1 - checked_level(level)) / 2)
    low, high = _reached(gap, -1.0, arms, critical), _reached(gap, 1.0, arms, critical)
    n = control.n + treated.n
    return Intervals.of(gap, low, high, n=n, level=level, reason=reason, method="Miettinen-Nurminen")


def score_test(control: Counts, treated: Counts) -> Tests:
    """The two-sided test that `miettinen_nurminen` inverts: its limits leave out 0 where this p value says so.

    Raises:
        ShapeError: the arms differ in length.

    >>> score_test(control=Counts.of([80], [48]), treated=Counts.of([70], [56])).p_value.round(4)
    array([0.0083])
    """
    reason = why_no_difference(control, treated)
    known = reason == Reason.NONE.value
    arms = [np.where(known, column, np.nan) for column in (control.n, control.successes, treated.n, treated.successes)]
    gap = arms[3] / arms[2] - arms[1] / arms[0]
    z = _score(np.zeros_like(gap), gap, arms)
    return Tests(z, 2 * special.ndtr(-np.abs(z)), np.where(known, "Miettinen-Nurminen", ""), reason)


def _reached(gap: Floats, end: float, arms: list[Floats], critical: float) -> Floats:
    """The difference between the one seen and -1 or 1 at which the score reaches its critical value."""
    inside, outside = gap.copy(), np.full_like(gap, end)
    for _ in range(60):
        middle = (inside + outside) / 2
        kept = np.abs(_score(middle, gap, arms)) <= critical
        inside, outside = np.where(kept, middle, inside), np.where(kept, outside, middle)
    return (inside + outside) / 2


def _score(difference: Floats, gap: Floats, arms: list[Floats]) -> Floats:
    n_c, x_c, n_t, x_t = arms
    n, x = n_c + n_t, x_c + x_t
    # The control's likeliest share under the difference solves a cubic, here divided by n.
    second = ((n_t + 2 * n_c) * difference - n - x) / n
    first = ((n_c * difference - n - 2 * x_c) * difference + x) / n
    zeroth = x_c * difference * (1 - difference) / n
    q = second**3 / 27 - first * second / 6 + zeroth / 2
    p = np.where(q < 0, -1.0, 1.0) * np.sqrt(np.maximum(second**2 / 9 - first / 3, 0.0))
    turn = np.divide(q, p**3, out=np.zeros_like(q), where=np.abs(p) > 0)
    share_c = 2 * p * np.cos((np.pi + np.arccos(np.clip(turn, -1, 1))) / 3) - second / 3
    share_c = np.clip(share_c, np.maximum(0.0, -difference), np.minimum(1.0, 1 - difference))
    share_t = np.clip(share_c + difference, 0.0, 1.0)
    variance = (share_c * (1 - share_c) / n_c + share_t * (1 - share_t) / n_t) * n / (n - 1)
    distance = gap - difference
    return np.divide(distance, np.sqrt(variance), out=np.where(distance == 0, 0.0, np.inf), where=variance > 0)
