"""Arms compared on several metrics at once: one verdict, no stronger than the design of the study.

Each metric becomes a `Contrast` by the builder that fits how it was measured (`of_shares`, `of_means`, `of_ratios`,
`of_adjusted_means`, `within_strata`); `compare` then allows for the number of comparisons, checks
the assignment and states what was found.

>>> from metrics.inference.comparison.health import sample_ratio
>>> bought = of_shares("conversion_rate", Counts.of([8000], [320]), Counts.of([8000], [440]), primary=True)
>>> sales = of_means("sales_per_customer", Moments.from_rows([0.0, 9.0, 3.0]), Moments.from_rows([8.0, 1.0, 6.0]))
>>> compare([bought, sales], Assignment.RANDOMISED, sample_ratio([[8000, 8000]], [1, 1])).findings[0].code
<FindingCode.ARM_EFFECT_HIGHER: 'arm_effect_higher'>
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.errors import ShapeError
from metrics.estimate import Intervals, Tests, Verdict
from metrics.finding import Finding, FindingCode
from metrics.inference.adjustment import Adjusted
from metrics.inference.bayes import Posterior, posterior_of_means, posterior_of_shares
from metrics.inference.comparison.health import MISMATCH_BELOW
from metrics.inference.effect import (
    covariate_adjusted,
    difference_in_means,
    difference_in_shares,
    lift_in_means,
    lift_in_shares,
    linearised,
)
from metrics.inference.multiplicity import AdjustedTests, benjamini_hochberg, holm
from metrics.inference.significance import compare_means, compare_shares
from metrics.moments import Counts, JointMoments, Moments, floats


class Assignment(StrEnum):
    """Who decided which customer is in which arm: what a difference may be called hangs on it."""

    RANDOMISED = "randomised"  # chance: a difference is an effect
    TARGETED = "targeted"  # someone: a difference is a difference


@dataclass(frozen=True, slots=True)
class Contrast:
    """Treated against control on one metric, one row per comparison."""

    metric: str  # key in the catalogue
    primary: bool  # the metric the campaign is judged by; the others explore
    difference: Intervals  # treated minus control, in the metric's unit
    test: Tests
    lift: Intervals | None = None  # relative to the control, where the design allows
    posterior: Posterior | None = None

    def __len__(self) -> int:
        """Number of comparisons."""
        return len(self.difference)


def of_shares(metric: str, control: Counts, treated: Counts, *, primary: bool = False, level: float = 0.95) -> Contrast:
    """A share of customers: Newcombe's interval, score or exact test."""
    return Contrast(
        metric,
        primary,
        difference_in_shares(control, treated, level),
        compare_shares(control, treated),
        lift_in_shares(control, treated, level),
        posterior_of_shares(control, treated),
    )


def of_means(
    metric: str, control: Moments, treated: Moments, *, primary: bool = False, level: float = 0.95
) -> Contrast:
    """A mean per customer: Welch's interval and test. A winsorised amount is a mean of its own."""
    return Contrast(
        metric,
        primary,
        difference_in_means(control, treated, level),
        compare_means(control, treated),
        lift_in_means(control, treated, level),
        posterior_of_means(control, treated),
    )


def of_ratios(
    metric: str, control: JointMoments, treated: JointMoments, *, primary: bool = False, level: float = 0.95
) -> Contrast:
    """A ratio of sums `x` / `y`: delta method."""
    return of_means(metric, linearised(control), linearised(treated), primary=primary, level=level)


def of_adjusted_means(
    metric: str, control: JointMoments, treated: JointMoments, *, primary: bool = False, level: float = 0.95
) -> Contrast:
    """A mean of `x` with what `y`, measured before, predicts taken out (CUPED): for randomised arms."""
    return of_means(metric, *covariate_adjusted(control, treated), primary=primary, level=level)


def within_strata(metric: str, strata: Adjusted, *, primary: bool = False) -> Contrast:
    """Any metric of arms that nobody randomised, strata compared with their like (`metrics.inference.adjustment`)."""
    return Contrast(metric, primary, strata.adjusted, strata.test)


@dataclass(frozen=True, slots=True)
class Compared:
    """One metric's contrast with what it says once all comparisons are allowed for."""

    contrast: Contrast
    p_values: AdjustedTests  # raw and adjusted: Holm for a primary metric, Benjamini-Hochberg for the others
    verdict: npt.NDArray[np.str_]  # `Verdict` of each comparison


@dataclass(frozen=True, slots=True)
class Comparison:
    """Arms compared on several metrics; one row per comparison in each of them."""

    assignment: Assignment
    metrics: tuple[Compared, ...]
    sample_ratio: Tests | None
    blocked: npt.NDArray[np.bool_]  # comparisons whose arms are not of the planned sizes: their result is not believed

    @property
    def findings(self) -> tuple[Finding, ...]:
        """One finding per comparison and primary metric, comparison by comparison.

        Without a primary metric nothing was named to judge by, and the one finding says so.
        """
        primary = [compared for compared in self.metrics if compared.contrast.primary]
        if not primary and len(self.blocked):
            return (Finding(FindingCode.NO_PRIMARY_METRIC, {"metrics": len(self.metrics)}),)
        return tuple(self._finding(compared, row) for row in range(len(self.blocked)) for compared in primary)

    def frame(self) -> pd.DataFrame:
        """One row per comparison and metric."""
        parts: list[pd.DataFrame] = []
        for compared in self.metrics:
            difference, test = compared.contrast.difference, compared.contrast.test
            columns: dict[str, object] = {
                "comparison": np.arange(len(difference)),
                "metric": compared.contrast.metric,
                "primary": compared.contrast.primary,
            }
            columns |= {name: getattr(difference, name) for name in ("estimate", "low", "high", "n", "reason")}
            columns |= {"p_value": test.p_value, "adjusted_p_value": compared.p_values.adjusted}
            parts.append(pd.DataFrame(columns | {"method": test.method, "verdict": compared.verdict}))
        return pd.concat(parts, ignore_index=True)

    def _finding(self, compared: Compared, row: int) -> Finding:
        difference = compared.contrast.difference
        about = {"comparison": row, "metric": compared.contrast.metric, "n": float(difference.n[row])}
        if self.sample_ratio is not None and self.blocked[row]:
            p_value = float(self.sample_ratio.p_value[row])
            return Finding(FindingCode.SAMPLE_RATIO_MISMATCH, {"comparison": row, "p_value": p_value})
        verdict = Verdict(compared.verdict[row])
        if verdict is Verdict.TOO_FEW:
            return Finding(FindingCode.ARMS_TOO_FEW, about | {"reason": str(difference.reason[row])})
        values = {
            "estimate": float(difference.estimate[row]),
            "low": float(difference.low[row]),
            "high": float(difference.high[row]),
            "p_value": float(compared.p_values.adjusted[row]),
            "comparisons": compared.p_values.family,
        }
        return Finding(_CODES[self.assignment, verdict], about | values)


def compare(contrasts: Sequence[Contrast], assignment: Assignment, sample_ratio: Tests | None = None) -> Comparison:
    """The verdict on arms that were compared on several metrics.

    A difference is called higher or lower when its interval excludes 0 and its p value, adjusted for all comparisons
    looked at, is under one minus the interval's level. Primary metrics of all comparisons are one family (Holm), the
    other metrics another (Benjamini-Hochberg).

    Args:
        contrasts: one per metric, all of the same comparisons in the same order.
        assignment: whether chance or someone assigned the customers.
        sample_ratio: the check of the arms' sizes (`health.sample_ratio`), one row per comparison; a failure
            withholds the verdict. None where no proportion was planned.

    Raises:
        ShapeError: no contrast, or contrasts or check of different length.
    """
    lengths = {len(contrast) for contrast in contrasts} | (
        {len(sample_ratio)} if sample_ratio is not None else set[int]()
    )
    if len(lengths) != 1:
        raise ShapeError(f"A comparison needs contrasts with the same rows, got {sorted(lengths)}.")
    rows = lengths.pop()
    adjusted = _allowing_for_all(contrasts)
    blocked = np.zeros(rows, dtype=np.bool_) if sample_ratio is None else sample_ratio.p_value < MISMATCH_BELOW
    compared = tuple(
        Compared(c, p, _verdict(c.difference, p, blocked)) for c, p in zip(contrasts, adjusted, strict=True)
    )
    return Comparison(assignment, compared, sample_ratio, blocked)


_CODES = {
    (Assignment.RANDOMISED, Verdict.HIGHER): FindingCode.ARM_EFFECT_HIGHER,
    (Assignment.RANDOMISED, Verdict.LOWER): FindingCode.ARM_EFFECT_LOWER,
    (Assignment.RANDOMISED, Verdict.NO_DIFFERENCE): FindingCode.ARM_EFFECT_NONE_SHOWN,
    (Assignment.TARGETED, Verdict.HIGHER): FindingCode.ARM_DIFFERENCE_HIGHER,
    (Assignment.TARGETED, Verdict.LOWER): FindingCode.ARM_DIFFERENCE_LOWER,
    (Assignment.TARGETED, Verdict.NO_DIFFERENCE): FindingCode.ARM_DIFFERENCE_NONE_SHOWN,
}


def _allowing_for_all(contrasts: Sequence[Contrast]) -> list[AdjustedTests]:
    """Each contrast's p values, adjusted within its family: the primary metrics, or the others."""
    methods: dict[bool, Callable[[npt.ArrayLike], AdjustedTests]] = {True: holm, False: benjamini_hochberg}
    families = {
        primary: method(
            floats(np.concatenate([floats([]), *(c.test.p_value for c in contrasts if c.primary == primary)]))
        )
        for primary, method in methods.items()
    }
    taken, adjusted = {True: 0, False: 0}, list[AdjustedTests]()
    for contrast in contrasts:
        start = taken[contrast.primary]
        taken[contrast.primary] += len(contrast)
        adjusted.append(families[contrast.primary][start : taken[contrast.primary]])
    return adjusted


def _verdict(difference: Intervals, p_values: AdjustedTests, blocked: npt.NDArray[np.bool_]) -> npt.NDArray[np.str_]:
    verdict = difference.verdict()
    shown = p_values.adjusted < 1 - difference.level
    one_sided = (verdict == Verdict.HIGHER.value) | (verdict == Verdict.LOWER.value)
    # A mismatch of the arms' sizes withholds what would have been called real.
    return np.where(one_sided & (blocked | ~shown), Verdict.NO_DIFFERENCE.value, verdict)
