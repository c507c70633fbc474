"""The sceptical reading against the posterior integrated on a grid."""

import numpy as np
import pytest
from scipy import stats

from metrics.inference.sceptical import sceptical


def test_the_posterior_on_a_grid():
    seen, error, hoped, line = 0.02, 0.006, 0.015, 0.008
    grid = np.linspace(-0.1, 0.1, 200_001)
    prior = stats.norm.pdf(grid, 0, hoped / stats.norm.isf(0.05))
    mass = prior * stats.norm.pdf(seen, grid, error)
    mass /= mass.sum()
    found = sceptical([seen], [error], [hoped], [line])
    assert found.mean.item() == pytest.approx((grid * mass).sum(), rel=1e-6)
    assert found.above.item() == pytest.approx(mass[grid > 0].sum(), abs=1e-4)
    assert found.pays.item() == pytest.approx(mass[grid > line].sum(), abs=1e-3)


def test_the_prior_gives_one_in_twenty_to_more_than_what_could_be_seen():
    unknowing = sceptical([0.0], [1e6], [0.01], [0.01])
    assert unknowing.pays.item() == pytest.approx(0.05, abs=1e-6)


def test_nothing_is_read_where_nothing_is_known():
    found = sceptical([np.nan, 0.1], [0.1, 0.1], [0.1, np.nan])
    assert np.isnan(found.above).all()
    assert np.isnan(sceptical([0.1], [0.1], [0.1]).pays.item())
