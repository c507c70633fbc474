"""What do I do now: whom to call, why, by when, and what became of such customers last year?

Lists of customers are never kept: they are read anew each time, by who may see them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import pandas as pd
from data_access.queries import staff, to_do, to_do_history
from data_access.reading.reader import Reader
from data_access.settings import settings

PAGE: Final = 20
"""Rows of the list on one page of the screen."""


@dataclass(frozen=True, eq=False)
class ToDo:
    """The list of a day.

    Attributes:
        on: The day, with what was known on it.
        counts: By kind, as `data_access.queries.to_do.counts` describes it, most at stake first.
        rows: A page of the list, as `data_access.queries.to_do.rows` describes it; None for who may not see customers.
        kind: The kind that the page is restricted to; empty for all.
        page: Number of the page, from 1.
        pages: How many there are.
        size: Rows that a page holds at most.
        happened: Of such customers in the year before, how many there were and of how many it came true, by kind
            and tier; the tier is empty where the kind goes by none.
        lacks: Table or column for want of which a kind cannot be told, by kind.
        staff: Names by identifier.
    """

    on: date
    counts: pd.DataFrame
    rows: pd.DataFrame | None
    kind: str
    page: int
    pages: int
    size: int
    happened: Mapping[tuple[str, str], tuple[int, int]]
    lacks: Mapping[str, str]
    staff: Mapping[str, str]

    @property
    def waiting(self) -> int:
        """Rows of the whole list."""
        return int(self.counts["n"].sum())

    @property
    def soon(self) -> int:
        """Rows that are due within a week, or overdue."""
        return int(self.counts["soon"].sum())


def ask(reader: Reader, on: date, branch: str = "", kind: str = "", page: int = 1, size: int = PAGE) -> ToDo:
    """The list of a day; a kind or page that there is not is passed over for all, and for the first."""
    own = settings()
    tiers, rules, branches = own.tiers_on(on), own.to_do, (branch,) if branch else ()
    counts = to_do.counts(reader, on, tiers, rules, branches=branches)
    counts = counts.sort_values("sum_at_stake", ascending=False, na_position="last", kind="stable")
    chosen = kind if kind in set(counts["kind"]) else ""
    n = int(counts.loc[counts["kind"] == chosen, "n"].sum() if chosen else counts["n"].sum())
    pages = max(-(-n // size), 1)
    shown = page if 1 <= page <= pages else 1
    rows = None
    if reader.viewer.may_see_customers:
        rows = to_do.rows(
            reader,
            on,
            tiers,
            rules,
            chosen=[chosen] if chosen else (),
            branches=branches,
            page=shown,
            size=size,
        )
    told = to_do_history.base_rates(reader, on, tiers, rules, branches=branches)
    about = told["about"].fillna("")
    kinds, people = to_do.kinds(reader), staff.people(reader)
    return ToDo(
        on,
        counts.reset_index(drop=True),
        rows,
        chosen,
        shown,
        pages,
        size,
        {
            (str(k), str(a)): (int(n), int(h))
            for k, a, n, h in zip(told["kind"], about, told["n"], told["happened"], strict=True)
        },
        {str(k): str(lack) for k, lack in zip(kinds["kind"], kinds["lacks"], strict=True) if lack},
        dict(zip(people["staff_id"], people["name"], strict=True)),
    )
