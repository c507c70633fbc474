import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from metrics.errors import DomainError
from metrics.inference.multiplicity import benjamini_hochberg, holm
from tests.oracles.comparison import BENJAMINI_HOCHBERG_P
from tests.oracles.multiplicity import multipletests


def test_the_example_of_benjamini_and_hochberg_1995():
    assert np.count_nonzero(benjamini_hochberg(BENJAMINI_HOCHBERG_P).adjusted < 0.05) == 4
    assert np.count_nonzero(holm(BENJAMINI_HOCHBERG_P).adjusted < 0.05) == 3


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0, 1, allow_subnormal=False), min_size=1, max_size=12))
def test_both_match_statsmodels(p_values):
    assert_allclose(holm(p_values).adjusted, multipletests(p_values, method="holm")[1])
    assert_allclose(benjamini_hochberg(p_values).adjusted, multipletests(p_values, method="fdr_bh")[1])


def test_a_test_that_could_not_be_made_is_no_comparison():
    family = holm([0.01, np.nan, 0.04])
    assert family.family == 2
    assert_allclose(family.adjusted, [0.02, np.nan, 0.04])
    assert_allclose(family.raw, [0.01, np.nan, 0.04])
    assert len(benjamini_hochberg([])) == 0


def test_a_p_value_outside_its_range_is_refused():
    with pytest.raises(DomainError):
        holm([1.2])
