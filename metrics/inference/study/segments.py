"""Groups of customers beside the whole: whether they differ at all comes first, then what each shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from metrics.catalogue import Metric, Unit
from metrics.estimate import Intervals, Tests
from metrics.inference.effect import difference_in_means, welch_error
from metrics.inference.multiplicity import holm
from metrics.inference.score_difference import miettinen_nurminen, score_test
from metrics.inference.significance import compare_means
from metrics.inference.study.sides import Paired, counts, moments, paired
from metrics.moments import Floats

DIFFER_BELOW = 0.05

MOST_GROUPS = 8
"""Groups of a dimension that are told one by one; of more only whether they differ, for to tell each costs all."""


@dataclass(frozen=True, slots=True)
class Segments:
    """One row per group of customers, dimension by dimension."""

    dimension: tuple[str, ...]  # what customers were told apart by
    value: tuple[str, ...]  # the group; empty where it is not known
    difference: Intervals  # a minus b; all intervals together hold at the level
    adjusted: Floats  # p value times the number of groups (Bonferroni): below 1 - level where the interval leaves out 0
    interaction: pd.DataFrame  # one row a dimension: `dimension`, `groups`, `statistic`, `p_value`, `adjusted` (Holm)

    def __len__(self) -> int:
        """Number of groups."""
        return len(self.value)

    @property
    def differ(self) -> tuple[str, ...]:
        """Dimensions whose groups differ by more than chance, allowing for the number of dimensions."""
        rows = self.interaction["adjusted"] < DIFFER_BELOW
        return tuple(self.interaction.loc[rows, "dimension"])

    def swapped(self) -> Segments:
        """The same with b minus a."""
        return Segments(self.dimension, self.value, self.difference.scaled(-1.0), self.adjusted, self.interaction)


def segments(frame: pd.DataFrame, entry: Metric, level: float = 0.95) -> Segments:
    """Every group's difference, allowing for their number, and each dimension's test that its groups are alike.

    Args:
        frame: `dimension`, `value`, `side`, and the counts or moments of the outcome of the customers whose window has
            closed. A dimension of more than `MOST_GROUPS` groups is tested as a whole and not told one by one.
        entry: the outcome.
        level: that all intervals hold together.

    Returns:
        `Segments`. Shares with the limits of Miettinen and Nurminen and the test that they invert, amounts with
        Welch's: limits and p value never contradict each other. The test across a dimension is Cochran's Q of the
        differences (fixed effects, inverse variances).

    Raises:
        DomainError: the level is not between 0 and 1.

    Source: Cochran (1954), Biometrics 10, 101-129.
    """
    everything = paired(frame, ("dimension", "value"), level)
    groups = everything.keys["dimension"].map(everything.keys["dimension"].value_counts())
    told = set(everything.keys.loc[groups <= MOST_GROUPS, "dimension"])
    sides = paired(frame[frame["dimension"].isin(told)], ("dimension", "value"), level)
    rows = len(sides)
    each = 1 - (1 - level) / max(rows, 1)
    if entry.unit is Unit.POINTS:
        control, treated = counts(sides.b, entry), counts(sides.a, entry)
        difference, test = miettinen_nurminen(control, treated, each), score_test(control, treated)
    else:
        means = moments(sides.b, entry), moments(sides.a, entry)
        difference, test = difference_in_means(*means, each), compare_means(*means)
    p_value = np.where(difference.known, test.p_value, np.nan)
    return Segments(
        tuple(sides.keys["dimension"]),
        tuple("" if value is None else str(value) for value in sides.keys["value"]),
        difference,
        np.minimum(p_value * rows, 1.0),
        _interaction(everything.keys["dimension"].to_numpy(), *_differences(everything, entry)),
    )


def heterogeneity(difference: Floats, error: Floats) -> Tests:
    """Cochran's Q that several independent differences are one and the same; one row.

    >>> heterogeneity(np.array([1.0, 3.0]), np.array([1.0, 1.0])).p_value.round(4)
    array([0.1573])
    """
    known = ~np.isnan(difference) & (error > 0)
    weight = np.where(known, error, np.inf) ** -2.0
    if known.sum() < 2:
        nothing = np.array([np.nan])
        return Tests(nothing, nothing, np.array([""]), np.array(["too_few"]))
    values = np.where(known, difference, 0.0)
    mean = (weight * values).sum() / weight.sum()
    q = float((weight * (values - mean) ** 2).sum())
    return Tests(
        np.array([q]), np.array([stats.chi2.sf(q, known.sum() - 1)]), np.array(["Cochran's Q"]), np.array([""])
    )


def _differences(sides: Paired, entry: Metric) -> tuple[Floats, Floats]:
    a, b = moments(sides.a, entry), moments(sides.b, entry)
    error, _, _ = welch_error(b, a)
    return a.mean - b.mean, error


def _interaction(dimension: npt.NDArray[np.object_], difference: Floats, error: Floats) -> pd.DataFrame:
    tests: list[dict[str, object]] = []
    for one in dict.fromkeys(dimension):
        rows = dimension == one
        test = heterogeneity(difference[rows], error[rows])
        tests.append(
            {
                "dimension": one,
                "groups": int(rows.sum()),
                "statistic": test.statistic.item(),
                "p_value": test.p_value.item(),
            }
        )
    frame = pd.DataFrame(tests, columns=["dimension", "groups", "statistic", "p_value"])
    return frame.assign(adjusted=holm(frame["p_value"].astype(float)).adjusted)
