import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from metrics.errors import DomainError, ShapeError
from metrics.tiers.lifetime_value import lifetime_value, value_by_tier


@given(st.floats(0.0, 0.97), st.floats(0.02, 0.5))
def test_it_is_the_sum_of_the_discounted_years(retention: float, discount: float) -> None:
    years = np.arange(1, 4000)
    total = 100 * np.sum((retention / (1 + discount)) ** years)
    assert_allclose(lifetime_value([100.0], [retention], [discount]), total, rtol=1e-9, atol=1e-9)


@given(st.integers(0, 2**31))
def test_value_by_tier_is_the_sum_over_the_years_of_what_customers_bring(seed: int) -> None:
    rng = np.random.default_rng(seed)
    yearly = rng.dirichlet(np.ones(4), size=3)[:, :3]  # the fourth destination is exit
    contribution = np.array([50.0, 400.0, 3000.0])
    total, here = np.zeros(3), np.eye(3)
    for year in range(2000):
        total += here @ contribution / 1.08**year
        here = here @ yearly
    assert_allclose(value_by_tier(yearly, contribution, discount=0.08), total, rtol=1e-9)


def test_one_tier_is_the_simple_formula_plus_this_year() -> None:
    by_tier = value_by_tier([[0.8]], [100.0], discount=0.1)
    assert_allclose(by_tier, 100 + lifetime_value([100.0], [0.8], [0.1]))


def test_a_state_of_exit_is_worth_nothing_and_changes_nothing() -> None:
    without = value_by_tier([[0.7, 0.1], [0.2, 0.7]], [100.0, 400.0], 0.1)
    with_exit = value_by_tier([[0.7, 0.1, 0.2], [0.2, 0.7, 0.1], [0.0, 0.0, 1.0]], [100.0, 400.0, 0.0], 0.1)
    assert_allclose(with_exit, [*without, 0.0])


@pytest.mark.parametrize("arguments", [([[0.8, 0.4], [0.2, 0.7]], [1.0, 1.0], 0.1), ([[0.8]], [1.0], 0.0)])
def test_impossible_matrices_and_discounts_are_refused(arguments: tuple) -> None:
    with pytest.raises(DomainError):
        value_by_tier(*arguments)
    with pytest.raises(ShapeError):
        value_by_tier([[0.8]], [1.0, 2.0], 0.1)
    with pytest.raises(DomainError, match="Retention"):
        lifetime_value([1.0], [1.2], [0.1])
