import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Reason
from metrics.inference.cluster import design_effect, difference_by_cluster
from metrics.moments import Moments


def branches_of(rng, sizes, between=1.0, within=3.0):
    """Per-branch moments and the rows they come from."""
    rows = [rng.normal(rng.normal(0, between), within, size) for size in sizes]
    moments = Moments(
        np.array(sizes, dtype=float), np.array([r.mean() for r in rows]), np.array([r.var() * len(r) for r in rows])
    )
    return moments, rows


def test_errors_match_the_cluster_robust_regression_of_each_arm():
    sizes, treated = [40, 10, 25, 60, 33, 12, 50, 8], np.arange(8) % 2 == 1
    moments, rows = branches_of(np.random.default_rng(1), sizes)
    result = difference_by_cluster([0] * 8, treated, moments)
    variance, means = 0.0, []
    for arm in (~treated, treated):
        mine = [rows[i] for i in np.flatnonzero(arm)]
        y, group = np.concatenate(mine), np.repeat(np.arange(len(mine)), [len(r) for r in mine])
        fit = sm.OLS(y, np.ones(len(y))).fit(cov_type="cluster", cov_kwds={"groups": group})
        variance += fit.bse[0] ** 2
        means.append(fit.params[0])
    assert_allclose(result.effect.estimate[0], means[1] - means[0])
    assert_allclose(result.test.statistic[0], (means[1] - means[0]) / np.sqrt(variance))


def test_branches_of_one_size_give_the_t_test_of_branch_means():
    moments, _ = branches_of(np.random.default_rng(2), [30] * 12)
    treated = np.arange(12) >= 6
    result = difference_by_cluster([0] * 12, treated, moments)
    expected = stats.ttest_ind(moments.mean[treated], moments.mean[~treated])
    interval = expected.confidence_interval()
    assert_allclose([result.test.statistic[0], result.test.p_value[0]], [expected.statistic, expected.pvalue])
    assert_allclose([result.effect.low[0], result.effect.high[0]], [interval.low, interval.high])


@pytest.mark.parametrize(("control", "treated"), [(5, 5), (10, 10), (20, 30), (6, 12)])
def test_limits_cover_the_truth_with_few_branches_and_customers_alone_do_not(control, treated):
    rng, runs, g, size = np.random.default_rng(3), 4000, control + treated, 50
    mean = rng.normal(0, 1, runs * g) + rng.normal(0, 3 / np.sqrt(size), runs * g)
    branches = Moments(np.full(runs * g, float(size)), mean, 9 * rng.chisquare(size - 1, runs * g))
    arm = np.tile(np.arange(g) >= control, runs)
    result = difference_by_cluster(np.repeat(np.arange(runs), g), arm, branches)
    covered = (result.effect.low < 0) & (result.effect.high > 0)
    assert covered.mean() == pytest.approx(0.95, abs=0.015)
    # 50 customers a branch, a tenth of the variance between branches.
    assert result.design_effect.mean() == pytest.approx(design_effect(0.1, size).item(), rel=0.1)


def test_three_branches_against_seventeen_are_judged_with_care_where_g_minus_1_is_not():
    rng, runs = np.random.default_rng(4), 4000
    mean = rng.normal(0, 1, runs * 20)
    branches = Moments(np.full(runs * 20, 50.0), mean, np.full(runs * 20, 400.0))
    result = difference_by_cluster(np.repeat(np.arange(runs), 20), np.tile(np.arange(20) >= 3, runs), branches)
    covered = np.mean((result.effect.low < 0) & (result.effect.high > 0))
    assert 0.94 < covered < 0.975
    assert np.mean(np.abs(result.test.statistic) < stats.t.isf(0.025, 19)) < 0.9


def test_few_branches_are_flagged():
    moments, _ = branches_of(np.random.default_rng(5), [20] * 30)
    comparison = np.repeat([0, 1], [10, 20])
    result = difference_by_cluster(comparison, np.arange(30) % 2 == 0, moments)
    assert result.few.tolist() == [True, False]
    assert result.clusters.tolist() == [10, 20]


def test_one_branch_none_and_branches_all_alike_say_why():
    moments = Moments(np.array([5.0, 5.0, 5.0, 0.0]), np.array([1.0, 2.0, 3.0, np.nan]), np.array([1.0, 1.0, 1.0, 0.0]))
    one = difference_by_cluster([0, 0, 0, 0], [False, True, True, False], moments)
    assert one.effect.reason == Reason.TOO_FEW.value
    assert one.effect.estimate == 1.5
    skipped = difference_by_cluster([1, 1, 1, 1], [False, True, True, False], moments)
    assert skipped.effect.reason.tolist() == [Reason.TOO_FEW.value] * 2
    alike = Moments(np.full(4, 5.0), np.full(4, 2.0), np.zeros(4))
    same = difference_by_cluster([0] * 4, [False, False, True, True], alike)
    assert same.effect.reason == Reason.NO_VARIATION.value
    unknown = Moments(np.full(4, 5.0), np.array([1.0, 2.0, 3.0, np.nan]), np.array([1.0, 1.0, 1.0, np.nan]))
    without = difference_by_cluster([0] * 4, [False, False, True, True], unknown)
    assert without.effect.reason == Reason.NOT_RECORDED.value
    assert len(difference_by_cluster([], [], moments[:0]).effect) == 0


@given(st.permutations(range(8)))
def test_neither_the_order_of_branches_nor_the_names_of_the_arms_matter(order):
    moments, _ = branches_of(np.random.default_rng(6), [9, 5, 7, 12, 8, 6, 11, 10])
    treated, order = np.arange(8) % 2 == 0, np.array(order)
    plain = difference_by_cluster([0] * 8, treated, moments)
    shuffled = difference_by_cluster([0] * 8, treated[order], moments[order])
    mirrored = difference_by_cluster([0] * 8, ~treated, moments)
    assert_allclose([shuffled.effect.low, shuffled.effect.high], [plain.effect.low, plain.effect.high])
    assert_allclose([mirrored.effect.low, mirrored.effect.high], [-plain.effect.high, -plain.effect.low])


def test_inputs_that_do_not_belong_together_are_refused():
    moments, _ = branches_of(np.random.default_rng(7), [5, 5])
    with pytest.raises(ShapeError):
        difference_by_cluster([0], [True, False], moments)
    with pytest.raises(DomainError):
        difference_by_cluster([-1, 0], [True, False], moments)
    with pytest.raises(DomainError):
        design_effect(1.5, 10)
