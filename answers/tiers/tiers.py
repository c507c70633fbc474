"""Who rises, who slips, what is it worth? One horizon, counted directly, that ends with the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from data_access.queries import tiers
from data_access.reading.reader import Reader
from data_access.tier_pairs import EVERYBODY
from metrics.estimate import Intervals
from metrics.finding import Finding
from metrics.tiers import findings, markov
from metrics.tiers.assets_moved import Bridge
from metrics.tiers.lines import Crossings, crossing_findings, crossings
from metrics.tiers.rates import cell_rates, movement_rate, net_upgrade
from metrics.tiers.transition import Movement, Transitions

from answers import places
from answers.campaigns.overview import branch_names
from answers.kept import kept
from answers.summary.tier_order import tier_order
from answers.tiers import branches as of_branches
from answers.tiers import effects, forecast, grace, trend
from answers.tiers.branches import Branches
from answers.tiers.choice import Choice, Span, first_day, offered, recorded
from answers.tiers.effects import Effects
from answers.tiers.forecast import SEED, Forecast
from answers.tiers.grace import Grace
from answers.tiers.trend import MOST_MONTHS, Trend

MOST_PERIODS: Final = 12
"""Whole horizons that are held against one another."""


@dataclass(frozen=True, eq=False)
class Tiers:
    """Moves between tiers over one horizon.

    Attributes:
        choice: What was asked.
        start: First day of the start month.
        end: First day of the end month.
        moves: Customers by tier at both ends.
        before: The same one horizon earlier; None where the data do not reach back.
        cells: Share of each tier's customers who reached each state.
        rates: Share of all customers by movement.
        net: Upgrades less downgrades as a share of the customers at the start.
        lines: Who crossed each line.
        bridge: What that did to the balance; None where the feeds record no balances.
        forecast: One horizon on.
        grace: Who is about to fall; None by assets alone, or without a clock.
        branches: How branches compare.
        trend: Rates month by month.
        effects: What campaigns did to upgrades; None where no campaign's horizon is over.
        found: The most important first.
        tested: Whether rates are the same in time, among branches, whatever came before.
        thresholds: Average assets from which a customer belongs to a tier, minor units, by tier of the bank's rule.
        branch_names: Of the viewer's branches, by identifier.
        campaign_names: Of the campaigns that may be chosen, by identifier.
        counted: Names of the branches whose customers are counted; empty for the whole bank.
        currency: Of all amounts.
    """

    choice: Choice
    start: date
    end: date
    moves: Transitions
    before: Transitions | None
    cells: Intervals
    rates: dict[Movement, Intervals]
    net: Intervals
    lines: Crossings
    bridge: Bridge | None
    forecast: Forecast
    grace: Grace | None
    branches: Branches
    trend: Trend
    effects: Effects | None
    found: tuple[Finding, ...]
    tested: tuple[Finding, ...]
    thresholds: Mapping[str, int]
    branch_names: Mapping[str, str]
    campaign_names: Mapping[str, str]
    counted: tuple[str, ...]
    currency: str

    @property
    def order(self) -> tuple[str, ...]:
        """The tiers, lowest first."""
        return self.moves.tiers


@dataclass(frozen=True, eq=False)
class TooShort:
    """The data do not hold two months that far apart with a customer in them.

    Attributes:
        choice: What was asked.
        months: Months that the data hold.
    """

    choice: Choice
    months: int


@kept
def ask(reader: Reader, choice: Choice) -> Tiers | TooShort:
    """The moves of a choice."""
    seen = recorded(reader)
    if seen is None or seen[1] - choice.months < seen[0]:
        return TooShort(choice, 0 if seen is None else seen[1] - seen[0] + 1)
    span = Span(seen[1] - choice.months, seen[1])
    order = tiers_in_order(reader, choice, seen)
    if not order:
        return TooShort(choice, 0)
    monthly = trend.monthly(reader, choice, order, seen)
    moves, periods = trend.starting(monthly, span), _periods(monthly, span)
    before = periods[1] if len(periods) > 1 else None
    lines, net = crossings(moves), net_upgrade(moves)
    bridge = _bridge(reader, choice, order, span)
    compared = of_branches.ask(reader, choice, order, span)
    migration = findings.migration_findings(moves)
    return Tiers(
        choice,
        first_day(span.start),
        first_day(span.end),
        moves,
        before,
        cell_rates(moves),
        {movement: movement_rate(moves, movement) for movement in Movement},
        net,
        lines,
        bridge,
        forecast.ask(moves, before, monthly, span),
        grace.ask(reader, choice, order, span.end),
        compared,
        trend.ask(reader, monthly),
        effects.ask(reader, choice, order),
        (*(crossing_findings(lines, choice.months) or migration[:1]), *migration[1:]),
        tuple(_tested(reader, choice, periods, compared, span)),
        {tier.key: tier.threshold for tier in grace.of_rule(span.end)},
        branch_names(reader),
        offered(reader).campaigns,
        places.names(reader, choice.branch),
        reader.currency,
    )


def tiers_in_order(reader: Reader, choice: Choice, seen: tuple[int, int]) -> tuple[str, ...]:
    """The tiers, lowest first, those that nobody holds any more among them; empty where nobody holds one."""
    months = range(max(seen[0], seen[1] - 2 * MOST_MONTHS), seen[1] + 1)
    sizes = tiers.sizes(reader, months, rule=choice.rule, branches=places.branches(reader, choice.branch))
    return () if sizes.empty else tier_order(sizes)


def _periods(monthly: Transitions, span: Span) -> list[Transitions]:
    """Whole horizons one after the other, the latest first."""
    periods: list[Transitions] = []
    while len(periods) < MOST_PERIODS and str(span.start) in monthly.groups:
        periods.append(trend.starting(monthly, span))
        span = span.before
    return periods


def _bridge(reader: Reader, choice: Choice, order: tuple[str, ...], span: Span) -> Bridge | None:
    if not reader.has("tier_snapshot", "aum"):
        return None
    sums = tiers.asset_sums(
        reader,
        span.start,
        span.months,
        rule=choice.rule,
        branches=places.branches(reader, choice.branch),
        audience=choice.audience,
    )
    return Bridge.from_frame(sums, order)


def _tested(
    reader: Reader, choice: Choice, periods: Sequence[Transitions], branches: Branches, span: Span
) -> list[Finding]:
    """Are the rates the same in time, among branches, and whatever came before?"""
    rng = np.random.default_rng(SEED)
    found: list[Finding] = []
    if len(periods) > 1:
        found += findings.change_findings(markov.compare(periods[0], periods[1], rng))
    if len(periods) > 2:
        one_each = Transitions.of(
            np.concatenate([period.counts for period in periods]),
            tiers=periods[0].tiers,
            months=span.months,
            groups=[str(number) for number in range(len(periods))],
        )
        found += findings.periods_findings(markov.stationarity(one_each, rng), len(periods), span.months)
    if branches.moves is not None:
        found += findings.branch_findings(markov.compare(branches.moves, branches.moves.rest(), rng))
    if choice.audience == EVERYBODY:
        triples = tiers.tier_triples(
            reader,
            rule=choice.rule,
            first=span.end - 12,
            last=span.end - 1,
            branches=places.branches(reader, choice.branch),
        )
        if choice.rule == "asset_tier":
            triples = triples.assign(months_below=np.nan)
        if len(triples):
            found += findings.order_findings(markov.order(triples, rng))
    return found
