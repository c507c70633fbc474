"""The clock of a version: the last day, week and month that its tables cover. Nothing asks what day it is today.

What is not told after the last day of a table is not known, rather than not done: a window, a week or a horizon closes
once each table that it needs has come so far.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from data_access.schema import metadata

EVENTS = frozenset(
    name for name, table in metadata.tables.items() if {"week_start", "assigned_week"} & set(table.c.keys())
)
"""Tables of dated events; the others are lists, plans and snapshots of months."""

WEEKEND = timedelta(days=2)
"""How much earlier than a week a table may end and still cover it: many branches do nothing on its last two days."""


@dataclass(frozen=True, slots=True)
class Clock:
    """What a version says of its last days.

    Attributes:
        said: The last day of the version as a whole.
        tables: The last day that each table covers; tables without dates or without a row are left out.
    """

    said: date
    tables: Mapping[str, date]

    @property
    def as_of(self) -> date:
        """Last day that the events cover.

        A monthly snapshot may reach beyond it. Where the version says that it covers more than any of its tables
        shows, it is believed: a file of events may well end in days on which nothing happened.
        """
        if not self.tables or self.said > max(self.tables.values()):
            return self.said
        return min(self.said, max((day for name, day in self.tables.items() if name in EVENTS), default=self.said))

    def last_day(self, *names: str) -> date:
        """Last day that all of these tables of events cover; without any of them, that of the events as a whole."""
        return min((self.as_of, *(self.tables[name] for name in names if name in self.tables)))

    def last_week(self, *names: str) -> date:
        """Monday of the last week that is over and that all of these tables cover.

        A week is over when the events reach its Sunday. A table without a row after its Friday covers it all the same;
        of one that ends before, nobody knows what the rest of the week held.

        >>> Clock(date(2024, 6, 30), {"sale": date(2024, 6, 28), "complaint": date(2024, 6, 27)}).last_week("sale")
        datetime.date(2024, 6, 17)
        """
        return min(_last_over(self.as_of), _last_over(self.last_day(*names) + WEEKEND))

    def last_month(self, *names: str) -> int | None:
        """Last month (`month_no`) that all of these tables of months cover; None if the version does not say."""
        days = [self.tables[name] for name in names if name in self.tables]
        return min((day.year * 12 + day.month - 1 for day in days), default=None)


def _last_over(day: date) -> date:
    """Monday of the last week whose Sunday is not after the day."""
    return day - timedelta(days=(day.weekday() + 1) % 7 + 6)
