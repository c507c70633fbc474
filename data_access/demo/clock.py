"""The demo bank's calendar: months, working days with official swaps, and how busy each day is.

The data ends on Sunday 15 November 2026 at 23:40; nothing in the bank happens later.
"""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import numpy as np

from data_access.demo.columns import DAY, NO_TIME, Flags, Floats, Ints

AS_OF = date(2026, 11, 15)
START = date(2024, 5, 1)
EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    """Days since 1970."""
    return (day - EPOCH).days


FIRST_DAY, LAST_DAY = day_number(START), day_number(AS_OF)
LAST_SECOND = LAST_DAY * DAY + 23 * 3600 + 40 * 60

MONTHS = 31
"""Months of business, May 2024 to November 2026; the last one is not complete and has no snapshot."""

FIRST_MONTH_NO = START.year * 12 + START.month - 1


def _month_start(index: int) -> int:
    number = FIRST_MONTH_NO + index
    return day_number(date(number // 12, number % 12 + 1, 1))


MONTH_STARTS: Ints = np.array([_month_start(index) for index in range(MONTHS + 13)])
"""First day of each month of business, and of a year after it."""


def month_of(days: Ints) -> Ints:
    """Index of the month of business in which each day lies, -1 before the first."""
    return np.searchsorted(MONTH_STARTS, days, side="right") - 1


def calendar_month(index: int) -> int:
    """Month of the year, 1 to 12, of a month of business (negative indexes lie before the first)."""
    return (FIRST_MONTH_NO + index) % 12 + 1


_official = holidays.country_holidays("CN", years=range(START.year, AS_OF.year + 2), language="en_US")


def spring_festival(year: int) -> date:
    """First day of the Chinese year."""
    days = _official.get_named("Chinese New Year (Spring Festival)", lookup="exact")
    return min(day for day in days if day.year == year)


_FESTIVALS = {year: spring_festival(year) for year in range(2024, 2028)}


def _is_open(day: date) -> bool:
    """Branches open on official working days and on Saturdays that are no public holiday."""
    if day.year > AS_OF.year:
        return day.weekday() < 6
    return _official.is_working_day(day) or (day.weekday() == 5 and day not in _official)


def _business(day: date) -> float:
    """How busy a day of that date is: the January season, the trough around Spring Festival, summer."""
    festival = _FESTIVALS[day.year]
    offset = (day - festival).days
    if -4 <= offset <= 10:
        return 0.45
    season = {1: 1.45, 2: 1.0, 3: 1.15, 6: 1.1, 7: 0.92, 8: 0.9, 11: 1.08, 12: 1.12}.get(day.month, 1.0)
    return season * (0.8 if day.month == 10 and day.day <= 8 else 1.0)


_DAYS = [START + timedelta(days=index) for index in range(LAST_DAY - FIRST_DAY + 200)]

OPEN: Flags = np.array([_is_open(day) for day in _DAYS])
"""Whether branches are open, by day since the first of May 2024, half a year beyond the end included."""

STAFFED: Floats = np.array(
    [(0.0 if not is_open else 0.35 if day.weekday() == 5 else 1.0) * _business(day)
     for day, is_open in zip(_DAYS, OPEN, strict=True)]
)  # fmt: skip
"""How busy branches and telephones are, by day."""

DIGITAL: Floats = np.array(
    [(0.7 if not is_open else 0.75 if day.weekday() >= 5 else 1.0) * _business(day)
     for day, is_open in zip(_DAYS, OPEN, strict=True)]
)  # fmt: skip
"""How busy the digital channels are, by day."""

_positions = np.arange(len(OPEN))
_next: Ints = np.minimum.accumulate(np.where(OPEN, _positions, len(OPEN) - 1)[::-1])[::-1]


def next_open(days: Ints) -> Ints:
    """The same day when branches are open on it, else the next such day."""
    return _next[np.clip(days - FIRST_DAY, 0, len(OPEN) - 1)] + FIRST_DAY


def is_open(days: Ints) -> Flags:
    """Whether branches are open on each day."""
    return OPEN[np.clip(days - FIRST_DAY, 0, len(OPEN) - 1)]


def business_days(rng: np.random.Generator, month: int, size: int, weights: Floats = STAFFED) -> Ints:
    """Days drawn within a month of business by how busy they are; days after the end do not occur."""
    low, high = int(MONTH_STARTS[month]), min(int(MONTH_STARTS[month + 1]), LAST_DAY + 1)
    cumulated: Floats = np.cumsum(weights[low - FIRST_DAY : high - FIRST_DAY])
    return low + np.searchsorted(cumulated, rng.random(size) * float(cumulated[-1]), side="right")


def busyness(month: int, weights: Floats = STAFFED) -> float:
    """Business of a month of business relative to the average month; the last month counts its days so far."""
    low, high = int(MONTH_STARTS[month]), min(int(MONTH_STARTS[month + 1]), LAST_DAY + 1)
    months = (LAST_DAY - FIRST_DAY + 1) / 30.44
    return float(weights[low - FIRST_DAY : high - FIRST_DAY].sum() / weights[: LAST_DAY - FIRST_DAY + 1].sum() * months)


def office_hours(rng: np.random.Generator, days: Ints) -> Ints:
    """A time between 9 and 16 o'clock on each day, in seconds since 1970."""
    return days * DAY + rng.integers(9 * 3600, 16 * 3600, len(days))


def so_far(seconds: Ints) -> Ints:
    """Times that have come; those after the end of the data have not happened."""
    return np.where(seconds > LAST_SECOND, NO_TIME, seconds)
