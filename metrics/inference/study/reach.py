"""What a comparison of its size could have shown: the smallest difference, and the chance to see one that pays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from metrics.catalogue import Metric, Unit
from metrics.estimate import Intervals
from metrics.inference.power import (
    Design,
    detectable_difference_in_means,
    detectable_difference_in_shares,
    power_of_means,
    power_of_shares,
)
from metrics.inference.study.sides import Paired, counts


@dataclass(frozen=True, slots=True)
class Reach:
    """What the customers at hand could show; nan where it cannot be told."""

    detectable: float  # smallest rise shown with the design's power, in the metric's unit
    power: float  # chance that a rise of exactly the line would have been shown


def reach(
    sides: Paired,
    entry: Metric,
    difference: Intervals,
    *,
    line: float = float("nan"),
    level: float = 0.95,
    power: float = 0.8,
    design_effect: float = 1.0,
) -> Reach:
    """The reach of one metric, from the sizes of the sides and how much customers differ.

    Args:
        sides: everybody of both sides, one row.
        entry: the outcome.
        difference: of it; the spread of an amount is that behind its standard error, with what the past predicts
            taken out where that was done.
        line: the rise that pays.
        level: of the interval that has to exclude 0.
        power: chance with which the smallest difference is shown.
        design_effect: over 1 where whole branches were assigned.
    """
    a, b = float(sides.a.matured[0]), float(sides.b.matured[0])
    if not (a > 1 and b > 1 and difference.known[0]):
        return Reach(np.nan, np.nan)
    layout = Design(alpha=1 - level, power=power, control_share=b / (a + b), design_effect=max(design_effect, 1.0))
    total = [a + b]
    if difference.method == "Fieller":
        # The effect on those contacted: its limits alone tell how much it varies.
        half = float(difference.high[0] - difference.low[0]) / 2
        error = half / stats.norm.isf((1 - difference.level) / 2)
        critical = stats.norm.isf((1 - level) / 2)
        chance = stats.norm.sf(critical - line / error) if line > 0 else np.nan
        return Reach(float(error * (critical + stats.norm.isf(1 - power))), float(chance))
    if entry.unit is Unit.POINTS:
        base = counts(sides.b, entry).share
        smallest = detectable_difference_in_shares(total, base, layout).difference
        chance = power_of_shares(total, base, np.clip(base + line, 0.0, 1.0), layout)
    else:
        spread = difference.standard_error / np.sqrt(1 / a + 1 / b) / np.sqrt(layout.design_effect)
        smallest = detectable_difference_in_means(total, [0.0], spread, layout).difference
        chance = power_of_means(total, [line], spread, layout) if line > 0 else np.array([np.nan])
    return Reach(float(smallest[0]), float(chance[0]) if line > 0 else np.nan)


def halved(sides: Paired, entry: Metric, level: float, power: float) -> float:
    """The smallest rise of a share that as many customers would show if chance held out half of them."""
    n = float(sides.a.matured[0] + sides.b.matured[0])
    base = float(counts(sides.b, entry).share[0]) if entry.unit is Unit.POINTS else np.nan
    if not (n > 0 and 0 < base < 1):
        return np.nan
    return float(detectable_difference_in_shares([n], [base], Design(alpha=1 - level, power=power)).difference[0])
