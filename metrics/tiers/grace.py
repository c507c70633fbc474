"""The grace clock: who is about to fall, and how many of such customers fell before.

A tier by the bank's rule is lost only after some months in a row below its threshold, so nearly everybody who falls
was seen coming. The list of those in their last month is short and has a date; what became of their like says what
it is worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.errors import DomainError
from metrics.estimate import Intervals
from metrics.inference.proportion import wilson
from metrics.moments import Counts


@dataclass(frozen=True, slots=True)
class ClockRates:
    """Share of customers who fell once their months of grace were over, by tier and months below, a row each."""

    tier: tuple[str, ...]
    months_below: npt.NDArray[np.int64]
    falls: Intervals

    def frame(self) -> pd.DataFrame:
        """One row per tier and months below its threshold."""
        frame = self.falls.frame()
        frame.insert(0, "tier", self.tier)
        frame.insert(1, "months_below", self.months_below)
        return frame


def falls_by_clock(outcomes: pd.DataFrame, tiers: Sequence[str], level: float = 0.95) -> ClockRates:
    """How often customers fell once their grace was over, by tier and months below, with Wilson limits.

    Args:
        outcomes: ``tier``, ``months_below``, ``n`` customers and ``fell``, how many of them fell.
        tiers: the bank's order, lowest first; the rows come in it.
        level: confidence level.

    Raises:
        DomainError: a tier that is not among `tiers`.

    >>> names = ["tier", "months_below", "n", "fell"]
    >>> seen = pd.DataFrame([("wealth", 3, 10, 9), ("wealth", 1, 50, 30)], columns=names)
    >>> rates = falls_by_clock(seen, ("basic", "wealth"))
    >>> rates.months_below, rates.falls.estimate
    (array([1, 3]), array([0.6, 0.9]))
    """
    order = {tier: number for number, tier in enumerate(tiers)}
    if strange := set(outcomes["tier"]) - set(order):
        raise DomainError(f"Tiers {sorted(map(str, strange))} are not among {list(tiers)}.")
    rows = outcomes.assign(rank=outcomes["tier"].map(order).astype(np.int64)).sort_values(["rank", "months_below"])
    held = tuple(str(tier) for tier in rows["tier"])
    return ClockRates(
        held, rows["months_below"].to_numpy(dtype=np.int64), wilson(Counts.of(rows["n"], rows["fell"]), level)
    )
