"""Where a month will end: what is booked so far, and what earlier months brought from this day on.

The rest of the month is predicted from what is booked by the line through earlier months, rest on booked, at the same
share of their working days. How far being ahead carries over to the rest lies between not at all and in proportion;
the months say where between, and what they leave open widens the limits. A month that is far ahead of all earlier
ones therefore ends above what it has booked, with wide limits. A month that is over has no uncertainty left; one that
has not begun has that of any month.

Source: the prediction interval of a new observation, Montgomery, Peck and Vining (2012), Introduction to Linear
Regression Analysis, 2.5; the slope's bounds as a flat prior, its posterior a truncated normal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Intervals, Reason, checked_level
from metrics.moments import Floats

FEWEST_MONTHS = 6
_ROUNDING = 1e-9  # a spread below this part of the level is the rounding of equal months

_NODES, _QUADRATURE = np.polynomial.legendre.leggauss(64)


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """The month's likely end. `total` has one row; `chance` is that of reaching the target, nan without one."""

    total: Intervals
    chance: float
    usual_share: float  # of a month's total done by this working day; of its days where a total may be negative


@dataclass(frozen=True, slots=True)
class _Rest:
    """What is still to come: expected, its standard error for one month, and the degrees of freedom of that."""

    expected: float
    error: float  # 0 where earlier months are all alike: they cannot say how far this one may differ
    df: int


def cumulative_share(daily: list[Floats], at: Floats) -> Floats:
    """Each month's cumulative total at shares `at` of its working days, interpolated; shape (months, len(at)).

    Raises:
        DomainError: a month without working days, or a share outside 0 to 1.
    """
    if any(len(month) == 0 for month in daily) or bool(np.any((at < 0) | (at > 1))):
        raise DomainError("A month has at least one working day, and a share of it lies between 0 and 1.")
    rows = [np.interp(at, np.linspace(0, 1, len(m) + 1), np.concatenate([[0.0], np.cumsum(m)])) for m in daily]
    return np.asarray(rows, dtype=np.float64).reshape(len(daily), len(at))


def month_end(
    earlier: list[Floats], so_far: Floats, working_days: int, *, target: float | None = None, level: float = 0.8
) -> MonthEnd:
    """The month's likely total.

    A series that is nowhere negative never ends below what is booked. One with negative days (net flows) may: money
    can still leave, and no limit is held.

    Args:
        earlier: Daily totals of whole earlier months, one array of working days a month.
        so_far: Daily totals of this month's working days that are over; may be empty.
        working_days: Working days of the whole month.
        target: Total to reach.
        level: Level of the predictive interval.

    Returns:
        Predicted total with limits; `n` is the number of earlier months. With fewer than `FEWEST_MONTHS` of
        them the limits are missing (`Reason.TOO_FEW`) and the estimate is what the usual pattern makes of it. Months
        that are all alike leave no doubt to measure (`Reason.NO_VARIATION`), unless they count whole units: those
        vary at least as their own number.

    Raises:
        ShapeError: more days so far than the month has.
        DomainError: the month has no working day.
    """
    if working_days < 1 or len(so_far) > working_days:
        raise ShapeError(f"{len(so_far)} days of a month of {working_days} working days.")
    checked_level(level)
    booked = float(np.sum(so_far))
    u = len(so_far) / working_days
    months = len(earlier)
    if u == 1:
        whole = Intervals.of([booked], [booked], [booked], n=[months], level=level, method="counted")
        return MonthEnd(whole, float("nan") if target is None else float(booked >= target), 1.0)

    before = cumulative_share(earlier, np.array([u]))[:, 0] if months else np.array([])
    totals = np.asarray([np.sum(month) for month in earlier], dtype=np.float64)
    days = np.concatenate([*earlier, so_far])
    signed = bool((days < 0).any())
    share = float(before.sum() / totals.sum()) if totals.sum() and not signed else u
    if months < FEWEST_MONTHS:
        guess = booked / share if share > 0 else (float(totals.mean()) if months else float("nan"))
        return MonthEnd(_without_limits(guess, months, level, Reason.TOO_FEW), float("nan"), share)

    done = share or u  # nothing booked by now in any month: in proportion to its days
    counted = not signed and bool((days == np.rint(days)).all())
    rest = _rest(before, totals - before, booked, (1 - done) / done if done else 0.0, counted=counted)
    expected = booked + rest.expected
    if rest.error == 0.0:
        return MonthEnd(_without_limits(expected, months, level, Reason.NO_VARIATION), float("nan"), share)
    margin = float(stats.t.isf((1 - level) / 2, rest.df)) * rest.error
    low = expected - margin if signed else max(expected - margin, booked)
    total = Intervals.of(
        [expected],
        [low],
        [expected + margin],
        n=[months],
        level=level,
        method="run rate",
        standard_error=rest.error,
        degrees_of_freedom=rest.df,
    )
    if target is None:
        return MonthEnd(total, float("nan"), share)
    if not signed and booked >= target:
        return MonthEnd(total, 1.0, share)
    return MonthEnd(total, float(stats.t.sf((target - expected) / rest.error, rest.df)), share)


def _rest(before: Floats, after: Floats, booked: float, in_proportion: float, *, counted: bool) -> _Rest:
    """The rest of a month with `booked`, by the line through earlier months.

    Args:
        before: What earlier months had booked by this day, shape (months,).
        after: What each of them brought from then on.
        booked: What this month has booked.
        in_proportion: Slope at which the rest grows in proportion to what is booked; the other bound is 0.
        counted: Days are whole units. The sum of a random number of whole amounts varies by that number times their
            mean square, which is not less than the number times their mean: than the sum itself.
    """
    months = len(before)
    ahead, least = before - before.mean(), float(after.mean()) if counted else 0.0
    scatter = float(np.sum(ahead**2))
    if scatter <= (_ROUNDING * float(np.abs(before).max())) ** 2:  # alike so far: nothing to learn a slope from
        df = months - 1
        residual = max(float(np.sum((after - after.mean()) ** 2)) / df, least)
        slope, slope_error = in_proportion / 2, in_proportion / np.sqrt(12)
    else:
        df = months - 2
        fitted = float(np.sum(ahead * after)) / scatter
        held = min(max(fitted, 0.0), in_proportion)
        residual = max(float(np.sum((after - after.mean() - held * ahead) ** 2)) / df, least)
        slope, slope_error = _between(fitted, float(np.sqrt(residual / scatter)), in_proportion)
    lead = booked - float(before.mean())
    expected = float(after.mean()) + slope * lead
    if np.sqrt(residual) <= _ROUNDING * float(np.abs(after).max()):
        return _Rest(expected, 0.0, df)
    return _Rest(expected, float(np.sqrt(residual * (1 + 1 / months) + (slope_error * lead) ** 2)), df)


def _between(fitted: float, error: float, highest: float) -> tuple[float, float]:
    """Mean and standard deviation of a slope known with a normal error and to lie between 0 and `highest`."""
    nearest = min(max(fitted, 0.0), highest)
    if error <= _ROUNDING * highest:
        return nearest, 0.0
    # By quadrature: the closed form cancels where the bounds lie far out in a tail.
    low, high = max(nearest - 8 * error, 0.0), min(nearest + 8 * error, highest)
    slope = low + (high - low) * (_NODES + 1) / 2
    exponent = -(((slope - fitted) / error) ** 2) / 2
    weight = _QUADRATURE * np.exp(exponent - exponent.max())
    weight /= weight.sum()
    mean = float(weight @ slope)
    return mean, float(np.sqrt(weight @ (slope - mean) ** 2))


def _without_limits(estimate: float, months: int, level: float, reason: Reason) -> Intervals:
    return Intervals.of(
        [estimate], [np.nan], [np.nan], n=[months], level=level, reason=[reason.value], method="run rate"
    )
