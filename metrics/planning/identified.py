"""Whether history can say what more money in a cell does, and what experiment would.

Costs follow the size of an audience: more spent was mostly more customers. Only where the cost of a customer differed
between campaigns does the past tell what more money for the same customers brings.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from metrics.inference.power import Design, sample_size_of_shares
from metrics.moments import floats

FEWEST = 4
"""Campaigns in which a cell must have been."""

LEAST_SPREAD = 0.2
"""Standard deviation of the logarithm of the cost of a customer, below which it was the same all along."""


@dataclass(frozen=True, slots=True)
class Experiment:
    """Two levels of spending on like customers: what would tell the curve.

    Attributes:
        customers: In each of the two groups; nan where no number shows the difference.
        cost: Of both groups together, in the unit of the cost of a customer.
        level: Cost of a customer in the second group over that in the first.
    """

    customers: float
    cost: float
    level: float


def identified(history: pd.DataFrame) -> pd.Series[bool]:
    """By cell: whether the cost of a customer differed enough, often enough.

    Args:
        history: One row a campaign and cell: `cell`, `spend`, `n` customers.

    >>> rows = pd.DataFrame({"cell": ["a"] * 4 + ["b"] * 4, "n": [10] * 8, "spend": [10, 20, 40, 20, 9, 9, 9, 9]})
    >>> identified(rows).to_dict()
    {'a': True, 'b': False}
    """
    each = np.log(floats(history["spend"]) / floats(history["n"]))
    grouped = pd.DataFrame({"cell": history["cell"].to_numpy(), "each": each}).groupby("cell")["each"]
    return (grouped.std() >= LEAST_SPREAD) & (grouped.size() >= FEWEST)


def experiment(base: float, worth: float, each: float, level: float = 2.0) -> Experiment:
    """The experiment that shows whether a dearer contact pays: the rise of conversion that its extra cost needs.

    Args:
        base: Share that buys at the cost of today.
        worth: Contribution of one conversion.
        each: Cost of a customer of today.
        level: Cost of a customer in the second group over that of today.
    """
    rise = each * (level - 1) / worth
    size = sample_size_of_shares([base], [min(base + rise, 1.0)], Design()) if base + rise < 1 else None
    customers = float(np.ceil(size.treated[0])) if size is not None else float("nan")
    return Experiment(customers, customers * each * (1 + level), level)
