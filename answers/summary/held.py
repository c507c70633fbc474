"""Which months of balances a period holds, and which tiers are the upper ones: the same for a number and its list."""

from __future__ import annotations

from datetime import date
from typing import Final

from data_access.queries import summary, tiers
from data_access.reading.reader import Reader

from answers.period import Period
from answers.summary.tier_order import tier_order

HISTORY: Final = 24
"""Months before a period that its cards remember."""

Months = tuple[int, int]


def within(reader: Reader, looked_at: Period) -> Months | None:
    """The first and the last month of the period that is over and has balances; None where there is none."""
    if not reader.has("tier_snapshot"):
        return None
    recorded = tiers.months(reader).iloc[0]
    if recorded.isna().any():  # other branches have customers, and the viewer's have none
        return None
    start = max(number(looked_at.first), int(recorded["first"]))
    end = min(number(looked_at.last), int(recorded["last"]))
    return (start, end) if start <= end else None


def months(reader: Reader, looked_at: Period) -> tuple[date, ...]:
    """First days of all these months."""
    found = within(reader, looked_at)
    return tuple(day(month) for month in range(found[0], found[1] + 1)) if found else ()


def upper(reader: Reader, held: tuple[date, ...], branches: tuple[str, ...]) -> tuple[str, ...]:
    """The upper tiers at the end of these months: the higher half."""
    if not held:
        return ()
    last = number(held[-1])
    return higher(tier_order(summary.tier_sizes(reader, last - HISTORY, last, branches=branches)))


def higher(order: tuple[str, ...]) -> tuple[str, ...]:
    """The higher half of the tiers, which count as the upper ones."""
    return order[(len(order) + 1) // 2 :]


def number(day: date) -> int:
    """The month number of a day."""
    return day.year * 12 + day.month - 1


def day(number: int) -> date:
    """The first day of a month."""
    return date(number // 12, number % 12 + 1, 1)
