"""What time of staff a campaign took: who was to serve how many, whom they reached, and what was measured.

Rows of the reader's branches. A count that the bank's feeds do not record is missing, never zero.
"""

from __future__ import annotations

import pandas as pd
import sqlalchemy as sa

from data_access import measures
from data_access.measures import Names
from data_access.reading.reader import Reader


def served(reader: Reader, campaign_id: str, *, branches: Names = ()) -> pd.DataFrame:
    """Customers to be treated, by the role of who was to serve them and the channel.

    Returns:
        ``role`` and ``channel`` (missing if not recorded), ``assigned``, and of members whose window has closed
        ``matured`` and ``matured_converted``. Members whom nobody of the staff is to serve are left out.
    """
    member, staff = reader.table("campaign_member"), reader.table("staff")
    closed = measures.matured(reader, member)
    keys = [staff.c["role"], member.c["channel"]]
    bought = measures.count(sa.and_(closed, measures.converted(member)), "matured_converted")
    statement = (
        sa.select(
            *keys,
            sa.func.count().label("assigned"),
            measures.count(closed, "matured"),
            measures.recorded(reader, "campaign_member", "converted_at", bought),
        )
        .select_from(member.outerjoin(staff, staff.c["staff_id"] == member.c["staff_id"]))
        .where(
            member.c["campaign_id"] == campaign_id,
            member.c["staff_id"].is_not(None),
            measures.treated(reader, member),
            *measures.among(member.c["branch_id"], branches),
        )
    )
    return reader.frame(statement.group_by(*keys).order_by(*keys))


def contacts(reader: Reader, campaign_id: str, *, branches: Names = ()) -> pd.DataFrame:
    """Contacts that staff made for a campaign: ``role`` and ``channel`` (missing if not recorded), ``contacts``.

    A customer who was called twice counts twice; a customer's own call does not count.
    """
    contact, staff = reader.table("contact"), reader.table("staff")
    keys = [staff.c["role"], contact.c["channel"]]
    statement = (
        sa.select(*keys, sa.func.count().label("contacts"))
        .select_from(contact.outerjoin(staff, staff.c["staff_id"] == contact.c["staff_id"]))
        .where(
            contact.c["campaign_id"] == campaign_id,
            contact.c["staff_id"].is_not(None),
            sa.or_(contact.c["direction"].is_(None), contact.c["direction"] != "inbound"),
            *measures.among(contact.c["branch_id"], branches),
        )
    )
    return reader.frame(statement.group_by(*keys).order_by(*keys))


def measured(reader: Reader, campaign_id: str, *, branches: Names = ()) -> pd.DataFrame:
    """Steps of a campaign's customers on which staff spent time: one row, ``steps`` (with a time) and ``minutes``."""
    event = reader.table("journey_event")
    steps = sa.func.count(event.c["minutes"]).label("steps")
    statement = sa.select(
        measures.recorded(reader, "journey_event", ("campaign_id", "staff_id", "minutes"), steps),
        sa.func.sum(event.c["minutes"]).label("minutes"),
    ).where(
        event.c["campaign_id"] == campaign_id,
        event.c["staff_id"].is_not(None),
        *measures.among(event.c["branch_id"], branches),
    )
    return reader.frame(statement)
