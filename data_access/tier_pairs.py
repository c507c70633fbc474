"""Customers at both ends of a horizon: one row per customer and start month, with what became of them.

What the queries of tiers count and the lists of tiers show, so that a list holds exactly whom the number counted.

The column ``fate`` is one of

* ``kept``: a tier at both ends;
* ``entered``: not seen before the end, ``left``: not seen from the end on;
* ``missing``: seen before and after, but without a tier at one end. A gap in a feed is neither exit nor transition,
  and neither tier is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import sqlalchemy as sa

from data_access import measures

Rule = Literal["tier", "asset_tier"]
Balance = Literal["aum", "aum_end"]

NO_CAMPAIGN: Final = "none"
"""In place of a campaign: customers whom none treated."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Which customers are meant; an empty text does not restrict.

    Attributes:
        segment: Class, of customers whom the viewer's branches serve now; of those whom another serves they know none.
        life_stage: At the start, or on entry.
        channel: Through which they were won; the same holds.
        campaign: Of which they were in a treated arm, assigned in the months after the start and up to the end; or
            `NO_CAMPAIGN`.
    """

    segment: str = ""
    life_stage: str = ""
    channel: str = ""
    campaign: str = ""


EVERYBODY: Final = Audience()


def of_audience(
    reader: measures.Tables,
    rows: sa.FromClause,
    horizon: int,
    audience: Audience,
    *,
    start: sa.ColumnElement[Any] | None = None,
) -> list[measures.Condition]:
    """Conditions on rows with ``customer_id`` and ``life_stage``; the horizon starts in `start`, else ``month_no``."""
    start = rows.c["month_no"] if start is None else start
    found = measures.among(rows.c["life_stage"], (audience.life_stage,) if audience.life_stage else ())
    # Under names of their own: what asks may read the tables, too, and a condition is about its own.
    customer = reader.table("customer").alias("of_customer")
    facts = {"segment": audience.segment, "acquired_channel": audience.channel}
    same = [customer.c[name] == value for name, value in facts.items() if value]
    if same:
        found.append(sa.exists().where(customer.c["customer_id"] == rows.c["customer_id"], *same))
    if audience.campaign:
        member = reader.table("campaign_member").alias("of_member")
        assigned = member.c["assigned_at"]
        month = sa.extract("year", assigned) * 12 + sa.extract("month", assigned) - 1
        treated = sa.exists().where(
            member.c["customer_id"] == rows.c["customer_id"],
            month > start,
            month <= start + horizon,
            measures.treated(reader, member),
            *measures.among(member.c["campaign_id"], () if audience.campaign == NO_CAMPAIGN else (audience.campaign,)),
        )
        found.append(~treated if audience.campaign == NO_CAMPAIGN else treated)
    return found


def of_branches(table: sa.FromClause, branches: Sequence[str]) -> sa.FromClause:
    """Rows of some branches, or all."""
    if not branches:
        return table
    return sa.select(table).where(*measures.among(table.c["branch_id"], branches)).subquery()


def snapshots(reader: measures.Tables, branches: Sequence[str]) -> sa.FromClause:
    """Snapshots of months that are over; one of a year ahead would make everybody else one who left."""
    snapshot, last = reader.table("tier_snapshot"), reader.last_month("tier_snapshot")
    if last is not None:
        snapshot = sa.select(snapshot).where(snapshot.c["month_no"] <= last).subquery()
    return of_branches(snapshot, branches)


def pairs(
    snapshot: sa.FromClause,
    horizon: int,
    rule: Rule,
    first: int | None,
    last: int | None,
    *,
    by_branch: bool,
    balance: Balance | None = None,
) -> sa.Select[*tuple[Any, ...]]:
    """One row per customer and start month: what they held at the start, at the end, and their fate."""
    owner = ("customer_id", "branch_id") if by_branch else ("customer_id",)
    seen = span(snapshot, owner)
    edge = sa.select(
        sa.func.min(snapshot.c["month_no"]).label("first"), sa.func.max(snapshot.c["month_no"]).label("last")
    ).subquery("edge")

    def at(offset: int, name: str) -> sa.Subquery:
        """Snapshots `offset` months after a start month, under that start month."""
        month = (snapshot.c["month_no"] - offset).label("month_no")
        value = snapshot.c[balance] if balance else sa.cast(sa.null(), sa.BigInteger)
        chosen = sa.select(
            *(snapshot.c[key] for key in owner),
            month,
            snapshot.c["life_stage"],
            snapshot.c[rule].label("tier"),
            value.label("value"),
        )
        bounds = [
            snapshot.c["month_no"] - offset >= edge.c["first"],
            snapshot.c["month_no"] - offset + horizon <= edge.c["last"],
        ]
        if first is not None:
            bounds.append(snapshot.c["month_no"] >= first + offset)
        if last is not None:
            bounds.append(snapshot.c["month_no"] <= last + offset)
        return chosen.where(*bounds).subquery(name)

    start, end = at(0, "at_start"), at(horizon, "at_end")
    month = sa.func.coalesce(start.c["month_no"], end.c["month_no"])
    keys = {name: sa.func.coalesce(start.c[name], end.c[name]) for name in owner}
    known: list[sa.ColumnElement[bool]] = [start.c["tier"].is_not(None), end.c["tier"].is_not(None)]
    if balance:
        known += [start.c["value"].is_not(None), end.c["value"].is_not(None)]
    fate = sa.case(
        (sa.and_(*known), "kept"),
        (sa.and_(start.c["tier"].is_not(None), seen.c["last"] < month + horizon), "left"),
        (sa.and_(end.c["tier"].is_not(None), seen.c["first"] > month), "entered"),
        else_="missing",
    )
    together = start.join(
        end, sa.and_(start.c["month_no"] == end.c["month_no"], *(start.c[k] == end.c[k] for k in owner)), full=True
    ).join(seen, sa.and_(*(keys[name] == seen.c[name] for name in owner)))
    return sa.select(
        *(keys[name].label(name) for name in owner),
        month.label("month_no"),
        sa.func.coalesce(start.c["life_stage"], end.c["life_stage"]).label("life_stage"),
        sa.case((fate != "missing", start.c["tier"])).label("from_tier"),
        sa.case((fate != "missing", end.c["tier"])).label("to_tier"),
        fate.label("fate"),
        start.c["value"].label("before"),
        end.c["value"].label("after"),
    ).select_from(together)


def span(snapshot: sa.FromClause, owner: Sequence[str]) -> sa.Subquery:
    """First and last month in which each customer was seen."""
    keys = [snapshot.c[name] for name in owner]
    month = snapshot.c["month_no"]
    return (
        sa.select(*keys, sa.func.min(month).label("first"), sa.func.max(month).label("last"))
        .group_by(*keys)
        .subquery("span")
    )
