"""On which days is work done: by the branches' own calendar where they keep one, else by the official one."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from data_access.queries import week
from data_access.reading.reader import Reader
from metrics.week.business_calendar import is_working

from answers.kept import kept


@kept
def ask(reader: Reader, first: date, last: date, branches: tuple[str, ...] = ()) -> tuple[date, ...]:
    """The working days from the first to the last day; of several branches, days on which most of them were open."""
    own = week.open_days(reader, first, last, branches=branches)
    opened = dict(zip(own["day"].dt.date, own["open"] * 2 > own["n"], strict=True)) if len(own) else {}
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    official = is_working(np.asarray(days, dtype="datetime64[D]"))
    return tuple(day for day, works in zip(days, official, strict=True) if opened.get(day, bool(works)))
