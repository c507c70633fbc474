"""What a customer is worth over the years to come: the ceiling on what winning or upgrading one may cost."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from metrics.errors import DomainError, ShapeError
from metrics.moments import Floats, floats


def lifetime_value(
    contribution: npt.ArrayLike,
    retention: npt.ArrayLike,
    discount: npt.ArrayLike,
    acquisition_cost: npt.ArrayLike = 0.0,
) -> Floats:
    """Value m r / (1 + i - r), less the cost of acquisition: constant contribution and retention for ever.

    Args:
        contribution: m, yearly contribution of a customer.
        retention: r, share of customers still there a year later.
        discount: i, yearly discount rate.
        acquisition_cost: paid at the start.

    Raises:
        DomainError: a retention outside 0 to 1, or a discount rate that is not positive.

    Source: Gupta and others (2006), Journal of Service Research 9, 139-155.

    >>> lifetime_value([100.0], [0.8], [0.1]).round(2)
    array([266.67])
    """
    m, r, i = floats(contribution), floats(retention), floats(discount)
    if bool(np.any((r < 0) | (r > 1))):
        raise DomainError("Retention is a share of customers, between 0 and 1.")
    if bool(np.any(i <= 0)):
        raise DomainError("The discount rate is positive.")
    return m * r / (1 + i - r) - floats(acquisition_cost)


def value_by_tier(yearly: npt.ArrayLike, contribution: npt.ArrayLike, discount: float) -> Floats:
    """(I - P / (1 + i))^-1 R: what a customer now in each tier is worth, moves to other tiers and exit included.

    The value of an upgrade is the difference of two entries.

    Args:
        yearly: P, shares of customers moving from tier to tier in a year, shape (k, k), counted directly over 12 months
            (a monthly matrix raised to the 12th power misstates customers' years). Rows may sum to less than 1: the
            rest have left; a state of exit in the matrix has a contribution of 0.
        contribution: R, yearly contribution of a customer of each tier, shape (k,).
        discount: i, yearly.

    Returns:
        Values, shape (k,), in the unit of `contribution`, this year's contribution included in full.

    Raises:
        ShapeError: the matrix is not square or has not one row per tier.
        DomainError: shares outside 0 to 1, rows that sum to more than 1, or a discount rate that is not positive.

    Source: Pfeifer and Carraway (2000), Journal of Interactive Marketing 14, 43-55.

    >>> value_by_tier([[0.8, 0.1], [0.2, 0.7]], [100.0, 400.0], discount=0.1).round(1)
    array([ 880., 1540.])
    """
    p, r = np.asarray(yearly, dtype=np.float64), floats(contribution)
    if p.shape != (len(r), len(r)):
        raise ShapeError(f"One row and one column per tier: {len(r)} contributions, a matrix of shape {p.shape}.")
    if bool(np.any(p < 0)) or bool(np.any(p.sum(axis=1) > 1 + 1e-9)):
        raise DomainError("Shares moving from a tier are not negative and sum to no more than 1.")
    if discount <= 0:
        raise DomainError("The discount rate is positive.")
    return np.linalg.solve(np.eye(len(r)) - p / (1 + discount), r).astype(np.float64)
