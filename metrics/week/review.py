"""The week against the week before, against the comparable week of last year, and against its own usual limits.

One call answers for one metric of one branch. A difference of two weeks is shown with its interval, but only a rule
of the control chart makes the week a signal: comparing two points alone is mostly noise. The charts are the textbook's
with the allowances of `read_weekly`, since they are read every week.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from metrics.errors import ShapeError
from metrics.estimate import Intervals
from metrics.inference.effect import difference_in_shares
from metrics.moments import Counts, Floats, Moments
from metrics.week.business_calendar import Days, comparable_week, festival_offset, monday
from metrics.week.by_chance import no_narrower_than_chance
from metrics.week.control_chart import ControlChart, Flags, judged_by_earlier_festivals, laney_p, xmr
from metrics.week.read_weekly import read_weekly
from metrics.week.steady_share import SteadyShare, steady_chart
from metrics.week.working_week import ROOT_OF_AMOUNTS, WorkingWeeks


@dataclass(frozen=True, slots=True)
class WeekReview:
    """The newest week of a series in its context.

    `on_week` and `on_year` have one row: the newest week less the one compared with; None where that week is not
    in the data. `compared_with` is the Monday of the comparable week of the year before.
    """

    week: np.datetime64
    chart: ControlChart
    on_week: Intervals | None
    on_year: Intervals | None
    compared_with: np.datetime64

    @property
    def rule(self) -> str:
        """The `Rule` of the newest week."""
        return str(self.chart.rule[-1])


def recent(mondays: Days, weeks: int = 26) -> Flags:
    """The weeks just before the newest, to set its limits: an older season or size of the bank does not judge this one.

    Festival weeks among them never set a limit.

    >>> recent(np.array(["2026-11-02", "2026-11-09", "2026-11-16"], dtype="datetime64[D]"), weeks=1)
    array([False,  True, False])
    """
    back = (mondays[-1] - mondays) // np.timedelta64(7, "D")
    return (back >= 1) & (back <= weeks)


def review_share(mondays: Days, counts: Counts, *, baseline: Flags | None = None, level: float = 0.95) -> WeekReview:
    """Review of a rate: Laney's p' chart, differences by Newcombe.

    Args:
        mondays: The weeks, oldest first, without gaps, shape (weeks,).
        counts: Customers and successes of each week.
        baseline: Weeks that set the limits; all ordinary ones before the newest when left out.
        level: Level of the differences' limits.

    Raises:
        ShapeError: the weeks are not consecutive Mondays, or differ from the counts in number.
    """
    offset = _festival(mondays, len(counts))
    chart = read_weekly(laney_p(counts, baseline=baseline, apart=~np.isnan(offset)))
    chart = judged_by_earlier_festivals(chart, offset, additive=True)
    return _of_shares(mondays, no_narrower_than_chance(chart, counts), counts, level)


def review_steady(
    mondays: Days, steady: SteadyShare, *, baseline: Flags | None = None, level: float = 0.95
) -> WeekReview:
    """Review of a rate freed from its mix: `steady_share.steady_chart`, differences of the rates at the usual mix.

    A difference treats a week's customers as so many of the usual mix as would be expected to bring what was observed
    at the usual rate. Arguments and errors as `review_share`; the baseline is the one from which `steady` learned.
    """
    offset = _festival(mondays, len(steady.n))
    chart = read_weekly(steady_chart(steady, baseline=baseline, apart=~np.isnan(offset)))
    chart = judged_by_earlier_festivals(chart, offset, additive=True)
    known = ~np.isnan(steady.share) & (steady.usual > 0)
    alike = np.divide(steady.expected, steady.usual, out=np.zeros_like(steady.expected), where=known)
    observed = np.where(known, steady.observed, 0.0)
    at_usual_mix = Counts(np.maximum(alike, observed), observed)
    return _of_shares(mondays, chart, at_usual_mix, level)


def review_total(
    mondays: Days,
    totals: Moments,
    *,
    baseline: Flags | None = None,
    working_days: Floats | None = None,
    root: float = ROOT_OF_AMOUNTS,
    level: float = 0.95,
) -> WeekReview:
    """Review of a total (sales, net new money): XmR chart of the weekly sums by the working day.

    The sum of `n` customers' amounts varies by n times the variance of one, so the difference of two totals has
    that error; totals of counted events are left to the chart. A series that is nowhere negative keeps its limits at 0
    or above; one that has been negative (net flows) has no natural zero and is judged as it is, with no root.

    Args:
        mondays: As `review_share`.
        totals: Sums of each week.
        baseline: As `review_share`.
        working_days: Of each week; a week with less than half of the usual number is not judged. All alike if left out.
        root: Root of the totals in which they vary evenly; `ROOT_OF_COUNTS` for events that count one each.
        level: As `review_share`.

    Raises:
        ShapeError: as `review_share`.
    """
    offset = _festival(mondays, len(totals))
    signed = bool((totals.total < 0).any())
    days = np.ones(len(mondays)) if working_days is None else working_days
    weeks = WorkingWeeks.of(days, ~np.isnan(offset), 1.0 if signed else root)
    chart = xmr(
        weeks.alike(totals.total),
        baseline=baseline,
        apart=~np.isnan(offset) | weeks.short,
        days=weeks.days,
        floor=-np.inf if signed else 0.0,
    )
    chart = weeks.as_booked(read_weekly(chart), totals.total)
    chart = judged_by_earlier_festivals(chart, offset, additive=signed)
    last, before, year = _positions(mondays)
    return WeekReview(
        mondays[-1],
        chart,
        None if before is None else _difference_of_totals(totals[before], totals[last], level),
        None if year is None else _difference_of_totals(totals[year], totals[last], level),
        comparable_week(mondays[-1:])[0],
    )


def _of_shares(mondays: Days, chart: ControlChart, counts: Counts, level: float) -> WeekReview:
    """The review of a rate whose chart is drawn."""
    last, before, year = _positions(mondays)
    return WeekReview(
        mondays[-1],
        chart,
        None if before is None else difference_in_shares(counts[before], counts[last], level),
        None if year is None else difference_in_shares(counts[year], counts[last], level),
        comparable_week(mondays[-1:])[0],
    )


def _difference_of_totals(before: Moments, after: Moments, level: float) -> Intervals:
    """Difference of two sums over independent customers, whose number varies too (compound Poisson)."""
    variance = before.squares + before.n * before.mean**2 + after.squares + after.n * after.mean**2
    error = np.sqrt(variance)
    margin = stats.norm.isf((1 - level) / 2) * error
    change = after.total - before.total
    return Intervals.of(
        change,
        change - margin,
        change + margin,
        n=before.n + after.n,
        level=level,
        method="normal",
        standard_error=error,
        degrees_of_freedom=np.inf,
    )


def _festival(mondays: Days, rows: int) -> Floats:
    if len(mondays) != rows or rows == 0:
        raise ShapeError("A review needs at least one week, and one row a week.")
    if not np.array_equal(mondays, monday(mondays)) or bool(np.any(np.diff(mondays) != np.timedelta64(7, "D"))):
        raise ShapeError("The weeks are consecutive Mondays, oldest first; fill a week without rows with n = 0.")
    return festival_offset(mondays)


def _positions(mondays: Days) -> tuple[slice, slice | None, slice | None]:
    """Rows of the newest week, the one before, and the comparable one of the year before."""
    last = len(mondays) - 1
    year = int((comparable_week(mondays[-1:])[0] - mondays[0]) // np.timedelta64(7, "D"))
    before = slice(last - 1, last) if last > 0 else None
    return slice(last, last + 1), before, slice(year, year + 1) if 0 <= year < last else None
