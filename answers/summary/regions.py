"""Do regions differ once their customers and campaigns are made alike?"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from metrics.estimate import Intervals
from metrics.inference import standardisation
from metrics.inference.ranking import ENOUGH_RELIABILITY
from metrics.inference.shrinkage import gamma_poisson
from metrics.moments import Counts

STRATA = ("campaign_id", "tier")


@dataclass(frozen=True, eq=False)
class Regions:
    """Conversion by region, as it would be with everybody's mix of campaigns and tiers.

    Attributes:
        names: The regions, in the alphabet's order: whether an order by result means anything, `ordered` says.
        share: Standardised conversion: observed / expected x conversion of all.
        overall: Conversion of all.
        reliability: Share of the spread between regions that is real; nan for fewer than three.
        ordered: Whether that is enough to show them in an order.
    """

    names: tuple[str, ...]
    share: Intervals
    overall: float
    reliability: float
    ordered: bool


def compared(frame: pd.DataFrame) -> Regions | None:
    """The regions of an aggregate by ``region`` and the columns of `STRATA`, with ``n`` and ``converted``."""
    known = frame.dropna(subset=["converted"])
    if known["region"].nunique() < 2 or known["converted"].sum() == 0:
        return None
    result = standardisation.counts_by_mix(known, "converted", unit="region", strata=STRATA)
    overall = float(Counts.from_frame(known, "converted").pooled().share[0])
    shrunken = gamma_poisson(result.observed, result.expected, n=result.n)
    reliability = float(shrunken.reliability.estimate[0])
    return Regions(
        tuple(str(name) for name in result.unit),
        standardisation.score_ratio(result).scaled(overall),
        overall,
        reliability,
        reliability >= ENOUGH_RELIABILITY,
    )
