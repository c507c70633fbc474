"""Shrinkage: the published examples, a numerical integral, known truth, and units that say nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import integrate, special

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Reason
from metrics.inference.shrinkage import beta_binomial, gamma_poisson
from metrics.moments import Counts
from tests.oracles import shrinkage as published


def test_batting_averages_are_pulled_as_far_as_efron_and_morris_pull_them():
    shrunken = beta_binomial(Counts.of([published.TIMES_AT_BAT] * 18, published.HITS))
    assert_allclose(shrunken.kept, published.EFRON_MORRIS_KEPT, atol=0.03)
    assert_allclose(shrunken.centre, 0.265, atol=0.003)
    truth = np.array(published.REST_OF_SEASON)
    gain = np.sum((shrunken.raw - truth) ** 2) / np.sum((shrunken.estimate.estimate - truth) ** 2)
    assert gain == pytest.approx(3.5, abs=0.1)  # "3.50 times" in the paper of 1975
    assert np.mean((shrunken.estimate.low <= truth) & (truth <= shrunken.estimate.high)) > 0.9


def test_rats_give_the_group_of_the_textbook():
    shrunken = beta_binomial(Counts.of(published.RATS, published.TUMOURS))
    alpha, beta = published.RATS_ALPHA, published.RATS_BETA
    assert shrunken.centre == pytest.approx(alpha / (alpha + beta), abs=0.003)
    assert shrunken.kept[-1] == pytest.approx(14 / (14 + alpha + beta), abs=0.02)


def test_the_posterior_is_that_of_a_numerical_integral():
    n, y = np.array([12.0, 30.0, 8.0, 25.0]), np.array([1.0, 9.0, 4.0, 3.0])
    typical = np.median(n)

    def weight(reliability: float, centre: float) -> float:
        k = typical * (1 - reliability) / reliability
        a, b = centre * k, (1 - centre) * k
        return float(np.exp(np.sum(special.betaln(a + y, b + n - y) - special.betaln(a, b)) + 45))

    def mean(reliability: float, centre: float) -> float:
        k = typical * (1 - reliability) / reliability
        information = n * (k + 1) / (k + n)
        middle = np.sum(information * y / n) / np.sum(information)
        return weight(reliability, centre) * (middle * k + y[2]) / (k + n[2])

    box = (0.01, 0.7, 1e-4, 1 - 1e-4)
    total, _ = integrate.dblquad(weight, *box, epsrel=1e-4)
    first, _ = integrate.dblquad(mean, *box, epsrel=1e-4)
    assert beta_binomial(Counts.of(n, y)).estimate.estimate[2] == pytest.approx(first / total, abs=2e-4)


def test_rare_events_by_beta_and_by_gamma_agree():
    n, y = np.array([5e5, 8e5, 3e5, 9e5, 6e5]), np.array([12, 35, 4, 22, 9])
    share, ratio = beta_binomial(Counts.of(n, y)), gamma_poisson(y, n * 1e-5)
    assert_allclose(share.estimate.estimate * 1e5, ratio.estimate.estimate, rtol=1e-3)
    assert_allclose(share.estimate.high * 1e5, ratio.estimate.high, rtol=1e-3)
    assert_allclose(share.reliability.estimate, ratio.reliability.estimate, atol=1e-3)


@given(st.lists(st.tuples(st.integers(0, 80), st.floats(0, 1)), min_size=3, max_size=8))
def test_an_estimate_lies_between_its_own_result_and_the_groups(units):
    n = np.array([count for count, _ in units], dtype=float)
    y = np.round(n * [share for _, share in units])
    shrunken = beta_binomial(Counts.of(n, y))
    if (n > 0).sum() < 3:
        assert set(shrunken.estimate.reason) == {Reason.TOO_FEW}
        return
    assert shrunken.estimate.known.all()
    assert (shrunken.estimate.low <= shrunken.estimate.estimate).all()
    assert (shrunken.estimate.estimate <= shrunken.estimate.high).all()
    assert np.all((shrunken.kept >= 0) & (shrunken.kept < 1))
    assert np.all(shrunken.kept[n == 0] == 0)
    order = np.argsort(-n)
    assert np.all(np.diff(shrunken.kept[order]) <= 1e-12)  # the smaller the unit, the further it is pulled


def test_nobody_and_everybody_converting_have_limits_but_no_spread_to_be_real():
    for successes in ([0, 0, 0, 0], [5, 20, 9, 100]):
        shrunken = beta_binomial(Counts.of([5, 20, 9, 100], successes))
        assert shrunken.estimate.known.all()
        assert shrunken.reliability.reason[0] == Reason.NO_VARIATION
    assert 0 < gamma_poisson([0, 0, 0], [2, 3, 4]).estimate.high[0] < 2


def test_two_units_and_a_unit_without_customers():
    assert beta_binomial(Counts.of([50, 50], [4, 9])).reliability.reason[0] == Reason.TOO_FEW
    shrunken = beta_binomial(Counts.of([50, 50, 50, 0], [4, 9, 20, 0]))
    assert shrunken.estimate.estimate[3] == pytest.approx(shrunken.centre, abs=1e-9)
    assert np.isnan(shrunken.raw[3])


@pytest.mark.parametrize("units", [3, 14, 200])
def test_units_at_exactly_the_rate_expected_of_them_stay_there(units):
    ratio = gamma_poisson(np.ones(units), np.ones(units))
    assert_allclose(ratio.estimate.estimate, 1.0)
    assert ratio.centre == pytest.approx(1.0)
    assert np.all((ratio.estimate.low < 1) & (ratio.estimate.high > 1))
    for customers in (10, 1000):
        share = beta_binomial(Counts.of([customers] * units, [customers / 10] * units))
        assert_allclose(share.estimate.estimate, 0.1)
        assert share.centre == pytest.approx(0.1)


@given(st.lists(st.integers(0, 4), min_size=3, max_size=12), st.integers(4, 50))
def test_equal_units_keep_their_sum_and_nobody_leaves_the_range(events, customers):
    y, n = np.array(events, dtype=float), np.full(len(events), float(customers))
    for shrunken in (beta_binomial(Counts.of(n, y)), gamma_poisson(y, n / customers), gamma_poisson(y, n)):
        values = shrunken.estimate.estimate
        assert_allclose(values.sum(), shrunken.raw.sum(), rtol=1e-4, atol=1e-12)
        assert np.all((values >= shrunken.raw.min()) & (values <= shrunken.raw.max()))
        assert shrunken.raw.min() <= shrunken.centre <= shrunken.raw.max()
        assert np.all((shrunken.estimate.low <= values) & (values <= shrunken.estimate.high))


def test_a_unit_that_is_not_recorded_gets_no_number_and_moves_nobody():
    known = gamma_poisson([3, 9, 14, 2], [6, 8, 10, 5])
    for y, e in (([3, 9, 14, 2, np.nan], [6, 8, 10, 5, 7]), ([3, 9, 14, 2, 7], [6, 8, 10, 5, np.nan])):
        shrunken = gamma_poisson(y, e)
        assert shrunken.estimate.reason.tolist() == [""] * 4 + [Reason.NOT_RECORDED.value]
        assert np.isnan([shrunken.estimate.estimate[4], shrunken.estimate.low[4], shrunken.kept[4]]).all()
        assert_allclose(shrunken.estimate.high[:4], known.estimate.high)
        assert np.isnan(shrunken.draw(50, seed=1)).any(axis=0).tolist() == [False] * 4 + [True]
    assert beta_binomial(Counts.of([np.nan, 9], [1, 1])).estimate.reason.tolist() == ["not_recorded", "too_few"]


def test_draws_have_the_moments_of_the_estimate_and_repeat_with_the_seed():
    shrunken = gamma_poisson([3, 9, 14, 2, 30], [6, 8, 10, 5, 18])
    draws = shrunken.draw(40_000, seed=3)
    assert_allclose(draws.mean(axis=0), shrunken.estimate.estimate, atol=0.01)
    assert_allclose(np.quantile(draws, 0.975, axis=0), shrunken.estimate.high, rtol=0.08)  # matched by two moments
    assert np.array_equal(draws, shrunken.draw(40_000, seed=3))


def test_impossible_input_is_refused():
    with pytest.raises(DomainError):
        gamma_poisson([-1, 2], [1, 2])
    with pytest.raises(ShapeError):
        gamma_poisson([1, 2, 3], [1, 2])
    with pytest.raises(DomainError):
        beta_binomial(Counts.of([9], [1]), level=1)


def coverage_and_gain(rng: np.random.Generator, prior_weights: list[float], people: int) -> tuple[float, float]:
    """Share of true shares inside their interval, and squared error of the shrunken over that of the raw shares."""
    covered, raw_error, error = [], 0.0, 0.0
    for prior_weight in prior_weights:
        truth = rng.beta(0.15 * prior_weight, 0.85 * prior_weight, people)
        n = rng.integers(40, 300, people)
        shrunken = beta_binomial(Counts.of(n, rng.binomial(n, truth)))
        covered.append((shrunken.estimate.low <= truth) & (truth <= shrunken.estimate.high))
        raw_error += np.sum((shrunken.raw - truth) ** 2)
        error += np.sum((shrunken.estimate.estimate - truth) ** 2)
    return float(np.mean(covered)), float(error / raw_error)


@pytest.mark.slow
@pytest.mark.parametrize(("prior_weight", "off"), [(30.0, 0.015), (170.0, 0.02)])
def test_intervals_of_forty_people_cover_and_beat_raw_shares(prior_weight, off):
    """Where only half of the spread is real (170), not knowing how much costs one to two points of coverage."""
    covered, error = coverage_and_gain(np.random.default_rng(4), [prior_weight] * 60, people=40)
    assert covered == pytest.approx(0.95, abs=off)
    assert error < 0.95


@pytest.mark.slow
def test_intervals_of_a_branch_cover_on_average_over_how_much_is_real():
    """With 14 people it is 93 % where half of the spread is real and 99 % where next to none is: the price of few."""
    rng = np.random.default_rng(9)
    reliability = rng.uniform(0.01, 0.99, 100)
    covered, error = coverage_and_gain(rng, list(170 * (1 - reliability) / reliability), people=14)
    assert covered == pytest.approx(0.95, abs=0.015)
    assert error < 0.8


def test_reliability_is_near_one_where_units_differ_and_low_where_chance_explains_them():
    """Rates of 10 to 50 % of 2,000 each are real nearly all; binomial draws of one rate are chance nearly all."""
    real = beta_binomial(Counts.of([2000] * 5, [200, 400, 600, 800, 1000])).reliability
    assert real.estimate[0] > 0.95
    drawn = np.random.default_rng(4).binomial(200, 0.2, 40)
    chance = beta_binomial(Counts.of([200] * 40, drawn)).reliability
    assert chance.estimate[0] < 0.3
    assert chance.low[0] < 0.1


def test_the_error_is_the_spread_of_the_true_values_as_they_may_be():
    """Of units as small as twelve, where the chance of each customer is most of it, by 60,000 draws."""
    shrunken = beta_binomial(Counts.of([12, 30, 15, 25], [1, 9, 6, 3]))
    drawn = shrunken.draw(60_000, seed=5)
    assert_allclose(shrunken.estimate.standard_error, drawn.std(axis=0), rtol=0.03)
