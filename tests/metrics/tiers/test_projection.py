import numpy as np
import pytest
from numpy.testing import assert_allclose

from metrics.errors import ShapeError
from metrics.estimate import Reason
from metrics.tiers.projection import (
    backtest_rates,
    backtest_sizes,
    project,
)
from metrics.tiers.transition import Transitions
from tests.metrics.simulated_bank import TIERS, counts, snapshots


def seeded():
    return np.random.default_rng(30)


def year(table, tiers=("a", "b")):
    return Transitions.of(table, tiers=tiers, months=12)


def test_a_projection_is_the_matrix_applied_to_today_and_the_entries_added():
    last = year([[[80, 15, 5], [20, 70, 10], [30, 2, 0]]])
    ahead = project([[200, 100]], last, seeded())
    assert_allclose(ahead.estimate, [200 * 0.8 + 100 * 0.2 + 30, 200 * 0.15 + 100 * 0.7 + 2])
    assert (ahead.low < ahead.estimate).all()
    assert (ahead.estimate < ahead.high).all()


def test_projected_limits_cover_the_number_that_comes_as_often_as_they_say():
    rng = seeded()
    rates = np.array([[0.8, 0.15, 0.05], [0.2, 0.7, 0.1]])
    size, banks = 300, 1500
    table, later = np.zeros((banks, 3, 3)), np.zeros((banks, 2))
    for tier in range(2):
        table[:, tier] = rng.multinomial(size, rates[tier], size=banks)
        later += rng.multinomial(size, rates[tier], size=banks)[:, :2]
    table[:, 2, :2] = rng.poisson(40, (banks, 2))
    later += rng.poisson(40, (banks, 2))
    ahead = project(np.full((banks, 2), size), year(table), rng, draws=600)
    covered = (ahead.low <= later.ravel()) & (later.ravel() <= ahead.high)
    assert covered.mean() == pytest.approx(0.95, abs=0.015)


def test_last_years_matrix_predicts_this_year_within_two_points_in_the_simulated_bank():
    tiers, _ = snapshots(60_000, 25, np.random.default_rng(9))
    before = Transitions.of(counts(tiers[:, 0], tiers[:, 12]), tiers=TIERS, months=12)
    after = Transitions.of(counts(tiers[:, 12], tiers[:, 24]), tiers=TIERS, months=12)
    rates = backtest_rates(before, after, seeded(), draws=500)
    assert np.abs(rates.miss).max() < 0.02
    sizes = backtest_sizes(before, after, seeded(), draws=500)
    assert np.abs(sizes.miss / sizes.actual).max() < 0.02
    assert sizes.actual.sum() == 60_000


def test_a_wrong_matrix_shows_its_miss():
    before, after = year([[[900, 100, 0], [100, 900, 0], [0, 0, 0]]]), year([[[500, 500, 0], [100, 900, 0], [0, 0, 0]]])
    rates = backtest_rates(before, after, seeded())
    assert_allclose(rates.miss[:3], [0.4, -0.4, 0], atol=1e-12)
    assert rates.covered.tolist() == [False, False, True, True, True, True]


def test_customers_in_a_tier_nobody_was_in_before_have_no_projection():
    empty = year([[[9, 1, 0], [0, 0, 0], [0, 0, 0]]])
    assert project([[9, 1]], empty, seeded()).reason.tolist() == [Reason.TOO_FEW] * 2
    assert project([[9, 0]], empty, seeded()).known.all()


def test_one_customer_and_one_tier_project():
    ahead = project([[1]], year([[[1, 0], [0, 0]]], tiers=("a",)), seeded())
    assert ahead.known.all()


def test_customers_of_other_tiers_are_refused():
    with pytest.raises(ShapeError):
        project([[1, 2, 3]], year(np.zeros((1, 3, 3))), seeded())


def test_the_sizes_that_came_are_those_of_the_end_with_who_entered():
    """Of 60 and 40 at the start 45 and 38 are in the tiers at the end, five of them and two new."""
    before, after = year([[[50, 30, 20], [10, 80, 10], [0, 0, 0]]]), year([[[35, 20, 5], [5, 16, 19], [5, 2, 0]]])
    sizes = backtest_sizes(before, after, seeded(), draws=200)
    assert sizes.actual.tolist() == [45, 38]
    assert_allclose(sizes.predicted.estimate, [60 * 0.5 + 40 * 0.1, 60 * 0.3 + 40 * 0.8])
    assert_allclose(sizes.miss, [-11, 12])
