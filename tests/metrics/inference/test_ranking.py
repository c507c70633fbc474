"""Ranks with intervals: they mirror, they repeat, and they keep silent where chance made the order."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from metrics.inference.ranking import ranks
from metrics.inference.shrinkage import beta_binomial, gamma_poisson
from metrics.moments import Counts


def test_clear_differences_are_ordered():
    standing = ranks(beta_binomial(Counts.of([2000] * 5, [200, 400, 600, 800, 1000])))
    assert standing.order_shown
    assert_allclose(standing.expected, [5, 4, 3, 2, 1], atol=0.01)
    assert_allclose(standing.low, standing.high)
    assert standing.telling.all()


def test_lower_is_better_mirrors_the_ranks():
    shrunken = beta_binomial(Counts.of([60, 80, 90, 40], [9, 30, 12, 15]))
    up, down = ranks(shrunken), ranks(shrunken, higher_is_better=False)
    assert_allclose(up.expected + down.expected, 5)
    assert_allclose(up.low + down.high, 5)


def test_equal_results_share_the_middle_and_show_no_order():
    standing = ranks(beta_binomial(Counts.of([50] * 9, [10, 11, 10, 9, 10, 10, 11, 9, 10])))
    assert not standing.order_shown
    assert not standing.telling.any()
    assert np.all(standing.high - standing.low > 4)


def test_the_seed_repeats_and_too_few_have_no_rank():
    shrunken = beta_binomial(Counts.of([60, 80, 90], [9, 30, 12]))
    assert np.array_equal(ranks(shrunken, seed=1).expected, ranks(shrunken, seed=1).expected)
    lonely = ranks(beta_binomial(Counts.of([60], [9])))
    assert np.isnan(lonely.expected).all()
    assert not lonely.order_shown


def test_a_unit_that_is_not_recorded_has_no_rank_and_is_not_of_the_field():
    known = ranks(gamma_poisson([30, 90, 10], [60, 80, 50]))
    standing = ranks(gamma_poisson([30, np.nan, 90, 10], [60, 70, 80, 50]))
    assert standing.field == known.field == 3
    assert np.isnan(standing.expected).tolist() == [False, True, False, False]
    assert np.nanargmin(standing.expected) == 2
    assert np.nanmax(standing.high) == 3
    assert not standing.telling[1]


@pytest.mark.slow
def test_rank_intervals_cover_the_true_rank():
    rng = np.random.default_rng(8)
    covered = []
    for _ in range(120):
        truth = rng.beta(9, 51, 14)
        n = rng.integers(80, 400, 14)
        standing = ranks(beta_binomial(Counts.of(n, rng.binomial(n, truth))), draws=500)
        rank = stats.rankdata(-truth)
        covered.append((standing.low <= rank) & (rank <= standing.high))
    # Ranks are whole numbers: a 90 % interval of them holds at least 90 %.
    assert 0.885 < np.mean(covered) < 0.97


def test_limits_of_a_rank_leave_a_twentieth_on_either_side_and_tell_if_they_span_half_the_field():
    """By the simulated orders themselves: no more than 5 % rank better than the low, or worse than the high."""
    rng = np.random.default_rng(6)
    told = 0
    for field in (5, 6, 9):
        for spread in (0.02, 0.05, 0.1):
            counts = Counts.of(np.full(field, 150), rng.binomial(150, np.clip(rng.normal(0.3, spread, field), 0, 1)))
            shrunken = beta_binomial(counts)
            ranked = ranks(shrunken, level=0.9, draws=4000, seed=1)
            orders = stats.rankdata(-shrunken.draw(4000, 1), axis=1)
            assert (np.mean(orders < ranked.low, axis=0) <= 0.051).all()
            assert (np.mean(orders > ranked.high, axis=0) <= 0.051).all()
            assert (np.mean(orders < ranked.low + 1, axis=0) > 0.049).all()
            assert (np.mean(orders > ranked.high - 1, axis=0) > 0.049).all()
            spans = ranked.high - ranked.low + 1
            assert ranked.telling.tolist() == (ranked.order_shown & (2 * spans <= field)).tolist()
            told += int(np.sum(ranked.order_shown & (2 * spans > field) & (2 * (spans - 1) <= field)))
    assert told > 0, "some unit lies just beyond half the field"
