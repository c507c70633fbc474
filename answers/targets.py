"""What was to be reached in a period, and how much of it was?"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from data_access.queries import data
from data_access.reading.reader import Reader
from data_access.workspace import targets
from data_access.workspace.targets import METRICS, Key, Kind
from metrics.week.attainment import attainment

from answers import period
from answers.period import Period

Workspace = Any

LEVELS = frozenset({"average_assets"})
"""Metrics of which the last month counts: a balance is not added up over months."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What was to be reached.

    Attributes:
        metric: Of the catalogue.
        value: In the metric's unit; None unless every branch and month that it takes has a target.
        with_target: How many of them have one.
        wanted: How many it takes; 0 where the metric or the period has no targets.
    """

    metric: str
    value: float | None
    with_target: int
    wanted: int

    def reached(self, actual: float) -> float:
        """The share of it that was reached; nan where none can be."""
        return math.nan if self.value is None else float(attainment(actual, self.value)[0])


def ask(
    workspace: Workspace, reader: Reader, metrics: Iterable[str], looked_at: Period, branches: Sequence[str] = ()
) -> dict[str, Goal]:
    """The goals of some metrics, as they stand now.

    Amounts and counts add up over branches and over the months of a quarter or year; of a share several cannot be put
    together. A week has no target: its month has.

    Args:
        workspace: Where targets are kept.
        reader: Whose branches.
        metrics: Keys of the catalogue.
        looked_at: The period.
        branches: These alone; all of the reader's if empty.
    """
    own = [str(branch) for branch in data.branches(reader)["branch_id"]]
    of = [branch for branch in own if not branches or branch in branches]
    parts = _parts(looked_at)
    kept = targets.latest(workspace, reader.scope, branches=of, periods=parts) if of and parts else {}
    values = {key: one.value for key, one in kept.items() if one.value is not None}
    return {metric: _goal(metric, of, parts, values) for metric in metrics}


def _goal(metric: str, branches: Sequence[str], parts: Sequence[str], values: Mapping[Key, float]) -> Goal:
    counted = parts[-1:] if metric in LEVELS else parts
    wanted = [Key(branch, metric, part) for branch in branches for part in counted] if metric in METRICS else []
    found = [values[key] for key in wanted if key in values]
    adds_up = len(wanted) == 1 or (metric in METRICS and METRICS[metric] is not Kind.SHARE)
    whole = adds_up and len(found) == len(wanted) > 0
    return Goal(metric, math.fsum(found) if whole else None, len(found), len(wanted))


def _parts(looked_at: Period) -> list[str]:
    """Periods of targets that make up this one, the earliest first; none where targets are not kept so fine."""
    if looked_at.kind is period.Kind.SEASON:
        return [looked_at.key]
    if looked_at.kind not in (period.Kind.MONTH, period.Kind.QUARTER, period.Kind.YEAR):
        return []
    months: list[str] = []
    day = looked_at.first
    while day <= looked_at.last:
        found = period.month(day)
        months.append(found.key)
        day = found.last + timedelta(days=1)
    return months
