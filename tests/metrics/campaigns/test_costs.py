"""Costs of a branch and its share of those of the bank, worked out by hand."""

import numpy as np
import pandas as pd
from numpy.testing import assert_allclose

from metrics.campaigns.costs import Basis, booked

ORDER = pd.Index(["A", "B", "C", "D"], dtype="str")
TREATED = np.array([100.0, 100.0, 50.0, 10.0])
COSTS = pd.DataFrame(
    [
        ["A", "gift", 1000, 900, None, None],
        ["A", "media", None, None, 5000, 4000],
        ["B", "gift", 1000, 1200, None, None],
        ["C", "media", None, None, 800, 1000],
        ["X", "gift", 7, 7, 7, 7],
    ],
    columns=[
        *("campaign_id", "category", "planned_amount", "actual_amount"),
        *("shared_planned_amount", "shared_actual_amount"),
    ],
)
BANK = pd.DataFrame({"campaign_id": ["A", "B", "C"], "n_bank": [400, 400, 50]})


def test_costs_of_the_bank_are_shared_out_by_members():
    found = booked(COSTS, ORDER, TREATED, BANK)
    assert_allclose(found.own, [900, 1200, np.nan, np.nan])
    assert_allclose(found.share, [1000, 0, 1000, 0])  # 4000 x 100 / 400; the whole bank is its own share
    assert_allclose(found.actual, [1900, 1200, 1000, np.nan])
    assert_allclose(found.planned, [2250, 1000, 800, np.nan])  # 1000 + 5000 / 4
    assert_allclose(found.by_kind["media"], [1000, np.nan, 1000, np.nan])
    assert found.basis.tolist() == [Basis.WITH_SHARE, Basis.WHOLE, Basis.WHOLE, Basis.WHOLE]
    assert found.lacks("gift").tolist() == [False, False, True, False]


def test_without_the_members_of_the_bank_the_cost_is_before_its_costs():
    found = booked(COSTS, ORDER, TREATED)
    assert_allclose(found.actual, [900, 1200, np.nan, np.nan])
    assert_allclose(found.share, [np.nan, 0, np.nan, 0])
    assert found.basis.tolist() == [Basis.BEFORE_SHARED, Basis.WHOLE, Basis.BEFORE_SHARED, Basis.WHOLE]


def test_a_bank_smaller_than_its_branch_does_not_bear_more_than_all():
    found = booked(COSTS, ORDER, TREATED, BANK.assign(n_bank=[50, 0, 50]))
    assert_allclose(found.share[:2], [4000, 0])


def test_without_columns_of_shared_amounts_the_others_hold_all_there_is():
    found = booked(COSTS[["campaign_id", "category", "planned_amount", "actual_amount"]], ORDER, TREATED, BANK)
    assert_allclose(found.actual, [900, 1200, np.nan, np.nan])
    assert set(found.basis) == {Basis.WHOLE}
    assert np.isnan(booked(None, ORDER, TREATED).actual).all()
    some = found[np.array([1])]
    assert_allclose(some.actual, [1200])
    assert some.by_kind.index.tolist() == ["B"]


def test_a_plan_for_what_is_not_booked_is_no_part_of_the_budget_used():
    """500 were planned for a venue of which nothing is booked: the 900 spent are held against their own 1,000."""
    venue = pd.DataFrame([["A", "venue", 500, None, None, None]], columns=COSTS.columns)
    found = booked(pd.concat([COSTS[:1], venue]), ORDER, TREATED, BANK)
    assert_allclose([found.actual[0], found.planned[0]], [900, 1000])
    assert_allclose(found.planned_by_kind.loc["A", "venue"], 500)
    assert found.kinds(0).to_dict("records")[1]["planned_amount"] == 500
