"""A randomised campaign whose arms are not of the planned sizes is not called a success."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from metrics.campaigns.evaluation import Scorecard, scorecard
from metrics.campaigns.findings import campaign_findings, findings
from metrics.campaigns.programme import together
from metrics.estimate import Reason
from metrics.finding import FindingCode
from metrics.inference.comparison.effects import compare_campaigns

NAMES = ["sound", "torn", "targeted"]
HELD_OUT = [1000, 1000, 1000]
TREATED = [4000, 4600, 4600]  # one to four was planned


def arms() -> pd.DataFrame:
    """Three campaigns with the same effect: 8 % of the treated bought, 5 % of those held out."""
    n = np.array([*HELD_OUT, *TREATED], dtype=float)
    bought = n * np.repeat([0.05, 0.08], 3)
    return pd.DataFrame(
        {
            "campaign_id": NAMES * 2,
            "arm": np.repeat(["control", "call"], 3),
            "is_control": np.repeat([True, False], 3),
            "n": n,
            "matured": n,
            "contacted": 0.0,
            "matured_contacted": 0.0,
            "contacted_matured_converted": 0.0,
            "matured_converted": bought,
            "sum_contribution": 1000 * bought,
            "squares_contribution": 1e6 * bought * (1 - bought / n),
        }
    )


SIZES = arms()[["campaign_id", "arm", "n"]].assign(allocation=np.repeat([0.2, 0.8], 3))
PLAN = pd.DataFrame({"campaign_id": NAMES, "assignment": ["randomised", "randomised", "targeted"]})
COSTS = pd.DataFrame({"campaign_id": NAMES, "category": "gift", "planned_amount": 5e4, "actual_amount": 5e4})


def card(sizes: pd.DataFrame | None = SIZES) -> Scorecard:
    return scorecard(PLAN, arms(), COSTS, sizes=sizes)


def test_no_effect_is_told_of_arms_that_are_not_of_the_planned_sizes() -> None:
    scores = card()
    assert scores.verdicts["incremental_conversion"].grade.tolist() == ["raised", "not_judged", "not_judged"]
    for key in (
        "incremental_conversion",
        "incremental_conversions",
        "incremental_contribution_per_customer",
        "roi_incremental",
        "relative_lift",
        "effect_on_contacted",
        "incremental_acquisition_cost",
    ):
        assert scores[key].reason[1] == Reason.SAMPLE_RATIO, key
        assert np.isnan(scores[key].low[1]), key
        assert scores[key].reason[2] == Reason.NO_CONTROL, key
    # What was counted stays: the share of the treated who bought is no comparison.
    assert scores["conversion_rate"].estimate.tolist() == pytest.approx([0.08, 0.08, 0.08])
    assert scores["roi_attributed"].known.all()


def test_whom_the_bank_chose_were_not_dealt_by_lot_and_their_observed_difference_stays() -> None:
    observed = compare_campaigns(PLAN, arms(), sizes=SIZES).differences["incremental_conversion"]
    assert observed.reason.tolist() == ["", Reason.SAMPLE_RATIO, ""]
    assert observed.estimate[[0, 2]] == pytest.approx([0.03, 0.03])


def test_the_page_says_why_and_by_how_much() -> None:
    found = campaign_findings(card(), "torn")
    assert found[0].code is FindingCode.SAMPLE_RATIO_MISMATCH
    expected = stats.chisquare([1000, 4600], [1120, 4480]).pvalue
    assert found[0].values["p_value"] == pytest.approx(expected, rel=1e-9)
    assert expected < 0.001
    assert campaign_findings(card(), "sound")[0].code is FindingCode.EFFECT_HIGHER
    assert campaign_findings(card(), "targeted")[0].code is FindingCode.ATTRIBUTED_ONLY
    assert findings(card())[0].values | {"campaigns": 3} == {
        "campaigns": 3,
        "judged": 1,
        "higher": 1,
        "lower": 0,
        "hint": 0,
        "no_difference": 0,
        "metric": "incremental_conversion",
    }


def test_it_joins_no_family_and_no_sum() -> None:
    scores = card()
    assert scores.verdicts["incremental_conversion"].family[0] == 1
    assert together(scores)["judged_cost"].estimate.item() == 5e4
    chosen = scores.among(["torn"])
    assert campaign_findings(chosen, "torn")[0].values == campaign_findings(scores, "torn")[0].values


def test_without_a_plan_nothing_is_withheld() -> None:
    assert card(None).verdicts["incremental_conversion"].grade.tolist()[:2] == ["raised", "raised"]
    unsaid = card(SIZES.assign(allocation=np.nan))
    assert unsaid.verdicts["incremental_conversion"].grade.tolist()[:2] == ["raised", "raised"]


def test_sizes_are_told_before_open_windows_as_nothing_will_come_of_waiting() -> None:
    waiting = arms().assign(matured=0.0, matured_converted=0.0)
    scores = scorecard(PLAN, waiting, COSTS, sizes=SIZES)
    assert scores["incremental_conversion"].reason[:2].tolist() == [Reason.WINDOW_OPEN, Reason.SAMPLE_RATIO]
    assert scores.off_plan.tolist()[:2] == [False, True]
    told = [finding.code for finding in campaign_findings(scores, scores.campaign_id[1])]
    assert told.count(FindingCode.SAMPLE_RATIO_MISMATCH) == 1
