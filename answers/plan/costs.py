"""What a plan costs by kind: what was set, and what such campaigns cost of the other kinds, with their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from data_access.reading.reader import Reader
from metrics.moments import floats
from metrics.planning.forecast import Forecast

from answers.plan import learned
from answers.plan.learned import Learned
from answers.plan.scenario import Scenario

OTHER: Final = "other"
"""Kinds that are not told apart: a cost of a customer or a fixed cost that was set for all of them together."""

NAMED: Final = 2
"""Past campaigns that are named for each kind."""


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one kind.

    Attributes:
        kind: Of the contract, or `OTHER`.
        amount: Median, for all customers contacted.
        planned: Whether it was set.
        like: Names of the past campaigns that tell most of it; none where it was set.
    """

    kind: str
    amount: float
    planned: bool
    like: tuple[str, ...] = ()


def by_kind(
    reader: Reader, scenario: Scenario, past: Learned, factors: Mapping[str, str], drawn: Forecast
) -> tuple[Cost, ...]:
    """The kinds of a plan's median cost, the largest first; they add up to it."""
    customers = drawn.plan.customers
    found = [Cost(kind, scenario.cost_of(kind, customers), planned=True) for kind in scenario.kinds]
    other = float(scenario.fixed) + (customers * scenario.each if scenario.each is not None else 0.0)
    if other:
        found.append(Cost(OTHER, other, planned=True))
    left = float(np.median(drawn.outcomes["cost"])) - sum(cost.amount for cost in found)
    if scenario.each is None and past.experience is not None and "cost" in past.experience.models:
        found += _learned(reader, scenario, past, factors, left)
    return tuple(sorted((cost for cost in found if cost.amount > 0), key=lambda cost: -cost.amount))


def _learned(reader: Reader, scenario: Scenario, past: Learned, factors: Mapping[str, str], left: float) -> list[Cost]:
    """What is left of the cost, in the proportions of the past campaigns that count in it."""
    assert past.experience is not None  # noqa: S101 - told by the caller
    model = past.experience.models["cost"]
    weights = np.maximum(model.weights(pd.DataFrame([dict(factors)]))[0], 0.0)
    taught = past.past.loc[model.factors.index]
    spent = learned.by_kind(reader).reindex(taught["campaign_id"]).drop(columns=list(scenario.kinds), errors="ignore")
    told = spent.fillna(0.0).to_numpy(float) * (weights / floats(taught["n"]))[:, None]
    sums = told.sum(axis=0)
    names = taught["name"].to_numpy(object)
    return [
        Cost(
            str(kind),
            left * float(sums[at]) / float(sums.sum()),
            planned=False,
            like=tuple(str(names[row]) for row in np.argsort(-told[:, at], kind="stable")[:NAMED] if told[row, at] > 0),
        )
        for at, kind in enumerate(spent.columns)
        if sums[at] > 0
    ]
