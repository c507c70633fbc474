"""The audience of a plan, live: how many are chosen, how many each rule leaves out, and who they are.

The rules are those of `data_access.audience`.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

import pandas as pd
import sqlalchemy as sa

from data_access import audience, measures
from data_access.audience import Whom
from data_access.measures import Names
from data_access.reading.reader import Reader
from data_access.settings import PlanningRules


def products(reader: Reader) -> pd.DataFrame:
    """What can be offered: ``product_id``, ``name``, ``line``, ``risk_level``."""
    product = reader.table("product")
    columns = [product.c[name] for name in ("product_id", "name", "line", "risk_level")]
    return reader.frame(sa.select(*columns).order_by(product.c["line"], product.c["product_id"]))


def offered(reader: Reader) -> pd.DataFrame:
    """What customers can be chosen by.

    Returns:
        ``what`` (``tier``, ``segment`` or ``tag``), ``family``, ``tag``, ``value`` and ``n``. Values that no customer
        of the reader has are left out. Tier and life stage are those of the last month of balances. What other tables
        say of customers is among the tags, as `data_access.audience.OWN`.
    """
    customer, tag = reader.table("customer"), reader.table("customer_tag")
    none = sa.literal("", sa.Text)

    def counted(
        what: str, family: sa.ColumnElement[str], name: sa.ColumnElement[str], value: sa.ColumnElement[str]
    ) -> sa.Select[str, str, str, str, int]:
        labels = (family.label("family"), name.label("tag"), value.label("value"))
        return sa.select(sa.literal(what, sa.Text).label("what"), *labels, sa.func.count().label("n"))

    def own(name: str, column: sa.ColumnElement[str]) -> sa.Select[str, str, str, str, int]:
        labels = (sa.literal(audience.OWN, sa.Text), sa.literal(name, sa.Text))
        return counted("tag", *labels, column).where(column.is_not(None)).group_by(column)

    segment = customer.c["segment"]
    selects = [
        own(audience.WON, customer.c["acquired_channel"]),
        counted("segment", none, none, segment).where(segment.is_not(None)).group_by(segment),
        counted("tag", tag.c["family"], tag.c["tag"], tag.c["value"])
        .where(tag.c["value"].is_not(None))
        .group_by(tag.c["family"], tag.c["tag"], tag.c["value"]),
    ]
    if reader.has("tier_snapshot"):
        snapshot = reader.table("tier_snapshot")
        selects.append(
            counted("tier", none, none, snapshot.c["tier"])
            .where(snapshot.c["month_no"] == audience.last_month(reader), snapshot.c["tier"].is_not(None))
            .group_by(snapshot.c["tier"])
        )
        stages = own(audience.LIFE_STAGE, snapshot.c["life_stage"])
        selects.append(stages.where(snapshot.c["month_no"] == audience.last_month(reader)))
    every = sa.union_all(*selects).subquery("offered")
    return reader.frame(sa.select(every).order_by(*(every.c[name] for name in ("what", "family", "tag", "value"))))


def channels(reader: Reader) -> pd.DataFrame:
    """Channels through which campaigns contacted customers: ``channel``, ``n``, the most used first."""
    member = reader.table("campaign_member")
    number = sa.func.count()
    statement = sa.select(member.c["channel"], number.label("n")).where(member.c["channel"].is_not(None))
    return reader.frame(statement.group_by(member.c["channel"]).order_by(number.desc(), member.c["channel"]))


def counts(reader: Reader, whom: Whom, rules: PlanningRules, *, risk_level: str = "") -> pd.DataFrame:
    """How many are chosen, by what becomes of them: one statement.

    Returns:
        ``reason`` (the first rule that leaves them out, empty for who may be contacted), ``tier`` (empty for who has
        no balance in the last month), ``n``.
    """
    every = audience.chosen(reader, whom, rules, risk_level)
    keys = [sa.func.coalesce(every.c[name], "") for name in ("reason", "tier")]
    labels = [key.label(name) for key, name in zip(keys, ("reason", "tier"), strict=True)]
    return reader.frame(sa.select(*labels, sa.func.count().label("n")).group_by(*keys).order_by(*keys))


def eligible(
    reader: Reader,
    whom: Whom,
    rules: PlanningRules,
    *,
    by: Literal["tier", "segment"] = "tier",
    risk_level: str = "",
) -> pd.DataFrame:
    """How many may be contacted: ``branch_id``, `by` (customers of no known part are left out), ``n``."""
    every = audience.chosen(reader, whom, rules, risk_level)
    keys = [every.c["branch_id"], every.c[by]]
    may = (every.c["reason"].is_(None), every.c[by].is_not(None))
    return reader.frame(sa.select(*keys, sa.func.count().label("n")).where(*may).group_by(*keys).order_by(*keys))


def rows(
    reader: Reader, whom: Whom, rules: PlanningRules, *, risk_level: str = "", page: int = 1, size: int = 500
) -> pd.DataFrame:
    """One page of the customers chosen, in the order of their identifiers.

    Returns:
        ``customer_id``, ``branch_id``, ``tier`` and ``reason`` (missing for who may be contacted).

    Raises:
        AccessError: the viewer may not see single customers.
    """
    every = audience.chosen(reader, whom, rules, risk_level)
    columns = [every.c[name] for name in ("customer_id", "branch_id", "tier", "reason")]
    return reader.rows(sa.select(*columns).order_by(every.c["customer_id"]), page=page, size=size)


def capacity(reader: Reader, first: date, last: date, roles: Names, *, branches: Names = ()) -> pd.DataFrame:
    """Staff who serve campaigns and are posted on the days: ``staff`` (people) and ``full_time`` (full-time shares).

    Both are missing where roles are not recorded. A share that is not recorded counts as full time. Postings that end
    in the period count by the days they cover.
    """
    posting, staff = reader.table("staff_posting"), reader.table("staff")
    begins = sa.func.greatest(posting.c["from_on"], first, type_=sa.Date)
    ends = sa.func.least(sa.func.coalesce(posting.c["to_on"], last), last, type_=sa.Date)
    days = measures.days_between(begins, ends) + 1
    share = sa.func.coalesce(posting.c["full_time_share"], 1.0) * sa.cast(days, sa.Double)
    every = (last - first + timedelta(days=1)).days
    statement = (
        sa.select(
            measures.recorded(
                reader, "staff", "role", sa.func.count(sa.distinct(posting.c["staff_id"])).label("staff")
            ),
            (sa.func.sum(share, type_=sa.Double) / sa.literal(float(every), sa.Double)).label("full_time"),
        )
        .select_from(posting.join(staff, staff.c["staff_id"] == posting.c["staff_id"]))
        .where(
            posting.c["from_on"] <= last,
            sa.or_(posting.c["to_on"].is_(None), posting.c["to_on"] >= first),
            staff.c["role"].in_(list(roles)),
            *measures.among(posting.c["branch_id"], branches),
        )
    )
    return reader.frame(statement)
