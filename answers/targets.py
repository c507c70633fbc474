"""What was to be reached in a period, and how much of it was?"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from data_access.queries import data
from data_access.reading.reader import Reader
from data_access.workspace import targets
from data_access.workspace.targets import METRICS, Key, Kind
from metrics.week.attainment import attainment

from answers import period, working_days
from answers.period import Period

Workspace = Any

LEVELS = frozenset({"average_assets"})
"""Metrics of which the last month counts: a balance is not added up over months."""


@dataclass(frozen=True, slots=True)
class Part:
    """A month or season that has a target, and how much of it is meant: a week takes its working days of a month's.

    Attributes:
        period: The month or season, in the spelling of `answers.period`.
        days: Working days of it that are meant.
        of: Working days that it has; 0 where all of it is meant.
    """

    period: str
    days: int = 0
    of: int = 0

    @property
    def share(self) -> float:
        """The part of the target that is meant."""
        return self.days / self.of if self.of else 1.0


@dataclass(frozen=True, slots=True)
class Goal:
    """What was to be reached.

    Attributes:
        metric: Of the catalogue.
        value: In the metric's unit; None unless every branch and month that it takes has a target.
        with_target: How many of them have one.
        wanted: How many it takes; 0 where the metric or the period has no targets.
        parts: The months of which a week takes its working days; empty where whole targets are meant.
    """

    metric: str
    value: float | None
    with_target: int
    wanted: int
    parts: tuple[Part, ...] = ()

    @property
    def apart(self) -> bool:
        """Whether all have a target, and the targets are shares, which several branches or months cannot share."""
        return self.value is None and self.with_target == self.wanted > 1

    def reached(self, actual: float) -> float:
        """The share of it that was reached; nan where none can be."""
        return math.nan if self.value is None else float(attainment(actual, self.value)[0])


def ask(
    workspace: Workspace, reader: Reader, metrics: Collection[str], looked_at: Period, branches: Sequence[str] = ()
) -> dict[str, Goal]:
    """The goals of some metrics in a period, as they stand now.

    Args:
        workspace: Where targets are kept.
        reader: Whose branches.
        metrics: Keys of the catalogue.
        looked_at: The period.
        branches: These alone; all of the reader's if empty.
    """
    return of_each(workspace, reader, metrics, [looked_at], branches)[0]


def of_each(
    workspace: Workspace,
    reader: Reader,
    metrics: Collection[str],
    periods: Sequence[Period],
    branches: Sequence[str] = (),
) -> list[dict[str, Goal]]:
    """The goals of some metrics in each of several periods, as they stand now.

    Amounts and counts add up over branches and over the months of a quarter or year; of a share several cannot be put
    together. A week takes of its months' targets the part of its working days; a share or a balance is that of the
    month that holds its Thursday.

    Args:
        workspace: Where targets are kept.
        reader: Whose branches.
        metrics: Keys of the catalogue.
        periods: The periods.
        branches: These alone; all of the reader's if empty.
    """
    own = [str(branch) for branch in data.branches(reader)["branch_id"]]
    of = [branch for branch in own if not branches or branch in branches]
    named = sorted({part.period for looked_at in periods for part in _whole(looked_at)})
    kept = targets.latest(workspace, reader.scope, branches=of, periods=named) if of and named else {}
    values = {key: one.value for key, one in kept.items() if one.value is not None}
    return [_goals(reader, metrics, looked_at, of, values) for looked_at in periods]


def _goals(
    reader: Reader, metrics: Collection[str], looked_at: Period, of: Sequence[str], values: Mapping[Key, float]
) -> dict[str, Goal]:
    in_part = looked_at.kind is period.Kind.WEEK and bool(values)  # nobody waits for a calendar that is not needed
    parts = _worked(reader, looked_at, tuple(of)) if in_part else _whole(looked_at)
    return {metric: _goal(metric, of, _counted(metric, looked_at, parts), values) for metric in metrics}


def _counted(metric: str, looked_at: Period, parts: Sequence[Part]) -> Sequence[Part]:
    """The months or seasons whose targets a metric takes."""
    if metric not in METRICS:
        return ()
    if looked_at.kind is period.Kind.WEEK and (METRICS[metric] is Kind.SHARE or metric in LEVELS):
        return [Part(period.month(looked_at.first + timedelta(days=3)).key)]
    return parts[-1:] if metric in LEVELS else parts


def _goal(metric: str, branches: Sequence[str], parts: Sequence[Part], values: Mapping[Key, float]) -> Goal:
    wanted = {Key(branch, metric, part.period): part.share for branch in branches for part in parts}
    found = [values[key] * share for key, share in wanted.items() if key in values]
    adds_up = len(wanted) == 1 or (metric in METRICS and METRICS[metric] is not Kind.SHARE)
    whole = adds_up and len(found) == len(wanted) > 0
    pro_rata = tuple(part for part in parts if part.of)
    return Goal(metric, math.fsum(found) if whole else None, len(found), len(wanted), pro_rata if whole else ())


def _whole(looked_at: Period) -> list[Part]:
    """Months or seasons whose targets make up that of this period, the earliest first; none for all of the data."""
    if looked_at.kind is period.Kind.SEASON:
        return [Part(looked_at.key)]
    if looked_at.kind is period.Kind.ALL:
        return []
    return [Part(month.key) for month in _months(looked_at)]


def _worked(reader: Reader, week: Period, branches: tuple[str, ...]) -> list[Part]:
    """The months of a week, each with its working days in the week, and how many it has; without one it is left out."""
    parts: list[Part] = []
    for month in _months(week):
        days = working_days.ask(reader, month.first, month.last, branches)
        worked = sum(week.first <= day <= week.last for day in days)
        parts += [Part(month.key, worked, len(days))] if worked else []
    return parts


def _months(looked_at: Period) -> list[Period]:
    """The months that share a day with the period."""
    months = [period.month(looked_at.first)]
    while months[-1].last < looked_at.last:
        months.append(period.month(months[-1].last + timedelta(days=1)))
    return months
