import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import integrate, stats
from scipy.special import betaln

from metrics.estimate import Reason
from metrics.inference.bayes import posterior_of_means, posterior_of_shares
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
    posterior = stats.norm(2.0, np.sqrt(1.25 / 3 + 3.25 / 3))
    reading = posterior_of_means(control, treated)
    assert_allclose(reading.probability_better[0], posterior.sf(0))
    loss, _ = integrate.quad(lambda gap: -gap * posterior.pdf(gap), -20, 0)
    gain, _ = integrate.quad(lambda gap: gap * posterior.pdf(gap), 0, 30)
    assert_allclose([reading.loss_if_treated[0], reading.loss_if_control[0]], [loss, gain])


def test_reading_of_means_matches_growthbook():
    control, treated = growthbook.joint(growthbook.CONTROL).x, growthbook.joint(growthbook.TREATED).x
    reading = posterior_of_means(control, treated)
    assert_allclose(
        [reading.probability_better[0], reading.loss_if_control[0], reading.loss_if_treated[0]],
        growthbook.BAYES,
        rtol=1e-7,
    )


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
