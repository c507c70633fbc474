"""The week's to-do lists: which customers a branch should turn to now, why, and what is at stake.

Every list is a page of single customers with ``customer_id``, ``branch_id``, ``staff_id`` (whose the customer or the
case is, missing where nobody is named), ``refuses_contact`` (asked not to be contacted on at least one channel;
missing where the feeds do not record it), ``amount`` (at stake, minor units; missing where nothing says how much) and
what the reason rests on. The most money comes first, where there is none the oldest. A row belongs to the branch
of its own time. A list whose reason the feeds do not record is empty: nobody is named on a guess.

All take ``branches`` (of these alone; of all of the reader's if empty), ``page`` (from 1) and ``size``, and raise
`AccessError` for a viewer who may not see single customers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pandas as pd
import sqlalchemy as sa

from data_access import measures
from data_access.measures import Condition, Names
from data_access.reading.reader import Reader

CAME = ("visit", "wait", "consult", "apply", "complete")
"""Steps of a customer who came."""


def last_month_of_grace(
    reader: Reader, grace_months: Mapping[str, int], *, branches: Names = (), page: int = 1, size: int = 50
) -> pd.DataFrame:
    """Customers who lose their tier with the month after the last snapshot unless their average rises.

    Args:
        reader: whose rows.
        grace_months: months below the threshold after which each tier is lost; a tier it does not name never is.
        branches: see the module.
        page: see the module.
        size: see the module.

    Returns:
        Also ``month_no`` (of the snapshot), ``tier``, ``months_below``; `amount` is the month's average assets.
    """
    snapshot = reader.table("tier_snapshot")
    runs_out = [
        sa.and_(snapshot.c["tier"] == tier, snapshot.c["months_below"] >= months)
        for tier, months in grace_months.items()
    ]
    return _page(
        reader,
        snapshot,
        [_in_last_month(reader, snapshot), sa.or_(sa.false(), *runs_out)],
        [snapshot.c[name] for name in ("month_no", "tier", "months_below")],
        amount=snapshot.c["aum"],
        branches=branches,
        page=(page, size),
    )


def fresh_upgrades(
    reader: Reader, tiers: Sequence[str], *, branches: Names = (), page: int = 1, size: int = 50
) -> pd.DataFrame:
    """Customers whose tier rose in the last snapshot and whom the bank has not contacted in the months since.

    Args:
        reader: whose rows.
        tiers: the bank's order, lowest first; moves from or to another tier are left out.
        branches: see the module.
        page: see the module.
        size: see the module.

    Returns:
        Also ``month_no``, ``from_tier``, ``tier``; `amount` is the month's average assets.
    """
    snapshot, contact = reader.table("tier_snapshot"), reader.table("contact")
    before = reader.table("tier_snapshot").alias("month_before")
    rose = [
        sa.and_(before.c["tier"] == tier, snapshot.c["tier"].in_(tiers[number + 1 :]))
        for number, tier in enumerate(tiers[:-1])
    ]
    month = _last_month(reader) or 0
    since = datetime((month + 1) // 12, (month + 1) % 12 + 1, 1) if month else datetime.min
    called = sa.exists().where(
        contact.c["customer_id"] == snapshot.c["customer_id"], _by_the_bank(contact), contact.c["contacted_at"] >= since
    )
    a_month_apart = sa.and_(
        before.c["customer_id"] == snapshot.c["customer_id"], before.c["month_no"] == snapshot.c["month_no"] - 1
    )
    return _page(
        reader,
        snapshot,
        [_in_last_month(reader, snapshot), sa.or_(sa.false(), *rose), ~called],
        [snapshot.c["month_no"], before.c["tier"].label("from_tier"), snapshot.c["tier"]],
        amount=snapshot.c["aum"],
        joined=(before, a_month_apart),
        branches=branches,
        page=(page, size),
    )


def near_threshold(
    reader: Reader,
    thresholds: Mapping[str, int],
    *,
    within: float = 0.1,
    branches: Names = (),
    page: int = 1,
    size: int = 50,
) -> pd.DataFrame:
    """Customers whose average assets of the last snapshot lie just below the next tier.

    Args:
        reader: whose rows.
        thresholds: average assets from which each tier holds, minor units, lowest first.
        within: how far below the threshold, as a share of it; that far is near.
        branches: see the module.
        page: see the module.
        size: see the module.

    Returns:
        Also ``month_no``, ``tier``, ``next_tier``, ``aum``; `amount` is what is missing to the threshold.
    """
    snapshot = reader.table("tier_snapshot")
    tier, aum = snapshot.c["tier"], snapshot.c["aum"]
    steps = [(low, high, thresholds[high]) for low, high in pairwise(thresholds)]
    near = [sa.and_(tier == low, aum >= limit - int(limit * within), aum < limit) for low, _, limit in steps]
    return _page(
        reader,
        snapshot,
        [_in_last_month(reader, snapshot), sa.or_(sa.false(), *near)],
        [
            snapshot.c["month_no"],
            tier,
            _by_tier(tier, {low: high for low, high, _ in steps}, sa.Text).label("next_tier"),
            aum.label("aum"),
        ],
        amount=_by_tier(tier, {low: limit for low, _, limit in steps}, sa.BigInteger) - aum,
        branches=branches,
        page=(page, size),
    )


def maturing(reader: Reader, *, days: int = 14, branches: Names = (), page: int = 1, size: int = 50) -> pd.DataFrame:
    """Customers with money that matures in the days after the last one of the data, by day.

    Returns:
        Also ``matures_on``, ``holdings`` (how many); `amount` is what they hold together.
    """
    holding = reader.table("holding")
    first, last = reader.as_of + timedelta(days=1), reader.as_of + timedelta(days=days)
    keys = [holding.c[name] for name in ("customer_id", "branch_id", "matures_on")]
    due = (
        sa.select(*keys, measures.total(holding.c["amount"], "amount"), sa.func.count().label("holdings"))
        .where(holding.c["matures_on"].between(first, last), holding.c["closed_on"].is_(None))
        .group_by(*keys)
        .subquery("due")
    )
    return _page(
        reader,
        due,
        [],
        [due.c["matures_on"], due.c["holdings"]],
        amount=due.c["amount"],
        oldest=due.c["matures_on"],
        branches=branches,
        page=(page, size),
    )


def overdue_contacts(
    reader: Reader, promised_days: Mapping[str, int], *, branches: Names = (), page: int = 1, size: int = 50
) -> pd.DataFrame:
    """Customers of the last snapshot whom the bank has not contacted for longer than their tier was promised.

    Who was never contacted is on the list if the contacts go back far enough to say so.

    Args:
        reader: whose rows.
        promised_days: most days between two contacts by tier; a tier it does not name was promised none.
        branches: see the module.
        page: see the module.
        size: see the module.

    Returns:
        Also ``month_no``, ``tier``, ``last_contact_at`` (missing where there was none); `amount` is the month's average
        assets.
    """
    snapshot, contact = reader.table("tier_snapshot"), reader.table("contact")
    as_of = reader.as_of_tables("contact")
    by_the_bank = (
        sa.select(contact.c["customer_id"], sa.func.max(contact.c["contacted_at"]).label("last_contact_at"))
        .where(_by_the_bank(contact))
        .group_by(contact.c["customer_id"])
        .subquery("by_the_bank")
    )
    last = by_the_bank.c["last_contact_at"]
    overdue: list[Condition] = []
    for tier, days in promised_days.items():
        kept_from = datetime.combine(as_of - timedelta(days=days), time.min)
        long_known = sa.exists().where(contact.c["contacted_at"] < kept_from)
        too_old = sa.or_(last < kept_from, sa.and_(last.is_(None), long_known))
        overdue.append(sa.and_(snapshot.c["tier"] == tier, too_old))
    return _page(
        reader,
        snapshot,
        [_in_last_month(reader, snapshot), sa.or_(sa.false(), *overdue)],
        [snapshot.c["month_no"], snapshot.c["tier"], last],
        amount=snapshot.c["aum"],
        joined=(by_the_bank, by_the_bank.c["customer_id"] == snapshot.c["customer_id"]),
        every=True,
        branches=branches,
        page=(page, size),
    )


def stuck_referrals(
    reader: Reader,
    *,
    accept_days: int = 3,
    close_days: int = 14,
    branches: Names = (),
    page: int = 1,
    size: int = 50,
) -> pd.DataFrame:
    """Referrals that nobody has accepted after some days, or that were accepted and not closed after some more.

    Args:
        reader: whose rows.
        accept_days: days in which one is to be accepted; on the next it is stuck.
        close_days: days from then in which it is to be closed.
        branches: see the module.
        page: see the module.
        size: see the module.

    Returns:
        Also ``referral_id``, ``from_line``, ``to_line``, ``made_at``, ``accepted_at``; `staff_id` is who was to serve.
    """
    referral = reader.table("referral")
    accepted = referral.c["accepted_at"]
    as_of = sa.literal(reader.as_of_tables("referral"), sa.Date)
    waits = sa.and_(accepted.is_(None), measures.days_between(referral.c["made_at"], as_of) > accept_days)
    lies = sa.and_(accepted.is_not(None), measures.days_between(accepted, as_of) > close_days)
    return _page(
        reader,
        referral,
        [
            _recorded(reader, "referral", "accepted_at", "closed_at"),
            referral.c["closed_at"].is_(None),
            sa.or_(waits, lies),
        ],
        [referral.c[name] for name in ("referral_id", "from_line", "to_line", "made_at", "accepted_at")],
        staff=referral.c["to_staff_id"],
        oldest=referral.c["made_at"],
        branches=branches,
        page=(page, size),
    )


def open_complaints(reader: Reader, *, branches: Names = (), page: int = 1, size: int = 50) -> pd.DataFrame:
    """Complaints that are not closed.

    Returns:
        Also ``complaint_id``, ``opened_at``; `staff_id` is whom it concerns.
    """
    complaint = reader.table("complaint")
    return _page(
        reader,
        complaint,
        [_recorded(reader, "complaint", "closed_at"), complaint.c["closed_at"].is_(None)],
        [complaint.c["complaint_id"], complaint.c["opened_at"]],
        staff=complaint.c["staff_id"],
        oldest=complaint.c["opened_at"],
        branches=branches,
        page=(page, size),
    )


def missed_bookings(
    reader: Reader,
    *,
    after_days: int = 7,
    oldest_days: int = 28,
    branches: Names = (),
    page: int = 1,
    size: int = 50,
) -> pd.DataFrame:
    """Customers who booked and have not come since: the last booking of each.

    Args:
        reader: whose rows.
        after_days: days that a booking is given.
        oldest_days: days after which it is let go.
        branches: see the module.
        page: see the module.
        size: see the module.

    Returns:
        Also ``booked_at``.
    """
    event = reader.table("journey_event")
    later = reader.table("journey_event").alias("later")
    any_visit = reader.table("journey_event").alias("any_visit")
    as_of = sa.literal(reader.as_of_tables("journey_event"), sa.Date)
    booked, keys = event.c["occurred_at"], [event.c["customer_id"], event.c["branch_id"]]
    last = (
        sa.select(*keys, sa.func.max(booked).label("booked_at"))
        .where(event.c["step"] == "book")
        .group_by(*keys)
        .subquery("last_booking")
    )
    came = sa.exists().where(
        later.c["customer_id"] == last.c["customer_id"],
        later.c["step"].in_(CAME),
        later.c["occurred_at"] >= last.c["booked_at"],
    )
    age = measures.days_between(last.c["booked_at"], as_of)
    return _page(
        reader,
        last,
        [sa.exists().where(any_visit.c["step"].in_(CAME)), age.between(after_days, oldest_days), ~came],
        [last.c["booked_at"]],
        oldest=last.c["booked_at"],
        branches=branches,
        page=(page, size),
    )


def closing_windows(
    reader: Reader, *, days: int = 7, branches: Names = (), page: int = 1, size: int = 50
) -> pd.DataFrame:
    """Customers assigned to a campaign whom nobody has reached, and whose window closes in the next days.

    Those held out for comparison are never on it: a call would spoil the experiment.

    Returns:
        Also ``campaign_id``, ``matures_on`` (last day of the window).
    """
    member = reader.table("campaign_member")
    as_of = reader.as_of_tables("campaign_member")
    return _page(
        reader,
        member,
        [
            _recorded(reader, "campaign_member", "contacted_at"),
            measures.treated(reader, member),
            member.c["matures_on"].between(as_of + timedelta(days=1), as_of + timedelta(days=days)),
            member.c["contacted_at"].is_(None),
            member.c["converted_at"].is_(None),
        ],
        [member.c["campaign_id"], member.c["matures_on"]],
        staff=member.c["staff_id"],
        oldest=member.c["matures_on"],
        branches=branches,
        page=(page, size),
    )


def _page(
    reader: Reader,
    rows: sa.FromClause,
    conditions: Sequence[Condition],
    reason: Sequence[sa.ColumnElement[Any]],
    *,
    page: tuple[int, int],
    branches: Names,
    amount: sa.ColumnElement[Any] | None = None,
    oldest: sa.ColumnElement[Any] | None = None,
    staff: sa.ColumnElement[Any] | None = None,
    joined: tuple[sa.FromClause, Condition] | None = None,
    every: bool = False,
) -> pd.DataFrame:
    """A page of `rows` that meet the conditions, with whose they are and what is at stake."""
    customer, consent = reader.table("customer"), reader.table("consent")
    who = rows.c["customer_id"]
    refuses = sa.exists().where(consent.c["customer_id"] == who, consent.c["do_not_contact"])
    known = reader.has("consent", "do_not_contact")
    at_stake = sa.cast(sa.null(), sa.BigInteger) if amount is None else amount
    served = (
        customer.c["manager_staff_id"] if staff is None else sa.func.coalesce(staff, customer.c["manager_staff_id"])
    )
    source: sa.FromClause = rows if joined is None else rows.join(*joined, isouter=every)
    statement = (
        sa.select(
            who,
            rows.c["branch_id"],
            served.label("staff_id"),
            (refuses if known else sa.cast(sa.null(), sa.Boolean)).label("refuses_contact"),
            at_stake.label("amount"),
            *reason,
        )
        .select_from(source.outerjoin(customer, customer.c["customer_id"] == who))
        .where(*conditions, *measures.among(rows.c["branch_id"], branches))
    )
    order: list[sa.ColumnElement[Any]] = [] if amount is None else [sa.desc("amount").nulls_last()]
    order += [] if oldest is None else [oldest]
    return reader.rows(statement.order_by(*order, who), page=page[0], size=page[1])


def _last_month(reader: Reader) -> int | None:
    """Month of the last snapshot; where the version does not say, the last that the reader sees."""
    said = reader.last_month("tier_snapshot")
    if said is not None:
        return said
    last = reader.frame(sa.select(sa.func.max(reader.table("tier_snapshot").c["month_no"]).label("last")))["last"][0]
    return None if pd.isna(last) else int(last)


def _in_last_month(reader: Reader, snapshot: sa.FromClause) -> Condition:
    month = _last_month(reader)
    return sa.false() if month is None else snapshot.c["month_no"] == month


def _by_the_bank(contact: sa.FromClause) -> Condition:
    """Not made by the customer."""
    direction = contact.c["direction"]
    return sa.or_(direction.is_(None), direction != "inbound")


def _by_tier(tier: sa.ColumnElement[Any], values: Mapping[str, Any], kind: Any) -> sa.ColumnElement[Any]:
    if not values:
        return sa.cast(sa.null(), kind)
    return sa.cast(sa.case(*((tier == low, value) for low, value in values.items())), kind)


def _recorded(reader: Reader, table: str, *columns: str) -> Condition:
    return sa.true() if reader.has(table, *columns) else sa.false()
