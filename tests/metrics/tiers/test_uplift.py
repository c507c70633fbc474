"""More upgrades: what follows is counted by hand, and is drawn from the rates that are known."""

import numpy as np
import pytest

from metrics.errors import DomainError, ShapeError
from metrics.moments import Moments
from metrics.tiers.projection import project
from metrics.tiers.transition import Transitions
from metrics.tiers.uplift import uplift

NOW = [10_000.0, 2_000.0]
YEAR = Transitions.of([[[8_000, 1_000, 1_000], [200, 1_700, 100], [500, 50, 0]]], tiers=("basic", "wealth"), months=12)
RISERS = Moments(np.array([1_000.0, 0.0]), np.array([60.0, np.nan]), np.array([999.0 * 400, 0.0]))
STAYERS = Moments(np.array([8_000.0, 1_700.0]), np.array([10.0, 30.0]), np.array([7_999.0 * 100, 1_699.0 * 100]))


def asked(factor=1.5, now=NOW, moves=YEAR, risers=RISERS, seed=1, **others):
    return uplift(now, moves, risers, STAYERS, np.random.default_rng(seed), factor=factor, **others)


def test_half_more_of_a_tenth_rise_out_of_those_who_stayed():
    """10,000 x 10 % x 0.5 = 500 more rise; each gains 60 - 10 = 50 more than had they stayed."""
    found = asked()
    assert found.risen.estimate.item() == pytest.approx(500)
    assert found.more.estimate.tolist() == pytest.approx([-500, 500])
    assert found.more.high[0] < 0 < found.more.low[1]
    assert found.sizes.estimate.tolist() == pytest.approx([8_000 + 200 + 500 - 500, 1_000 + 1_700 + 50 + 500])
    assert found.assets.estimate.item() == pytest.approx(25_000)
    assert found.assets.known[0]


def test_the_limits_hold_the_chance_of_each_customer_and_what_the_counts_leave_open():
    """Rising 10,000 x Beta(1,000 | 10,000) / 2, then each by chance: variance 500 x 0.95 + (5,000 x 0.003)^2."""
    found = asked(draws=20_000, level=0.95)
    half = (found.risen.high.item() - found.risen.low.item()) / 2
    rate = np.sqrt(0.1 * 0.9 / 10_001)
    expected = 1.96 * np.sqrt(500 * (1 - 500 / 8_000) + (10_000 * 0.5 * rate) ** 2)
    assert half == pytest.approx(expected, rel=0.06)
    worth = (found.assets.high.item() - found.assets.low.item()) / 2
    error = np.sqrt(400 / 1_000 + 100 / 8_000)
    assert worth == pytest.approx(np.sqrt((50 * half) ** 2 + (500 * 1.96 * error) ** 2), rel=0.06)


def test_nothing_more_is_the_forecast_as_it_was():
    found = asked(factor=1.0)
    assert found.more.estimate.tolist() == [0, 0]
    assert found.risen.high.item() == 0
    assert found.sizes.estimate.tolist() == pytest.approx(
        project([NOW], YEAR, np.random.default_rng(1)).estimate.tolist()
    )


def test_no_more_rise_than_stayed():
    found = asked(factor=100.0)
    assert found.risen.estimate.item() == pytest.approx(8_000)
    assert found.sizes.low.min() >= 0


def test_those_who_rise_go_where_risers_went():
    moves = Transitions.of(
        [[[80, 15, 5, 0], [0, 90, 10, 0], [0, 0, 100, 0], [0, 0, 0, 0]]], tiers=("a", "b", "c"), months=12
    )
    few = Moments(np.array([20.0, 10.0, 0.0]), np.array([1.0, 1.0, np.nan]), np.array([1.0, 1.0, 0.0]))
    stayed = Moments(np.array([80.0, 90.0, 100.0]), np.zeros(3), np.ones(3))
    found = uplift([100, 100, 100], moves, few, stayed, np.random.default_rng(2), factor=1.2)
    assert found.more.estimate.tolist() == pytest.approx([-4, 3 - 2, 1 + 2])
    assert found.more.estimate.sum() == pytest.approx(0)


def test_assets_are_unknown_where_one_riser_alone_tells():
    alone = Moments(np.array([1.0, 0.0]), np.array([60.0, np.nan]), np.array([0.0, 0.0]))
    found = asked(risers=alone)
    assert not found.assets.known[0]
    assert found.risen.known[0]


def test_what_is_no_uplift_is_refused():
    with pytest.raises(DomainError, match="factor of 1"):
        asked(factor=0.5)
    with pytest.raises(ShapeError):
        asked(now=[1.0, 2.0, 3.0])
