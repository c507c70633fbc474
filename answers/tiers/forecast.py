"""Customers in each tier one horizon on, if the last one repeats itself, and how that would have done before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from metrics.estimate import Intervals
from metrics.finding import Finding
from metrics.moments import Floats
from metrics.tiers import findings
from metrics.tiers.projection import Backtest, backtest_rates, backtest_sizes, project
from metrics.tiers.transition import Transitions

from answers.tiers.choice import Span, first_day

SEED: Final = 20261128
"""Of the draws behind limits: the same question has the same answer."""

NEAR: Final = 0.8


@dataclass(frozen=True, eq=False)
class Forecast:
    """Customers by tier: counted so far, and one horizon on.

    Attributes:
        sizes: One horizon on, 95 % limits.
        near: The same, 80 % limits.
        tested: What the same would have said of now, one horizon ago; None where the data do not reach back two.
        missed: How many customers that put into a wrong tier.
        months: First days of the months of the two horizons that it was made and tried on, the oldest first.
        counted: Customers in each of these months, tiers x months; nan where they were not counted.
        ahead: First day of the month that it speaks of.
    """

    sizes: Intervals
    near: Intervals
    tested: Backtest | None
    missed: Finding | None
    months: tuple[date, ...]
    counted: Floats
    ahead: date


def ask(moves: Transitions, before: Transitions | None, monthly: Transitions, span: Span) -> Forecast:
    """The forecast from moves over a horizon, tried on the horizon before it.

    Args:
        moves: Over the horizon that ends with the data.
        before: Over the one before; None where the data do not reach back.
        monthly: Over horizons by the number of the month in which they start.
        span: The horizon that ends with the data.
    """
    now = moves.continuing.sum(axis=1) + moves.entries
    first = span.before.start if before is not None else span.start
    numbers = range(first, span.end + 1)
    counted = _counted(monthly)
    nobody = np.full(len(moves.tiers), np.nan)
    course = np.column_stack([*(counted.get(number, nobody) for number in numbers[:-1]), now[0]])
    rng = np.random.default_rng(SEED)
    sizes, near = project(now, moves, rng), project(now, moves, np.random.default_rng(SEED), level=NEAR)
    months, ahead = tuple(map(first_day, numbers)), first_day(span.end + span.months)
    if before is None:
        return Forecast(sizes, near, None, None, months, course, ahead)
    missed = findings.backtest_findings(backtest_rates(before, moves, rng), moves)
    tested = backtest_sizes(before, moves, rng)
    return Forecast(sizes, near, tested, missed[0] if missed else None, months, course, ahead)


def _counted(monthly: Transitions) -> dict[int, Floats]:
    """Customers by tier in each month at which a horizon starts or, beyond the last of these, ends."""
    at_end = monthly.continuing.sum(axis=1) + monthly.entries
    at_start = monthly.departures.sum(axis=2)
    found = {int(group) + monthly.months: at_end[row] for row, group in enumerate(monthly.groups)}
    return found | {int(group): at_start[row] for row, group in enumerate(monthly.groups)}
