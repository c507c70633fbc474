import numpy as np
import pandas as pd
import pytest
from scipy import stats

from metrics.errors import ShapeError
from metrics.moments import Counts
from metrics.planning.calibration import calibrate
from tests.metrics.planning.left_out import left_out, mean_of_others


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
def test_left_out_campaigns_are_covered_and_forecast_better_than_by_the_plain_mean():
    coverage, ratios = [], []
    for seed in range(5):
        counts, factors = similar_campaigns(np.random.default_rng(seed), 40)
        median, low, high = left_out(counts, factors)
        coverage.append(calibrate(median, low, high, counts.share, 0.8).coverage.estimate[0])
        ratios.append(np.abs(counts.share - median).mean() / np.abs(counts.share - mean_of_others(counts)).mean())
    assert 0.7 < np.mean(coverage) < 0.9
    assert np.mean(ratios) < 1


def test_what_lies_on_a_limit_lies_inside():
    """A count forecast as 10 to 20 that comes out at 10, at 20, at 21 and at 9: two of four were held."""
    actual = np.array([10.0, 20.0, 21.0, 9.0])
    held = calibrate(np.full(4, 15.0), np.full(4, 10.0), np.full(4, 20.0), actual, 0.8)
    assert held.coverage.estimate[0] == 0.5
