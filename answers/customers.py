"""Whom does a number count: how many, and a page of them for who may see customers, each with why they are there?

Lists of customers are never kept: they are read anew each time, by who may see them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import pandas as pd
from data_access.queries import customer_lists, staff
from data_access.queries.customer_lists import LISTS, Chosen
from data_access.reading.reader import LARGEST_PAGE, Reader

from answers import period, places, seasons
from answers.campaigns import overview as campaigns
from answers.period import Kind, Period
from answers.summary import held

PAGE: Final = 50
"""Rows on one page of the screen."""

LARGEST_FILE: Final = 20_000
"""Rows of a list that a file takes along at most."""

OF_METRIC: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "members": ("assigned",),
        "open_members": ("counting",),
        "participation_rate": ("participated", "contacted"),
        "conversion_rate": ("converted", "closed", "counting"),
        "incremental_conversion": ("converted", "closed", "counting"),
        "sales": ("converted",),
        "contribution": ("converted",),
        "roi_incremental": ("converted", "closed"),
        "complaint_rate": ("complained",),
        "top_two_box": ("satisfied", "dissatisfied"),
        "new_money": ("bought",),
        "customers_won_and_funded": ("funded", "opened"),
        "weekly_conversions": ("converted_then",),
        "weekly_participation_rate": ("participated_then", "contacted_then"),
        "weekly_satisfied": ("satisfied_then", "dissatisfied_then"),
        "promises_kept": ("kept_then", "not_kept_then"),
        "net_new_money": ("brought",),
        "net_upgrade_rate": ("upper_tier",),
        "observed_to_expected": ("given_converted_then", "given_then"),
        "referral_close_rate": ("referred_closed_then", "referred_then"),
        "service_score": ("rated_well_then", "rated_low_then"),
    }
)
"""Lists of the customers whom a metric of the catalogue counts: first those above the line, then those below it."""

_THEN: Final = {"satisfied": "satisfied_then", "dissatisfied": "dissatisfied_then"}


@dataclass(frozen=True, slots=True)
class Choice:
    """Which list is looked at.

    Attributes:
        kind: One of `customer_lists.LISTS`; the first if it is none.
        period: In the spelling of `answers.period`; all of the data if it is none.
        campaign: Of this campaign; of all that the other choices leave if empty.
        arm: Of this arm alone; of all that were not held out if empty.
        branch: Of this branch; of all of the viewer's if empty.
        page: From 1.
        objective: Of campaigns for this.
        theme: Of this theme.
        line: Of products of this line.
    """

    kind: str
    period: str = period.ALL
    campaign: str = ""
    arm: str = ""
    branch: str = ""
    page: int = 1
    objective: str = ""
    theme: str = ""
    line: str = ""


@dataclass(frozen=True, eq=False)
class Customers:
    """A list of customers.

    Attributes:
        choice: What was asked, with what there is in place of what there is not.
        looked_at: The period.
        n: Rows of the list; None where it cannot be told.
        customers: How many different ones.
        amount: Of all rows, minor units; nan where none is recorded.
        lacks: Table or column for want of which it cannot be told; empty where it is told.
        rows: A page, as `customer_lists.rows` describes it; None for who may not see customers.
        pages: How many there are.
        campaigns: Names by identifier.
        staff: Names by identifier.
        branch_names: Of the viewer's branches, by identifier.
        branches: Names of the branches that are counted; empty for the whole bank.
        currency: Of all amounts.
    """

    choice: Choice
    looked_at: Period
    n: int | None
    customers: int | None
    amount: float
    lacks: str
    rows: pd.DataFrame | None
    pages: int
    campaigns: Mapping[str, str]
    staff: Mapping[str, str]
    branch_names: Mapping[str, str]
    branches: tuple[str, ...]
    currency: str


def of_metric(key: str, *, of_campaigns: bool) -> tuple[str, ...]:
    """Lists of whom a metric counts; empty where it counts nobody, or nobody who can be listed."""
    lists = OF_METRIC.get(key, ())
    return lists if of_campaigns else tuple(_THEN.get(kind, kind) for kind in lists)


def ask(reader: Reader, choice: Choice) -> Customers:
    """A page of a list; a kind, period or page that there is not is passed over for the first, or for all."""
    asked, looked_at = _known(reader, choice)
    chosen = _chosen(reader, asked, looked_at)
    lacks = LISTS[asked.kind].lacks(reader)
    counted = customer_lists.counts(reader, asked.kind, chosen).iloc[0]
    n = None if pd.isna(counted["n"]) else int(counted["n"])
    pages = max(-(-(n or 0) // PAGE), 1)
    page = asked.page if 1 <= asked.page <= pages else 1
    people = staff.people(reader)
    called = campaigns.ask(reader, campaigns.Choice(branch=asked.branch)).listed
    return Customers(
        replace(asked, page=page),
        looked_at,
        n,
        None if n is None else int(counted["customers"]),
        float("nan") if pd.isna(counted["amount"]) else float(counted["amount"]),
        lacks,
        customer_lists.rows(reader, asked.kind, chosen, page=page, size=PAGE)
        if reader.viewer.may_see_customers and not lacks
        else None,
        pages,
        dict(zip(called["campaign_id"], called["name"], strict=True)),
        dict(zip(people["staff_id"], people["name"], strict=True)),
        campaigns.branch_names(reader),
        places.names(reader, asked.branch),
        reader.currency,
    )


def whole(reader: Reader, choice: Choice) -> pd.DataFrame:
    """All rows of a list, at most `LARGEST_FILE`, for a file.

    Raises:
        AccessError: the viewer may not see single customers.
    """
    asked, looked_at = _known(reader, choice)
    parts = list(_parts(reader, asked.kind, _chosen(reader, asked, looked_at)))
    return pd.concat(parts, ignore_index=True)


def _parts(reader: Reader, kind: str, chosen: Chosen) -> Iterator[pd.DataFrame]:
    for page in range(1, LARGEST_FILE // LARGEST_PAGE + 1):
        part = customer_lists.rows(reader, kind, chosen, page=page, size=LARGEST_PAGE)
        yield part
        if len(part) < LARGEST_PAGE:
            return


def _known(reader: Reader, choice: Choice) -> tuple[Choice, Period]:
    """The choice with what there is in place of what there is not."""
    looked_at = period.read(choice.period, seasons.ask(reader)) or period.named(period.ALL)
    kind = choice.kind if choice.kind in LISTS else next(iter(LISTS))
    branch = choice.branch if choice.branch in places.offered(reader) else ""
    return replace(choice, kind=kind, period=looked_at.key, branch=branch), looked_at


def _chosen(reader: Reader, choice: Choice, looked_at: Period) -> Chosen:
    branches = places.branches(reader, choice.branch)
    if not LISTS[choice.kind].of_campaigns:
        first, last = (None, None) if looked_at.kind is Kind.ALL else (looked_at.first, looked_at.last)
        months = held.months(reader, looked_at)
        upper = held.upper(reader, months, branches) if choice.kind == "upper_tier" else ()
        return Chosen(first, last, branches=branches, months=months, tiers=upper)
    if choice.campaign:
        return Chosen(campaigns=(choice.campaign,), arm=choice.arm, branches=branches)
    asked = campaigns.Choice(choice.period, choice.objective, choice.theme, choice.line, choice.branch)
    listed = tuple(str(campaign) for campaign in campaigns.ask(reader, asked).listed["campaign_id"])
    return Chosen(campaigns=listed or ("",), arm=choice.arm, branches=branches)
