"""What waits for an answer: referrals nobody closed, complaints, and bookings after which nobody came."""

from __future__ import annotations

import sqlalchemy as sa

from data_access import measures
from data_access.to_do.day import Day
from data_access.to_do.row import Rows, of_cases


def referral(day: Day) -> Rows:
    """Made or taken up, and open for longer than a referral may wait."""
    case = day.reader.table("referral")
    accepted = case.c["accepted_at"]
    since = sa.cast(sa.case((day.known(accepted), accepted), else_=case.c["made_at"]), sa.Date)
    return of_cases(
        day,
        "referral",
        case,
        staff=case.c["to_staff_id"],
        period=case.c["referral_id"],
        about=case.c["to_line"],
        since_on=since,
        due_on=since + day.rules.referral_days,
    ).where(
        day.known(case.c["made_at"]),
        day.not_yet(case.c["closed_at"]),
        day.waited(since).between(day.rules.referral_days + 1, day.rules.forgotten_days),
    )


def complaint(day: Day) -> Rows:
    """Opened and not closed."""
    case = day.reader.table("complaint")
    opened = sa.cast(case.c["opened_at"], sa.Date)
    return of_cases(
        day,
        "complaint",
        case,
        staff=case.c["staff_id"],
        period=case.c["complaint_id"],
        about=case.c["campaign_id"],
        since_on=opened,
        due_on=opened + day.rules.complaint_days,
    ).where(day.known(case.c["opened_at"]), day.not_yet(case.c["closed_at"]))


def booking(day: Day) -> Rows:
    """Booked, and not come within the days in which a visit is awaited; a newer booking takes its place."""
    case = day.reader.table("journey_event")
    later, booked = case.alias("later_event"), sa.cast(case.c["occurred_at"], sa.Date)
    settled = sa.exists().where(
        later.c["customer_id"] == case.c["customer_id"],
        *measures.within(later.c["occurred_at"], None, day.on),
        sa.or_(
            sa.and_(measures.came(later), later.c["occurred_at"] >= case.c["occurred_at"]),
            sa.and_(later.c["step"] == "book", later.c["occurred_at"] > case.c["occurred_at"]),
        ),
    )
    return of_cases(
        day,
        "booking",
        case,
        staff=case.c["staff_id"],
        period=case.c["event_id"],
        about=case.c["campaign_id"],
        since_on=booked,
        due_on=booked + day.rules.booking_days,
    ).where(
        case.c["step"] == "book",
        day.known(case.c["occurred_at"]),
        day.waited(case.c["occurred_at"]).between(day.rules.booking_days + 1, day.rules.forgotten_days),
        ~settled,
    )
