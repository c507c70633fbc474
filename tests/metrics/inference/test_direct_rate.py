import numpy as np
import pytest
from numpy.testing import assert_allclose

from metrics.errors import DomainError, ShapeError
from metrics.inference.direct_rate import direct_rate
from metrics.inference.rate import poisson


def test_one_stratum_is_the_rate_itself_with_exact_limits():
    direct, plain = direct_rate([0, 1], [3, 0], [1500, 800], [7, 7], per=1000), poisson([3, 0], [1500, 800], per=1000)
    for name in ("estimate", "low", "high", "n"):
        assert_allclose(getattr(direct, name), getattr(plain, name), atol=1e-12)


def test_dobsons_limits_counted_by_hand():
    # Rates 2 and 10 per 1,000 weigh a half each: 6. Its variance is (0.5/1000)^2 x 2 + (0.5/3000)^2 x 30 = 4/3 e-6;
    # 32 events have exact limits 21.888 and 45.174, and sqrt(4/3 e-6 / 32) = 2.0412e-4.
    rate = direct_rate([0, 0], [2, 30], [1000, 3000], [1, 1], per=1000)
    assert_allclose(rate.estimate, 6)
    assert_allclose(rate.low, 6 + 0.20412 * (21.888 - 32), atol=1e-3)
    assert_allclose(rate.high, 6 + 0.20412 * (45.174 - 32), atol=1e-3)


def test_units_of_the_same_rates_and_another_mix_have_the_same_rate():
    rates, mixes = np.array([0.01, 0.05]), np.array([[900, 100], [200, 800]])
    rate = direct_rate([0, 0, 1, 1], (rates * mixes).ravel(), mixes.ravel(), [3, 1, 3, 1])
    assert_allclose(rate.estimate, 0.02)
    assert rate.n.tolist() == [1000, 1000]


@pytest.mark.slow
def test_limits_hold_the_true_rate():
    rng, runs = np.random.default_rng(6), 4000
    exposure, weight, true = np.array([300.0, 1200.0, 100.0]), np.array([2.0, 1.0, 1.0]), np.array([0.02, 0.01, 0.05])
    events = rng.poisson(exposure * true, (runs, 3))
    rate = direct_rate(np.repeat(np.arange(runs), 3), events.ravel(), np.tile(exposure, runs), np.tile(weight, runs))
    truth = np.sum(weight * true) / weight.sum()
    assert 0.94 < np.mean((rate.low <= truth) & (truth <= rate.high)) < 0.985


def test_a_stratum_without_exposure_a_missing_count_and_impossible_input():
    rate = direct_rate([0, 0, 1, 1, 2, 2], [1, 0, np.nan, 1, 1, 1], [9, 0, 9, 9, 9, 9], [1] * 6)
    assert rate.reason.tolist() == ["too_few", "not_recorded", ""]
    assert np.isnan(rate.estimate).tolist() == [True, True, False]
    with pytest.raises(ShapeError):
        direct_rate([0, 0], [1], [1, 1], [1, 1])
    with pytest.raises(DomainError):
        direct_rate([0], [1], [-1], [1])
