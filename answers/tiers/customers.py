"""The customers behind a number of the tiers' page: who they are, why they moved, how many did so before.

Lists of customers are never kept: they are read anew each time, by who may see them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import pandas as pd
from data_access.queries import staff, tier_customers
from data_access.reading.reader import LARGEST_PAGE, Reader
from metrics.estimate import Intervals
from metrics.inference.proportion import wilson
from metrics.moments import Counts
from metrics.tiers.transition import Fate

from answers.tiers import grace, tiers
from answers.tiers.choice import Choice, Span
from answers.tiers.tiers import Tiers, TooShort

PAGE: Final = 20
"""Rows of the list on one page of the screen."""

LARGEST_EXPORT: Final = 5_000
"""Customers in one file at most: a list to work on, not a copy of the bank."""


@dataclass(frozen=True, eq=False)
class Customers:
    """A page of the customers of a cell, or of those in their last month of grace.

    Attributes:
        of: The moves that they are counted in.
        from_tier: Held at the start, or that they entered; empty for the list of grace.
        to_state: Held at the end, or that they left; empty for the list of grace.
        n: Customers of the whole list.
        now: Of the tier's customers at the start, the share that moved so; None of those who entered.
        before: The same one horizon earlier; None where the data do not reach back.
        rows: A page as `data_access.queries.tier_customers` describes it; None for who may not see customers.
        page: Its number, from 1.
        pages: How many there are.
        staff: Names of those who look after customers, by identifier.
    """

    of: Tiers
    from_tier: str
    to_state: str
    n: int
    now: Intervals | None
    before: Intervals | None
    rows: pd.DataFrame | None
    page: int
    pages: int
    staff: dict[str, str]

    @property
    def grace(self) -> bool:
        """Whether these are the customers in their last month of grace."""
        return not self.from_tier

    @property
    def end(self) -> date:
        """First day of the month in which the horizon ends."""
        return self.of.end


def ask(reader: Reader, choice: Choice, from_tier: str, to_state: str, page: int = 1) -> Customers | TooShort:
    """A page of the list of a cell; without a cell of those in their last month of grace.

    Args:
        reader: Whose rows.
        choice: What the cell is counted by.
        from_tier: A tier, or `Fate.ENTERED`.
        to_state: A tier, or `Fate.LEFT`.
        page: Number of the page, from 1; one that there is not is passed over for the first.
    """
    of = tiers.ask(reader, choice)
    if isinstance(of, TooShort):
        return of
    n = _in_grace(of) if not from_tier else _of_cell(of, from_tier, to_state)
    pages = max(-(-n // PAGE), 1)
    shown = page if 1 <= page <= pages else 1
    rows = _rows(reader, of, from_tier, to_state, shown, PAGE) if reader.viewer.may_see_customers else None
    people = staff.people(reader)
    return Customers(
        of,
        from_tier,
        to_state,
        n,
        _share(of, from_tier, to_state, before=False),
        _share(of, from_tier, to_state, before=True),
        rows,
        shown,
        pages,
        dict(zip(people["staff_id"].astype(str), people["name"].astype(str), strict=True)),
    )


def every(reader: Reader, of: Customers) -> pd.DataFrame:
    """The whole list, at most `LARGEST_EXPORT` customers.

    Raises:
        AccessError: the viewer may not see single customers.
    """
    wanted = -(-min(of.n, LARGEST_EXPORT) // LARGEST_PAGE)
    parts = [
        _rows(reader, of.of, of.from_tier, of.to_state, page, LARGEST_PAGE) for page in range(1, max(wanted, 1) + 1)
    ]
    return pd.concat(parts, ignore_index=True)


def _in_grace(of: Tiers) -> int:
    return 0 if of.grace is None else sum(of.grace.about_to_fall.values())


def _place(of: Tiers, from_tier: str, to_state: str) -> tuple[int, int]:
    """Row and column of the cell; entered and left stand last."""
    k = len(of.order)
    start = k if from_tier == Fate.ENTERED.value else of.order.index(from_tier)
    return start, k if to_state == Fate.LEFT.value else of.order.index(to_state)


def _of_cell(of: Tiers, from_tier: str, to_state: str) -> int:
    start, end = _place(of, from_tier, to_state)
    return int(of.moves.counts[0, start, end])


def _share(of: Tiers, from_tier: str, to_state: str, *, before: bool) -> Intervals | None:
    """The cell as a share of its tier, over this horizon or the one before."""
    moves = of.before if before else of.moves
    if moves is None or not from_tier or from_tier == Fate.ENTERED.value:
        return None
    start, end = _place(of, from_tier, to_state)
    table = moves.departures[0]
    return wilson(Counts.of([table[start].sum()], [table[start, end]]))


def _rows(reader: Reader, of: Tiers, from_tier: str, to_state: str, page: int, size: int) -> pd.DataFrame:
    choice = of.choice
    last = of.end.year * 12 + of.end.month - 1
    if not from_tier:
        return tier_customers.in_grace(
            reader,
            last,
            grace.of_rule(last),
            branches=choice.branches,
            audience=choice.audience,
            horizon=choice.months,
            page=page,
            size=size,
        )
    span = Span(last - choice.months, last)
    return tier_customers.moved(
        reader,
        span.start,
        span.months,
        None if from_tier == Fate.ENTERED.value else from_tier,
        None if to_state == Fate.LEFT.value else to_state,
        rule=choice.rule,
        branches=choice.branches,
        audience=choice.audience,
        page=page,
        size=size,
    )
