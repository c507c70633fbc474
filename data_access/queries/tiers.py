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
from dataclasses import replace
from typing import Any, Literal

import pandas as pd
import sqlalchemy as sa

from data_access import measures, tier_pairs
from data_access.reading.reader import Reader
from data_access.settings import Tier
from data_access.tier_pairs import EVERYBODY, Audience, Balance, Rule

By = Literal["branch_id", "month_no", "life_stage", "segment"]
Trait = Literal["segment", "life_stage", "acquired_channel"]


def transition_counts(
    reader: Reader,
    horizon: int,
    *,
    rule: Rule = "tier",
    first: int | None = None,
    last: int | None = None,
    by: Iterable[By] = (),
    branches: Sequence[str] = (),
    audience: Audience = EVERYBODY,
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
        audience: which customers.

    Returns:
        The columns of `by`, ``from_tier``, ``to_tier`` (missing where there is none), ``fate`` and ``n``.
    """
    dimensions = tuple(by)
    snapshot = tier_pairs.snapshots(reader, branches)
    pairs = tier_pairs.pairs(snapshot, horizon, rule, first, last, by_branch="branch_id" in dimensions).subquery("pair")
    customer = reader.table("customer")
    read_from: sa.FromClause = pairs
    if "segment" in dimensions:
        read_from = pairs.outerjoin(customer, pairs.c["customer_id"] == customer.c["customer_id"])
    keys = [customer.c[name] if name == "segment" else pairs.c[name] for name in dimensions]
    keys += [pairs.c["from_tier"], pairs.c["to_tier"], pairs.c["fate"]]
    chosen = tier_pairs.of_audience(reader, pairs, horizon, audience)
    statement = sa.select(*keys, sa.func.count().label("n")).select_from(read_from).where(*chosen)
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
    audience: Audience = EVERYBODY,
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
        audience: which customers.

    Returns:
        ``branch_id`` if asked for, ``from_tier``, ``to_tier``, ``fate``, ``n``, and in minor units ``sum_before``,
        ``sum_after`` with ``known_``, ``sum_`` and ``squares_change`` of each customer's, and ``sum_valuation``: the
        changes of prices in the months after the start, missing if the feed records none or ends before the horizon
        does. A customer whose balance is unknown at one end is ``missing``.
    """
    snapshot, flow = (
        tier_pairs.snapshots(reader, branches),
        tier_pairs.of_branches(reader.table("asset_flow"), branches),
    )
    pairs = tier_pairs.pairs(snapshot, horizon, rule, start, start, by_branch=by_branch, balance=balance).subquery(
        "pair"
    )
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
            *measures.moments("change", pairs.c["after"] - pairs.c["before"]),
            measures.known_if(
                priced is None or priced >= start + horizon, measures.total(prices.c["valuation"], "sum_valuation")
            ),
        )
        .select_from(pairs.outerjoin(prices, sa.and_(*(pairs.c[name] == prices.c[name] for name in owner))))
        .where(*tier_pairs.of_audience(reader, pairs, horizon, audience))
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
    snapshot = tier_pairs.snapshots(reader, branches)
    series: dict[str, Any] = {"partition_by": snapshot.c["customer_id"], "order_by": snapshot.c["month_no"]}
    month, tier = snapshot.c["month_no"], snapshot.c[rule]
    # Only the months that are asked for and one on either side are put in order, which is most of the time it takes.
    asked = measures.within(month, None if first is None else first - 1, None if last is None else last + 1)
    walk = (
        sa.select(
            month,
            snapshot.c["months_below"],
            tier.label("present"),
            sa.func.lag(tier).over(**series).label("before"),
            sa.func.lag(month).over(**series).label("month_before"),
            sa.func.lead(tier).over(**series).label("after"),
            sa.func.lead(month).over(**series).label("month_after"),
        )
        .where(*asked)
        .subquery("walk")
    )
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


def months(reader: Reader) -> pd.DataFrame:
    """The months that are over in which customers have a tier, in one row.

    Returns:
        ``first`` and ``last``, missing where there is none.
    """
    month = tier_pairs.snapshots(reader, ()).c["month_no"]
    return reader.frame(sa.select(sa.func.min(month).label("first"), sa.func.max(month).label("last")))


def sizes(reader: Reader, months: Sequence[int], *, rule: Rule = "tier", branches: Sequence[str] = ()) -> pd.DataFrame:
    """Customers and their assets by tier in some months; rows without a tier are left out.

    Args:
        reader: whose rows.
        months: these months.
        rule: tier by the bank's rule, or by assets alone.
        branches: these branches only; an empty choice does not restrict.

    Returns:
        ``month_no``, ``tier``, ``n`` and ``sum_aum`` (monthly average, minor units, missing where none is recorded).
    """
    snapshot = tier_pairs.snapshots(reader, branches)
    keys = [snapshot.c["month_no"], snapshot.c[rule].label("tier")]
    statement = sa.select(*keys, sa.func.count().label("n"), measures.total(snapshot.c["aum"], "sum_aum")).where(
        snapshot.c["month_no"].in_(list(months)), snapshot.c[rule].is_not(None)
    )
    return reader.frame(statement.group_by(*keys).order_by(*keys))


def traits(reader: Reader, month_no: int, trait: Trait, *, most: int = 40) -> pd.DataFrame:
    """What customers of a month may be told apart by: the commonest values of a class, life stage or channel.

    Args:
        reader: whose rows.
        month_no: the month.
        trait: class, life stage, or the channel through which they were won.
        most: values at most, the commonest first.

    Returns:
        ``value`` and ``n``.
    """
    snapshot, customer = reader.table("tier_snapshot"), reader.table("customer")
    read_from = snapshot.join(customer, customer.c["customer_id"] == snapshot.c["customer_id"])
    value = (snapshot if trait == "life_stage" else customer).c[trait]
    n = sa.func.count()
    statement = (
        sa.select(value.label("value"), n.label("n"))
        .select_from(snapshot if trait == "life_stage" else read_from)
        .where(snapshot.c["month_no"] == month_no, value.is_not(None))
        .group_by(value)
        .order_by(n.desc(), value)
        .limit(most)
    )
    return reader.frame(statement)


def grace_clock(
    reader: Reader,
    month_no: int,
    *,
    branches: Sequence[str] = (),
    audience: Audience = EVERYBODY,
    horizon: int = 1,
) -> pd.DataFrame:
    """Customers below the threshold of the tier they hold, by the months they have been so, in one month.

    Args:
        reader: whose rows.
        month_no: the month.
        branches: these branches only; an empty choice does not restrict.
        audience: which customers; a campaign's are those it treated in the months up to this one.
        horizon: how many months those are.

    Returns:
        ``tier``, ``months_below``, ``n`` and ``sum_aum`` (monthly average, minor units).
    """
    snapshot = tier_pairs.snapshots(reader, branches)
    keys = [snapshot.c["tier"], snapshot.c["months_below"]]
    statement = sa.select(*keys, sa.func.count().label("n"), measures.total(snapshot.c["aum"], "sum_aum")).where(
        snapshot.c["month_no"] == month_no,
        snapshot.c["months_below"] > 0,
        *tier_pairs.of_audience(reader, snapshot, horizon, audience, start=snapshot.c["month_no"] - horizon),
    )
    return reader.frame(statement.group_by(*keys).order_by(*keys))


def grace_outcomes(
    reader: Reader, first: int, last: int, tiers: Sequence[Tier], *, branches: Sequence[str] = ()
) -> pd.DataFrame:
    """What became of customers below their threshold, once their months of grace were over.

    Who has been below for k of g months of grace is looked at again g - k + 1 months later: the month after the last
    in which coming back would have kept the tier.

    Args:
        reader: whose rows.
        first: first month in which grace was over.
        last: last such month.
        tiers: of the bank's rule, lowest first; customers in another tier are left out.
        branches: histories at these branches only; an empty choice does not restrict.

    Returns:
        ``tier``, ``months_below`` (at most the months of grace), ``n`` (customers who held a tier of the rule then) and
        ``fell`` (of those, in a lower tier than before).
    """
    snapshot = tier_pairs.snapshots(reader, branches)
    start, end = snapshot.alias("at_start"), snapshot.alias("at_end")

    def known(at: sa.FromClause, what: dict[str, int]) -> sa.ColumnElement[int]:
        return sa.case(*((at.c["tier"] == key, value) for key, value in what.items()))

    place = {tier.key: number for number, tier in enumerate(tiers)}
    grace = known(start, {tier.key: tier.grace_months for tier in tiers})
    over = start.c["month_no"] + grace - start.c["months_below"] + 1
    keys = [start.c["tier"], start.c["months_below"]]
    statement = (
        sa.select(
            *keys,
            sa.func.count().label("n"),
            measures.count(known(end, place) < known(start, place), "fell"),
        )
        .select_from(
            start.join(end, sa.and_(end.c["customer_id"] == start.c["customer_id"], end.c["month_no"] == over))
        )
        .where(
            start.c["months_below"] > 0,
            start.c["months_below"] <= grace,
            end.c["tier"].in_(list(place)),
            *measures.within(end.c["month_no"], first, last),
        )
    )
    return reader.frame(statement.group_by(*keys).order_by(*keys))


def campaign_transitions(
    reader: Reader,
    horizon: int,
    *,
    campaigns: Sequence[str] = (),
    rule: Rule = "tier",
    branches: Sequence[str] = (),
    audience: Audience = EVERYBODY,
) -> pd.DataFrame:
    """Everybody assigned to a campaign by tier in the month before the assignment and some months later.

    Args:
        reader: whose rows.
        horizon: months between the two.
        campaigns: these campaigns only; an empty choice does not restrict.
        rule: tier by the bank's rule, or by assets alone.
        branches: members and histories at these branches only.
        audience: which customers; a campaign of its own does not restrict.

    Returns:
        ``campaign_id``, ``is_control``, ``from_tier``, ``to_tier``, ``fate`` and ``n``: assigned customers, contacted
        or not. A customer without a tier before the assignment is ``missing``.
    """
    snapshot, assignment = tier_pairs.snapshots(reader, branches), _assignment(reader, campaigns, branches)
    pairs = _campaign_pairs(snapshot, assignment, horizon, rule).subquery("pair")
    keys = [pairs.c[name] for name in ("campaign_id", "is_control", "from_tier", "to_tier", "fate")]
    chosen = tier_pairs.of_audience(reader, pairs, horizon, replace(audience, campaign=""))
    statement = sa.select(*keys, sa.func.count().label("n")).where(*chosen)
    return reader.frame(statement.group_by(*keys).order_by(*keys))


def _assignment(reader: Reader, campaigns: Sequence[str], branches: Sequence[str]) -> sa.Subquery:
    """Assigned customers, their arm's side, and the month before the assignment."""
    member = tier_pairs.of_branches(reader.table("campaign_member"), branches)
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
    span = tier_pairs.span(snapshot, ("customer_id",))
    start, end = snapshot.alias("at_start"), snapshot.alias("at_end")
    last = sa.select(sa.func.max(snapshot.c["month_no"])).scalar_subquery()

    def at_month(at: sa.FromClause, offset: int) -> sa.ColumnElement[bool]:
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
        assignment.c["customer_id"],
        assignment.c["month_no"],
        start.c["life_stage"],
        sa.case((fate.in_(("kept", "left")), start.c[rule])).label("from_tier"),
        sa.case((fate == "kept", end.c[rule])).label("to_tier"),
        fate.label("fate"),
    ).select_from(
        assignment.outerjoin(start, at_month(start, 0))
        .outerjoin(end, at_month(end, horizon))
        .outerjoin(span, span.c["customer_id"] == assignment.c["customer_id"])
    )
