"""What campaigns cost and brought in: costs, how the shared ones are shared out, attributed sales and their sources.

Rows of the reader's branches. A measure that the bank's feeds do not record is missing, never zero. Amounts are minor
units.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd
import sqlalchemy as sa

from data_access import measures
from data_access.measures import Names
from data_access.reading.reader import Reader


def costs(reader: Reader, *, campaigns: Names = (), branches: Names = ()) -> pd.DataFrame:
    """Cost by campaign and kind: what the branches bear themselves, and what is booked for the bank as a whole.

    The two never overlap: what the reader's or the chosen branches bear of a campaign is their own cost and, of the
    shared one, the part that `members_of_bank` tells. For the whole bank without a choice everything is its own.

    Returns:
        ``campaign_id``, ``category``, ``planned_amount``, ``actual_amount`` (of the branches),
        ``shared_planned_amount`` and ``shared_actual_amount`` (booked without a branch, for all branches together).
        Minor units, missing if not booked.
    """
    cost = reader.table("campaign_cost")
    keys = [cost.c["campaign_id"], cost.c["category"]]
    own, shared = _borne(reader, cost, branches)
    amounts = [
        measures.total(sa.case((condition, cost.c[name])), f"{prefix}{name}")
        for prefix, condition in (("", own), ("shared_", shared))
        for name in ("planned_amount", "actual_amount")
    ]
    statement = sa.select(*keys, *amounts).where(sa.or_(own, shared), *measures.among(cost.c["campaign_id"], campaigns))
    return reader.frame(statement.group_by(*keys).order_by(*keys))


def members_of_bank(reader: Reader, campaigns: Names = (), *, branches: Names = ()) -> pd.DataFrame:
    """How much of each campaign is the reader's: by this the costs of the bank as a whole are shared out.

    Returns:
        ``campaign_id``, ``n_bank`` (customers of treated arms in the whole bank, whatever the reader sees) and
        ``n_scope`` (of these, in the reader's or the chosen branches). Campaigns without a treated customer are left
        out.
    """
    member = reader.table("campaign_member")
    key = member.c["campaign_id"]
    mine = reader.frame(
        sa.select(key, sa.func.count().label("n_scope"))
        .where(
            measures.treated(reader, member),
            *measures.among(key, campaigns),
            *measures.among(member.c["branch_id"], branches),
        )
        .group_by(key)
    )
    sizes = reader.campaign_sizes()
    if campaigns:
        sizes = sizes[sizes["campaign_id"].isin(list(campaigns))]
    together = sizes.merge(mine, on="campaign_id", how="left")
    return together.assign(n_scope=together["n_scope"].fillna(0).astype("int64")).reset_index(drop=True)


def funding(reader: Reader, *, campaigns: Names = (), branches: Names = ()) -> pd.DataFrame:
    """Sales attributed to each campaign that stand, and the part that came from the customer's own products here.

    Returns:
        ``campaign_id``, ``sales`` (number), ``amount``, ``funding_known`` (sales whose source is recorded),
        ``amount_known`` (their amount), ``internally_funded_amount``.
    """
    sale = reader.table("sale")
    key, internal = sale.c["campaign_id"], sale.c["internally_funded_amount"]
    statement = sa.select(
        key,
        sa.func.count().label("sales"),
        sa.func.sum(sale.c["amount"]).label("amount"),
        sa.func.count(internal).label("funding_known"),
        sa.func.sum(sa.case((internal.is_not(None), sale.c["amount"]))).label("amount_known"),
        sa.func.sum(internal).label("internally_funded_amount"),
    ).where(
        key.is_not(None),
        sale.c["reversed_at"].is_(None),
        *measures.among(key, campaigns),
        *measures.among(sale.c["branch_id"], branches),
    )
    return reader.frame(statement.group_by(key).order_by(key))


def attributed_sales(
    reader: Reader, first: date, last: date, *, branches: Names = (), lines: Names = ()
) -> pd.DataFrame:
    """All sales of a period, and the part attributed to campaigns, which can never exceed it.

    Args:
        reader: whose rows.
        first: first day.
        last: last day.
        branches: sales of these branches; all of the reader's if empty.
        lines: sales of products of these business lines; all if empty.

    Returns:
        One row: ``sales``, ``amount``, ``contribution`` of all sales from `first` to `last` that stand, the same of
        those with a campaign (``attributed_sales``, ``attributed_amount``, ``attributed_contribution``), and
        ``reversed_amount`` of the others. Missing where the feeds do not record campaigns of sales, or reversals.
    """
    sale, product = reader.table("sale"), reader.table("product")
    stands, attributed = sale.c["reversed_at"].is_(None), sale.c["campaign_id"].is_not(None)

    def of(condition: sa.ColumnElement[bool], prefix: str) -> Iterator[sa.Label[Any]]:
        yield measures.count(condition, f"{prefix}sales")
        for name in ("amount", "contribution"):
            yield sa.func.sum(sale.c[name]).filter(condition).label(f"{prefix}{name}")

    of_lines = sa.select(product.c["product_id"]).where(*measures.among(product.c["line"], lines))
    statement = sa.select(
        *of(stands, ""),
        *(
            measures.recorded(reader, "sale", "campaign_id", label)
            for label in of(sa.and_(stands, attributed), "attributed_")
        ),
        sa.func.sum(sale.c["amount"]).filter(~stands).label("reversed_amount"),
    ).where(
        *measures.within(sale.c["sold_at"], first, last),
        *measures.among(sale.c["branch_id"], branches),
        *([sale.c["product_id"].in_(of_lines)] if lines else []),
    )
    return reader.frame(statement)


def _borne(
    reader: Reader, cost: sa.FromClause, branches: Names
) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    """Which costs are the branches' own, and which are to be shared out."""
    if reader.scope.whole_bank and not branches:
        return sa.true(), sa.false()
    of_none = cost.c["branch_id"].is_(None)
    return sa.and_(~of_none, *measures.among(cost.c["branch_id"], branches)), of_none
