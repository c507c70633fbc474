"""What was to be reached in a period, and how much of it was?"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from data_access.reading.reader import Reader
from data_access.workspace import targets
from data_access.workspace.targets import METRICS, Key, Kind
from metrics.week.attainment import attainment

from answers import period, places, seasons, working_days
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
        season: Name of the season; empty for a month.
    """

    period: str
    days: int = 0
    of: int = 0
    season: str = ""

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
        parts: The months or the season of which a shorter period takes its working days; empty where whole targets are
            meant.
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
    month that holds its Thursday. A week or month for which no branch set a target takes its working days of that of
    the season it lies in, a share that of the season; a balance does not, for the season's is meant for its end.

    Args:
        workspace: Where targets are kept.
        reader: Whose branches.
        metrics: Keys of the catalogue.
        periods: The periods.
        branches: These alone; all of the reader's if empty.
    """
    of = [branch for branch in places.called(reader) if not branches or branch in branches]
    named = {part.period for looked_at in periods for part in _whole(looked_at)}
    named |= {season.key for looked_at in periods if (season := _season(reader, looked_at))}
    kept = targets.latest(workspace, reader.scope, branches=of, periods=sorted(named)) if of and named else {}
    values = {key: one.value for key, one in kept.items() if one.value is not None}
    return [_goals(reader, metrics, looked_at, of, values) for looked_at in periods]


def _goals(
    reader: Reader, metrics: Collection[str], looked_at: Period, of: Sequence[str], values: Mapping[Key, float]
) -> dict[str, Goal]:
    in_part = looked_at.kind is period.Kind.WEEK and bool(values)  # nobody waits for a calendar that is not needed
    parts = _worked(reader, looked_at, tuple(of)) if in_part else _whole(looked_at)
    goals = {metric: _goal(metric, of, _counted(metric, looked_at, parts), values) for metric in metrics}
    season = _season(reader, looked_at)
    if season is None or not any(key.period == season.key for key in values):
        return goals
    return {metric: _or_of_season(reader, goal, looked_at, season, of, values) for metric, goal in goals.items()}


def _season(reader: Reader, looked_at: Period) -> Period | None:
    """The season in which a whole week or month lies, the latest of several."""
    if looked_at.kind not in (period.Kind.WEEK, period.Kind.MONTH):
        return None
    held = (period.named(f"{period.SEASON}{one.season_id}", (one,)) for one in seasons.ask(reader))
    return next((one for one in held if one.first <= looked_at.first and looked_at.last <= one.last), None)


def _or_of_season(
    reader: Reader, goal: Goal, looked_at: Period, season: Period, of: Sequence[str], values: Mapping[Key, float]
) -> Goal:
    """The goal, or where nobody set one the part of the season's."""
    if goal.with_target or goal.metric not in METRICS or goal.metric in LEVELS:
        return goal
    part = Part(season.key, season=season.name)
    if METRICS[goal.metric] is not Kind.SHARE:
        days = working_days.ask(reader, season.first, season.last, tuple(of))
        worked = sum(looked_at.first <= day <= looked_at.last for day in days)
        part = Part(season.key, worked, len(days), season.name)
    found = _goal(goal.metric, of, [part], values)
    return found if found.with_target else goal


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
