"""Who moved between tiers, and what their assets did: counts and sums by tier at both ends of a horizon.

A horizon is counted directly, by joining a month with the month `horizon` later. What became of a customer is the
column ``fate``:

* ``kept``: a tier at both ends;
* ``entered``: not seen before the end, ``left``: not seen from the end on;
* ``missing``: seen before and after, but without a tier at one end. A gap in a feed is neither exit nor transition,
  and neither tier is told;
* ``open``: the horizon ends after the last month of the data (campaigns only).

Months that were not over on the day of loading, or that a slip of the pen set ahead, are not among the data.

By branch, a customer's history is that at the branch: who moves to another branch leaves one and enters the other,
which is what the heads of both see.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import pandas as pd
import sqlalchemy as sa

from data_access import measures
from data_access.reading.reader import Reader

Rule = Literal["tier", "asset_tier"]
Balance = Literal["aum", "aum_end"]
By = Literal["branch_id", "month_no", "life_stage", "segment"]


def transition_counts(
    reader: Reader,
    horizon: int,
    *,
    rule: Rule = "tier",
    first: int | None = None,
    last: int | None = None,
    by: Iterable[By] = (),
    branches: Sequence[str] = (),
) -> pd.DataFrame:
    """Customers by tier at the start and at the end of every horizon inside the data.

    Args:
        reader: whose rows.
        horizon: months between start and end.
        rule: tier by the bank's rule, or by assets alone.
        first: first start month (`month_no`), the first of the data if not given.
        last: last start month, the last whose end is in the data if not given.
        by: further columns: the branch, the start month, the life stage (at the start, or on entry), the segment.
        branches: histories at these branches only; an empty choice does not restrict.

    Returns:
        The columns of `by`, ``from_tier``, ``to_tier`` (missing where there is none), ``fate`` and ``n``.
    """
    dimensions = tuple(by)
    snapshot = _snapshots(reader, branches)
    pairs = _pairs(snapshot, horizon, rule, first, last, by_branch="branch_id" in dimensions).subquery("pair")
    customer = reader.table("customer")
    read_from: sa.FromClause = pairs
    if "segment" in dimensions:
        read_from = pairs.outerjoin(customer, pairs.c["customer_id"] == customer.c["customer_id"])
    keys = [customer.c[name] if name == "segment" else pairs.c[name] for name in dimensions]
    keys += [pairs.c["from_tier"], pairs.c["to_tier"], pairs.c["fate"]]
    statement = sa.select(*keys, sa.func.count().label("n")).select_from(read_from)
    return reader.frame(statement.group_by(*keys).order_by(*keys))


def asset_sums(
    reader: Reader,
    start: int,
    horizon: int,
    *,
    rule: Rule = "tier",
    balance: Balance = "aum",
    by_branch: bool = False,
    branches: Sequence[str] = (),
) -> pd.DataFrame:
    """Balances before and after one horizon, by tier at both ends: what the assets bridge is built of.

    Args:
        reader: whose rows.
        start: start month (`month_no`).
        horizon: months between start and end.
        rule: tier by the bank's rule, or by assets alone.
        balance: monthly average, or balance at month end.
        by_branch: one set of rows per branch.
        branches: histories at these branches only; an empty choice does not restrict.

    Returns:
        ``branch_id`` if asked for, ``from_tier``, ``to_tier``, ``fate``, ``n``, and in minor units ``sum_before``,
        ``sum_after`` and ``sum_valuation``: the changes of prices in the months after the start, missing if the feed
        records none or ends before the horizon does. A customer whose balance is unknown at one end is ``missing``.
    """
    snapshot, flow = _snapshots(reader, branches), _of(reader.table("asset_flow"), branches)
    pairs = _pairs(snapshot, horizon, rule, start, start, by_branch=by_branch, balance=balance).subquery("pair")
    priced = reader.last_month("asset_flow")
    owner = ("customer_id", "branch_id") if by_branch else ("customer_id",)
    prices = (
        sa.select(*(flow.c[name] for name in owner), sa.func.sum(flow.c["valuation"]).label("valuation"))
        .where(flow.c["month_no"] > start, flow.c["month_no"] <= start + horizon)
        .group_by(*(flow.c[name] for name in owner))
        .subquery("prices")
    )
    keys = [pairs.c["from_tier"], pairs.c["to_tier"], pairs.c["fate"]]
    if by_branch:
        keys.insert(0, pairs.c["branch_id"])
    statement = (
        sa.select(
            *keys,
            sa.func.count().label("n"),
            measures.total(pairs.c["before"], "sum_before"),
            measures.total(pairs.c["after"], "sum_after"),
            measures.known_if(
                priced is None or priced >= start + horizon, measures.total(prices.c["valuation"], "sum_valuation")
            ),
        )
        .select_from(pairs.outerjoin(prices, sa.and_(*(pairs.c[name] == prices.c[name] for name in owner))))
        .group_by(*keys)
        .order_by(*keys)
    )
    return reader.frame(statement)


def tier_triples(
    reader: Reader,
    *,
    rule: Rule = "tier",
    first: int | None = None,
    last: int | None = None,
    branches: Sequence[str] = (),
) -> pd.DataFrame:
    """Customers by tier in three months that follow each other, and the grace clock of the middle one.

    Args:
        reader: whose rows.
        rule: tier by the bank's rule, or by assets alone.
        first: first middle month, unbounded if not given.
        last: last middle month, unbounded if not given.
        branches: histories at these branches only; an empty choice does not restrict.

    Returns:
        ``before``, ``present``, ``after`` (tiers), ``months_below`` (missing if not recorded) and ``n``.
    """
    snapshot = _snapshots(reader, branches)
    series: dict[str, Any] = {"partition_by": snapshot.c["customer_id"], "order_by": snapshot.c["month_no"]}
    month, tier = snapshot.c["month_no"], snapshot.c[rule]
    walk = sa.select(
        month,
        snapshot.c["months_below"],
        tier.label("present"),
        sa.func.lag(tier).over(**series).label("before"),
        sa.func.lag(month).over(**series).label("month_before"),
        sa.func.lead(tier).over(**series).label("after"),
        sa.func.lead(month).over(**series).label("month_after"),
    ).subquery("walk")
    keys = [walk.c[name] for name in ("before", "present", "after", "months_below")]
    consecutive = [
        # The neighbouring row may be months away.
        walk.c["month_before"] == walk.c["month_no"] - 1,
        walk.c["month_after"] == walk.c["month_no"] + 1,
        *(walk.c[name].is_not(None) for name in ("before", "present", "after")),
    ]
    statement = sa.select(*keys, sa.func.count().label("n")).where(
        *consecutive, *measures.within(walk.c["month_no"], first, last)
    )
    return reader.frame(statement.group_by(*keys).order_by(*keys))


def grace_clock(
    reader: Reader, month_no: int, *, by_branch: bool = False, branches: Sequence[str] = ()
) -> pd.DataFrame:
    """Customers below the threshold of the tier they hold, by the months they have been so, in one month.

    Args:
        reader: whose rows.
        month_no: the month.
        by_branch: one set of rows per branch.
        branches: these branches only; an empty choice does not restrict.

    Returns:
        ``branch_id`` if asked for, ``tier``, ``months_below``, ``n`` and ``sum_aum`` (monthly average, minor units).
    """
    snapshot = _snapshots(reader, branches)
    keys = [snapshot.c["tier"], snapshot.c["months_below"]]
    if by_branch:
        keys.insert(0, snapshot.c["branch_id"])
    statement = sa.select(*keys, sa.func.count().label("n"), measures.total(snapshot.c["aum"], "sum_aum")).where(
        snapshot.c["month_no"] == month_no, snapshot.c["months_below"] > 0
    )
    return reader.frame(statement.group_by(*keys).order_by(*keys))


def campaign_transitions(
    reader: Reader,
    horizon: int,
    *,
    campaigns: Sequence[str] = (),
    rule: Rule = "tier",
    branches: Sequence[str] = (),
) -> pd.DataFrame:
    """Everybody assigned to a campaign by tier in the month before the assignment and some months later.

    Args:
        reader: whose rows.
        horizon: months between the two.
        campaigns: these campaigns only; an empty choice does not restrict.
        rule: tier by the bank's rule, or by assets alone.
        branches: members and histories at these branches only.

    Returns:
        ``campaign_id``, ``is_control``, ``from_tier``, ``to_tier``, ``fate`` and ``n``: assigned customers, contacted
        or not. A customer without a tier before the assignment is ``missing``.
    """
    snapshot, assignment = _snapshots(reader, branches), _assignment(reader, campaigns, branches)
    pairs = _campaign_pairs(snapshot, assignment, horizon, rule).subquery("pair")
    keys = [pairs.c[name] for name in ("campaign_id", "is_control", "from_tier", "to_tier", "fate")]
    return reader.frame(sa.select(*keys, sa.func.count().label("n")).group_by(*keys).order_by(*keys))


def _of(table: sa.FromClause, branches: Sequence[str]) -> sa.FromClause:
    """Rows of some branches, or all."""
    if not branches:
        return table
    return sa.select(table).where(*measures.among(table.c["branch_id"], branches)).subquery()


def _snapshots(reader: Reader, branches: Sequence[str]) -> sa.FromClause:
    """Snapshots of months that are over; one of a year ahead would make everybody else one who left."""
    snapshot, last = reader.table("tier_snapshot"), reader.last_month("tier_snapshot")
    if last is not None:
        snapshot = sa.select(snapshot).where(snapshot.c["month_no"] <= last).subquery()
    return _of(snapshot, branches)


def _pairs(
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
    span = _span(snapshot, owner)
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
    known = [start.c["tier"].is_not(None), end.c["tier"].is_not(None)]
    if balance:
        known += [start.c["value"].is_not(None), end.c["value"].is_not(None)]
    fate = sa.case(
        (sa.and_(*known), "kept"),
        (sa.and_(start.c["tier"].is_not(None), span.c["last"] < month + horizon), "left"),
        (sa.and_(end.c["tier"].is_not(None), span.c["first"] > month), "entered"),
        else_="missing",
    )
    together = start.join(
        end, sa.and_(start.c["month_no"] == end.c["month_no"], *(start.c[k] == end.c[k] for k in owner)), full=True
    ).join(span, sa.and_(*(keys[name] == span.c[name] for name in owner)))
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


def _assignment(reader: Reader, campaigns: Sequence[str], branches: Sequence[str]) -> sa.Subquery:
    """Assigned customers, their arm's side, and the month before the assignment."""
    member = _of(reader.table("campaign_member"), branches)
    assigned = member.c["assigned_at"]
    before = sa.cast(sa.extract("year", assigned) * 12 + sa.extract("month", assigned) - 2, sa.Integer)
    control = measures.is_control(reader, member.c["campaign_id"], member.c["arm"]).label("is_control")
    return (
        sa.select(member.c["campaign_id"], member.c["customer_id"], control, before.label("month_no"))
        .where(*measures.among(member.c["campaign_id"], campaigns))
        .subquery("assignment")
    )


def _campaign_pairs(
    snapshot: sa.FromClause, assignment: sa.Subquery, horizon: int, rule: Rule
) -> sa.Select[*tuple[Any, ...]]:
    """One row per assigned customer: tier before the assignment, tier `horizon` months later, fate."""
    span = _span(snapshot, ("customer_id",))
    start, end = snapshot.alias("at_start"), snapshot.alias("at_end")
    last = sa.select(sa.func.max(snapshot.c["month_no"])).scalar_subquery()

    def snapshots(at: sa.FromClause, offset: int) -> sa.ColumnElement[bool]:
        return sa.and_(
            at.c["customer_id"] == assignment.c["customer_id"], at.c["month_no"] == assignment.c["month_no"] + offset
        )

    fate = sa.case(
        (assignment.c["month_no"] + horizon > last, "open"),
        (start.c[rule].is_(None), "missing"),
        (end.c[rule].is_not(None), "kept"),
        (span.c["last"] < assignment.c["month_no"] + horizon, "left"),
        else_="missing",
    )
    return sa.select(
        assignment.c["campaign_id"],
        assignment.c["is_control"],
        sa.case((fate.in_(("kept", "left")), start.c[rule])).label("from_tier"),
        sa.case((fate == "kept", end.c[rule])).label("to_tier"),
        fate.label("fate"),
    ).select_from(
        assignment.outerjoin(start, snapshots(start, 0))
        .outerjoin(end, snapshots(end, horizon))
        .outerjoin(span, span.c["customer_id"] == assignment.c["customer_id"])
    )


def _span(snapshot: sa.FromClause, owner: Sequence[str]) -> sa.Subquery:
    """First and last month in which each customer was seen."""
    keys = [snapshot.c[name] for name in owner]
    month = snapshot.c["month_no"]
    return (
        sa.select(*keys, sa.func.min(month).label("first"), sa.func.max(month).label("last"))
        .group_by(*keys)
        .subquery("span")
    )
