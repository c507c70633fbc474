"""What blocks of campaigns say above them where a feed holds only part of what they tell of."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from answers.campaigns.holdout import Holdouts
from answers.campaigns.overview import Shared
from metrics.campaigns import programme
from metrics.estimate import Intervals, Reason
from story import words
from story.campaigns import campaign, charts, overview, returned
from tests.metrics.campaigns.test_verdict import card


@pytest.fixture(autouse=True)
def english():
    words.speak("en")


def share(estimate: float, n: float, reason: Reason = Reason.NONE) -> Intervals:
    known = reason is Reason.NONE
    numbers = (estimate, estimate / 2, (1 + estimate) / 2) if known else (np.nan,) * 3
    return Intervals.of(*([number] for number in numbers), n=[n], reason=[reason.value])


NOTHING = share(0, 0, Reason.TOO_FEW)


@pytest.mark.parametrize(
    ("satisfied", "answered", "said"),
    [
        (share(0.8, 50), share(0.25, 200), "80\u202f% satisfied, 25\u202f% of those asked answered"),
        (share(0.8, 50), NOTHING, "80\u202f% satisfied; how many were asked is not known"),
        (NOTHING, share(0.0, 200), "None of those asked has answered"),
        (NOTHING, share(0.5, 200), "Satisfaction was not recorded"),
        (NOTHING, NOTHING, "Satisfaction was not recorded"),
        (
            share(0, 50, Reason.NOT_NESTED),
            share(0.25, 200),
            "Satisfaction can't be told: feed contradicts itself",
        ),
    ],
)
def test_satisfaction_says_what_is_known(satisfied: Intervals, answered: Intervals, said: str):
    assert campaign._satisfied(satisfied, answered) == said


@pytest.mark.parametrize(
    ("bought", "took_part", "said"),
    [
        ((0, 3), (2, 1), "Most bought in the week of 9 Mar 2026"),
        ((0, 0), (2, 1), "Most took part in the week of 2 Mar 2026"),
        ((0, 0), (0, 0), "Week by week"),
    ],
)
def test_the_week_of_most_is_of_a_step_that_somebody_took(
    bought: tuple[int, int], took_part: tuple[int, int], said: str
):
    weeks = pd.DataFrame(
        {
            "week_start": pd.to_datetime(["2026-03-02", "2026-03-09"]),
            "is_control": False,
            "contacted": [0, 0],
            "participated": took_part,
            "converted": bought,
        }
    )
    answer: Any = SimpleNamespace(weeks=weeks)
    assert charts.weeks(answer).heading == said


@pytest.mark.parametrize(
    ("actual", "planned", "said"),
    [
        (np.nan, 80_000.0, "¥800 planned, nothing booked"),
        (40_000.0, 80_000.0, "¥400 spent, 50.0\u202f% of plan"),
        (40_000.0, np.nan, "¥400 spent, no plan recorded"),
    ],
)
def test_costs_that_are_planned_alone_are_no_costs_without_a_plan(actual: float, planned: float, said: str):
    spent, used = (
        share(0, 0, Reason.NOT_RECORDED) if np.isnan(number) else Intervals.of([number], [number], [number], n=[9])
        for number in (actual, actual / planned)
    )
    rows = pd.DataFrame({"category": ["gift"], "planned_amount": [planned], "actual_amount": [actual]})
    answer: Any = SimpleNamespace(costs=rows, scores={"campaign_cost": spent, "budget_used": used}, currency="CNY")
    assert charts.costs(answer).heading == said


def test_a_holdout_alone_tells_the_whole_and_no_sum_of_nothing():
    scores = card({"A": {"assignment": "targeted"}})
    effect = Intervals.of([100.0], [50.0], [150.0], n=[900])
    holdouts = Holdouts(("H",), ("Holdout",), np.array([100.0]), np.array([800.0]), effect)
    answer: Any = SimpleNamespace(
        scores=scores, together=programme.together(scores), holdouts=holdouts, currency="CNY", shared=Shared()
    )
    told: Any = returned.together(answer)
    assert told.heading == "All of them together"
    assert told.caption.startswith("No campaign here has both a control group and a cost")
    assert told.shown.columns[0].values == ["Measured as a whole"]
    assert told.shown.columns[1].values == ["+¥800"]


def test_a_conversion_counts_all_that_were_assigned_or_those_whose_window_has_closed():
    conversion, none, some = share(0.1, 1139), Intervals.of([0.0], [0.0], [0.0], n=[1150]), share(0.0, 0)
    assert overview.of_closed(conversion, none) == "1,139 assigned"
    assert overview.of_closed(conversion, some.scaled(1.0, shift=11.0)) == "of 1,139 whose window has closed"
