"""Means and totals per customer, with Student's interval, and how much of a total a few customers hold."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from metrics.estimate import Intervals, Reason, checked_level
from metrics.moments import Floats, Moments, floats


def student(moments: Moments, level: float = 0.95) -> Intervals:
    """Mean of each group with Student's interval.

    Returns:
        Intervals, shape (k,), in the measure's unit. One customer has a mean and no limits (`Reason.TOO_FEW`);
        customers who all have the same value say nothing about their spread (`Reason.NO_VARIATION`);
        an amount nobody recorded is `Reason.NOT_RECORDED`.

    Raises:
        DomainError: the level is not between 0 and 1.

    Source: Student (1908), Biometrika 6, 1-25.

    >>> mean = student(Moments.from_rows([1.0, 2.0, 3.0, 4.0]))
    >>> mean.estimate.item(), mean.low.round(4).item(), mean.high.round(4).item()
    (2.5, 0.4457, 4.5543)
    """
    freedom = np.where(moments.n > 1, moments.n - 1, np.nan)
    half = -special.stdtrit(freedom, (1 - checked_level(level)) / 2) * np.sqrt(
        moments.variance / np.where(moments.n > 1, moments.n, np.nan)
    )
    reason = why_no_limits(moments)
    half = np.where(reason == Reason.NONE.value, half, np.nan)
    return Intervals.of(
        moments.mean,
        moments.mean - half,
        moments.mean + half,
        n=moments.n,
        level=level,
        reason=reason,
        method="Student",
    )


def total(moments: Moments, level: float = 0.95) -> Intervals:
    """Sum over each group's customers with the interval of their mean, times their number.

    It answers what such a group of customers brings; the sum that was booked is the estimate itself.

    >>> total(Moments.from_rows([1.0, 2.0, 3.0, 4.0])).estimate
    array([10.])
    """
    return student(moments, level).scaled(moments.n)


def why_no_limits(moments: Moments) -> npt.NDArray[np.str_]:
    """The `Reason` why each group's mean has no interval; empty where it has one."""
    return np.select(
        [
            np.isnan(moments.n) | ((moments.n > 0) & np.isnan(moments.mean)),
            (moments.n < 2) | np.isnan(moments.squares),
            moments.squares <= 0,
        ],
        [Reason.NOT_RECORDED.value, Reason.TOO_FEW.value, Reason.NO_VARIATION.value],
        Reason.NONE.value,
    )


def concentration(held_by_top: npt.ArrayLike, held_by_all: npt.ArrayLike) -> Floats:
    """Share of a total that its largest customers hold, such as the top 1 %; nan where the total is not positive.

    A mean that rests on a handful of people is shown with this number beside it.

    >>> concentration([82.0, 1.0], [100.0, 0.0])
    array([0.82,  nan])
    """
    top, everyone = floats(held_by_top), floats(held_by_all)
    return np.divide(top, everyone, out=np.full_like(everyone, np.nan), where=everyone > 0)
