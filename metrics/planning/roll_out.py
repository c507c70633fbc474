"""A loss that was learned cheaply: what rolling a campaign out to everybody would have lost."""

from __future__ import annotations

import numpy as np

from metrics.errors import DomainError
from metrics.estimate import Intervals
from metrics.moments import Floats


def not_lost(roi: Intervals, cost: Floats, customers: Floats, others: Floats) -> Intervals:
    """What contacting the other customers too would have lost, at the same cost a customer and the same return on it.

    Args:
        roi: Incremental return of each campaign, with its limits.
        cost: What its customers cost.
        customers: Whom it contacted.
        others: Customers whom a roll-out would have reached beside them.

    Returns:
        In the unit of the cost; a gain is negative. `n` counts the others.

    Raises:
        DomainError: a cost or a number of customers below 0.

    >>> roi = Intervals.of([-1.0], [-1.5], [-0.5], n=[100])
    >>> lost = not_lost(roi, np.array([1000.0]), np.array([100.0]), np.array([500.0]))
    >>> lost.estimate.item(), lost.low.item(), lost.high.item()
    (5000.0, 2500.0, 7500.0)
    """
    if bool(np.any(cost < 0) or np.any(customers < 0) or np.any(others < 0)):
        raise DomainError("A cost and numbers of customers are not negative.")
    each = np.divide(cost, customers, out=np.full_like(cost, np.nan), where=customers > 0)
    scaled = roi.scaled(-each * others)
    return Intervals.of(
        scaled.estimate,
        scaled.low,
        scaled.high,
        n=others,
        level=roi.level,
        reason=roi.reason,
        method=roi.method,
    )
