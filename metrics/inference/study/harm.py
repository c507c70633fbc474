"""What a campaign may not cost: satisfaction, opt-outs and complaints of both sides, and the harm that is accepted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from metrics.estimate import Intervals
from metrics.inference.comparison.guardrail import Guardrail, non_inferiority
from metrics.inference.effect import difference_in_means, difference_in_shares
from metrics.inference.mean import student
from metrics.inference.rate import poisson
from metrics.inference.study.sides import Paired, paired

SATISFACTION: Final = "csat_mean"
OPT_OUTS: Final = "opt_outs"
COMPLAINTS: Final = "complaints"
HIGHER_IS_BETTER: Final[Mapping[str, bool]] = {SATISFACTION: True, OPT_OUTS: False, COMPLAINTS: False}
PER: Final = 1000.0
"""Customers to whom complaints are counted."""


@dataclass(frozen=True, slots=True)
class Harm:
    """One guardrail: both sides, their difference, and what it says against the harm that is accepted."""

    key: str
    a: Intervals
    b: Intervals
    difference: Intervals  # a minus b
    accepted: float  # largest harm that is accepted of side a, not negative, in the unit of the difference
    guardrail: Guardrail

    def swapped(self) -> Harm:
        """The same with b minus a; which of the two was asked about stays."""
        return Harm(self.key, self.b, self.a, self.difference.scaled(-1.0), self.accepted, self.guardrail)


def harms(frame: pd.DataFrame, accepted: Mapping[str, float], level: float = 0.95) -> tuple[Harm, ...]:
    """The guardrails that the feeds record, each by itself: all of them have to hold, so none needs an allowance.

    Args:
        frame: one row a side: `side`, `matured` (customers watched to the end), `complaints`, `opted_out` (customers),
            and of answers from 1 to 5 `known_score`, `sum_score`, `squares_score`. A missing count is not recorded.
        accepted: harm that is accepted, by key: points of the scale, a share, complaints per 1,000 customers.
        level: confidence level of each.

    Raises:
        DomainError: a negative margin, or the level is not between 0 and 1.
    """
    sides = paired(frame, level=level)
    found = ((key, _MEASURED[key](sides, level)) for key in _MEASURED if key in accepted)
    return tuple(
        Harm(
            key,
            a,
            b,
            difference,
            accepted[key],
            Guardrail(non_inferiority(difference, accepted[key], higher_is_better=HIGHER_IS_BETTER[key]).item()),
        )
        for key, (a, b, difference) in found
        if difference.reason.item() != "not_recorded"
    )


def rate_difference(a: Intervals, b: Intervals) -> Intervals:
    """Difference of two independent rates, a minus b, its limits combined from those of each.

    Source: Zou and Donner (2008), Statistics in Medicine 27, 1693-1702 (MOVER).

    >>> few = rate_difference(poisson([3], [1500], per=1000), poisson([1], [1500], per=1000))
    >>> few.estimate.round(2).item(), few.low.round(2).item(), few.high.round(2).item()
    (1.33, -2.1, 5.23)
    """
    estimate = a.estimate - b.estimate
    below, above = np.hypot(a.estimate - a.low, b.high - b.estimate), np.hypot(a.high - a.estimate, b.estimate - b.low)
    reason = np.where(a.reason == "", b.reason, a.reason)
    return Intervals.of(
        estimate, estimate - below, estimate + above, n=a.n + b.n, level=a.level, reason=reason, method="MOVER"
    )


Measured = tuple[Intervals, Intervals, Intervals]


def _satisfaction(sides: Paired, level: float) -> Measured:
    # The moments of answers are over those who answered, whatever their number among the customers.
    a, b = sides.a.moments("score"), sides.b.moments("score")
    return student(a, level), student(b, level), difference_in_means(b, a, level)


def _opt_outs(sides: Paired, level: float) -> Measured:
    a, b = (side.counts("opted_out", "matured") for side in (sides.a, sides.b))
    share_a, share_b = (side.share("opted_out", "matured") for side in (sides.a, sides.b))
    return share_a, share_b, difference_in_shares(b, a, level)


def _complaints(sides: Paired, level: float) -> Measured:
    a, b = (
        poisson(side.count("complaints"), side.count("matured"), per=PER, level=level) for side in (sides.a, sides.b)
    )
    return a, b, rate_difference(a, b)


_MEASURED: Final[Mapping[str, Callable[[Paired, float], Measured]]] = {
    SATISFACTION: _satisfaction,
    OPT_OUTS: _opt_outs,
    COMPLAINTS: _complaints,
}
