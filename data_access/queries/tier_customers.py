"""Lists of customers behind the numbers of tiers: who moved, and who is about to fall.

A list holds exactly whom `data_access.queries.tiers` counts. Amounts are minor units.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import sqlalchemy as sa

from data_access import measures, tier_pairs, to_do
from data_access.reading.reader import Reader
from data_access.settings import Tier
from data_access.tier_pairs import EVERYBODY, Audience, Rule


def moved(
    reader: Reader,
    start: int,
    horizon: int,
    from_tier: str | None,
    to_tier: str | None,
    *,
    rule: Rule = "tier",
    branches: Sequence[str] = (),
    audience: Audience = EVERYBODY,
    page: int = 1,
    size: int = 50,
) -> pd.DataFrame:
    """One page of the customers of one cell, whose assets changed most first.

    Args:
        reader: whose rows.
        start: start month (`month_no`).
        horizon: months between start and end.
        from_tier: held at the start; None: who entered.
        to_tier: held at the end; None: who left.
        rule: tier by the bank's rule, or by assets alone.
        branches: histories at these branches only; an empty choice does not restrict.
        audience: which customers.
        page: the first is 1.
        size: rows of a page.

    Returns:
        ``customer_id``, ``segment``, ``life_stage``, ``before`` and ``after`` (assets, average of the month, at both
        ends), ``months_below`` (of the tier held at the end), ``flow`` (money that came less money that went, and
        what was moved between own products counted nowhere, in the months after the start; missing where the feeds
        record none), ``valuation``, and ``staff_id`` of who looks after the customer.

    Raises:
        AccessError: the viewer may not see single customers.
    """
    snapshot = tier_pairs.snapshots(reader, branches)
    pairs = tier_pairs.pairs(snapshot, horizon, rule, start, start, by_branch=False).subquery("pair")
    customer, flow = reader.table("customer"), tier_pairs.of_branches(reader.table("asset_flow"), branches)
    at_start, at_end = snapshot.alias("held_before"), snapshot.alias("held_after")
    flows = (
        sa.select(
            flow.c["customer_id"],
            measures.total(flow.c["inflow"] - flow.c["outflow"], "flow"),
            measures.total(flow.c["valuation"], "valuation"),
        )
        .where(flow.c["month_no"] > start, flow.c["month_no"] <= start + horizon)
        .group_by(flow.c["customer_id"])
        .subquery("flows")
    )

    def held(at: sa.FromClause, month: int) -> sa.ColumnElement[bool]:
        return sa.and_(at.c["customer_id"] == pairs.c["customer_id"], at.c["month_no"] == month)

    fate = "kept" if from_tier and to_tier else "left" if from_tier else "entered"
    same = [pairs.c[name] == tier for name, tier in (("from_tier", from_tier), ("to_tier", to_tier)) if tier]
    before, after = at_start.c["aum"], at_end.c["aum"]
    statement = (
        sa.select(
            pairs.c["customer_id"],
            customer.c["segment"],
            pairs.c["life_stage"],
            before.label("before"),
            after.label("after"),
            at_end.c["months_below"],
            flows.c["flow"],
            flows.c["valuation"],
            customer.c["manager_staff_id"].label("staff_id"),
        )
        .select_from(
            pairs.outerjoin(customer, customer.c["customer_id"] == pairs.c["customer_id"])
            .outerjoin(at_start, held(at_start, start))
            .outerjoin(at_end, held(at_end, start + horizon))
            .outerjoin(flows, flows.c["customer_id"] == pairs.c["customer_id"])
        )
        .where(pairs.c["fate"] == fate, *same, *tier_pairs.of_audience(reader, pairs, horizon, audience))
        .order_by(sa.func.abs(sa.func.coalesce(after, 0) - sa.func.coalesce(before, 0)).desc(), pairs.c["customer_id"])
    )
    return reader.rows(statement, page=page, size=size)


def in_grace(
    reader: Reader,
    month_no: int,
    tiers: Sequence[Tier],
    *,
    branches: Sequence[str] = (),
    audience: Audience = EVERYBODY,
    horizon: int = 1,
    page: int = 1,
    size: int = 50,
) -> pd.DataFrame:
    """One page of the customers who lose their tier unless the coming month's average brings them back.

    Args:
        reader: whose rows.
        month_no: the last whole month.
        tiers: of the bank's rule, lowest first.
        branches: these branches only; an empty choice does not restrict.
        audience: which customers; a campaign's are those it treated in the months up to this one.
        horizon: how many months those are.
        page: the first is 1.
        size: rows of a page.

    Returns:
        ``customer_id``, ``segment``, ``life_stage``, ``tier``, ``months_below``, ``before`` (threshold of the tier),
        ``after`` (average assets of the month) and ``staff_id``; the highest tier first, in it the smallest gap.

    Raises:
        AccessError: the viewer may not see single customers.
    """
    snapshot, customer = tier_pairs.snapshots(reader, branches), reader.table("customer")
    threshold = sa.cast(sa.case(*((snapshot.c["tier"] == tier.key, tier.threshold) for tier in tiers)), sa.BigInteger)
    start = snapshot.c["month_no"] - horizon
    statement = (
        sa.select(
            snapshot.c["customer_id"],
            customer.c["segment"],
            snapshot.c["life_stage"],
            snapshot.c["tier"],
            snapshot.c["months_below"],
            threshold.label("before"),
            snapshot.c["aum"].label("after"),
            customer.c["manager_staff_id"].label("staff_id"),
        )
        .select_from(snapshot.outerjoin(customer, customer.c["customer_id"] == snapshot.c["customer_id"]))
        .where(
            snapshot.c["month_no"] == month_no,
            to_do.in_last_month(snapshot, tiers),
            *tier_pairs.of_audience(reader, snapshot, horizon, audience, start=start),
        )
        .order_by(
            to_do.rank(snapshot.c["tier"], tiers).desc(),
            sa.func.coalesce(threshold - snapshot.c["aum"], 0),
            snapshot.c["customer_id"],
        )
    )
    return reader.rows(statement, page=page, size=size)
