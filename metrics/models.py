"""The one typed door to statsmodels: what the library has is called here, and nowhere else."""

# statsmodels carries no types: this door is where they are put on.
# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from statsmodels.stats.contingency_tables import StratifiedTable


@dataclass(frozen=True, slots=True)
class MantelHaenszel:
    """A common odds ratio over strata and the test that it is 1."""

    odds_ratio: float
    low: float
    high: float
    no_association: tuple[float, float]  # Cochran-Mantel-Haenszel chi-square without correction, p value


def mantel_haenszel(tables: npt.NDArray[np.float64], level: float) -> MantelHaenszel:
    """Mantel-Haenszel analysis of 2 x 2 tables, shape (2, 2, strata), each with customers in every row and column."""
    strata: Any = StratifiedTable(tables)
    low, high = strata.oddsratio_pooled_confint(alpha=1 - level)
    association = strata.test_null_odds(correction=False)
    return MantelHaenszel(
        float(strata.oddsratio_pooled),
        float(low),
        float(high),
        (float(association.statistic), float(association.pvalue)),
    )
