import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import integrate, stats
from scipy.special import betaln

from metrics.estimate import Reason
from metrics.inference.bayes import posterior_of_means, posterior_of_shares
from metrics.inference.effect import difference_in_means
from metrics.inference.significance import compare_means
from metrics.moments import Counts, Moments
from tests.oracles import growthbook


def exact(control, treated):
    """The sum of Miller (2015), Formulas for Bayesian A/B testing, section on binary outcomes."""
    (n_c, c), (n_t, t) = control, treated
    a, b, x, y = c + 1, n_c - c + 1, t + 1, n_t - t + 1
    i = np.arange(x)
    return np.exp(betaln(a + i, b + y) - np.log(y + i) - betaln(1 + i, y) - betaln(a, b)).sum()


@pytest.mark.parametrize(
    ("control", "treated"),
    [
        ((1000, 100), (1000, 120)),
        ((10, 1), (20_000, 1800)),
        ((20_000, 1800), (10, 1)),
        ((5, 0), (5, 5)),
        ((3, 3), (4, 4)),
    ],
)
def test_probability_to_be_better_matches_the_exact_sum(control, treated):
    reading = posterior_of_shares(Counts.of(*control), Counts.of(*treated))
    assert_allclose(reading.probability_better[0], exact(control, treated), atol=1e-9)


def test_expected_loss_matches_draws_from_the_posterior():
    rng = np.random.default_rng(2)
    control, treated = rng.beta(31, 471, 2_000_000), rng.beta(46, 556, 2_000_000)
    reading = posterior_of_shares(Counts.of([500], [30]), Counts.of([600], [45]))
    assert_allclose(reading.loss_if_treated[0], np.maximum(control - treated, 0).mean(), rtol=0.01)
    assert_allclose(reading.loss_if_control[0], np.maximum(treated - control, 0).mean(), rtol=0.01)


def test_reading_of_means_matches_numerical_integration():
    control, treated = Moments.from_rows([1.0, 2.0, 3.0, 4.0]), Moments.from_rows([2.0, 4.0, 5.0, 7.0])
    test = stats.ttest_ind([2.0, 4.0, 5.0, 7.0], [1.0, 2.0, 3.0, 4.0], equal_var=False)
    posterior = stats.t(test.df, 2.0, 2.0 / test.statistic)
    reading = posterior_of_means(control, treated)
    assert_allclose(reading.probability_better[0], posterior.sf(0))
    loss, _ = integrate.quad(lambda gap: -gap * posterior.pdf(gap), -np.inf, 0)
    gain, _ = integrate.quad(lambda gap: gap * posterior.pdf(gap), 0, np.inf)
    assert_allclose([reading.loss_if_treated[0], reading.loss_if_control[0]], [loss, gain])


def test_reading_of_means_matches_growthbook():
    control, treated = growthbook.joint(growthbook.CONTROL).x, growthbook.joint(growthbook.TREATED).x
    reading = posterior_of_means(control, treated)
    assert_allclose(
        [reading.probability_better[0], reading.loss_if_control[0], reading.loss_if_treated[0]],
        growthbook.BAYES,
        rtol=2e-3,  # theirs is the normal distribution, whose tails are thinner at 200 customers
    )


@given(st.integers(2, 40), st.integers(2, 40), st.floats(-3, 3), st.floats(0.1, 9))
def test_the_chance_to_be_better_never_contradicts_the_interval_or_the_test(n_c, n_t, gap, spread):
    control = Moments(np.array([float(n_c)]), np.array([10.0]), np.array([n_c - 1.0]))
    treated = Moments(np.array([float(n_t)]), np.array([10.0 + gap]), np.array([(n_t - 1) * spread]))
    better = posterior_of_means(control, treated).probability_better[0]
    p_value = compare_means(control, treated).p_value[0]
    assert_allclose(better, 1 - p_value / 2 if gap > 0 else p_value / 2)
    effect = difference_in_means(control, treated)
    assert (better > 0.975) == (effect.low[0] > 0)
    assert (better < 0.025) == (effect.high[0] < 0)


def test_with_one_degree_of_freedom_the_expected_loss_has_no_end():
    reading = posterior_of_means(Moments.from_rows([2.0, 2.0]), Moments.from_rows([3.0, 5.0]))
    assert reading.probability_better[0] == pytest.approx(stats.t.cdf(2.0, 1))
    assert np.isinf([reading.loss_if_treated[0], reading.loss_if_control[0]]).all()


@given(st.tuples(st.integers(0, 90), st.integers(0, 90)), st.tuples(st.integers(0, 90), st.integers(0, 90)))
def test_swapping_the_arms_mirrors_the_reading(first, second):
    a, b = Counts.of(max(first), min(first)), Counts.of(max(second), min(second))
    there, back = posterior_of_shares(a, b), posterior_of_shares(b, a)
    assert_allclose(there.probability_better, 1 - back.probability_better, atol=1e-9)
    assert_allclose(there.loss_if_treated, back.loss_if_control, atol=1e-9)


def test_arms_of_ten_ten_million_and_a_hundred_million_have_a_reading():
    reading = posterior_of_shares(Counts.of([10, 1e8], [1, 5e6]), Counts.of([1e7, 1e8], [1e6, 5e6]))
    assert_allclose(reading.probability_better, [stats.beta(2, 10).cdf(0.1), 0.5], atol=1e-4)


def test_an_empty_arm_and_customers_all_alike_say_why():
    assert posterior_of_shares(Counts.of([0], [0]), Counts.of([5], [1])).reason == Reason.TOO_FEW.value
    same = Moments.from_rows([2.0, 2.0])
    assert posterior_of_means(same, same).reason == Reason.NO_VARIATION.value
