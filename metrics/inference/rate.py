"""Rates of rare events by exposure, such as complaints per 1,000 customers contacted, with exact Poisson limits."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import stats

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Intervals, Reason, checked_level
from metrics.moments import Floats, floats


def poisson(events: npt.ArrayLike, exposure: npt.ArrayLike, *, per: float = 1.0, level: float = 0.95) -> Intervals:
    """Events by exposure with exact (Garwood) limits: at no event the upper limit still says what can be excluded.

    Args:
        events: counts, shape (k,).
        exposure: what the events arose from, shape (k,): customers contacted, events expected.
        per: the unit of exposure in which the rate is told, such as 1,000.
        level: confidence level.

    Returns:
        Intervals, shape (k,), events per `per`; `n` is the exposure. No exposure has no rate (`Reason.TOO_FEW`),
        a missing count is `Reason.NOT_RECORDED`.

    Raises:
        ShapeError: the columns differ in length.
        DomainError: a negative count or exposure, or a level that is not between 0 and 1.

    Source: Garwood (1936), Biometrika 28, 437-442.

    >>> rate = poisson([3], [1500], per=1000)
    >>> rate.estimate.item(), rate.low.round(3).item(), rate.high.round(3).item()
    (2.0, 0.412, 5.845)
    """
    count, base = _checked(events, exposure)
    tail = (1 - checked_level(level)) / 2
    low = np.where(count > 0, stats.chi2.ppf(tail, 2 * np.where(count > 0, count, 1.0)) / 2, 0.0)
    high = stats.chi2.isf(tail, 2 * (count + 1)) / 2
    return _by_exposure(count, low, floats(high), base, per, level, "Poisson, exact")


def _checked(events: npt.ArrayLike, exposure: npt.ArrayLike) -> tuple[Floats, Floats]:
    count, base = floats(events), floats(exposure)
    if len(count) != len(base):
        raise ShapeError(f"{len(count)} counts of events for {len(base)} exposures.")
    if bool(np.any(count < 0) or np.any(base < 0)):
        raise DomainError("Counts of events and exposures are not negative.")
    return count, base


def _by_exposure(
    count: Floats, low: Floats, high: Floats, base: Floats, per: float, level: float, method: str
) -> Intervals:
    unit = np.divide(per, base, out=np.full_like(base, np.nan), where=base > 0)
    missing = np.isnan(count) | np.isnan(base)
    reason = np.select([missing, base == 0], [Reason.NOT_RECORDED.value, Reason.TOO_FEW.value], Reason.NONE.value)
    unit = np.where(missing, np.nan, unit)
    return Intervals.of(count * unit, low * unit, high * unit, n=base, level=level, reason=reason, method=method)
