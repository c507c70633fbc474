"""Campaigns: which ran, and what their members did by arm, week and day.

Every count is of customers assigned in the reader's branches, contacted or not (intention to treat). A measure that
the bank's feeds do not record is missing, never zero. Amounts are minor units.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Literal

import pandas as pd
import sqlalchemy as sa

from data_access import measures
from data_access.measures import Names
from data_access.reading.reader import Reader


def catalogue(
    reader: Reader,
    *,
    first: date | None = None,
    last: date | None = None,
    branches: Names = (),
) -> pd.DataFrame:
    """The campaigns of a period, latest first; an empty choice does not restrict.

    Args:
        reader: whose rows.
        first: first day of the period; campaigns that ended before are left out.
        last: last day of the period; campaigns that started later are left out.
        branches: campaigns with a member of one of these branches.

    Returns:
        ``campaign_id``, ``name``, ``theme``, ``objective``, ``product_id``, ``product``, ``line``, ``season``,
        ``starts_on``, ``ends_on``, ``attribution_days``, ``owner_staff_id``, ``owner`` (missing if the viewer does not
        see that person), ``assignment``, ``cluster``, ``arms`` and ``control_arms`` (numbers of arms).
    """
    campaign, product, season = reader.table("campaign"), reader.table("product"), reader.table("season")
    owner, arm = reader.table("staff"), reader.table("campaign_arm")
    arms = (
        sa.select(
            arm.c["campaign_id"], sa.func.count().label("arms"), measures.count(arm.c["is_control"], "control_arms")
        )
        .group_by(arm.c["campaign_id"])
        .subquery("arms")
    )
    statement = sa.select(
        *(campaign.c[name] for name in ("campaign_id", "name", "theme", "objective", "product_id")),
        product.c["name"].label("product"),
        product.c["line"],
        season.c["name"].label("season"),
        *(campaign.c[name] for name in ("starts_on", "ends_on", "attribution_days", "owner_staff_id")),
        owner.c["name"].label("owner"),
        *(campaign.c[name] for name in ("assignment", "cluster")),
        sa.func.coalesce(arms.c["arms"], 0).label("arms"),
        sa.func.coalesce(arms.c["control_arms"], 0).label("control_arms"),
    ).select_from(
        campaign.outerjoin(product, product.c["product_id"] == campaign.c["product_id"])
        .outerjoin(season, season.c["season_id"] == campaign.c["season_id"])
        .outerjoin(owner, owner.c["staff_id"] == campaign.c["owner_staff_id"])
        .outerjoin(arms, arms.c["campaign_id"] == campaign.c["campaign_id"])
    )
    if first is not None:
        statement = statement.where(campaign.c["ends_on"] >= first)
    if last is not None:
        statement = statement.where(campaign.c["starts_on"] <= last)
    if branches:
        member = reader.table("campaign_member")
        statement = statement.where(
            sa.exists().where(
                member.c["campaign_id"] == campaign.c["campaign_id"], *measures.among(member.c["branch_id"], branches)
            )
        )
    return reader.frame(statement.order_by(campaign.c["starts_on"].desc(), campaign.c["campaign_id"]))


def arms(
    reader: Reader,
    *,
    campaigns: Names = (),
    branches: Names = (),
    by_branch: bool = False,
    winsorised_at: float | None = 0.99,
) -> pd.DataFrame:
    """One row per campaign and arm that has a member in the reader's branches.

    Args:
        reader: whose rows.
        campaigns: identifiers; all if empty.
        branches: members of these branches; all of the reader's if empty.
        by_branch: one row per campaign, arm and branch, for arms that were assigned by branch.
        winsorised_at: share of a campaign's members with a closed window whose sales stay as they are; those of the
            others are cut to the largest of these (``sales_winsorised``). None leaves the column out.

    Returns:
        ``campaign_id``, ``arm``, ``is_control``, ``branch_id`` if asked for; the counts ``n`` (assigned),
        ``contacted``, ``participated``, ``converted`` (inside the window) and ``matured`` (window closed); of the
        matured ``matured_contacted``, ``matured_participated``, ``matured_converted``,
        ``contacted_matured_converted``, ``participants_matured_converted``; over the matured ``known_<m>``,
        ``sum_<m>`` and ``squares_<m>`` of sales, contribution, net_new, baseline (and sales_winsorised), and
        ``product_baseline_<m>``, the centred product with the covariate, of the first three, and
        ``product_contribution_sales``, for the ratio of the two.
    """
    member = reader.table("campaign_member")
    closed = measures.matured(reader, member)
    amounts: dict[str, sa.ColumnElement[Any]] = {name: member.c[column] for name, column in measures.AMOUNTS.items()}
    chosen = [*measures.among(member.c["campaign_id"], campaigns), *measures.among(member.c["branch_id"], branches)]
    source = member
    if winsorised_at is not None:
        sales = member.c["sales_amount"]
        caps = (
            sa.select(
                member.c["campaign_id"], sa.func.percentile_disc(winsorised_at).within_group(sales).label("largest")
            )
            .where(closed, sales.is_not(None), *chosen)
            .group_by(member.c["campaign_id"])
            .subquery("caps")
        )
        source = member.outerjoin(caps, caps.c["campaign_id"] == member.c["campaign_id"])
        # least() of a missing value would be the other one, on both engines.
        amounts["sales_winsorised"] = sa.case((sales.is_not(None), sa.func.least(sales, caps.c["largest"])))
    keys = [member.c[name] for name in ("campaign_id", "arm", *(["branch_id"] if by_branch else []))]
    counted = (
        sa.select(
            *keys,
            sa.func.count().label("n"),
            *_steps(reader, member, closed),
            *(label for name, amount in amounts.items() for label in measures.moments(name, amount, closed)),
            *(
                measures.product("baseline", name, amounts.__getitem__, closed)
                for name in ("sales", "contribution", "net_new")
            ),
            measures.product("contribution", "sales", amounts.__getitem__, closed),
        )
        .select_from(source)
        .where(*chosen)
        .group_by(*keys)
        .subquery("counted")
    )
    # Asked once counted: to ask it of every member costs as much as all the counting.
    control = measures.is_control(reader, counted.c["campaign_id"], counted.c["arm"]).label("is_control")
    statement = sa.select(*counted.c[:2], control, *counted.c[2:])
    return reader.frame(statement.order_by(*(counted.c[key.name] for key in keys)))


def weeks(reader: Reader, campaign_id: str, *, branches: Names = ()) -> pd.DataFrame:
    """One campaign by week and arm.

    Returns:
        ``week_start``, ``arm``, ``is_control``, and the numbers of customers first ``assigned``, ``contacted``,
        ``participated`` and ``converted`` (inside the window) in that week. Weeks without any are left out.
    """
    member = reader.table("campaign_member")
    steps: dict[str, sa.ColumnElement[bool]] = {
        "assigned": sa.true(),
        "contacted": measures.contacted(member),
        "participated": measures.participated(member),
        "converted": measures.converted(member),
    }
    events = sa.union_all(
        *(
            sa.select(
                member.c[f"{step}_week"].label("week_start"), member.c["arm"], sa.literal(step, sa.Text).label("step")
            ).where(
                member.c["campaign_id"] == campaign_id,
                member.c[f"{step}_week"].is_not(None),
                condition,
                *measures.among(member.c["branch_id"], branches),
            )
            for step, condition in steps.items()
        )
    ).subquery("event")
    control = measures.is_control(reader, sa.literal(campaign_id, sa.Text), events.c["arm"]).label("is_control")
    keys = [events.c["week_start"], events.c["arm"], control]
    counts = [
        measures.recorded(reader, "campaign_member", f"{step}_at", measures.count(events.c["step"] == step, step))
        for step in steps
    ]
    return reader.frame(sa.select(*keys, *counts).group_by(events.c["week_start"], events.c["arm"]).order_by(*keys[:2]))


def days_to_conversion(
    reader: Reader,
    campaigns: Names,
    *,
    since: Literal["contact", "assignment"] = "contact",
    branches: Names = (),
) -> pd.DataFrame:
    """How long members were watched and when they converted: what a Kaplan-Meier curve is made of.

    A member is watched from their first contact (or assignment) to the first conversion inside the window, else to
    the end of the window or of the data. Left out is who had bought before the watch began, or whose contact
    came after the window.

    Args:
        reader: whose rows.
        campaigns: identifiers; all if empty.
        since: start of the watch. Control arms are never contacted, so compare arms since assignment.
        branches: members of these branches; all of the reader's if empty.

    Returns:
        ``campaign_id``, ``arm``, ``is_control``, ``day`` (0 is the day of contact), ``converted`` on that day and
        ``censored``: watched until that day without converting.
    """
    member = reader.table("campaign_member")
    start = member.c["contacted_at" if since == "contact" else "assigned_at"]
    converted = measures.converted(member)
    end = sa.case(
        (converted, sa.cast(member.c["converted_at"], sa.Date)),
        else_=sa.func.least(member.c["matures_on"], sa.literal(reader.as_of_tables("campaign_member"), sa.Date)),
    )
    watched = (
        sa.select(
            member.c["campaign_id"],
            member.c["arm"],
            measures.days_between(start, end).label("day"),
            sa.case((converted, 1), else_=0).label("bought"),
        )
        .where(
            start.is_not(None),
            *measures.among(member.c["campaign_id"], campaigns),
            *measures.among(member.c["branch_id"], branches),
        )
        .subquery("watched")
    )
    keys = [watched.c["campaign_id"], watched.c["arm"]]
    statement = (
        sa.select(
            *keys,
            measures.is_control(reader, *keys).label("is_control"),
            watched.c["day"],
            # Without a record of purchases nobody is known to have been watched in vain, either.
            *(
                measures.recorded(reader, "campaign_member", "converted_at", measures.count(bought, name))
                for name, bought in (("converted", watched.c["bought"] == 1), ("censored", watched.c["bought"] == 0))
            ),
        )
        .where(watched.c["day"] >= 0)
        .group_by(*keys, watched.c["day"])
        .order_by(*keys, watched.c["day"])
    )
    return reader.frame(statement)


def _steps(reader: Reader, member: sa.FromClause, closed: sa.ColumnElement[bool]) -> Iterator[sa.ColumnElement[Any]]:
    """The counts of an arm, each missing where the feeds do not record what it counts."""
    contacted, participated = measures.contacted(member), measures.participated(member)
    converted = measures.converted(member)
    steps: dict[str, tuple[tuple[str, ...], Sequence[sa.ColumnElement[bool]]]] = {
        "contacted": (("contacted_at",), [contacted]),
        "participated": (("participated_at",), [participated]),
        "converted": (("converted_at",), [converted]),
        "matured": ((), [closed]),
        "matured_contacted": (("contacted_at",), [closed, contacted]),
        "matured_participated": (("participated_at",), [closed, participated]),
        "matured_converted": (("converted_at",), [closed, converted]),
        "contacted_matured_converted": (("contacted_at", "converted_at"), [closed, contacted, converted]),
        "participants_matured_converted": (("participated_at", "converted_at"), [closed, participated, converted]),
    }
    for name, (columns, conditions) in steps.items():
        label = measures.count(sa.and_(*conditions), name)
        yield measures.recorded(reader, "campaign_member", columns, label)
