"""A rate of weeks whose mix changes, as it would be with the mix of the usual weeks.

Who is contacted through which channel, or in which campaign, changes from week to week, so the rate of everything
together is no stable process, and a control chart of it alarms for the mix. The customers who took part are therefore
set against those expected from the mix of the week at the usual rates of its parts (indirect standardisation).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from metrics.errors import ShapeError
from metrics.moments import Counts, Floats


def at_usual_mix(n: Floats, successes: Floats, baseline: npt.NDArray[np.bool_]) -> Counts:
    """Counts of each week whose share is the standardised rate: observed over expected, times the usual rate.

    Args:
        n: Customers by week and part of the mix, shape (weeks, parts).
        successes: Those who did, the same shape.
        baseline: Weeks whose rates are the usual ones, shape (weeks,).

    Returns:
        Successes as observed, of as many customers as would be expected to bring as many at the usual rate; parts
        that the baseline does not hold are left out. Without anybody in the baseline, or no success there, no week has
        a customer: there is no usual rate.

    Raises:
        ShapeError: the arrays do not have one row a week each.

    >>> n, did = np.array([[100.0, 0.0], [0.0, 100.0], [0.0, 50.0]]), np.array([[30.0, 0.0], [0.0, 10.0], [0.0, 5.0]])
    >>> at_usual_mix(n, did, np.array([True, True, False])).share      # 30 % by phone, 10 % by message: all as usual
    array([0.2, 0.2, 0.2])
    """
    if n.shape != successes.shape or n.ndim != 2 or baseline.shape != n.shape[:1]:
        raise ShapeError(f"Weeks by parts: customers {n.shape}, successes {successes.shape}, weeks {baseline.shape}.")
    usual_n, usual = n[baseline].sum(axis=0), successes[baseline].sum(axis=0)
    rate = np.divide(usual, usual_n, out=np.zeros_like(usual), where=usual_n > 0)
    known = usual_n > 0
    overall = usual.sum() / usual_n.sum() if usual_n.sum() else 0.0
    observed, expected = successes[:, known].sum(axis=1), (n[:, known] * rate[known]).sum(axis=1)
    if overall == 0.0:
        return Counts(np.zeros_like(observed), np.zeros_like(observed))
    return Counts(np.maximum(expected / overall, observed), observed)
