"""The kinds of what a branch has to do, each a list of customers on a day: who, why, what is at stake, by when, whose.

All kinds give the same columns (`COLUMNS`), so that they make one list. Each is judged as of a day of the data, with
what was known on it. ``period`` is what the row rests on (a month, a product, a referral ...): with kind and customer
it names the row, so that a later load neither loses nor doubles it. Amounts are minor units.

``about`` is the tier, or the name of the product or campaign, that the row is about.
``at_stake`` is the customer's average assets of the last whole month, of maturing money the amount that matures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final

import sqlalchemy as sa

from data_access import measures
from data_access.reading.reader import Reader
from data_access.settings import Tier, ToDoRules

Rows = sa.Select[*tuple[Any, ...]]

NEEDS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "grace": {"tier_snapshot": ("months_below", "aum")},
    "upgrade": {"tier_snapshot": (), "contact": ()},
    "near": {"tier_snapshot": ("aum",)},
    "maturing": {"holding": ("matures_on",)},
    "overdue": {"tier_snapshot": (), "contact": ()},
    "referral": {"referral": ("closed_at",)},
    "complaint": {"complaint": ("closed_at",)},
    "booking": {"journey_event": ()},
    "window": {"campaign_member": ("converted_at",)},
}
"""Kinds, and the tables and columns without which one cannot be told: all customers would look alike."""

YEAR_DAYS: Final = 365


@dataclass(frozen=True, slots=True)
class Day:
    """A day on which the list is made, by which rules.

    Attributes:
        reader: whose rows.
        on: the day; what happened later is not known yet.
        tiers: of the bank's rule on that day, lowest first.
        rules: promises and patience.
        branches: these branches only; all of the reader's if empty.
    """

    reader: Reader
    on: date
    tiers: tuple[Tier, ...]
    rules: ToDoRules
    branches: Sequence[str] = ()

    @property
    def month_no(self) -> int:
        """The last whole month that the snapshots cover on the day."""
        after = self.on + timedelta(days=1)
        over, covered = after.year * 12 + after.month - 2, self.reader.last_month("tier_snapshot")
        return over if covered is None else min(over, covered)

    def own(self, table: sa.FromClause) -> list[measures.Condition]:
        """Rows of the branches chosen."""
        return measures.among(table.c["branch_id"], self.branches)


def month_ends(month_no: int) -> date:
    """Last day of a month."""
    return date((month_no + 1) // 12, (month_no + 1) % 12 + 1, 1) - timedelta(days=1)


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


def contacted_in_person(day: Day) -> sa.FromClause:
    """Contacts up to the day that keep a promise: those of mass channels do not."""
    contact = day.reader.table("contact")
    return (
        sa.select(contact.c["customer_id"], contact.c["contacted_at"])
        .where(
            contact.c["channel"].not_in(day.rules.mass_channels),
            *measures.within(contact.c["contacted_at"], None, day.on),
        )
        .subquery("in_person")
    )


def of_kind(day: Day, kind: str) -> Rows:
    """The rows of a kind on the day; columns `COLUMNS`."""
    return _KINDS[kind](day)


def _next_threshold(snapshot: sa.FromClause, tiers: Sequence[Tier]) -> sa.ColumnElement[int]:
    # The bounds are BIGINT in the data: a wealthy customer's hundredfold overflows 32 bits.
    return sa.cast(
        sa.case(*((snapshot.c["tier"] == low.key, high.threshold) for low, high in pairwise(tiers))), sa.BigInteger
    )


def _row(kind: str, period: Any, **columns: sa.ColumnElement[Any] | date | None) -> list[sa.Label[Any]]:
    """The columns of a row in their order; those that a kind has nothing to say of are missing."""
    given = {"kind": sa.literal(kind, sa.Text), "period": sa.cast(period, sa.Text), **columns}
    return [_typed(given.get(name), declared).label(name) for name, declared in COLUMNS.items()]


def _typed(value: Any, declared: type[sa.types.TypeEngine[Any]]) -> sa.ColumnElement[Any]:
    if value is None:
        return sa.cast(sa.null(), declared)
    if isinstance(value, date):
        return sa.cast(sa.literal(value, sa.Date), sa.Date)
    return value


def _known_on(moment: sa.ColumnElement[Any], on: date) -> measures.Condition:
    """Had happened by the end of the day."""
    return sa.and_(moment.is_not(None), *measures.within(moment, None, on))


def _not_yet(moment: sa.ColumnElement[Any], on: date) -> measures.Condition:
    """Had not happened by the end of the day."""
    return sa.or_(moment.is_(None), *measures.within(moment, on + timedelta(days=1), None))


def _waited(since: sa.ColumnElement[Any], on: date) -> sa.ColumnElement[int]:
    return measures.days_between(since, sa.literal(on, sa.Date))


def _of_month(day: Day) -> tuple[sa.FromClause, sa.FromClause, sa.FromClause, list[measures.Condition]]:
    """Snapshots of the last whole month, customers, both joined, and the conditions."""
    snapshot, customer = day.reader.table("tier_snapshot"), day.reader.table("customer")
    joined = snapshot.outerjoin(customer, customer.c["customer_id"] == snapshot.c["customer_id"])
    return snapshot, customer, joined, [snapshot.c["month_no"] == day.month_no, *day.own(snapshot)]


def _assets(day: Day, name: str) -> sa.Subquery:
    """Each customer's average assets and manager: what is at stake, and whose it is."""
    snapshot, customer = day.reader.table("tier_snapshot"), day.reader.table("customer")
    month = sa.and_(snapshot.c["customer_id"] == customer.c["customer_id"], snapshot.c["month_no"] == day.month_no)
    return (
        sa.select(customer.c["customer_id"], customer.c["manager_staff_id"], snapshot.c["aum"])
        .select_from(customer.outerjoin(snapshot, month))
        .subquery(f"{name}_assets")
    )


def _grace(day: Day) -> Rows:
    snapshot, customer, joined, chosen = _of_month(day)
    own = sa.case(*((snapshot.c["tier"] == each.key, each.threshold) for each in day.tiers))
    due = month_ends(day.month_no + 1)
    return (
        sa.select(
            *_row(
                "grace",
                snapshot.c["month_no"],
                customer_id=snapshot.c["customer_id"],
                branch_id=snapshot.c["branch_id"],
                staff_id=customer.c["manager_staff_id"],
                about=snapshot.c["tier"],
                due_on=due,
                gap=sa.cast(own, sa.BigInteger) - snapshot.c["aum"],
                at_stake=snapshot.c["aum"],
            )
        )
        .select_from(joined)
        .where(*chosen, in_last_month(snapshot, day.tiers), _still(due, day))
    )


def _upgrade(day: Day) -> Rows:
    snapshot, customer, joined, chosen = _of_month(day)
    before = day.reader.table("tier_snapshot").alias("month_before")
    spoken = contacted_in_person(day)
    due, told_on = month_ends(day.month_no + 1), month_ends(day.month_no) + timedelta(days=1)
    called = sa.exists().where(
        spoken.c["customer_id"] == snapshot.c["customer_id"], *measures.within(spoken.c["contacted_at"], told_on, None)
    )
    earlier = sa.and_(before.c["customer_id"] == snapshot.c["customer_id"], before.c["month_no"] == day.month_no - 1)
    return (
        sa.select(
            *_row(
                "upgrade",
                snapshot.c["month_no"],
                customer_id=snapshot.c["customer_id"],
                branch_id=snapshot.c["branch_id"],
                staff_id=customer.c["manager_staff_id"],
                about=snapshot.c["tier"],
                since_on=told_on,
                due_on=due,
                at_stake=snapshot.c["aum"],
            )
        )
        .select_from(joined.join(before, earlier))
        .where(
            *chosen,
            rank(snapshot.c["tier"], day.tiers) > rank(before.c["tier"], day.tiers),
            ~called,
            _still(due, day),
        )
    )


def _near(day: Day) -> Rows:
    snapshot, customer, joined, chosen = _of_month(day)
    due = month_ends(day.month_no + 1)
    return (
        sa.select(
            *_row(
                "near",
                snapshot.c["month_no"],
                customer_id=snapshot.c["customer_id"],
                branch_id=snapshot.c["branch_id"],
                staff_id=customer.c["manager_staff_id"],
                about=next_tier(snapshot, day.tiers),
                due_on=due,
                gap=_next_threshold(snapshot, day.tiers) - snapshot.c["aum"],
                at_stake=snapshot.c["aum"],
            )
        )
        .select_from(joined)
        .where(*chosen, near_next(snapshot, day.tiers, day.rules.near_percent), _still(due, day))
    )


def _maturing(day: Day) -> Rows:
    holding, owner, product = day.reader.table("holding"), _assets(day, "maturing"), day.reader.table("product")
    last = day.on + timedelta(days=day.rules.maturity_days)
    return (
        sa.select(
            *_row(
                "maturing",
                sa.func.concat(
                    holding.c["product_id"], " ", sa.cast(sa.cast(holding.c["opened_on"], sa.Date), sa.Text)
                ),
                customer_id=holding.c["customer_id"],
                branch_id=holding.c["branch_id"],
                staff_id=owner.c["manager_staff_id"],
                about=sa.func.coalesce(product.c["name"], holding.c["product_id"], type_=sa.Text),
                since_on=holding.c["opened_on"],
                due_on=holding.c["matures_on"],
                at_stake=holding.c["amount"],
            )
        )
        .select_from(
            holding.outerjoin(owner, owner.c["customer_id"] == holding.c["customer_id"]).outerjoin(
                product, product.c["product_id"] == holding.c["product_id"]
            )
        )
        .where(
            holding.c["matures_on"].between(day.on + timedelta(days=1), last),
            holding.c["opened_on"] <= day.on,
            sa.or_(holding.c["closed_on"].is_(None), holding.c["closed_on"] > day.on),
            *day.own(holding),
        )
    )


def _overdue(day: Day) -> Rows:
    snapshot, customer, joined, chosen = _of_month(day)
    spoken = contacted_in_person(day)
    latest = (
        sa.select(spoken.c["customer_id"], sa.cast(sa.func.max(spoken.c["contacted_at"]), sa.Date).label("last_on"))
        .group_by(spoken.c["customer_id"])
        .subquery("latest_contact")
    )
    days = sa.case(*((snapshot.c["tier"] == tier, days) for tier, days in day.rules.promised_days.items()))
    last_on = latest.c["last_on"]
    since = sa.func.coalesce(last_on, customer.c["opened_on"], type_=sa.Date)
    return (
        sa.select(
            *_row(
                "overdue",
                sa.func.coalesce(sa.cast(last_on, sa.Text), "never"),
                customer_id=snapshot.c["customer_id"],
                branch_id=snapshot.c["branch_id"],
                staff_id=customer.c["manager_staff_id"],
                about=snapshot.c["tier"],
                since_on=last_on,
                due_on=sa.type_coerce(sa.func.coalesce(since + days, sa.literal(day.on, sa.Date)), sa.Date),
                at_stake=snapshot.c["aum"],
            )
        )
        .select_from(joined.outerjoin(latest, latest.c["customer_id"] == snapshot.c["customer_id"]))
        .where(*chosen, days.is_not(None), sa.or_(since.is_(None), _waited(since, day.on) > days))
    )


def _referral(day: Day) -> Rows:
    referral, owner = day.reader.table("referral"), _assets(day, "referral")
    accepted = _known_on(referral.c["accepted_at"], day.on)
    since = sa.cast(sa.case((accepted, referral.c["accepted_at"]), else_=referral.c["made_at"]), sa.Date)
    return (
        sa.select(
            *_row(
                "referral",
                referral.c["referral_id"],
                customer_id=referral.c["customer_id"],
                branch_id=referral.c["branch_id"],
                staff_id=sa.func.coalesce(referral.c["to_staff_id"], owner.c["manager_staff_id"], type_=sa.Text),
                about=referral.c["to_line"],
                since_on=since,
                due_on=since + day.rules.referral_days,
                at_stake=owner.c["aum"],
            )
        )
        .select_from(referral.outerjoin(owner, owner.c["customer_id"] == referral.c["customer_id"]))
        .where(
            _known_on(referral.c["made_at"], day.on),
            _not_yet(referral.c["closed_at"], day.on),
            _waited(since, day.on).between(day.rules.referral_days + 1, day.rules.forgotten_days),
            *day.own(referral),
        )
    )


def _complaint(day: Day) -> Rows:
    complaint, owner = day.reader.table("complaint"), _assets(day, "complaint")
    opened = sa.cast(complaint.c["opened_at"], sa.Date)
    return (
        sa.select(
            *_row(
                "complaint",
                complaint.c["complaint_id"],
                customer_id=complaint.c["customer_id"],
                branch_id=complaint.c["branch_id"],
                staff_id=sa.func.coalesce(complaint.c["staff_id"], owner.c["manager_staff_id"], type_=sa.Text),
                about=complaint.c["campaign_id"],
                since_on=opened,
                due_on=opened + day.rules.complaint_days,
                at_stake=owner.c["aum"],
            )
        )
        .select_from(complaint.outerjoin(owner, owner.c["customer_id"] == complaint.c["customer_id"]))
        .where(
            _known_on(complaint.c["opened_at"], day.on),
            _not_yet(complaint.c["closed_at"], day.on),
            *day.own(complaint),
        )
    )


def _booking(day: Day) -> Rows:
    event, owner = day.reader.table("journey_event"), _assets(day, "booking")
    later = event.alias("later_event")
    booked = sa.cast(event.c["occurred_at"], sa.Date)
    # A visit settles it; a newer booking takes its place.
    settled = sa.exists().where(
        later.c["customer_id"] == event.c["customer_id"],
        *measures.within(later.c["occurred_at"], None, day.on),
        sa.or_(
            sa.and_(later.c["step"] == "visit", later.c["occurred_at"] >= event.c["occurred_at"]),
            sa.and_(later.c["step"] == "book", later.c["occurred_at"] > event.c["occurred_at"]),
        ),
    )
    return (
        sa.select(
            *_row(
                "booking",
                event.c["event_id"],
                customer_id=event.c["customer_id"],
                branch_id=event.c["branch_id"],
                staff_id=sa.func.coalesce(event.c["staff_id"], owner.c["manager_staff_id"], type_=sa.Text),
                about=event.c["campaign_id"],
                since_on=booked,
                due_on=booked + day.rules.booking_days,
                at_stake=owner.c["aum"],
            )
        )
        .select_from(event.outerjoin(owner, owner.c["customer_id"] == event.c["customer_id"]))
        .where(
            event.c["step"] == "book",
            _known_on(event.c["occurred_at"], day.on),
            _waited(event.c["occurred_at"], day.on).between(day.rules.booking_days + 1, day.rules.forgotten_days),
            ~settled,
            *day.own(event),
        )
    )


def _window(day: Day) -> Rows:
    member, owner, campaign = day.reader.table("campaign_member"), _assets(day, "window"), day.reader.table("campaign")
    last = day.on + timedelta(days=day.rules.window_days)
    return (
        sa.select(
            *_row(
                "window",
                member.c["campaign_id"],
                customer_id=member.c["customer_id"],
                branch_id=member.c["branch_id"],
                staff_id=sa.func.coalesce(member.c["staff_id"], owner.c["manager_staff_id"], type_=sa.Text),
                about=sa.func.coalesce(campaign.c["name"], member.c["campaign_id"], type_=sa.Text),
                since_on=sa.cast(member.c["assigned_at"], sa.Date),
                due_on=member.c["matures_on"],
                at_stake=owner.c["aum"],
            )
        )
        .select_from(
            member.outerjoin(owner, owner.c["customer_id"] == member.c["customer_id"]).outerjoin(
                campaign, campaign.c["campaign_id"] == member.c["campaign_id"]
            )
        )
        .where(
            member.c["matures_on"].between(day.on + timedelta(days=1), last),
            _known_on(member.c["assigned_at"], day.on),
            _not_yet(member.c["converted_at"], day.on),
            measures.treated(day.reader, member),
            *day.own(member),
        )
    )


def _still(due: date, day: Day) -> measures.Condition:
    """The day has not passed: a feed that is months late has nobody in the last month of grace."""
    return sa.true() if due >= day.on else sa.false()


COLUMNS: Final[Mapping[str, type[sa.types.TypeEngine[Any]]]] = {
    "kind": sa.Text,
    "customer_id": sa.Text,
    "period": sa.Text,
    "branch_id": sa.Text,
    "staff_id": sa.Text,
    "about": sa.Text,
    "since_on": sa.Date,
    "due_on": sa.Date,
    "gap": sa.BigInteger,
    "at_stake": sa.BigInteger,
}

_KINDS: Final = {
    "grace": _grace,
    "upgrade": _upgrade,
    "near": _near,
    "maturing": _maturing,
    "overdue": _overdue,
    "referral": _referral,
    "complaint": _complaint,
    "booking": _booking,
    "window": _window,
}
