import numpy as np
import pandas as pd
import pytest
from scipy import stats

from metrics.errors import ShapeError
from metrics.moments import Counts
from metrics.planning.calibration import Backtest, backtest, calibrate


def test_honest_forecasts_are_found_honest_and_hopeful_ones_hopeful():
    rng = np.random.default_rng(1)
    median = rng.uniform(50, 500, 2000)
    actual = median * np.exp(rng.normal(0, 0.2, 2000))
    margin = np.exp(0.2 * stats.norm.isf(0.1))
    honest = calibrate(median, median / margin, median * margin, actual, 0.8)
    assert honest.coverage.low[0] < 0.8 < honest.coverage.high[0]
    assert honest.bias.low[0] < 0 < honest.bias.high[0]
    hopeful = calibrate(1.2 * median, 1.2 * median / margin, 1.2 * median * margin, actual, 0.8)
    assert hopeful.coverage.high[0] < 0.8
    assert hopeful.bias.estimate[0] == pytest.approx(-np.log(1.2), abs=0.02)
    assert hopeful.bias.high[0] < 0


def test_the_error_is_a_share_of_all_that_happened():
    """By hand: errors 10, 20, 0 and 30 of 90, 220, 50 and 0 that happened are 60 of 360."""
    median, actual = np.array([100, 200, 50, 30]), np.array([90, 220, 50, 0])
    past = calibrate(median, median - 15, median + 15, actual, 0.8)
    assert past.wape.estimate[0] == pytest.approx(60 / 360)
    assert past.wape.n[0] == 4
    assert past.coverage.estimate[0] == pytest.approx(2 / 4)
    assert past.bias.estimate[0] == pytest.approx(np.log(0.9 * 1.1 * 1.0) / 3), "what brought nothing has no logarithm"
    # The delta method by hand: deviations e - a / 6 are -5, -50/3, -25/3 and 30; their sum of squares 38950/36.
    half = 3.182446 * np.sqrt(np.sum(np.array([-5, -50 / 3, -25 / 3, 30.0]) ** 2) / 3 / 4) / 90
    assert past.wape.high[0] - past.wape.estimate[0] == pytest.approx(half, rel=1e-5)


def test_the_scaled_error_holds_the_model_against_repeating_the_last_similar_campaign():
    """Errors 1, 2, 3 of the model where repeating made 2, 4, 6, and 9 where there was nothing to repeat."""
    off = np.array([9.0, 1.0, 2.0, 3.0])
    repeated = np.array([np.nan, 2.0, 4.0, 6.0])
    zero = np.zeros(4)
    tested = Backtest(off, zero, zero, off, 0.8, error_of_mean=off, error_of_similar=repeated)
    assert tested.scaled_error == pytest.approx(0.5)
    assert np.isnan(Backtest(off, zero, zero, off, 0.8, off, zero).scaled_error)


def test_forecasts_without_an_outcome_are_left_out():
    column = np.array([1.0, 2.0, np.nan])
    assert calibrate(column, column, column, column, 0.8).coverage.n.tolist() == [2]
    assert calibrate(column[2:], column[2:], column[2:], column[2:], 0.8).coverage.reason[0] != ""
    with pytest.raises(ShapeError):
        calibrate(column, column, column, column[:2], 0.8)


def similar_campaigns(rng, count=60):
    factors = pd.DataFrame({"objective": rng.choice(list("abcd"), count), "channel": rng.choice(list("xyz"), count)})
    effects = {level: rng.normal(0, 0.5) for level in "abcdxyz"}
    truth = -2.5 + sum(factors[f].map(effects).to_numpy() for f in factors) + rng.normal(0, 0.2, count)
    n = rng.integers(500, 4000, count)
    return Counts.of(n, rng.binomial(n, 1 / (1 + np.exp(-truth)))), factors


@pytest.mark.slow
def test_left_out_campaigns_are_covered_and_forecast_better_than_by_simpler_means():
    coverage, ratios = [], []
    for seed in range(5):
        tested = backtest(*similar_campaigns(np.random.default_rng(seed), 40))
        coverage.append(tested.calibration().coverage.estimate[0])
        ratios.append([tested.error.mean() / np.nanmean(e) for e in (tested.error_of_mean, tested.error_of_similar)])
    assert 0.7 < np.mean(coverage) < 0.9
    assert (np.mean(ratios, axis=0) < 1).all()


def test_the_last_similar_campaign_is_the_latest_of_those_that_share_most():
    counts, factors = similar_campaigns(np.random.default_rng(9), 12)
    tested = backtest(counts, factors)
    assert np.isnan(tested.error_of_similar[0])
    levels = factors.to_numpy()
    for row in range(1, 12):
        agreeing = [(levels[row] == levels[earlier]).sum() for earlier in range(row)]
        chosen = max(range(row), key=lambda earlier: (agreeing[earlier], earlier))
        assert tested.error_of_similar[row] == pytest.approx(abs(counts.share[row] - counts.share[chosen]))


def test_what_lies_on_a_limit_lies_inside():
    """A count forecast as 10 to 20 that comes out at 10, at 20, at 21 and at 9: two of four were held."""
    actual = np.array([10.0, 20.0, 21.0, 9.0])
    held = calibrate(np.full(4, 15.0), np.full(4, 10.0), np.full(4, 20.0), actual, 0.8)
    assert held.coverage.estimate[0] == 0.5


def test_limits_of_a_left_out_campaign_allow_for_its_own_few_customers():
    """Ten campaigns at 10 %, the last of 20 customers: its own variance on the logit scale is 1 / 2.5 + 1 / 18.5."""
    n = np.array([5000] * 9 + [20])
    counts = Counts.of(n, n // 10)
    tested = backtest(counts, pd.DataFrame({"objective": ["grow"] * 10}))
    logit = [np.log(share / (1 - share)) for share in (tested.low, tested.high)]
    half = (logit[1] - logit[0]) / 2 / stats.t.isf(0.1, 8)
    own = np.sqrt(1 / 2.5 + 1 / 18.5)
    assert half[-1] == pytest.approx(own, rel=0.05)
    assert half[0] < own / 3
    np.testing.assert_allclose(tested.error_of_mean, 0, atol=1e-12)


def test_the_plain_mean_is_that_of_all_other_customers():
    """6 of 100 left out, 30 of 300 and 10 of 50 are 40 of 350; repeating the last one errs by another amount."""
    n = np.array([100] * 6 + [300, 50, 100])
    bought = np.array([10] * 6 + [30, 10, 6])
    tested = backtest(Counts.of(n, bought), pd.DataFrame({"objective": ["grow"] * 9}))
    assert tested.error_of_mean[-1] == pytest.approx(abs(6 / 100 - 100 / 950))
    assert tested.error_of_similar[-1] == pytest.approx(abs(6 / 100 - 10 / 50))
