"""Customers of several campaigns at once: which campaigns share them, and how their outcomes hang together.

Every count is of customers assigned in the reader's branches, contacted or not.
"""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
import sqlalchemy as sa

from data_access import measures
from data_access.measures import Names
from data_access.reading.reader import Reader

SMALLEST: Final = 10
"""Customers that two campaigns must share to be told of: fewer say little, and more of single customers."""

MOST: Final = 200
"""Pairs that are told, those first whose campaign shares most of its customers."""


def pairs(reader: Reader, *, campaigns: Names = (), branches: Names = (), most: int = MOST) -> pd.DataFrame:
    """How many customers of a campaign another one reached before its window closed; the largest shares first.

    Two campaigns share a customer whose windows in them, from assignment to the last day, have a day in common. The
    other campaign *reached* a customer whom it first contacted within the window of this one; where feeds do not record
    contacts, whom it did not hold out.

    Args:
        reader: whose rows.
        campaigns: the campaigns whose customers are looked at; all if empty. The others may be any.
        branches: customers of these branches; all of the reader's if empty.
        most: pairs at most.

    Returns:
        One row a campaign and other: ``campaign_id``, ``other_id``, ``both`` (customers shared, the same the other way
        round), ``n`` and ``reached`` (customers of arms that were not held out, and of them whom the other reached),
        ``n_control`` and ``reached_control`` (the same of the control). Pairs that share fewer than `SMALLEST` are left
        out, and those of whom the other reached nobody.
    """
    member = reader.table("campaign_member")
    other = member.alias("other")
    assigned, first = sa.cast(member.c["assigned_at"], sa.Date), sa.cast(other.c["contacted_at"], sa.Date)
    contacts = reader.has("campaign_member", "contacted_at")
    reached = sa.and_(first >= assigned, first <= member.c["matures_on"]) if contacts else sa.true()
    keys = [member.c["campaign_id"], member.c["arm"], other.c["campaign_id"].label("other_id"), other.c["arm"]]
    met = (
        sa.select(
            *keys[:3],
            keys[3].label("other_arm"),
            sa.func.count().label("both"),
            measures.count(reached, "reached"),
        )
        .select_from(member.join(other, other.c["customer_id"] == member.c["customer_id"]))
        .where(
            other.c["campaign_id"] != member.c["campaign_id"],
            sa.cast(other.c["assigned_at"], sa.Date) <= member.c["matures_on"],
            assigned <= other.c["matures_on"],
            *measures.among(member.c["campaign_id"], campaigns),
            *measures.among(member.c["branch_id"], branches),
            *measures.among(other.c["branch_id"], branches),
        )
        .group_by(*keys)
        .subquery("met")
    )
    control = measures.is_control(reader, met.c["campaign_id"], met.c["arm"])
    held_out = measures.is_control(reader, met.c["other_id"], met.c["other_arm"])
    told = sa.select(
        *met.c[:4],
        met.c["both"],
        sa.case((held_out, 0), else_=met.c["reached"]).label("reached"),
        control.label("held"),
    ).subquery("told")
    of = [told.c["campaign_id"], told.c["other_id"]]
    met_by = (
        sa.select(
            *of,
            measures.total(told.c["both"], "both"),
            measures.total(sa.case((told.c["held"], 0), else_=told.c["reached"]), "reached"),
            measures.total(sa.case((told.c["held"], told.c["reached"]), else_=0), "reached_control"),
        )
        .group_by(*of)
        .subquery("met_by")
    )
    sizes = _sizes(reader, member, campaigns, branches)
    share = met_by.c["reached"] / sa.cast(sizes.c["n"], sa.Double)  # for the order alone
    statement = (
        sa.select(*met_by.c[:3], sizes.c["n"], met_by.c["reached"], sizes.c["n_control"], met_by.c["reached_control"])
        .select_from(met_by.join(sizes, sizes.c["campaign_id"] == met_by.c["campaign_id"]))
        .where(met_by.c["both"] >= SMALLEST, met_by.c["reached"] > 0)
        .order_by(share.desc(), met_by.c["campaign_id"], met_by.c["other_id"])
        .limit(most)
    )
    return reader.frame(statement)


def dependence(reader: Reader, campaigns: Names, *, branches: Names = ()) -> pd.DataFrame:
    """How the contribution that campaigns added hangs together through the customers whom they share.

    What a campaign added is the sum, over its treated customers, of the difference of the two means: each customer
    pulls at it by their distance from the mean of their arm, a control customer for as many as it stands for. Pulls of
    one customer at several campaigns may add up or cancel.

    Args:
        reader: whose rows.
        campaigns: campaigns with a control; none reads nothing.
        branches: customers of these branches; all of the reader's if empty.

    Returns:
        One row of customers whose window has closed and whose contribution is known: ``customers``, ``several`` (in two
        campaigns or more), ``apart`` (sum of squared pulls, as if each were another customer's) and ``together`` (sum
        of squares of the customers' whole pulls). Squared minor units; all missing where there is no customer.
    """
    member = reader.table("campaign_member")
    value = sa.cast(member.c["contribution_amount"], sa.Double)
    counts = [
        measures.matured(reader, member),
        member.c["contribution_amount"].is_not(None),
        member.c["campaign_id"].in_(list(campaigns)),
        *measures.among(member.c["branch_id"], branches),
    ]
    keys = [member.c["campaign_id"], member.c["arm"]]
    of_arm = (
        sa.select(*keys, sa.func.count().label("n"), sa.func.sum(value).label("total"))
        .where(*counts)
        .group_by(*keys)
        .subquery("of_arm")
    )
    held = measures.is_control(reader, *of_arm.c[:2])
    arms = sa.select(*of_arm.c, sa.case((held, 1), else_=0).label("held")).cte("arms")

    def of_side(control: int, name: str) -> sa.ColumnElement[Any]:
        return sa.cast(sa.func.sum(arms.c[name]).filter(arms.c["held"] == control), sa.Double)

    n, n_control = of_side(0, "n"), of_side(1, "n")
    sides = (
        sa.select(
            arms.c["campaign_id"],
            (of_side(0, "total") / n).label("mean"),
            (of_side(1, "total") / n_control).label("mean_control"),
            (n / n_control).label("stands_for"),
        )
        .group_by(arms.c["campaign_id"])
        .subquery("sides")
    )
    pull = sa.case(
        (arms.c["held"] == 1, (sides.c["mean_control"] - value) * sides.c["stands_for"]),
        else_=value - sides.c["mean"],
    )
    same_arm = sa.and_(arms.c["campaign_id"] == member.c["campaign_id"], arms.c["arm"] == member.c["arm"])
    pulled = (
        sa.select(
            member.c["customer_id"],
            sa.func.count().label("campaigns"),
            sa.func.sum(pull).label("whole"),
            sa.func.sum(pull * pull).label("apart"),
        )
        .select_from(member.join(arms, same_arm).join(sides, sides.c["campaign_id"] == arms.c["campaign_id"]))
        .where(*counts, sides.c["stands_for"].is_not(None))
        .group_by(member.c["customer_id"])
        .subquery("pulled")
    )
    return reader.frame(
        sa.select(
            sa.func.nullif(sa.func.count(), 0).label("customers"),
            sa.cast(sa.func.sum(sa.case((pulled.c["campaigns"] > 1, 1), else_=0)), sa.BigInteger).label("several"),
            sa.func.sum(pulled.c["apart"]).label("apart"),
            sa.func.sum(pulled.c["whole"] * pulled.c["whole"]).label("together"),
        )
    )


def _sizes(reader: Reader, member: sa.FromClause, campaigns: Names, branches: Names) -> sa.Subquery:
    """Customers of each campaign, the control apart."""
    keys = [member.c["campaign_id"], member.c["arm"]]
    counted = (
        sa.select(*keys, sa.func.count().label("n"))
        .where(*measures.among(keys[0], campaigns), *measures.among(member.c["branch_id"], branches))
        .group_by(*keys)
        .subquery("of_arms")
    )
    held = measures.is_control(reader, *counted.c[:2])
    arms = sa.select(*counted.c, sa.case((held, 1), else_=0).label("held")).subquery("sized")
    by_side = [
        sa.cast(sa.func.coalesce(sa.func.sum(arms.c["n"]).filter(arms.c["held"] == control), 0), sa.BigInteger).label(
            name
        )
        for control, name in enumerate(("n", "n_control"))
    ]
    return sa.select(arms.c["campaign_id"], *by_side).group_by(arms.c["campaign_id"]).subquery("sizes")
