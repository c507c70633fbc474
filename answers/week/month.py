"""Where the month's new money will end, from what is booked so far and what earlier months brought from there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
from data_access.queries import week
from data_access.reading.reader import Reader
from metrics.moments import Floats
from metrics.week.run_rate import MonthEnd, month_end

from answers import period, working_days
from answers.period import Period

METRIC: Final = "new_money"
_MONTHS: Final = 12
_NEVER: Final = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Booked:
    """New money by the day, from the first day of the month twelve months before.

    Attributes:
        first: That day.
        by_day: Minor units; days without a sale are left out.
    """

    first: date
    by_day: Mapping[date, float]

    @classmethod
    def of(cls, reader: Reader, last: date, branches: tuple[str, ...]) -> Booked:
        """Up to a day; of all of the reader's branches if none is named."""
        first = _back(last.replace(day=1), _MONTHS)
        frame = week.daily_sales(reader, first, last, branches=branches)
        amounts = frame["sum_new_money"].fillna(0.0).astype("float64")
        return cls(first, dict(zip(frame["day"].dt.date, amounts, strict=True)))


@dataclass(frozen=True, eq=False)
class Month:
    """A month that is under way, or over.

    Attributes:
        period: The month.
        booked: Minor units so far.
        so_far: Totals of its working days that are over.
        working_days: Of the whole month.
        earlier: Totals by working day of each whole month before.
    """

    period: Period
    booked: float
    so_far: Floats
    working_days: int
    earlier: tuple[Floats, ...]

    @property
    def days(self) -> int:
        """Working days that are over."""
        return len(self.so_far)

    def towards(self, target: float | None) -> MonthEnd:
        """Its likely end, and the chance of reaching a target (minor units)."""
        return month_end(list(self.earlier), self.so_far, self.working_days, target=target)


def month(reader: Reader, last: date, branches: tuple[str, ...]) -> Month | None:
    """The month of a day, as far as that day; None where new money, or any whole month before, is not recorded."""
    if not reader.has("sale", "amount", "internally_funded_amount"):
        return None
    first = last.replace(day=1)
    booked = Booked.of(reader, last, branches)
    begun = min(booked.by_day, default=_NEVER)
    every = working_days.ask(reader, booked.first, _back(first, -1) - timedelta(days=1), branches)

    def calendar(start: date, end: date) -> list[date]:
        return [day for day in every if start <= day <= end]

    months = [_back(first, number) for number in range(_MONTHS, 0, -1)]
    whole = [_by_working_day(start, _last_of(start), booked.by_day, calendar) for start in months if start >= begun]
    so_far, days = _by_working_day(first, last, booked.by_day, calendar), calendar(first, _last_of(first))
    if not len(days) or not any(map(len, whole)):
        return None
    return Month(
        period.month(first), float(so_far.sum()), so_far, len(days), tuple(each for each in whole if len(each))
    )


def _by_working_day(
    first: date, last: date, booked: Mapping[date, float], calendar: Callable[[date, date], list[date]]
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
