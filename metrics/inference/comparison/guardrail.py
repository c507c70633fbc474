"""Guardrails: what a campaign may not cost. Satisfaction may not fall by more than a margin, complaints may not rise.

"No difference shown" is not "no harm": a guardrail holds only when the interval rules the harm out.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import numpy.typing as npt

from metrics.errors import DomainError
from metrics.estimate import Intervals


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
