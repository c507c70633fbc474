"""Where will the year's net new money end, and how likely does it reach its target?

What is booked is counted with the summary and kept; a target may be set at any moment, so that it is read anew each
time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from data_access.reading.reader import Reader
from metrics.estimate import Intervals
from metrics.finding import Finding
from metrics.moments import Floats
from metrics.week.findings import month_end_findings
from metrics.week.run_rate import MonthEnd
from metrics.week.season_end import season_end

from answers import period, targets
from answers.period import Period
from answers.targets import Goal

METRIC: Final = "net_new_money"
LEARNED_FROM: Final = 12
"""Months up to the last one counted that say what a month brings."""

_LEVEL: Final = 0.8
_MONTHS: Final = 12

Workspace = Any


@dataclass(frozen=True, eq=False)
class Year:
    """The year in which a period ends, as far as that period.

    Attributes:
        period: The year.
        booked: Net new money of its months so far, minor units.
        months: How many of them are counted.
        earlier: What the last months brought, minor units.
    """

    period: Period
    booked: float
    months: int
    earlier: Floats

    def towards(self, target: float | None) -> MonthEnd:
        """Its likely end, and the chance of reaching a target (minor units)."""
        to_come = [1.0] * (_MONTHS - self.months)
        return season_end(self.booked, _OVER, 0.0, self.earlier, to_come, month_booked=0.0, target=target)


@dataclass(frozen=True, eq=False)
class YearReach:
    """A year beside its target.

    Attributes:
        year: What is booked.
        ends: Its likely end, with the chance of reaching the target.
        goal: The target; without a value unless every month of every branch has one.
        found: What is to be said of it.
    """

    year: Year
    ends: MonthEnd
    goal: Goal
    found: tuple[Finding, ...]


def year(by_month: pd.Series, last: int) -> Year | None:
    """The year of a month; None where one of its months up to that one is not recorded.

    Args:
        by_month: Net new money, minor units, by month number (year * 12 + month - 1).
        last: Number of the month.
    """
    first = last - last % _MONTHS
    so_far = by_month.reindex(range(first, last + 1))
    if so_far.isna().any():
        return None
    learned = by_month.reindex(range(last - LEARNED_FROM + 1, last + 1)).dropna()
    named = period.named(str(last // _MONTHS))
    return Year(named, float(so_far.sum()), len(so_far), learned.to_numpy(dtype=np.float64))


def without_target(of: Year | None) -> YearReach | None:
    """The year, whatever was to be reached."""
    return None if of is None else _reach(of, Goal(METRIC, None, 0, 0))


def ask(workspace: Workspace, reader: Reader, of: Year | None, branches: Sequence[str]) -> YearReach | None:
    """The year beside its target, as this stands now.

    Args:
        workspace: Where targets are kept.
        reader: Whose branches.
        of: The year.
        branches: These alone; all of the reader's if empty.
    """
    return None if of is None else _reach(of, targets.ask(workspace, reader, [METRIC], of.period, branches)[METRIC])


def _reach(of: Year, goal: Goal) -> YearReach:
    ends = of.towards(goal.value)
    return YearReach(of, ends, goal, tuple(month_end_findings(METRIC, ends, goal.value)))


_OVER: Final = MonthEnd(Intervals.of([0.0], [0.0], [0.0], n=[0], level=_LEVEL, method="counted"), 1.0, 1.0)
"""No month is under way: balances and flows are counted once a month is over."""
