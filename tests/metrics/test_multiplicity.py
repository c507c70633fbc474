import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from metrics.errors import DomainError
from metrics.multiplicity import benjamini_hochberg, holm
from tests.oracles.comparison import BENJAMINI_HOCHBERG_P


def test_the_example_of_benjamini_and_hochberg_1995():
    assert np.count_nonzero(benjamini_hochberg(BENJAMINI_HOCHBERG_P).adjusted < 0.05) == 4
    assert np.count_nonzero(holm(BENJAMINI_HOCHBERG_P).adjusted < 0.05) == 3


def test_benjamini_hochberg_matches_scipy():
    assert_allclose(
        benjamini_hochberg(BENJAMINI_HOCHBERG_P).adjusted, stats.false_discovery_control(BENJAMINI_HOCHBERG_P)
    )


@settings(max_examples=40)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_steps_down_from_the_smallest(p_values):
    p, k = np.array(p_values), len(p_values)
    order = np.argsort(p)
    stepwise = np.minimum(np.maximum.accumulate(p[order] * (k - np.arange(k))), 1.0)
    assert_allclose(holm(p).adjusted[order], stepwise)


def test_a_test_that_could_not_be_made_is_no_comparison():
    family = holm([0.01, np.nan, 0.04])
    assert family.family == 2
    assert_allclose(family.adjusted, [0.02, np.nan, 0.04])
    assert_allclose(family.raw, [0.01, np.nan, 0.04])
    assert len(benjamini_hochberg([])) == 0


def test_a_p_value_outside_its_range_is_refused():
    with pytest.raises(DomainError):
        holm([1.2])
