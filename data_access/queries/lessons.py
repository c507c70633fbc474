"""What contact added for each class of customer: finished, randomised campaigns against those they held out."""

from __future__ import annotations

import pandas as pd
import sqlalchemy as sa

from data_access import measures
from data_access.measures import Names
from data_access.reading.reader import Reader


def by_class(reader: Reader, *, campaigns: Names = (), branches: Names = ()) -> pd.DataFrame:
    """Finished campaigns that assigned single customers at random, by class of the customers and by role.

    Finished as in `history`: the campaign has ended and the window of every member has closed. Customers without a
    class, and those whom the viewer does not see now, are left out.

    Args:
        reader: Whose rows.
        campaigns: These alone; all if empty.
        branches: Members of these branches; all of the reader's if empty.

    Returns:
        ``campaign_id``, ``theme`` (empty text without one), ``segment``, ``is_control``, ``n`` and ``converted``
        (inside the window; missing if not recorded).
    """
    campaign, member, customer = reader.table("campaign"), reader.table("campaign_member"), reader.table("customer")
    last = reader.as_of_tables("campaign_member")
    key = member.c["campaign_id"]
    finished = (
        sa.select(campaign.c["campaign_id"], sa.func.coalesce(campaign.c["theme"], "").label("theme"))
        .join(member, member.c["campaign_id"] == campaign.c["campaign_id"])
        .where(
            campaign.c["assignment"] == "randomised",
            sa.func.coalesce(campaign.c["cluster"], "customer") == "customer",
            campaign.c["ends_on"] <= last,
            *measures.among(campaign.c["campaign_id"], campaigns),
            *measures.among(member.c["branch_id"], branches),
        )
        .group_by(campaign.c["campaign_id"], campaign.c["theme"])
        .having(sa.func.max(member.c["matures_on"]) <= last)
        .subquery("finished")
    )
    held_out = measures.is_control(reader, key, member.c["arm"])
    keys = [key, finished.c["theme"], customer.c["segment"], held_out.label("is_control")]
    counted = measures.recorded(
        reader, "campaign_member", "converted_at", measures.count(measures.converted(member), "converted")
    )
    source = member.join(finished, finished.c["campaign_id"] == key).join(
        customer, customer.c["customer_id"] == member.c["customer_id"]
    )
    statement = (
        sa.select(*keys, sa.func.count().label("n"), counted)
        .select_from(source)
        .where(customer.c["segment"].is_not(None), *measures.among(member.c["branch_id"], branches))
        .group_by(key, finished.c["theme"], customer.c["segment"], held_out)
    )
    return reader.frame(statement.order_by(key, customer.c["segment"], held_out))
