"""A plan's answer, made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from answers.plan.plan import Audience, Capacity, Fan, PlanAnswer
from answers.plan.scenario import Scenario
from data_access.settings import PlanningRules
from metrics.estimate import Intervals
from metrics.planning.what_if import Control

NAN = float("nan")
PLAN = PlanAnswer(
    scenario=Scenario(starts_on=date(2027, 1, 4), ends_on=date(2027, 1, 31), channels=("phone",)),
    faults=(),
    audience=Audience(1_000, {}, {"basic": 400, "wealth": 100}, ()),
    treated=400,
    control=100,
    fan=Fan({}, {}, False, None, Intervals.of([0.1], [0.05], [0.2], n=[0])),
    lacks=(),
    chance_pays=0.5,
    chance_target=NAN,
    chance_budget=NAN,
    dots=np.array([]),
    tornado=pd.DataFrame(),
    could_tell=Control(100, 0.1, 0.021, 0.8, NAN, NAN, NAN),
    capacity=Capacity(50.0, 60.0, 20, 0, None),
    costs=(),
    sources=(),
    last={},
    last_name="",
    last_id="",
    learned_from=(9, 2024, 2026),
    rules=PlanningRules(),
    as_of=date(2026, 11, 15),
    version="v",
    currency="CNY",
)


def plan(**changes: Any) -> PlanAnswer:
    """The plan, but for some fields."""
    return replace(PLAN, **changes)


def could_tell(**changes: Any) -> Control:
    """What its control could show, but for some fields."""
    assert PLAN.could_tell is not None
    return replace(PLAN.could_tell, **changes)
