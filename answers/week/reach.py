"""Where will the month and the season end, and how likely do they reach their targets?

What is booked is counted with the week and kept; a target may be set at any moment, so that it is read anew each time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final
from weakref import WeakKeyDictionary

import numpy as np
from data_access.reading.reader import Reader
from metrics.finding import Finding
from metrics.week.findings import month_end_findings
from metrics.week.run_rate import MonthEnd

from answers import places, targets
from answers.period import Kind, Period
from answers.targets import Goal
from answers.week.month import METRIC, Month
from answers.week.season import Season
from answers.week.week import Week

Workspace = Any

_LAST: Final[WeakKeyDictionary[Month | Season, Reach]] = WeakKeyDictionary()
"""What was last worked out of a month or season that is kept with its week."""


@dataclass(frozen=True, eq=False)
class Reach:
    """A period that is under way, or over, and its target.

    Attributes:
        period: The month or the season.
        booked: Minor units so far.
        days: Working days that are over.
        working_days: Of the whole period.
        ends: Its likely end, with the chance of reaching the target.
        goal: The target; without a value where none is set.
        found: What is to be said of it.
    """

    period: Period
    booked: float
    days: int
    working_days: int
    ends: MonthEnd
    goal: Goal
    found: tuple[Finding, ...]


def without_targets(answer: Week) -> tuple[Reach, ...]:
    """The month and the season of a week, whatever was to be reached."""
    return tuple(_reach(each, Goal(METRIC, None, 0, 0)) for each in (answer.month, answer.season) if each is not None)


def ask(workspace: Workspace, reader: Reader, answer: Week) -> tuple[Reach, ...]:
    """The month and the season of a week beside their targets, as these stand now.

    Args:
        workspace: Where targets are kept.
        reader: Whose branches.
        answer: The week.
    """
    branches = places.branches(reader, answer.choice.branch)
    ends = [each for each in (answer.month, answer.season) if each is not None]
    goals = targets.of_each(workspace, reader, [METRIC], [each.period for each in ends], branches)
    return tuple(_reach(each, goal[METRIC]) for each, goal in zip(ends, goals, strict=True))


def _reach(of: Month | Season, goal: Goal) -> Reach:
    """The same one as long as the target is the same: it is looked up anew each time, and seldom another."""
    kept = _LAST.get(of)
    if kept is None or kept.goal != goal:
        kept = _LAST[of] = _towards(of, goal)
    return kept


def _towards(of: Month | Season, goal: Goal) -> Reach:
    ends = of.towards(goal.value)
    if of.period.kind is Kind.SEASON and not ends.total.known[0]:
        ends = replace(ends, chance=float("nan"))
    found = () if np.isnan(ends.total.estimate[0]) else tuple(month_end_findings(METRIC, ends, goal.value))
    return Reach(of.period, of.booked, of.days, of.working_days, ends, goal, found)
