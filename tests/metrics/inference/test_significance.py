import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats
from statsmodels.stats.proportion import test_proportions_2indep as proportions_test
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from metrics.estimate import Reason
from metrics.inference.effect import covariate_adjusted, linearised
from metrics.inference.significance import compare_means, compare_shares
from metrics.moments import Counts, JointMoments, Moments
from tests.oracles.comparison import FISHER, SLEEP_FIRST, SLEEP_SECOND, SLEEP_WELCH


def test_small_tables_are_judged_by_fisher_as_r_does():
    a, m, b, n, p_value = FISHER
    tests = compare_shares(control=Counts.of(n, b), treated=Counts.of(m, a))
    assert tests.method == "Fisher"
    assert_allclose(tests.p_value, p_value, atol=5e-5)


def test_large_tables_are_judged_by_the_score_test_as_statsmodels_does():
    tests = compare_shares(control=Counts.of([80, 900], [48, 60]), treated=Counts.of([70, 1000], [56, 90]))
    expected = [
        proportions_test(*row, method="score", compare="diff", correction=False).pvalue
        for row in [(56, 70, 48, 80), (90, 1000, 60, 900)]
    ]
    assert tests.method.tolist() == ["score", "score"]
    assert_allclose(tests.p_value, expected, rtol=1e-9)


@given(st.integers(1, 25), st.integers(1, 400), st.data())
def test_fisher_matches_scipy_on_any_small_table(m, n, data):
    a, b = data.draw(st.integers(0, m)), data.draw(st.integers(0, n))
    tests = compare_shares(control=Counts.of(n, b), treated=Counts.of(m, a))
    if tests.method[0] == "Fisher":
        assert_allclose(tests.p_value, stats.fisher_exact([[a, m - a], [b, n - b]])[1], rtol=1e-6)


def test_the_method_of_a_row_depends_on_that_row_alone():
    control, treated = Counts.of([10, 5000, 0], [1, 400, 0]), Counts.of([12, 5000, 9], [6, 470, 2])
    together = compare_shares(control, treated)
    assert together.method.tolist() == ["Fisher", "score", ""]
    assert together.reason.tolist() == ["", "", "too_few"]
    for row in range(3):
        alone = compare_shares(control[row : row + 1], treated[row : row + 1])
        assert_allclose(alone.p_value, together.p_value[row : row + 1])


def test_nobody_and_everybody_are_no_evidence_of_a_difference():
    tests = compare_shares(Counts.of([50, 50], [0, 50]), Counts.of([60, 60], [0, 60]))
    assert_allclose(tests.p_value, 1.0)
    assert_allclose(tests.statistic, 0.0)


def test_small_p_values_of_huge_and_of_lopsided_arms():
    tests = compare_shares(Counts.of([1e8, 1e7, 10], [5e6, 1e6, 1]), Counts.of([1e8, 10, 1e7], [5.05e6, 3, 1e6]))
    assert tests.method.tolist() == ["score", "Fisher", "Fisher"]
    assert_allclose(tests.p_value[1], stats.fisher_exact([[3, 7], [10**6, 9 * 10**6]])[1], rtol=1e-4)
    assert tests.p_value[0] < 1e-50


def test_welch_matches_r_and_statsmodels_on_the_sleep_data():
    tests = compare_means(Moments.from_rows(SLEEP_FIRST), Moments.from_rows(SLEEP_SECOND))
    assert_allclose([tests.statistic[0], tests.p_value[0]], [SLEEP_WELCH["t"], SLEEP_WELCH["p_value"]], atol=5e-5)
    t, p_value, _ = CompareMeans(DescrStatsW(SLEEP_SECOND), DescrStatsW(SLEEP_FIRST)).ttest_ind(usevar="unequal")
    assert_allclose([tests.statistic[0], tests.p_value[0]], [t, p_value])


def test_ratios_and_adjusted_means_of_the_same_customers_do_not_differ():
    arm = JointMoments.from_rows([1.0, 4.0, 2.0, 7.0], [1.0, 2.0, 1.0, 3.0])
    for tests in (compare_means(linearised(arm), linearised(arm)), compare_means(*covariate_adjusted(arm, arm))):
        assert_allclose([tests.statistic[0], tests.p_value[0]], [0.0, 1.0], atol=1e-12)


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5])
def test_false_alarms_are_no_more_than_promised(share):
    rng, runs = np.random.default_rng(11), 20_000
    tests = compare_shares(
        Counts.of(np.full(runs, 150), rng.binomial(150, share, runs)),
        Counts.of(np.full(runs, 400), rng.binomial(400, share, runs)),
    )
    assert np.mean(tests.p_value < 0.05) < 0.06


@given(st.tuples(st.integers(0, 40), st.integers(0, 40)), st.tuples(st.integers(0, 40), st.integers(0, 40)))
def test_swapping_the_arms_keeps_the_p_value_and_turns_the_sign(first, second):
    a, b = Counts.of(max(first), min(first)), Counts.of(max(second), min(second))
    there, back = compare_shares(a, b), compare_shares(b, a)
    assert_allclose(there.p_value, back.p_value, rtol=1e-9)
    assert_allclose(there.statistic, -back.statistic)


def test_one_customer_is_too_few_for_a_test_of_means():
    tests = compare_means(Moments.from_rows([1.0]), Moments.from_rows([1.0, 2.0]))
    assert tests.reason == Reason.TOO_FEW.value
    assert np.isnan(tests.p_value[0])


def test_fisher_of_a_hundred_million_is_exact_and_quick():
    n_c, n_t = np.array([1e8, 1e8, 2e4, 10, 1e8]), np.array([1e8, 1e8, 1e8, 1e8, 2e4])
    x_c, x_t = np.array([3, 4, 0, 3, 5000]), np.array([1, 0, 20000, 5e7, 2])
    started = time.perf_counter()
    many = compare_shares(
        Counts.of(np.tile(n_c, 100), np.tile(x_c, 100)), Counts.of(np.tile(n_t, 100), np.tile(x_t, 100))
    )
    assert time.perf_counter() - started < 1  # scipy's tables take two minutes
    assert set(many.method) == {"Fisher"}
    # Halves of a coin; then scipy.stats.fisher_exact's own figures, to the digits it keeps at this size.
    assert_allclose(many.p_value[:5], [0.625, 0.125, 0.03963148, 0.34374997, 0.26431469], rtol=1e-6)


def test_fisher_far_from_even_sees_the_tables_beyond_the_farthest():
    result = compare_shares(Counts.of([300, 250], [290, 0]), Counts.of([100_000, 100_000], [0, 300]))
    expected = [
        stats.fisher_exact([[290, 10], [0, 100_000]]).pvalue,
        stats.fisher_exact([[0, 250], [300, 99_700]]).pvalue,
    ]
    assert_allclose(result.p_value, expected, rtol=1e-6, atol=1e-300)


def test_five_expected_are_enough_for_the_score_test_and_a_little_less_is_not():
    """Ten and ten of whom ten did expect five in each cell; ten and eleven of whom ten did, 4.76."""
    control, treated = Counts.of([10, 10], [3, 3]), Counts.of([10, 11], [7, 7])
    assert compare_shares(control, treated).method.tolist() == ["score", "Fisher"]
