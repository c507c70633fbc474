"""What changed for trained staff beyond what changed for their untrained colleagues: difference in differences.

Each person gives one number, after minus before, so that the interval counts persons and not customers: the results
of one person's customers hang together. Nobody was drawn at random into a course, so this is a *difference*. Where
the trained began from another level, part of it may be a return to the mean, and `began` says so.

Source: Bertrand, Duflo and Mullainathan (2004), Quarterly Journal of Economics 119, 249-275 (collapse to one number
per cluster); Card and Krueger (1994), American Economic Review 84, 772-793.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.errors import ShapeError
from metrics.estimate import Intervals, Verdict
from metrics.finding import Finding, FindingCode
from metrics.inference.effect import difference_in_means
from metrics.inference.mean import student
from metrics.moments import Floats, Moments, floats


@dataclass(frozen=True, slots=True)
class TrainingEffect:
    """One row each, in the unit of the results."""

    trained: Intervals  # change of the trained
    untrained: Intervals  # change of their colleagues
    difference: Intervals  # the first minus the second
    began: Intervals  # trained minus untrained before the course

    def frame(self) -> pd.DataFrame:
        """One row each, named in `of`."""
        names = ("trained", "untrained", "difference", "began")
        return pd.concat([getattr(self, name).frame().assign(of=name) for name in names], ignore_index=True)


def difference_in_differences(
    before: npt.ArrayLike, after: npt.ArrayLike, trained: npt.ArrayLike, level: float = 0.95
) -> TrainingEffect:
    """Change of the trained over that of the untrained.

    Args:
        before: each person's result before the course, such as O / E; nan if there is none.
        after: the same persons' results after it.
        trained: who took it.
        level: of the intervals.

    Returns:
        Persons without a result on either side are left out; fewer than two trained or untrained have no limits.

    Raises:
        ShapeError: the columns differ in length.
        DomainError: the level is not between 0 and 1.
    """
    start, end, took = floats(before), floats(after), np.atleast_1d(np.asarray(trained, dtype=np.bool_))
    if len({len(start), len(end), len(took)}) > 1:
        raise ShapeError("Each person has a result before, one after, and was trained or not.")
    known = ~(np.isnan(start) | np.isnan(end))
    change, with_course, without = end - start, known & took, known & ~took

    def moments(values: Floats, who: npt.NDArray[np.bool_]) -> Moments:
        return Moments.from_rows(values[who])

    return TrainingEffect(
        trained=student(moments(change, with_course), level),
        untrained=student(moments(change, without), level),
        difference=difference_in_means(moments(change, without), moments(change, with_course), level),
        began=difference_in_means(moments(start, without), moments(start, with_course), level),
    )


def findings(course: str, effect: TrainingEffect) -> list[Finding]:
    """What a page may say of a course; nothing when too few took it or went without."""
    verdict = str(effect.difference.verdict()[0])
    if verdict == Verdict.TOO_FEW:
        return []
    people = {"trained": float(effect.trained.n[0]), "untrained": float(effect.untrained.n[0])}
    codes = {
        Verdict.HIGHER.value: FindingCode.TRAINED_HIGHER,
        Verdict.LOWER.value: FindingCode.TRAINED_LOWER,
        Verdict.NO_DIFFERENCE.value: FindingCode.TRAINED_NO_DIFFERENCE,
    }
    found = [Finding(codes[verdict], {"course": course, **_limits(effect.difference), **people})]
    began = str(effect.began.verdict()[0])
    if began in (Verdict.HIGHER, Verdict.LOWER):
        code = FindingCode.TRAINED_BEGAN_HIGHER if began == Verdict.HIGHER else FindingCode.TRAINED_BEGAN_LOWER
        found.append(Finding(code, {"course": course, **_limits(effect.began)}))
    return found


def _limits(interval: Intervals) -> dict[str, float]:
    return {
        "estimate": float(interval.estimate[0]),
        "low": float(interval.low[0]),
        "high": float(interval.high[0]),
    }
