"""Customers who were promised a contact and did not have it."""

from __future__ import annotations

import sqlalchemy as sa

from data_access import measures
from data_access.to_do.day import Day
from data_access.to_do.row import Rows, of_snapshots


def in_person(day: Day) -> sa.FromClause:
    """Contacts up to the day that keep a promise: ``customer_id`` and ``contacted_at``."""
    contact = day.reader.table("contact")
    return (
        sa.select(contact.c["customer_id"], contact.c["contacted_at"])
        .where(
            *measures.keeps_a_promise(contact, day.rules.mass_channels),
            *measures.within(contact.c["contacted_at"], None, day.on),
        )
        .subquery("in_person")
    )


def overdue(day: Day) -> Rows:
    """Not spoken with for longer than their tier is promised.

    Who was never spoken with waits since they opened their account, and since the branch's records of contacts begin
    where that is later: what came before is not known to have not happened.
    """
    snapshot, customer, spoken = day.reader.table("tier_snapshot"), day.reader.table("customer"), in_person(day)
    latest = (
        sa.select(spoken.c["customer_id"], sa.cast(sa.func.max(spoken.c["contacted_at"]), sa.Date).label("last_on"))
        .group_by(spoken.c["customer_id"])
        .subquery("latest_contact")
    )
    contact = day.reader.table("contact")
    records = (
        sa.select(contact.c["branch_id"], sa.cast(sa.func.min(contact.c["contacted_at"]), sa.Date).label("begun_on"))
        .group_by(contact.c["branch_id"])
        .subquery("records_of_contacts")
    )
    opened, begun_on = sa.cast(customer.c["opened_on"], sa.Date), records.c["begun_on"]
    days = sa.case(*((snapshot.c["tier"] == tier, days) for tier, days in day.rules.promised_days.items()))
    last_on = latest.c["last_on"]
    since = sa.func.coalesce(last_on, sa.case((opened > begun_on, opened), else_=begun_on), type_=sa.Date)
    return (
        of_snapshots(
            day,
            "overdue",
            snapshot,
            period=sa.func.coalesce(sa.cast(last_on, sa.Text), "never"),
            about=snapshot.c["tier"],
            since_on=last_on,
            due_on=sa.type_coerce(since + days, sa.Date),
        )
        .outerjoin(latest, latest.c["customer_id"] == snapshot.c["customer_id"])
        .outerjoin(records, records.c["branch_id"] == snapshot.c["branch_id"])
        .where(days.is_not(None), day.waited(since) > days)
    )
