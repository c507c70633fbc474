"""Who a plan is for, and who is left out by which rule: the first that applies, so that the parts add up.

| rule | who is left out | needs |
|---|---|---|
| do_not_contact | asked not to be contacted through any of the channels | consent |
| no_consent | gave no consent to marketing through any of the channels, or withdrew it | consent |
| not_rated | has no risk rating that holds on the first day, where the product needs one | risk_assessment |
| risk | is rated below the product's risk | risk_assessment |
| overlap | is in another campaign that runs on one of the days | campaign_member |
| pressure | was contacted as often as the bank allows | contact |

Everything is judged by what is known on the last day of the data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from data_access import measures
from data_access.reading.reader import Reader
from data_access.settings import PlanningRules

RULES = ("do_not_contact", "no_consent", "not_rated", "risk", "overlap", "pressure")
"""In the order in which they are tried."""

NEEDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "do_not_contact": ("consent", ("do_not_contact",)),
    "no_consent": ("consent", ()),
    "not_rated": ("risk_assessment", ()),
    "risk": ("risk_assessment", ()),
    "overlap": ("campaign_member", ()),
    "pressure": ("contact", ()),
}
"""Table and columns without which a rule cannot be tried."""

OWN = "customer"
"""In place of a family of tags, which the contract closes: what other tables say of a customer, as if it were a tag."""

LIFE_STAGE, WON, TREATED = "life_stage", "acquired_channel", "campaign"
"""Of the last month of balances; the channel through which they were won; a campaign in whose treated arm they were."""


@dataclass(frozen=True, slots=True)
class Whom:
    """Who is chosen, for what and when. An empty choice chooses all.

    Attributes:
        channels: Through which they are to be contacted.
        starts_on: First day.
        ends_on: Last day.
        tiers: By the last month of balances.
        segments: Classes.
        tags: Family, tag and value; a customer has one of the values of each tag that is named. The family `OWN` names
            what other tables say.
        branches: Which serve them now.
        product_id: What they are offered; empty: nothing in particular.
    """

    channels: tuple[str, ...]
    starts_on: date
    ends_on: date
    tiers: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    tags: tuple[tuple[str, str, str], ...] = ()
    branches: tuple[str, ...] = ()
    product_id: str = ""


def untold(reader: Reader) -> tuple[str, ...]:
    """Rules that cannot be tried, because the feeds do not record what they need."""
    return tuple(rule for rule in RULES if not reader.has(NEEDS[rule][0], *NEEDS[rule][1]))


def last_month(reader: Reader) -> sa.ColumnElement[int]:
    """The last whole month of balances; where the version does not say which that is, the last one recorded."""
    if (month := reader.last_month("tier_snapshot")) is not None:
        return sa.literal(month, sa.Integer)
    snapshot = reader.table("tier_snapshot").alias("newest_snapshot")
    return sa.select(sa.func.max(snapshot.c["month_no"])).scalar_subquery()


def chosen(reader: Reader, whom: Whom, rules: PlanningRules, risk_level: str = "") -> sa.Subquery:
    """One row per customer chosen: ``customer_id``, ``branch_id``, ``segment``, ``tier`` and ``reason``.

    `reason` is the first rule that leaves the customer out, missing for who may be contacted; `tier` is missing for
    who has no balance in the last month.

    Args:
        reader: whose rows.
        whom: who is chosen.
        rules: the bank's limits.
        risk_level: of the product, empty where none is offered or none is recorded.
    """
    customer = reader.table("customer")
    tier: sa.ColumnElement[Any] = sa.cast(sa.null(), sa.Text)
    source: sa.FromClause = customer
    if reader.has("tier_snapshot"):
        snapshot = reader.table("tier_snapshot")
        here = sa.and_(
            snapshot.c["customer_id"] == customer.c["customer_id"], snapshot.c["month_no"] == last_month(reader)
        )
        source, tier = customer.outerjoin(snapshot, here), snapshot.c["tier"]
    tries = [
        (_applies(rule, reader, customer.c["customer_id"], whom, rules, risk_level), rule)
        for rule in RULES
        if rule not in untold(reader)
    ]
    known = [(condition, rule) for condition, rule in tries if condition is not None]
    reason: sa.ColumnElement[Any] = sa.case(*known) if known else sa.cast(sa.null(), sa.Text)
    statement = sa.select(
        customer.c["customer_id"],
        customer.c["branch_id"],
        customer.c["segment"],
        tier.label("tier"),
        reason.label("reason"),
    ).select_from(source)
    conditions = [
        *measures.among(customer.c["branch_id"], whom.branches),
        *measures.among(customer.c["segment"], whom.segments),
        *measures.among(tier, whom.tiers),
        *_tagged(reader, customer.c["customer_id"], whom),
    ]
    return statement.where(*conditions).subquery("chosen")


def _tagged(reader: Reader, customer_id: sa.ColumnElement[str], whom: Whom) -> list[sa.ColumnElement[bool]]:
    wanted: dict[tuple[str, str], list[str]] = {}
    for family, name, value in whom.tags:
        wanted.setdefault((family, name), []).append(value)
    return [
        customer_id.in_(_own(reader, name, values) if family == OWN else _with_tag(reader, family, name, values))
        for (family, name), values in wanted.items()
    ]


def _with_tag(reader: Reader, family: str, name: str, values: list[str]) -> sa.Select[Any]:
    tag = reader.table("customer_tag")
    of_it = (tag.c["family"] == family, tag.c["tag"] == name, tag.c["value"].in_(values))
    return sa.select(tag.c["customer_id"]).where(*of_it)


def _own(reader: Reader, name: str, values: list[str]) -> sa.Select[Any]:
    """Customers of whom another table says one of the values; nobody where it does not record that."""
    # Under names of their own: what asks reads the tables, too.
    if name == LIFE_STAGE:
        snapshot = reader.table("tier_snapshot").alias("of_snapshot")
        here = (snapshot.c["month_no"] == last_month(reader), snapshot.c["life_stage"].in_(values))
        return sa.select(snapshot.c["customer_id"]).where(*here)
    if name == TREATED:
        member = reader.table("campaign_member").alias("of_member")
        in_it = (member.c["campaign_id"].in_(values), measures.treated(reader, member))
        return sa.select(member.c["customer_id"]).where(*in_it)
    customer = reader.table("customer").alias("of_customer")
    won = customer.c["acquired_channel"].in_(values) if name == WON else sa.false()
    return sa.select(customer.c["customer_id"]).where(won)


def _applies(
    rule: str,
    reader: Reader,
    customer_id: sa.ColumnElement[str],
    whom: Whom,
    rules: PlanningRules,
    risk_level: str,
) -> sa.ColumnElement[bool] | None:
    """Whether the rule leaves a customer out; None where it has nothing to say of this plan."""
    if rule == "do_not_contact":
        # Out where no channel is left: those without a wish in one of them may be contacted there.
        return customer_id.in_(_asked_not_to(reader, whom))
    if rule == "no_consent":
        return customer_id.not_in(_consenting(reader, whom))
    if rule in ("not_rated", "risk"):
        return _rated(rule, reader, customer_id, whom, rules, risk_level)
    if rule == "overlap":
        return customer_id.in_(_elsewhere(reader, whom))
    return customer_id.in_(_pressed(reader, rules))


def _holds(reader: Reader, whom: Whom) -> list[sa.ColumnElement[bool]]:
    """A word on marketing by one of the plan's channels, given by the last day of the data."""
    consent = reader.table("consent")
    return [
        consent.c["purpose"] == "marketing",
        *measures.among(consent.c["channel"], whom.channels),
        *measures.within(consent.c["given_at"], None, reader.as_of),
    ]


def _asked_not_to(reader: Reader, whom: Whom) -> sa.Select[Any]:
    """Customers who asked not to be contacted through any of the channels."""
    consent = reader.table("consent")
    return (
        sa.select(consent.c["customer_id"])
        .where(*_holds(reader, whom), consent.c["do_not_contact"])
        .group_by(consent.c["customer_id"])
        .having(sa.func.count(sa.distinct(consent.c["channel"])) >= len(whom.channels))
    )


def _consenting(reader: Reader, whom: Whom) -> sa.Select[Any]:
    """Customers who consent in one of the channels and did not ask there not to be contacted."""
    consent = reader.table("consent")
    tomorrow = reader.as_of + timedelta(days=1)
    not_withdrawn = sa.or_(
        consent.c["withdrawn_at"].is_(None), *measures.within(consent.c["withdrawn_at"], tomorrow, None)
    )
    wish = sa.func.coalesce(consent.c["do_not_contact"], sa.false())
    return sa.select(consent.c["customer_id"]).where(*_holds(reader, whom), not_withdrawn, ~wish)


def _rated(
    rule: str,
    reader: Reader,
    customer_id: sa.ColumnElement[str],
    whom: Whom,
    rules: PlanningRules,
    risk_level: str,
) -> sa.ColumnElement[bool] | None:
    if not risk_level or risk_level in rules.unrated_levels:
        return None
    rating = reader.table("risk_assessment")
    newest = (
        sa.select(
            rating.c["customer_id"],
            rating.c["rating"],
            rating.c["valid_until"],
            sa.func.row_number()
            .over(partition_by=rating.c["customer_id"], order_by=rating.c["assessed_at"].desc())
            .label("place"),
        )
        .where(*measures.within(rating.c["assessed_at"], None, reader.as_of))
        .subquery("rated")
    )
    valid = sa.select(newest.c["customer_id"]).where(
        newest.c["place"] == 1,
        sa.or_(newest.c["valid_until"].is_(None), newest.c["valid_until"] >= whom.starts_on),
    )
    if rule == "not_rated":
        return customer_id.not_in(valid)
    return customer_id.in_(valid.where(newest.c["rating"] < f"C{risk_level[1:]}"))


def _elsewhere(reader: Reader, whom: Whom) -> sa.Select[Any]:
    campaign, member = reader.table("campaign"), reader.table("campaign_member")
    running = sa.select(campaign.c["campaign_id"]).where(
        campaign.c["starts_on"] <= whom.ends_on, campaign.c["ends_on"] >= whom.starts_on
    )
    return sa.select(member.c["customer_id"]).where(member.c["campaign_id"].in_(running))


def _pressed(reader: Reader, rules: PlanningRules) -> sa.Select[Any]:
    contact = reader.table("contact")
    until = reader.as_of_tables("contact")
    return (
        sa.select(contact.c["customer_id"])
        .where(
            *measures.within(contact.c["contacted_at"], until - timedelta(days=rules.contact_days - 1), until),
            sa.func.coalesce(contact.c["direction"], "outbound") == "outbound",
        )
        .group_by(contact.c["customer_id"])
        .having(sa.func.count() >= rules.contact_cap)
    )
