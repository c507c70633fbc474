"""A row of the list: the same columns for all kinds, so that they make one list.

``period`` is what the row rests on (a month, a product, a referral ...): with kind and customer it names the row, so
that a later load neither loses nor doubles it. ``about`` is the tier, or the name of the product or campaign, that the
row is about. ``at_stake`` is the customer's average assets of the last whole month, of maturing money the amount that
matures. Amounts are minor units.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import sqlalchemy as sa

from data_access.to_do.day import Day

Rows = sa.Select[*tuple[Any, ...]]
Column = sa.ColumnElement[Any]

COLUMNS: Final[Mapping[str, type[sa.types.TypeEngine[Any]]]] = {
    "kind": sa.Text,
    "customer_id": sa.Text,
    "period": sa.Text,
    "branch_id": sa.Text,
    "staff_id": sa.Text,
    "about": sa.Text,
    "since_on": sa.Date,
    "due_on": sa.Date,
    "gap": sa.BigInteger,
    "at_stake": sa.BigInteger,
}


def of_snapshots(day: Day, kind: str, snapshot: sa.FromClause, **columns: Column | date) -> Rows:
    """A row for each customer of the last whole month: their assets are at stake, their manager has it.

    Args:
        day: the day.
        kind: of the rows.
        snapshot: tiers by month.
        columns: what the kind says of the others of `COLUMNS`; ``period`` is the month if it does not say.
    """
    customer = day.reader.table("customer")
    return (
        sa.select(
            *_row(
                kind,
                {
                    "customer_id": snapshot.c["customer_id"],
                    "period": snapshot.c["month_no"],
                    "branch_id": snapshot.c["branch_id"],
                    "staff_id": customer.c["manager_staff_id"],
                    "at_stake": snapshot.c["aum"],
                    **columns,
                },
            )
        )
        .select_from(snapshot.outerjoin(customer, customer.c["customer_id"] == snapshot.c["customer_id"]))
        .where(snapshot.c["month_no"] == day.month_no, *day.own(snapshot))
    )


def of_cases(day: Day, kind: str, case: sa.FromClause, staff: Column | None = None, **columns: Column) -> Rows:
    """A row for each case (a referral, a booking, a product held ...): its customer's assets are at stake.

    Args:
        day: the day.
        kind: of the rows.
        case: a table of customers and branches.
        staff: whose it is; the customer's manager has it where nobody is named.
        columns: what the kind says of the others of `COLUMNS`.
    """
    customer, snapshot = day.reader.table("customer"), day.reader.table("tier_snapshot")
    month = sa.and_(snapshot.c["customer_id"] == customer.c["customer_id"], snapshot.c["month_no"] == day.month_no)
    owner = (
        sa.select(customer.c["customer_id"], customer.c["manager_staff_id"], snapshot.c["aum"])
        .select_from(customer.outerjoin(snapshot, month))
        .subquery(f"{kind}_assets")
    )
    manager = owner.c["manager_staff_id"]
    return (
        sa.select(
            *_row(
                kind,
                {
                    "customer_id": case.c["customer_id"],
                    "branch_id": case.c["branch_id"],
                    "staff_id": manager if staff is None else sa.func.coalesce(staff, manager, type_=sa.Text),
                    "at_stake": owner.c["aum"],
                    **columns,
                },
            )
        )
        .select_from(case.outerjoin(owner, owner.c["customer_id"] == case.c["customer_id"]))
        .where(*day.own(case))
    )


def _row(kind: str, given: Mapping[str, Column | date]) -> list[sa.Label[Any]]:
    """The columns of a row in their order; those that a kind has nothing to say of are missing."""
    said = {**given, "kind": sa.literal(kind, sa.Text), "period": sa.cast(given["period"], sa.Text)}
    return [_typed(said.get(name), declared).label(name) for name, declared in COLUMNS.items()]


def _typed(value: Column | date | None, declared: type[sa.types.TypeEngine[Any]]) -> Column:
    if value is None:
        return sa.cast(sa.null(), declared)
    if isinstance(value, date):
        return sa.cast(sa.literal(value, sa.Date), sa.Date)
    return value
