"""The period that a page looks at: a year, a quarter or all of the data, counted by the data's own clock."""

from __future__ import annotations

from datetime import date

ALL = "all"


def options(earliest: date, as_of: date) -> list[str]:
    """Periods in the URL's spelling, the default first: this year, its quarters backwards, earlier ones, all.

    >>> options(date(2025, 11, 1), date(2026, 2, 3))
    ['2026', '2026-q1', '2025', '2025-q4', 'all']
    """
    periods: list[str] = []
    for year in range(as_of.year, earliest.year - 1, -1):
        quarters = [f"{year}-q{number}" for number in (4, 3, 2, 1)]
        within = [key for key in quarters if span(key)[0] <= as_of and span(key)[1] >= earliest]
        periods += [str(year), *within]
    return [*periods, ALL]


def span(key: str) -> tuple[date, date]:
    """First and last day of a period.

    >>> span("2026-q3")
    (datetime.date(2026, 7, 1), datetime.date(2026, 9, 30))
    """
    if key == ALL:
        return date(1900, 1, 1), date(2999, 12, 31)
    year, _, part = key.partition("-q")
    if not part:
        return date(int(year), 1, 1), date(int(year), 12, 31)
    last = int(part) * 3
    return date(int(year), last - 2, 1), date(int(year), last, 30 if last in (6, 9) else 31)
