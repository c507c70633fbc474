"""What ends on a day to come: money that matures, and the windows of campaigns in which a customer may still buy."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from data_access import measures
from data_access.to_do.day import Day
from data_access.to_do.row import Rows, of_cases


def maturing(day: Day) -> Rows:
    """Money that matures within the days ahead that the bank looks; the amount is at stake."""
    case, product = day.reader.table("holding"), day.reader.table("product")
    opened = sa.cast(sa.cast(case.c["opened_on"], sa.Date), sa.Text)
    return (
        of_cases(
            day,
            "maturing",
            case,
            period=sa.func.concat(case.c["product_id"], " ", opened),
            about=sa.func.coalesce(product.c["name"], case.c["product_id"], type_=sa.Text),
            since_on=case.c["opened_on"],
            due_on=case.c["matures_on"],
            at_stake=case.c["amount"],
        )
        .outerjoin(product, product.c["product_id"] == case.c["product_id"])
        .where(
            case.c["matures_on"].between(day.on + timedelta(days=1), day.on + timedelta(days=day.rules.maturity_days)),
            case.c["opened_on"] <= day.on,
            sa.or_(case.c["closed_on"].is_(None), case.c["closed_on"] > day.on),
        )
    )


def window(day: Day) -> Rows:
    """Assigned to a campaign, not held out, and not bought yet, with days of the window left."""
    case, campaign = day.reader.table("campaign_member"), day.reader.table("campaign")
    return (
        of_cases(
            day,
            "window",
            case,
            staff=case.c["staff_id"],
            period=case.c["campaign_id"],
            about=sa.func.coalesce(campaign.c["name"], case.c["campaign_id"], type_=sa.Text),
            since_on=sa.cast(case.c["assigned_at"], sa.Date),
            due_on=case.c["matures_on"],
        )
        .outerjoin(campaign, campaign.c["campaign_id"] == case.c["campaign_id"])
        .where(
            case.c["matures_on"].between(day.on + timedelta(days=1), day.on + timedelta(days=day.rules.window_days)),
            day.known(case.c["assigned_at"]),
            day.not_yet(case.c["converted_at"]),
            measures.treated(day.reader, case),
        )
    )
