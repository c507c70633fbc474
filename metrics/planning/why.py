"""Why a campaign brought more or less than was forecast: audience, rate, amount, cost, a sum right to the cent.

What counts is contribution after cost. Where customers were held out it is what the campaign added::

    customers x (rate x amount - rate of the control x its amount) - cost

and without a control what its buyers brought. Each part is what its change does, averaged over all orders in which the
changes could have come (Shapley), so that none is paid for what two did together.

Source: Shorrocks (2013), Journal of Economic Inequality 11, 99-126.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import permutations

import numpy as np
import pandas as pd

from metrics.errors import ShapeError
from metrics.estimate import table
from metrics.moments import Floats

PARTS = ("audience", "rate", "amount", "past", "cost")
_PLAYERS = ("audience", "rate", "amount")


def _zero() -> Floats:
    return np.zeros(1)


@dataclass(frozen=True, slots=True)
class Course:
    """How campaigns went, or were to go; one row each, amounts in minor units.

    Attributes:
        customers: Contacted customers.
        rate: Share of them who bought.
        amount: Contribution of one who bought.
        cost: Of the campaign.
        own_rate: Share of who was held out that bought; 0 where nobody was.
        own_amount: Contribution of one of these; 0 where none bought.
        past: What allowing for what customers did before adds to the contribution that was counted.
    """

    customers: Floats
    rate: Floats
    amount: Floats
    cost: Floats
    own_rate: Floats = field(default_factory=_zero)
    own_amount: Floats = field(default_factory=_zero)
    past: Floats = field(default_factory=_zero)

    @property
    def net(self) -> Floats:
        """Contribution after cost."""
        return self.customers * self.each(self) + self.past - self.cost

    def each(self, amounts: Course) -> Floats:
        """Contribution a customer, with these rates and the amounts of another course."""
        # Nobody held out bought: their amount is that of the others, or a first buyer would change it from nothing.
        own = np.where(amounts.own_rate > 0, amounts.own_amount, amounts.amount)
        return self.rate * amounts.amount - self.own_rate * own


@dataclass(frozen=True, slots=True)
class Why:
    """The sum, one row a campaign, whole minor units: `forecast`, the parts of `PARTS`, and `actual`.

    A row of which something is unknown is nan throughout.
    """

    forecast: Floats
    audience: Floats
    rate: Floats
    amount: Floats
    past: Floats
    cost: Floats
    actual: Floats

    def frame(self) -> pd.DataFrame:
        """One row a campaign."""
        return table(self, "forecast", *PARTS, "actual")

    @property
    def missed(self) -> Floats:
        """Actual less forecast."""
        return self.actual - self.forecast


def why(forecast: Course, actual: Course) -> Why:
    """The parts of what came less what was forecast.

    Raises:
        ShapeError: the two have not as many campaigns.

    >>> said = Course(*(np.array([value]) for value in (100, 0.1, 50, 200)))
    >>> came = Course(*(np.array([value]) for value in (90, 0.1, 50, 210)))
    >>> why(said, came).frame().to_numpy().tolist()
    [[300.0, -50.0, 0.0, 0.0, 0.0, -10.0, 240.0]]
    """
    if forecast.customers.shape != actual.customers.shape:
        raise ShapeError("Each campaign has a forecast and an outcome.")
    sides = (forecast, actual)
    parts = {name: np.zeros(actual.customers.shape) for name in PARTS}
    orders = list(permutations(_PLAYERS))
    for order in orders:
        chosen: dict[str, int] = dict.fromkeys(_PLAYERS, 0)
        before = _added(sides, chosen)
        for player in order:
            chosen[player] = 1
            after = _added(sides, chosen)
            parts[player] += (after - before) / len(orders)
            before = after
    parts["past"] += actual.past - forecast.past
    parts["cost"] += forecast.cost - actual.cost
    return _whole(forecast.net, np.stack([parts[name] for name in PARTS]), actual.net)


def _added(sides: tuple[Course, Course], chosen: dict[str, int]) -> Floats:
    audience, rates, amounts = (sides[chosen[player]] for player in _PLAYERS)
    return audience.customers * rates.each(amounts)


def _whole(forecast: Floats, exact: Floats, actual: Floats) -> Why:
    """Everything in whole units: what rounding leaves goes to the parts with the largest remainders."""
    first, last = (np.floor(value + 0.5) for value in (forecast, actual))
    parts = np.floor(exact)
    left = last - first - parts.sum(axis=0)
    rank = np.argsort(np.argsort(parts - exact, axis=0, kind="stable"), axis=0, kind="stable")
    parts = parts + (rank < left)
    unknown = np.isnan(first + last + parts.sum(axis=0))
    rows = (first, *parts, last)
    return Why(*(np.where(unknown, np.nan, row) for row in rows))
