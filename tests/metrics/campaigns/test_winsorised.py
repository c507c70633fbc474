"""Sales with the largest amounts capped, where so few bought that the cap would be nothing."""

import numpy as np
import pandas as pd
from numpy.testing import assert_allclose

from metrics.campaigns.evaluation import scorecard
from metrics.estimate import Reason
from metrics.inference.comparison.contrast import Assignment
from metrics.inference.comparison.experiment import against_control, compare_arms

KEYS = ("sales_per_customer_winsorised", "incremental_sales_per_customer_winsorised")


def arms(bought: dict[str, int], each: float = 100.0, n: int = 1000) -> pd.DataFrame:
    """Campaigns of `n` treated and `n` held out, of whom so many bought; the cap is their 99th percentile."""
    rows = []
    for campaign, buyers in bought.items():
        cap = each if 2 * buyers > 0.01 * 2 * n else 0.0
        for control in (True, False):
            row = {"campaign_id": campaign, "arm": "c" if control else "t", "is_control": control, "n": n, "matured": n}
            row |= {"matured_converted": buyers, "matured_contacted": 0, "contacted_matured_converted": 0}
            for name, amount in (("sales", each), ("sales_winsorised", cap)):
                total = amount * buyers
                row |= {f"known_{name}": n, f"sum_{name}": total, f"squares_{name}": amount * total - total**2 / n}
            rows.append(row)
    return pd.DataFrame(rows)


def test_a_cap_of_nothing_leaves_no_figure_and_the_plain_one_stands() -> None:
    """Nine of a thousand bought: the 99th percentile of all is 0, and 0 a customer is not what they brought."""
    plan = pd.DataFrame({"campaign_id": ["few", "many", "none"], "assignment": "randomised"})
    scores = scorecard(plan, arms({"few": 9, "many": 30, "none": 0}))
    for key in KEYS:
        assert scores[key].reason[:2].tolist() == [Reason.TOO_FEW, ""], key
        assert np.isnan([scores[key].estimate[0], scores[key].low[0]]).all(), key
    assert scores[KEYS[1]].reason[2] == Reason.NO_VARIATION  # nobody bought: nothing is cut away
    assert_allclose(scores["sales_per_customer"].estimate, [0.9, 3, 0])
    assert scores.verdicts[KEYS[1]].grade.tolist() == ["not_judged", "none_shown", "not_judged"]


def test_one_study_says_the_same() -> None:
    study = compare_arms(*against_control(arms({"few": 9, "many": 30})), Assignment.RANDOMISED)
    table = study.frame().set_index(["metric", "comparison"])
    assert table.loc[(KEYS[0], 0), "reason"] == Reason.TOO_FEW
    assert table.loc[(KEYS[0], 1), "reason"] == ""
    assert table.loc[("sales_per_customer", 0), "reason"] == ""


def test_branches_say_the_same_and_not_that_they_were_assigned_by_branch() -> None:
    dealt = [arms({"few": 9 - place, "many": 30 + place}).assign(place=place) for place in range(3)]
    branches = pd.concat(dealt).assign(branch_id=lambda rows: rows["arm"] + rows["place"].astype(str))
    branches = branches.drop(columns="place")
    plan = pd.DataFrame({"campaign_id": ["few", "many"], "assignment": "randomised", "cluster": "branch"})
    scores = scorecard(plan, branches.drop(columns="branch_id"), branches=branches)
    assert scores[KEYS[1]].reason.tolist() == [Reason.TOO_FEW, ""]
    assert scores["incremental_sales_per_customer"].known.all()
