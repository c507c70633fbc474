import numpy as np
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import optimize, stats

from metrics.estimate import Reason
from metrics.inference.ratio import fieller_independent, fieller_limits, ratio_of_sums
from metrics.moments import JointMoments, Moments


def pairs(seed: int, customers: int) -> tuple[np.ndarray, np.ndarray]:
    """Sales and a denominator that goes with them, of some customers."""
    rng = np.random.default_rng(seed)
    y = rng.gamma(4, 1000, customers)
    return 0.5 * y + rng.gamma(1, 2000, customers), y


PAIRS = st.builds(pairs, st.integers(0, 2**32 - 1), st.integers(8, 60))


def test_fieller_of_two_groups_is_where_welch_s_statistic_turns() -> None:
    rng = np.random.default_rng(4)
    x, y = rng.normal(12, 3, 14), rng.normal(8, 2, 11)
    ratio = fieller_independent(Moments.from_rows(x), Moments.from_rows(y))
    error = lambda r: np.sqrt(np.var(x, ddof=1) / len(x) + r**2 * np.var(y, ddof=1) / len(y))  # noqa: E731
    point = x.mean() / y.mean()
    freedom = stats.ttest_ind(x, point * y, equal_var=False).df
    turns = lambda r: abs(x.mean() - r * y.mean()) / error(r) - stats.t.ppf(0.975, freedom)  # noqa: E731
    assert_allclose(ratio.low[0], optimize.brentq(turns, 0.1, point), rtol=1e-9)
    assert_allclose(ratio.high[0], optimize.brentq(turns, point, 10), rtol=1e-9)


def test_fieller_of_the_same_customers_is_where_the_paired_statistic_turns() -> None:
    x, y = pairs(5, 20)
    (var_x, cov), (_, var_y) = np.cov(x, y) / 20
    ratio = fieller_limits([x.mean()], [y.mean()], [var_x], [var_y], [cov], n=[20], freedom=[19.0])
    point = x.mean() / y.mean()
    turns = lambda r: abs(stats.ttest_1samp(x - r * y, 0).statistic) - stats.t.ppf(0.975, 19)  # noqa: E731
    assert_allclose(ratio.low[0], optimize.brentq(turns, 0.01, point), rtol=1e-9)
    assert_allclose(ratio.high[0], optimize.brentq(turns, point, 10), rtol=1e-9)


def test_the_delta_method_agrees_with_a_bootstrap_over_customers() -> None:
    rng = np.random.default_rng(11)
    y = rng.gamma(3, 100, 4000)
    x = 0.3 * y + rng.normal(0, 20, 4000)
    ratio = ratio_of_sums(JointMoments.from_rows(x, y))
    pick = rng.integers(0, 4000, (400, 4000))
    resampled = x[pick].sum(axis=1) / y[pick].sum(axis=1)
    assert_allclose((ratio.high[0] - ratio.low[0]) / 2 / 1.96, resampled.std(), rtol=0.1)


def test_a_denominator_that_may_be_zero_has_no_finite_range() -> None:
    ratio = fieller_limits([5.0, 5.0, 5.0, np.nan], [1.0, 3.0, 0.0, 1.0], [1.0] * 4, [1.0] * 4, [0.0] * 4, n=[9] * 4)
    assert ratio.reason.tolist() == [Reason.UNBOUNDED, Reason.NONE, Reason.TOO_FEW, Reason.TOO_FEW]
    assert ratio.estimate[0] == 5.0
    assert ratio.known.tolist() == [False, True, False, False]


def test_proportional_measures_have_a_ratio_without_doubt() -> None:
    ratio = ratio_of_sums(JointMoments.from_rows([1.0, 2.0, 3.0], [2.0, 4.0, 6.0]))
    assert_allclose([ratio.estimate[0], ratio.low[0], ratio.high[0]], 0.5)


def test_few_customers_have_student_s_limits_of_the_residuals():
    """Four customers, three degrees of freedom, by the residuals x - r y."""
    x, y = np.array([1.0, 2.0, 4.0, 3.0]), np.array([2.0, 5.0, 6.0, 7.0])
    found = ratio_of_sums(JointMoments.from_rows(x, y))
    ratio = x.sum() / y.sum()
    error = (x - ratio * y).std(ddof=1) / np.sqrt(4) / y.mean()
    assert_allclose([found.standard_error[0], found.degrees_of_freedom[0]], [error, 3])
    assert_allclose(found.high[0], ratio + stats.t.isf(0.025, 3) * error)
