"""How are we doing, what changed and why: money, programme, tiers, satisfaction and regions of one period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from data_access.queries import summary, tiers
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

from answers import period, places, seasons
from answers.batches import in_batches
from answers.campaigns import overview as campaigns
from answers.campaigns.overview import Campaigns
from answers.kept import kept
from answers.period import Against, Comparison, Period
from answers.summary import held
from answers.summary import year as years
from answers.summary.held import HISTORY, Months
from answers.summary.regions import Regions, compared
from answers.summary.tier_order import tier_order
from answers.summary.year import Year, YearReach

KINDS = (period.Kind.QUARTER, period.Kind.SEASON, period.Kind.MONTH, period.Kind.YEAR)

Workspace = Any


@dataclass(frozen=True, slots=True)
class Choice:
    """Which period of whom is looked at.

    Attributes:
        period: In the spelling of `answers.period`.
        against: What it is compared with.
        branch: Whose customers are counted; empty for all of the viewer's.
    """

    period: str
    against: Against = Against.BEFORE
    branch: str = ""


@dataclass(frozen=True, eq=False)
class Money:
    """Net new money: what came into the bank less what left it, minor units."""

    months: tuple[date, ...]  # first days of the months of `chart`, oldest first
    chart: ControlChart  # of each month
    total: float  # of the period
    then: float  # of the period compared with; nan where the data do not reach back
    year: Year | None = None  # in which the period ends, as far as the period; None where a month of it is not recorded


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
    """Answers of 4 or 5 of five, by the day of the invitation."""

    now: Counts
    then: Counts
    change: Intervals  # share now less share then
    history: tuple[float, ...]  # share of each month that had an answer, the last of the period last


@dataclass(frozen=True, eq=False)
class Summary:
    """One period of a bank or branch; a part is None where the feeds record nothing of it.

    Attributes:
        choice: What was asked.
        comparison: What the period is compared with; None where the calendar knows none.
        balances: Last month of the period whose balances are recorded; None where none is.
        money: Net new money.
        movement: Tiers and balances.
        satisfaction: Of this period and the one compared with.
        programme: Campaigns of the period.
        regions: Conversion of the period's campaigns by region; None for fewer than two regions.
        found: The most telling finding of each part, the most important first.
        branches: Names of the branches whose customers are counted; empty for the whole bank.
        as_of: Last day of the data.
        currency: Of all amounts.
    """

    choice: Choice
    comparison: Comparison | None
    balances: date | None
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
    known = seasons.ask(reader)
    every = period.options(campaigns.earliest(reader), reader.as_of, KINDS, known)
    named = [period.named(key, known) for key in every]
    over = [one.key for one in named if one.kind is period.Kind.QUARTER and one.complete(reader.as_of)]
    return (*over[:1], *(key for key in every if key not in over[:1]))


@kept
def ask(reader: Reader, choice: Choice) -> Summary:
    """The summary of a period.

    Raises:
        ValueError: there is no such period.
    """
    branches = places.branches(reader, choice.branch)
    known = seasons.ask(reader)
    looked_at = period.named(choice.period, known)
    comparison = period.compared(looked_at, choice.against, reader.as_of, known)
    months = held.within(reader, looked_at)
    programme = campaigns.ask(reader, campaigns.Choice(choice.period, branch=choice.branch))
    money = _money(reader, months, comparison, branches) if months and reader.has("asset_flow") else None
    movement = _movement(reader, months, branches) if months else None
    satisfied = _satisfied(reader, looked_at, comparison, branches) if reader.has("satisfaction") else None
    return Summary(
        choice,
        comparison,
        held.day(months[1]) if months else None,
        money,
        movement,
        satisfied,
        programme,
        _regions(reader, programme, branches),
        tuple(_found(programme, movement, satisfied)),
        places.names(reader, choice.branch),
        reader.as_of,
        reader.currency,
    )


def reach(workspace: Workspace, reader: Reader, answer: Summary) -> YearReach | None:
    """The year in which the period ends beside its target, as this stands now; None where money is not recorded."""
    of = answer.money.year if answer.money else None
    return years.ask(workspace, reader, of, places.branches(reader, answer.choice.branch))


def _found(programme: Campaigns, movement: Movement | None, satisfied: Satisfaction | None) -> list[Finding]:
    """Where the balance went, what the programme did, whether customers agree: first where that changed."""
    found = [*(assets_findings(movement.bridge)[:1] if movement else []), *programme.paid]
    if satisfied is None:
        return found
    agreed = share_findings("top_two_box", satisfied.then, satisfied.now, satisfied.change)
    return [*found, *agreed] if agreed and agreed[0].code is FindingCode.SHARE_HELD else [*agreed, *found]


def _money(reader: Reader, months: Months, comparison: Comparison | None, branches: tuple[str, ...]) -> Money | None:
    first, last = months
    since = first if comparison is None else held.number(comparison.period.first)
    flows = summary.flows(reader, min(since, last - HISTORY), last, branches=branches)
    net = (flows["inflow"] - flows["outflow"]).astype("float64")
    by_month = pd.Series(net.to_numpy(), index=flows["month_no"].astype("int64")).dropna()
    if by_month.empty or by_month.index[-1] < first:
        return None
    every = range(int(by_month.index[0]), int(by_month.index[-1]) + 1)
    values = by_month.reindex(every)
    inside = np.asarray([month >= first for month in every])
    then = np.nan if comparison is None else _whole(by_month, since, held.number(comparison.until))
    return Money(
        tuple(map(held.day, every)),
        xmr(values.to_numpy(), baseline=~inside),
        _whole(by_month, first, last),
        then,
        years.year(by_month, last),
    )


def _whole(by_month: pd.Series, first: int, last: int) -> float:
    """The sum over some months; nan where one of them is not recorded."""
    return float(by_month.reindex(range(first, last + 1)).sum(min_count=last - first + 1))


def _movement(reader: Reader, months: Months, branches: tuple[str, ...]) -> Movement | None:
    first, last = months
    sizes = summary.tier_sizes(reader, last - HISTORY, last, branches=branches)
    start, horizon = first - 1, last - first + 1
    if not (sizes["month_no"] == start).any():
        start, horizon = first, last - first
    if horizon < 1 or sizes.empty:
        return None
    order = tier_order(sizes)
    upper = held.higher(order)
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


def _satisfied(
    reader: Reader, looked_at: Period, comparison: Comparison | None, branches: tuple[str, ...]
) -> Satisfaction | None:
    """Of those who were asked in the period, and in the one compared with."""
    last = min(looked_at.last, reader.as_of)
    first = looked_at.first - timedelta(days=HISTORY * 31)
    told = summary.answers(
        reader, min(first, comparison.period.first) if comparison else first, last, branches=branches
    )
    told = told[told["n"].notna()]
    asked = pd.to_datetime(told["day"])

    def counted(start: date, end: date) -> Counts:
        rows = told[asked.between(pd.Timestamp(start), pd.Timestamp(end))]
        return Counts.of([float(rows["n"].sum())], [float(rows["top_two"].sum())])

    now = counted(looked_at.first, last)
    then = counted(comparison.period.first, comparison.until) if comparison else Counts.of([0.0], [0.0])
    by_month = told[["n", "top_two"]].astype("float64").groupby(asked.dt.to_period("M")).sum()
    answered = by_month[by_month["n"] > 0]
    history = tuple(answered["top_two"] / answered["n"])
    return Satisfaction(now, then, difference_in_shares(then, now), history)


def _regions(reader: Reader, programme: Campaigns, branches: tuple[str, ...]) -> Regions | None:
    ids = [str(campaign) for campaign in programme.listed["campaign_id"]]
    if not ids:
        return None

    def read(part: tuple[str, ...]) -> pd.DataFrame:
        return summary.conversions_by_region(reader, campaigns=part, branches=branches)

    return compared(in_batches(read, ids, 200))
