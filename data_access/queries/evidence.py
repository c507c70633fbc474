"""What a number was counted from: the rows of each of its tables, chosen as the number chose them."""

from __future__ import annotations

from datetime import date
from typing import Final

import pandas as pd
import sqlalchemy as sa

from data_access import measures
from data_access.measures import Names
from data_access.reading.reader import Reader

HAPPENED: Final = {
    "asset_flow": "month_no",
    "campaign_cost": "incurred_on",
    "campaign_member": "assigned_at",
    "complaint": "opened_at",
    "contact": "contacted_at",
    "customer": "opened_on",
    "holding": "opened_on",
    "referral": "made_at",
    "sale": "sold_at",
    "satisfaction": "invited_at",
    "tier_snapshot": "month_no",
}
"""The column that says when a row of the table happened."""


def rows(
    reader: Reader,
    table: str,
    *,
    column: str = "",
    first: date | None = None,
    last: date | None = None,
    campaigns: Names = (),
    branches: Names = (),
) -> pd.DataFrame:
    """How many rows of a table a number rests on, and how many the viewer may see.

    Args:
        reader: whose rows.
        table: of the contract.
        column: by which the days are chosen; that of `HAPPENED` if empty, or if it holds no days.
        first: first day; not bounded if None, or if the table has no such column.
        last: last day.
        campaigns: of these alone, where the table names campaigns.
        branches: of these alone, where the table names branches; all of the reader's if empty.

    Returns:
        One row: ``chosen_by`` (the columns that chose, with commas), ``n`` (rows chosen; missing where one of
        the columns is not recorded), ``visible`` (all rows that
        the viewer may see).
    """
    source = reader.table(table)
    chosen: dict[str, list[measures.Condition]] = {}
    name = column if column in source.c and isinstance(source.c[column].type, sa.Date | sa.DateTime) else ""
    name = name or HAPPENED.get(table, "")
    if name and (first is not None or last is not None):
        bounds = (first, last) if name != "month_no" else (_month(first), _month(last))
        chosen[name] = measures.within(source.c[name], *bounds)
    if campaigns and "campaign_id" in source.c:
        chosen["campaign_id"] = measures.among(source.c["campaign_id"], campaigns)
    if branches and "branch_id" in source.c:
        chosen["branch_id"] = measures.among(source.c["branch_id"], branches)
    conditions = [condition for each in chosen.values() for condition in each]
    every = sa.func.count().label("visible")
    counted = measures.count(sa.and_(sa.true(), *conditions), "n")
    statement = sa.select(measures.recorded(reader, table, tuple(chosen), counted), every).select_from(source)
    found = reader.frame(statement)
    found.insert(0, "chosen_by", ", ".join(chosen))
    return found


def _month(day: date | None) -> int | None:
    return None if day is None else day.year * 12 + day.month - 1
