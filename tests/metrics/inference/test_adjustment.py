import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats
from statsmodels.stats.contingency_tables import StratifiedTable

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Reason
from metrics.inference.adjustment import common_odds_ratio, mantel_haenszel, standardised
from metrics.inference.effect import difference_in_shares
from metrics.moments import Counts, Moments
from tests.oracles.comparison import BERKELEY_ASSOCIATION, BERKELEY_MEN, BERKELEY_ODDS_RATIO, BERKELEY_WOMEN

MEN, WOMEN = (Counts.of(table[:, 1], table[:, 0]) for table in (BERKELEY_MEN, BERKELEY_WOMEN))
ONE = np.zeros(6, dtype=int)


def test_berkeley_matches_mantelhaen_test_of_r():
    result = common_odds_ratio(control=WOMEN, treated=MEN)
    ratio = result.odds_ratio
    assert_allclose([ratio.estimate[0], ratio.low[0], ratio.high[0]], list(BERKELEY_ODDS_RATIO.values()), atol=5e-8)
    assert_allclose(
        [result.association.statistic[0], result.association.p_value[0]], list(BERKELEY_ASSOCIATION.values()), atol=5e-5
    )


def test_homogeneity_matches_statsmodels_on_berkeley():
    homogeneity = common_odds_ratio(control=WOMEN, treated=MEN).homogeneity
    table = np.array([[MEN.successes, MEN.n - MEN.successes], [WOMEN.successes, WOMEN.n - WOMEN.successes]])
    expected = StratifiedTable(table).test_equal_odds(adjust=True)
    assert_allclose(
        [homogeneity.statistic[0], homogeneity.p_value[0]], [expected.statistic, expected.pvalue], rtol=1e-6
    )


def test_homogeneity_is_calibrated_where_the_ratio_is_common_and_answers_at_a_ratio_of_1():
    rng, alarms = np.random.default_rng(3), []
    odds = np.array([0.1, 0.5, 1.0, 3.0])
    for _ in range(1500):
        control = Counts.of([80] * 4, rng.binomial(80, odds / (1 + odds)))
        treated = Counts.of([60] * 4, rng.binomial(60, 2 * odds / (1 + 2 * odds)))
        alarms.append(common_odds_ratio(control, treated).homogeneity.p_value[0] < 0.05)
    assert np.mean(alarms) == pytest.approx(0.05, abs=0.015)
    alike = common_odds_ratio(Counts.of([10, 20], [4, 5]), Counts.of([20, 40], [8, 10]))
    assert_allclose([alike.odds_ratio.estimate[0], alike.homogeneity.p_value[0]], [1.0, 1.0])


def test_berkeley_turns_round():
    result = mantel_haenszel(ONE, control=WOMEN, treated=MEN)
    assert result.crude.estimate[0] > 0.13
    assert result.adjusted.estimate[0] < 0
    assert result.reversed[0]
    assert_allclose(result.compared, 1.0)


def test_the_adjusted_difference_is_the_regression_with_a_dummy_per_stratum():
    rows = [
        (treated, stratum, y)
        for treated, group in ((0, WOMEN), (1, MEN))
        for stratum in range(6)
        for y, times in ((1, group.successes[stratum]), (0, group.n[stratum] - group.successes[stratum]))
        for _ in range(int(times))
    ]
    treated, stratum, y = np.array(rows, dtype=float).T
    ols = sm.OLS(y, np.column_stack([treated, *(stratum == s for s in range(6))]).astype(float)).fit(cov_type="HC1")
    adjusted = mantel_haenszel(ONE, control=WOMEN, treated=MEN).adjusted
    assert_allclose(adjusted.estimate[0], ols.params[0])
    assert_allclose(adjusted.high[0] - adjusted.low[0], 2 * 1.959964 * ols.bse[0], rtol=0.02)


def test_one_stratum_is_the_plain_difference():
    result = mantel_haenszel([0], Counts.of([400], [40]), Counts.of([300], [60]))
    plain = difference_in_shares(Counts.of([400], [40]), Counts.of([300], [60]))
    assert_allclose(result.adjusted.estimate, plain.estimate)
    assert_allclose(result.crude.low, plain.low)
    assert not result.reversed[0]


@pytest.mark.parametrize("size", [3, 40])
def test_limits_cover_the_truth_in_small_and_large_strata(size):
    rng, runs, strata = np.random.default_rng(1), 3000, 60
    base = np.tile(np.linspace(0.1, 0.6, strata), runs)
    n = np.full(runs * strata, size)
    number = np.repeat(np.arange(runs), strata)
    result = mantel_haenszel(
        number, Counts.of(n, rng.binomial(n, base)), Counts.of(2 * n, rng.binomial(2 * n, base + 0.1))
    )
    covered = (result.adjusted.low < 0.1) & (result.adjusted.high > 0.1)
    assert covered.mean() == pytest.approx(0.95, abs=0.015)
    assert (
        np.mean(
            mantel_haenszel(
                number, Counts.of(n, rng.binomial(n, base)), Counts.of(n, rng.binomial(n, base))
            ).test.p_value
            < 0.05
        )
        < 0.065
    )


def test_standardised_means_cover_the_truth_where_the_mix_misleads():
    rng, runs = np.random.default_rng(2), 3000
    n_c, n_t = np.tile([80.0, 20.0], runs), np.tile([20.0, 80.0], runs)
    level = np.tile([0.0, 10.0], runs)
    control, treated = (
        Moments(n, level + gain + rng.normal(0, 1, 2 * runs) / np.sqrt(n), rng.chisquare(n - 1))
        for n, gain in ((n_c, 0.0), (n_t, -0.5))
    )
    result = standardised(np.repeat(np.arange(runs), 2), control, treated)
    covered = (result.adjusted.low < -0.5) & (result.adjusted.high > -0.5)
    assert covered.mean() == pytest.approx(0.95, abs=0.015)
    assert result.crude.estimate.mean() > 5
    assert result.reversed.mean() > 0.95


def test_a_standard_of_one_group_is_that_groups_mix():
    control = Moments(np.array([50.0, 10.0]), np.array([2.0, 6.0]), np.array([49.0, 9.0]))
    treated = Moments(np.array([10.0, 50.0]), np.array([3.0, 5.0]), np.array([9.0, 49.0]))
    result = standardised([0, 0], control, treated, standard=control.n)
    assert_allclose(result.adjusted.estimate, (50 * 1 + 10 * -1) / 60)


def test_strata_with_one_group_only_say_nothing_and_are_counted():
    control, treated = Counts.of([100, 50, 0], [10, 5, 0]), Counts.of([100, 0, 30], [20, 0, 3])
    result = mantel_haenszel([0, 0, 0], control, treated)
    assert_allclose(result.adjusted.estimate, 0.1)
    assert_allclose(result.compared, 200 / 280)
    apart = mantel_haenszel([0, 0], Counts.of([5, 0], [1, 0]), Counts.of([0, 5], [0, 1]))
    assert apart.adjusted.reason == Reason.NO_CONTROL.value
    assert standardised([0], Moments.from_rows([1.0]), Moments.from_rows([2.0, 3.0])).adjusted.reason == "no_control"
    missing = mantel_haenszel([0, 0], Counts.of([50, np.nan], [5, np.nan]), Counts.of([50, 50], [5, 6]))
    assert missing.adjusted.reason == Reason.NOT_RECORDED.value
    assert len(mantel_haenszel([], control[:0], treated[:0]).adjusted) == 0


def test_an_odds_ratio_that_does_not_exist_says_so():
    nothing = common_odds_ratio(Counts.of([10, 10], [0, 0]), Counts.of([10, 10], [0, 3]))
    assert nothing.odds_ratio.reason == Reason.TOO_FEW.value
    single = common_odds_ratio(Counts.of([40], [10]), Counts.of([40], [20]))
    assert single.odds_ratio.known[0]
    assert single.homogeneity.reason == Reason.TOO_FEW.value


@given(
    st.lists(
        st.tuples(st.integers(1, 30), st.integers(1, 30), st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=6
    )
)
def test_swapping_the_groups_mirrors_and_every_row_has_a_number_or_a_reason(strata):
    n, m, p, q = np.array(strata).T
    a, b = Counts.of(n, np.round(n * p)), Counts.of(m, np.round(m * q))
    zero = np.zeros(len(strata), dtype=int)
    there, back = mantel_haenszel(zero, a, b), mantel_haenszel(zero, b, a)
    assert_allclose([there.adjusted.low, there.adjusted.high], [-back.adjusted.high, -back.adjusted.low], atol=1e-9)
    assert there.reversed == back.reversed
    means = standardised(zero, Moments.of_counts(a), Moments.of_counts(b))
    for result in (there.adjusted, means.adjusted, common_odds_ratio(a, b).odds_ratio):
        assert result.known[0] == (result.reason[0] == "")


def test_inputs_that_do_not_belong_together_are_refused():
    with pytest.raises(ShapeError):
        mantel_haenszel([0], MEN, WOMEN)
    with pytest.raises(DomainError):
        mantel_haenszel([-1, 0], MEN[:2], WOMEN[:2])


def test_the_error_is_the_spread_of_the_difference_over_many_small_lopsided_strata():
    rng, runs, strata = np.random.default_rng(12), 4000, 25
    n_c, n_t = np.full(runs * strata, 2.0), np.full(runs * strata, 9.0)
    control, treated = Counts.of(n_c, rng.binomial(2, 0.1, n_c.size)), Counts.of(n_t, rng.binomial(9, 0.7, n_t.size))
    result = mantel_haenszel(np.repeat(np.arange(runs), strata), control, treated)
    error = (result.adjusted.high - result.adjusted.low) / (2 * stats.norm.isf(0.025))
    assert np.sqrt(np.mean(error**2)) == pytest.approx(result.adjusted.estimate.std(), rel=0.04)


def test_the_standard_is_everybody_and_the_error_adds_up_over_the_strata():
    """60 of 100 customers are in the first stratum, gaps 1 and 3: 0.6 + 1.2; by hand from the arms of each."""
    control = Moments(np.array([40.0, 10.0]), np.array([2.0, 6.0]), np.array([39.0, 9.0]))
    treated = Moments(np.array([20.0, 30.0]), np.array([3.0, 9.0]), np.array([38.0, 29.0]))
    found = standardised([0, 0], control, treated).adjusted
    assert_allclose(found.estimate[0], 1.8)
    error = np.sqrt(0.6**2 * (1 / 40 + 2 / 20) + 0.4**2 * (1 / 10 + 1 / 30))
    assert_allclose([found.standard_error[0], found.degrees_of_freedom[0]], [error, np.inf])
    assert_allclose(found.low[0], 1.8 - 1.959964 * error, rtol=1e-6)
