"""Raw quantities by name as SQL, each said once, and the one way in which the moments of an amount are made.

The names are those of `metrics.catalogue`. Counts are conditions on a row of `campaign_member`; amounts are
columns in minor units. Squares and products are about the group's own mean (``var_pop`` and ``covar_pop`` times the
count): both engines evaluate these by updating formulas that keep their digits where a sum of squares does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import sqlalchemy as sa

Condition = sa.ColumnElement[bool]
Amount = sa.ColumnElement[Any]


def contacted(member: sa.FromClause) -> Condition:
    """Reached at least once."""
    return member.c["contacted_at"].is_not(None)


def participated(member: sa.FromClause) -> Condition:
    """Took part at least once."""
    return member.c["participated_at"].is_not(None)


def converted(member: sa.FromClause) -> Condition:
    """Bought inside the attribution window; later purchases do not count."""
    return sa.and_(
        member.c["converted_at"].is_not(None), sa.cast(member.c["converted_at"], sa.Date) <= member.c["matures_on"]
    )


def matured(member: sa.FromClause, as_of: date) -> Condition:
    """Attribution window closed: the last day of the window is in the data."""
    return member.c["matures_on"] <= as_of


AMOUNTS: dict[str, str] = {
    "sales": "sales_amount",
    "contribution": "contribution_amount",
    "baseline": "baseline_amount",
    "net_new": "net_new_amount",
}
"""Column of `campaign_member` by the name of the amount."""


def count(condition: Condition, name: str) -> sa.Label[int]:
    """Rows that meet a condition, under the measure's name."""
    return sa.func.count().filter(condition).label(name)


def days_between(start: sa.ColumnElement[Any], end: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    """Whole days from the day of `start` to the day of `end`."""
    return sa.type_coerce(sa.cast(end, sa.Date) - sa.cast(start, sa.Date), sa.Integer)


def moments(name: str, amount: Amount, where: Condition | None = None) -> Iterator[sa.Label[Any]]:
    """``known_<name>``, ``sum_<name>`` and ``squares_<name>`` of an amount, over rows that meet a condition.

    `known` counts the rows in which the amount is recorded; the others enter neither sum nor squares. Where
    none is recorded, sum and squares are missing.
    """
    value = _only(amount, where)
    known = sa.func.count(value)
    yield known.label(f"known_{name}")
    yield sa.func.sum(value).label(f"sum_{name}")
    yield (sa.func.var_pop(sa.cast(value, sa.Double), type_=sa.Double) * known).label(f"squares_{name}")


def product(
    first: str, second: str, amounts: Callable[[str], Amount], where: Condition | None = None
) -> sa.Label[float]:
    """``product_<first>_<second>``: centred products of two amounts, over rows in which both are recorded."""
    x, y = (_only(amounts(name), where) for name in (first, second))
    both = sa.func.count(x + y)  # a sum is missing where either is: cheaper than a condition in every row
    return (sa.func.covar_pop(sa.cast(x, sa.Double), sa.cast(y, sa.Double), type_=sa.Double) * both).label(
        f"product_{first}_{second}"
    )


def _only(amount: Amount, where: Condition | None) -> Amount:
    return amount if where is None else sa.case((where, amount))
