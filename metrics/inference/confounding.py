"""How strong something that nobody recorded would have to be to explain a difference away: the E-value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from metrics.estimate import Intervals
from metrics.moments import Floats, floats

_PER_STANDARD_DEVIATION = 0.91  # logarithm of the risk ratio that stands for one standard deviation of an amount


@dataclass(frozen=True, slots=True)
class Hidden:
    """What an unseen trait would have to be, one row per difference; nan where there is no difference to explain."""

    point: Floats  # risk ratio with which the trait goes along with the group, and with the outcome, to explain it all
    limit: Floats  # the same to bring the nearer limit to no difference; 1: nothing is needed


def e_value(ratio: npt.ArrayLike) -> Floats:
    """The E-value of a risk ratio, above or below 1.

    A trait that is `e_value` times as common in one group as in the other, and raises the chance of the outcome by
    that factor, could explain the ratio; a weaker one could not.

    Source: VanderWeele and Ding (2017), Annals of Internal Medicine 167, 268-274.

    >>> e_value([3.9, 1.8, 1.0]).round(2)
    array([7.26, 3.  , 1.  ])
    """
    given = floats(ratio)
    above = np.where(given >= 1, given, np.divide(1.0, given, out=np.full_like(given, np.inf), where=given != 0))
    bounded = np.where(np.isinf(above), 1.0, above)
    return np.where(np.isinf(above), np.inf, bounded + np.sqrt(bounded * (bounded - 1)))


def hidden_of_shares(base: npt.ArrayLike, difference: Intervals) -> Hidden:
    """What would explain a difference of two shares, seen as the ratio (base + difference) / base.

    Args:
        base: the share of the group that is compared with, shape (k,).
        difference: the share of the other group less it, like with like.

    >>> hidden = hidden_of_shares([0.05], Intervals.of([0.05], [0.02], [0.08], n=[900]))
    >>> hidden.point.round(2), hidden.limit.round(2)
    (array([3.41]), array([2.15]))
    """
    p = floats(base)
    known = difference.known & (p > 0)
    point, near = (
        np.divide(np.maximum(p + value, 0.0), p, out=np.full_like(p, np.nan), where=known)
        for value in (difference.estimate, _nearer(difference))
    )
    return Hidden(e_value(point), e_value(near))


def hidden_of_means(deviation: npt.ArrayLike, difference: Intervals) -> Hidden:
    """What would explain a difference of two means, by the risk ratio that stands for its standardised size.

    Args:
        deviation: standard deviation between customers, in the unit of the difference, shape (k,).
        difference: treated less control, like with like.

    Source: VanderWeele and Ding (2017), table 2: exp(0.91 d), after Chinn (2000), Statistics in Medicine 19, 3127-3131.

    >>> hidden = hidden_of_means([10.0], Intervals.of([5.0], [-1.0], [11.0], n=[90]))
    >>> hidden.point.round(2), hidden.limit
    (array([2.53]), array([1.]))
    """
    spread = floats(deviation)
    point, near = (
        np.exp(
            _PER_STANDARD_DEVIATION
            * np.divide(value, spread, out=np.full_like(spread, np.nan), where=difference.known & (spread > 0))
        )
        for value in (difference.estimate, _nearer(difference))
    )
    return Hidden(e_value(point), e_value(near))


def _nearer(difference: Intervals) -> Floats:
    """The limit that is nearer to no difference; 0 where that lies between the limits."""
    return np.select([difference.low > 0, difference.high < 0], [difference.low, difference.high], 0.0)
