import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

from metrics.errors import ShapeError
from metrics.estimate import Reason
from metrics.tiers.mobility import (
    Mobility,
    bartholomew,
    determinant,
    direction,
    mobility,
    prais_shorrocks,
    second_eigenvalue,
)
from metrics.tiers.transition import Transitions, probabilities
from tests.oracles import tiers as published

GIDDY = probabilities(published.GIDDY_TRANSITIONS.astype(float))
WEIGHTS = arrays(np.float64, (4, 4), elements=st.floats(0.01, 1))


def transitions(continuing):
    table = np.zeros((1, len(continuing) + 1, len(continuing) + 1))
    table[0, :-1, :-1] = continuing
    return Transitions.of(table, tiers=[str(i) for i in range(len(continuing))], months=12)


def test_indices_of_us_incomes_match_giddys_documentation():
    assert_allclose(prais_shorrocks(GIDDY), published.GIDDY_PRAIS_SHORROCKS, atol=5e-6)
    assert_allclose(determinant(GIDDY), published.GIDDY_DETERMINANT, atol=5e-6)
    assert_allclose(second_eigenvalue(GIDDY), published.GIDDY_SECOND_EIGENVALUE, atol=5e-6)
    assert_allclose(bartholomew(GIDDY, published.GIDDY_SHARES), published.GIDDY_BARTHOLOMEW, atol=5e-6)


@pytest.mark.parametrize("index", [prais_shorrocks, determinant, second_eigenvalue])
def test_nobody_moves_is_nought_and_a_start_that_says_nothing_is_one(index):
    assert_allclose(index(np.eye(4)), 0, atol=1e-12)
    assert_allclose(index(np.full((4, 4), 0.25)), 1, atol=1e-6)


@given(WEIGHTS, arrays(np.float64, 4, elements=st.floats(0.01, 1)))
@settings(max_examples=60, deadline=None)
def test_direction_turns_with_the_order_of_the_tiers_and_never_exceeds_bartholomew(weights, start):
    matrix, shares = probabilities(weights), start / start.sum()
    sign = direction(matrix, shares)
    assert_allclose(direction(matrix[::-1, ::-1], shares[::-1]), -sign, atol=1e-12)
    assert abs(sign) <= bartholomew(matrix, shares) + 1e-12


def test_direction_is_one_when_everybody_climbs_from_the_bottom_to_the_top():
    top = np.zeros((3, 3))
    top[:, 2] = 1
    assert direction(top, np.array([1.0, 0, 0])) == 1


@pytest.mark.parametrize("index", list(Mobility))
def test_limits_hold_the_estimate_and_narrow_with_customers(index):
    rng = np.random.default_rng(1)
    few = mobility(transitions(published.GIDDY_TRANSITIONS), index, rng)
    many = mobility(transitions(published.GIDDY_TRANSITIONS * 100), index, rng)
    assert few.low <= few.estimate <= few.high
    assert (many.high - many.low).item() < 0.25 * (few.high - few.low).item()


def test_limits_of_the_prais_index_cover_it_as_often_as_they_say():
    rng = np.random.default_rng(4)
    truth = np.array([[0.85, 0.12, 0.03], [0.1, 0.8, 0.1], [0.02, 0.13, 0.85]])
    table = np.zeros((1000, 4, 4))
    table[:, :3, :3] = np.stack([rng.multinomial(300, row, size=1000) for row in truth], axis=1)
    index = mobility(Transitions.of(table, tiers=("a", "b", "c"), months=12), Mobility.PRAIS_SHORROCKS, rng, draws=600)
    exact = prais_shorrocks(truth)
    # 1,000 banks: one standard error of the coverage is 0.7 points.
    assert np.mean((index.low <= exact) & (exact <= index.high)) == pytest.approx(0.95, abs=0.015)


def test_an_empty_tier_one_tier_and_one_customer_have_reasons():
    rng = np.random.default_rng(1)
    assert mobility(transitions([[5, 1], [0, 0]]), Mobility.DIRECTION, rng).reason.item() == Reason.TOO_FEW
    assert mobility(transitions([[5]]), Mobility.DIRECTION, rng).reason.item() == Reason.NO_VARIATION
    assert mobility(transitions([[1, 0], [0, 0]]), Mobility.DETERMINANT, rng).reason.item() == Reason.TOO_FEW


def test_a_matrix_that_is_not_square_is_refused():
    with pytest.raises(ShapeError):
        prais_shorrocks(np.ones((2, 3)))


def test_the_same_seed_gives_the_same_limits():
    one, two = (
        mobility(transitions([[9, 1], [2, 8]]), Mobility.BARTHOLOMEW, np.random.default_rng(7)) for _ in range(2)
    )
    assert one.low == two.low
