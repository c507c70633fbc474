"""The past of planning: finished campaigns, the pace at which they were answered, and what each group brought.

A campaign is finished when it has ended and the attribution window of every member has closed, by the last day of the
members' table: where that one ends before the rest of the data, nobody knows who bought since. Control arms are
left out: a plan is for customers who will be contacted. Amounts are minor units.

`until` puts the clock back: only what was finished and booked by that day is told, as it was known then.
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

Cell = Literal["tier", "segment", "channel", "branch_id", "region"]


def campaigns(reader: Reader, *, branches: Names = (), until: date | None = None) -> pd.DataFrame:
    """Finished campaigns, oldest first: what `metrics.planning.forecast` learns from.

    Args:
        reader: whose rows.
        branches: members and costs of these branches; all of the reader's if empty. A cost that only the whole bank
            bears is then left out.
        until: day of the past from which one looks.

    Returns:
        ``campaign_id``, ``name``, ``starts_on``, ``ends_on``, ``attribution_days``, ``product_id``, the factors
        ``objective``, ``theme``, ``line``, ``season``, ``channel`` and ``tier`` (those of most members); ``n``
        customers of treated arms, ``contacted``, ``participated``, ``converted`` (inside the window); ``known_<m>``,
        ``sum_<m>`` and ``squares_<m>`` of sales and contribution; ``cost`` (missing if none was booked).
    """
    campaign, product, season = reader.table("campaign"), reader.table("product"), reader.table("season")
    member = reader.table("campaign_member")
    chosen = [measures.treated(reader, member), *measures.among(member.c["branch_id"], branches)]
    last = _last(reader, until)
    counted = (
        sa.select(
            member.c["campaign_id"],
            sa.func.count().label("n"),
            *_steps(reader, member, until),
            *(
                label
                for name in ("sales", "contribution")
                for label in measures.moments(name, member.c[measures.AMOUNTS[name]])
            ),
        )
        .where(*chosen)
        .group_by(member.c["campaign_id"])
        .having(sa.func.max(member.c["matures_on"]) <= last)
        .subquery("counted")
    )
    cost = reader.table("campaign_cost")
    borne = [] if reader.scope.whole_bank else [cost.c["branch_id"].is_not(None)]
    spent = (
        sa.select(cost.c["campaign_id"], sa.func.sum(cost.c["actual_amount"]).label("cost"))
        .where(
            *borne, *measures.among(cost.c["branch_id"], branches), *measures.within(cost.c["incurred_on"], None, until)
        )
        .group_by(cost.c["campaign_id"])
        .subquery("spent")
    )
    channel, tier = (_main(member.c["campaign_id"], member.c[name], chosen) for name in ("channel", "tier"))
    one = campaign.c["campaign_id"]
    source = campaign.join(counted, counted.c["campaign_id"] == one)
    for key in (channel, tier, spent):
        source = source.outerjoin(key, key.c["campaign_id"] == one)
    source = source.outerjoin(product, product.c["product_id"] == campaign.c["product_id"]).outerjoin(
        season, season.c["season_id"] == campaign.c["season_id"]
    )
    statement = sa.select(
        *(campaign.c[name] for name in ("campaign_id", "name", "starts_on", "ends_on", "attribution_days")),
        campaign.c["objective"],
        campaign.c["theme"],
        campaign.c["product_id"],
        product.c["line"],
        season.c["name"].label("season"),
        channel.c["channel"],
        tier.c["tier"],
        *(column for column in counted.c if column.name != "campaign_id"),
        spent.c["cost"],
    )
    ended = campaign.c["ends_on"] <= last
    return reader.frame(statement.select_from(source).where(ended).order_by(campaign.c["starts_on"], one))


def controls(reader: Reader, *, branches: Names = (), until: date | None = None) -> pd.DataFrame:
    """What the customers did whom finished, randomised campaigns held out: what contact adds is told against them.

    Campaigns that assigned whole branches are left out: their customers are no sample of single customers.

    Returns:
        ``campaign_id``, ``control_n``, ``control_converted`` (missing if not recorded), and ``known_``, ``sum_`` and
        ``squares_control_contribution``.
    """
    campaign, member = reader.table("campaign"), reader.table("campaign_member")
    last = _last(reader, until)
    key = member.c["campaign_id"]
    randomised = sa.select(campaign.c["campaign_id"]).where(
        campaign.c["assignment"] == "randomised",
        sa.func.coalesce(campaign.c["cluster"], "customer") == "customer",
        campaign.c["ends_on"] <= last,
    )
    statement = (
        sa.select(
            key,
            sa.func.count().label("control_n"),
            measures.recorded(
                reader,
                "campaign_member",
                "converted_at",
                measures.count(measures.converted(member), "control_converted"),
            ),
            *measures.moments("control_contribution", member.c["contribution_amount"]),
        )
        .where(
            key.in_(randomised),
            measures.is_control(reader, key, member.c["arm"]),
            *measures.among(member.c["branch_id"], branches),
        )
        .group_by(key)
        .having(sa.func.max(member.c["matures_on"]) <= last)
    )
    return reader.frame(statement.order_by(key))


def pace(reader: Reader, *, ages: int = 20, branches: Names = ()) -> pd.DataFrame:
    """Cumulative counts of finished campaigns by relative age: what `metrics.planning.monitoring.pace` learns from.

    Age 0 is the first day and age `ages` the last on which a conversion can count: the campaign's end and the
    attribution window after it.

    Returns:
        ``campaign_id``, ``starts_on``, ``life`` (days from age 0 to the last), and for each age k from 0 to `ages`
        ``participated_by_<k>`` and ``converted_by_<k>``: customers of treated arms who had done so by then.
    """
    campaign, member = reader.table("campaign"), reader.table("campaign_member")
    start = campaign.c["starts_on"]
    life = measures.days_between(start, campaign.c["ends_on"]) + campaign.c["attribution_days"]
    happened = {
        "participated": (measures.participated(member), member.c["participated_at"]),
        "converted": (measures.converted(member), member.c["converted_at"]),
    }
    counts = [
        measures.recorded(
            reader,
            "campaign_member",
            f"{name}_at",
            measures.count(
                sa.and_(condition, measures.days_between(start, at) * ages <= life * age), f"{name}_by_{age}"
            ),
        )
        for name, (condition, at) in happened.items()
        for age in range(ages + 1)
    ]
    statement = (
        sa.select(campaign.c["campaign_id"], start, life.label("life"), *counts)
        .select_from(campaign.join(member, member.c["campaign_id"] == campaign.c["campaign_id"]))
        .where(
            campaign.c["ends_on"] <= reader.as_of_tables("campaign_member"),
            measures.treated(reader, member),
            *measures.among(member.c["branch_id"], branches),
        )
        .group_by(campaign.c["campaign_id"], start, campaign.c["ends_on"], campaign.c["attribution_days"])
        .having(sa.func.max(member.c["matures_on"]) <= reader.as_of_tables("campaign_member"))
        .order_by(start, campaign.c["campaign_id"])
    )
    return reader.frame(statement)


def cells(
    reader: Reader,
    *,
    by: Sequence[Cell] = ("tier", "channel"),
    branches: Names = (),
    among: Names = (),
    until: date | None = None,
) -> pd.DataFrame:
    """What each group of customers brought in each finished campaign: what response curves are fitted to.

    Costs are booked by campaign: `metrics.planning.allocation` spreads those of `campaigns` over its customers.

    Args:
        reader: whose rows.
        by: what makes a cell; class and region are those of today.
        branches: members of these branches; all of the reader's if empty.
        among: these campaigns alone; all if empty.
        until: day of the past from which one looks.

    Returns:
        ``campaign_id``, the columns of `by`, ``n`` customers of treated arms, ``contacted``, ``participated``,
        ``converted``, and ``known_``, ``sum_`` and ``squares_`` of sales and contribution.
    """
    campaign, member = reader.table("campaign"), reader.table("campaign_member")
    chosen = [measures.treated(reader, member), *measures.among(member.c["branch_id"], branches)]
    last = _last(reader, until)
    finished = (
        sa.select(member.c["campaign_id"])
        .where(*chosen)
        .group_by(member.c["campaign_id"])
        .having(sa.func.max(member.c["matures_on"]) <= last)
    )
    ended = sa.select(campaign.c["campaign_id"]).where(campaign.c["ends_on"] <= last)
    source: sa.FromClause = member
    columns: dict[Cell, sa.ColumnElement[Any]] = {name: member.c[name] for name in ("tier", "channel", "branch_id")}
    if "segment" in by:
        customer = reader.table("customer")
        source = source.outerjoin(customer, customer.c["customer_id"] == member.c["customer_id"])
        columns["segment"] = customer.c["segment"]
    if "region" in by:
        branch = reader.table("branch")
        source = source.outerjoin(branch, branch.c["branch_id"] == member.c["branch_id"])
        columns["region"] = branch.c["region"]
    keys = [member.c["campaign_id"], *(columns[name] for name in by)]
    statement = sa.select(
        *keys,
        sa.func.count().label("n"),
        *_steps(reader, member, until),
        *(
            label
            for name in ("sales", "contribution")
            for label in measures.moments(name, member.c[measures.AMOUNTS[name]])
        ),
    ).select_from(source)
    statement = statement.where(
        *chosen,
        *measures.among(member.c["campaign_id"], among),
        member.c["campaign_id"].in_(finished),
        member.c["campaign_id"].in_(ended),
    )
    return reader.frame(statement.group_by(*keys).order_by(*keys))


def _last(reader: Reader, until: date | None) -> date:
    """Last day that is known to whoever looks from `until`."""
    known = reader.as_of_tables("campaign_member")
    return known if until is None else min(until, known)


def _steps(reader: Reader, member: sa.FromClause, until: date | None) -> Iterator[sa.ColumnElement[Any]]:
    """Customers who were contacted, took part and bought, as far as that was known."""
    for name, condition in (
        ("contacted", measures.contacted(member)),
        ("participated", measures.participated(member)),
        ("converted", measures.converted(member)),
    ):
        happened = sa.and_(condition, *measures.within(member.c[f"{name}_at"], None, until))
        yield measures.recorded(reader, "campaign_member", f"{name}_at", measures.count(happened, name))


def _main(
    campaign_id: sa.ColumnElement[str], column: sa.ColumnElement[str], chosen: Sequence[sa.ColumnElement[bool]]
) -> sa.Subquery:
    """The value that most of a campaign's members have; of several such, the first by name."""
    counted = (
        sa.select(
            campaign_id,
            column,
            sa.func.row_number()
            .over(partition_by=campaign_id, order_by=(sa.func.count().desc(), column))
            .label("place"),
        )
        .where(column.is_not(None), *chosen)
        .group_by(campaign_id, column)
        .subquery(f"counted_{column.name}")
    )
    return sa.select(counted).where(counted.c["place"] == 1).subquery(f"main_{column.name}")
