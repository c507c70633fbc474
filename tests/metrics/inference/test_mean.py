import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from metrics.estimate import Reason
from metrics.inference.mean import concentration, student, total
from metrics.moments import Moments
from tests.oracles.intervals import SLEEP_SECOND, SLEEP_SECOND_T


def test_student_matches_r_on_the_sleep_data() -> None:
    mean = student(Moments.from_rows(SLEEP_SECOND))
    assert_allclose(mean.estimate[0], SLEEP_SECOND_T["mean"])
    assert_allclose([mean.low[0], mean.high[0]], [SLEEP_SECOND_T["low"], SLEEP_SECOND_T["high"]], atol=5e-8)


@given(st.lists(st.integers(0, 10**9), min_size=2, max_size=30, unique=True))
def test_student_agrees_with_scipy(values: list[int]) -> None:
    theirs = stats.ttest_1samp(values, 0).confidence_interval(0.9)
    mean = student(Moments.from_rows(values), level=0.9)
    assert_allclose([mean.low[0], mean.high[0]], theirs, rtol=1e-9, atol=1e-6)


@given(st.lists(st.integers(0, 10**9), min_size=2, max_size=30, unique=True), st.floats(0.01, 100))
def test_money_in_another_unit_gives_the_interval_in_that_unit(values: list[int], factor: float) -> None:
    plain, scaled = student(Moments.from_rows(values)), student(Moments.from_rows(values).scaled(factor))
    assert_allclose(scaled.low, plain.low * factor, rtol=1e-9, atol=1e-6 * factor)


def test_why_there_is_no_interval() -> None:
    nan = np.nan
    moments = Moments(np.array([0.0, 1.0, 5.0, 5.0]), np.array([nan, 3.0, 3.0, nan]), np.array([0.0, 0.0, 0.0, nan]))
    mean = student(moments)
    assert mean.reason.tolist() == [Reason.TOO_FEW, Reason.TOO_FEW, Reason.NO_VARIATION, Reason.NOT_RECORDED]
    assert mean.estimate[1] == 3.0
    assert not mean.known.any()


def test_the_total_is_the_sum_with_the_mean_s_relative_width() -> None:
    values = [3.0, 8.0, 10.0]
    whole, mean = total(Moments.from_rows(values)), student(Moments.from_rows(values))
    assert_allclose([whole.estimate[0], whole.high[0]], [21.0, 3 * mean.high[0]])


def test_concentration_of_nothing_is_unknown() -> None:
    assert_allclose(concentration([82.0, 0.0], [100.0, 0.0]), [0.82, np.nan])
