"""What campaigns set out to be: whom they assigned, by which channel, at what planned cost; not what came of it."""

from __future__ import annotations

from datetime import date

import pandas as pd
import sqlalchemy as sa

from data_access import measures
from data_access.measures import Names
from data_access.reading.reader import Reader


def audiences(reader: Reader, first: date) -> pd.DataFrame:
    """Customers assigned by campaigns that began on a day or later, contacted or not.

    Returns:
        ``campaign_id``, ``is_control``, ``tier`` (as it was when they were assigned), ``channel`` and ``n``; what is
        not recorded of a customer is missing.
    """
    member = reader.table("campaign_member")
    control = measures.is_control(reader, member.c["campaign_id"], member.c["arm"])
    keys = [member.c["campaign_id"], control.label("is_control"), member.c["tier"], member.c["channel"]]
    counted = sa.select(*keys, member.c["customer_id"]).where(member.c["campaign_id"].in_(_from(reader, first)))
    every = counted.subquery("assigned")
    by = [every.c[name] for name in ("campaign_id", "is_control", "tier", "channel")]
    return reader.frame(sa.select(*by, sa.func.count().label("n")).group_by(*by).order_by(*by))


def classes(reader: Reader, first: date) -> pd.DataFrame:
    """The same customers by class: ``campaign_id``, ``segment``, ``n``."""
    member, customer = reader.table("campaign_member"), reader.table("customer")
    keys = [member.c["campaign_id"], customer.c["segment"]]
    joined = member.join(customer, customer.c["customer_id"] == member.c["customer_id"])
    statement = sa.select(*keys, sa.func.count().label("n")).select_from(joined)
    chosen = statement.where(member.c["campaign_id"].in_(_from(reader, first)))
    return reader.frame(chosen.group_by(*keys).order_by(*keys))


def costs(reader: Reader, first: date) -> pd.DataFrame:
    """What they were to cost: ``campaign_id``, ``category``, ``planned`` (missing where no amount was planned)."""
    cost = reader.table("campaign_cost")
    keys = [cost.c["campaign_id"], cost.c["category"]]
    statement = sa.select(*keys, measures.total(cost.c["planned_amount"], "planned"))
    chosen = statement.where(cost.c["campaign_id"].in_(_from(reader, first)))
    return reader.frame(chosen.group_by(*keys).order_by(*keys))


def arms(reader: Reader, first: date) -> pd.DataFrame:
    """Their arms: ``campaign_id``, ``arm``, ``is_control``, ``allocation``."""
    arm = reader.table("campaign_arm")
    columns = [arm.c[name] for name in ("campaign_id", "arm", "is_control", "allocation")]
    statement = sa.select(*columns).where(arm.c["campaign_id"].in_(_from(reader, first)))
    return reader.frame(statement.order_by(arm.c["campaign_id"], arm.c["arm"]))


def assigned_by_age(reader: Reader, campaigns: Names) -> pd.DataFrame:
    """How fast they assigned: ``campaign_id``, ``age`` (days since the first day) and ``n`` assigned at that age."""
    campaign, member = reader.table("campaign"), reader.table("campaign_member")
    age = measures.days_between(campaign.c["starts_on"], member.c["assigned_at"]).label("age")
    statement = (
        sa.select(member.c["campaign_id"], age, sa.func.count().label("n"))
        .select_from(member.join(campaign, campaign.c["campaign_id"] == member.c["campaign_id"]))
        .where(*measures.among(member.c["campaign_id"], campaigns))
    )
    return reader.frame(statement.group_by(member.c["campaign_id"], age).order_by(member.c["campaign_id"], age))


def _from(reader: Reader, first: date) -> sa.Select[str]:
    campaign = reader.table("campaign")
    return sa.select(campaign.c["campaign_id"]).where(campaign.c["starts_on"] >= first)
