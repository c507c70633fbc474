"""How much of a target was reached."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from metrics.moments import Floats, floats


def attainment(actual: npt.ArrayLike, target: npt.ArrayLike) -> Floats:
    """Actual over target, a row each; nan where either is missing or the target is not above zero.

    Of a target of nothing, or of a loss that was allowed, no share can be reached.

    >>> attainment([45.0, 60.0, 5.0, 5.0], [60.0, 50.0, 0.0, -10.0])
    array([0.75, 1.2 ,  nan,  nan])
    """
    reached, aimed = np.broadcast_arrays(np.atleast_1d(floats(actual)), np.atleast_1d(floats(target)))
    return np.divide(reached, aimed, out=np.full(aimed.shape, np.nan), where=aimed > 0)
