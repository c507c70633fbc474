"""What was expected of a campaign that runs: by its frozen forecast, or by what campaigns like it did before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from threading import Lock
from typing import Any, Final

import numpy as np
from cachetools import LRUCache, cached
from data_access.queries import history
from data_access.reading.reader import Reader
from data_access.reading.scope import Scope
from data_access.workspace.loop import frozen as frozen_forecasts
from data_access.workspace.loop.frozen import Frozen, Head
from metrics.planning.forecast import Forecast, Plan, forecast
from metrics.planning.monitoring import Pace, on_days, pace

from answers.kept import kept
from answers.plan import freeze
from answers.plan.learned import FACTORS, learned

AGES: Final = 20
"""Of the lives of finished campaigns, at which they are counted."""

DRAWS: Final = 10_000

MOST: Final = 256
"""Forecasts that are kept as they were read."""

Workspace = Any


@dataclass(frozen=True, slots=True)
class Kept:
    """A frozen forecast, told from others by its digest.

    Attributes:
        digest: Of all that is kept.
        plan_id: Of its plan.
        name: Of the plan, as it was typed: data, to be escaped where it is shown.
        owner: Who began it, by name.
        frozen_on: Day on which it was frozen.
        place: Scenario that was frozen.
        seed: Of its draws.
        content: What was kept.
    """

    digest: str
    plan_id: str = field(compare=False)
    name: str = field(compare=False)
    owner: str = field(compare=False)
    frozen_on: date = field(compare=False)
    place: int = field(compare=False)
    seed: int = field(compare=False)
    content: Mapping[str, Any] = field(compare=False)

    @classmethod
    def of(cls, one: Frozen, name: str, owner: str) -> Kept:
        """What is kept of a plan."""
        held = one.content
        return cls(one.digest, held.plan_id, name, owner, one.frozen_at.date(), held.place, held.seed, held.kept)

    def setting(self, name: str) -> float:
        """A number that was planned; nan where none was."""
        text = str(self.content["settings"].get(name) or "")
        return float(text) if text else float("nan")

    @property
    def planned_costs(self) -> dict[str, float]:
        """Planned cost by kind, minor units, where the plan says."""
        return {str(kind): float(amount) for kind, amount in dict(self.content.get("planned_costs") or {}).items()}


def _by_head(_workspace: Workspace, _scope: Scope, head: Head) -> Head:
    return head


@cached(LRUCache(MOST), key=_by_head, lock=Lock())
def content(workspace: Workspace, scope: Scope, head: Head) -> Frozen:
    """What a frozen forecast holds; nobody can change it, so that it is read once.

    Raises:
        WorkspaceError: it was changed behind the program's back.
    """
    kept = frozen_forecasts.find(workspace, scope, head.digest)
    assert kept is not None  # noqa: S101 - its head was seen
    return kept


@lru_cache(maxsize=32)
def _frozen(plan: Kept) -> tuple[Forecast, bool]:
    return freeze.drawn_again(plan.content, plan.seed)


def frozen(plan: Kept) -> Forecast:
    """The draws of a frozen forecast, made again from what was kept: the same for whoever sees the plan."""
    return _frozen(plan)[0]


def older(plan: Kept) -> bool:
    """Whether another model than that of today made it: its draws then follow the quantiles that were kept."""
    return _frozen(plan)[1]


@kept
def alike(reader: Reader, customers: int, factors: tuple[str, ...]) -> Forecast | None:
    """What finished campaigns let expect of so many customers today; None where too few of them tell."""
    past = learned(reader)
    if past.experience is None or "cost" in past.lacks or customers < 1:
        return None
    return forecast(past.experience, Plan(customers, dict(zip(FACTORS, factors, strict=True))), draws=DRAWS, seed=1)


@kept
def _finished(reader: Reader) -> np.ndarray[Any, Any]:
    """Conversions of finished campaigns at each age, one row a campaign; without those that record none."""
    found = history.pace(reader, ages=AGES)
    counts = found[[f"converted_by_{age}" for age in range(AGES + 1)]].to_numpy(float)
    return counts[np.isfinite(counts).all(axis=1) & (counts[:, -1:] > 0).any(axis=1)]


def path(reader: Reader, days: np.ndarray[Any, Any], life: int) -> Pace | None:
    """The pace of finished campaigns on days of a life of so many days, and at its end; None where none is finished."""
    counts = _finished(reader)
    if not len(counts):
        return None
    ages = np.append(np.clip(np.asarray(days, dtype=float) / max(life, 1), 0.0, 1.0), 1.0)
    return pace(ages, on_days(np.linspace(0.0, 1.0, AGES + 1), counts, ages))
