"""What a comparison of arms needs beyond their totals: planned sizes, top sales, and who was spoken to anyway.

Every count is of customers assigned in the reader's branches (intention to treat). Amounts are minor units.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import sqlalchemy as sa

from data_access import measures
from data_access.measures import Names
from data_access.reading.reader import Reader

ONE_IN = 100
"""The customers who bought most are one in so many, rounded up: the top 1 %."""


def arms(reader: Reader, campaign_id: str, *, branches: Names = ()) -> pd.DataFrame:
    """What a comparison of one campaign's arms rests on, and no more: half the work of `campaigns.arms`.

    Returns:
        ``campaign_id``, ``arm``, ``is_control``, ``n`` (assigned), and of members whose window has closed ``matured``,
        ``matured_converted``, ``known_<m>``, ``sum_<m>``, ``squares_<m>`` of sales, contribution, net_new and baseline,
        ``product_baseline_<m>`` of the first three, and ``product_contribution_sales`` for the ratio of the two.
    """
    member = reader.table("campaign_member")
    chosen, key = _chosen(member, [campaign_id], branches), member.c["arm"]
    is_closed = measures.matured(reader, member)
    amounts = {name: member.c[column] for name, column in measures.AMOUNTS.items()}
    # Closed and open windows are told apart once, by row, and not again in every sum.
    closed = (
        sa.select(
            key,
            sa.func.count().label("matured"),
            _converted(reader, member),
            *(label for name, amount in amounts.items() for label in measures.moments(name, amount)),
            *(measures.product("baseline", name, amounts.__getitem__) for name in amounts if name != "baseline"),
            measures.product("contribution", "sales", amounts.__getitem__),
        )
        .where(is_closed, *chosen)
        .group_by(key)
        .subquery("closed")
    )
    waiting = sa.select(key, sa.func.count().label("n")).where(~is_closed, *chosen).group_by(key).subquery("waiting")
    name = sa.func.coalesce(closed.c["arm"], waiting.c["arm"])
    matured = _or_none(closed.c["matured"])
    statement = sa.select(
        sa.literal(campaign_id, sa.Text).label("campaign_id"),
        name.label("arm"),
        measures.is_control(reader, sa.literal(campaign_id, sa.Text), name).label("is_control"),
        (matured.element + sa.func.coalesce(waiting.c["n"], 0)).label("n"),
        matured,
        measures.recorded(reader, "campaign_member", "converted_at", _or_none(closed.c["matured_converted"])),
        *(column for column in closed.c if column.key not in {"arm", "matured", "matured_converted"}),
    ).select_from(closed.join(waiting, closed.c["arm"] == waiting.c["arm"], full=True))
    return reader.frame(statement.order_by(name))


def allocation(reader: Reader, *, campaigns: Names = (), branches: Names = ()) -> pd.DataFrame:
    """Planned and actual size of every arm, for the sample-ratio check; an arm that got nobody has 0.

    Returns:
        ``campaign_id``, ``arm``, ``is_control``, ``allocation`` (planned share, missing if not stated), ``n``
        (customers assigned) and ``assigned_branches`` (branches with such a customer: the unit that was dealt where
        whole branches were assigned).
    """
    member, arm = reader.table("campaign_member"), reader.table("campaign_arm")
    chosen = _chosen(member, campaigns, branches)
    keys = [member.c["campaign_id"], member.c["arm"]]
    sizes = (
        sa.select(*keys, sa.func.count().label("n"), sa.func.count(sa.distinct(member.c["branch_id"])).label("places"))
        .where(*chosen)
        .group_by(*keys)
        .subquery("sizes")
    )
    statement = sa.select(
        *(arm.c[name] for name in ("campaign_id", "arm", "is_control", "allocation")),
        sa.func.coalesce(sizes.c["n"], 0).label("n"),
        sa.func.coalesce(sizes.c["places"], 0).label("assigned_branches"),
    ).select_from(arm.outerjoin(sizes, _same_arm(arm, sizes)))
    statement = statement.where(*measures.among(arm.c["campaign_id"], campaigns))
    return reader.frame(statement.order_by(arm.c["campaign_id"], arm.c["arm"]))


def top_sales(reader: Reader, *, campaigns: Names = (), branches: Names = ()) -> pd.DataFrame:
    """Sales held by the customers of a campaign's treated arms who bought most, one in `ONE_IN` of them.

    Returns:
        ``campaign_id``, ``arm`` (treated), ``sum_sales_top``: of members whose window has closed and whose sales are
        recorded. Arms without any are left out. Joined to the arms of `campaigns.arms`, a scorecard shows the share.
    """
    member = reader.table("campaign_member")
    sales = member.c["sales_amount"]
    chosen = [
        measures.matured(reader, member),
        sales.is_not(None),
        measures.treated(reader, member),
        *_chosen(member, campaigns, branches),
    ]
    keys = [member.c["campaign_id"], member.c["arm"]]
    known = sa.select(*keys, sa.func.count().label("n")).where(*chosen).group_by(*keys).subquery("known")
    of_campaign = (
        sa.select(known.c["campaign_id"], sa.func.sum(known.c["n"]).label("n"))
        .group_by(known.c["campaign_id"])
        .subquery("of_campaign")
    )
    # Only buyers are put in order: who bought nothing adds nothing.
    place = sa.func.row_number().over(
        partition_by=member.c["campaign_id"], order_by=(sales.desc(), member.c["customer_id"])
    )
    ranked = sa.select(*keys, sales.label("sales"), place.label("place")).where(sales > 0, *chosen).subquery("ranked")
    top = (
        sa.select(ranked.c["campaign_id"], ranked.c["arm"], sa.func.sum(ranked.c["sales"]).label("held"))
        .join(of_campaign, of_campaign.c["campaign_id"] == ranked.c["campaign_id"])
        .where((ranked.c["place"] - 1) * ONE_IN < of_campaign.c["n"])
        .group_by(ranked.c["campaign_id"], ranked.c["arm"])
        .subquery("top")
    )
    statement = sa.select(
        known.c["campaign_id"], known.c["arm"], sa.func.coalesce(top.c["held"], 0).label("sum_sales_top")
    ).select_from(known.outerjoin(top, _same_arm(known, top)))
    return reader.frame(statement.order_by(known.c["campaign_id"], known.c["arm"]))


def reached_by_any(reader: Reader, campaigns: Names, *, branches: Names = ()) -> pd.DataFrame:
    """How many members any campaign spoke to while their window was open: of a holdout's control it should be nobody.

    Returns:
        ``campaign_id``, ``arm``, ``is_control``, ``n`` (assigned) and ``reached``: of them, those with an outbound
        contact filed under some campaign; missing where the feeds do not say which contacts were.
    """
    member, contact = reader.table("campaign_member"), reader.table("contact")
    spoken_to = sa.exists().where(
        contact.c["customer_id"] == member.c["customer_id"],
        contact.c["campaign_id"].is_not(None),
        contact.c["direction"] == "outbound",
        contact.c["contacted_at"] >= member.c["assigned_at"],
        sa.cast(contact.c["contacted_at"], sa.Date) <= member.c["matures_on"],
    )
    seen = (
        sa.select(member.c["campaign_id"], member.c["arm"], sa.case((spoken_to, 1), else_=0).label("reached"))
        .where(*_chosen(member, campaigns, branches))
        .subquery("seen")
    )
    counted = measures.recorded(
        reader, "contact", ("campaign_id", "direction"), measures.count(seen.c["reached"] == 1, "reached")
    )
    statement = sa.select(*seen.c[:2], sa.func.count().label("n"), counted).group_by(*seen.c[:2])
    return _with_role(reader, statement, 2)


def _with_role(reader: Reader, statement: sa.Select[*tuple[Any, ...]], keys: int) -> pd.DataFrame:
    """Rows that begin with campaign and arm, with the arm's role after these, in the order of their keys."""
    counted = statement.subquery("counted")
    control = measures.is_control(reader, counted.c["campaign_id"], counted.c["arm"]).label("is_control")
    result = sa.select(*counted.c[:2], control, *counted.c[2:])
    return reader.frame(result.order_by(*counted.c[:keys]))


def _converted(
    reader: Reader, member: sa.FromClause, also: sa.ColumnElement[bool] | None = None
) -> sa.ColumnElement[Any]:
    # `measures.converted`, counted as a column of which what is not true is missing: a filtered count of ten million
    # rows costs a sixth of the whole comparison.
    inside = sa.cast(member.c["converted_at"], sa.Date) <= member.c["matures_on"]
    true = sa.func.nullif(inside if also is None else sa.and_(inside, also), sa.false())
    counted = sa.func.count(true).label("matured_converted")
    return measures.recorded(reader, "campaign_member", "converted_at", counted)


def _or_none(count: sa.ColumnElement[int]) -> sa.Label[Any]:
    """A count, 0 where nothing was counted."""
    return sa.func.coalesce(count, 0).label(count.key)


def _same_arm(one: sa.FromClause, other: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.and_(one.c["campaign_id"] == other.c["campaign_id"], one.c["arm"] == other.c["arm"])


def _chosen(member: sa.FromClause, campaigns: Names, branches: Names) -> list[sa.ColumnElement[bool]]:
    """Members of some campaigns and branches; an empty choice does not restrict."""
    return [*measures.among(member.c["campaign_id"], campaigns), *measures.among(member.c["branch_id"], branches)]
