"""One rate a unit, as it would be if every unit had the same mix: direct standardisation.

Where observed / expected asks what this unit's customers would have done elsewhere, the directly standardised rate
asks what everybody would have done here: the only one of the two that may be compared between units.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Intervals, Reason
from metrics.inference import rate
from metrics.moments import floats


def direct_rate(
    unit: npt.ArrayLike,
    events: npt.ArrayLike,
    exposure: npt.ArrayLike,
    standard: npt.ArrayLike,
    *,
    per: float = 1.0,
    level: float = 0.95,
) -> Intervals:
    """Rates of units whose strata are weighted by one standard population, with limits by Dobson's method.

    Args:
        unit: number from 0 of the unit each stratum belongs to, shape (s,).
        events: in each stratum, shape (s,).
        exposure: customers, or what else the events arose from, shape (s,).
        standard: the stratum's weight in the standard population, shape (s,): the same strata for every unit.
        per: the unit of exposure in which the rate is told, such as 1,000.
        level: confidence level.

    Returns:
        One row per unit, events per `per`; `n` is the unit's exposure. A unit with a stratum that has weight and no
        exposure has no such rate (`Reason.TOO_FEW`); a missing count is `Reason.NOT_RECORDED`.

    Raises:
        ShapeError: the columns differ in length.
        DomainError: a negative count, exposure, weight or unit, or a level that is not between 0 and 1.

    Source: Dobson, Kuulasmaa, Eberle and Scherer (1991), Statistics in Medicine 10, 457-462.

    >>> complaints = direct_rate([0, 0, 1, 1], [2, 30, 8, 10], [1000, 3000, 4000, 1000], [1, 1, 1, 1], per=1000)
    >>> complaints.estimate, complaints.low.round(2), complaints.high.round(2)
    (array([6., 6.]), array([3.94, 3.2 ]), array([8.69, 9.99]))
    """
    number, count, base, weight = np.asarray(unit, dtype=np.intp), floats(events), floats(exposure), floats(standard)
    if len({len(number), len(count), len(base), len(weight)}) > 1:
        raise ShapeError("A stratum has one unit, one count of events, one exposure and one weight.")
    if any(bool(np.any(column < 0)) for column in (number, count, base, weight)):
        raise DomainError("Units are numbered from 0; counts, exposures and weights are not negative.")
    rows = int(number.max()) + 1 if len(number) else 0
    missing = np.bincount(number, np.isnan(count + base + weight), rows) > 0
    empty = np.bincount(number, (base == 0) & (weight > 0), rows) > 0
    whole = np.bincount(number, weight, rows)
    share = np.divide(weight, whole[number], out=np.zeros_like(weight), where=whole[number] > 0)
    each = np.divide(share, base, out=np.zeros_like(base), where=base > 0)
    value, variance = np.bincount(number, each * count, rows), np.bincount(number, each**2 * count, rows)
    total, n = floats(np.bincount(number, count, rows)), floats(np.bincount(number, base, rows))
    known = ~missing & ~empty & (whole > 0)
    limits = rate.poisson(np.where(known, total, np.nan), np.ones(rows), level=level)
    # No event has no variance: one at the stratum where it would weigh most bounds what is possible.
    heaviest = np.zeros(rows)
    np.maximum.at(heaviest, number, np.nan_to_num(each))
    scale = np.where(total > 0, np.sqrt(variance / np.where(total > 0, total, 1.0)), heaviest)
    value = np.where(known, value, np.nan)
    reason = np.select([missing, ~known], [Reason.NOT_RECORDED.value, Reason.TOO_FEW.value], Reason.NONE.value)
    return Intervals.of(
        value * per,
        (value + scale * (limits.low - total)) * per,
        (value + scale * (limits.high - total)) * per,
        n=n,
        level=level,
        reason=reason,
        method="direct standardisation, Dobson",
    )
