import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import optimize, stats

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Reason
from metrics.inference.effect import difference_in_shares
from metrics.inference.score_difference import miettinen_nurminen
from metrics.moments import Counts


def test_limits_match_the_published_example():
    effect = miettinen_nurminen(Counts.of([80], [48]), Counts.of([70], [56]))
    assert_allclose([effect.low[0], effect.high[0]], [0.0528, 0.3382], atol=5e-5)


def score(difference, n_c, x_c, n_t, x_t):
    """The statistic with the likeliest pair of shares found by a search."""

    def unlikely(p):
        return -(stats.binom.logpmf(x_c, n_c, p) + stats.binom.logpmf(x_t, n_t, p + difference))

    inside = (max(0, -difference) + 1e-12, min(1, 1 - difference) - 1e-12)
    p = optimize.minimize_scalar(unlikely, bounds=inside, method="bounded", options={"xatol": 1e-12}).x
    q = p + difference
    n = n_c + n_t
    return (x_t / n_t - x_c / n_c - difference) / np.sqrt((p * (1 - p) / n_c + q * (1 - q) / n_t) * n / (n - 1))


@pytest.mark.parametrize("table", [(80, 48, 70, 56), (10, 3, 10, 9), (200, 3, 50, 4), (1000, 400, 900, 330)])
def test_the_score_at_either_limit_is_the_critical_value(table):
    n_c, x_c, n_t, x_t = table
    effect = miettinen_nurminen(Counts.of([n_c], [x_c]), Counts.of([n_t], [x_t]), level=0.9)
    found = [score(effect.low[0], *table), score(effect.high[0], *table)]
    assert_allclose(found, [stats.norm.isf(0.05), -stats.norm.isf(0.05)], rtol=1e-4)


@settings(max_examples=60)
@given(st.tuples(st.integers(0, 60), st.integers(0, 60)), st.tuples(st.integers(0, 60), st.integers(0, 60)))
def test_swapped_arms_mirror_and_limits_hold_the_difference(first, second):
    a, b = (Counts.of([sum(pair)], [pair[0]]) for pair in (first, second))
    there, back = miettinen_nurminen(a, b), miettinen_nurminen(b, a)
    if 0 in (sum(first), sum(second)):
        assert there.reason == Reason.TOO_FEW.value
        return
    assert -1 <= there.low[0] <= there.estimate[0] <= there.high[0] <= 1
    assert_allclose([there.low[0], there.high[0]], [-back.high[0], -back.low[0]], atol=1e-9)


def test_arms_of_a_hundred_million_and_missing_counts():
    control, treated = Counts.of([1e8, np.nan], [5e6, 1]), Counts.of([1e8, 10], [5e6 + 20_000, 1])
    effect, newcombe = miettinen_nurminen(control, treated), difference_in_shares(control, treated)
    assert_allclose([effect.low[0], effect.high[0]], [newcombe.low[0], newcombe.high[0]], rtol=1e-3)
    assert effect.reason.tolist() == ["", Reason.NOT_RECORDED.value]
    with pytest.raises(ShapeError):
        miettinen_nurminen(control, treated[:1])
    with pytest.raises(DomainError):
        miettinen_nurminen(control, treated, level=1)
