"""Many comparisons at once: p values that allow for the number of them. The raw value stays beside the adjusted one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.errors import DomainError
from metrics.estimate import table
from metrics.moments import Floats, floats


@dataclass(frozen=True, slots=True)
class AdjustedTests:
    """P values of one family of comparisons, as computed and allowing for the family; nan where no test was made."""

    raw: Floats
    adjusted: Floats
    method: str  # "Holm", "Benjamini-Hochberg"
    family: int  # number of comparisons that were made

    def __len__(self) -> int:
        """Number of comparisons, made or not."""
        return len(self.raw)

    def frame(self) -> pd.DataFrame:
        """One row per comparison: the p value as computed, and allowing for the family."""
        return table(self, "raw", "adjusted").assign(method=self.method, family=self.family)

    def __getitem__(self, rows: slice) -> AdjustedTests:
        """Some of the comparisons; their adjustment still allows for the whole family."""
        return AdjustedTests(self.raw[rows], self.adjusted[rows], self.method, self.family)


def holm(p_values: npt.ArrayLike) -> AdjustedTests:
    """For the decision: the chance that even one of the differences called real is none stays below the threshold.

    Args:
        p_values: shape (k,); nan where no test could be made, which does not count as a comparison.

    Raises:
        DomainError: a p value outside 0 to 1.

    Source: Holm (1979), Scandinavian Journal of Statistics 6, 65-70.

    >>> holm([0.01, 0.04, 0.03]).adjusted.round(2)
    array([0.03, 0.06, 0.06])
    """
    return _adjusted(p_values, "Holm", _step_down)


def benjamini_hochberg(p_values: npt.ArrayLike) -> AdjustedTests:
    """For exploring: of the differences called real, the share that are none stays below the threshold on average.

    Args:
        p_values: shape (k,); nan where no test could be made, which does not count as a comparison.

    Raises:
        DomainError: a p value outside 0 to 1.

    Source: Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57, 289-300.

    >>> benjamini_hochberg([0.01, 0.04, 0.03]).adjusted.round(2)
    array([0.03, 0.04, 0.04])
    """
    return _adjusted(p_values, "Benjamini-Hochberg", _false_discovery)


def _adjusted(p_values: npt.ArrayLike, method: str, adjust: Callable[[Floats], Floats]) -> AdjustedTests:
    raw = floats(p_values)
    if bool(np.any((raw < 0) | (raw > 1))):
        raise DomainError("A p value lies between 0 and 1.")
    adjusted, made = np.full_like(raw, np.nan), ~np.isnan(raw)
    adjusted[made] = adjust(raw[made])
    return AdjustedTests(raw, adjusted, method, family=int(np.count_nonzero(made)))


def _step_down(p_values: Floats) -> Floats:
    # Written out: statsmodels' collects the garbage of the whole process on each call, 0.2 s beside a warehouse.
    order = np.argsort(p_values)
    adjusted = np.empty_like(p_values)
    adjusted[order] = np.maximum.accumulate(p_values[order] * np.arange(len(p_values), 0, -1))
    return np.minimum(adjusted, 1.0)


def _false_discovery(p_values: Floats) -> Floats:
    # Written out: scipy's takes ten times as long, and a scorecard has a family for every metric and year.
    order, n = np.argsort(p_values)[::-1], len(p_values)
    adjusted = np.empty_like(p_values)
    adjusted[order] = np.minimum.accumulate(p_values[order] * n / np.arange(n, 0, -1))
    return np.minimum(adjusted, 1.0)
