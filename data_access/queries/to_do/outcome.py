"""What came of rows that an earlier list held, by what was done with them: counted, never named.

A kind whose outcome is a tier (grace, upgrades, near) is told by the next month's tiers, not within a week.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Final, NamedTuple

import pandas as pd
import sqlalchemy as sa

from data_access import measures
from data_access.reading.reader import Reader
from data_access.settings import ToDoRules
from data_access.to_do.contacts import in_person
from data_access.to_do.day import Day
from data_access.to_do.kinds import NEEDS
from data_access.to_do.row import Column

PUT_AGAIN_DAYS: Final = 30
"""Days after it matured in which money that was taken out may be put into a product again."""


class Rows(NamedTuple):
    """Rows of one kind that were treated alike.

    Attributes:
        kind: Of the list.
        group: What was done with them.
        keys: Customer and period of each.
    """

    kind: str
    group: str
    keys: tuple[tuple[str, str], ...]


class _Outcome(NamedTuple):
    """How the rows of a kind are found, and what came of them.

    Attributes:
        table: Where they stand.
        named: What tells one from the other.
        name: The same of a customer and a period of the list.
        known: Whether it can be known by the day.
        happened: Whether it came true.
    """

    table: sa.FromClause
    named: Column
    name: Callable[[str, str], str]
    known: measures.Condition
    happened: measures.Condition


def became(reader: Reader, on: date, since: date, rules: ToDoRules, rows: Iterable[Rows]) -> pd.DataFrame:
    """What had come of the rows by a day.

    * ``overdue``: spoken with after `since`;
    * ``referral``, ``complaint``: closed;
    * ``booking``: came;
    * ``maturing``: of money that has matured by the day, left in or put into a product again;
    * ``window``: bought inside the window.

    Args:
        reader: whose rows.
        on: the day; what happened later is not known yet.
        since: the day after which a contact counts.
        rules: promises and patience.
        rows: which, by kind and group; other kinds and those that the feeds cannot tell are left out.

    Returns:
        ``kind``, ``group``, ``n`` (rows whose outcome is known) and ``happened``.

    Raises:
        AccessError: the viewer may not see single customers.
    """
    day = Day(reader, on, (), rules)
    told = [
        _counted(each, _OUTCOMES[each.kind](day, since))
        for each in rows
        if each.keys and each.kind in _OUTCOMES and all(reader.has(*needs) for needs in _needs(each.kind))
    ]
    if not told:
        return pd.DataFrame(columns=["kind", "group", "n", "happened"])
    every = (sa.union_all(*told) if len(told) > 1 else told[0]).subquery("became")
    keys = every.c["kind"], every.c["group"]
    counted = sa.select(*keys, sa.func.count().label("n"), measures.count(every.c["happened"], "happened"))
    return reader.frame(counted.group_by(*keys).order_by(*keys))


def _needs(kind: str) -> list[tuple[str, ...]]:
    closed = [("holding", "closed_on")] if kind == "maturing" else []
    return [*((table, *columns) for table, columns in NEEDS[kind].items()), *closed]


def _counted(rows: Rows, outcome: _Outcome) -> sa.Select[str, str, bool]:
    return (
        sa.select(
            sa.literal(rows.kind, sa.Text).label("kind"),
            sa.literal(rows.group, sa.Text).label("group"),
            sa.func.coalesce(outcome.happened, sa.false(), type_=sa.Boolean).label("happened"),
        )
        .select_from(outcome.table)
        .where(outcome.named.in_([outcome.name(*key) for key in rows.keys]), outcome.known)
    )


def _overdue(day: Day, since: date) -> _Outcome:
    customer, spoken = day.reader.table("customer"), in_person(day)
    after = measures.within(spoken.c["contacted_at"], since + timedelta(days=1), None)
    again = sa.exists().where(spoken.c["customer_id"] == customer.c["customer_id"], *after)
    return _Outcome(customer, customer.c["customer_id"], _customer, sa.true(), again)


def _referral(day: Day, since: date) -> _Outcome:
    case = day.reader.table("referral")
    return _Outcome(case, case.c["referral_id"], _period, sa.true(), day.known(case.c["closed_at"]))


def _complaint(day: Day, since: date) -> _Outcome:
    case = day.reader.table("complaint")
    return _Outcome(case, case.c["complaint_id"], _period, sa.true(), day.known(case.c["closed_at"]))


def _booking(day: Day, since: date) -> _Outcome:
    case = day.reader.table("journey_event")
    later = case.alias("came_after")
    came = sa.exists().where(
        later.c["customer_id"] == case.c["customer_id"],
        measures.came(later),
        later.c["occurred_at"] >= case.c["occurred_at"],
        *measures.within(later.c["occurred_at"], None, day.on),
    )
    return _Outcome(case, case.c["event_id"], _period, sa.true(), came)


def _maturing(day: Day, since: date) -> _Outcome:
    case = day.reader.table("holding")
    other = case.alias("put_again")
    again = sa.exists().where(
        other.c["customer_id"] == case.c["customer_id"],
        other.c["opened_on"] <= day.on,
        measures.days_between(case.c["matures_on"], other.c["opened_on"]).between(0, PUT_AGAIN_DAYS),
    )
    left_in = sa.or_(case.c["closed_on"].is_(None), case.c["closed_on"] > day.on)
    opened = sa.cast(sa.cast(case.c["opened_on"], sa.Date), sa.Text)
    named = sa.func.concat(case.c["customer_id"], " ", case.c["product_id"], " ", opened)
    return _Outcome(case, named, _both, case.c["matures_on"] <= day.on, sa.or_(left_in, again))


def _window(day: Day, since: date) -> _Outcome:
    case = day.reader.table("campaign_member")
    named = sa.func.concat(case.c["customer_id"], " ", case.c["campaign_id"])
    bought = sa.and_(measures.converted(case), *measures.within(case.c["converted_at"], None, day.on))
    return _Outcome(case, named, _both, sa.true(), bought)


def _customer(customer: str, period: str) -> str:
    return customer


def _period(customer: str, period: str) -> str:
    return period


def _both(customer: str, period: str) -> str:
    return f"{customer} {period}"


_OUTCOMES: Final[Mapping[str, Callable[[Day, date], _Outcome]]] = {
    "overdue": _overdue,
    "referral": _referral,
    "complaint": _complaint,
    "booking": _booking,
    "maturing": _maturing,
    "window": _window,
}
