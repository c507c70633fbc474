"""Do regions differ once their customers and campaigns are made alike?"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from metrics.moments import Counts
from metrics.staff.performance import Performance, performance_of

STRATA = ("campaign_id", "tier")


@dataclass(frozen=True, eq=False)
class Regions:
    """Conversion by region, as it would be with everybody's mix of campaigns and tiers.

    Attributes:
        names: The regions, in the alphabet's order.
        performance: What each reached of what everybody's mix would bring, and whether they differ: judged as people
            are.
        overall: Conversion of all.
    """

    names: tuple[str, ...]
    performance: Performance
    overall: float


def compared(frame: pd.DataFrame) -> Regions | None:
    """The regions of an aggregate by ``region`` and the columns of `STRATA`, with ``n`` and ``converted``."""
    known = frame.dropna(subset=["converted"])
    if known["region"].nunique() < 2 or known["converted"].sum() == 0:
        return None
    performance = performance_of(known, "converted", unit="region", strata=STRATA)
    overall = float(Counts.from_frame(known, "converted").pooled().share[0])
    return Regions(tuple(str(name) for name in performance.standardised.unit), performance, overall)
