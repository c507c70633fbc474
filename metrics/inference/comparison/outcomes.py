"""Treated against control on every outcome of the catalogue: which counts or moments are compared, and by which test.

A row of the control and the same row of the treated are one comparison. Only members whose window has closed count;
amounts are of the members whose amount is known. Of randomised customers an amount is adjusted by what the catalogue
names as its covariate (CUPED), in the rows in which that is known of everybody in both arms.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from metrics.catalogue import OUTCOMES, Metric, Unit, metric
from metrics.estimate import Intervals, Reason, Tests
from metrics.inference.comparison.members import Members
from metrics.inference.effect import covariate_adjusted, difference_in_means, difference_in_shares
from metrics.inference.significance import compare_means, compare_shares
from metrics.moments import Counts, Floats, JointMoments, Moments

Rows = npt.NDArray[np.bool_]

ADJUSTED: Final = "Welch, CUPED"
"""The method of an amount's difference from which what the past predicts is taken out."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome of both arms, ready to be compared, one row per comparison."""

    entry: Metric
    control: Counts | Moments
    treated: Counts | Moments
    adjusted: Rows  # the covariate is taken out
    unusable: Rows  # the feed has more customers who bought than customers, or the cap leaves nothing of an amount
    why: Reason

    @property
    def key(self) -> str:
        """The catalogue's key of the difference."""
        return self.entry.key

    @property
    def compares(self) -> str:
        """The catalogue's key of what is compared."""
        return self.entry.compares

    def difference(self, level: float) -> Intervals:
        """Treated minus control by the method that fits the outcome."""
        if isinstance(self.control, Counts) and isinstance(self.treated, Counts):
            difference = difference_in_shares(self.control, self.treated, level)
        else:
            difference = difference_in_means(*self.means(), level)
        if self.adjusted.any():
            difference = replace(difference, method=ADJUSTED if self.adjusted.all() else "Welch, some with CUPED")
        return difference.withheld(self.unusable, self.why)

    def test(self, against: Floats | float = 0.0) -> Tests:
        """The test that treated exceeds control by `against`, a line for all rows or one each (amounts only)."""
        if isinstance(self.control, Counts) and isinstance(self.treated, Counts):
            test = compare_shares(self.control, self.treated)
        else:
            control, treated = self.means()
            test = compare_means(control, shifted(treated, against))
        return self.named(test)

    def named(self, test: Tests) -> Tests:
        """The test, saying in which rows the covariate was taken out and which cannot be used."""
        method = np.where(self.adjusted & (test.method == "Welch"), ADJUSTED, test.method)
        return replace(test, method=method, reason=np.where(self.unusable, self.why.value, test.reason))

    def means(self) -> tuple[Moments, Moments]:
        """Control and treated as moments; a share is the mean of zeros and ones."""
        control, treated = (
            arm if isinstance(arm, Moments) else Moments.of_counts(arm) for arm in (self.control, self.treated)
        )
        return control, treated


def outcomes(control: Members, treated: Members, randomised: Rows) -> Iterator[Outcome]:
    """Every outcome that both arms record, in the catalogue's order.

    Args:
        control: one row per comparison.
        treated: the same.
        randomised: comparisons whose customers chance assigned one by one: only their amounts may be adjusted.
    """
    nowhere = np.zeros(len(randomised), dtype=np.bool_)
    for entry in OUTCOMES:
        if entry.unit is Unit.POINTS:
            names = entry.numerator, entry.denominator
            wrong = control.contradicts(*names) | treated.contradicts(*names)
            yield Outcome(entry, control.counts(*names), treated.counts(*names), nowhere, wrong, Reason.NOT_NESTED)
        elif control.records(entry.numerator) or treated.records(entry.numerator):
            plain = control.moments(entry.numerator), treated.moments(entry.numerator)
            rows = nowhere
            if entry.covariate and randomised.any():
                pasts, complete = zip(
                    *(arm.with_past(entry.numerator, entry.covariate) for arm in (control, treated)), strict=True
                )
                rows = randomised & complete[0] & complete[1] & (pasts[0].n > 0) & (pasts[1].n > 0)
                plain = _without_past(plain, pasts, rows)
            cut = control.cut_away(entry.numerator) | treated.cut_away(entry.numerator)
            yield Outcome(entry, *plain, rows, cut, Reason.TOO_FEW)


def not_recorded(rows: int, level: float) -> dict[str, Intervals]:
    """Every outcome's difference as it stands where an aggregate lacks its columns."""
    nan, n = np.full(rows, np.nan), np.zeros(rows)
    nothing = Intervals.of(nan, nan, nan, n=n, level=level, reason=np.full(rows, Reason.NOT_RECORDED.value))
    return {entry.key: nothing for entry in OUTCOMES}


def outcome_of(compares: str) -> str:
    """The key of the difference that compares a metric.

    >>> outcome_of("conversion_rate")
    'incremental_conversion'
    """
    return next(entry.key for entry in OUTCOMES if entry.compares == metric(compares).key)


def shifted(arm: Moments, by: Floats | float) -> Moments:
    """The same customers, each with so much less."""
    return Moments(arm.n, arm.mean - by, arm.squares)


def _without_past(
    plain: tuple[Moments, Moments], pasts: tuple[JointMoments, ...], rows: Rows
) -> tuple[Moments, Moments]:
    """Both arms' moments, in some rows with what the past predicts taken out."""
    if not rows.any():
        return plain
    adjusted = covariate_adjusted(*(past[rows] for past in pasts))
    put: list[Moments] = []
    for arm, new in zip(plain, adjusted, strict=True):
        mean, squares = arm.mean.copy(), arm.squares.copy()
        mean[rows], squares[rows] = new.mean, new.squares
        put.append(Moments(arm.n, mean, squares))
    return put[0], put[1]
