"""The period that a page looks at, and the one it is compared with, counted by the data's own clock.

A period has one spelling, which stands in the URL: the ISO week ``2026-W46``, the month ``2026-11``, the quarter
``2026-Q4``, the year ``2026``, a season of the bank's own ``season-RED26``, and ``all`` of the data.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from metrics.week.business_calendar import comparable_week, festival_days

ALL = "all"
SEASON = "season-"
YEARS = range(1951, 2100)
"""Years of which the calendar knows the lunar New Year, and that of the year before."""
ALIKE = timedelta(days=60)
"""How far from the same date the season of a year ago may begin: the bank moves it from year to year."""

DAY = timedelta(days=1)
_KEY = re.compile(r"([0-9]{4})(?:-(?:W([0-9]{2})|Q([1-4])|(0[1-9]|1[0-2])))?", re.IGNORECASE)


class Kind(StrEnum):
    """How long a period is."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    SEASON = "season"
    YEAR = "year"
    ALL = "all"


class Against(StrEnum):
    """What a period is compared with."""

    BEFORE = "before"  # the period of the same kind that ended when this one began
    YEAR_AGO = "year"  # the same a year ago, weeks by their place around Spring Festival
    TARGET = "target"  # what it was to reach


@dataclass(frozen=True, slots=True)
class Season:
    """A season as the bank sets it."""

    season_id: str
    name: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Period:
    """Some days in a row.

    Attributes:
        key: Its spelling in the URL.
        kind: How long it is.
        first: First day.
        last: Last day.
        name: As the bank calls it, where it is a season.
    """

    key: str
    kind: Kind
    first: date
    last: date
    name: str = ""

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.last - self.first).days + 1

    def complete(self, as_of: date) -> bool:
        """Whether the data reach its last day."""
        return self.last <= as_of


@dataclass(frozen=True, slots=True)
class Comparison:
    """The period that another is compared with.

    Attributes:
        period: The whole of it.
        until: Day up to which it is compared: as many days as have passed of the other.
        festival_days: Days around Spring Festival in the period looked at, up to the last day of the data.
        festival_days_then: The same in this one, up to `until`. Where the two differ much, the periods are not alike.
    """

    period: Period
    until: date
    festival_days: int
    festival_days_then: int


def read(key: str, seasons: Iterable[Season] = ()) -> Period | None:
    """The period of a spelling, small letters included; None where there is none.

    >>> read("2026-W53").last, read("2025-W53"), read("2026-q4").key
    (datetime.date(2027, 1, 3), None, '2026-Q4')
    """
    if key == ALL:
        return Period(ALL, Kind.ALL, date(1900, 1, 1), date(2999, 12, 31))
    if key.startswith(SEASON):
        return next((_season(one) for one in seasons if one.season_id == key.removeprefix(SEASON)), None)
    found = _KEY.fullmatch(key)
    if found is None or int(found[1]) not in YEARS:
        return None
    year = int(found[1])
    if found[2]:
        try:
            return week(date.fromisocalendar(year, int(found[2]), 1))
        except ValueError:  # no week 0, and 53 in some years alone
            return None
    if found[3]:
        return _quarter(year, int(found[3]))
    return _month(year, int(found[4])) if found[4] else _year(year)


def named(key: str, seasons: Iterable[Season] = ()) -> Period:
    """The period of a spelling.

    Raises:
        ValueError: there is no such period.
    """
    period = read(key, seasons)
    if period is None:
        raise ValueError(
            f"{key!r} is no period. Write 2026-W46, 2026-11, 2026-Q4, 2026, {SEASON} and a season, or all."
        )
    return period


def week(day: date) -> Period:
    """The ISO week of a day.

    >>> week(date(2027, 1, 1)).key
    '2026-W53'
    """
    year, number, weekday = day.isocalendar()
    monday = day - (weekday - 1) * DAY
    return Period(f"{year}-W{number:02}", Kind.WEEK, monday, monday + 6 * DAY)


def month(day: date) -> Period:
    """The month of a day."""
    return _month(day.year, day.month)


def span(key: str, seasons: Iterable[Season] = ()) -> tuple[date, date]:
    """First and last day of a period.

    Raises:
        ValueError: there is no such period.

    >>> span("2026-Q3")
    (datetime.date(2026, 7, 1), datetime.date(2026, 9, 30))
    """
    period = named(key, seasons)
    return period.first, period.last


def options(
    earliest: date,
    as_of: date,
    kinds: Sequence[Kind] = (Kind.YEAR, Kind.QUARTER, Kind.ALL),
    seasons: Iterable[Season] = (),
) -> list[str]:
    """Periods that hold data, in the URL's spelling: the latest of the first kind, then the others backwards in time.

    A longer period stands before those within it; a week that the data do not hold to its end is left out.

    >>> options(date(2025, 11, 1), date(2026, 2, 3))
    ['2026', '2026-Q1', '2025', '2025-Q4', 'all']
    """
    known = list(seasons)
    from_on = max(earliest, date(YEARS.start, 1, 1))
    to_on = min(as_of, date(YEARS.stop - 1, 12, 31))
    held = [
        period
        for kind in kinds
        for period in _backwards(kind, from_on, to_on, known)
        if kind is not Kind.WEEK or period.complete(as_of)
    ]
    held.sort(key=lambda period: (-period.last.toordinal(), period.first))
    default = next((period for period in held if period.kind is kinds[0]), None)
    others = [period for period in held if period is not default]
    return [period.key for period in ([default] if default else []) + others] + [ALL] * (Kind.ALL in kinds)


def containing(period: Period, offered: Iterable[Period]) -> Period | None:
    """The shortest offered period that holds the greater part of this one: a week's month, a month's quarter."""
    middle = period.first + (period.days // 2) * DAY
    around = [one for one in offered if one.first <= middle <= one.last and one.days >= period.days]
    return min(around, key=lambda one: one.days, default=None)


def compared(period: Period, against: Against, as_of: date, seasons: Iterable[Season] = ()) -> Comparison | None:
    """The period to compare with; None where there is none: for all of the data, a first season, and a target.

    Args:
        period: Looked at.
        against: What it is compared with.
        as_of: Last day of the data; of a period that it ends within, as many days are compared as have passed.
        seasons: The bank's own.
    """
    if against is Against.TARGET:
        return None
    other = (before if against is Against.BEFORE else year_ago)(period, seasons)
    if other is None:
        return None
    here = min(period.last, max(as_of, period.first))
    passed = (here - period.first).days
    until = other.last if period.complete(as_of) else min(other.last, other.first + passed * DAY)
    return Comparison(other, until, festival_days(period.first, here), festival_days(other.first, until))


def before(period: Period, seasons: Iterable[Season] = ()) -> Period | None:
    """The period of the same kind before; of seasons the last one that ended before this one began."""
    day = period.first - DAY
    match period.kind:
        case Kind.WEEK:
            return week(day)
        case Kind.MONTH:
            return month(day)
        case Kind.QUARTER:
            return _quarter(day.year, (day.month + 2) // 3)
        case Kind.YEAR:
            return _year(day.year)
        case Kind.SEASON:
            ended = [one for one in seasons if one.last < period.first]
            return max(map(_season, ended), key=lambda one: (one.last, one.first, one.key), default=None)
        case Kind.ALL:
            return None


def year_ago(period: Period, seasons: Iterable[Season] = ()) -> Period | None:
    """The same period a year ago.

    A week meets the one in the same place around Spring Festival where either of them lies near it, else the same date,
    which after a year of 53 weeks is the week of the next number. A season meets the one that began nearest to the same
    date, if that was within `ALIKE` of it.
    """
    year = period.first.year - 1
    match period.kind:
        case Kind.WEEK:
            return week(comparable_week([period.first.isoformat()]).tolist()[0])
        case Kind.MONTH:
            return _month(year, period.first.month)
        case Kind.QUARTER:
            return _quarter(year, (period.first.month + 2) // 3)
        case Kind.YEAR:
            return _year(year)
        case Kind.SEASON:
            then = period.first - timedelta(days=365)
            near = [one for one in seasons if abs(one.first - then) <= ALIKE]
            return min(map(_season, near), key=lambda one: (abs(one.first - then), one.key), default=None)
        case Kind.ALL:
            return None


def _backwards(kind: Kind, earliest: date, as_of: date, seasons: Sequence[Season]) -> Iterator[Period]:
    """Periods of a kind that hold data, the one of the last day first; seasons in any order."""
    if kind is Kind.SEASON:
        yield from (_season(one) for one in seasons if one.first <= as_of and one.last >= earliest)
    elif kind is not Kind.ALL:
        of_day = {Kind.WEEK: week, Kind.MONTH: month, Kind.QUARTER: _quarter_of, Kind.YEAR: _year_of}[kind]
        period: Period | None = of_day(as_of)
        while period is not None and period.last >= earliest:
            yield period
            period = before(period)


def _season(one: Season) -> Period:
    return Period(f"{SEASON}{one.season_id}", Kind.SEASON, one.first, one.last, one.name)


def _month(year: int, number: int) -> Period:
    last = date(year, number, calendar.monthrange(year, number)[1])
    return Period(f"{year}-{number:02}", Kind.MONTH, date(year, number, 1), last)


def _quarter(year: int, number: int) -> Period:
    return Period(f"{year}-Q{number}", Kind.QUARTER, _month(year, number * 3 - 2).first, _month(year, number * 3).last)


def _quarter_of(day: date) -> Period:
    return _quarter(day.year, (day.month + 2) // 3)


def _year(number: int) -> Period:
    return Period(str(number), Kind.YEAR, date(number, 1, 1), date(number, 12, 31))


def _year_of(day: date) -> Period:
    return _year(day.year)
