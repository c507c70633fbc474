"""The week's customers: won and funded, converted, and the promises of a contact that fell due.

Days are counted, not weeks: whoever asks adds them up. Days without a row are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd
import sqlalchemy as sa

from data_access import measures
from data_access.measures import Names
from data_access.promises import promised
from data_access.reading.reader import Reader


def won(reader: Reader, first: date, last: date, *, branches: Names = ()) -> pd.DataFrame:
    """Customers by the day of their first account, and how many had money here by the Sunday of that week.

    Every week is looked at from its own end, so that the newest is not behind for being new.

    Args:
        reader: whose rows: customers of the branch that serves them now.
        first: first day.
        last: last day.
        branches: customers of these branches; all of the reader's if empty.

    Returns:
        ``day``, ``n`` (customers opened), ``funded`` (of those, with a product that has money in it, or that has no
        amount at all, opened from that day to Sunday); missing where holdings are not recorded.
    """
    customer = reader.table("customer")
    day = customer.c["opened_on"]
    funded = measures.funded_by_sunday(reader, customer)
    statement = sa.select(
        day.label("day"),
        sa.func.count().label("n"),
        measures.recorded(reader, "holding", (), measures.count(funded, "funded")),
    ).where(day.between(first, last), *measures.among(customer.c["branch_id"], branches))
    return reader.frame(statement.group_by(day).order_by(day))


def conversions(reader: Reader, first: date, last: date, *, branches: Names = ()) -> pd.DataFrame:
    """Customers of a campaign by the week in which they first bought, inside the window; arguments as `won`.

    Returns:
        ``week_start`` and ``converted``; missing where the feeds do not record it.
    """
    member = reader.table("campaign_member")
    week = member.c["converted_week"]
    converted = measures.recorded(
        reader, "campaign_member", "converted_at", measures.count(measures.converted(member), "converted")
    )
    statement = sa.select(week.label("week_start"), converted).where(
        week.between(first, last), *measures.among(member.c["branch_id"], branches)
    )
    return reader.frame(statement.group_by(week).order_by(week))


def promises(
    reader: Reader,
    first: date,
    last: date,
    *,
    promised_days: Mapping[str, int],
    mass_channels: Names = (),
    branches: Names = (),
) -> pd.DataFrame:
    """Promises of a contact by the day they fell due, and how many were kept.

    Every contact promises the next: within the days that the customer's tier of the month before is promised. It is
    kept by another contact on a later day up to the due day. Messages to many and calls of the customer's own keep no
    promise and make none. Two contacts on one day are one.

    Args:
        reader: whose rows: contacts at the branch of their time.
        first: first due day.
        last: last due day.
        promised_days: days by tier; other tiers are promised nothing.
        mass_channels: channels of messages to many.
        branches: contacts at these branches; all of the reader's if empty.

    Returns:
        ``day`` (due), ``n`` and ``kept``.
    """
    promise = promised(reader, promised_days, mass_channels, branches)
    due = promise.c["due_on"]
    statement = sa.select(
        due.label("day"), sa.func.count().label("n"), measures.count(promise.c["next_on"] <= due, "kept")
    ).where(due.between(first, last))
    return reader.frame(statement.group_by(due).order_by(due))
