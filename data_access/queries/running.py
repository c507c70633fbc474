"""Campaigns that run: how far they are, what their customers did so far, and whether customers bear it.

A campaign runs from its first day until its last day is past and the attribution window of its last member has closed,
by the members' own table. "Treated" are members of arms that were not held out; amounts are minor units.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import sqlalchemy as sa

from data_access import measures
from data_access.measures import Condition, Names
from data_access.reading.reader import Reader

WEEK = 7


def campaigns(reader: Reader, within: int, *, branches: Names = ()) -> pd.DataFrame:
    """Campaigns that run, the first to begin first, with what their customers did so far.

    Args:
        reader: whose rows.
        within: days from assignment in which an early conversion counts; the attribution window where that is shorter.
        branches: members of these branches; all of the reader's if empty. A campaign may treat none of them, as where
            these branches were held out whole.

    Returns:
        What the contract says of the campaign, ``line`` and ``season`` (name); ``matures_on`` (last member's); ``n``
        treated, ``contacted``, ``participated``, ``converted`` (inside the window, so far), ``by_look`` (of these, up
        to the last day of the campaign's last whole week), ``channel`` (of most of them), ``control_n``; and of members
        assigned at least ``within`` days ago ``ripe``, ``ripe_converted`` (within so many days), ``control_ripe`` and
        ``control_ripe_converted``.
    """
    campaign, product, season = (reader.table(name) for name in ("campaign", "product", "season"))
    member, as_of = reader.table("campaign_member"), reader.as_of_tables("campaign_member")
    key = campaign.c["campaign_id"]
    held_out = measures.is_control(reader, member.c["campaign_id"], member.c["arm"])
    treated = ~held_out
    converted = measures.converted(member)
    today = sa.literal(as_of, sa.Date)
    age = measures.days_between(campaign.c["starts_on"], today) + 1
    day = measures.days_between(campaign.c["starts_on"], member.c["converted_at"])
    ripe, early = _ripe(campaign, member, within, today), _early(campaign, member, within)
    counts: dict[str, tuple[Condition, tuple[str, ...]]] = {
        "n": (treated, ()),
        "contacted": (sa.and_(treated, measures.contacted(member)), ("contacted_at",)),
        "participated": (sa.and_(treated, measures.participated(member)), ("participated_at",)),
        "converted": (sa.and_(treated, converted), ("converted_at",)),
        "by_look": (sa.and_(treated, converted, day < age - age % WEEK), ("converted_at",)),
        "control_n": (held_out, ()),
        "ripe": (sa.and_(treated, ripe), ()),
        "ripe_converted": (sa.and_(treated, ripe, early), ("converted_at",)),
        "control_ripe": (sa.and_(held_out, ripe), ()),
        "control_ripe_converted": (sa.and_(held_out, ripe, early), ("converted_at",)),
    }
    counted = (
        sa.select(
            key,
            sa.func.max(member.c["matures_on"]).label("matures_on"),
            *(
                measures.recorded(reader, "campaign_member", needs, measures.count(condition, name))
                for name, (condition, needs) in counts.items()
            ),
        )
        .select_from(campaign.join(member, member.c["campaign_id"] == key))
        .where(campaign.c["starts_on"] <= as_of, *measures.among(member.c["branch_id"], branches))
        .group_by(key)
        .having(_runs(campaign, member, today))
        .subquery("counted")
    )
    channel = _channel(reader, member, branches)
    named = ("campaign_id", "name", "starts_on", "ends_on", "attribution_days", "objective", "theme", "product_id")
    source = campaign.join(counted, counted.c["campaign_id"] == key)
    source = source.outerjoin(channel, channel.c["campaign_id"] == key)
    source = source.outerjoin(product, product.c["product_id"] == campaign.c["product_id"])
    source = source.outerjoin(season, season.c["season_id"] == campaign.c["season_id"])
    statement = sa.select(
        *(campaign.c[name] for name in (*named, "owner_staff_id", "assignment", "cluster")),
        product.c["line"],
        season.c["name"].label("season"),
        channel.c["channel"],
        *(column for column in counted.c if column.name != "campaign_id"),
    )
    return reader.frame(statement.select_from(source).order_by(campaign.c["starts_on"], key))


def early(reader: Reader, within: int, *, branches: Names = ()) -> pd.DataFrame:
    """How many of the conversions of closed windows came early, by the length of the window.

    Returns:
        ``attribution_days``, ``converted`` (inside the window) and ``early`` (of these, within so many days of
        assignment; all of them where the window is not longer).
    """
    campaign, member = reader.table("campaign"), reader.table("campaign_member")
    days, converted = campaign.c["attribution_days"], measures.converted(member)
    statement = (
        sa.select(
            days,
            measures.recorded(reader, "campaign_member", "converted_at", measures.count(converted, "converted")),
            measures.recorded(
                reader,
                "campaign_member",
                "converted_at",
                measures.count(sa.and_(converted, _early(campaign, member, within)), "early"),
            ),
        )
        .select_from(campaign.join(member, member.c["campaign_id"] == campaign.c["campaign_id"]))
        .where(measures.matured(reader, member), *measures.among(member.c["branch_id"], branches))
    )
    return reader.frame(statement.group_by(days).order_by(days))


def course(reader: Reader, campaign_id: str, within: int, *, branches: Names = ()) -> pd.DataFrame:
    """Early conversions of one campaign by the day on which the early days of its customers were over.

    Returns:
        ``matures_on`` (that day), ``side`` (a: treated, b: held out), ``n``, ``matured`` (the same) and
        ``matured_converted``: what `metrics.inference.study.course` reads.
    """
    campaign, member = reader.table("campaign"), reader.table("campaign_member")
    today = sa.literal(reader.as_of_tables("campaign_member"), sa.Date)
    held_out = measures.is_control(reader, member.c["campaign_id"], member.c["arm"])
    side = sa.case((held_out, sa.literal("b", sa.Text)), else_=sa.literal("a", sa.Text)).label("side")
    over = _last_early_day(campaign, member, within).label("matures_on")
    statement = (
        sa.select(
            over,
            side,
            sa.func.count().label("n"),
            sa.func.count().label("matured"),
            measures.recorded(
                reader,
                "campaign_member",
                "converted_at",
                measures.count(
                    sa.and_(measures.converted(member), _early(campaign, member, within)), "matured_converted"
                ),
            ),
        )
        .select_from(campaign.join(member, member.c["campaign_id"] == campaign.c["campaign_id"]))
        .where(
            campaign.c["campaign_id"] == campaign_id,
            _ripe(campaign, member, within, today),
            *measures.among(member.c["branch_id"], branches),
        )
    )
    return reader.frame(statement.group_by(over, side).order_by(over, side))


def days(reader: Reader, campaign_id: str, *, branches: Names = ()) -> pd.DataFrame:
    """What happened in one campaign day by day, of its treated customers.

    Returns:
        ``kind``, ``day``, ``n`` and ``total``: ``contacted``, ``converted`` (first times), ``opt_outs`` (customers
        contacted before), ``complaints``, ``answers`` from 1 to 5 (`total`: of the scores), ``contacts`` (made for it)
        and ``spent`` (`total`: minor units; without a part of costs that the whole bank bears). Kinds that the feeds do
        not record have no row.
    """
    member = reader.table("campaign_member")
    own = sa.and_(
        member.c["campaign_id"] == campaign_id,
        measures.treated(reader, member),
        *measures.among(member.c["branch_id"], branches),
    )
    selects = [
        _by_day(name, member, when, sa.and_(own, condition))
        for name, when, condition in (
            ("contacted", member.c["contacted_at"], measures.contacted(member)),
            ("converted", member.c["converted_at"], measures.converted(member)),
        )
        if reader.has("campaign_member", f"{name}_at")
    ]
    for name, (table, moment, value) in _EVENTS.items():
        filed = () if table == "consent" else ("campaign_id",)
        if reader.has(table, moment, *filed, *([value] if value else [])):
            event = reader.table(table)
            joined = member.join(event, _theirs(member, event, table, moment))
            # Who withdraws, withdraws several channels at once.
            who = member.c["customer_id"] if table == "consent" else None
            of = event.c[value] if value else None
            selects.append(_by_day(name, joined, event.c[moment], sa.and_(own, *_only(event, table)), of, who))
    if reader.has("campaign_cost", "incurred_on"):
        cost = reader.table("campaign_cost")
        booked = sa.and_(cost.c["campaign_id"] == campaign_id, *measures.among(cost.c["branch_id"], branches))
        selects.append(_by_day("spent", cost, cost.c["incurred_on"], booked, cost.c["actual_amount"]))
    if not selects:
        return pd.DataFrame(columns=["kind", "day", "n", "total"])
    every = (sa.union_all(*selects) if len(selects) > 1 else selects[0]).subquery("every_day")
    return reader.frame(sa.select(every).order_by(every.c["kind"], every.c["day"]))


def guardrails(reader: Reader, *, finished_since: date | None = None, branches: Names = ()) -> pd.DataFrame:
    """What a campaign may not cost, of treated customers who were contacted, from contact to the window's end.

    Args:
        reader: whose rows.
        finished_since: campaigns that ended from this day on and are over, instead of those that run.
        branches: members of these branches; all of the reader's if empty.

    Returns:
        ``campaign_id``, ``contacted``, ``opted_out`` (customers who withdrew a consent to marketing since they were
        contacted), ``complaints`` (filed against the campaign), and of answers from 1 to 5 ``known_score``,
        ``sum_score``, ``squares_score``. What the feeds do not record is missing.
    """
    campaign, member = reader.table("campaign"), reader.table("campaign_member")
    as_of, key = reader.as_of_tables("campaign_member"), member.c["campaign_id"]
    runs = _runs(campaign, member, sa.literal(as_of, sa.Date))
    every = campaign.join(member, key == campaign.c["campaign_id"])
    ended = sa.select(campaign.c["campaign_id"]).where(
        campaign.c["ends_on"] <= as_of, *measures.within(campaign.c["ends_on"], finished_since, None)
    )
    chosen = [
        measures.treated(reader, member),
        measures.contacted(member),
        *measures.among(member.c["branch_id"], branches),
    ]
    if finished_since is None:
        meant = sa.select(key).select_from(every).group_by(key).having(runs)
    else:
        meant = sa.select(key).select_from(every).where(key.in_(ended)).group_by(key).having(~runs)
    chosen.append(key.in_(meant))
    everyone = sa.select(key, sa.func.count().label("contacted")).where(*chosen).group_by(key).subquery("everyone")

    def told(name: str, table: str, moment: str, *columns: sa.ColumnElement[Any]) -> sa.Subquery:
        event = reader.table(table)
        joined = member.join(event, _theirs(member, event, table, moment))
        return (
            sa.select(key, *columns)
            .select_from(joined)
            .where(*chosen, *_only(event, table))
            .group_by(key)
            .subquery(name)
        )

    withdrew = told(
        "withdrew", "consent", "withdrawn_at", sa.func.count(sa.distinct(member.c["customer_id"])).label("opted_out")
    )
    complained = told("complained", "complaint", "opened_at", sa.func.count().label("complaints"))
    scores = measures.moments("score", reader.table("satisfaction").c["score"])
    rated = told("rated", "satisfaction", "responded_at", *scores)
    beside: sa.FromClause = everyone
    for part in (withdrew, complained, rated):
        beside = beside.outerjoin(part, part.c["campaign_id"] == everyone.c["campaign_id"])
    statement = sa.select(
        *everyone.c,
        measures.recorded(reader, "consent", "withdrawn_at", _or_none(withdrew.c["opted_out"])),
        measures.recorded(reader, "complaint", "campaign_id", _or_none(complained.c["complaints"])),
        measures.recorded(reader, "satisfaction", ("score", "campaign_id"), _or_none(rated.c["known_score"])),
        rated.c["sum_score"],
        rated.c["squares_score"],
    )
    return reader.frame(statement.select_from(beside).order_by(everyone.c["campaign_id"]))


def pressure(reader: Reader, cap: int, within: int, *, branches: Names = ()) -> pd.DataFrame:
    """How often the customers of campaigns that run were contacted by the bank lately, whatever for.

    Args:
        reader: whose rows.
        cap: contacts that a customer may have had.
        within: days up to the last of the contacts' table in which they are counted.
        branches: members of these branches; all of the reader's if empty.

    Returns:
        ``campaign_id``, ``touched`` (treated customers with a contact in these days), ``contacts`` and ``over_cap``
        (customers with more than the cap). No row where the feeds do not record contacts.
    """
    campaign, member, contact = (reader.table(name) for name in ("campaign", "campaign_member", "contact"))
    if not reader.has("contact"):
        return pd.DataFrame(columns=["campaign_id", "touched", "contacts", "over_cap"])
    as_of, last = reader.as_of_tables("campaign_member"), reader.as_of_tables("contact")
    running = (
        sa.select(member.c["campaign_id"])
        .select_from(campaign.join(member, member.c["campaign_id"] == campaign.c["campaign_id"]))
        .group_by(member.c["campaign_id"])
        .having(_runs(campaign, member, sa.literal(as_of, sa.Date)))
    )
    lately = measures.days_between(contact.c["contacted_at"], sa.literal(last, sa.Date))
    outbound = sa.or_(contact.c["direction"].is_(None), contact.c["direction"] != "inbound")
    each = (
        sa.select(member.c["campaign_id"], member.c["customer_id"], sa.func.count().label("times"))
        .select_from(member.join(contact, contact.c["customer_id"] == member.c["customer_id"]))
        .where(
            member.c["campaign_id"].in_(running),
            measures.treated(reader, member),
            outbound,
            lately.between(0, within - 1),
            *measures.among(member.c["branch_id"], branches),
        )
        .group_by(member.c["campaign_id"], member.c["customer_id"])
        .subquery("each_customer")
    )
    statement = sa.select(
        each.c["campaign_id"],
        sa.func.count().label("touched"),
        measures.total(each.c["times"], "contacts"),
        measures.count(each.c["times"] > cap, "over_cap"),
    )
    return reader.frame(statement.group_by(each.c["campaign_id"]).order_by(each.c["campaign_id"]))


_EVENTS = {
    "opt_outs": ("consent", "withdrawn_at", None),
    "complaints": ("complaint", "opened_at", None),
    "answers": ("satisfaction", "responded_at", "score"),
    "contacts": ("contact", "contacted_at", None),
}
"""Table, moment, and what is summed, of each kind of event."""

_MEANT = {"consent": ("purpose", "marketing"), "satisfaction": ("scale", "csat5")}
"""The rows of a table that are meant."""


def _theirs(member: sa.FromClause, event: sa.FromClause, table: str, moment: str) -> Condition:
    """An event of the member's in the campaign: filed under it, or, of a consent, since they were contacted."""
    same = event.c["customer_id"] == member.c["customer_id"]
    if table == "consent":
        until = sa.cast(event.c[moment], sa.Date) <= member.c["matures_on"]
        return sa.and_(same, event.c[moment] >= member.c["contacted_at"], until)
    return sa.and_(same, event.c["campaign_id"] == member.c["campaign_id"])


def _only(event: sa.FromClause, table: str) -> list[Condition]:
    return [event.c[column] == value for column, value in (_MEANT[table],)] if table in _MEANT else []


def _or_none(count: sa.ColumnElement[int]) -> sa.Label[Any]:
    """A count, 0 where nothing was counted."""
    return sa.func.coalesce(count, 0).label(count.key)


def _by_day(
    kind: str,
    source: sa.FromClause,
    moment: sa.ColumnElement[Any],
    where: Condition,
    value: sa.ColumnElement[Any] | None = None,
    who: sa.ColumnElement[Any] | None = None,
) -> sa.Select[Any]:
    day = sa.cast(moment, sa.Date).label("day")
    total = sa.cast(sa.null(), sa.BigInteger).label("total") if value is None else measures.total(value, "total")
    kinds = sa.literal(kind, sa.Text).label("kind")
    rows = sa.func.count() if value is None else sa.func.count(value)
    number = rows if who is None else sa.func.count(sa.distinct(who))
    columns: list[sa.ColumnElement[Any]] = [kinds, day, number.label("n"), total]
    counted = sa.select(*columns).select_from(source)
    return counted.where(where, moment.is_not(None)).group_by(day)


def _runs(campaign: sa.FromClause, member: sa.FromClause, today: sa.ColumnElement[Any]) -> Condition:
    """Whether a campaign still calls, or the window of one of its members is open; of rows grouped by campaign."""
    return sa.or_(sa.func.max(member.c["matures_on"]) > today, sa.func.max(campaign.c["ends_on"]) > today)


def _last_early_day(campaign: sa.FromClause, member: sa.FromClause, within: int) -> sa.ColumnElement[Any]:
    span = sa.func.least(campaign.c["attribution_days"], within)
    return sa.type_coerce(sa.cast(member.c["assigned_at"], sa.Date) + sa.cast(span, sa.Integer), sa.Date)


def _ripe(campaign: sa.FromClause, member: sa.FromClause, within: int, today: sa.ColumnElement[Any]) -> Condition:
    """Assigned so long ago that the early days are over."""
    return _last_early_day(campaign, member, within) <= today


def _early(campaign: sa.FromClause, member: sa.FromClause, within: int) -> Condition:
    """Bought inside the window and within so many days of assignment."""
    early = sa.cast(member.c["converted_at"], sa.Date) <= _last_early_day(campaign, member, within)
    return sa.and_(measures.converted(member), early)


def _channel(reader: Reader, member: sa.FromClause, branches: Names) -> sa.Subquery:
    """The channel of most treated members; of several such, the first by name."""
    key, channel = member.c["campaign_id"], member.c["channel"]
    place = sa.func.row_number().over(partition_by=key, order_by=(sa.func.count().desc(), channel)).label("place")
    counted = (
        sa.select(key, channel, place)
        .where(channel.is_not(None), measures.treated(reader, member), *measures.among(member.c["branch_id"], branches))
        .group_by(key, channel)
        .subquery("counted_channel")
    )
    return sa.select(counted).where(counted.c["place"] == 1).subquery("main_channel")
