"""The bank's weeks: ISO weeks, the same week in other years, Spring Festival, and working days with official swaps.

Every function takes and returns Mondays as ``datetime64[D]``, shape (k,).

Source of the holidays, of the swapped working days and of the lunar New Year: the package ``holidays``, which
collects the State Council's notices.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays
import numpy as np
import numpy.typing as npt

from metrics.moments import Floats

Days = npt.NDArray[np.datetime64]

WEEK = np.timedelta64(7, "D")
FESTIVAL_WEEKS = (-1, 2)
"""Weeks around the one that holds New Year's Day, first and last, in which the festival moves the figures."""


def monday(days: npt.ArrayLike) -> Days:
    """Monday of the ISO week of each day.

    >>> monday(["2026-11-15"])
    array(['2026-11-09'], dtype='datetime64[D]')
    """
    day = np.atleast_1d(np.asarray(days, dtype="datetime64[D]"))
    number = day.astype(np.int64)
    return (number - (number + 3) % 7).astype("datetime64[D]")  # day 0, 1 January 1970, was a Thursday


def same_week(mondays: npt.ArrayLike, years_back: int = 1) -> Days:
    """The week that lies nearest to the same date some years before.

    Weeks are matched by their Thursday, the day that gives an ISO week its year, and not by their number:
    after a year of 53 weeks the numbers are a week apart. One year back is always 52 weeks; the 53rd week
    appears when several years are crossed.

    >>> same_week(["2021-07-26"])      # week 30 of 2021 meets week 31 of 2020, a year of 53 weeks
    array(['2020-07-27'], dtype='datetime64[D]')
    """
    thursday = np.atleast_1d(np.asarray(mondays, dtype="datetime64[D]")) + np.timedelta64(3, "D")
    months = thursday.astype("datetime64[M]")
    day_of_month = thursday - months.astype("datetime64[D]")
    target = (months - np.timedelta64(12 * years_back, "M")).astype("datetime64[D]") + day_of_month
    return monday(target)


@lru_cache(maxsize=256)
def _official(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("CN", years=year, language="en_US")


@lru_cache(maxsize=256)
def spring_festival(year: int) -> date:
    """New Year's Day of the lunar calendar in `year`.

    >>> spring_festival(2026)
    datetime.date(2026, 2, 17)
    """
    return min(_official(year).get_named("Chinese New Year (Spring Festival)", lookup="exact"))


def _festival_weeks(mondays: Days, years_back: int) -> Days:
    """Monday of the week of Spring Festival in each week's own ISO year, or some years before."""
    years = (mondays + np.timedelta64(3, "D")).astype("datetime64[Y]").astype(np.int64) + 1970 - years_back
    return monday(np.array([spring_festival(int(year)) for year in years], dtype="datetime64[D]"))


def festival_offset(mondays: npt.ArrayLike) -> Floats:
    """Weeks from the week of Spring Festival (0, negative before); nan outside `FESTIVAL_WEEKS`.

    >>> festival_offset(["2026-02-09", "2026-02-16", "2026-06-01"])
    array([-1.,  0., nan])
    """
    start = monday(mondays)
    weeks = (start - _festival_weeks(start, years_back=0)) / WEEK
    first, last = FESTIVAL_WEEKS
    return np.where((weeks >= first) & (weeks <= last), weeks, np.nan)


def festival_days(first: date, last: date) -> int:
    """Days from `first` to `last` that lie in the weeks that the festival moves.

    >>> festival_days(date(2026, 2, 1), date(2026, 2, 28)), festival_days(date(2025, 2, 1), date(2025, 2, 28))
    (20, 16)
    """
    days = np.arange(np.datetime64(first), np.datetime64(last) + 1)
    return int((~np.isnan(festival_offset(days))).sum())


def comparable_week(mondays: npt.ArrayLike) -> Days:
    """The week of the year before to compare with: the same place around Spring Festival, else the same date.

    The place counts where either the week or that of the same date lies near the festival of its year: an ordinary
    week is never held against the empty one of a festival that came earlier or later.

    >>> comparable_week(["2026-02-16", "2026-06-01"])      # New Year's Day was 29 January in 2025
    array(['2025-01-27', '2025-06-02'], dtype='datetime64[D]')
    >>> comparable_week(["2026-01-26"])      # three weeks before the festival, not the festival of 2025
    array(['2025-01-06'], dtype='datetime64[D]')
    """
    start = monday(mondays)
    by_date = same_week(start)
    from_festival = start - _festival_weeks(start, years_back=0)
    by_festival = _festival_weeks(start, years_back=1) + from_festival
    ordinary = np.isnan(festival_offset(start)) & np.isnan(festival_offset(by_date))
    return np.where(ordinary, by_date, by_festival)


def is_working(days: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Whether each day is worked by the official calendar, holidays and swapped weekends included.

    >>> is_working(["2026-02-17", "2026-02-28", "2026-03-01"])      # the festival, a working Saturday, a Sunday
    array([False,  True, False])
    """
    asked = np.atleast_1d(np.asarray(days, dtype="datetime64[D]"))
    return np.asarray([_official(day.year).is_working_day(day) for day in asked.tolist()], dtype=np.bool_)
