"""Where the month's new money will end, from what is booked so far and what earlier months brought from there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
from data_access.queries import week
from data_access.reading.reader import Reader
from metrics.finding import Finding
from metrics.moments import Floats
from metrics.week.findings import month_end_findings
from metrics.week.run_rate import MonthEnd, month_end

from answers import working_days

METRIC: Final = "new_money"
_MONTHS: Final = 12
_NEVER: Final = date(1970, 1, 1)


@dataclass(frozen=True, eq=False)
class Month:
    """A month that is under way, or over.

    Attributes:
        first: Its first day.
        booked: Minor units so far.
        days: Working days that are over.
        working_days: Of the whole month.
        ends: The month's likely end.
        found: What is to be said of it.
    """

    first: date
    booked: float
    days: int
    working_days: int
    ends: MonthEnd
    found: tuple[Finding, ...]


def month(reader: Reader, last: date, branches: tuple[str, ...]) -> Month | None:
    """The month of a day, as far as that day; None where new money, or any whole month before, is not recorded."""
    if not reader.has("sale", "amount", "internally_funded_amount"):
        return None
    first = last.replace(day=1)
    months = [_back(first, number) for number in range(_MONTHS, -1, -1)]
    frame = week.daily_sales(reader, months[0], last, branches=branches)
    booked = dict(zip(frame["day"].dt.date, frame["sum_new_money"].fillna(0.0).astype("float64"), strict=True))
    begun = min(booked, default=_NEVER)
    every = working_days.ask(reader, months[0], _back(first, -1) - timedelta(days=1), branches)

    def calendar(start: date, end: date) -> list[date]:
        return [day for day in every if start <= day <= end]

    whole = [_by_working_day(start, _last_of(start), booked, calendar) for start in months[:-1] if start >= begun]
    so_far, days = _by_working_day(first, last, booked, calendar), calendar(first, _last_of(first))
    if not len(days) or not any(map(len, whole)):
        return None
    ends = month_end([each for each in whole if len(each)], so_far, len(days))
    return Month(
        first, float(so_far.sum()), len(so_far), len(days), ends, tuple(month_end_findings(METRIC, ends, None))
    )


def _by_working_day(
    first: date, last: date, booked: dict[date, float], calendar: Callable[[date, date], list[date]]
) -> Floats:
    """Totals of the working days; what is sold on a day off counts with the next one, at the end with the last."""
    days = calendar(first, last)
    totals = np.zeros(len(days))
    if not days:
        return totals
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        place = min(int(np.searchsorted(np.asarray(days, dtype="datetime64[D]"), np.datetime64(day))), len(days) - 1)
        totals[place] += booked.get(day, 0.0)
    return totals


def _back(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def _last_of(first: date) -> date:
    return _back(first, -1) - timedelta(days=1)
