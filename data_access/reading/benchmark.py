"""Against the bank's average: the few aggregates of other branches that a viewer may be told, and how coarsely.

Nothing here is the caller's choice but the table and which of its amounts: the groups of a table are one fixed
partition, so that no two calls differ by a group, let alone by one customer. What is told is rounded until a single
customer cannot be read from it, not even by who holds yesterday's answer or knows all of their own branch:

* a group is told only if beside the viewer's own branches it has enough branches and customers;
* counts are multiples of `COUNTS_TO`;
* a sum is a multiple of a round number at least as large as the root of its sum of squares, which no single amount
  in the group exceeds, so that whoever comes or goes moves it by one step or none. The step is about the standard
  error of the sum: chance alone makes it no finer;
* squares are told to one digit.

Branches beside one another (`falls_by_branch`) are told without names, by counts alone, over fixed horizons up to the
last month; the viewer's own and those with few customers are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from data_access import measures, tier_pairs
from data_access.errors import ScopeError
from data_access.reading.scope import Scope
from data_access.settings import Settings
from data_access.tier_pairs import Rule

PARTITIONS = {"campaign_member": ("campaign_id", "arm"), "tier_snapshot": ("month_no", "tier")}
"""The groups that are told of a table. In each a customer has one row, so that a row's amount is the customer's."""

AMOUNTS = {
    "campaign_member": ("sales_amount", "contribution_amount", "baseline_amount", "net_new_amount"),
    "tier_snapshot": ("aum", "aum_end", "profit"),
}

COUNTS_TO = 5

HORIZONS = (1, 3, 12)
"""Months over which branches are told; a horizon of the caller's choice would let a customer's month be read."""

_ENDS = ("from_tier", "to_tier")


def statement(
    table: sa.FromClause, name: str, amounts: Sequence[str], scope: Scope, settings: Settings
) -> sa.Select[*tuple[Any, ...]]:
    """The aggregates of `table`, the whole bank's rows of the table called `name`, that hold enough of others.

    Raises:
        ScopeError: there is no benchmark of this table, or of one of the amounts.
    """
    if name not in PARTITIONS:
        raise ScopeError(f"There is no benchmark of {name!r}, only of {', '.join(PARTITIONS)}. Nothing was read.")
    if unknown := [amount for amount in amounts if amount not in AMOUNTS[name]]:
        raise ScopeError(
            f"A benchmark of {name!r} sums {', '.join(AMOUNTS[name])}, not {unknown[0]!r}. Nothing was read."
        )
    keys = [table.c[key] for key in PARTITIONS[name]]
    branch = table.c["branch_id"]
    others = sa.true() if scope.branches is None else branch.not_in(sorted(scope.branches))
    enough = (
        sa.func.count(sa.distinct(branch)).filter(others) >= settings.benchmark_branches,
        sa.func.count().filter(others) >= settings.benchmark_customers,
    )
    return (
        sa.select(
            *keys,
            sa.func.count().label("n"),
            sa.func.count(sa.distinct(branch)).label("branches"),
            *(label for amount in amounts for label in measures.moments(amount, table.c[amount])),
        )
        .group_by(*keys)
        .having(*enough)
        .order_by(*keys)
    )


def campaign_sizes(reader: measures.Tables, member: sa.FromClause) -> sa.Select[*tuple[Any, ...]]:
    """Customers of treated arms by campaign, of `member`, the whole bank's members."""
    key = member.c["campaign_id"]
    counted = sa.select(key, sa.func.count().label("n_bank")).where(measures.treated(reader, member))
    return counted.group_by(key).order_by(key)


def falls_by_branch(
    snapshot: sa.FromClause, last: int, horizon: int, rule: Rule, tiers: Sequence[str], scope: Scope
) -> sa.Select[*tuple[Any, ...]]:
    """Customers above the lowest tier by branch, and how many of them slipped, of branches beside the viewer's own.

    Args:
        snapshot: the whole bank's months up to the last.
        last: the last month; the horizon ends in it.
        horizon: months.
        rule: tier by the bank's rule, or by assets alone.
        tiers: of the bank's rule, lowest first.
        scope: the viewer's.

    Raises:
        ScopeError: there is no benchmark of this horizon.
    """
    if horizon not in HORIZONS:
        raise ScopeError(f"Branches are told over {HORIZONS} months, not {horizon}. Nothing was read.")
    pair = tier_pairs.pairs(snapshot, horizon, rule, last - horizon, last - horizon, by_branch=True).subquery("pair")
    branch = pair.c["branch_id"]
    place = {tier: number for number, tier in enumerate(tiers)}
    start, end = (sa.case(*((pair.c[name] == key, at) for key, at in place.items())) for name in _ENDS)
    others = sa.true() if scope.branches is None else branch.not_in(sorted(scope.branches))
    return (
        sa.select(branch, sa.func.count().label("n"), measures.count(end < start, "fell"))
        .where(others, pair.c["fate"].in_(("kept", "left")), start > 0)
        .group_by(branch)
    )


def anonymous(frame: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """What was counted by branch as it may be told: without names, in an order that tells nothing, rounded."""
    enough = frame[frame["n"] >= settings.benchmark_customers]
    if len(enough) < settings.benchmark_branches:
        enough = enough.head(0)
    told = pd.DataFrame({name: _to(enough[name], COUNTS_TO).astype("int64") for name in ("n", "fell")})
    return told.sort_values(["n", "fell"], ignore_index=True)


def rounded(frame: pd.DataFrame, amounts: Sequence[str]) -> pd.DataFrame:
    """What was counted, as coarsely as it may be told."""
    told = frame.assign(n=_to(frame["n"], COUNTS_TO).astype("int64"))
    for amount in amounts:
        known, total, squares = (frame[f"{kind}_{amount}"].astype("float64") for kind in ("known", "sum", "squares"))
        step = _round_number((squares + total**2 / known.where(known > 0)) ** 0.5)
        told[f"known_{amount}"] = _to(known, COUNTS_TO).astype("int64")
        told[f"sum_{amount}"] = _to(total, step)
        told[f"squares_{amount}"] = _to(squares, 10.0 ** np.floor(np.log10(squares.where(squares > 0, 1.0))))
    return told


def _to(values: pd.Series[Any], step: Any) -> pd.Series[Any]:
    return (values / step).round() * step


def _round_number(least: pd.Series[float]) -> pd.Series[float]:
    """The smallest of 1, 2, 5, 10, 20, 50 ... that is not below each value; 1 for nought."""
    power = pd.Series(10.0 ** np.floor(np.log10(least.where(least > 1, 1.0))))
    digits = least / power
    return power * (1.0 + (digits > 1) + 3.0 * (digits > 2) + 5.0 * (digits > 5))
