from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.errors import ShapeError
from metrics.planning.why import PARTS, Course, why


def course(customers, rate, amount, cost, own_rate=0.0, own_amount=0.0, past=0.0):
    return Course(*(np.atleast_1d(np.float64(v)) for v in (customers, rate, amount, cost, own_rate, own_amount, past)))


def test_the_sum_of_a_campaign_whose_rate_fell_by_hand():
    """1,000 customers at 5 % of 200, none held out, 4,000 spent: 6,000. Half the rate alone takes 5,000 away."""
    found = why(course(1000, 0.05, 200, 4000), course(1000, 0.025, 200, 4000))
    assert found.frame().to_numpy().tolist() == [[6000, 0, -5000, 0, 0, 0, 1000]]
    assert found.missed.tolist() == [-5000]


def test_what_two_changes_did_together_is_shared_evenly():
    """100 x 0.1 x 10 = 100 becomes 200 x 0.2 x 10 = 400: either alone adds 100, both 300, so each is given 150."""
    found = why(course(100, 0.1, 10, 0), course(200, 0.2, 10, 0))
    assert [found.audience.item(), found.rate.item(), found.amount.item()] == [150, 150, 0]


def test_the_control_is_taken_from_what_came():
    """Forecast 1,000 x (5 % - 3 %) x 100 = 2,000; came 1,000 x (5 % x 100 - 6 % x 100) = -1,000: the rates' doing."""
    found = why(course(1000, 0.05, 100, 500, 0.03, 100), course(1000, 0.05, 100, 700, 0.06, 100))
    assert found.frame().to_numpy().tolist() == [[1500, 0, -3000, 0, 0, -200, -1700]]


def test_a_control_in_which_nobody_bought_has_the_others_amount():
    """A first buyer in the control would otherwise change an amount from nothing."""
    found = why(course(100, 0.1, 50, 0, 0.05, 50), course(100, 0.1, 50, 0, 0.0, 0.0))
    assert found.frame().to_numpy().tolist() == [[250, 0, 250, 0, 0, 0, 500]]


def test_allowing_for_the_past_is_a_part_of_its_own():
    found = why(course(10, 0.5, 10, 5), course(10, 0.5, 10, 5, past=-7))
    assert found.frame()[["past", "actual"]].to_numpy().tolist() == [[-7, 38]]


def test_what_is_unknown_leaves_the_row_without_a_sum():
    found = why(course([1, 1], [0.1, 0.1], [5, 5], [1, 1]), course([1, 1], [0.1, np.nan], [5, 5], [1, 1]))
    assert np.isnan(found.frame().to_numpy()).tolist() == [[False] * 7, [True] * 7]
    with pytest.raises(ShapeError):
        why(course(1, 1, 1, 1), course([1, 1], [1, 1], [1, 1], [1, 1]))


shares = st.floats(0, 1)
amounts = st.floats(0, 1e7)
courses = st.builds(
    course, st.integers(0, 100_000), shares, amounts, st.floats(0, 1e9), shares, amounts, st.floats(-1e9, 1e9)
)


@given(courses, courses)
def test_the_parts_add_up_to_the_cent_and_are_the_average_of_all_orders(forecast, actual):
    found = why(forecast, actual)
    parts = [getattr(found, name).item() for name in PARTS]
    assert all(part == round(part) for part in [*parts, found.forecast.item(), found.actual.item()])
    assert found.forecast.item() + sum(parts) == found.actual.item()
    assert abs(found.actual.item() - actual.net.item()) <= 0.5001 + 1e-9 * abs(actual.net.item())

    def added(customers, rates, values):
        own = values.own_amount if values.own_rate > 0 else values.amount
        return (customers.customers * (rates.rate * values.amount - rates.own_rate * own)).item()

    exact = np.zeros(3)
    for order in permutations(range(3)):
        sides = [forecast] * 3
        for player in order:
            before = added(*sides)
            sides[player] = actual
            exact[player] += (added(*sides) - before) / 6
    assert np.allclose(parts[:3], exact, atol=1.01, rtol=1e-9)
