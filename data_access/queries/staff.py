"""Staff: what they were given, what came of it, whom they served and kept, and when they were there.

One row per staff member (and stratum, where the mix matters), of rows in the reader's branches at the time. Rows that
name nobody are left out. Counts and amounts only: who is better than whom is for `metrics.staff.performance` to say.
Amounts are minor units.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

import pandas as pd
import sqlalchemy as sa

from data_access import measures
from data_access.measures import Names
from data_access.reading.reader import Reader

Stratum = Literal["tier", "campaign_id", "channel", "arm", "quarter"]
KEPT_AFTER_DAYS = 90
"""A product counts for cross-selling once it was still funded and active this many days after the sale."""
SUITED_LINES = ("wealth", "fund", "insurance", "precious_metal")
"""Lines whose products may lose money: each sale needs a rating of the customer that bears the product's risk."""


def people(reader: Reader, *, branches: Names = ()) -> pd.DataFrame:
    """Staff with a posting in the reader's branches, now or before.

    Args:
        reader: whose rows.
        branches: with a posting in these; in any of the reader's if empty.

    Returns:
        ``staff_id``, ``name``, ``role``, ``hired_on``, ``left_on`` and ``mentor_id``.
    """
    staff = reader.table("staff")
    columns = [staff.c[name] for name in ("staff_id", "name", "role", "hired_on", "left_on", "mentor_id")]
    statement = sa.select(*columns)
    if branches:
        posting = reader.table("staff_posting")
        there = sa.select(posting.c["staff_id"]).where(posting.c["branch_id"].in_(list(branches)))
        statement = statement.where(staff.c["staff_id"].in_(there))
    return reader.frame(statement.order_by(staff.c["staff_id"]))


def roles(reader: Reader) -> pd.DataFrame:
    """Roles of the reader's staff: ``role``, in the order of the alphabet."""
    role = reader.table("staff").c["role"]
    return reader.frame(sa.select(role).where(role.is_not(None)).group_by(role).order_by(role))


def postings(reader: Reader, *, first: date, last: date) -> pd.DataFrame:
    """Who was posted where in a period: what attainment by days present rests on.

    Returns:
        ``staff_id``, ``branch_id``, ``from_on`` and ``to_on`` (cut to the period) and ``full_time_share`` (missing if
        not recorded); one row per posting that touches the period.
    """
    posting = reader.table("staff_posting")
    statement = sa.select(
        posting.c["staff_id"],
        posting.c["branch_id"],
        sa.func.greatest(posting.c["from_on"], first, type_=sa.Date).label("from_on"),
        sa.func.least(sa.func.coalesce(posting.c["to_on"], last), last, type_=sa.Date).label("to_on"),
        posting.c["full_time_share"],
    ).where(posting.c["from_on"] <= last, sa.or_(posting.c["to_on"].is_(None), posting.c["to_on"] >= first))
    return reader.frame(statement.order_by(posting.c["staff_id"], posting.c["from_on"], posting.c["branch_id"]))


def results_by_mix(
    reader: Reader,
    *,
    first: date | None = None,
    last: date | None = None,
    strata: Sequence[Stratum] = ("tier", "campaign_id", "channel"),
    campaigns: Names = (),
    branches: Names = (),
    but_channels: Names = (),
) -> pd.DataFrame:
    """What became of the campaign members each person was given, by stratum of the mix.

    Members of control arms are nobody's to sell to, and members whose attribution window is open are not failures
    yet: both are left out.

    Args:
        reader: whose rows.
        first: members assigned from this day on.
        last: members assigned up to this day.
        strata: what makes up the mix; fewer give fewer rows. A quarter is year * 4 + quarter - 1.
        campaigns: identifiers; all if empty.
        branches: members of these branches; all of the reader's if empty.
        but_channels: channels left out, such as those of messages to many, which nobody's skill moves.

    Returns:
        ``staff_id``, the strata, the counts ``n``, ``contacted``, ``participated`` and ``converted``, and of the sales
        ``known_sales``, ``sum_sales`` and ``squares_sales``.
    """
    member = reader.table("campaign_member")
    steps = {
        "contacted": measures.contacted(member),
        "participated": measures.participated(member),
        "converted": measures.converted(member),
    }
    assigned, channel = member.c["assigned_at"], member.c["channel"]
    quarter = sa.extract("year", assigned) * 4 + sa.extract("quarter", assigned) - 1
    keys = [
        member.c["staff_id"],
        *(sa.cast(quarter, sa.Integer).label(name) if name == "quarter" else member.c[name] for name in strata),
    ]
    statement = sa.select(
        *keys,
        sa.func.count().label("n"),
        *(
            measures.recorded(reader, "campaign_member", f"{name}_at", measures.count(condition, name))
            for name, condition in steps.items()
        ),
        *measures.moments("sales", member.c["sales_amount"]),
    ).where(
        member.c["staff_id"].is_not(None),
        measures.matured(reader, member),
        measures.treated(reader, member),
        *measures.within(member.c["assigned_at"], first, last),
        *measures.among(member.c["campaign_id"], campaigns),
        *measures.among(member.c["branch_id"], branches),
        *([sa.or_(channel.is_(None), channel.not_in(list(but_channels)))] if but_channels else []),
    )
    return reader.frame(statement.group_by(*keys).order_by(*keys))


def cross_selling(reader: Reader, *, first: date, last: date, branches: Names = ()) -> pd.DataFrame:
    """Customers sold to in a period, and how many of them kept products of two lines or more.

    A line counts when the product was opened with the sale, has money in it (where it has an amount at all), was still
    held 90 days later, and the sale was not reversed by then. Sales younger than 90 days, by the last day of sales and
    holdings alike, are not counted either way.

    Returns:
        ``staff_id``, ``n`` (customers sold to), ``cross_sold`` (of those, with two lines or more kept), ``lines``
        (lines kept, over all customers), ``sold`` and ``reversed`` (sales; within the 90 days).
    """
    sale, product, holding = reader.table("sale"), reader.table("product"), reader.table("holding")
    until = reader.as_of_tables("sale", "holding")
    held = sa.exists().where(
        holding.c["customer_id"] == sale.c["customer_id"],
        holding.c["product_id"] == sale.c["product_id"],
        # A card has no amount; an account with none in it was opened for the count.
        sa.or_(holding.c["amount"].is_(None), holding.c["amount"] > 0),
        measures.days_between(sale.c["sold_at"], holding.c["opened_on"]).between(0, KEPT_AFTER_DAYS),
        sa.or_(
            holding.c["closed_on"].is_(None),
            measures.days_between(sale.c["sold_at"], holding.c["closed_on"]) > KEPT_AFTER_DAYS,
        ),
    )
    undone = sa.and_(
        sale.c["reversed_at"].is_not(None),
        measures.days_between(sale.c["sold_at"], sale.c["reversed_at"]) <= KEPT_AFTER_DAYS,
    )
    sold = (
        sa.select(
            sale.c["staff_id"],
            sale.c["customer_id"],
            sa.case((sa.and_(held, sa.not_(undone)), product.c["line"])).label("line"),
            undone.label("undone"),
        )
        .select_from(sale.join(product, product.c["product_id"] == sale.c["product_id"]))
        .where(
            sale.c["staff_id"].is_not(None),
            measures.days_between(sale.c["sold_at"], sa.literal(until, sa.Date)) >= KEPT_AFTER_DAYS,
            *measures.within(sale.c["sold_at"], first, last),
            *measures.among(sale.c["branch_id"], branches),
        )
        .subquery("sold")
    )
    customer = (
        sa.select(
            sold.c["staff_id"],
            sa.func.count(sa.distinct(sold.c["line"])).label("lines"),
            sa.func.count().label("sold"),
            measures.count(sold.c["undone"], "reversed"),
        )
        .group_by(sold.c["staff_id"], sold.c["customer_id"])
        .subquery("customer_sold_to")
    )
    statement = sa.select(
        customer.c["staff_id"],
        sa.func.count().label("n"),
        measures.recorded(reader, "holding", (), measures.count(customer.c["lines"] >= 2, "cross_sold")),
        measures.recorded(reader, "holding", (), measures.total(customer.c["lines"], "lines")),
        measures.total(customer.c["sold"], "sold"),
        measures.recorded(reader, "sale", "reversed_at", measures.total(customer.c["reversed"], "reversed")),
    )
    return reader.frame(statement.group_by(customer.c["staff_id"]).order_by(customer.c["staff_id"]))


def sales(reader: Reader, *, first: date, last: date, branches: Names = ()) -> pd.DataFrame:
    """Sales of a period that were not reversed.

    Returns:
        ``staff_id``, ``sold`` (sales) and, of their amounts, ``known_sales``, ``sum_sales`` and ``squares_sales``.
    """
    sale = reader.table("sale")
    statement = sa.select(
        sale.c["staff_id"], sa.func.count().label("sold"), *measures.moments("sales", sale.c["amount"])
    ).where(
        sale.c["staff_id"].is_not(None),
        sale.c["reversed_at"].is_(None),
        *measures.within(sale.c["sold_at"], first, last),
        *measures.among(sale.c["branch_id"], branches),
    )
    return reader.frame(statement.group_by(sale.c["staff_id"]).order_by(sale.c["staff_id"]))


def suitability(reader: Reader, *, first: date, last: date, branches: Names = ()) -> pd.DataFrame:
    """Sales of products that may lose money, and those without a rating that bore the risk on the day of the sale.

    The rating is the customer's last before the sale. It must not have expired, and C3 bears R3 and below. Reversed
    sales count: they were made. Customers who have moved to another branch since are left out.

    Returns:
        ``staff_id``, ``checked`` (sales of `SUITED_LINES` with a risk level) and ``breached``, missing where the feeds
        record no ratings.
    """
    sale, product, customer = (reader.table(name) for name in ("sale", "product", "customer"))
    rated, later = reader.table("risk_assessment"), reader.table("risk_assessment").alias("later")
    sold_on = sa.cast(sale.c["sold_at"], sa.Date)
    bears = sa.or_(
        *(sa.and_(product.c["risk_level"] == f"R{risk}", rated.c["rating"] >= f"C{risk}") for risk in range(1, 6))
    )
    superseded = (
        sa.exists()
        .where(
            later.c["customer_id"] == sale.c["customer_id"],
            later.c["assessed_at"] <= sale.c["sold_at"],
            later.c["assessed_at"] > rated.c["assessed_at"],
        )
        .correlate(sale, rated)
    )
    # Ratings are seen where the customer is served now: of one who moved away, a branch cannot know them.
    still_here = sa.exists().where(
        customer.c["customer_id"] == sale.c["customer_id"], customer.c["branch_id"] == sale.c["branch_id"]
    )
    suited = sa.exists().where(
        rated.c["customer_id"] == sale.c["customer_id"],
        rated.c["assessed_at"] <= sale.c["sold_at"],
        sa.or_(rated.c["valid_until"].is_(None), rated.c["valid_until"] >= sold_on),
        bears,
        ~superseded,
    )
    made = (
        sa.select(sale.c["staff_id"], suited.label("suited"))
        .select_from(sale.join(product, product.c["product_id"] == sale.c["product_id"]))
        .where(
            sale.c["staff_id"].is_not(None),
            product.c["line"].in_(SUITED_LINES),
            product.c["risk_level"].is_not(None),
            still_here,
            *measures.within(sale.c["sold_at"], first, last),
            *measures.among(sale.c["branch_id"], branches),
        )
        .subquery("made")
    )
    statement = sa.select(
        made.c["staff_id"],
        sa.func.count().label("checked"),
        measures.recorded(reader, "risk_assessment", (), measures.count(~made.c["suited"], "breached")),
    )
    return reader.frame(statement.group_by(made.c["staff_id"]).order_by(made.c["staff_id"]))


def books(reader: Reader, *, start: int, end: int, branches: Names = ()) -> pd.DataFrame:
    """Customers whose relationship manager each person is: kept and won between two months (`month_no`).

    The manager is the one of today: a feed has no history of who looked after whom, so a book that was handed over
    brings its past along. Of branches that are chosen, assets held elsewhere before count no more than for a viewer
    who sees these branches alone: a person's number is the same for whoever looks.

    Returns:
        ``staff_id``; ``n`` (managed customers with assets at the start) and ``retained`` (of those, with assets at
        the end), ``sum_before`` and ``sum_retained`` (their assets at the start; of those retained), and ``won``
        (first account after the start month, with assets at the end).
    """
    customer, snapshot = reader.table("customer"), reader.table("tier_snapshot")
    before, after = (
        sa.select(snapshot.c["customer_id"], sa.func.sum(snapshot.c["aum"]).label("aum"))
        .where(
            snapshot.c["month_no"] == month, snapshot.c["aum"] > 0, *measures.among(snapshot.c["branch_id"], branches)
        )
        .group_by(snapshot.c["customer_id"])
        .subquery(name)
        for month, name in ((start, "at_start"), (end, "at_end"))
    )
    had, has = before.c["aum"].is_not(None), after.c["aum"].is_not(None)
    opened = sa.extract("year", customer.c["opened_on"]) * 12 + sa.extract("month", customer.c["opened_on"]) - 1
    manager = customer.c["manager_staff_id"]
    statement = (
        sa.select(
            manager.label("staff_id"),
            measures.recorded(reader, "tier_snapshot", "aum", measures.count(had, "n")),
            measures.recorded(reader, "tier_snapshot", "aum", measures.count(sa.and_(had, has), "retained")),
            measures.total(before.c["aum"], "sum_before"),
            measures.total(sa.case((has, before.c["aum"])), "sum_retained"),
            measures.known_if(
                reader.has("customer", "opened_on") and reader.has("tier_snapshot", "aum"),
                measures.count(sa.and_(opened > start, has), "won"),
            ),
        )
        .select_from(
            customer.outerjoin(before, before.c["customer_id"] == customer.c["customer_id"]).outerjoin(
                after, after.c["customer_id"] == customer.c["customer_id"]
            )
        )
        .where(manager.is_not(None), *measures.among(customer.c["branch_id"], branches))
    )
    return reader.frame(statement.group_by(manager).order_by(manager))


def referrals(reader: Reader, *, first: date, last: date, branches: Names = ()) -> pd.DataFrame:
    """Referrals made in a period, by who gave and by who received them.

    Returns:
        ``staff_id``, ``given``, ``given_accepted``, ``given_closed`` (with a sale), ``received``,
        ``received_accepted``, ``received_closed``.
    """
    referral = reader.table("referral")
    chosen = [*measures.within(referral.c["made_at"], first, last), *measures.among(referral.c["branch_id"], branches)]
    states = {
        "": sa.true(),
        "_accepted": referral.c["accepted_at"].is_not(None),
        "_closed": sa.and_(referral.c["closed_at"].is_not(None), referral.c["sale_id"].is_not(None)),
    }

    def side(column: str, mine: str, other: str) -> sa.Select[*tuple[Any, ...]]:
        who = referral.c[column]
        counts = [measures.count(state, mine + suffix) for suffix, state in states.items()]
        none = [sa.literal(0).label(other + suffix) for suffix in states]
        ordered = counts + none if mine == "given" else none + counts
        return sa.select(who.label("staff_id"), *ordered).where(who.is_not(None), *chosen).group_by(who)

    both = sa.union_all(side("from_staff_id", "given", "received"), side("to_staff_id", "received", "given")).subquery(
        "referred"
    )
    person = {"given": "from_staff_id", "received": "to_staff_id"}
    rests_on: dict[str, tuple[str, ...]] = {"": (), "_accepted": ("accepted_at",), "_closed": ("closed_at", "sale_id")}
    totals = [
        measures.recorded(
            reader,
            "referral",
            (person[side], *rests_on[suffix]),
            measures.total(both.c[side + suffix], side + suffix),
        )
        for side in ("given", "received")
        for suffix in states
    ]
    statement = sa.select(both.c["staff_id"], *totals)
    return reader.frame(statement.group_by(both.c["staff_id"]).order_by(both.c["staff_id"]))


def answers(reader: Reader, *, first: date, last: date, branches: Names = ()) -> pd.DataFrame:
    """Satisfaction on the scale of 1 to 5, by who was rated: invitations of a period.

    Returns:
        ``staff_id``, ``invited``, ``satisfied`` (4 or 5), ``known_score`` (answers), ``sum_score``, ``squares_score``.
    """
    asked = reader.table("satisfaction")
    statement = sa.select(
        asked.c["staff_id"],
        sa.func.count().label("invited"),
        measures.recorded(reader, "satisfaction", "score", measures.count(measures.top_two(asked), "satisfied")),
        *measures.moments("score", asked.c["score"]),
    ).where(
        asked.c["staff_id"].is_not(None),
        asked.c["scale"] == "csat5",
        *measures.within(asked.c["invited_at"], first, last),
        *measures.among(asked.c["branch_id"], branches),
    )
    return reader.frame(statement.group_by(asked.c["staff_id"]).order_by(asked.c["staff_id"]))


def complaints(reader: Reader, *, first: date, last: date, branches: Names = ()) -> pd.DataFrame:
    """Complaints opened in a period: ``staff_id``, ``complaints``, ``upheld`` of these."""
    complaint = reader.table("complaint")
    statement = sa.select(
        complaint.c["staff_id"],
        sa.func.count().label("complaints"),
        measures.recorded(
            reader, "complaint", "upheld", measures.count(complaint.c["upheld"].is_(sa.true()), "upheld")
        ),
    ).where(
        complaint.c["staff_id"].is_not(None),
        *measures.within(complaint.c["opened_at"], first, last),
        *measures.among(complaint.c["branch_id"], branches),
    )
    return reader.frame(statement.group_by(complaint.c["staff_id"]).order_by(complaint.c["staff_id"]))


def training(reader: Reader, *, first: date | None = None, last: date | None = None) -> pd.DataFrame:
    """Courses completed: ``staff_id``, ``course``, ``completed_on`` and ``score`` of the examination."""
    done = reader.table("training")
    columns = [done.c[name] for name in ("staff_id", "course", "completed_on", "score")]
    statement = sa.select(*columns).where(*measures.within(done.c["completed_on"], first, last))
    return reader.frame(statement.order_by(*columns[:3]))
