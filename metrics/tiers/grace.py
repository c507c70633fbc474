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
    """Share of customers who held a lower tier a month later, by tier and months below its threshold, a row each."""

    tier: tuple[str, ...]
    months_below: npt.NDArray[np.int64]
    falls: Intervals

    def frame(self) -> pd.DataFrame:
        """One row per tier and months below its threshold."""
        frame = self.falls.frame()
        frame.insert(0, "tier", self.tier)
        frame.insert(1, "months_below", self.months_below)
        return frame


def falls_by_clock(triples: pd.DataFrame, tiers: Sequence[str], level: float = 0.95) -> ClockRates:
    """How often customers fell in the month after, by tier and months below, with Wilson limits.

    Args:
        triples: ``present``, ``after``, ``months_below`` and ``n``, as for `metrics.tiers.markov.order`; rows without a
            clock are left out.
        tiers: the bank's order, lowest first.
        level: confidence level.

    Raises:
        DomainError: a tier that is not among `tiers`.

    >>> seen = pd.DataFrame(
    ...     [("wealth", "wealth", 3, 1), ("wealth", "basic", 3, 9), ("wealth", "wealth", 0, 50)],
    ...     columns=["present", "after", "months_below", "n"],
    ... )
    >>> rates = falls_by_clock(seen, ("basic", "wealth"))
    >>> rates.months_below, rates.falls.estimate
    (array([0, 3]), array([0. , 0.9]))
    """
    order = {tier: number for number, tier in enumerate(tiers)}
    strange = (set(triples["present"]) | set(triples["after"])) - set(order)
    if strange:
        raise DomainError(f"Tiers {sorted(map(str, strange))} are not among {list(tiers)}.")
    known = triples[triples["months_below"].notna()]
    rank = known["present"].map(order).astype(np.int64)
    fell = known["n"].where(known["after"].map(order).astype(np.int64) < rank, 0)
    table = pd.DataFrame(
        {"rank": rank, "months": known["months_below"].astype(np.int64), "n": known["n"], "fell": fell}
    )
    sums = table.groupby(["rank", "months"], as_index=False)[["n", "fell"]].sum()
    held = tuple(tiers[int(number)] for number in sums["rank"])
    return ClockRates(held, sums["months"].to_numpy(dtype=np.int64), wilson(Counts.of(sums["n"], sums["fell"]), level))
