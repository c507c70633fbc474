"""A frozen forecast as it is held against what came: read from what was kept, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite, nan
from threading import Lock
from typing import Any, Final

import numpy as np
import pandas as pd
from cachetools import LRUCache, cached
from data_access.reading.scope import Scope
from data_access.workspace.loop import frozen, matches
from data_access.workspace.loop.frozen import Head
from data_access.workspace.loop.matches import State
from metrics.planning import naive
from metrics.planning.naive import MEASURES
from metrics.planning.why import Course

Workspace = Any

NEAR: Final = 0.8
"""Level of the limits that are held against what came."""

_ENDS: Final = ("0.025", "0.1", "0.5", "0.9", "0.975")
_OF: Final = {"participation": "participated", "conversion": "converted", "sales": "sales", "cost": "cost"}


MOST: Final = 1024
"""Forecasts that are kept as they were read."""

_READ: Final[LRUCache[Head, Forecast]] = LRUCache(MOST)


@dataclass(frozen=True, slots=True)
class Band:
    """Median, 80 % and 95 % limits of one measure."""

    median: float
    near: tuple[float, float]
    wide: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Forecast:
    """What was expected of a campaign.

    Attributes:
        head: What was frozen, by whom and when.
        factors: What made past campaigns like this one.
        learned_from: Theme of each past campaign that it was learned from.
        customers: To be contacted.
        incremental: Whether the return is the one against the control.
        bands: By measure of `metrics.planning.naive.MEASURES`: shares of the contacted, sales a contacted customer,
            the cost, and the return as money back for one unit spent.
        course: Its medians as a sum, against what the customers would have done by themselves where that is known.
        of_all: The same of all who buy, whoever would have bought anyway.
        average: What the average of the same past would have said, by measure.
        alike: What repeating the most similar campaign would have said.
    """

    head: Head
    factors: Mapping[str, str]
    learned_from: Mapping[str, str]
    customers: float
    incremental: bool
    bands: Mapping[str, Band]
    course: Course
    of_all: Course
    average: Mapping[str, float]
    alike: Mapping[str, float]


def of_campaigns(workspace: Workspace, scope: Scope, began: Mapping[str, Any]) -> dict[str, Forecast]:
    """The forecast of each campaign that a person said carries out a plan.

    It is the last that was frozen before the campaign began; one that was frozen later is no forecast of it.

    Args:
        workspace: Where plans are kept.
        scope: Of the viewer: a plan for more branches than theirs is not held against theirs.
        began: First day of each campaign.
    """
    heads = frozen.heads(workspace, scope)
    found: dict[str, Forecast] = {}
    for said in matches.of(workspace, scope):
        if said.state is State.CONFIRMED and said.campaign_id in began:
            first = pd.Timestamp(began[said.campaign_id]).date()
            head = frozen.before([one for one in heads if one.plan_id == said.plan_id], first)
            if head is not None:
                found[said.campaign_id] = read(workspace, scope, head)
    return found


def _by_head(_workspace: Workspace, _scope: Scope, head: Head) -> Head:
    return head


@cached(_READ, key=_by_head, lock=Lock())
def read(workspace: Workspace, scope: Scope, head: Head) -> Forecast:
    """What a frozen forecast says; nobody can change it, so that it is read once.

    Raises:
        WorkspaceError: it was changed behind the program's back.
    """
    kept = frozen.find(workspace, scope, head.digest)
    assert kept is not None  # noqa: S101 - its head was seen
    content = kept.content.kept
    customers, told = float(content["plan"]["customers"]), content["forecast"]
    quantiles: Mapping[str, Mapping[str, float | None]] = told["quantiles"]
    incremental = told["roi"] == "roi_incremental"
    bands = {
        measure: _band(quantiles.get(name, {}), 1.0 if measure == "cost" else customers)
        for measure, name in _OF.items()
    }
    returned = _band(quantiles.get(told["roi"], {}), 1.0)
    bands["roi"] = Band(
        returned.median + 1,
        (returned.near[0] + 1, returned.near[1] + 1),
        (returned.wide[0] + 1, returned.wide[1] + 1),
    )
    past = pd.DataFrame(content["past"])
    numbers = [name for name in past.columns if name not in ("campaign_id", *content["plan"]["factors"])]
    past[numbers] = past[numbers].astype("float64")
    simple = (
        naive.average(past, incremental=incremental),
        naive.last_alike(past, content["plan"]["factors"], incremental=incremental),
    )
    average, alike = (_as_bands(one, customers) for one in simple)
    return Forecast(
        head,
        dict(content["plan"]["factors"]),
        dict(zip(map(str, past["campaign_id"]), past["theme"].fillna("").astype(str), strict=True)),
        customers,
        incremental,
        bands,
        _course(quantiles, customers, incremental=incremental),
        _course(quantiles, customers, incremental=False),
        average,
        alike,
    )


def _as_bands(told: Mapping[str, float], customers: float) -> dict[str, float]:
    """A simple forecast in the units of the bands: the whole cost, and money back."""
    return {name: told[name] * customers if name == "cost" else told[name] + (name == "roi") for name in MEASURES}


def _band(quantiles: Mapping[str, float | None], each: float) -> Band:
    ends = [_number(quantiles.get(end)) / each for end in _ENDS]
    return Band(ends[2], (ends[1], ends[3]), (ends[0], ends[4]))


def _course(quantiles: Mapping[str, Mapping[str, float | None]], customers: float, *, incremental: bool) -> Course:
    """The medians as a sum: what the customers do by themselves is what contact does not add."""
    converted, contribution, cost, added = (
        _number(quantiles.get(name, {}).get("0.5")) for name in ("converted", "contribution", "cost", "added")
    )
    rate = converted / customers
    amount = contribution / converted if converted > 0 else nan
    own = rate - added / customers if incremental else 0.0
    row = (customers, rate, amount, cost, own, amount if own > 0 else 0.0)
    return Course(*(np.array([value]) for value in row))


def _number(value: float | None) -> float:
    return nan if value is None or not isfinite(value) else float(value)
