import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Intervals, Reason
from metrics.inference.comparison.guardrail import Guardrail, compare_rates, non_inferiority, rate_ratio
from metrics.inference.effect import difference_in_means
from metrics.moments import Moments
from tests.oracles.comparison import POISSON_TEST


def test_a_guardrail_holds_only_when_the_harm_is_ruled_out():
    change = Intervals.of(
        [0.0, -0.1, -0.1, -0.9, np.nan],
        [-0.1, -0.2, -0.5, -1.2, np.nan],
        [0.1, 0.0, 0.3, -0.6, np.nan],
        n=[1000, 900, 60, 500, 1],
    )
    assert non_inferiority(change, margin=0.3).tolist() == ["holds", "holds", "undecided", "broken", "too_few"]
    assert non_inferiority(change.scaled(-1), margin=0.3, higher_is_better=False).tolist() == [
        "holds",
        "holds",
        "undecided",
        "broken",
        "too_few",
    ]
    with pytest.raises(DomainError):
        non_inferiority(change, margin=-1)


def test_a_harm_at_the_margin_is_called_harmless_in_one_case_of_forty():
    rng, runs, n = np.random.default_rng(1), 20_000, 150

    def scores(mean):
        rows = rng.normal(mean, 1, (runs, n))
        return Moments(np.full(runs, float(n)), rows.mean(axis=1), rows.var(axis=1) * n)

    verdict = non_inferiority(difference_in_means(scores(4.0), scores(3.7)), margin=0.3)
    assert np.mean(verdict == Guardrail.HOLDS.value) == pytest.approx(0.025, abs=0.005)


def test_ratio_of_rates_matches_poisson_test_of_r():
    (t, c), (base_t, base_c) = POISSON_TEST["events"], POISSON_TEST["exposure"]
    ratio = rate_ratio([c], [base_c], [t], [base_t])
    assert_allclose(
        [ratio.estimate[0], ratio.low[0], ratio.high[0]],
        [POISSON_TEST["ratio"], POISSON_TEST["low"], POISSON_TEST["high"]],
        atol=5e-7,
    )


def test_one_sided_test_of_rates_matches_the_binomial_test():
    tests = compare_rates([21], [3011], [11], [800])
    assert_allclose(tests.p_value[0], stats.binomtest(11, 32, 800 / 3811, alternative="greater").pvalue)


def test_rates_without_events_or_exposure_say_why():
    ratio = rate_ratio([0, 0, 3, 3], [100, 100, 100, 0], [4, 0, 0, 1], [100, 100, 100, 50])
    assert ratio.reason.tolist() == [Reason.UNBOUNDED.value, Reason.TOO_FEW.value, "", Reason.TOO_FEW.value]
    assert ratio.low[0] > 0
    assert ratio.estimate[2] == ratio.low[2] == 0
    tests = compare_rates([0, 0], [100, 100], [4, 0], [100, 100])
    assert tests.reason.tolist() == ["", Reason.TOO_FEW.value]
    with pytest.raises(ShapeError):
        rate_ratio([1], [1], [1, 2], [1, 2])
    with pytest.raises(DomainError):
        compare_rates([-1], [1], [1], [1])


def test_exact_limits_cover_at_least_as_often_as_they_promise():
    rng, runs = np.random.default_rng(2), 10_000
    base = np.full(runs, 1000.0)
    ratio = rate_ratio(rng.poisson(6, runs), base, rng.poisson(9, runs), base)
    # A missing limit is no limit: what cannot be bounded is not excluded.
    missed = (ratio.low > 1.5) | (ratio.high < 1.5)
    assert missed.mean() <= 0.05


@given(st.integers(1, 50), st.integers(1, 50), st.floats(10, 1e6), st.floats(10, 1e6))
def test_swapping_the_arms_inverts_the_ratio(c, t, base_c, base_t):
    there, back = rate_ratio([c], [base_c], [t], [base_t]), rate_ratio([t], [base_t], [c], [base_c])
    assert_allclose([there.low * back.high, there.high * back.low, there.estimate * back.estimate], 1.0, rtol=1e-6)
