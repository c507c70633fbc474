"""Which seasons and holidays did campaigns meet?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import pandas as pd
from data_access.reading.reader import Reader
from metrics.week.public_holidays import Holiday, public_holidays

from answers import seasons
from answers.period import Period, Season

MOST: Final = timedelta(days=3_660)
"""Days over which holidays are still told apart."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of some campaigns, within the period looked at.

    Attributes:
        first: First day of a campaign.
        last: Last day of a campaign or of its last window.
        seasons: The bank's own that have a day in between, the earliest first.
        holidays: The same of the official holidays.
    """

    first: date
    last: date
    seasons: tuple[Season, ...] = ()
    holidays: tuple[Holiday, ...] = ()


def ask(reader: Reader, looked_at: Period, listed: pd.DataFrame) -> Calendar:
    """What lies on the days of the campaigns; without a campaign, on the day of the data."""
    if listed.empty:
        return Calendar(reader.as_of, reader.as_of)
    starts = min(listed["starts_on"].dt.date)
    ends = max(last_days(listed))
    first, last = max(looked_at.first, starts), min(looked_at.last, ends)
    met = [one for one in seasons.ask(reader) if one.last >= first and one.first <= last]
    met.sort(key=lambda one: (one.first, one.season_id))
    holidays = public_holidays(first, last) if last - first <= MOST else ()
    return Calendar(first, last, tuple(met), holidays)


def within(every: pd.DataFrame, looked_at: Period) -> pd.DataFrame:
    """The campaigns that share a day with a period."""
    first, last = pd.Timestamp(looked_at.first), pd.Timestamp(looked_at.last)
    return every[(every["ends_on"] >= first) & (every["starts_on"] <= last)].reset_index(drop=True)


def last_days(listed: pd.DataFrame) -> list[date]:
    """The last day of each campaign's last window: of a customer who was assigned on the last day."""
    days = pd.to_timedelta(listed["attribution_days"].astype("float64"), unit="D")
    return list((listed["ends_on"] + days).dt.date)
