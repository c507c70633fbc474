"""The reading of somebody who needs convincing: a prior that expects no effect, moved by what was seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from metrics.moments import Floats, floats

_BEYOND = stats.norm.isf(0.05)


@dataclass(frozen=True, slots=True)
class Sceptical:
    """Chances after the data, one row per comparison; nan where there is no effect or no standard error."""

    above: Floats  # that the true effect is above 0
    pays: Floats  # that it is above the line; nan without a line
    mean: Floats  # the effect believed in, drawn towards 0


def sceptical(
    estimate: npt.ArrayLike, standard_error: npt.ArrayLike, planned: npt.ArrayLike, line: npt.ArrayLike = np.nan
) -> Sceptical:
    """Normal prior about no effect that gives one chance in twenty to more than what the study was large enough to see.

    Args:
        estimate: the effect seen, shape (k,).
        standard_error: of it, in the same unit.
        planned: the smallest effect that the study shows with its power, in the same unit: the size of its hopes.
        line: what the effect must exceed to pay, in the same unit.

    Source: Spiegelhalter, Freedman and Parmar (1994), Journal of the Royal Statistical Society A 157, 357-416.

    >>> reading = sceptical([0.021], [0.004], [0.010], line=[0.008])
    >>> reading.above.round(3).item(), reading.pays.round(3).item()
    (1.0, 0.977)
    """
    seen, error, hoped, must = np.broadcast_arrays(
        floats(estimate), floats(standard_error), np.abs(floats(planned)), floats(line)
    )
    prior = (hoped / _BEYOND) ** 2
    kept = np.divide(prior, prior + error**2, out=np.full(seen.shape, np.nan), where=(prior > 0) & (error > 0))
    mean = kept * seen
    spread = np.sqrt(kept) * error
    return Sceptical(floats(stats.norm.sf(0, mean, spread)), floats(stats.norm.sf(must, mean, spread)), floats(mean))
