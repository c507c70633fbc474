"""Why a campaign brought something else than was forecast: audience, rate, amount and cost, adding up exactly.

What is left of a campaign is customers x rate x amount, less cost. The three factors are credited by their Shapley
values: no order of them is preferred, and the parts add up to the difference.

Source: Shapley (1953), Contributions to the Theory of Games II, 307-317.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from metrics.errors import DomainError


@dataclass(frozen=True, slots=True)
class Made:
    """What a campaign makes: `customers` treated, the share of them at a `rate`, each worth `amount`, less `cost`."""

    customers: float
    rate: float
    amount: float
    cost: float

    @property
    def left(self) -> float:
        """Contribution after cost, in the unit of amount and cost."""
        return self.customers * self.rate * self.amount - self.cost


@dataclass(frozen=True, slots=True)
class Difference:
    """From forecast to actual, in parts that add up."""

    forecast: float
    customers: float
    rate: float
    amount: float
    cost: float
    actual: float


def difference(forecast: Made, actual: Made) -> Difference:
    """Why the actual is not the forecast.

    Raises:
        DomainError: a number is missing.

    >>> difference(Made(100, 0.1, 50.0, 300.0), Made(100, 0.2, 50.0, 400.0))
    Difference(forecast=200.0, customers=0.0, rate=500.0, amount=0.0, cost=-100.0, actual=600.0)
    """
    before = (forecast.customers, forecast.rate, forecast.amount)
    after = (actual.customers, actual.rate, actual.amount)
    told = (*before, *after, forecast.cost, actual.cost)
    if any(math.isnan(value) for value in told):
        raise DomainError("A difference is explained of numbers that are all known.")
    customers, rate, amount = (_credited(place, before, after) for place in range(3))
    return Difference(forecast.left, customers, rate, amount, forecast.cost - actual.cost, actual.left)


def _credited(place: int, before: tuple[float, ...], after: tuple[float, ...]) -> float:
    """What one of three factors of a product adds, on average over all orders in which they change."""
    one, other = (at for at in range(3) if at != place)
    same = before[one] * before[other] + after[one] * after[other]
    crossed = before[one] * after[other] + after[one] * before[other]
    return (after[place] - before[place]) * (same / 3 + crossed / 6)
