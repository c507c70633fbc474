"""One verdict for each comparison of a fixed family: what holds, what only hints, what shows no difference.

The interval beside a verdict is the ordinary one of the comparison alone. A comparison whose interval leaves no
doubt by itself may still be one of those that chance gives among many: that is a hint.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.catalogue import Direction
from metrics.estimate import Intervals
from metrics.inference.multiplicity import benjamini_hochberg
from metrics.moments import Floats, floats


class Grade(StrEnum):
    """How sure a difference is, and which way it points."""

    RAISED = "raised"  # holds in its family
    LOWERED = "lowered"
    HINT_RAISED = "hint_raised"  # its own interval excludes the line, the family does not carry it
    HINT_LOWERED = "hint_lowered"
    NONE_SHOWN = "none_shown"
    NOT_JUDGED = "not_judged"  # there is no number, and its interval says why

    @property
    def shown(self) -> bool:
        """Whether it holds in its family."""
        return self in (Grade.RAISED, Grade.LOWERED)

    @property
    def hint(self) -> bool:
        """Whether it is no more than a hint."""
        return self in (Grade.HINT_RAISED, Grade.HINT_LOWERED)

    @property
    def sign(self) -> int:
        """1 where it points up, -1 where it points down, else 0."""
        return _SIGNS.get(self, 0)


_SIGNS = {Grade.RAISED: 1, Grade.HINT_RAISED: 1, Grade.LOWERED: -1, Grade.HINT_LOWERED: -1}


class Meaning(StrEnum):
    """What a grade means for the bank: the colour of a badge."""

    BETTER = "better"
    WORSE = "worse"
    NEITHER = "neither"


def meaning(grade: Grade | str, direction: Direction) -> Meaning:
    """What a grade means, by which way of the metric is good; how sure it is, the grade itself says.

    >>> meaning(Grade.RAISED, Direction.DOWN), meaning("hint_raised", Direction.UP)
    (<Meaning.WORSE: 'worse'>, <Meaning.BETTER: 'better'>)
    """
    good = {Direction.UP: 1, Direction.DOWN: -1, Direction.NEITHER: 0}[direction]
    return {1: Meaning.BETTER, -1: Meaning.WORSE}.get(good * Grade(grade).sign, Meaning.NEITHER)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """One metric's verdicts, one row per comparison."""

    grade: npt.NDArray[np.str_]  # `Grade`
    year: npt.NDArray[np.int64]  # names the family; 0 where it is not known
    family: npt.NDArray[np.int64]  # comparisons that were made in the row's family
    p_value: Floats  # of the comparison alone
    adjusted: Floats  # allowing for its family, by Benjamini and Hochberg
    provisional: npt.NDArray[np.bool_]  # others may yet join the family, so the verdict may still move
    level: float

    def __len__(self) -> int:
        """Number of comparisons."""
        return len(self.grade)

    def __getitem__(self, rows: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> Verdicts:
        """Some of the rows; each keeps the verdict that it has in its whole family."""
        return Verdicts(
            self.grade[rows],
            self.year[rows],
            self.family[rows],
            self.p_value[rows],
            self.adjusted[rows],
            self.provisional[rows],
            self.level,
        )

    @property
    def expected(self) -> Floats:
        """How many of the row's family would look different by themselves although nothing is."""
        return floats(self.family * (1 - self.level))

    def count(self, *grades: Grade) -> int:
        """Rows with one of these grades."""
        return int(np.isin(self.grade, grades).sum())

    def frame(self) -> pd.DataFrame:
        """One row per comparison."""
        names = ("grade", "year", "family", "p_value", "adjusted", "provisional")
        return pd.DataFrame({name: getattr(self, name) for name in names})


def judge(
    difference: Intervals,
    p_value: npt.ArrayLike,
    year: npt.ArrayLike | None = None,
    *,
    unfinished: npt.ArrayLike = False,
    line: float = 0.0,
) -> Verdicts:
    """Verdicts on all comparisons of one metric, each allowing for its family: those of the same year.

    Hand over *all* comparisons of a viewer, and choose what to show afterwards (`Verdicts.__getitem__`): then no
    filter changes a verdict.

    Args:
        difference: each with its own interval, at the level that the verdicts are to hold at.
        p_value: of the test that it is `line`; nan where there is no test.
        year: family of each row; without it, all are one.
        unfinished: rows whose family is not complete yet.
        line: where better begins: 0 of a difference or of a return.

    Returns:
        A row is raised (lowered) when its own interval lies wholly above (below) the line *and* its adjusted p value
        is below one minus the level: of those called so, the share that are not stays below it on average.

    >>> two = Intervals.of([0.02, 0.02, 0.0], [0.01, 0.001, -0.1], [0.03, 0.04, 0.1], n=[900, 900, 900])
    >>> judge(two, [0.001, 0.049, 0.9]).grade.tolist()
    ['raised', 'hint_raised', 'none_shown']
    """
    p = np.where(difference.known, floats(p_value), np.nan)
    of_year = np.zeros(len(p), dtype=np.int64) if year is None else np.asarray(year, dtype=np.int64)
    adjusted, family = np.full_like(p, np.nan), np.zeros(len(p), dtype=np.int64)
    for one in np.unique(of_year):  # some five years, however many campaigns
        rows = of_year == one
        tests = benjamini_hochberg(p[rows])
        adjusted[rows], family[rows] = tests.adjusted, tests.family
    holds = adjusted < 1 - difference.level
    above, below = difference.low > line, difference.high < line
    grade = np.select(
        [~difference.known, above & holds, below & holds, above, below],
        [Grade.NOT_JUDGED, Grade.RAISED, Grade.LOWERED, Grade.HINT_RAISED, Grade.HINT_LOWERED],
        Grade.NONE_SHOWN,
    ).astype(np.str_)
    waiting = np.broadcast_to(np.asarray(unfinished, dtype=np.bool_), grade.shape)
    return Verdicts(grade, of_year, family, p, adjusted, waiting, difference.level)
