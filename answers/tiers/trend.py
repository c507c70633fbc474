"""How the rates of moving went from month to month, beside the seasons and campaigns that ran."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import pandas as pd
from data_access.queries import campaigns, tiers
from data_access.reading.reader import Reader
from metrics.estimate import Intervals
from metrics.tiers.rates import movement_rate
from metrics.tiers.transition import Movement, Transitions

from answers import places, seasons
from answers.period import Season
from answers.tiers.choice import Choice, Span, first_day

MOST_MONTHS: Final = 24
"""Ends of horizons that are drawn, the latest last."""

MOST_CAMPAIGNS: Final = 60


@dataclass(frozen=True, eq=False)
class Ran:
    """A campaign that ran while rates were counted."""

    name: str
    first: date
    last: date


@dataclass(frozen=True, eq=False)
class Trend:
    """Rates by the month in which the horizon ends.

    Attributes:
        ends: First days of these months, the oldest first.
        up: Share that rose, of all customers at the start.
        down: Share that slipped.
        seasons: The bank's seasons that touch these months, the latest first.
        campaigns: The latest campaigns that touch them.
        left_out: Campaigns beyond these.
    """

    ends: tuple[date, ...]
    up: Intervals
    down: Intervals
    seasons: tuple[Season, ...]
    campaigns: tuple[Ran, ...]
    left_out: int


def monthly(reader: Reader, choice: Choice, order: tuple[str, ...], seen: tuple[int, int]) -> Transitions:
    """Moves by the start month of the horizon, of the last months that the data hold; groups are month numbers."""
    first, last = seen[0], seen[1] - choice.months
    counts = tiers.transition_counts(
        reader,
        choice.months,
        rule=choice.rule,
        first=max(first, last - MOST_MONTHS + 1),
        last=last,
        by=("month_no",),
        branches=places.branches(reader, choice.branch),
        audience=choice.audience,
    )
    return Transitions.from_frame(counts, order, choice.months, by="month_no")


def starting(moves: Transitions, span: Span) -> Transitions:
    """Of moves by month those that start with a horizon; of nobody where the month has none."""
    start = str(span.start)
    row = moves.groups.index(start) if start in moves.groups else len(moves)
    rows = slice(row, row + 1)
    counts, missing = moves.counts[rows], moves.missing[rows]
    found = Transitions(moves.groups[rows], moves.tiers, moves.months, counts, missing)
    return found.pooled()


def ask(reader: Reader, moves: Transitions) -> Trend:
    """The rates of moves by month."""
    ends = tuple(first_day(int(group) + moves.months) for group in moves.groups)
    first, last = (min(ends, default=reader.as_of), max(ends, default=reader.as_of))
    until = date(last.year + last.month // 12, last.month % 12 + 1, 1)
    ran = campaigns.catalogue(reader, first=first, last=until) if reader.has("campaign") else pd.DataFrame()
    listed = (
        [
            Ran(str(name), starts.date(), ends_.date())
            for name, starts, ends_ in zip(
                *(ran.head(MOST_CAMPAIGNS)[key] for key in ("name", "starts_on", "ends_on")), strict=True
            )
        ]
        if len(ran)
        else []
    )
    held = tuple(season for season in seasons.ask(reader) if season.first < until and season.last >= first)
    return Trend(
        ends,
        movement_rate(moves, Movement.UPGRADE),
        movement_rate(moves, Movement.DOWNGRADE),
        held,
        tuple(listed),
        max(len(ran) - MOST_CAMPAIGNS, 0),
    )
