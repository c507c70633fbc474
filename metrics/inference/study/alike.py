"""Groups that nobody drew at random: the difference as counted, then with ever more alike customers compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from metrics.catalogue import Metric, Unit
from metrics.estimate import Intervals
from metrics.inference.adjustment import UNLIKE_FROM, Adjusted, mantel_haenszel, standardised
from metrics.inference.confounding import Hidden, hidden_of_means, hidden_of_shares
from metrics.inference.study.sides import counts, moments, paired


@dataclass(frozen=True, slots=True)
class Alike:
    """A difference with customers compared with their like, one step a row: first everybody, then by more traits."""

    traits: tuple[tuple[str, ...], ...]  # held alike at each step; none at the first
    difference: Intervals  # one row a step
    compared: tuple[float, ...]  # share of the customers who have their like in the other group
    reversed: bool  # the last step turns the sign of the first round (Simpson's paradox)
    reversing: tuple[str, ...]  # traits of the first step that does, empty if none
    hidden: Hidden  # what an unseen trait would have to be to explain the last step; one row

    def swapped(self) -> Alike:
        """The same with b minus a."""
        turned = self.difference.scaled(-1.0)
        return Alike(self.traits, turned, self.compared, self.reversed, self.reversing, self.hidden)


def alike(strata: pd.DataFrame, entry: Metric, steps: Sequence[Sequence[str]], level: float = 0.95) -> Alike:
    """Compares like with like, step by step.

    Args:
        strata: `side`, the traits as columns, and counts or moments of the outcome of customers whose window closed.
        entry: the outcome.
        steps: the traits held alike at each step, the last the strictest.
        level: confidence level.

    Returns:
        Shares by Mantel and Haenszel with Sato's variance, amounts by direct standardisation to both groups together.

    Raises:
        DomainError: the level is not between 0 and 1.
    """
    found = [_within(strata, entry, step, level) for step in steps]
    rows = [found[0].crude, *(each.adjusted for each in found)]
    everybody = paired(strata, level=level)
    last = found[-1].adjusted
    if entry.unit is Unit.POINTS:
        hidden = hidden_of_shares(counts(everybody.b, entry).share, last)
    else:
        hidden = hidden_of_means(np.sqrt((moments(everybody.b, entry) + moments(everybody.a, entry)).variance), last)
    reversing = next((tuple(step) for step, each in zip(steps, found, strict=True) if each.reversed[0]), ())
    return Alike(
        ((), *(tuple(step) for step in steps)),
        stacked(rows),
        (1.0, *(float(each.compared[0]) for each in found)),
        bool(found[-1].reversed[0]),
        reversing,
        hidden,
    )


def stacked(rows: Sequence[Intervals]) -> Intervals:
    """Intervals one below the other, each by its own method."""
    columns = ("estimate", "low", "high", "n", "standard_error", "degrees_of_freedom", "reason")
    put = {name: np.concatenate([getattr(row, name) for row in rows]) for name in columns}
    return Intervals.of(
        put.pop("estimate"), put.pop("low"), put.pop("high"), level=rows[0].level, method=rows[-1].method, **put
    )


def balance(traits: pd.DataFrame) -> pd.DataFrame:
    """How unlike two groups were before: a minus b of each trait, in standard deviations.

    Args:
        traits: one row a trait and side: `trait`, `side`, `n`, `mean` and `squares` (centred).

    Returns:
        One row a trait: `trait`, `a`, `b` (means), `difference` (standardised; nan where a side has fewer than two
        customers, infinite where nobody differs from their side and the sides differ), `unlike` (from `UNLIKE_FROM`
        on).

    Source: Austin (2009), Statistics in Medicine 28, 3083-3107.
    """
    order = pd.unique(traits["trait"])
    a, b = (
        traits[traits["side"] == side].drop(columns="side").set_index("trait").astype(float).reindex(order)
        for side in ("a", "b")
    )
    spread = np.sqrt(sum(side["squares"] / (side["n"] - 1).where(side["n"] > 1) for side in (a, b)) / 2)
    gap = a["mean"] - b["mean"]
    with np.errstate(divide="ignore", invalid="ignore"):
        difference = (gap / spread).where(gap != 0, 0.0 * gap)
    return pd.DataFrame(
        {
            "trait": list(order),
            "a": a["mean"].to_numpy(float),
            "b": b["mean"].to_numpy(float),
            "difference": difference.to_numpy(float),
            "unlike": (difference.abs() >= UNLIKE_FROM).to_numpy(bool),
        }
    )


def _within(strata: pd.DataFrame, entry: Metric, traits: Sequence[str], level: float) -> Adjusted:
    sides = paired(strata, traits, level)
    one = np.zeros(len(sides), dtype=np.intp)
    if entry.unit is Unit.POINTS:
        return mantel_haenszel(one, counts(sides.b, entry), counts(sides.a, entry), level)
    return standardised(one, moments(sides.b, entry), moments(sides.a, entry), level=level)
