"""The engine of comparisons against peers, and one question asked in two ways: one answer."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from numpy.testing import assert_allclose
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from metrics.campaigns.evaluation import scorecard
from metrics.catalogue import OUTCOMES
from metrics.errors import DomainError, ShapeError
from metrics.estimate import Reason
from metrics.inference.comparison.contrast import Assignment
from metrics.inference.comparison.effects import compare_campaigns
from metrics.inference.comparison.experiment import against_control, compare_arms

CONVERSION, SALES = "incremental_conversion", "incremental_sales_per_customer"
CONTRIBUTION = "incremental_contribution_per_customer"


def customers(seed: int = 3, each: int = 3000) -> pd.DataFrame:
    """Two campaigns with two treated arms and a control; what customers bought before predicts what they buy."""
    rng = np.random.default_rng(seed)
    n = 2 * each
    rows = pd.DataFrame(
        {
            "campaign_id": np.repeat(["spring", "summer"], each),
            "arm": rng.choice(["control", "call", "gift"], n),
            "branch_id": rng.choice([f"B{i:02}" for i in range(24)], n),
            "baseline": rng.gamma(2, 4000, n),
        }
    )
    rows["is_control"] = rows["arm"] == "control"
    rows["converted"] = rng.random(n) < np.where(rows["arm"] == "gift", 0.15, 0.1)
    rows["sales"] = 0.7 * rows["baseline"] + rng.gamma(1, 2000, n) + np.where(rows["arm"] == "gift", 400, 0)
    rows["contribution"] = rows["sales"] * 0.1 + rng.normal(0, 100, n)
    return rows


def aggregated(rows: pd.DataFrame, *keys: str) -> pd.DataFrame:
    """What the warehouse counts of them, everybody's window closed."""

    def counted(part: pd.DataFrame) -> pd.Series:
        n = len(part)
        numbers = {"n": n, "matured": n, "matured_converted": part["converted"].sum()}
        for name in ("sales", "contribution", "baseline"):
            known = part[name].notna()
            numbers |= {f"known_{name}": known.sum(), f"sum_{name}": part[name].sum()}
            numbers |= {f"squares_{name}": part[name].var(ddof=0) * known.sum()}
            if name != "baseline":
                both = known & part["baseline"].notna()
                numbers[f"product_baseline_{name}"] = part[name].cov(part["baseline"], ddof=0) * both.sum()
        return pd.Series(numbers)

    columns = ["converted", "sales", "contribution", "baseline"]
    return rows.groupby([*keys, "is_control"])[columns].apply(counted).reset_index()


ROWS = customers()
ARMS = aggregated(ROWS, "campaign_id", "arm")


def designs(**columns: object) -> pd.DataFrame:
    return pd.DataFrame(
        {"campaign_id": ["spring", "summer"], "assignment": "randomised", "cluster": "customer"} | columns
    )


def adjusted_by_regression(rows: pd.DataFrame, outcome: str) -> tuple[float, float]:
    """Welch's limits of the residuals' difference (statsmodels), the slope taken within the arms and between them."""
    slope = sm.OLS(rows[outcome], sm.add_constant(rows["baseline"])).fit().params["baseline"]
    residual = rows[outcome] - slope * rows["baseline"]
    arms = [DescrStatsW(residual[rows["is_control"] == control]) for control in (False, True)]
    return CompareMeans(*arms).tconfint_diff(usevar="unequal")


@pytest.mark.parametrize(("row", "campaign"), [(0, "spring"), (1, "summer")])
def test_randomised_amounts_are_adjusted_for_the_past_as_by_regression(row: int, campaign: str) -> None:
    effects = compare_campaigns(designs(), ARMS)
    found = effects.differences[SALES]
    low, high = adjusted_by_regression(ROWS[ROWS["campaign_id"] == campaign], "sales")
    assert_allclose([found.low[row], found.high[row]], [low, high], rtol=1e-9)
    assert effects.tests[SALES].method[row] == "Welch, CUPED"


def test_the_scorecard_and_a_comparison_of_arms_give_one_answer() -> None:
    """All treated arms together are one arm: by the list of campaigns, by the page, by Compare."""
    pooled = aggregated(ROWS.assign(arm=np.where(ROWS["is_control"], "control", "any")), "campaign_id", "arm")
    card, study = scorecard(designs(), ARMS), compare_arms(*against_control(pooled), Assignment.RANDOMISED)
    for compared in study.metrics:
        key = next(entry.key for entry in OUTCOMES if entry.compares == compared.contrast.metric)
        for limit in ("estimate", "low", "high", "n"):
            ours, theirs = getattr(card[key], limit), getattr(compared.contrast.difference, limit)
            assert_allclose(ours, theirs, rtol=1e-9, err_msg=key)
        assert_allclose(card.tests[key].p_value, compared.contrast.test.p_value, rtol=1e-6, err_msg=key)


@pytest.mark.parametrize("arm", ["control", "gift"])
def test_a_past_that_some_of_any_arm_lack_is_not_taken_out(arm: str) -> None:
    lacking = (ROWS["arm"] == arm) & (ROWS["campaign_id"] == "spring") & (ROWS.index % 50 == 0)
    some = ROWS.assign(baseline=ROWS["baseline"].mask(lacking))
    effects = compare_campaigns(designs(), aggregated(some, "campaign_id", "arm"))
    assert effects.tests[SALES].method.tolist() == ["Welch", "Welch, CUPED"]
    rows = ROWS[ROWS["campaign_id"] == "spring"]
    arms = [DescrStatsW(rows.loc[rows["is_control"] == control, "sales"]) for control in (False, True)]
    found = effects.differences[SALES]
    assert_allclose([found.low[0], found.high[0]], CompareMeans(*arms).tconfint_diff(usevar="unequal"))


def test_nobody_randomised_is_a_difference_that_is_not_adjusted() -> None:
    effects = compare_campaigns(designs(assignment=["targeted", "randomised"]), ARMS)
    rows = ROWS[ROWS["campaign_id"] == "spring"]
    arms = [DescrStatsW(rows.loc[rows["is_control"] == control, "sales"]) for control in (False, True)]
    low, high = CompareMeans(*arms).tconfint_diff(usevar="unequal")
    assert_allclose([effects.differences[SALES].low[0], effects.differences[SALES].high[0]], [low, high])
    assert effects.randomised.tolist() == [False, True]
    assert effects.tests[SALES].method.tolist() == ["Welch", "Welch, CUPED"]
    card = scorecard(designs(assignment=["targeted", "randomised"]), ARMS)
    assert card[SALES].reason.tolist() == [Reason.NO_CONTROL, ""]
    assert np.isnan(card.tests[SALES].p_value).tolist() == [True, False]


@pytest.mark.parametrize("word", ["random", "Randomised", ""])
def test_a_word_for_the_assignment_that_is_none_is_refused(word: str) -> None:
    with pytest.raises(DomainError, match=f"'randomised' or 'targeted', got '{word}'"):
        compare_campaigns(designs(assignment=word), ARMS)
    with pytest.raises(ShapeError, match="one row per campaign"):
        compare_campaigns(pd.concat([designs(), designs()]), ARMS)


def test_an_assignment_nobody_recorded_is_not_called_random() -> None:
    assert compare_campaigns(designs(assignment=[None, "randomised"]), ARMS).randomised.tolist() == [False, True]


def dealt(rows: pd.DataFrame = ROWS) -> pd.DataFrame:
    """The same customers, but whole branches dealt to an arm."""
    number = rows["branch_id"].str[1:].astype(int)
    arm = np.select([number % 3 == 0, number % 3 == 1], ["control", "call"], "gift")
    return rows.assign(arm=arm, is_control=arm == "control")


def test_a_branch_in_both_arms_is_refused_with_a_reason_and_harms_no_other_campaign() -> None:
    rows = dealt()
    by_branch = aggregated(rows, "campaign_id", "arm", "branch_id")
    crossing = by_branch[(by_branch["campaign_id"] == "summer") & (by_branch["branch_id"] == "B00")]
    crossed = pd.concat([by_branch, crossing.assign(is_control=False, arm="call")], ignore_index=True)
    plan, arms = designs(cluster="branch"), aggregated(rows, "campaign_id", "arm")
    card, right = (scorecard(plan, arms, branches=branches) for branches in (crossed, by_branch))
    for key in (CONVERSION, SALES, CONTRIBUTION):
        assert card[key].reason.tolist() == ["", Reason.BOTH_ARMS], key
        assert_allclose(card[key].low[0], right[key].low[0])
        assert np.isnan(card.tests[key].p_value[1])


def test_a_branch_with_two_treated_arms_is_one_branch() -> None:
    """Its customers under two names of arms are one draw, not two."""
    rows = dealt()
    split = rows.assign(arm=np.where(rows["is_control"], "control", np.where(rows["baseline"] > 6000, "gift", "call")))
    plan = designs(cluster="branch")
    one, two = (
        compare_campaigns(
            plan, aggregated(frame, "campaign_id", "arm"), aggregated(frame, "campaign_id", "arm", "branch_id")
        )
        for frame in (rows, split)
    )
    for key in (CONVERSION, SALES):
        assert_allclose(two.differences[key].low, one.differences[key].low, rtol=1e-9)
    assert two.by_branch is not None
    assert two.by_branch.conversion.clusters.tolist() == [24, 24]


def test_a_branch_that_contradicts_itself_takes_the_number_from_its_campaign_only() -> None:
    by_branch = aggregated(dealt(), "campaign_id", "arm", "branch_id")
    odd = (by_branch["campaign_id"] == "summer") & (by_branch["branch_id"] == "B01")
    by_branch.loc[odd, "matured_converted"] = by_branch["matured"] + 1
    card = scorecard(designs(cluster="branch"), aggregated(dealt(), "campaign_id", "arm"), branches=by_branch)
    assert card[CONVERSION].reason.tolist() == ["", Reason.NOT_NESTED]
    assert card[SALES].known.all()


def test_contribution_known_of_half_the_members_leaves_the_return_as_it_is() -> None:
    """The known mean stands for all whose window has closed: the cost of the others is not held against it."""
    costs = pd.DataFrame({"campaign_id": ["spring"], "category": "gift", "planned_amount": 9e5, "actual_amount": 9e5})
    half = ROWS.drop(columns="baseline").assign(baseline=1.0)
    every = scorecard(designs(), aggregated(half, "campaign_id", "arm"), costs)
    # Every customer twice, the second time with nothing known of the contribution.
    twice = pd.concat([half, half.assign(contribution=np.nan)])
    known = scorecard(designs(), aggregated(twice, "campaign_id", "arm"), costs.assign(actual_amount=18e5))
    for key in ("roi_attributed", "roi_incremental"):
        assert_allclose(known[key].estimate[0], every[key].estimate[0], err_msg=key)
        assert_allclose(known[key].low[0], every[key].low[0], rtol=1e-6, err_msg=key)
    assert_allclose(known["break_even_lift"].estimate[0], every["break_even_lift"].estimate[0])
    assert_allclose(known.tests["roi_incremental"].p_value[0], every.tests["roi_incremental"].p_value[0], rtol=1e-6)
    assert known["contribution"].n[0] == every["contribution"].n[0]  # a total stays a total of what is known


def test_the_test_of_a_return_is_that_of_the_customers_net_of_their_cost() -> None:
    cost = 250.0 * np.array(
        [(~ROWS["is_control"] & (ROWS["campaign_id"] == name)).sum() for name in ("spring", "summer")]
    )
    costs = pd.DataFrame(
        {"campaign_id": ["spring", "summer"], "category": "gift", "planned_amount": cost, "actual_amount": cost}
    )
    plain = ROWS.assign(baseline=np.nan)
    card = scorecard(designs(), aggregated(plain, "campaign_id", "arm"), costs)
    for row, campaign in enumerate(("spring", "summer")):
        rows = ROWS[ROWS["campaign_id"] == campaign]
        treated, control = (rows.loc[rows["is_control"] == held, "contribution"] for held in (False, True))
        p_value = CompareMeans(DescrStatsW(treated - 250.0), DescrStatsW(control)).ttest_ind(usevar="unequal")[1]
        assert_allclose(card.tests["roi_incremental"].p_value[row], p_value, rtol=1e-9)
    inside = (card["roi_incremental"].low < 0) & (card["roi_incremental"].high > 0)
    assert (inside == (card.tests["roi_incremental"].p_value > 0.05)).all()


def test_two_controls_are_one_control_taken_together() -> None:
    named = ROWS.assign(arm=np.where(ROWS["is_control"] & (ROWS["baseline"] > 7000), "quiet", ROWS["arm"]))
    two, one = (compare_campaigns(designs(), aggregated(rows, "campaign_id", "arm")) for rows in (named, ROWS))
    assert_allclose(two.differences[SALES].low, one.differences[SALES].low, rtol=1e-9)
