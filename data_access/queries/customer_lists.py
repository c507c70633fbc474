"""Whom a number counts: lists of customers, each row with what put it there, and how many there are.

A list of a campaign holds those that its numbers count: customers of arms that were not held out. Amounts are minor
units.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final

import pandas as pd
import sqlalchemy as sa

from data_access import measures
from data_access.measures import Names
from data_access.promises import promised
from data_access.reading import colleagues
from data_access.reading.reader import Reader
from data_access.settings import settings

COLUMNS: Final = ("customer_id", "branch_id", "staff_id", "campaign_id", "happened_on", "about", "amount")

Rows = sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which rows of a list are meant.

    Attributes:
        first: First day on which it happened; not bounded if None. Lists of campaigns go by the campaign.
        last: Last day.
        campaigns: Of these; lists without campaigns take no notice.
        arm: Of this arm alone; of all that were not held out if empty.
        branches: Of these alone; of all of the reader's if empty.
        months: First days of the months of lists that go by whole months, the earliest first; none if empty.
        tiers: The tiers of a list of tiers; nobody if empty.
    """

    first: date | None = None
    last: date | None = None
    campaigns: Names = ()
    arm: str = ""
    branches: Names = ()
    months: tuple[date, ...] = ()
    tiers: Names = ()


@dataclass(frozen=True, slots=True)
class CustomerList:
    """One kind of list.

    Attributes:
        of_campaigns: Whether its rows belong to campaigns, and not to days.
        needs: Table and columns without which it cannot be told.
        rows: Its rows, with `COLUMNS`.
    """

    of_campaigns: bool
    needs: Mapping[str, tuple[str, ...]]
    rows: Callable[[Reader, Chosen], Rows]

    def lacks(self, reader: Reader) -> str:
        """The table or column without which it cannot be told; empty where nothing lacks."""
        for table, columns in self.needs.items():
            if not reader.has(table):
                return table
            if missing := next((column for column in columns if not reader.has(table, column)), ""):
                return f"{table}.{missing}"
        return ""


def counts(reader: Reader, kind: str, chosen: Chosen) -> pd.DataFrame:
    """How long a list is.

    Args:
        reader: whose rows.
        kind: one of `LISTS`.
        chosen: which rows of it.

    Returns:
        One row: ``n`` (rows), ``customers`` and ``amount``; missing where the feeds do not record them.
    """
    every, told = _listed(reader, kind, chosen), not LISTS[kind].lacks(reader)
    customers = sa.func.count(sa.distinct(every.c["customer_id"])).label("customers")
    return reader.frame(
        sa.select(
            measures.known_if(told, sa.func.count().label("n")),
            measures.known_if(told, customers),
            measures.total(every.c["amount"], "amount"),
        ).where(_happened(every))
    )


def rows(reader: Reader, kind: str, chosen: Chosen, *, page: int = 1, size: int = 50) -> pd.DataFrame:
    """One page of a list, the latest first.

    Args:
        reader: whose rows.
        kind: one of `LISTS`.
        chosen: which rows of it.
        page: the first is 1.
        size: rows of a page.

    Returns:
        `COLUMNS`: whose customer it is, when it happened, what it is about (arm, channel, product, tier, score), and
        the amount.

    Raises:
        AccessError: the viewer may not see single customers.
    """
    every = _listed(reader, kind, chosen)
    statement = (
        sa.select(every)
        .where(_happened(every))
        .order_by(every.c["happened_on"].desc(), every.c["customer_id"], every.c["campaign_id"], every.c["about"])
    )
    return reader.rows(statement, page=page, size=size)


def _listed(reader: Reader, kind: str, chosen: Chosen) -> sa.Subquery:
    return LISTS[kind].rows(reader, chosen).subquery("listed")


def _happened(every: sa.Subquery) -> sa.ColumnElement[bool]:
    """A period without bounds holds all that happened, and not what never did."""
    return every.c["happened_on"].is_not(None)


def _columns(
    source: sa.FromClause, happened: sa.ColumnElement[Any], about: Any = None, amount: Any = None
) -> list[sa.ColumnElement[Any]]:
    nothing = sa.cast(sa.null(), sa.Text)
    return [
        source.c["customer_id"],
        source.c["branch_id"],
        source.c.get("staff_id", source.c.get("manager_staff_id", nothing)).label("staff_id"),
        source.c.get("campaign_id", nothing).label("campaign_id"),
        sa.cast(happened, sa.Date).label("happened_on"),
        (nothing if about is None else about).label("about"),
        (sa.cast(sa.null(), sa.BigInteger) if amount is None else amount).label("amount"),
    ]


def _members(
    happened: str, about: str, amount: str = "", only: Callable[[Reader, sa.FromClause], Sequence[Any]] | None = None
) -> Callable[[Reader, Chosen], Rows]:
    """Customers of campaigns to whom something happened."""

    def select(reader: Reader, chosen: Chosen) -> Rows:
        member = reader.table("campaign_member")
        arms = [member.c["arm"] == chosen.arm] if chosen.arm else [measures.treated(reader, member)]
        return sa.select(
            *_columns(member, member.c[happened], member.c[about], member.c[amount] if amount else None)
        ).where(
            member.c[happened].is_not(None),
            *arms,
            *(only(reader, member) if only else ()),
            *measures.among(member.c["campaign_id"], chosen.campaigns),
            *measures.among(member.c["branch_id"], chosen.branches),
        )

    return select


def _complained(reader: Reader, chosen: Chosen) -> Rows:
    complaint = reader.table("complaint")
    return sa.select(*_columns(complaint, complaint.c["opened_at"])).where(
        complaint.c["campaign_id"].is_not(None),
        *measures.among(complaint.c["campaign_id"], chosen.campaigns),
        *measures.among(complaint.c["branch_id"], chosen.branches),
    )


def _answered(least: int, most: int, *, of_campaigns: bool, of_staff: bool = False) -> Callable[[Reader, Chosen], Rows]:
    """Who answered on the scale of 1 to 5, from one score to another; of a person, if asked for."""

    def select(reader: Reader, chosen: Chosen) -> Rows:
        asked = reader.table("satisfaction")
        about = sa.cast(sa.cast(asked.c["score"], sa.Integer), sa.Text)
        when = (
            [asked.c["campaign_id"].is_not(None), *measures.among(asked.c["campaign_id"], chosen.campaigns)]
            if of_campaigns
            else measures.within(asked.c["invited_at"], chosen.first, chosen.last)
        )
        return sa.select(*_columns(asked, asked.c["invited_at"], about)).where(
            asked.c["scale"] == "csat5",
            asked.c["score"].between(least, most),
            *([asked.c["staff_id"].is_not(None)] if of_staff else []),
            *when,
            *measures.among(asked.c["branch_id"], chosen.branches),
        )

    return select


def _opened(*, funded: bool) -> Callable[[Reader, Chosen], Rows]:
    """Who opened a first account; funded by the Sunday of that week, as the week's number counts them."""

    def select(reader: Reader, chosen: Chosen) -> Rows:
        customer = reader.table("customer")
        day = customer.c["opened_on"]
        columns = _columns(customer, day, customer.c["acquired_channel"])
        statement = sa.select(*columns).where(
            *measures.within(day, chosen.first, chosen.last), *measures.among(customer.c["branch_id"], chosen.branches)
        )
        return statement.where(measures.funded_by_sunday(reader, customer)) if funded else statement

    return select


def _converted_in_week(reader: Reader, chosen: Chosen) -> Rows:
    member = reader.table("campaign_member")
    columns = _columns(member, member.c["converted_at"], member.c["arm"], member.c["sales_amount"])
    return sa.select(*columns).where(
        measures.converted(member),
        *measures.within(member.c["converted_at"], chosen.first, chosen.last),
        *measures.among(member.c["branch_id"], chosen.branches),
    )


def _contacted_in_week(*, participated: bool) -> Callable[[Reader, Chosen], Rows]:
    """Who was first contacted then; and of those, who took part within seven days."""

    def select(reader: Reader, chosen: Chosen) -> Rows:
        member = reader.table("campaign_member")
        reached, came = member.c["contacted_at"], member.c["participated_at"]
        soon = [came.is_not(None), measures.days_between(reached, came) <= 7] if participated else []
        return sa.select(*_columns(member, reached, member.c["channel"])).where(
            *measures.within(reached, chosen.first, chosen.last),
            *soon,
            *measures.among(member.c["branch_id"], chosen.branches),
        )

    return select


def _given(*, converted: bool) -> Callable[[Reader, Chosen], Rows]:
    """Whom a person was to reach, of those assigned then whose window is closed; and of them, who bought."""

    def select(reader: Reader, chosen: Chosen) -> Rows:
        member = reader.table("campaign_member")
        return sa.select(*_columns(member, member.c["assigned_at"], member.c["channel"])).where(
            *colleagues.given(reader, member, settings()),
            *([measures.converted(member)] if converted else []),
            *measures.within(member.c["assigned_at"], chosen.first, chosen.last),
            *measures.among(member.c["branch_id"], chosen.branches),
        )

    return select


def _referred(*, closed: bool) -> Callable[[Reader, Chosen], Rows]:
    """Whom a colleague was told of then, and accepted; and of them, whom that sold to."""

    def select(reader: Reader, chosen: Chosen) -> Rows:
        referral = reader.table("referral")
        nothing = sa.cast(sa.null(), sa.Text)
        sold = [referral.c["closed_at"].is_not(None), referral.c["sale_id"].is_not(None)] if closed else []
        return sa.select(
            referral.c["customer_id"],
            referral.c["branch_id"],
            referral.c["to_staff_id"].label("staff_id"),
            nothing.label("campaign_id"),
            sa.cast(referral.c["made_at"], sa.Date).label("happened_on"),
            nothing.label("about"),
            sa.cast(sa.null(), sa.BigInteger).label("amount"),
        ).where(
            referral.c["from_staff_id"].is_not(None),
            referral.c["accepted_at"].is_not(None),
            *sold,
            *measures.within(referral.c["made_at"], chosen.first, chosen.last),
            *measures.among(referral.c["branch_id"], chosen.branches),
        )

    return select


def _bought(reader: Reader, chosen: Chosen) -> Rows:
    sale, product = reader.table("sale"), reader.table("product")
    amount = sale.c["amount"] - sale.c["internally_funded_amount"]
    columns = _columns(sale, sale.c["sold_at"], product.c["name"], amount)
    return (
        sa.select(*columns)
        .select_from(sale.outerjoin(product, product.c["product_id"] == sale.c["product_id"]))
        .where(
            sale.c["reversed_at"].is_(None),
            *measures.within(sale.c["sold_at"], chosen.first, chosen.last),
            *measures.among(sale.c["branch_id"], chosen.branches),
        )
    )


def _brought(reader: Reader, chosen: Chosen) -> Rows:
    """Whose money came into the bank or left it: what came less what left, dated by the last of these months."""
    flow, customer = reader.table("asset_flow"), reader.table("customer")
    moved = sa.or_(flow.c["inflow"] != 0, flow.c["outflow"] != 0)
    flows = (
        sa.select(
            flow.c["customer_id"],
            flow.c["branch_id"],
            sa.func.max(flow.c["month_no"]).label("month_no"),
            measures.total(flow.c["inflow"] - flow.c["outflow"], "amount"),
        )
        .where(moved, _in_months(flow, chosen.months), *measures.among(flow.c["branch_id"], chosen.branches))
        .group_by(flow.c["customer_id"], flow.c["branch_id"])
        .subquery("flows")
    )
    return _with_manager(flows, customer, chosen.months, None, flows.c["amount"])


def _held_tier(reader: Reader, chosen: Chosen) -> Rows:
    """Who held one of the tiers in the last of the months."""
    snapshot, customer = reader.table("tier_snapshot"), reader.table("customer")
    statement = _with_manager(snapshot, customer, chosen.months[-1:], snapshot.c["tier"], snapshot.c["aum"])
    return statement.where(
        _in_months(snapshot, chosen.months[-1:]),
        snapshot.c["tier"].in_(chosen.tiers),
        *measures.among(snapshot.c["branch_id"], chosen.branches),
    )


def _with_manager(
    source: sa.FromClause, customer: sa.FromClause, months: tuple[date, ...], about: Any, amount: sa.ColumnElement[Any]
) -> Rows:
    """Rows of whole months, with who looks after the customer today."""
    nothing = sa.cast(sa.null(), sa.Text)
    day = sa.case(*((source.c["month_no"] == _number(one), one) for one in months)) if months else sa.null()
    return sa.select(
        source.c["customer_id"],
        source.c["branch_id"],
        customer.c["manager_staff_id"].label("staff_id"),
        nothing.label("campaign_id"),
        sa.cast(day, sa.Date).label("happened_on"),
        (nothing if about is None else about).label("about"),
        amount.label("amount"),
    ).select_from(source.outerjoin(customer, customer.c["customer_id"] == source.c["customer_id"]))


def _in_months(source: sa.FromClause, months: tuple[date, ...]) -> sa.ColumnElement[bool]:
    return source.c["month_no"].in_([_number(one) for one in months])


def _number(month: date) -> int:
    return month.year * 12 + month.month - 1


def _due(*, kept: bool) -> Callable[[Reader, Chosen], Rows]:
    """Promises of a contact that fell due then: kept, or not."""

    def select(reader: Reader, chosen: Chosen) -> Rows:
        rules = settings().to_do
        promise = promised(reader, rules.promised_days, rules.mass_channels, chosen.branches)
        due, following = promise.c["due_on"], promise.c["next_on"]
        in_time = sa.func.coalesce(following <= due, sa.false())
        return sa.select(*_columns(promise, due)).where(
            *measures.within(due, chosen.first, chosen.last), in_time if kept else sa.not_(in_time)
        )

    return select


def _closed(reader: Reader, member: sa.FromClause) -> list[Any]:
    return [measures.matured(reader, member)]


def _bought_inside(reader: Reader, member: sa.FromClause) -> list[Any]:
    return [measures.converted(member), measures.matured(reader, member)]


def _counting(reader: Reader, member: sa.FromClause) -> list[Any]:
    return [sa.not_(measures.matured(reader, member))]


_MEMBER: Final = "campaign_member"
_RATED: Final[Mapping[str, tuple[str, ...]]] = {"satisfaction": ("score", "staff_id")}
_REFERRED: Final = ("from_staff_id", "accepted_at")
_PROMISED: Final[Mapping[str, tuple[str, ...]]] = {"contact": (), "tier_snapshot": ()}

LISTS: Final[Mapping[str, CustomerList]] = MappingProxyType(
    {
        "assigned": CustomerList(True, {_MEMBER: ()}, _members("assigned_at", "arm")),
        "closed": CustomerList(True, {_MEMBER: ()}, _members("assigned_at", "arm", only=_closed)),
        "counting": CustomerList(True, {_MEMBER: ()}, _members("assigned_at", "arm", only=_counting)),
        "contacted": CustomerList(True, {_MEMBER: ("contacted_at",)}, _members("contacted_at", "channel")),
        "participated": CustomerList(True, {_MEMBER: ("participated_at",)}, _members("participated_at", "channel")),
        "converted": CustomerList(
            True, {_MEMBER: ("converted_at",)}, _members("converted_at", "arm", "sales_amount", _bought_inside)
        ),
        "complained": CustomerList(True, {"complaint": ("campaign_id",)}, _complained),
        "satisfied": CustomerList(True, {"satisfaction": ("score", "campaign_id")}, _answered(4, 5, of_campaigns=True)),
        "dissatisfied": CustomerList(
            True, {"satisfaction": ("score", "campaign_id")}, _answered(1, 3, of_campaigns=True)
        ),
        "opened": CustomerList(False, {"customer": ("opened_on",)}, _opened(funded=False)),
        "funded": CustomerList(False, {"customer": ("opened_on",), "holding": ()}, _opened(funded=True)),
        "bought": CustomerList(False, {"sale": ("amount", "internally_funded_amount")}, _bought),
        "converted_then": CustomerList(False, {_MEMBER: ("converted_at",)}, _converted_in_week),
        "contacted_then": CustomerList(False, {_MEMBER: ("contacted_at",)}, _contacted_in_week(participated=False)),
        "participated_then": CustomerList(
            False, {_MEMBER: ("contacted_at", "participated_at")}, _contacted_in_week(participated=True)
        ),
        "satisfied_then": CustomerList(False, {"satisfaction": ("score",)}, _answered(4, 5, of_campaigns=False)),
        "brought": CustomerList(False, {"asset_flow": ("inflow", "outflow"), "tier_snapshot": ()}, _brought),
        "upper_tier": CustomerList(False, {"tier_snapshot": ()}, _held_tier),
        "kept_then": CustomerList(False, _PROMISED, _due(kept=True)),
        "not_kept_then": CustomerList(False, _PROMISED, _due(kept=False)),
        "dissatisfied_then": CustomerList(False, {"satisfaction": ("score",)}, _answered(1, 3, of_campaigns=False)),
        "given_then": CustomerList(False, {_MEMBER: ("staff_id",)}, _given(converted=False)),
        "given_converted_then": CustomerList(False, {_MEMBER: ("staff_id", "converted_at")}, _given(converted=True)),
        "referred_then": CustomerList(False, {"referral": _REFERRED}, _referred(closed=False)),
        "referred_closed_then": CustomerList(
            False, {"referral": (*_REFERRED, "closed_at", "sale_id")}, _referred(closed=True)
        ),
        "rated_well_then": CustomerList(False, _RATED, _answered(4, 5, of_campaigns=False, of_staff=True)),
        "rated_low_then": CustomerList(False, _RATED, _answered(1, 3, of_campaigns=False, of_staff=True)),
    }
)
"""The lists by their name in the URL."""
