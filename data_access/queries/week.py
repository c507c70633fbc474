"""The week: what happened in each ISO week of a branch or of all, and each day for where the month will end.

Weeks are named by their Monday. A week that the table does not cover to its end (`Reader.last_week`) is left out: its
sums are not yet what they will be. One before it without any row is left out, too; a page fills it with zeros, which it
then is. Amounts are minor units.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import pandas as pd
import sqlalchemy as sa

from data_access import measures
from data_access.measures import Names
from data_access.reading.reader import Reader

Segment = Literal["channel", "campaign_id", "staff_id", "branch_id"]
SaleSegment = Segment | Literal["line"]


def contacts(
    reader: Reader,
    first: date,
    last: date,
    *,
    by: Segment | None = None,
    within_days: int = 7,
    branches: Names = (),
) -> pd.DataFrame:
    """Campaign customers by the week in which they were first reached, and what they have done since.

    The newest weeks have had less time. Rates are therefore compared over the customers watched for equally long
    (``watched`` and its parts) or whose attribution window has closed (``matured`` and its parts).

    Args:
        reader: whose rows.
        first: first day; weeks that begin earlier are left out.
        last: last day; weeks that begin later, or after `Reader.last_week`, are left out.
        by: one row per week and value of this column, for explaining a change of two weeks.
        within_days: days after the contact in which a watched customer's participation and conversion count.
        branches: customers of these branches; all of the reader's if empty.

    Returns:
        ``week_start``, the segment's column if asked for; ``n`` (customers first contacted in the week),
        ``participated`` and ``converted`` (inside the attribution window) so far; ``watched`` (contacted at least
        `within_days` before the end of the data), ``watched_participated`` and ``watched_converted`` (of those,
        within that many days of the contact); ``matured`` (attribution window closed), ``matured_participated``,
        ``matured_converted``; over the matured ``known_<m>``, ``sum_<m>`` and ``squares_<m>`` of sales,
        contribution and net_new. Counts that the feeds do not record are missing.
    """
    member = reader.table("campaign_member")
    week, reached = member.c["contacted_week"], member.c["contacted_at"]
    watched = measures.days_between(reached, sa.literal(reader.as_of_tables("campaign_member"), sa.Date)) >= within_days
    closed = measures.matured(reader, member)
    steps = {
        "participated": (measures.participated(member), member.c["participated_at"]),
        "converted": (measures.converted(member), member.c["converted_at"]),
    }
    contact, counts = ("contacted_at",), dict[str, tuple[tuple[str, ...], sa.ColumnElement[bool]]]()
    counts["n"] = (contact, sa.true())
    counts |= {name: ((f"{name}_at",), happened) for name, (happened, _) in steps.items()}
    counts["watched"] = (contact, watched)
    for name, (happened, at) in steps.items():
        soon = measures.days_between(reached, at) <= within_days
        counts[f"watched_{name}"] = ((*contact, f"{name}_at"), sa.and_(watched, happened, soon))
    counts["matured"] = (contact, closed)
    counts |= {f"matured_{name}": ((f"{name}_at",), sa.and_(closed, happened)) for name, (happened, _) in steps.items()}
    keys = [week.label("week_start"), *([member.c[by]] if by else [])]
    statement = sa.select(
        *keys,
        *(
            measures.recorded(reader, "campaign_member", columns, measures.count(condition, name))
            for name, (columns, condition) in counts.items()
        ),
        *(
            label
            for name in ("sales", "contribution", "net_new")
            for label in measures.moments(name, member.c[measures.AMOUNTS[name]], closed)
        ),
    ).where(
        week.between(first, min(last, reader.last_week("campaign_member"))),
        *measures.among(member.c["branch_id"], branches),
    )
    return reader.frame(statement.group_by(week, *keys[1:]).order_by(*keys))


def sales(
    reader: Reader, first: date, last: date, *, by: SaleSegment | None = None, branches: Names = ()
) -> pd.DataFrame:
    """Sales that stand, by the week of the sale; arguments as `contacts`, and by the line of the product.

    Returns:
        ``week_start``, the segment's column if asked for; ``n`` (sales); ``known_<m>``, ``sum_<m>`` and
        ``squares_<m>`` of ``sales``, ``contribution`` and ``new_money``: the amount less what came from the customer's
        own products here, over the sales whose source is recorded.
    """
    sale = reader.table("sale")
    week = sale.c["week_start"]
    amounts = {
        "sales": sale.c["amount"],
        "contribution": sale.c["contribution"],
        "new_money": sale.c["amount"] - sale.c["internally_funded_amount"],
    }
    read_from: sa.FromClause = sale
    keys = [week]
    if by == "line":
        product = reader.table("product")
        read_from = sale.outerjoin(product, product.c["product_id"] == sale.c["product_id"])
        keys.append(product.c["line"])
    elif by:
        keys.append(sale.c[by])
    statement = (
        sa.select(
            *keys,
            sa.func.count().label("n"),
            *(label for name, amount in amounts.items() for label in measures.moments(name, amount)),
        )
        .select_from(read_from)
        .where(
            sale.c["reversed_at"].is_(None),
            week.between(first, min(last, reader.last_week("sale"))),
            *measures.among(sale.c["branch_id"], branches),
        )
    )
    return reader.frame(statement.group_by(*keys).order_by(*keys))


def answers(reader: Reader, first: date, last: date, *, branches: Names = ()) -> pd.DataFrame:
    """Satisfaction by the week of the invitation and scale; arguments as `contacts`.

    Returns:
        ``week_start``, ``scale``, ``invited``, ``n`` (answers), ``top_two`` (4 or 5 of csat5), ``promoters`` and
        ``detractors`` (of nps), ``sum_score`` and ``squares_score``.
    """
    asked = reader.table("satisfaction")
    score, scale, week = asked.c["score"], asked.c["scale"], asked.c["week_start"]
    counts = {"n": score.is_not(None), **measures.answers(asked)}
    _, total, squares = measures.moments("score", score)
    statement = sa.select(
        week,
        scale,
        sa.func.count().label("invited"),
        *(
            measures.recorded(reader, "satisfaction", "score", measures.count(condition, name))
            for name, condition in counts.items()
        ),
        total,
        squares,
    ).where(
        week.between(first, min(last, reader.last_week("satisfaction"))),
        *measures.among(asked.c["branch_id"], branches),
    )
    return reader.frame(statement.group_by(week, scale).order_by(week, scale))


def daily_sales(reader: Reader, first: date, last: date, *, branches: Names = ()) -> pd.DataFrame:
    """Sales that stand, by day: what the run rate of a month is made of. Days without a sale are left out.

    Up to ``reader.as_of_tables("sale")`` such a day had none; later ones are not known.

    Returns:
        ``day``, ``n`` (sales), ``sum_sales``, ``sum_contribution``, ``sum_new_money`` (less what came from the
        customer's own products, over the sales whose source is recorded).
    """
    sale = reader.table("sale")
    day = sa.cast(sale.c["sold_at"], sa.Date)
    statement = sa.select(
        day.label("day"),
        sa.func.count().label("n"),
        sa.func.sum(sale.c["amount"]).label("sum_sales"),
        sa.func.sum(sale.c["contribution"]).label("sum_contribution"),
        sa.func.sum(sale.c["amount"] - sale.c["internally_funded_amount"]).label("sum_new_money"),
    ).where(
        sale.c["reversed_at"].is_(None),
        *measures.within(sale.c["sold_at"], first, last),
        *measures.among(sale.c["branch_id"], branches),
    )
    return reader.frame(statement.group_by(day).order_by(day))


def open_days(reader: Reader, first: date, last: date, *, branches: Names = ()) -> pd.DataFrame:
    """Days for which a branch keeps a calendar of its own; without one, official working days are used.

    Returns:
        ``day``, ``n`` (branches that recorded the day) and ``open`` (of those, branches that were open).
    """
    calendar = reader.table("branch_calendar")
    day = calendar.c["day"]
    statement = sa.select(day, sa.func.count().label("n"), measures.count(calendar.c["open"], "open")).where(
        day.between(first, last), *measures.among(calendar.c["branch_id"], branches)
    )
    return reader.frame(statement.group_by(day).order_by(day))
