"""How are we doing, what changed and why: money, programme, tiers, satisfaction and regions of one period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from data_access.queries import summary, tiers, week
from data_access.reading.reader import Reader
from metrics.estimate import Intervals
from metrics.finding import Finding, FindingCode
from metrics.inference.effect import difference_in_shares
from metrics.moments import Counts
from metrics.tiers.assets_moved import Bridge
from metrics.tiers.findings import assets_findings
from metrics.tiers.rates import net_upgrade
from metrics.tiers.transition import Transitions
from metrics.week.control_chart import ControlChart, xmr
from metrics.week.findings import share_findings

from answers import campaigns, period
from answers.batches import in_batches
from answers.campaigns import Campaigns
from answers.kept import kept
from answers.regions import Regions, compared
from answers.tier_order import tier_order

HISTORY = 24
"""Months before a period that its cards remember."""

Months = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Choice:
    """Which period of whom is looked at.

    Attributes:
        period: In the spelling of `answers.period`.
        branch: Whose customers are counted; empty for all of the viewer's.
    """

    period: str
    branch: str = ""


@dataclass(frozen=True, eq=False)
class Money:
    """Net new money: what came into the bank less what left it, minor units."""

    months: tuple[int, ...]  # month numbers of `chart`, oldest first
    chart: ControlChart  # of each month
    total: float  # of the period
    before: float  # of the period before; nan where the data do not reach back


@dataclass(frozen=True, eq=False)
class Movement:
    """Customers by tier, and what their moves did to the balance, between two months."""

    tiers: tuple[str, ...]  # lowest first
    upper: tuple[str, ...]  # those that count as the upper ones: the higher half
    customers: tuple[float, ...]  # in the upper tiers, month by month, the last month of the period last
    net: Intervals  # upgrades less downgrades, of the customers at the start
    bridge: Bridge


@dataclass(frozen=True, eq=False)
class Satisfaction:
    """Answers of 4 or 5 of five, by the week of the invitation."""

    now: Counts
    before: Counts
    change: Intervals  # share now less share before
    history: tuple[float, ...]  # share of each month that had an answer, the last of the period last


@dataclass(frozen=True, eq=False)
class Summary:
    """One period of a bank or branch; a part is None where the feeds record nothing of it.

    Attributes:
        choice: What was asked.
        months: First and last month of the period that the data know; None where they know none.
        money: Net new money.
        movement: Tiers and balances.
        satisfaction: Of this period and the one before.
        programme: Campaigns of the period.
        regions: Conversion of the period's campaigns by region; None for fewer than two regions.
        found: The most telling finding of each part, the most important first.
        branches: Names of the branches whose customers are counted; empty for the whole bank.
        as_of: Last day of the data.
        currency: Of all amounts.
    """

    choice: Choice
    months: Months | None
    money: Money | None
    movement: Movement | None
    satisfaction: Satisfaction | None
    programme: Campaigns
    regions: Regions | None
    found: tuple[Finding, ...]
    branches: tuple[str, ...]
    as_of: date
    currency: str


@kept
def offered(reader: Reader) -> tuple[str, ...]:
    """The periods that can be looked at, the last complete quarter first."""
    every = [key for key in campaigns.offered(reader).periods if key != period.ALL]
    over = [key for key in every if "-q" in key and period.span(key)[1] <= reader.as_of]
    return (*over[:1], *(key for key in every if key not in over[:1]))


@kept
def ask(reader: Reader, choice: Choice) -> Summary:
    """The summary of a period."""
    branches = (choice.branch,) if choice.branch else ()
    first, last = period.span(choice.period)
    months = _months(reader, first, last)
    programme = campaigns.ask(reader, campaigns.Choice(choice.period, branch=choice.branch))
    money = _money(reader, months, branches) if months and reader.has("asset_flow") else None
    movement = _movement(reader, months, branches) if months else None
    satisfied = _satisfied(reader, first, last, branches) if reader.has("satisfaction") else None
    return Summary(
        choice,
        months,
        money,
        movement,
        satisfied,
        programme,
        _regions(reader, programme, branches),
        tuple(_found(programme, movement, satisfied)),
        campaigns.counted_branches(reader, choice.branch),
        reader.as_of,
        reader.currency,
    )


def _found(programme: Campaigns, movement: Movement | None, satisfied: Satisfaction | None) -> list[Finding]:
    """Where the balance went, what the programme did, whether customers agree: first where that changed."""
    found = [*(assets_findings(movement.bridge)[:1] if movement else []), *programme.paid]
    if satisfied is None:
        return found
    agreed = share_findings("top_two_box", satisfied.before, satisfied.now, satisfied.change)
    return [*found, *agreed] if agreed and agreed[0].code is FindingCode.SHARE_HELD else [*agreed, *found]


def _months(reader: Reader, first: date, last: date) -> Months | None:
    """The months of the period for which balances are recorded."""
    if not reader.has("tier_snapshot"):
        return None
    recorded = summary.months(reader).iloc[0]
    start, end = max(_month(first), int(recorded["first"])), min(_month(last), int(recorded["last"]))
    return (start, end) if start <= end else None


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _money(reader: Reader, months: Months, branches: tuple[str, ...]) -> Money | None:
    first, last = months
    length = last - first + 1
    flows = summary.flows(reader, min(first - length, last - HISTORY), last, branches=branches)
    net = (flows["inflow"] - flows["outflow"]).astype("float64")
    by_month = pd.Series(net.to_numpy(), index=flows["month_no"].astype("int64")).dropna()
    if by_month.empty or by_month.index[-1] < first:
        return None
    every = range(int(by_month.index[0]), int(by_month.index[-1]) + 1)
    values = by_month.reindex(every)
    inside = np.asarray([month >= first for month in every])
    return Money(
        tuple(every),
        xmr(values.to_numpy(), baseline=~inside),
        float(values[inside].sum(min_count=length)),
        float(values.reindex(range(first - length, first)).sum(min_count=length)),
    )


def _movement(reader: Reader, months: Months, branches: tuple[str, ...]) -> Movement | None:
    first, last = months
    sizes = summary.tier_sizes(reader, last - HISTORY, last, branches=branches)
    start, horizon = first - 1, last - first + 1
    if not (sizes["month_no"] == start).any():
        start, horizon = first, last - first
    if horizon < 1 or sizes.empty:
        return None
    order = tier_order(sizes)
    upper = order[(len(order) + 1) // 2 :]
    sums = tiers.asset_sums(reader, start, horizon, branches=branches)
    moves = Transitions.from_frame(
        tiers.transition_counts(reader, horizon, first=start, last=start, branches=branches), order, horizon
    )
    of_upper = sizes[sizes["tier"].isin(upper)].groupby("month_no")["n"].sum()
    every = range(int(sizes["month_no"].min()), last + 1)
    return Movement(
        order,
        upper,
        tuple(of_upper.reindex(every).astype("float64")),
        net_upgrade(moves),
        Bridge.from_frame(sums, order),
    )


def _satisfied(reader: Reader, first: date, last: date, branches: tuple[str, ...]) -> Satisfaction | None:
    """Of the weeks that begin in the period, and of as many days before it."""
    last = min(last, reader.as_of)
    days = (last - first).days + 1
    if days < 1:
        return None
    told = week.answers(reader, first - timedelta(days=max(days, HISTORY * 31)), last, branches=branches)
    told = told[(told["scale"] == "csat5") & told["n"].notna()]
    monday = pd.to_datetime(told["week_start"])
    inside = monday >= pd.Timestamp(first)
    just_before = ~inside & (monday >= pd.Timestamp(first - timedelta(days=days)))
    now, before = (
        Counts.of([float(rows["n"].sum())], [float(rows["top_two"].sum())])
        for rows in (told[inside], told[just_before])
    )
    by_month = told[["n", "top_two"]].astype("float64").groupby(monday.dt.to_period("M")).sum()
    answered = by_month[by_month["n"] > 0]
    return Satisfaction(now, before, difference_in_shares(before, now), tuple(answered["top_two"] / answered["n"]))


def _regions(reader: Reader, programme: Campaigns, branches: tuple[str, ...]) -> Regions | None:
    ids = [str(campaign) for campaign in programme.listed["campaign_id"]]
    if not ids:
        return None

    def read(part: tuple[str, ...]) -> pd.DataFrame:
        return summary.conversions_by_region(reader, campaigns=part, branches=branches)

    return compared(in_batches(read, ids, 200))
