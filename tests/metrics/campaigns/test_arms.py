"""The arms of one campaign by themselves, and treated and control at equal age, counted by hand."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from metrics.campaigns.arms import equal_age, outcomes
from metrics.estimate import Reason

# Ten treated: 2 buy on day 0, 5 leave on day 1, 1 buys and 2 leave on day 2. Four of the control: 1 buys on day 0.
DAYS = pd.DataFrame(
    [(False, 0, 2, 0), (False, 1, 0, 5), (False, 2, 1, 2), (True, 0, 1, 0), (True, 1, 0, 1), (True, 2, 0, 2)],
    columns=["is_control", "day", "converted", "censored"],
)


def test_arms_are_compared_on_the_last_day_on_which_half_of_each_are_watched() -> None:
    """Of ten treated eight are still watched on day 1, three on day 2; of four of the control three, then two."""
    found = equal_age(DAYS)
    assert found.control == (False, True)
    assert found.day == 1
    assert_allclose(found.curves.at_risk, [[10, 8, 3], [4, 3, 2]])
    at_day = found.at_day()
    assert_allclose(at_day.estimate, [2 / 10, 1 / 4])
    assert at_day.n.tolist() == [8, 3]


def test_one_arm_alone_and_none() -> None:
    alone = equal_age(DAYS[DAYS["is_control"]])
    assert (alone.control, alone.day) == ((True,), 2)
    nothing = equal_age(DAYS.iloc[:0])
    assert (nothing.control, nothing.day, len(nothing.at_day())) == ((), None, 0)


def test_each_arm_s_outcomes_are_its_own_and_wait_for_its_windows() -> None:
    arms = pd.DataFrame(
        {
            "campaign_id": "A",
            "arm": ["call", "gift", "late"],
            "is_control": False,
            "n": [100, 50, 40],
            "contacted": [80, 50, 20],
            "participated": [20, 5, 4],
            "matured": [90, 50, 0],
            "matured_converted": [9, 10, 0],
            "sum_sales": [900.0, 500.0, 0.0],
            "squares_sales": [8900.0, 4900.0, 0.0],
            "sum_contribution": [90.0, 50.0, 0.0],
            "squares_contribution": [89.0, 49.0, 0.0],
        }
    )
    found = outcomes(arms)
    assert_allclose(found["participation_rate"].estimate, [0.25, 0.1, 0.2])
    assert_allclose(found["conversion_rate"].estimate[:2], [0.1, 0.2])
    share = stats.binomtest(9, 90).proportion_ci(method="wilson")
    assert_allclose([found["conversion_rate"].low[0], found["conversion_rate"].high[0]], [share.low, share.high])
    assert_allclose(found["sales_per_customer"].estimate[:2], [10, 10])
    margin = stats.t.isf(0.025, 89) * np.sqrt(8900 / 89 / 90)
    assert found["sales_per_customer"].high[0] == pytest.approx(10 + margin)
    for key in ("conversion_rate", "sales_per_customer", "contribution_per_customer"):
        assert found[key].reason[2] == Reason.WINDOW_OPEN, key
