import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Reason
from metrics.inference.cluster import _Mean, _working_variance, design_effect, difference_by_cluster
from metrics.moments import Moments
from tests.oracles.cluster import dense_chance, dense_cr2


def branches_of(rng, sizes, between=1.0, within=3.0):
    """Per-branch moments and the rows they come from."""
    rows = [rng.normal(rng.normal(0, between), within, size) for size in sizes]
    moments = Moments(
        np.array(sizes, dtype=float), np.array([r.mean() for r in rows]), np.array([r.var() * len(r) for r in rows])
    )
    return moments, rows


@pytest.mark.parametrize("between", [0.1, 1.0, 5.0])
def test_errors_and_degrees_of_freedom_match_the_matrices_of_the_published_estimator(between):
    sizes, treated = np.array([40, 10, 25, 60, 33, 12, 50, 8, 90]), np.arange(9) % 3 == 1
    moments, rows = branches_of(np.random.default_rng(1), sizes, between)
    result = difference_by_cluster([0] * 9, treated, moments)
    arms = [np.concatenate([rows[i] for i in np.flatnonzero(arm)]) for arm in (~treated, treated)]
    assert_allclose(result.effect.estimate[0], arms[1].mean() - arms[0].mean())
    # The components as expected mean squares: the residual lines of each branch, then of each arm.
    within = moments.squares.sum() / (sizes.sum() - 9)
    about, size = 0.0, 0.0
    for arm, customers in zip((~treated, treated), arms, strict=True):
        about += np.sum(sizes[arm] * (moments.mean[arm] - customers.mean()) ** 2)
        size += len(customers) - np.sum(sizes[arm] ** 2) / len(customers)
    error, freedom = dense_cr2(sizes, treated, moments.mean, max((about - 7 * within) / size, 0.0), within)
    assert_allclose(result.effect.standard_error[0], error, rtol=1e-6)
    assert_allclose(result.effect.degrees_of_freedom[0], freedom, rtol=1e-6)
    assert_allclose(result.test.statistic[0], result.effect.estimate[0] / error, rtol=1e-6)


@pytest.mark.parametrize("between", [0.0, 1.0])
def test_chance_is_that_of_the_statistic_with_its_own_error_though_one_branch_holds_most_customers(between):
    sizes, treated = np.array([40, 10, 25, 20, 33, 12, 15, 8, 320]), np.arange(9) >= 4
    means = np.array([1.0, 2.5, 0.4, 3.0, 1.2, 3.8, 0.2, 2.0, 3.6]) if between else np.linspace(1, 1.1, 9)
    moments = Moments(sizes.astype(float), means, 9.0 * sizes)
    result = difference_by_cluster([0] * 9, treated, moments)
    components = _working_variance(
        [_Mean.of(np.zeros(arm.sum(), int), moments[arm], 1) for arm in (~treated, treated)], 1
    )
    assert (components.between[0] > 0) == bool(between)
    beyond = dense_chance(sizes, treated, components.between[0], components.within[0])
    assert_allclose(result.test.p_value[0], beyond(result.test.statistic[0]), rtol=1e-5)
    critical = (result.effect.high - result.effect.estimate)[0] / result.effect.standard_error[0]
    assert critical < 0.95 * stats.t.isf(0.025, result.effect.degrees_of_freedom[0])
    assert_allclose(beyond(critical), 0.05, rtol=1e-5)


def test_errors_and_degrees_of_freedom_match_the_closed_forms_that_club_sandwich_is_tested_by():
    """Its tests of a mean with customers independent (test_intercept_formulas.R), once for each arm."""
    sizes, treated = np.array([4.0, 9, 2, 7, 12, 3, 5, 16, 6]), np.arange(9) < 4
    means = np.array([1.0, 1.1, 0.9, 1.05, 1.2, 1.15, 1.3, 1.22, 1.18])
    result = difference_by_cluster([0] * 9, treated, Moments(sizes, means, 4 * sizes))
    squares, expected, spread = 0.0, 0.0, 0.0
    for arm in (treated, ~treated):
        n, whole = sizes[arm], sizes[arm].sum()
        about = means[arm] - np.average(means[arm], weights=n)
        squares += np.sum(n**2 * about**2 / (1 - n / whole)) / whole**2
        ratio = n / (whole - n)
        freedom = whole**2 / (whole**2 * np.sum(ratio**2) - 2 * whole * np.sum(ratio**2 * n) + np.sum(ratio * n) ** 2)
        expected += 1 / whole
        spread += 1 / whole**2 / freedom
    assert_allclose(result.effect.standard_error[0], np.sqrt(squares))
    assert_allclose(result.effect.degrees_of_freedom[0], expected**2 / spread)


def test_branches_that_differ_no_more_than_customers_give_the_hc2_errors_of_a_weighted_regression():
    sizes, treated = np.array([40.0, 10, 25, 60, 33, 12, 50, 8]), np.arange(8) % 2 == 1
    means = np.array([3.1, 2.8, 3.0, 3.2, 2.9, 3.4, 3.05, 2.7])
    result = difference_by_cluster([0] * 8, treated, Moments(sizes, means, 9 * sizes))
    fit = sm.WLS(means, sm.add_constant(treated.astype(float)), weights=sizes).fit(cov_type="HC2")
    assert_allclose([result.effect.estimate[0], result.effect.standard_error[0]], [fit.params[1], fit.bse[1]])


def test_branches_of_one_size_give_the_t_test_of_branch_means():
    moments, _ = branches_of(np.random.default_rng(2), [30] * 12)
    treated = np.arange(12) >= 6
    result = difference_by_cluster([0] * 12, treated, moments)
    expected = stats.ttest_ind(moments.mean[treated], moments.mean[~treated])
    interval = expected.confidence_interval()
    assert_allclose([result.test.statistic[0], result.test.p_value[0]], [expected.statistic, expected.pvalue])
    assert_allclose([result.effect.low[0], result.effect.high[0]], [interval.low, interval.high])


def simulated(rng, sizes, between, by_size=0.0):
    """Comparisons in which nothing happens; sizes has the shape (runs, branches), by_size what a large branch adds."""
    runs, g = sizes.shape
    n = sizes.ravel()
    centre = np.sqrt(between) * rng.normal(size=n.size) + by_size * np.log(n / 100)
    mean = centre + rng.normal(size=n.size) / np.sqrt(n)
    return np.repeat(np.arange(runs), g), Moments(n, mean, rng.chisquare(n - 1))


def drawn_sizes(rng, runs, control, treated, variation, dominant):
    spread = np.sqrt(np.log1p(variation**2))
    sizes = np.maximum(np.round(100 * np.exp(spread * rng.normal(size=(runs, control + treated)) - spread**2 / 2)), 2)
    if dominant:
        sizes[:, -1] = np.round(sizes[:, control:-1].sum(axis=1) * dominant / (1 - dominant))
    return sizes


@pytest.mark.sampled(4)
@pytest.mark.slow
@pytest.mark.parametrize(
    ("control", "treated", "variation", "dominant"),
    [
        (*arms, *sizes)
        for arms in [(5, 5), (10, 10), (5, 50), (20, 20)]
        for sizes in [(0, 0), (0.5, 0), (1.3, 0), (0.5, 0.5), (0.5, 0.8)]
    ]
    + [(50, 50, 1.3, 0), (50, 50, 0.5, 0.8)],
)
def test_limits_hold_the_truth_as_often_as_they_say_whatever_the_sizes(control, treated, variation, dominant):
    rng, runs = np.random.default_rng(3), min(1000, 16_000 // (control + treated))
    for between, by_size in [(0.0, 0.0), (0.01, 0.0), (0.2, 0.0), (0.01, 0.1)]:
        sizes = drawn_sizes(rng, runs, control, treated, variation, dominant)
        number, branches = simulated(rng, sizes, between, by_size * (dominant == 0))
        arm = np.tile(np.arange(control + treated) >= control, runs)
        result = difference_by_cluster(number, arm, branches)
        covered = (result.effect.low < 0) & (result.effect.high > 0)
        slack = 2 * np.sqrt(0.95 * 0.05 / runs)  # of the simulation
        assert 0.935 - slack < covered.mean() < 0.965 + slack
    if variation <= 0.5 and not dominant and control == treated != 10:
        assert result.few.mean() == pytest.approx(float(treated == 5), abs=0.05)
    if dominant:
        assert difference_by_cluster(number, arm, simulated(rng, sizes, 0.2)[1]).few.all()


@pytest.mark.parametrize(("control", "treated", "variation", "dominant"), [(5, 20, 1.3, 0), (10, 10, 0.5, 0.8)])
def test_limits_do_not_hold_too_often_where_branches_differ_much(control, treated, variation, dominant):
    rng, runs = np.random.default_rng(13), 400
    number, branches = simulated(rng, drawn_sizes(rng, runs, control, treated, variation, dominant), 0.1)
    result = difference_by_cluster(number, np.tile(np.arange(control + treated) >= control, runs), branches)
    covered = np.mean((result.effect.low < 0) & (result.effect.high > 0))
    # The t distribution with as many degrees of freedom holds 99 and 100 of 100; two errors of the simulation.
    assert covered == pytest.approx(0.95, abs=2 * np.sqrt(0.95 * 0.05 / runs))
    assert_allclose(result.test.p_value < 0.05, (result.effect.low > 0) | (result.effect.high < 0))


def test_customers_alone_claim_too_much_by_the_design_effect():
    rng, size = np.random.default_rng(3), 50
    number, branches = simulated(rng, np.full((2000, 20), float(size)), between=1 / 9)
    result = difference_by_cluster(number, np.tile(np.arange(20) >= 10, 2000), branches)
    # A tenth of the variance lies between branches.
    assert result.design_effect.mean() == pytest.approx(design_effect(0.1, size).item(), rel=0.1)


def test_one_branch_with_most_customers_is_worth_few_however_many_stand_beside_it():
    rng = np.random.default_rng(9)
    sizes = np.full((2, 60), 100.0)
    sizes[1, -1] = 29 * 100
    number, branches = simulated(rng, sizes, between=0.2)
    result = difference_by_cluster(number, np.tile(np.arange(60) >= 30, 2), branches)
    assert result.clusters.tolist() == [60, 60]
    assert result.effective_clusters[0] == 60
    assert result.effective_clusters[1] < 5
    assert result.few.tolist() == [False, True]


def test_a_branch_with_customers_in_both_arms_is_refused_where_it_is_and_only_there():
    moments, _ = branches_of(np.random.default_rng(10), [20] * 12)
    comparison, treated = np.repeat([0, 1, 2], 4), np.tile([False, False, True, True], 3)
    names = ["a", "b", "c", "d", "a", "b", "a", "d", "a", "b", "a", "d"]
    empty = Moments(np.where(np.arange(12) == 8, 0.0, moments.n), moments.mean, moments.squares)
    unnamed = difference_by_cluster(comparison, treated, empty)
    named = difference_by_cluster(comparison, treated, empty, branch=names)
    # In the third comparison branch a has customers in one arm only.
    assert named.effect.reason.tolist() == ["", Reason.BOTH_ARMS.value, Reason.TOO_FEW.value]
    assert named.test.reason.tolist() == named.effect.reason.tolist()
    assert_allclose(named.effect.low, np.where(unnamed.effect.known & [True, False, True], unnamed.effect.low, np.nan))
    assert np.isnan(named.test.p_value).tolist() == [False, True, True]
    with pytest.raises(ShapeError):
        difference_by_cluster(comparison, treated, moments, branch=["a"])


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


@pytest.mark.parametrize(
    ("control", "treated", "few"), [(10, 10, False), (9, 10, True), (10, 30, True), (10, 29, False), (20, 60, False)]
)
def test_few_against_many_are_few_though_all_together_are_not(control, treated, few):
    moments, _ = branches_of(np.random.default_rng(5), [20] * (control + treated))
    for arm in (np.arange(control + treated) >= control, np.arange(control + treated) < control):
        assert difference_by_cluster([0] * len(moments), arm, moments).few.tolist() == [few]


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


@settings(max_examples=15)
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
