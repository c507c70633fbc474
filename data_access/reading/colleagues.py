"""What a viewer is told of staff elsewhere: how the bank converts such customers, and results without a name.

The rates are one fixed partition, as in `data_access.reading.benchmark`, and as coarse: a kind of customer is told only
where beside the viewer's own branches enough branches and customers have it, and its counts are rounded. Results are
those of staff members with enough customers, in whole months, without anything that names a person or a branch, and
only from enough branches. A result is no customer's: whom it rests on cannot be read from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd
import sqlalchemy as sa

from data_access import measures
from data_access.errors import ScopeError
from data_access.measures import Names
from data_access.reading.benchmark import COUNTS_TO
from data_access.reading.scope import Scope
from data_access.settings import Settings

MIX = ("campaign_id", "tier", "channel")
"""What makes customers alike: the warm list and the cold one differ in these."""

FEWEST_CUSTOMERS = 30
"""Customers of a staff member below which nothing is told of them."""

MOST_RESULTS = 1_000
"""Results told at most: more dots than that are a cloud."""

_RATIO_TO = 0.05
_RESULTS = ("role", "expected", "ratio")


def given(reader: measures.Tables, member: sa.FromClause, settings: Settings) -> list[sa.ColumnElement[bool]]:
    """Members whose result is some staff member's: neither held out nor still counting, and reached by a person."""
    channel = member.c["channel"]
    return [
        member.c["staff_id"].is_not(None),
        measures.matured(reader, member),
        measures.treated(reader, member),
        sa.or_(channel.is_(None), channel.not_in(settings.to_do.mass_channels)),
    ]


def rates(
    reader: measures.Tables, member: sa.FromClause, campaigns: Names, scope: Scope, settings: Settings
) -> sa.Select[*tuple[Any, ...]]:
    """Customers and conversions by `MIX`, of `member`, the whole bank's members, where enough of them are others'."""
    keys = [member.c[key] for key in MIX]
    branch = member.c["branch_id"]
    others = sa.true() if scope.branches is None else branch.not_in(sorted(scope.branches))
    return (
        sa.select(*keys, sa.func.count().label("n"), measures.count(measures.converted(member), "converted"))
        .where(*given(reader, member, settings), *measures.among(member.c["campaign_id"], campaigns))
        .group_by(*keys)
        .having(
            sa.func.count(sa.distinct(branch)).filter(others) >= settings.benchmark_branches,
            sa.func.count().filter(others) >= settings.benchmark_customers,
        )
        .order_by(*keys)
    )


def rounded(frame: pd.DataFrame) -> pd.DataFrame:
    """Rates as coarsely as they may be told; there are never more conversions than customers."""
    counts = (frame[["n", "converted"]] / COUNTS_TO).round().astype("int64") * COUNTS_TO
    return frame.assign(n=counts["n"], converted=counts["converted"].clip(upper=counts["n"]))


def results(
    reader: measures.Tables,
    member: sa.FromClause,
    staff: sa.FromClause,
    period: tuple[date, date],
    beside: Sequence[str],
    settings: Settings,
) -> sa.Select[*tuple[Any, ...]]:
    """Observed and expected conversions of each staff member in each branch but those `beside`.

    What is expected is a sum over kinds of customers, so it is worked out here: told apart by kind, it would be many
    thousand rows of some customers each.

    Raises:
        ScopeError: the period is not whole months.
    """
    first, last = period
    if first.day != 1 or (last + timedelta(days=1)).day != 1:
        raise ScopeError(f"Results elsewhere are told of whole months, not of {first} to {last}. Nothing was read.")
    chosen = given(reader, member, settings)
    keys = [member.c[key] for key in MIX]
    of_all = (
        sa.select(*keys, sa.func.count().label("n"), measures.count(measures.converted(member), "converted"))
        .where(*chosen)
        .group_by(*keys)
        .subquery("of_all")
    )
    person = [member.c["staff_id"], member.c["branch_id"]]
    mine = (
        sa.select(*person, *keys, sa.func.count().label("n"), measures.count(measures.converted(member), "converted"))
        .where(
            *chosen, *measures.within(member.c["assigned_at"], first, last), member.c["branch_id"].not_in(list(beside))
        )
        .group_by(*person, *keys)
        .subquery("mine")
    )
    alike = [mine.c[key].is_not_distinct_from(of_all.c[key]) for key in MIX]
    rate = sa.cast(of_all.c["converted"], sa.Double) / of_all.c["n"]
    return (
        sa.select(
            staff.c["role"],
            mine.c["branch_id"],
            measures.total(mine.c["converted"], "observed"),
            sa.func.sum(mine.c["n"] * rate).label("expected"),
        )
        .select_from(mine.join(of_all, sa.and_(*alike)).outerjoin(staff, staff.c["staff_id"] == mine.c["staff_id"]))
        .group_by(mine.c["staff_id"], mine.c["branch_id"], staff.c["role"])
        .having(sa.func.sum(mine.c["n"]) >= FEWEST_CUSTOMERS, sa.func.sum(mine.c["n"] * rate) > 0)
        .order_by(mine.c["staff_id"], mine.c["branch_id"])
        .limit(MOST_RESULTS)
    )


def nameless(frame: pd.DataFrame, fewest_branches: int) -> pd.DataFrame:
    """Results without the branch, of roles that enough branches have, in an order that tells nothing."""
    where = frame.groupby("role", dropna=False)["branch_id"].transform("nunique")
    told = frame[where >= fewest_branches]
    ratio = (told["observed"].astype("float64") / told["expected"] / _RATIO_TO).round() * _RATIO_TO
    told = told.assign(expected=told["expected"].round(), ratio=ratio)[list(_RESULTS)]
    return told.sort_values(["expected", "ratio", "role"]).reset_index(drop=True)
