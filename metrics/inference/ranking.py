"""Ranks with their uncertainty: "between 3rd and 11th of 14", and no order at all where chance made it.

Source: Goldstein and Spiegelhalter (1996), Journal of the Royal Statistical Society A 159, 385-443.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from metrics.estimate import checked_level
from metrics.inference.shrinkage import Shrunken
from metrics.moments import Floats

ENOUGH_RELIABILITY = 0.5  # below this more of the spread is chance than is real


@dataclass(frozen=True, slots=True)
class Ranks:
    """Where each unit may stand, 1 the best; one row a unit, nan where there is no posterior.

    `order_shown` is False where less than half of the spread is real: then a page shows no order. `telling` marks
    the units whose range is at most half the field; a wider one says nothing about its unit. A unit that is not
    recorded has no rank and is not of the field.
    """

    expected: Floats
    low: Floats  # best rank that is still plausible
    high: Floats  # worst rank
    field: int
    level: float
    order_shown: bool
    telling: np.typing.NDArray[np.bool_]

    def frame(self) -> pd.DataFrame:
        """One row per unit, nan where no order is shown."""
        shown = {name: np.where(self.order_shown, getattr(self, name), np.nan) for name in ("expected", "low", "high")}
        return pd.DataFrame(shown | {"telling": self.telling})


def ranks(
    shrunken: Shrunken, *, higher_is_better: bool = True, level: float = 0.9, draws: int = 4000, seed: int = 0
) -> Ranks:
    """Expected rank and its interval by simulation of all units' true values together.

    Args:
        shrunken: the units' posterior.
        higher_is_better: False for complaints.
        level: of the interval; 90 % is usual for ranks.
        draws: simulated worlds.
        seed: the same seed gives the same ranks.

    Raises:
        DomainError: the level is not between 0 and 1.
    """
    checked_level(level)
    values = shrunken.draw(draws, seed)
    known = ~np.isnan(shrunken.estimate.estimate)
    field = int(known.sum())
    reliability = shrunken.reliability.estimate[0]
    if len(values) == 0:
        nothing = np.full(len(known), np.nan)
        return Ranks(nothing, nothing, nothing, len(known), level, False, np.zeros(len(known), dtype=np.bool_))
    rank = stats.rankdata(values[:, known] if not higher_is_better else -values[:, known], axis=1)
    expected, low, high = (np.full(len(known), np.nan) for _ in range(3))
    expected[known] = rank.mean(axis=0)
    low[known], high[known] = np.quantile(
        rank, [(1 - level) / 2, (1 + level) / 2], axis=0, method="closest_observation"
    )
    shown = bool(reliability >= ENOUGH_RELIABILITY)
    return Ranks(expected, low, high, field, level, shown, shown & (high - low + 1 <= field / 2))
