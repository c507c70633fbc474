"""How often 95 % intervals hold the truth: simulations with a known truth, within 1.5 points of nominal."""

import numpy as np
import pytest
from scipy import stats

from metrics.estimate import Intervals
from metrics.inference.mean import student
from metrics.inference.proportion import wilson
from metrics.inference.rate import poisson
from metrics.inference.ratio import fieller_independent, ratio_of_sums
from metrics.inference.satisfaction import net_promoter_score
from metrics.moments import Counts, JointMoments, Moments

TRIALS = 20_000


def coverage(intervals: Intervals, truth: float) -> float:
    """Share of the intervals that hold the truth; one without an end holds it."""
    return float(np.mean(~((intervals.low > truth) | (intervals.high < truth))))


def samples(values: np.ndarray) -> Moments:
    """One group a row of `values`, shape (trials, customers)."""
    n = np.full(len(values), float(values.shape[1]))
    return Moments(n, values.mean(axis=1), values.var(axis=1) * n)


def joint(x: np.ndarray, y: np.ndarray) -> JointMoments:
    product = np.sum((x - x.mean(axis=1, keepdims=True)) * (y - y.mean(axis=1, keepdims=True)), axis=1)
    return JointMoments(samples(x), samples(y), product)


@pytest.mark.parametrize(("n", "share"), [(100, 0.3), (400, 0.05), (2000, 0.01), (10_000, 0.004)])
def test_wilson_exactly(n: int, share: float) -> None:
    """No simulation needed: the probability of every count is known."""
    counts = np.arange(n + 1.0)
    intervals = wilson(Counts.of(np.full(n + 1, n), counts))
    held = (intervals.low <= share) & (share <= intervals.high)
    assert abs(float(stats.binom.pmf(counts, n, share)[held].sum()) - 0.95) < 0.015


@pytest.mark.parametrize("mean", [0.5, 3.0, 20.0, 200.0])
def test_poisson_limits_are_exact_and_never_too_narrow(mean: float) -> None:
    events = np.arange(0.0, 10 * mean + 30)
    intervals = poisson(events, np.ones(len(events)))
    held = float(stats.poisson.pmf(events, mean)[(intervals.low <= mean) & (mean <= intervals.high)].sum())
    assert held >= 0.95
    if mean >= 200:  # exact limits of few events are wide by design
        assert held < 0.965


@pytest.mark.parametrize("n", [5, 30, 300])
def test_student_on_normal_amounts(n: int) -> None:
    rng = np.random.default_rng(n)
    assert abs(coverage(student(samples(rng.normal(10, 3, (TRIALS, n)))), 10.0) - 0.95) < 0.015


@pytest.mark.slow
def test_student_on_heavy_tailed_sales_is_too_narrow_and_winsorising_mends_it() -> None:
    """Most buy nothing, a few a fortune: at 1,000 customers the plain interval is too narrow. Capping the amounts at
    their 99th percentile, for a truth capped alike, brings it back."""
    rng = np.random.default_rng(1)
    truth_sample = np.where(rng.random(2_000_000) < 0.1, rng.lognormal(0, 2, 2_000_000), 0.0)
    cap = float(np.quantile(truth_sample, 0.99))
    truth, capped_truth = 0.1 * np.exp(2.0), float(np.minimum(truth_sample, cap).mean())
    sales = np.where(rng.random((4000, 1000)) < 0.1, rng.lognormal(0, 2, (4000, 1000)), 0.0)
    plain = coverage(student(samples(sales)), truth)
    capped = coverage(student(samples(np.minimum(sales, cap))), capped_truth)
    assert plain < 0.91
    assert abs(capped - 0.95) < 0.015


@pytest.mark.parametrize(("n_x", "n_y"), [(15, 40), (200, 100)])
def test_fieller_of_two_groups_that_vary_differently(n_x: int, n_y: int) -> None:
    rng = np.random.default_rng(n_x)
    x, y = samples(rng.normal(6, 3, (TRIALS, n_x))), samples(rng.normal(4, 1, (TRIALS, n_y)))
    assert abs(coverage(fieller_independent(x, y), 1.5) - 0.95) < 0.015


@pytest.mark.parametrize("n", [300, 3000])
def test_delta_method_on_many_customers(n: int) -> None:
    rng = np.random.default_rng(n)
    trials = 3000
    y = rng.gamma(2, 5, (trials, n))
    x = 0.3 * y + rng.gamma(1, 1, (trials, n))
    assert abs(coverage(ratio_of_sums(joint(x, y)), 0.4) - 0.95) < 0.015


@pytest.mark.parametrize("n", [10, 20, 29, 30, 100, 400])
def test_net_promoter_score(n: int) -> None:
    rng = np.random.default_rng(n)
    answers = rng.multinomial(n, [0.5, 0.3, 0.2], TRIALS)
    score = net_promoter_score(answers[:, 0], answers[:, 2], np.full(TRIALS, n))
    assert abs(coverage(score, 30.0) - 0.95) < 0.015
