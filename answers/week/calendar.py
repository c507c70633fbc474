"""On which days is work done?"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
from data_access.queries import week
from data_access.reading.reader import Reader
from metrics.moments import Floats
from metrics.week.business_calendar import Days, is_working


class Calendar:
    """Days on which work is done: the branches' own calendar where they keep one, else the official one."""

    def __init__(self, own: pd.DataFrame) -> None:
        """From the days that branches recorded: ``day``, ``n`` (branches) and ``open`` (of those)."""
        self._own = dict(zip(own["day"].dt.date, own["open"] * 2 > own["n"], strict=True)) if len(own) else {}

    @classmethod
    def of(cls, reader: Reader, first: date, last: date, branches: tuple[str, ...]) -> Calendar:
        """That of some branches, for these days; of all of the reader's if none is named."""
        return cls(week.open_days(reader, first, last, branches=branches))

    def __call__(self, first: date, last: date) -> list[date]:
        """The working days among these."""
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        official = is_working(np.asarray(days, dtype="datetime64[D]"))
        return [day for day, works in zip(days, official, strict=True) if self._own.get(day, bool(works))]

    def of_weeks(self, mondays: Days) -> Floats:
        """Working days of consecutive weeks."""
        first, last = (edge.astype("datetime64[D]").item() for edge in (mondays[0], mondays[-1]))
        worked = np.asarray(self(first, last + timedelta(days=6)), dtype="datetime64[D]")
        place = (worked - mondays[0]).astype(np.int64) // 7
        return np.bincount(place, minlength=len(mondays)).astype(np.float64)
