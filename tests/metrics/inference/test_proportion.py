import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from metrics.errors import DomainError
from metrics.estimate import Reason
from metrics.inference.proportion import wilson
from metrics.moments import Counts
from tests.oracles.intervals import NEWCOMBE_SCORE

COUNTS = st.integers(1, 10**8).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))


def test_wilson_matches_newcombe_1998_table_1_method_3() -> None:
    successes, n, low, high = NEWCOMBE_SCORE.T
    share = wilson(Counts.of(n, successes))
    assert_allclose(share.low, low, atol=5e-5)
    assert_allclose(share.high, high, atol=5e-5)


@given(COUNTS, st.sampled_from([0.8, 0.95, 0.998]))
def test_wilson_agrees_with_statsmodels_and_scipy(counts: tuple[int, int], level: float) -> None:
    n, successes = counts
    share = wilson(Counts.of([n], [successes]), level)
    theirs = proportion_confint(successes, n, alpha=1 - level, method="wilson")
    assert_allclose([share.low[0], share.high[0]], theirs, rtol=1e-9, atol=1e-12)
    other = stats.binomtest(successes, n).proportion_ci(level, method="wilson") if n < 10**4 else theirs
    assert_allclose([share.low[0], share.high[0]], other, rtol=1e-9, atol=1e-12)


@given(COUNTS)
def test_limits_hold_the_share_and_swap_with_success_and_failure(counts: tuple[int, int]) -> None:
    n, successes = counts
    did, did_not = wilson(Counts.of([n], [successes])), wilson(Counts.of([n], [n - successes]))
    assert 0 <= did.low[0] <= did.estimate[0] <= did.high[0] <= 1
    assert_allclose([did.low[0], did.high[0]], [1 - did_not.high[0], 1 - did_not.low[0]], atol=1e-12)


def test_none_all_nobody_and_unknown() -> None:
    share = wilson(Counts.of([10, 10, 0, 1e8, 5, np.nan], [0, 10, 0, 5e7, np.nan, 1]))
    assert share.low[0] == 0
    assert share.high[1] == 1
    assert share.high[0] > 0
    assert_allclose(share.high[3] - share.low[3], 2 * 1.96 * 0.5 / 1e4, rtol=1e-3)
    expected = [Reason.NONE, Reason.NONE, Reason.TOO_FEW, Reason.NONE, Reason.NOT_RECORDED, Reason.NOT_RECORDED]
    assert share.reason.tolist() == expected
    assert share.known.tolist() == [True, True, False, True, False, False]


def test_a_level_outside_0_to_1_is_refused() -> None:
    with pytest.raises(DomainError, match="between 0 and 1"):
        wilson(Counts.of([3], [1]), level=95)
