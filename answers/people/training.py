"""What changed for who took a course, beyond what changed for colleagues who did not?

Results of the two quarters before the quarter of the course and of the two after it, each as conversions over those
expected of such customers. A colleague who never took it is looked at over the same quarters, averaged over those in
which others took it, as many times as they did: so each person is one number, and seasons fall out of the difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from data_access.queries import staff
from data_access.reading.reader import Reader
from metrics.moments import Floats, floats
from metrics.staff.training_effect import TrainingEffect, difference_in_differences

from answers.people.results import bank_rates, by_quarter, expected

QUARTERS: Final = 2
"""Before and after: half a year each."""

FEWEST: Final = 3
"""People with and without a course from which it is judged: two may agree by luck, and their limits then deceive."""

_MISTAKEN: Final = 0.05
"""Chance that any of the courses is called a gain or a loss by chance alone."""


@dataclass(frozen=True, eq=False)
class Course:
    """A course and what changed for who took it.

    Attributes:
        name: Of the course.
        taken: People who completed it in time to be judged.
        without: Colleagues who never took it and can be compared.
        effect: In conversions over expected; its limits allow for all courses that are judged.
    """

    name: str
    taken: int
    without: int
    effect: TrainingEffect

    @property
    def judged(self) -> bool:
        """Whether enough people took it and enough did not."""
        return min(self.taken, self.without) >= FEWEST


def courses(reader: Reader, branch: str, people: Sequence[str]) -> tuple[Course, ...]:
    """The courses that staff of a branch took, in the order of the alphabet."""
    if not reader.has("training"):
        return ()
    results = by_quarter(reader, branch)
    if results.empty:
        return ()
    over = reader.as_of + timedelta(days=1)  # a quarter under way says nothing yet
    complete = results[results["quarter"] < over.year * 4 + (over.month - 1) // 3]
    told = expected(complete, bank_rates(reader, complete)).dropna(subset=["expected", "converted"])
    if told.empty:
        return ()
    done = staff.training(reader)
    return compared(told, done[done["staff_id"].isin(list(people))], people)


def compared(results: pd.DataFrame, done: pd.DataFrame, people: Sequence[str]) -> tuple[Course, ...]:
    """Each course's difference in differences.

    Args:
        results: ``staff_id``, ``quarter``, ``converted`` and ``expected``.
        done: ``staff_id``, ``course`` and ``completed_on``.
        people: who is compared.
    """
    quarters = range(int(results["quarter"].min()), int(results["quarter"].max()) + 1)
    observed, due = (
        results.pivot_table(name, "staff_id", "quarter", "sum").reindex(index=list(people), columns=list(quarters))
        for name in ("converted", "expected")
    )
    ratio = _Ratio(observed.fillna(0.0), due.fillna(0.0))
    when = pd.to_datetime(done["completed_on"])
    taken = done.assign(quarter=when.dt.year * 4 + when.dt.quarter - 1)
    first_time = taken.groupby(["course", "staff_id"])["quarter"].min()
    sides = [
        (str(name), *_before_and_after(rows.droplevel("course"), ratio, people))
        for name, rows in first_time.groupby(level="course")
    ]
    counted = [_counted(before, after, took) for _, before, after, took in sides]
    judged = sum(min(one) >= FEWEST for one in counted)
    level = 1 - _MISTAKEN / max(judged, 1)
    return tuple(
        Course(name, *counts, difference_in_differences(before, after, took, level))
        for (name, before, after, took), counts in zip(sides, counted, strict=True)
    )


def _counted(before: Floats, after: Floats, took: npt.NDArray[np.bool_]) -> tuple[int, int]:
    known = ~np.isnan(before + after)
    return int((known & took).sum()), int((known & ~took).sum())


class _Ratio:
    """Observed over expected of all people in some quarters together."""

    def __init__(self, observed: pd.DataFrame, due: pd.DataFrame) -> None:
        self._observed, self._due = observed, due
        self.quarters = range(int(due.columns[0]), int(due.columns[-1]) + 1)

    def over(self, first: int, last: int) -> pd.Series:
        """From the first quarter to the last; nan where nothing was expected, or a quarter is not recorded."""
        wanted = [quarter for quarter in range(first, last + 1) if quarter in self.quarters]
        due = self._due[wanted].sum(axis=1)
        if len(wanted) < last + 1 - first:
            return due * np.nan
        return self._observed[wanted].sum(axis=1) / due.where(due > 0)


def _before_and_after(
    taken: pd.Series, ratio: _Ratio, people: Sequence[str]
) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """Each person's result before and after a course, from the quarter in which each took it, and who took it."""
    before, after = (pd.Series(np.nan, index=list(people), dtype="float64") for _ in range(2))
    cohorts = taken[taken.between(ratio.quarters[0] + QUARTERS, ratio.quarters[-1] - QUARTERS)]
    without = [person for person in people if person not in taken.index]
    starts: list[pd.Series] = []
    ends: list[pd.Series] = []
    for person, quarter in zip(map(str, cohorts.index), cohorts.tolist(), strict=True):
        start = ratio.over(int(quarter) - QUARTERS, int(quarter) - 1)
        end = ratio.over(int(quarter) + 1, int(quarter) + QUARTERS)
        before[person], after[person] = start[person], end[person]
        both = start.notna() & end.notna()
        starts.append(start[without].where(both[without]))
        ends.append(end[without].where(both[without]))
    if starts:
        before[without] = pd.concat(starts, axis=1).mean(axis=1)
        after[without] = pd.concat(ends, axis=1).mean(axis=1)
    took = np.isin(list(people), list(cohorts.index))
    return floats(before.to_numpy()), floats(after.to_numpy()), took
