"""Guardrails: what a campaign may not cost. Satisfaction may not fall by more than a margin, complaints may not rise.

"No difference shown" is not "no harm": a guardrail holds only when the interval rules the harm out.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy import stats

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Intervals, Reason, Tests, checked_level
from metrics.moments import Floats, floats


class Guardrail(StrEnum):
    """What an interval says of a harm that must not happen."""

    HOLDS = "holds"  # more harm than the margin is ruled out
    BROKEN = "broken"  # the harm exceeds the margin even at the favourable limit
    UNDECIDED = "undecided"  # neither is shown: more customers are needed
    TOO_FEW = "too_few"


def non_inferiority(effect: Intervals, margin: float, *, higher_is_better: bool = True) -> npt.NDArray[np.str_]:
    """Each row's `Guardrail`: whether treated is worse than control by no more than `margin`.

    With 95 % intervals the chance to call a harmful arm harmless is 2.5 %, the usual one for non-inferiority.

    Args:
        effect: treated minus control (differences), any method.
        margin: largest harm that is accepted, in the unit of the effect; 0 asks for no harm at all.
        higher_is_better: False where harm is a rise, as for complaints.

    Raises:
        DomainError: a negative margin.

    Source: ICH E9 (1998), section 3.3.2; Piaggio and others (2012), JAMA 308, 2594-2604.

    >>> fall = Intervals.of([-0.1, -0.1], [-0.2, -0.5], [0.0, 0.3], n=[900, 60])
    >>> non_inferiority(fall, margin=0.3)
    array(['holds', 'undecided'], dtype='<U9')
    """
    if margin < 0:
        raise DomainError(f"A margin is not negative, got {margin}.")
    good = effect if higher_is_better else effect.scaled(-1.0)
    verdict = np.select(
        [~good.known, good.low > -margin, good.high < -margin],
        [Guardrail.TOO_FEW.value, Guardrail.HOLDS.value, Guardrail.BROKEN.value],
        Guardrail.UNDECIDED.value,
    )
    return np.asarray(verdict, dtype=np.str_)


def rate_ratio(
    control_events: npt.ArrayLike,
    control_exposure: npt.ArrayLike,
    treated_events: npt.ArrayLike,
    treated_exposure: npt.ArrayLike,
    level: float = 0.95,
) -> Intervals:
    """How many times as often rare events (complaints) happen in the treated arm, with exact limits.

    Given their total, the treated arm's events are binomial; Clopper and Pearson's limits of that share are turned
    into limits of the ratio.

    Returns:
        Intervals, shape (k,), 1 is equal; `n` is both exposures. Without a control event the ratio and its upper limit
        do not exist (`Reason.UNBOUNDED`); without any event, or exposure, there is nothing to compare
        (`Reason.TOO_FEW`).

    Raises:
        ShapeError: the columns differ in length.
        DomainError: a negative count or exposure, or a level that is not between 0 and 1.

    Source: Przyborowski and Wilenski (1940), Biometrika 31, 313-323; R's poisson.test.

    >>> ratio = rate_ratio([21], [3011], [11], [800])
    >>> ratio.estimate.round(3).item(), ratio.low.round(3).item(), ratio.high.round(3).item()
    (1.971, 0.858, 4.277)
    """
    c, base_c, t, base_t = _events(control_events, control_exposure, treated_events, treated_exposure)
    tail = (1 - checked_level(level)) / 2
    known = (c + t > 0) & (base_c > 0) & (base_t > 0)
    bounded = known & (c > 0)
    c, t = np.where(known, c, 1.0), np.where(known, t, 1.0)
    low = np.where(t > 0, stats.beta.ppf(tail, np.maximum(t, 1), c + 1), 0.0)
    high = stats.beta.isf(tail, t + 1, np.maximum(c, 1))
    unit = np.divide(base_c, base_t, out=np.full_like(base_c, np.nan), where=known)
    one = np.where(bounded, 1.0, np.nan)
    reason = np.select([~known, ~bounded], [Reason.TOO_FEW.value, Reason.UNBOUNDED.value], Reason.NONE.value)
    return Intervals.of(
        one * unit * t / np.maximum(c, 1),
        unit * low / (1 - low),
        one * unit * high / (1 - np.where(bounded, high, 0.5)),
        n=base_c + base_t,
        level=level,
        reason=reason,
        method="Poisson ratio, exact",
    )


def compare_rates(
    control_events: npt.ArrayLike,
    control_exposure: npt.ArrayLike,
    treated_events: npt.ArrayLike,
    treated_exposure: npt.ArrayLike,
) -> Tests:
    """One-sided exact test that events did not become more frequent in the treated arm.

    Returns:
        Tests, shape (k,): the statistic is the treated arm's share of all events. Nothing to compare: `Reason.TOO_FEW`.

    Raises:
        ShapeError: the columns differ in length.
        DomainError: a negative count or exposure.

    >>> compare_rates([21], [3011], [11], [800]).p_value.round(3)
    array([0.056])
    """
    c, base_c, t, base_t = _events(control_events, control_exposure, treated_events, treated_exposure)
    known = (c + t > 0) & (base_c > 0) & (base_t > 0)
    total = np.where(known, c + t, np.nan)
    expected = base_t / np.where(known, base_c + base_t, np.nan)
    p_value = floats(stats.binom.sf(t - 1, total, expected))
    method = np.where(known, "conditional binomial", "")
    return Tests(t / total, p_value, method, np.where(known, Reason.NONE.value, Reason.TOO_FEW.value))


def _events(*columns: npt.ArrayLike) -> tuple[Floats, ...]:
    arrays = tuple(floats(column) for column in columns)
    if len({len(column) for column in arrays}) > 1:
        raise ShapeError("One count and one exposure per arm and row.")
    if any(bool(np.any(column < 0)) for column in arrays):
        raise DomainError("Counts of events and exposures are not negative.")
    return arrays
