"""What became of customers like those on the list in the year before: the evidence beside each of its rows.

Only those whose outcome can be known by the day are counted: two or three months or 30 days have passed for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Final

import pandas as pd
import sqlalchemy as sa

from data_access import measures
from data_access.measures import Names
from data_access.reading.reader import Reader
from data_access.settings import Tier, ToDoRules
from data_access.to_do.day import Day
from data_access.to_do.kinds import NEEDS
from data_access.to_do.row import Rows
from data_access.to_do.tiers import in_last_month, near_next, next_tier, rank

OUTCOME_DAYS: Final = 30
"""Days after the event in which what became of it is counted."""
OUTCOME_MONTHS: Final = 3
GRACE_MONTHS: Final = 2
"""The last month of grace, and the one in which the tier is lost."""
_MONTHS: Final = 12
YEAR_DAYS: Final = 365


def base_rates(
    reader: Reader, on: date, tiers: tuple[Tier, ...], rules: ToDoRules, *, branches: Names = ()
) -> pd.DataFrame:
    """How many of such customers there were in the year before, and of how many the feared or hoped for came true.

    * ``grace``: held a lower tier two months later, when the clock had run out, by the tier they held;
    * ``upgrade``: were back in a lower tier three months later, by the tier they had risen to;
    * ``near``: held a higher tier three months later, by the tier they were near;
    * ``maturing``: money that matured and was put into a product here within 30 days, or not taken out;
    * ``referral``: open for longer than `rules.referral_days` since it was made, or taken up, and led to a sale later;
    * ``booking``: neither kept nor booked anew within `rules.booking_days`, and came within 30 days;
    * ``window``: had not bought `rules.window_days` before the window closed and bought in its last days.

    Args:
        reader: whose rows.
        on: the day on which the list is made.
        tiers: of the bank's rule on that day, lowest first.
        rules: promises and patience.
        branches: these branches only; all of the reader's if empty.

    Returns:
        ``kind``, ``about`` (the tier; missing where the kind goes by none), ``n`` and ``happened``.
    """
    day = Day(reader, on, tiers, rules, branches)
    told = [select(day) for kind, (needs, select) in _KINDS.items() if _can(reader, kind, needs)]
    if not told:
        return pd.DataFrame(columns=["kind", "about", "n", "happened"])
    every = (sa.union_all(*told) if len(told) > 1 else told[0]).subquery("history")
    counted = sa.select(
        every.c["kind"], every.c["about"], sa.func.count().label("n"), measures.count(every.c["happened"], "happened")
    )
    keys = every.c["kind"], every.c["about"]
    return reader.frame(counted.group_by(*keys).order_by(*keys))


def _can(reader: Reader, kind: str, needs: dict[str, tuple[str, ...]]) -> bool:
    return all(reader.has(table, *columns) for table, columns in {**NEEDS[kind], **needs}.items())


def _like(kind: str, about: sa.ColumnElement[Any] | None, happened: sa.ColumnElement[bool]) -> list[sa.Label[Any]]:
    return [
        sa.literal(kind, sa.Text).label("kind"),
        (sa.cast(sa.null(), sa.Text) if about is None else about).label("about"),
        sa.func.coalesce(happened, sa.false(), type_=sa.Boolean).label("happened"),
    ]


def _pairs(day: Day, months: int) -> tuple[sa.FromClause, sa.FromClause, sa.FromClause, list[Any]]:
    """Snapshots of the year before and those of the same customers `months` later."""
    start = day.reader.table("tier_snapshot").alias("at_start")
    end = day.reader.table("tier_snapshot").alias("at_end")
    both = start.join(
        end, sa.and_(end.c["customer_id"] == start.c["customer_id"], end.c["month_no"] == start.c["month_no"] + months)
    )
    last = day.month_no - months
    return start, end, both, [start.c["month_no"].between(last - _MONTHS + 1, last), *day.own(start)]


def _grace(day: Day) -> Rows:
    start, end, both, year = _pairs(day, GRACE_MONTHS)
    fell = rank(end.c["tier"], day.tiers) < rank(start.c["tier"], day.tiers)
    return (
        sa.select(*_like("grace", start.c["tier"], fell))
        .select_from(both)
        .where(*year, in_last_month(start, day.tiers))
    )


def _upgrade(day: Day) -> Rows:
    start, end, both, year = _pairs(day, OUTCOME_MONTHS)
    before = day.reader.table("tier_snapshot").alias("before_start")
    earlier = sa.and_(
        before.c["customer_id"] == start.c["customer_id"], before.c["month_no"] == start.c["month_no"] - 1
    )
    place = rank(start.c["tier"], day.tiers)
    fell = rank(end.c["tier"], day.tiers) < place
    return (
        sa.select(*_like("upgrade", start.c["tier"], fell))
        .select_from(both.join(before, earlier))
        .where(*year, place > rank(before.c["tier"], day.tiers))
    )


def _near(day: Day) -> Rows:
    start, end, both, year = _pairs(day, OUTCOME_MONTHS)
    rose = rank(end.c["tier"], day.tiers) > rank(start.c["tier"], day.tiers)
    return (
        sa.select(*_like("near", next_tier(start, day.tiers), rose))
        .select_from(both)
        .where(*year, near_next(start, day.tiers, day.rules.near_percent))
    )


def _year(day: Day, moment: sa.ColumnElement[Any], outcome_days: int) -> list[measures.Condition]:
    """Within the year whose outcomes are known by the day."""
    last = day.on - timedelta(days=outcome_days)
    return measures.within(moment, last - timedelta(days=YEAR_DAYS - 1), last)


def _maturing(day: Day) -> Rows:
    holding = day.reader.table("holding")
    other = holding.alias("put_again")
    again = sa.exists().where(
        other.c["customer_id"] == holding.c["customer_id"],
        measures.days_between(holding.c["matures_on"], other.c["opened_on"]).between(0, OUTCOME_DAYS),
    )
    left_in = sa.or_(
        holding.c["closed_on"].is_(None),
        measures.days_between(holding.c["matures_on"], holding.c["closed_on"]) > OUTCOME_DAYS,
    )
    # Who took the money out before it was due was on no list.
    until_due = sa.or_(holding.c["closed_on"].is_(None), holding.c["closed_on"] >= holding.c["matures_on"])
    return sa.select(*_like("maturing", None, sa.or_(left_in, again))).where(
        *_year(day, holding.c["matures_on"], OUTCOME_DAYS), until_due, *day.own(holding)
    )


def _referral(day: Day) -> Rows:
    referral = day.reader.table("referral")
    made, accepted, closed = (referral.c[name] for name in ("made_at", "accepted_at", "closed_at"))

    def waited(since: sa.ColumnElement[Any], until: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        return sa.or_(until.is_(None), measures.days_between(since, until) > day.rules.referral_days)

    # As on the list: who takes a referral up has as long again.
    open_long = sa.or_(
        sa.and_(waited(made, accepted), waited(made, closed)), sa.and_(accepted.is_not(None), waited(accepted, closed))
    )
    sold = sa.and_(referral.c["sale_id"].is_not(None), *measures.within(closed, None, day.on))
    return sa.select(*_like("referral", None, sold)).where(
        *_year(day, made, OUTCOME_DAYS), open_long, *day.own(referral)
    )


def _booking(day: Day) -> Rows:
    event = day.reader.table("journey_event")
    later, booked = event.alias("later_event"), event.c["occurred_at"]
    visited = sa.and_(measures.came(later), later.c["occurred_at"] >= booked)
    again = sa.and_(later.c["step"] == "book", later.c["occurred_at"] > booked)  # as on the list, in the older's place

    def came(first: int, last: int, how: sa.ColumnElement[bool] = visited) -> sa.Exists:
        return sa.exists().where(
            later.c["customer_id"] == event.c["customer_id"],
            how,
            measures.days_between(booked, later.c["occurred_at"]).between(first, last),
        )

    return sa.select(*_like("booking", None, came(day.rules.booking_days + 1, OUTCOME_DAYS))).where(
        event.c["step"] == "book",
        *_year(day, booked, OUTCOME_DAYS),
        ~came(0, day.rules.booking_days, sa.or_(visited, again)),
        *day.own(event),
    )


def _window(day: Day) -> Rows:
    member = day.reader.table("campaign_member")
    left = measures.days_between(member.c["converted_at"], member.c["matures_on"])
    waiting = sa.or_(member.c["converted_at"].is_(None), left < day.rules.window_days)
    return sa.select(*_like("window", None, measures.converted(member))).where(
        *_year(day, member.c["matures_on"], 0), waiting, measures.treated(day.reader, member), *day.own(member)
    )


_KINDS: Final[Mapping[str, tuple[dict[str, tuple[str, ...]], Callable[[Day], Rows]]]] = {
    "grace": ({}, _grace),
    "upgrade": ({}, _upgrade),
    "near": ({}, _near),
    "maturing": ({"holding": ("matures_on", "closed_on")}, _maturing),
    "referral": ({"referral": ("closed_at", "sale_id")}, _referral),
    "booking": ({}, _booking),
    "window": ({}, _window),
}
