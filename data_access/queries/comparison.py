"""The two sides of a comparison, counted by what tells their customers apart.

A side is some arms of some campaigns. Every count is of customers assigned in the reader's branches, contacted or not;
amounts are minor units. A customer's traits are those before the campaign: tier and age at assignment, the channel that
won them, whether they had bought and whether the bank had been in touch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import pandas as pd
import sqlalchemy as sa

from data_access import measures
from data_access.measures import Names
from data_access.reading.reader import Reader

Arms = tuple[tuple[str, str], ...]
"""Campaign and arm, one by one."""

TRAITS: Final = ("tier", "age_from", "won", "touched", "bought")
"""What customers are told apart by before a campaign."""

AGES_FROM: Final = (0, 25, 35, 45, 55, 65)
"""First year of age of each band; a band ends where the next begins, the last has no end."""

BEFORE: Final = 90
"""Days before assignment in which earlier contacts are counted."""

CAPPED: Final = ("sales", "contribution", "net_new")
"""Amounts of which a few large ones can be cut."""

AMOUNTS: Final = (*CAPPED, "baseline")


@dataclass(frozen=True, slots=True)
class Sides:
    """Whom a comparison counts.

    Attributes:
        a: Arms of one side.
        b: Arms of the other.
        trait: Of `TRAITS`, by which customers are restricted; empty for all.
        value: The trait's value, as text.
        branches: Whose customers are counted; all of the reader's if empty.
    """

    a: Arms
    b: Arms
    trait: str = ""
    value: str = ""
    branches: tuple[str, ...] = ()


def totals(reader: Reader, sides: Sides, *, by: Names = (), capped: Names = ()) -> pd.DataFrame:
    """Everything that a comparison asks of each side.

    Args:
        reader: whose rows.
        sides: whom.
        by: `campaign_id` or `branch_id`, in which the sides are told apart further.
        capped: amounts that are cut at the 99th percentile of both sides together, and net new money, which may be
            negative, at the 1st too.

    Returns:
        ``side`` ("a" or "b"), what was asked for, ``n`` (assigned), and of members whose window has closed
        ``matured``, ``matured_contacted``, ``matured_converted``, ``contacted_matured_converted``, and of sales,
        contribution, net_new and baseline ``known_<m>``, ``sum_<m>``, ``squares_<m>`` and, but for the last,
        ``contacted_known_<m>`` and ``contacted_sum_<m>`` (of those contacted), ``product_baseline_<m>``.
    """
    member = reader.table("campaign_member")
    contacted, converted = measures.contacted(member), measures.converted(member)
    source, amounts = _amounts(reader, member, sides, capped)
    keys = [_side(member, sides), *(member.c[name] for name in by)]
    chosen = list(_chosen(reader, member, sides))
    record = partial(measures.recorded, reader, "campaign_member")
    everyone = (
        sa.select(*keys, sa.func.count().label("n"))
        .select_from(_with_customer(reader, member, [sides.trait]))
        .where(*chosen)
        .group_by(*keys)
        .subquery("everyone")
    )
    # Closed windows are told by row and once, not again in every sum.
    closed = (
        sa.select(
            *keys,
            sa.func.count().label("matured"),
            measures.count(contacted, "matured_contacted"),
            measures.count(converted, "matured_converted"),
            measures.count(sa.and_(contacted, converted), "contacted_matured_converted"),
            *(label for name, amount in amounts.items() for label in measures.moments(name, amount)),
            *(
                label
                for name, amount in amounts.items()
                if name != "baseline"
                for label in (
                    sa.func.count(sa.case((contacted, amount))).label(f"contacted_known_{name}"),
                    sa.func.sum(sa.case((contacted, amount))).label(f"contacted_sum_{name}"),
                    measures.product("baseline", name, amounts.__getitem__),
                )
            ),
        )
        .select_from(source)
        .where(measures.matured(reader, member), *chosen)
        .group_by(*keys)
        .subquery("closed")
    )
    same = sa.and_(*(everyone.c[key.name] == closed.c[key.name] for key in keys))
    counts = ("matured", "matured_contacted", "matured_converted", "contacted_matured_converted")
    statement = sa.select(
        *everyone.c,
        _or_none(closed.c["matured"]),
        record("contacted_at", _or_none(closed.c["matured_contacted"])),
        record("converted_at", _or_none(closed.c["matured_converted"])),
        record(("contacted_at", "converted_at"), _or_none(closed.c["contacted_matured_converted"])),
        *(column for column in closed.c if column.key not in {*counts, *(key.name for key in keys)}),
    ).select_from(everyone.outerjoin(closed, same))
    return reader.frame(statement.order_by(*(everyone.c[key.name] for key in keys)))


def parts(reader: Reader, sides: Sides, by: Sequence[str], amount: str = "") -> pd.DataFrame:
    """One outcome of both sides by traits, branch, week of assignment or day on which windows closed.

    Args:
        reader: whose rows.
        sides: whom.
        by: of `TRAITS`, or ``branch_id``, ``assigned_week``, ``matures_on``.
        amount: sales, contribution or net_new; empty for conversion.

    Returns:
        ``side``, the columns asked for, ``n``, ``matured``, and of members whose window has closed
        ``matured_converted``, or the amount's ``known_<m>``, ``sum_<m>``, ``squares_<m>``.
    """
    member = reader.table("campaign_member")
    closed = measures.matured(reader, member)
    side = _side(member, sides)
    keys = [side, *(_trait(reader, member, name).label(name) for name in by)]
    outcome = (
        measures.moments(amount, member.c[measures.AMOUNTS[amount]], closed)
        if amount
        else [
            measures.recorded(
                reader,
                "campaign_member",
                "converted_at",
                measures.count(sa.and_(closed, measures.converted(member)), "matured_converted"),
            )
        ]
    )
    source = _with_customer(reader, member, [*by, sides.trait])
    counted = (
        sa.select(*keys, sa.func.count().label("n"), measures.count(closed, "matured"), *outcome)
        .select_from(source)
        .where(*_chosen(reader, member, sides))
        .group_by(*keys)
    )
    return reader.frame(counted.order_by(*keys))


def harm(reader: Reader, sides: Sides) -> pd.DataFrame:
    """Complaints, opt-outs and answers of both sides while windows were open, whatever they were about.

    Only members whose window has closed in each of the tables that are counted, so that all were watched equally long.

    Returns:
        ``side``, ``matured``, ``complaints``, ``opted_out`` (customers), and of answers from 1 to 5 ``known_score``,
        ``sum_score``, ``squares_score``. What the feeds do not record is missing.
    """
    member = reader.table("campaign_member")
    complaint, consent, asked = (reader.table(name) for name in ("complaint", "consent", "satisfaction"))
    side = _side(member, sides)
    chosen = [
        measures.matured(reader, member, "complaint", "consent", "satisfaction"),
        *_chosen(reader, member, sides),
    ]
    source = _with_customer(reader, member, [sides.trait])

    def told(
        name: str,
        what: sa.FromClause,
        when: str,
        columns: Sequence[sa.ColumnElement[Any]],
        *where: sa.ColumnElement[bool],
    ) -> sa.Subquery:
        during = sa.and_(
            what.c["customer_id"] == member.c["customer_id"],
            what.c[when] >= member.c["assigned_at"],
            sa.cast(what.c[when], sa.Date) <= member.c["matures_on"],
        )
        joined = source.join(what, during)
        return sa.select(side, *columns).select_from(joined).where(*chosen, *where).group_by(side).subquery(name)

    everyone = (
        sa.select(side, sa.func.count().label("matured"))
        .select_from(source)
        .where(*chosen)
        .group_by(side)
        .subquery("everyone")
    )
    complained = told("complained", complaint, "opened_at", [sa.func.count().label("complaints")])
    customers = sa.func.count(sa.distinct(member.c["customer_id"])).label("opted_out")
    withdrew = told("withdrew", consent, "withdrawn_at", [customers])
    score = list(measures.moments("score", asked.c["score"]))
    rated = told("rated", asked, "responded_at", score, asked.c["scale"] == "csat5")
    beside: sa.FromClause = everyone
    for part in (complained, withdrew, rated):
        beside = beside.outerjoin(part, everyone.c["side"] == part.c["side"])
    statement = sa.select(
        *everyone.c,
        measures.recorded(reader, "complaint", (), _or_none(complained.c["complaints"])),
        measures.recorded(reader, "consent", "withdrawn_at", _or_none(withdrew.c["opted_out"])),
        measures.recorded(reader, "satisfaction", ("score", "responded_at"), _or_none(rated.c["known_score"])),
        rated.c["sum_score"],
        rated.c["squares_score"],
    ).select_from(beside)
    return reader.frame(statement.order_by(everyone.c["side"]))


def traits(reader: Reader, sides: Sides, upper: Names = ()) -> pd.DataFrame:
    """What the customers of both sides were like before, for telling how alike the sides are.

    Args:
        reader: whose rows.
        sides: whom.
        upper: tiers that count as the upper ones.

    Returns:
        ``side``, and of each trait ``known_<t>``, ``sum_<t>``, ``squares_<t>``: ``assets`` (average of the month before
        assignment, minor units), ``sales_before`` (minor units), ``months`` (as a customer), ``age`` (years),
        ``upper_tier`` (1 or 0), ``contacts`` (in the days of `BEFORE`). A trait that no feed records is left out.
    """
    member, customer = reader.table("campaign_member"), reader.table("customer")
    snapshot, contact = reader.table("tier_snapshot"), reader.table("contact")
    assigned = member.c["assigned_at"]
    month = sa.extract("year", assigned) * 12 + sa.extract("month", assigned) - 2  # numbers begin at January, with 0
    source = _with_customer(reader, member, ["age_from"])
    values: dict[str, sa.ColumnElement[Any]] = {}
    if reader.has("tier_snapshot", "aum"):
        last = sa.and_(
            snapshot.c["customer_id"] == member.c["customer_id"], snapshot.c["month_no"] == sa.cast(month, sa.Integer)
        )
        source = source.outerjoin(snapshot, last)
        values["assets"] = snapshot.c["aum"]
    if reader.has("campaign_member", "baseline_amount"):
        values["sales_before"] = member.c["baseline_amount"]
    if reader.has("customer", "opened_on"):
        values["months"] = measures.days_between(customer.c["opened_on"], assigned) / 30.4375
    if reader.has("customer", "birth_year"):
        values["age"] = sa.extract("year", assigned) - customer.c["birth_year"]
    if upper and reader.has("campaign_member", "tier"):
        tier = member.c["tier"]
        values["upper_tier"] = sa.case((tier.in_(list(upper)), 1), (tier.is_not(None), 0))
    if reader.has("contact"):
        before = (
            sa.select(member.c["campaign_id"], member.c["customer_id"], sa.func.count().label("contacts"))
            .select_from(member.join(contact, _in_touch(member, contact)))
            .where(sa.or_(_of(member, sides.a), _of(member, sides.b)))
            .group_by(member.c["campaign_id"], member.c["customer_id"])
            .subquery("before")
        )
        same = sa.and_(
            before.c["campaign_id"] == member.c["campaign_id"], before.c["customer_id"] == member.c["customer_id"]
        )
        source = source.outerjoin(before, same)
        values["contacts"] = sa.func.coalesce(before.c["contacts"], 0)
    side = _side(member, sides)
    told = [label for name, value in values.items() for label in measures.moments(name, value)]
    statement = (
        sa.select(side, *told).select_from(source).where(*_chosen(reader, member, sides)).group_by(side).order_by(side)
    )
    return reader.frame(statement)


def on_both(reader: Reader, sides: Sides) -> pd.DataFrame:
    """How many customers were on both sides of two campaigns: one row, ``customers`` (of both) and ``both``."""
    member = reader.table("campaign_member")
    other = member.alias("other")
    everybody = sa.select(sa.func.count(sa.distinct(member.c["customer_id"]))).where(
        sa.or_(_of(member, sides.a), _of(member, sides.b)), *_of_branches(member, sides)
    )
    twice = (
        sa.select(sa.func.count(sa.distinct(member.c["customer_id"])))
        .select_from(member.join(other, other.c["customer_id"] == member.c["customer_id"]))
        .where(_of(member, sides.a), _of(other, sides.b), *_of_branches(member, sides))
    )
    counted = everybody.scalar_subquery().label("customers"), twice.scalar_subquery().label("both")
    return reader.frame(sa.select(*counted))


def on_several(reader: Reader, arms: Arms, branches: Names = ()) -> pd.DataFrame:
    """How many customers were in more than one of several campaigns: one row, ``customers`` (of all) and ``several``.

    Args:
        reader: whose rows.
        arms: of the campaigns, as campaign and arm.
        branches: customers assigned in these; all of the reader's if empty.
    """
    member = reader.table("campaign_member")
    each = (
        sa.select(sa.func.count(sa.distinct(member.c["campaign_id"])).label("campaigns"))
        .where(_of(member, arms), *measures.among(member.c["branch_id"], branches))
        .group_by(member.c["customer_id"])
        .subquery("each")
    )
    return reader.frame(
        sa.select(sa.func.count().label("customers"), measures.count(each.c["campaigns"] > 1, "several"))
    )


def _side(member: sa.FromClause, sides: Sides) -> sa.Label[str]:
    return sa.case((_of(member, sides.a), sa.literal("a", sa.Text)), else_=sa.literal("b", sa.Text)).label("side")


def _of(member: sa.FromClause, arms: Arms) -> sa.ColumnElement[bool]:
    """Members of some arms of some campaigns."""
    names: dict[str, list[str]] = {}
    for campaign, arm in arms:
        names.setdefault(campaign, []).append(arm)
    alike: dict[tuple[str, ...], list[str]] = {}
    for campaign, of_campaign in names.items():
        alike.setdefault(tuple(sorted(of_campaign)), []).append(campaign)
    return sa.or_(
        sa.false(),
        *(
            sa.and_(member.c["campaign_id"].in_(campaigns), member.c["arm"].in_(list(arm)))
            for arm, campaigns in alike.items()
        ),
    )


def _chosen(reader: Reader, member: sa.FromClause, sides: Sides) -> Iterator[sa.ColumnElement[bool]]:
    yield sa.or_(_of(member, sides.a), _of(member, sides.b))
    yield from _of_branches(member, sides)
    if sides.trait:
        trait = _trait(reader, member, sides.trait)
        yield trait == (int(sides.value) if sides.trait not in ("tier", "won") else sides.value)


def _of_branches(member: sa.FromClause, sides: Sides) -> list[sa.ColumnElement[bool]]:
    return measures.among(member.c["branch_id"], sides.branches)


def _with_customer(reader: Reader, member: sa.FromClause, names: Sequence[str]) -> sa.FromClause:
    """Members, with their customer where a trait needs it."""
    if not {"age_from", "won"} & set(names):
        return member
    customer = reader.table("customer")
    return member.outerjoin(customer, customer.c["customer_id"] == member.c["customer_id"])


def _trait(reader: Reader, member: sa.FromClause, name: str) -> sa.ColumnElement[Any]:
    """A trait of the members; those of the customer are missing where the viewer does not see the customer now."""
    return _TRAITS.get(name, lambda _, of: of.c[name])(reader, member)


def _age(reader: Reader, member: sa.FromClause) -> sa.ColumnElement[Any]:
    age = sa.extract("year", member.c["assigned_at"]) - reader.table("customer").c["birth_year"]
    return sa.case(*((age >= first, first) for first in reversed(AGES_FROM)))


def _touched(reader: Reader, member: sa.FromClause) -> sa.ColumnElement[Any]:
    touched = sa.case((sa.exists().where(_in_touch(member, reader.table("contact"))), 1), else_=0)
    return touched if reader.has("contact") else sa.cast(sa.null(), sa.Integer)


def _bought(_: Reader, member: sa.FromClause) -> sa.ColumnElement[Any]:
    baseline = member.c["baseline_amount"]
    return sa.case((baseline > 0, 1), (baseline.is_not(None), 0))


_TRAITS: Mapping[str, Callable[[Reader, sa.FromClause], sa.ColumnElement[Any]]] = {
    "age_from": _age,
    "won": lambda reader, _: reader.table("customer").c["acquired_channel"],
    "touched": _touched,
    "bought": _bought,
}


def _in_touch(member: sa.FromClause, contact: sa.FromClause) -> sa.ColumnElement[bool]:
    """A contact of the member's in the days before assignment."""
    return sa.and_(
        contact.c["customer_id"] == member.c["customer_id"],
        measures.days_between(contact.c["contacted_at"], member.c["assigned_at"]).between(1, BEFORE),
    )


def _amounts(
    reader: Reader, member: sa.FromClause, sides: Sides, capped: Names
) -> tuple[sa.FromClause, dict[str, sa.ColumnElement[Any]]]:
    amounts: dict[str, sa.ColumnElement[Any]] = {name: member.c[measures.AMOUNTS[name]] for name in AMOUNTS}
    source = _with_customer(reader, member, [sides.trait])
    if not capped:
        return source, amounts
    cuts = {
        f"{end}_{name}": sa.func.percentile_disc(at).within_group(amounts[name]).label(f"{end}_{name}")
        for name in capped
        for end, at in (("least", 0.01), ("most", 0.99))
        if end == "most" or name == "net_new"
    }
    caps = (
        sa.select(*cuts.values())
        .select_from(source)
        .where(measures.matured(reader, member), *_chosen(reader, member, sides))
        .subquery("caps")
    )
    for name in capped:
        value = sa.func.least(amounts[name], caps.c[f"most_{name}"])
        value = sa.func.greatest(value, caps.c[f"least_{name}"]) if name == "net_new" else value
        amounts[name] = sa.case((member.c[measures.AMOUNTS[name]].is_not(None), value))
    return source.join(caps, sa.true()), amounts


def _or_none(count: sa.ColumnElement[int]) -> sa.Label[Any]:
    """A count, 0 where nothing was counted."""
    return sa.func.coalesce(count, 0).label(count.key)
