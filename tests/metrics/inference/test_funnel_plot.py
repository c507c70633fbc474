"""Funnel limits: exact distributions, simulated coverage, and the overdispersion that outliers may not inflate."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from metrics.errors import DomainError
from metrics.inference.funnel_plot import (
    Zone,
    funnel_of_ratios,
    funnel_of_shares,
    overdispersion,
    ratios_limits,
    shares_limits,
)
from metrics.inference.standardisation import counts_by_mix
from metrics.moments import Counts
from tests.metrics.simulated_staff import staff_table


@pytest.mark.parametrize(("n", "target"), [(20, 0.15), (300, 0.3), (5000, 0.02)])
def test_limits_of_shares_lie_between_the_two_counts_that_bracket_the_probability(n, target):
    low, high = shares_limits([n], target, (0.95,))
    for limit, p in ((low[0, 0], 0.025), (high[0, 0], 0.975)):
        count = limit * n
        assert stats.binom.cdf(np.floor(count - 1e-9), n, target) <= p + 1e-9 or count == 0
        assert stats.binom.cdf(np.ceil(count + 1e-9), n, target) >= p - 1e-9


def test_limits_approach_the_normal_ones_at_large_volume():
    low, high = ratios_limits([1e6])
    z = stats.norm.ppf([0.975, 0.999])
    assert_allclose(high[:, 0], 1 + z / 1000, atol=2e-6)
    assert_allclose(low[:, 0], 1 - z / 1000, atol=2e-6)


def test_the_funnel_narrows_with_volume():
    low, high = ratios_limits(np.arange(5, 500, 5))
    assert np.all(np.diff(high, axis=1) < 0)
    assert np.all(np.diff(low, axis=1) >= 0)
    assert np.all(high[1] > high[0])


def test_phi_is_the_mean_square_of_winsorised_scores():
    z = np.array([-9.0, -2, -1, -1, 0, 0, 1, 1, 2, 3, 30])
    low, high = np.quantile(z, [0.1, 0.9])
    assert_allclose((low, high), (-2, 3))
    assert_allclose(overdispersion(z), np.mean(np.clip(z, -2, 3) ** 2))
    assert overdispersion(np.append(z, np.nan)) == overdispersion(z)
    assert overdispersion([0.1, -0.2, 0.1]) == 1.0
    assert overdispersion([5.0]) == 1.0


@given(st.floats(1, 100))
def test_phi_grows_with_the_square_of_the_scores(factor):
    z = np.linspace(-3, 3, 21)
    assert_allclose(overdispersion(z * factor), overdispersion(z) * factor**2)


def test_adjusted_limits_are_stretched_about_the_target():
    rng = np.random.default_rng(1)
    n = rng.integers(50, 500, 30)
    funnel = funnel_of_shares(Counts.of(n, rng.binomial(n, rng.beta(6, 30, 30))))
    assert funnel.dispersion > 1.5
    low, high = funnel.adjusted
    assert_allclose((high - funnel.target) / (funnel.high - funnel.target), np.sqrt(funnel.dispersion))
    assert_allclose((low - funnel.target) / (funnel.low - funnel.target), np.sqrt(funnel.dispersion))
    plain, adjusted = ((funnel.zones(adjusted=a) != Zone.INSIDE).sum() for a in (False, True))
    assert adjusted < plain


def test_zones_and_units_about_which_nothing_is_known():
    funnel = funnel_of_shares(Counts.of([0, 100, 100, 100, 100, 100], [0, 20, 29, 11, 60, 0]), target=0.2)
    assert list(funnel.zones(adjusted=False)) == [
        Zone.UNKNOWN,
        Zone.INSIDE,
        Zone.ABOVE_WARNING,
        Zone.BELOW_WARNING,
        Zone.ABOVE,
        Zone.BELOW,
    ]
    nobody = funnel_of_shares(Counts.of([0, 0], [0, 0]))
    assert set(nobody.zones(adjusted=True)) == {Zone.UNKNOWN}
    everybody = funnel_of_shares(Counts.of([10, 20], [10, 20]))
    assert set(everybody.zones(adjusted=True)) == {Zone.UNKNOWN}


def test_impossible_levels_and_targets_are_refused():
    for levels in ((), (0.998, 0.95), (0.95, 1.0)):
        with pytest.raises(DomainError):
            ratios_limits([5], levels)
    with pytest.raises(DomainError):
        funnel_of_shares(Counts.of([5], [1]), target=1.5)
    with pytest.raises(DomainError):
        overdispersion([1, 2], winsorised=0.5)


@pytest.mark.slow
def test_limits_hold_what_they_promise_when_nobody_differs():
    rng = np.random.default_rng(3)
    outside = []
    for _ in range(250):
        funnel = funnel_of_ratios(counts_by_mix(staff_table(rng, np.ones(14)), "converted", strata=["stratum"]))
        outside.append(((funnel.value < funnel.low) | (funnel.value > funnel.high)).mean(axis=1))
    warned, alarmed = np.mean(outside, axis=0)
    assert warned == pytest.approx(0.05, abs=0.01)
    assert alarmed == pytest.approx(0.002, abs=0.002)
