"""Where a season will end: what is booked, the rest of the month by its run rate, and the months after by earlier ones.

The months to come are taken to bring, by the working day, what the earlier months brought: each of these is one look
at how far a month may lie from the usual, and the mean of all is known no better than their number allows. A season
that is known to be stronger than the rest of the year ends higher than this says.

Source: the prediction interval of the sum of several new observations, Hahn (1972), Journal of Quality Technology 4,
13-16, each weighted by its working days.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import stats

from metrics.errors import DomainError
from metrics.estimate import Intervals, Reason
from metrics.moments import floats
from metrics.week.run_rate import FEWEST_MONTHS, MonthEnd


def season_end(
    booked: float,
    month: MonthEnd,
    of_month: float,
    earlier: npt.ArrayLike,
    later_days: npt.ArrayLike,
    *,
    month_booked: float,
    target: float | None = None,
) -> MonthEnd:
    """The season's likely total, on the level of the month's interval.

    Args:
        booked: Of the season so far.
        month: The likely end of the month under way.
        of_month: Share of the rest of that month's working days that lies in the season, 0 to 1.
        earlier: What whole earlier months brought by the working day, shape (months,).
        later_days: Working days in the season of each month that is still to begin, shape (later,); may be empty.
        month_booked: Of the month under way so far.
        target: Total to reach.

    Returns:
        As `metrics.week.run_rate.month_end`; `usual_share` is 1 of a season that is over, which has no uncertainty
        left, and nan of all others.

    Raises:
        DomainError: a share outside 0 to 1, or a negative number of days.

    >>> over = MonthEnd(Intervals.of([30.0], [30.0], [30.0], n=[6], level=0.8), 1.0, 1.0)
    >>> ends = season_end(90.0, over, 1.0, [1.0, 2.0, 3.0, 1.0, 2.0, 3.0], [10, 5], month_booked=30.0, target=120.0)
    >>> float(ends.total.estimate[0]), round(ends.chance, 2)
    (120.0, 0.5)
    """
    rates, days = floats(earlier), floats(later_days)
    if not 0 <= of_month <= 1 or bool(np.any(days < 0)):
        raise DomainError("A share of the month's rest lies between 0 and 1, and days are not negative.")
    months, ahead = len(rates), float(days.sum())
    rest_of_month = of_month * (float(month.total.estimate[0]) - month_booked)
    expected = booked + rest_of_month + (ahead * float(rates.mean()) if ahead else 0.0)
    level = month.total.level
    over = ahead == 0 and (of_month == 0 or month.usual_share == 1.0)
    if over:
        whole = Intervals.of([booked], [booked], [booked], n=[months], level=level, method="counted")
        return MonthEnd(whole, float("nan") if target is None else float(booked >= target), 1.0)
    if months < FEWEST_MONTHS or (of_month > 0 and not month.total.known[0]):
        nothing = Intervals.of(
            [expected], [np.nan], [np.nan], n=[months], level=level, reason=[Reason.TOO_FEW.value], method="run rate"
        )
        return MonthEnd(nothing, float("nan"), float("nan"))
    of_days = float(rates.var(ddof=1)) * (float(np.sum(days**2)) + ahead**2 / months)
    of_rest = (of_month * _error(month.total)) ** 2
    error, df = float(np.sqrt(of_days + of_rest)), months - 1
    margin = float(stats.t.isf((1 - level) / 2, df)) * error
    total = Intervals.of(
        [expected],
        [expected - margin if rates.min() < 0 else max(expected - margin, booked)],
        [expected + margin],
        n=[months],
        level=level,
        method="run rate",
        standard_error=error,
        degrees_of_freedom=df,
    )
    if target is None:
        return MonthEnd(total, float("nan"), float("nan"))
    if booked >= target and rates.min() >= 0:
        return MonthEnd(total, 1.0, float("nan"))
    return MonthEnd(total, float(stats.t.sf((target - expected) / error, df)) if error else float("nan"), float("nan"))


def _error(total: Intervals) -> float:
    """Standard error of the month's end; 0 of one that is over."""
    return 0.0 if total.low[0] == total.high[0] else float(np.asarray(total.standard_error).ravel()[0])
