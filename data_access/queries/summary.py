"""What an executive's page counts beside the queries of campaigns, tiers and the week: money, tiers and regions.

Months are month numbers (year * 12 + month - 1), amounts minor units.
"""

from __future__ import annotations

from datetime import date

import pandas as pd
import sqlalchemy as sa

from data_access import measures
from data_access.measures import Names
from data_access.reading.reader import Reader


def flows(reader: Reader, first: int, last: int, *, branches: Names = ()) -> pd.DataFrame:
    """Money that came into the bank and left it, by month; what customers moved between own products is neither.

    Args:
        reader: whose rows.
        first: first month.
        last: last month.
        branches: flows at these branches only; an empty choice does not restrict.

    Returns:
        ``month_no``, ``n`` (customers), ``inflow``, ``outflow`` and ``valuation`` (changes of prices); an amount is
        missing where the feeds record none.
    """
    flow = reader.table("asset_flow")
    month = flow.c["month_no"]
    amounts = [measures.total(flow.c[name], name) for name in ("inflow", "outflow", "valuation")]
    statement = sa.select(month, sa.func.count().label("n"), *amounts).where(
        *measures.within(month, first, last), *measures.among(flow.c["branch_id"], branches)
    )
    return reader.frame(statement.group_by(month).order_by(month))


def tier_sizes(reader: Reader, first: int, last: int, *, branches: Names = ()) -> pd.DataFrame:
    """Customers and their assets by tier (by the bank's rule) in every month; arguments as `flows`.

    Returns:
        ``month_no``, ``tier``, ``n`` and ``sum_aum`` (monthly average, missing where none is recorded).
    """
    snapshot = reader.table("tier_snapshot")
    keys = [snapshot.c["month_no"], snapshot.c["tier"]]
    statement = sa.select(*keys, sa.func.count().label("n"), measures.total(snapshot.c["aum"], "sum_aum")).where(
        *measures.within(keys[0], first, last),
        *measures.among(snapshot.c["branch_id"], branches),
    )
    return reader.frame(statement.group_by(*keys).order_by(*keys))


def answers(reader: Reader, first: date, last: date, *, branches: Names = ()) -> pd.DataFrame:
    """Answers on the scale of 1 to 5 by the day of the invitation.

    Args:
        reader: whose rows.
        first: first day.
        last: last day.
        branches: answers at these branches only; an empty choice does not restrict.

    Returns:
        ``day``, ``n`` (answers) and ``top_two`` (of those, 4 or 5), missing where the feeds record no scores.
    """
    asked = reader.table("satisfaction")
    day, score = sa.cast(asked.c["invited_at"], sa.Date), asked.c["score"]
    counts = {"n": score.is_not(None), "top_two": measures.top_two(asked)}
    statement = sa.select(
        day.label("day"),
        *(
            measures.recorded(reader, "satisfaction", "score", measures.count(condition, name))
            for name, condition in counts.items()
        ),
    ).where(
        asked.c["scale"] == "csat5",
        *measures.within(asked.c["invited_at"], first, last),
        *measures.among(asked.c["branch_id"], branches),
    )
    return reader.frame(statement.group_by(day).order_by(day))


def conversions_by_region(reader: Reader, *, campaigns: Names, branches: Names = ()) -> pd.DataFrame:
    """Conversion of treated customers whose window has closed, by region and by what makes regions differ.

    Args:
        reader: whose rows.
        campaigns: these campaigns.
        branches: customers of these branches only; an empty choice does not restrict.

    Returns:
        ``region`` (of the branch of the customer's own time), ``campaign_id``, ``tier`` (at assignment), ``n`` and
        ``converted``, missing where the feeds do not record it. Customers without a region or tier are left out.
    """
    member, branch = reader.table("campaign_member"), reader.table("branch")
    keys = [branch.c["region"], member.c["campaign_id"], member.c["tier"]]
    converted = measures.count(measures.converted(member), "converted")
    statement = (
        sa.select(
            *keys,
            sa.func.count().label("n"),
            measures.recorded(reader, "campaign_member", "converted_at", converted),
        )
        .select_from(member.join(branch, branch.c["branch_id"] == member.c["branch_id"]))
        .where(
            measures.matured(reader, member),
            measures.treated(reader, member),
            keys[0].is_not(None),
            keys[2].is_not(None),
            *measures.among(member.c["campaign_id"], campaigns),
            *measures.among(member.c["branch_id"], branches),
        )
    )
    return reader.frame(statement.group_by(*keys).order_by(*keys))
