"""The vocabulary of all queries: what a member did, which rows are meant, and how they are counted and summed.

Each is said once. The names are those of `metrics.catalogue`. A count that rests on a column which the bank's feeds do
not record is missing, never zero: `recorded` is the one way to count such a column.

Amounts are columns in minor units. Squares and products are about the group's own mean (``var_pop`` and ``covar_pop``
times the count): both engines evaluate these by updating formulas that keep their digits where a sum of squares does
not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

import sqlalchemy as sa

Condition = sa.ColumnElement[bool]
Amount = sa.ColumnElement[Any]
Names = Sequence[str]


class Tables(Protocol):
    """What a viewer's reader says of its tables."""

    def table(self, name: str) -> sa.FromClause:
        """The rows of a table that the viewer may see."""
        ...

    def has(self, table_name: str, *columns: str) -> bool:
        """Whether the feeds record the table, and each of the columns."""
        ...

    def as_of_tables(self, *names: str) -> date:
        """Last day that all of these tables cover."""
        ...

    def last_month(self, *names: str) -> int | None:
        """Last month (`month_no`) that all of these tables of months cover; None if nothing says."""
        ...


AMOUNTS: dict[str, str] = {
    "sales": "sales_amount",
    "contribution": "contribution_amount",
    "baseline": "baseline_amount",
    "net_new": "net_new_amount",
}
"""Column of `campaign_member` by the name of the amount."""


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


def matured(reader: Tables, member: sa.FromClause, *needed: str) -> Condition:
    """Attribution window closed: its last day is in the members' own table, and in the others that are needed.

    Where one of them ends earlier than the rest of the data, what happened since is not known to have not happened.
    """
    return member.c["matures_on"] <= reader.as_of_tables("campaign_member", *needed)


def funded_by_sunday(reader: Tables, customer: sa.FromClause) -> Condition:
    """Had a product with money in it, or without any amount, opened from the first account to the week's Sunday."""
    holding, day = reader.table("holding"), customer.c["opened_on"]
    return sa.exists().where(
        holding.c["customer_id"] == customer.c["customer_id"],
        sa.or_(holding.c["amount"].is_(None), holding.c["amount"] > 0),
        holding.c["opened_on"] >= day,
        days_between(day, holding.c["opened_on"]) + sa.extract("isodow", day) <= 7,
    )


def is_control(reader: Tables, campaign_id: sa.ColumnElement[str], arm_name: sa.ColumnElement[str]) -> Condition:
    """The arm was held out. An arm that the campaign does not list was not."""
    arm = reader.table("campaign_arm")
    return sa.exists().where(arm.c["campaign_id"] == campaign_id, arm.c["arm"] == arm_name, arm.c["is_control"])


def keeps_a_promise(contact: sa.FromClause, mass_channels: Names) -> list[Condition]:
    """A contact that the bank made with one customer; neither a message to many nor the customer's own call.

    Where the feed does not say who made it, it counts.
    """
    return [
        *([contact.c["channel"].not_in(list(mass_channels))] if mass_channels else []),
        sa.or_(contact.c["direction"].is_(None), contact.c["direction"] != "inbound"),
    ]


def came(event: sa.FromClause) -> Condition:
    """A step that is taken in a branch: not every feed writes down the coming itself."""
    return event.c["step"].in_(["visit", "wait", "consult", "apply", "complete"])


def treated(reader: Tables, member: sa.FromClause) -> Condition:
    """A member of an arm that was not held out, contacted or not."""
    return ~is_control(reader, member.c["campaign_id"], member.c["arm"])


def top_two(asked: sa.FromClause) -> Condition:
    """Satisfied: 4 or 5 on the scale of 1 to 5."""
    return sa.and_(asked.c["scale"] == "csat5", asked.c["score"] >= 4)


def answers(asked: sa.FromClause) -> dict[str, Condition]:
    """What an answer to a survey counts as, each on its own scale: ``top_two``, and of 0 to 10 whether one recommends.

    ``promoters`` gave 9 or 10, ``detractors`` 0 to 6.
    """
    nps, score = asked.c["scale"] == "nps", asked.c["score"]
    return {
        "top_two": top_two(asked),
        "promoters": sa.and_(nps, score >= 9),
        "detractors": sa.and_(nps, score <= 6),
    }


def among(column: sa.ColumnElement[Any], chosen: Names) -> list[Condition]:
    """The column has one of the values chosen; no condition if nothing was chosen."""
    return [column.in_(list(chosen))] if chosen else []


def within(moment: sa.ColumnElement[Any], first: date | int | None, last: date | int | None) -> list[Condition]:
    """From the first day (or month number) to the end of the last; None does not bound.

    Without a function on the column, so that an index on it serves.
    """
    bounds = [] if first is None else [moment >= _start(moment, first)]
    if isinstance(moment.type, sa.DateTime) and isinstance(last, date):
        return [*bounds, moment < _start(moment, last + timedelta(days=1))]
    return bounds if last is None else [*bounds, moment <= last]


def recorded(
    reader: Tables, table_name: str, columns: str | Iterable[str], label: sa.Label[Any]
) -> sa.ColumnElement[Any]:
    """The count, or NULL under its name where the feeds do not record one of the columns it rests on."""
    return known_if(reader.has(table_name, *((columns,) if isinstance(columns, str) else columns)), label)


def known_if(known: bool, label: sa.Label[Any]) -> sa.ColumnElement[Any]:
    """The count, or NULL under its name."""
    return label if known else sa.cast(sa.null(), sa.BigInteger).label(label.name)


def total(amount: sa.ColumnElement[Any], name: str) -> sa.Label[Any]:
    """The sum of whole numbers, missing where there is none."""
    # It would be HUGEINT on one engine and NUMERIC on the other.
    return sa.cast(sa.func.sum(amount), sa.BigInteger).label(name)


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


def _start(moment: sa.ColumnElement[Any], day: date | int) -> date | int:
    return datetime.combine(day, time.min) if isinstance(day, date) and isinstance(moment.type, sa.DateTime) else day


def _only(amount: Amount, where: Condition | None) -> Amount:
    return amount if where is None else sa.case((where, amount))
