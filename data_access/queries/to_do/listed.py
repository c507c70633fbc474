"""What a branch has to do on a day: one list of customers, ordered by what is at stake, and what became of their like.

The kinds and the columns are those of `data_access.to_do.kinds` and `data_access.to_do.row`. Amounts are minor units.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd
import sqlalchemy as sa

from data_access import measures
from data_access.measures import Names
from data_access.reading.reader import Reader
from data_access.settings import Tier, ToDoRules
from data_access.to_do.day import Day
from data_access.to_do.kinds import NEEDS, ROWS
from data_access.to_do.row import COLUMNS


def kinds(reader: Reader) -> pd.DataFrame:
    """Which kinds the feeds can tell.

    Returns:
        ``kind`` and ``lacks``: the table or column without which it cannot be told; empty where nothing lacks.
    """
    lacks = {
        kind: next(
            (_lacking(reader, table, columns) for table, columns in needs.items() if not reader.has(table, *columns)),
            "",
        )
        for kind, needs in NEEDS.items()
    }
    return pd.DataFrame({"kind": list(lacks), "lacks": list(lacks.values())})


def counts(
    reader: Reader,
    on: date,
    tiers: tuple[Tier, ...],
    rules: ToDoRules,
    *,
    soon: date | None = None,
    branches: Names = (),
) -> pd.DataFrame:
    """How much there is to do, by kind; kinds without a row are left out.

    Args:
        reader: whose rows.
        on: the day on which the list is made, with what was known on it.
        tiers: of the bank's rule on that day, lowest first.
        rules: promises and patience.
        soon: rows due up to this day are counted apart; a week from `on` if not given.
        branches: these branches only; all of the reader's if empty.

    Returns:
        ``kind``, ``n`` (rows), ``customers``, ``soon`` (rows due by then, or overdue), ``sum_at_stake`` and
        ``known_at_stake`` (rows of which the amount is known).
    """
    every = _every(Day(reader, on, tiers, rules, branches), reader)
    if every is None:
        return pd.DataFrame(columns=["kind", "n", "customers", "soon", "sum_at_stake", "known_at_stake"])
    statement = sa.select(
        every.c["kind"],
        sa.func.count().label("n"),
        sa.func.count(sa.distinct(every.c["customer_id"])).label("customers"),
        measures.count(every.c["due_on"] <= (soon or on + timedelta(days=7)), "soon"),
        measures.total(every.c["at_stake"], "sum_at_stake"),
        sa.func.count(every.c["at_stake"]).label("known_at_stake"),
    )
    return reader.frame(statement.group_by(every.c["kind"]).order_by(every.c["kind"]))


def rows(
    reader: Reader,
    on: date,
    tiers: tuple[Tier, ...],
    rules: ToDoRules,
    *,
    chosen: Sequence[str] = (),
    branches: Names = (),
    page: int = 1,
    size: int = 50,
) -> pd.DataFrame:
    """One page of the list, most at stake first, amounts that are not known last.

    Args:
        reader: whose rows.
        on: the day on which the list is made, with what was known on it.
        tiers: of the bank's rule on that day, lowest first.
        rules: promises and patience.
        chosen: kinds; all if empty.
        branches: these branches only; all of the reader's if empty.
        page: the first is 1.
        size: rows of a page.

    Returns:
        The columns of `data_access.to_do.row.COLUMNS`, and ``do_not_contact``: the customer asked not to be contacted
        through at least one channel, when they withdrew their consent or without having given one (false where the
        feeds do not record it).

    Raises:
        AccessError: the viewer may not see single customers.
    """
    every = _every(Day(reader, on, tiers, rules, branches), reader, chosen)
    if every is None:
        return pd.DataFrame(columns=[*COLUMNS, "do_not_contact"])
    consent = reader.table("consent")
    asked = sa.exists().where(
        consent.c["customer_id"] == every.c["customer_id"],
        consent.c["do_not_contact"],
        # Who withdraws a consent may ask it then: until that day it held.
        *measures.within(sa.func.coalesce(consent.c["withdrawn_at"], consent.c["given_at"]), None, on),
    )
    statement = sa.select(every, asked.label("do_not_contact")).order_by(
        sa.func.coalesce(every.c["at_stake"], -1).desc(),
        every.c["due_on"],
        every.c["kind"],
        every.c["customer_id"],
        every.c["period"],
    )
    return reader.rows(statement, page=page, size=size)


def _every(day: Day, reader: Reader, chosen: Sequence[str] = ()) -> sa.FromClause | None:
    """The rows of all kinds that can be told; None where none can."""
    known = kinds(reader)
    told = [kind for kind in known.loc[known["lacks"] == "", "kind"] if not chosen or kind in chosen]
    selects = [ROWS[kind](day) for kind in told]
    if not selects:
        return None
    return (sa.union_all(*selects) if len(selects) > 1 else selects[0]).subquery("waiting")


def _lacking(reader: Reader, table: str, columns: tuple[str, ...]) -> str:
    missing: list[Any] = [column for column in columns if reader.has(table) and not reader.has(table, column)]
    return f"{table}.{missing[0]}" if missing else table
