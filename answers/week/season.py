"""Where the season's new money will end, at the pace of the months before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from data_access.reading.reader import Reader
from metrics.moments import Floats
from metrics.week.run_rate import MonthEnd
from metrics.week.season_end import season_end

from answers import period, seasons, working_days
from answers.period import Period
from answers.week.month import Booked, Month

DAY = timedelta(days=1)


@dataclass(frozen=True, eq=False)
class Season:
    """A season that is under way, or over on the day.

    Attributes:
        period: As the bank sets it.
        booked: Minor units so far.
        days: Working days that are over.
        working_days: Of the whole season.
        month: The month under way.
        of_month: Share of the rest of that month's working days that lies in the season.
        earlier: What whole months before brought by the working day, minor units.
        later_days: Working days in the season of each month that is still to begin.
    """

    period: Period
    booked: float
    days: int
    working_days: int
    month: Month
    of_month: float
    earlier: Floats
    later_days: tuple[int, ...]

    def towards(self, target: float | None) -> MonthEnd:
        """Its likely end, and the chance of reaching a target (minor units)."""
        return season_end(
            self.booked,
            self.month.towards(None),
            self.of_month,
            self.earlier,
            self.later_days,
            month_booked=self.month.booked,
            target=target,
        )


def season(reader: Reader, last: date, branches: tuple[str, ...], month: Month | None) -> Season | None:
    """The season in which a day lies, as far as that day; None where there is none, or no month to learn from.

    Of two that hold the day, the one that began later. A season that began before the twelve months that are counted
    is not told.
    """
    begun = [each for each in seasons.ask(reader) if each.first <= last <= each.last]
    if month is None or not begun:
        return None
    own = max(begun, key=lambda each: each.first)
    found = period.named(f"{period.SEASON}{own.season_id}", begun)
    booked = Booked.of(reader, last, branches)
    if found.first < booked.first:
        return None
    worked = working_days.ask(reader, found.first, max(found.last, month.period.last), branches)
    rest = [day for day in worked if last < day <= month.period.last]
    within = [day for day in rest if day <= found.last]
    return Season(
        found,
        sum(amount for day, amount in booked.by_day.items() if found.first <= day <= last),
        sum(day <= last for day in worked),
        sum(day <= found.last for day in worked),
        month,
        len(within) / len(rest) if rest else 0.0,
        np.array([float(each.sum()) / len(each) for each in month.earlier]),
        _later(worked, month.period.last + DAY, found.last),
    )


def _later(worked: Sequence[date], first: date, last: date) -> tuple[int, ...]:
    """Working days of each month from one day to another."""
    days: list[int] = []
    while first <= last:
        end = min(period.month(first).last, last)
        days.append(sum(first <= day <= end for day in worked))
        first = end + DAY
    return tuple(days)
