"""Why a result is not the forecast: parts by hand, and that they add up whatever the numbers."""

from __future__ import annotations

from itertools import permutations
from math import isclose, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.errors import DomainError
from metrics.planning.difference import Made, difference

SIZES = st.floats(-1e4, 1e4)
MADE = st.builds(Made, SIZES, SIZES, SIZES, SIZES)


def test_one_factor_alone_takes_all_of_the_difference():
    found = difference(Made(1000, 0.05, 400.0, 9000.0), Made(1200, 0.05, 400.0, 9000.0))
    assert (found.forecast, found.actual) == (11000, 15000)
    assert (found.customers, found.rate, found.amount, found.cost) == (4000, 0, 0, 0)
    dearer = difference(Made(1000, 0.05, 400.0, 9000.0), Made(1000, 0.05, 400.0, 9500.0))
    assert dearer.cost == -500


@given(MADE, MADE)
def test_parts_add_up_and_are_the_average_over_all_orders(forecast: Made, actual: Made):
    found = difference(forecast, actual)
    parts = found.customers + found.rate + found.amount + found.cost
    size = 1 + abs(forecast.left) + abs(actual.left) + abs(forecast.cost) + abs(actual.cost)
    assert abs(found.forecast + parts - found.actual) < 1e-6 * max(size, 1e6)
    before = [forecast.customers, forecast.rate, forecast.amount]
    after = [actual.customers, actual.rate, actual.amount]
    credited = [0.0, 0.0, 0.0]
    for order in permutations(range(3)):
        at = list(before)
        for place in order:
            was = at[0] * at[1] * at[2]
            at[place] = after[place]
            credited[place] += (at[0] * at[1] * at[2] - was) / 6
    for mine, theirs in zip((found.customers, found.rate, found.amount), credited, strict=True):
        assert isclose(mine, theirs, rel_tol=1e-6, abs_tol=1e-4 * max(size, 1e6) * 1e-3)


def test_nothing_is_explained_of_what_is_not_known():
    with pytest.raises(DomainError):
        difference(Made(1000, nan, 400.0, 9000.0), Made(1000, 0.05, 400.0, 9000.0))
