"""Promises of a contact: each contact promises the next, within the days of the customer's tier."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from data_access import measures
from data_access.measures import Names
from data_access.reading.reader import Reader


def promised(
    reader: Reader, promised_days: Mapping[str, int], mass_channels: Names, branches: Names = ()
) -> sa.Subquery:
    """The promises, one row each.

    A promise is kept by another contact on a later day up to the due day. Messages to many and calls of the
    customer's own keep no promise and make none. Two contacts on one day are one.

    Args:
        reader: whose rows: contacts at the branch of their time.
        promised_days: days by tier of the month before; other tiers are promised nothing.
        mass_channels: channels of messages to many.
        branches: contacts at these branches; all of the reader's if empty.

    Returns:
        ``customer_id``, ``branch_id`` and ``staff_id`` of the contact that promised (the first by name where two spoke
        to the customer on that day), ``on_day`` of it, ``due_on``, and ``next_on``, the customer's next day with a
        contact.
    """
    contact, snapshot = reader.table("contact"), reader.table("tier_snapshot")
    on = sa.cast(contact.c["contacted_at"], sa.Date)
    spoken = (
        sa.select(
            contact.c["customer_id"],
            on.label("on_day"),
            *(sa.func.min(contact.c[name]).label(name) for name in ("month_no", "branch_id", "staff_id")),
        )
        .where(
            *measures.keeps_a_promise(contact, mass_channels),
            contact.c["contacted_at"].is_not(None),
            *measures.among(contact.c["branch_id"], branches),
        )
        .group_by(contact.c["customer_id"], on)
        .subquery("spoken")
    )
    following = sa.func.lead(spoken.c["on_day"], type_=sa.Date).over(
        partition_by=spoken.c["customer_id"], order_by=spoken.c["on_day"]
    )
    chain = sa.select(spoken, following.label("next_on")).subquery("chain")
    days = sa.case(*((snapshot.c["tier"] == tier, days) for tier, days in promised_days.items()))
    return (
        sa.select(
            chain.c["customer_id"],
            chain.c["branch_id"],
            chain.c["staff_id"],
            chain.c["on_day"],
            (chain.c["on_day"] + days).label("due_on"),
            chain.c["next_on"],
        )
        .select_from(
            chain.join(
                snapshot,
                sa.and_(
                    snapshot.c["customer_id"] == chain.c["customer_id"],
                    snapshot.c["month_no"] == chain.c["month_no"] - 1,
                ),
            )
        )
        .where(snapshot.c["tier"].in_(list(promised_days)))
        .subquery("promise")
    )
