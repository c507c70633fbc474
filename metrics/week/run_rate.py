"""Where a month will end: what is done so far, and what is likely to come by the pattern of earlier months.

The month's total T has the spread of earlier totals. At this share of its working days a month has usually done S
of its total, give or take what earlier months did around S T. What is done so far therefore says about T what a normal
observation would, and the two are combined by precision. A month that is over has no uncertainty left; one that has
not begun has that of any month.

Source: the normal model with known variances, Gelman and others (2013), Bayesian Data Analysis, 2.5; limits from t
with the degrees of freedom of the earlier months.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Intervals, Reason, checked_level
from metrics.moments import Floats

FEWEST_MONTHS = 6


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """The month's likely end. `total` has one row; `chance` is that of reaching the target, nan without one."""

    total: Intervals
    chance: float
    usual_share: float  # of a month's total done by this working day


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

    Args:
        earlier: Daily totals of whole earlier months, one array of working days a month.
        so_far: Daily totals of this month's working days that are over; may be empty.
        working_days: Working days of the whole month.
        target: Total to reach.
        level: Level of the predictive interval.

    Returns:
        Predicted total with limits; `n` is the number of earlier months. With fewer than `FEWEST_MONTHS` of
        them the limits are missing (`Reason.TOO_FEW`) and the estimate is what the usual pattern makes of it.

    Raises:
        ShapeError: more days so far than the month has.
        DomainError: the month has no working day.
    """
    if working_days < 1 or len(so_far) > working_days:
        raise ShapeError(f"{len(so_far)} days of a month of {working_days} working days.")
    checked_level(level)
    done = float(np.sum(so_far))
    u = len(so_far) / working_days
    months = len(earlier)
    if u == 1:
        whole = Intervals.of([done], [done], [done], n=[months], level=level, method="counted")
        return MonthEnd(whole, float("nan") if target is None else float(done >= target), 1.0)

    path = cumulative_share(earlier, np.array([u]))[:, 0] if months else np.array([])
    totals = np.asarray([month.sum() for month in earlier], dtype=np.float64)
    share = float(path.sum() / totals.sum()) if totals.sum() else u
    if months < FEWEST_MONTHS:
        guess = done / share if share > 0 else (float(totals.mean()) if months else float("nan"))
        missing = Intervals.of(
            [guess], [np.nan], [np.nan], n=[months], level=level, reason=[Reason.TOO_FEW.value], method="run rate"
        )
        return MonthEnd(missing, float("nan"), share)

    mean, spread = float(totals.mean()), float(totals.var(ddof=1))
    noise = float(np.sum((path - share * totals) ** 2) / (months - 1))
    gain = spread * share / (spread * share**2 + noise) if spread * share**2 + noise > 0 else 0.0
    expected = mean + gain * (done - share * mean)
    variance = max(spread * (1 - gain * share), 0.0) * (1 + 1 / months)
    scale = float(np.sqrt(variance))
    margin = float(stats.t.isf((1 - level) / 2, months - 1)) * scale
    total = Intervals.of(
        [expected], [expected - margin], [expected + margin], n=[months], level=level, method="run rate"
    )
    if target is None:
        return MonthEnd(total, float("nan"), share)
    chance = float(stats.t.sf((target - expected) / scale, months - 1)) if scale > 0 else float(expected >= target)
    return MonthEnd(total, chance, share)
