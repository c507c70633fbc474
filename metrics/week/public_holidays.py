"""The official holidays of the State Council as they were kept: each a run of days off, with its names.

Source: the package ``holidays``, as for the rest of the calendar (`metrics.week.business_calendar`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

import holidays

NAMES: Final = {
    "New Year's Day": "new_year",
    "Chinese New Year (Spring Festival)": "spring_festival",
    "Tomb-Sweeping Day": "tomb_sweeping",
    "Labor Day": "labour_day",
    "Dragon Boat Festival": "dragon_boat",
    "Mid-Autumn Festival": "mid_autumn",
    "National Day": "national_day",
}
"""Holidays by the name that the package gives them. Other days off, the eve or a swapped day, have no name."""

_APART: Final = timedelta(days=3)
"""Days off this near belong together: the weekend between them is free anyway."""


@dataclass(frozen=True, slots=True)
class Holiday:
    """Some days off in a row.

    Attributes:
        names: Of what they are for, of `NAMES`: more than one where festivals meet.
        first: First day.
        last: Last day.
    """

    names: tuple[str, ...]
    first: date
    last: date


def public_holidays(first: date, last: date) -> tuple[Holiday, ...]:
    """The holidays that have a day from `first` to `last`, in order of time.

    >>> public_holidays(date(2026, 9, 1), date(2026, 10, 31))[1]
    Holiday(names=('national_day',), first=datetime.date(2026, 10, 1), last=datetime.date(2026, 10, 7))
    >>> public_holidays(date(2025, 10, 8), date(2025, 10, 8))[0].names
    ('national_day', 'mid_autumn')
    """
    years = range(first.year, last.year + 1)
    return tuple(one for year in years for one in _of(year) if one.last >= first and one.first <= last)


@lru_cache(maxsize=64)
def _of(year: int) -> tuple[Holiday, ...]:
    """The holidays of a year: none of them reaches over New Year's Eve."""
    found: list[Holiday] = []
    for day, said in sorted(holidays.country_holidays("CN", years=year, language="en_US").items()):
        names = tuple(NAMES[name] for name in str(said).split("; ") if name in NAMES)
        if found and day - found[-1].last <= _APART:
            before = found.pop()
            known = (*before.names, *(name for name in names if name not in before.names))
            found.append(Holiday(known, before.first, day))
        else:
            found.append(Holiday(names, day, day))
    return tuple(one for one in found if one.names)
