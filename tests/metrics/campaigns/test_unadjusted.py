"""An effect that allows for the past, and the plain difference beside it, both from single customers by scipy."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.testing import assert_allclose
from scipy import stats

from metrics.campaigns.evaluation import scorecard, unadjusted
from tests.metrics.campaigns.test_evaluation import AMOUNTS, COSTS, aggregated, customers, plan

KEY = "incremental_contribution_per_customer"


def with_past(rows: pd.DataFrame) -> pd.DataFrame:
    """The aggregate with what each customer bought before, which their contribution follows."""
    rows["baseline"] = rows["contribution"] * 0.7 + np.random.default_rng(8).integers(0, 4000, len(rows))
    closed = rows[rows["matured"]]
    keys = ["campaign_id", "arm", "is_control"]
    arms, of_arm = aggregated(rows).set_index(keys), closed.groupby(keys)
    arms["sum_baseline"] = of_arm["baseline"].sum()
    arms["squares_baseline"] = of_arm["baseline"].var(ddof=0) * of_arm.size()
    for name in ("baseline", *AMOUNTS):
        arms[f"known_{name}"] = of_arm.size()
    for name in AMOUNTS:
        arms[f"product_baseline_{name}"] = of_arm.apply(
            lambda arm, name=name: float(
                ((arm[name] - arm[name].mean()) * (arm["baseline"] - arm["baseline"].mean())).sum()
            )
        )
    return arms.reset_index()


def test_the_plain_difference_is_that_of_the_groups_and_the_adjusted_one_says_that_it_is_not() -> None:
    rows = customers()
    arms = with_past(rows)
    scores = scorecard(plan(), arms, COSTS)
    plain = unadjusted(plan(), arms, scores.booked.actual)
    assert scores.adjusted(KEY).all()
    assert scores.adjusted("roi_incremental").tolist() == [True, True, True, False]  # of the last no cost is known
    assert not scores.adjusted("incremental_conversion").any()
    assert not scores.adjusted("campaign_cost").any()
    for index in range(4):
        closed = rows[(rows["campaign_id"] == f"C{index}") & rows["matured"]]
        treated, control = closed[~closed["is_control"]], closed[closed["is_control"]]
        welch = stats.ttest_ind(treated["contribution"], control["contribution"], equal_var=False).confidence_interval()
        gap = treated["contribution"].mean() - control["contribution"].mean()
        assert_allclose([plain[KEY].estimate[index], plain[KEY].low[index], plain[KEY].high[index]], [gap, *welch])
        assert scores[KEY].high[index] - scores[KEY].low[index] < 0.8 * (welch.high - welch.low)
    cost = scores.booked.actual * (1 - scores["open_members"].estimate / scores["members"].estimate)
    closed = scores["members"].estimate - scores["open_members"].estimate
    assert_allclose(plain["roi_incremental"].estimate, plain[KEY].estimate * closed / cost - 1)


def test_without_the_past_nothing_is_adjusted() -> None:
    scores = scorecard(plan(), aggregated(customers()), COSTS)
    assert not scores.adjusted(KEY).any()
    targeted = scorecard(plan(assignment="targeted"), with_past(customers()), COSTS)
    assert not targeted.adjusted(KEY).any()


def test_a_number_that_is_withheld_allows_for_nothing() -> None:
    arms = with_past(customers())
    torn = arms[["campaign_id", "arm", "n"]].assign(
        allocation=np.where(arms["campaign_id"] == "C1", np.where(arms["is_control"], 0.99, 0.01), np.nan)
    )
    scores = scorecard(plan(), arms, COSTS, sizes=torn)
    assert scores.adjusted(KEY).tolist() == scores[KEY].known.tolist() == [True, False, True, True]
