"""Customers who are about to change tier, or just did: the grace clock, fresh upgrades, and a threshold nearly reached.

The month after the last whole one decides; once it is over the list has nothing to say of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from data_access import measures
from data_access.settings import Tier
from data_access.to_do.contacts import in_person
from data_access.to_do.day import Day
from data_access.to_do.row import Rows, of_snapshots


def rank(tier: sa.ColumnElement[Any], tiers: Sequence[Tier]) -> sa.ColumnElement[int]:
    """Place of a tier in the rule, missing for a tier that the rule does not know."""
    return sa.case(*((tier == each.key, place) for place, each in enumerate(tiers)))


def in_last_month(snapshot: sa.FromClause, tiers: Sequence[Tier]) -> measures.Condition:
    """Below the threshold for all months of grace but one: the month that follows is the last to come back in.

    Whose months have all run out is not meant: the next month's tier is decided, whatever they bring.
    """
    last = sa.case(*((snapshot.c["tier"] == each.key, each.grace_months - 1) for each in tiers if each.threshold))
    return sa.and_(snapshot.c["months_below"] > 0, snapshot.c["months_below"] == last)


def near_next(snapshot: sa.FromClause, tiers: Sequence[Tier], percent: int) -> measures.Condition:
    """Average assets just below the threshold of the next tier."""
    above = _next_threshold(snapshot, tiers)
    return sa.and_(snapshot.c["aum"] * 100 >= above * percent, snapshot.c["aum"] < above)


def next_tier(snapshot: sa.FromClause, tiers: Sequence[Tier]) -> sa.ColumnElement[str]:
    """The tier above the one held; missing above the highest."""
    return sa.case(*((snapshot.c["tier"] == low.key, high.key) for low, high in pairwise(tiers)))


def grace(day: Day) -> Rows:
    """In the last month of grace; short of the own tier's threshold by ``gap``."""
    snapshot = day.reader.table("tier_snapshot")
    own = sa.case(*((snapshot.c["tier"] == each.key, each.threshold) for each in day.tiers))
    return of_snapshots(
        day,
        "grace",
        snapshot,
        about=snapshot.c["tier"],
        due_on=day.next_month_ends_on,
        gap=sa.cast(own, sa.BigInteger) - snapshot.c["aum"],
    ).where(in_last_month(snapshot, day.tiers), _still(day))


def upgrade(day: Day) -> Rows:
    """Risen in the last whole month, and not spoken with since."""
    snapshot, spoken = day.reader.table("tier_snapshot"), in_person(day)
    before, told_on = snapshot.alias("month_before"), day.month_ended_on + timedelta(days=1)
    called = sa.exists().where(
        spoken.c["customer_id"] == snapshot.c["customer_id"], *measures.within(spoken.c["contacted_at"], told_on, None)
    )
    rose = sa.exists().where(
        before.c["customer_id"] == snapshot.c["customer_id"],
        before.c["month_no"] == day.month_no - 1,
        rank(snapshot.c["tier"], day.tiers) > rank(before.c["tier"], day.tiers),
    )
    return of_snapshots(
        day,
        "upgrade",
        snapshot,
        about=snapshot.c["tier"],
        since_on=told_on,
        due_on=day.next_month_ends_on,
    ).where(rose, ~called, _still(day))


def near(day: Day) -> Rows:
    """Short of the next tier's threshold by little: by ``gap``."""
    snapshot = day.reader.table("tier_snapshot")
    return of_snapshots(
        day,
        "near",
        snapshot,
        about=next_tier(snapshot, day.tiers),
        due_on=day.next_month_ends_on,
        gap=_next_threshold(snapshot, day.tiers) - snapshot.c["aum"],
    ).where(near_next(snapshot, day.tiers, day.rules.near_percent), _still(day))


def _next_threshold(snapshot: sa.FromClause, tiers: Sequence[Tier]) -> sa.ColumnElement[int]:
    # The bounds are BIGINT in the data: a wealthy customer's hundredfold overflows 32 bits.
    return sa.cast(
        sa.case(*((snapshot.c["tier"] == low.key, high.threshold) for low, high in pairwise(tiers))), sa.BigInteger
    )


def _still(day: Day) -> measures.Condition:
    """The month has not passed: a feed that is months late has nobody in the last month of grace."""
    return sa.true() if day.next_month_ends_on >= day.on else sa.false()
