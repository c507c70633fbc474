import numpy as np
import pandas as pd
import pytest
import tea_tasting
from numpy.testing import assert_allclose

from metrics.errors import ShapeError
from metrics.finding import FindingCode
from metrics.inference.comparison.contrast import Assignment
from metrics.inference.comparison.experiment import against_control, compare_arms

RNG = np.random.default_rng(5)


@pytest.fixture(scope="module")
def members() -> pd.DataFrame:
    """Members of two campaigns; the first gains nothing, the second a fifth more conversions and sales."""
    n = 12_000
    frame = pd.DataFrame(
        {
            "campaign_id": RNG.choice(["spring", "summer"], n),
            "arm": RNG.choice(["control", "gift"], n),
            "branch_id": RNG.choice([f"B{i:02}" for i in range(30)], n),
            "baseline": RNG.gamma(2, 4000, n),
        }
    )
    works = (frame["campaign_id"] == "summer") & (frame["arm"] == "gift")
    frame["converted"] = RNG.random(n) < np.where(works, 0.15, 0.1)
    frame["sales"] = frame["baseline"] * 0.7 + RNG.gamma(1, 2000, n) + np.where(works, 400, 0)
    return frame


def aggregated(members: pd.DataFrame, *keys: str) -> pd.DataFrame:
    """What the warehouse would count of them."""

    def counted(rows: pd.DataFrame) -> pd.Series:
        n = len(rows)
        return pd.Series(
            {
                "n": n,
                "matured": n,
                "matured_converted": rows["converted"].sum(),
                "known_sales": n,
                "sum_sales": rows["sales"].sum(),
                "squares_sales": rows["sales"].var(ddof=0) * n,
                "known_baseline": n,
                "sum_baseline": rows["baseline"].sum(),
                "squares_baseline": rows["baseline"].var(ddof=0) * n,
                "product_baseline_sales": rows["sales"].cov(rows["baseline"], ddof=0) * n,
            }
        )

    arms = members.groupby(list(keys))[["converted", "sales", "baseline"]].apply(counted).reset_index()
    return arms.assign(is_control=arms["arm"] == "control")


def test_every_treated_arm_meets_the_control_of_its_campaign(members):
    arms = aggregated(members, "campaign_id", "arm")
    control, treated = against_control(arms.sample(frac=1, random_state=1))
    assert control["campaign_id"].tolist() == treated["campaign_id"].tolist()
    assert set(control["arm"]) == {"control"}
    with pytest.raises(ShapeError):
        against_control(pd.concat([arms, arms]))


def test_verdict_and_adjusted_sales_match_tea_tasting(members):
    control, treated = against_control(aggregated(members, "campaign_id", "arm"))
    result = compare_arms(control, treated, Assignment.RANDOMISED, allocation=[1, 1])
    assert [finding.code for finding in result.findings] == [
        FindingCode.ARM_EFFECT_NONE_SHOWN,
        FindingCode.ARM_EFFECT_HIGHER,
    ]
    sales = result.metrics[1].contrast.difference
    assert result.metrics[1].contrast.test.method.tolist() == ["Welch, CUPED"] * 2
    experiment = tea_tasting.Experiment(sales=tea_tasting.Mean("sales", "baseline"), variant="arm")
    for row, campaign in enumerate(treated["campaign_id"]):
        theirs = experiment.analyze(members[members["campaign_id"] == campaign], control="control")["sales"]
        assert_allclose(
            [sales.low[row], sales.high[row]], [theirs.effect_size_ci_lower, theirs.effect_size_ci_upper], rtol=1e-8
        )


def test_nobody_randomised_is_neither_adjusted_nor_called_an_effect(members):
    control, treated = against_control(aggregated(members, "campaign_id", "arm"))
    result = compare_arms(control, treated, Assignment.TARGETED)
    assert result.findings[1].code == FindingCode.ARM_DIFFERENCE_HIGHER
    assert result.metrics[1].contrast.test.method.tolist() == ["Welch"] * 2


def test_a_campaign_for_growth_is_judged_by_its_amounts(members):
    control, treated = against_control(aggregated(members, "campaign_id", "arm"))
    result = compare_arms(control, treated, Assignment.RANDOMISED, primary="sales_per_customer")
    assert {finding.values["metric"] for finding in result.findings} == {"sales_per_customer"}
    assert result.metrics[0].p_values.method == "Benjamini-Hochberg"


def test_a_baseline_that_some_lack_is_not_used_for_their_campaign(members):
    arms = aggregated(members, "campaign_id", "arm")
    arms.loc[arms["campaign_id"] == "spring", "known_baseline"] -= 1
    result = compare_arms(*against_control(arms), Assignment.RANDOMISED)
    complete = compare_arms(*against_control(aggregated(members, "campaign_id", "arm")), Assignment.RANDOMISED)
    sales, with_all = result.metrics[1].contrast, complete.metrics[1].contrast
    assert sales.test.method.tolist() == ["Welch", "Welch, CUPED"]
    assert sales.difference.high[0] > with_all.difference.high[0]
    assert_allclose(sales.difference.high[1], with_all.difference.high[1])


def test_no_arm_is_no_comparison(members):
    nothing = aggregated(members, "campaign_id", "arm").iloc[:0]
    assert compare_arms(*against_control(nothing), Assignment.RANDOMISED).findings == ()


def test_planned_sizes_are_those_of_the_control_first():
    """One to four was planned and dealt: 1,000 held out and 4,000 treated are as planned, the other way round not."""
    columns = {"matured": [1000], "matured_converted": [50]}
    small = pd.DataFrame({"n": [1000]} | columns)
    large = pd.DataFrame({"n": [4000], "matured": [4000], "matured_converted": [320]})
    planned = compare_arms(small, large, Assignment.RANDOMISED, allocation=[0.2, 0.8])
    turned = compare_arms(large, small, Assignment.RANDOMISED, allocation=[0.2, 0.8])
    assert (planned.blocked.tolist(), turned.blocked.tolist()) == ([False], [True])


def test_every_treated_arm_meets_the_control_of_its_own_campaign():
    arms = pd.DataFrame(
        {
            "campaign_id": ["b", "a", "a", "c", "a", "b"],
            "arm": ["hold", "call", "gift", "call", "none", "call"],
            "is_control": [True, False, False, False, True, False],
        }
    )
    control, treated = against_control(arms)
    assert list(zip(treated["campaign_id"], treated["arm"], control["campaign_id"], control["arm"], strict=True)) == [
        ("a", "call", "a", "none"),
        ("a", "gift", "a", "none"),
        ("b", "call", "b", "hold"),
    ]
