import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import tea_tasting
from numpy.testing import assert_allclose
from scipy import stats

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Reason
from metrics.inference.comparison.health import (
    MISMATCH_BELOW,
    contamination,
    novelty,
    planned_sizes,
    sample_ratio,
)
from metrics.inference.effect import welch_error
from metrics.moments import Moments


def test_sample_ratio_matches_scipy_and_tea_tasting():
    tests = sample_ratio([[5000, 5300], [900, 100]], [[1, 1], [8, 1]])
    expected = [stats.chisquare([5000, 5300]).pvalue, stats.chisquare([900, 100], [8000 / 9, 1000 / 9]).pvalue]
    assert_allclose(tests.p_value, expected)
    data = pd.DataFrame({"variant": np.repeat([0, 1], [5000, 5300])})
    metric = tea_tasting.SampleRatio(method="norm", correction=False)
    theirs = tea_tasting.Experiment(ratio=metric).analyze(data)["ratio"]
    assert_allclose(tests.p_value[0], theirs.pvalue, rtol=1e-6)


def test_three_arms_and_experiments_with_fewer_arms_share_a_table():
    tests = sample_ratio([[100, 110, 95], [100, 110, 0]], [[1, 1, 1], [1, 1, 0]])
    assert_allclose(tests.p_value, [stats.chisquare([100, 110, 95]).pvalue, stats.chisquare([100, 110]).pvalue])


def test_sample_ratio_edges_have_a_value_or_a_reason():
    tests = sample_ratio([[0, 0], [10, 5], [10, 0], [1e8, 1e8 + 1e5]], [[1, 1], [1, 0], [1, 1], [1, 1]])
    assert tests.reason.tolist() == [Reason.TOO_FEW.value, Reason.TOO_FEW.value, "", ""]
    assert tests.p_value[3] < MISMATCH_BELOW
    assert sample_ratio([[10, 5, 1]], [1, 1, 0]).p_value == 0
    with pytest.raises(ShapeError):
        sample_ratio([[1, 2, 3]], [1, 1])
    with pytest.raises(DomainError):
        sample_ratio([[1, -2]], [1, 1])


def test_false_alarms_of_the_check_are_rare():
    rng = np.random.default_rng(1)
    treated = rng.binomial(20_000, 0.9, 50_000)
    tests = sample_ratio(np.column_stack([20_000 - treated, treated]), [1, 9])
    assert np.mean(tests.p_value < 0.05) == pytest.approx(0.05, abs=0.005)
    assert np.mean(tests.p_value < MISMATCH_BELOW) < 0.002


def test_contamination_is_a_share_of_customers():
    share = contamination([2000, 0], [6, 0])
    assert share.estimate[0] == 0.003
    assert share.reason.tolist() == ["", Reason.TOO_FEW.value]


def weeks_of(rng, effects, n=400):
    arms = [
        [Moments.from_rows(rng.normal(gain, 2, n)) for gain in gains] for gains in (np.zeros(len(effects)), effects)
    ]
    return [Moments(*(np.concatenate([getattr(m, f) for m in arm]) for f in ("n", "mean", "squares"))) for arm in arms]


def test_trend_matches_weighted_least_squares():
    week = np.arange(1.0, 7.0)
    control, treated = weeks_of(np.random.default_rng(2), [0.9, 0.7, 0.5, 0.4, 0.2, 0.1])
    error, _, _ = welch_error(control, treated)
    wls = sm.WLS(treated.mean - control.mean, sm.add_constant(week), 1 / error**2).fit(cov_type="fixed scale")
    result = novelty(week, control, treated)
    assert_allclose([result.trend.estimate[0], result.test.p_value[0]], [wls.params[1], wls.pvalues[1]], rtol=1e-6)
    assert_allclose([result.trend.low[0], result.trend.high[0]], wls.conf_int()[1], rtol=1e-6)
    assert result.trend.verdict()[0] == "lower"


def test_a_lasting_effect_shows_no_trend_more_often_than_chance():
    rng = np.random.default_rng(3)
    p_values = [novelty(np.arange(8), *weeks_of(rng, np.full(8, 0.5), n=60)).test.p_value[0] for _ in range(1000)]
    assert np.mean(np.array(p_values) < 0.05) == pytest.approx(0.05, abs=0.02)


def test_two_weeks_are_too_few_for_a_trend():
    control, treated = weeks_of(np.random.default_rng(4), [0.1, 0.2])
    result = novelty([1, 2], control, treated)
    assert result.trend.reason == Reason.TOO_FEW.value
    assert result.weeks == 2
    with pytest.raises(ShapeError):
        novelty([1], control, treated)


def test_the_sizes_of_campaigns_are_checked_against_what_each_planned():
    """Two arms as dealt, three arms that are not, an arm that got nobody, a share that nobody stated, another order."""
    sizes = pd.DataFrame(
        [
            ("even", 0.5, 5000),
            ("even", 0.5, 5100),
            ("three", 2.0, 700),
            ("three", 1.0, 450),
            ("three", 1.0, 300),
            ("empty", 0.1, 0),
            ("empty", 0.9, 900),
            ("unsaid", 0.5, 10),
            ("unsaid", None, 900),
            ("other", 0.5, 1),
        ],
        columns=["campaign_id", "allocation", "n"],
    )
    checked = planned_sizes(sizes, pd.Index(["three", "even", "empty", "unsaid", "nowhere"]))
    expected = [
        stats.chisquare([700, 450, 300], [725, 362.5, 362.5]),
        stats.chisquare([5000, 5100]),
        stats.chisquare([0, 900], [90, 810]),
    ]
    assert_allclose(checked.p_value[:3], [found.pvalue for found in expected])
    assert_allclose(checked.statistic[:3], [found.statistic for found in expected])
    assert checked.reason.tolist() == ["", "", "", Reason.NOT_RECORDED.value, Reason.NOT_RECORDED.value]
    assert np.isnan(checked.p_value[3:]).all()
    assert planned_sizes(None, pd.Index(["even"])).reason.tolist() == [Reason.NOT_RECORDED.value]


def test_where_branches_were_dealt_branches_are_counted_and_not_a_handful_of_them():
    sizes = pd.DataFrame(
        {
            "campaign_id": np.repeat(["far", "near", "few"], 2),
            "allocation": 0.5,
            "n": [900, 100, 100, 900, 900, 100],
            "assigned_branches": [38, 2, 21, 19, 9, 0],
        }
    )
    checked = planned_sizes(sizes, pd.Index(["far", "near", "few"]), np.full(3, True))
    assert_allclose(checked.p_value[:2], [stats.chisquare([38, 2]).pvalue, stats.chisquare([21, 19]).pvalue])
    assert checked.reason.tolist() == ["", "", Reason.TOO_FEW.value]
    by_customer = planned_sizes(sizes, pd.Index(["near"]), np.full(1, False))
    assert_allclose(by_customer.p_value, [stats.chisquare([100, 900]).pvalue])
