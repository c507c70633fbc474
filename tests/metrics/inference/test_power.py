import numpy as np
import pytest
import tea_tasting
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from statsmodels.stats.power import TTestIndPower

from metrics.errors import DomainError
from metrics.estimate import Reason
from metrics.inference.power import (
    Design,
    detectable_difference_in_means,
    detectable_difference_in_shares,
    power_of_means,
    power_of_shares,
    sample_size_of_shares,
)
from metrics.inference.significance import compare_shares
from metrics.moments import Counts
from tests.oracles import comparison as published

HIGH = Design(power=0.9)


def test_shares_match_power_prop_test():
    assert_allclose(power_of_shares([100], [0.5], [0.75], Design()), published.POWER_PROP_TEST_POWER, atol=5e-8)
    size = sample_size_of_shares([0.5], [0.75], HIGH)
    assert_allclose([size.control[0], size.treated[0]], published.POWER_PROP_TEST_N, atol=0.05)
    detectable = detectable_difference_in_shares([100], [0.5], HIGH)
    # R's uniroot stops at a tolerance of 1.2e-4.
    assert_allclose(0.5 + detectable.difference, published.POWER_PROP_TEST_P2, atol=1.2e-4)
    assert_allclose(detectable.relative, detectable.difference / 0.5)


def test_means_match_power_t_test():
    assert_allclose(power_of_means([40], [1.0], [1.0], Design()), published.POWER_T_TEST_POWER, atol=5e-8)
    assert_allclose(power_of_means(2 * np.array([published.POWER_T_TEST_N]), [1.0], [1.0], HIGH), 0.9, atol=1e-6)


@pytest.mark.parametrize("control_share", [0.1, 0.5, 0.8])
def test_unequal_arms_match_statsmodels(control_share):
    design = Design(alpha=0.10, control_share=control_share)  # of two sides; of one it is 0.05
    expected = TTestIndPower().solve_power(
        0.3, power=0.8, alpha=0.05, ratio=(1 - control_share) / control_share, alternative="larger"
    )
    assert_allclose(power_of_means([expected / control_share], [0.3], [1.0], design), 0.8, atol=1e-4)


def test_detectable_difference_of_means_matches_tea_tasting():
    data = tea_tasting.make_users_data(n_users=2000, rng=1)
    metric = tea_tasting.Mean("revenue", power=0.8, n_obs=2000, equal_var=True)
    expected = metric.solve_power(data, "effect_size")[0].effect_size
    revenue = np.asarray(data["revenue"])
    ours = detectable_difference_in_means([2000], [revenue.mean()], [revenue.std(ddof=1)], Design())
    assert_allclose(ours.difference, expected, rtol=1e-4)


def test_the_promised_power_is_reached_in_simulation():
    rng, runs = np.random.default_rng(6), 20_000
    size = sample_size_of_shares([0.05], [0.07], Design(control_share=0.25))
    n_c, n_t = int(np.ceil(size.control[0])), int(np.ceil(size.treated[0]))
    tests = compare_shares(
        Counts.of(np.full(runs, n_c), rng.binomial(n_c, 0.05, runs)),
        Counts.of(np.full(runs, n_t), rng.binomial(n_t, 0.07, runs)),
    )
    assert np.mean((tests.p_value < 0.05) & (tests.statistic > 0)) == pytest.approx(0.8, abs=0.015)


def test_several_arms_and_branches_cost_customers():
    one = sample_size_of_shares([0.05], [0.07], Design())
    three = Design(treated_arms=3, control_share=0.25)
    several = sample_size_of_shares([0.05], [0.07], three)
    assert several.method == "Bonferroni"
    assert one.method == ""
    assert_allclose(several.treated, sample_size_of_shares([0.05], [0.07], Design(alpha=0.05 / 3)).treated)
    assert_allclose(sample_size_of_shares([0.05], [0.07], Design(design_effect=2.5)).total, 2.5 * one.total)


@settings(max_examples=30, deadline=None)
@given(st.floats(0.001, 0.6), st.floats(0.01, 0.3))
def test_size_and_detectable_difference_are_inverse(share, rise):
    size = sample_size_of_shares([share], [share + rise], Design())
    assert_allclose(detectable_difference_in_shares(size.total, [share], Design()).difference, rise, rtol=1e-5)


def test_where_no_number_is_enough_it_says_so():
    size = sample_size_of_shares([0.5, 0.0], [0.5, 0.02], Design())
    assert size.reason.tolist() == [Reason.NO_EFFECT.value, Reason.NONE.value]
    assert np.isnan(size.total[0])
    assert detectable_difference_in_shares([3], [0.9], Design()).reason == Reason.TOO_FEW.value


@pytest.mark.parametrize(
    "wrong", [{"alpha": 0}, {"power": 1}, {"control_share": 1.2}, {"treated_arms": 0}, {"design_effect": 0.5}]
)
def test_a_design_that_cannot_be_is_refused(wrong):
    with pytest.raises(DomainError):
        Design(**wrong)
    with pytest.raises(DomainError):
        power_of_shares([10], [1.2], [0.5], Design())
    with pytest.raises(DomainError):
        power_of_means([10], [1.0], [0.0], Design())


def test_a_plan_that_lacks_a_number_is_not_one_without_an_effect():
    nan, plan = np.nan, Design()
    said = sample_size_of_shares([nan, 0.1, 0.1], [0.2, nan, 0.1], plan).reason.tolist()
    assert said == ["not_recorded", "not_recorded", "no_effect"]
    assert detectable_difference_in_shares([nan, 100, 2], [0.1, nan, 0.999], plan).reason.tolist() == [
        "not_recorded",
        "not_recorded",
        "too_few",
    ]
    assert (
        detectable_difference_in_means([nan, 9], [1.0, nan], [1.0, 1.0], plan).reason.tolist() == ["not_recorded"] * 2
    )
