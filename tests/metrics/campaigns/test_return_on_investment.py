import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from metrics.campaigns import return_on_investment as roi
from metrics.errors import DomainError, ShapeError
from metrics.estimate import Intervals, Reason
from metrics.inference.effect import difference_in_means
from metrics.moments import Counts, Moments


def incremental(control: Moments, treated: Moments, cost: list[float]) -> Intervals:
    """The return of the effect between two arms by Welch."""
    effect = difference_in_means(control, treated).withheld(control.n == 0, Reason.NO_CONTROL)
    return roi.on_effect(effect, treated.n, cost)


CONTRIBUTIONS = st.lists(st.integers(0, 10**7), min_size=3, max_size=30, unique=True)


@given(CONTRIBUTIONS, CONTRIBUTIONS, st.integers(1, 10**8))
def test_the_incremental_return_is_0_where_the_effect_equals_the_cost(
    control: list[int], treated: list[int], cost: int
) -> None:
    """Scipy's Welch interval of the effect, in money, less the cost, over the cost."""
    returned = incremental(Moments.from_rows(control), Moments.from_rows(treated), [cost])
    low, high = stats.ttest_ind(treated, control, equal_var=False).confidence_interval()
    n = len(treated)
    assert_allclose([returned.low[0], returned.high[0]], [(n * low - cost) / cost, (n * high - cost) / cost], rtol=1e-6)


@given(CONTRIBUTIONS, CONTRIBUTIONS, st.integers(1, 10**6), st.floats(0.01, 100))
def test_a_return_does_not_depend_on_the_currency(a: list[int], b: list[int], cost: int, rate: float) -> None:
    control, treated = Moments.from_rows(a), Moments.from_rows(b)
    here = incremental(control, treated, [cost])
    there = incremental(control.scaled(rate), treated.scaled(rate), [cost * rate])
    assert_allclose([there.low[0], there.high[0]], [here.low[0], here.high[0]], rtol=1e-6, atol=1e-9)


def test_no_cost_no_record_no_control() -> None:
    arm = Moments(np.full(4, 50.0), np.full(4, 10.0), np.full(4, 400.0))
    empty = Moments(np.array([50.0, 50.0, 50.0, 0.0]), np.array([5.0, 5.0, 5.0, np.nan]), np.array([400.0] * 3 + [0.0]))
    returned = incremental(empty, arm, [100.0, 0.0, np.nan, 100.0])
    assert returned.reason.tolist() == [Reason.NONE, Reason.NO_COST, Reason.NOT_RECORDED, Reason.NO_CONTROL]
    assert returned.known.tolist() == [True, False, False, False]
    attributed = roi.attributed(arm, [100.0, 0.0, np.nan, 100.0])
    assert attributed.reason.tolist() == [Reason.NONE, Reason.NO_COST, Reason.NOT_RECORDED, Reason.NONE]
    assert_allclose(attributed.estimate[0], 4.0)
    with pytest.raises(ShapeError, match="1 costs for 4"):
        roi.attributed(arm, [100.0])


@given(st.floats(1, 1e6), st.integers(1, 10**6), st.floats(0.1, 1e4))
def test_at_the_break_even_lift_the_return_is_0(cost: float, treated: int, worth: float) -> None:
    lift = roi.break_even_lift([cost], [treated], [worth])[0]
    assert_allclose((lift * treated * worth - cost) / cost, 0, atol=1e-9)


def test_break_even_conversions() -> None:
    assert_allclose(
        roi.break_even_conversions([1000.0] * 3, [50.0, 50.0, np.nan], [10.0, 50.0, 0.0]), [25, np.inf, np.nan]
    )
    with pytest.raises(DomainError, match="not negative"):
        roi.break_even_conversions([-1.0], [5.0])


def test_a_price_per_head_is_the_cost_over_those_who_did() -> None:
    price = roi.cost_per([900.0, 900.0, np.nan, 900.0], Counts.of([100, 100, 100, 0], [9, 0, 9, 0]))
    assert price.estimate[0] == 100.0
    share = stats.binomtest(9, 100).proportion_ci(method="wilson")
    assert_allclose([price.low[0], price.high[0]], [9 / share.high, 9 / share.low])
    assert price.reason.tolist() == [Reason.NONE, Reason.TOO_FEW, Reason.NOT_RECORDED, Reason.TOO_FEW]


def test_a_price_per_additional_customer_needs_an_effect() -> None:
    effect = Intervals.of([0.02, 0.02, -0.02], [0.01, -0.01, -0.03], [0.04, 0.05, -0.01], n=[10, 10, 10])
    price = roi.cost_per_additional([1000.0] * 3, effect, [1000] * 3)
    assert_allclose([price.estimate[0], price.low[0], price.high[0]], [50.0, 25.0, 100.0])
    assert price.reason.tolist() == [Reason.NONE, Reason.NO_EFFECT, Reason.NO_EFFECT]
    assert np.isnan(price.estimate[1:]).all()


def test_a_refund_keeps_its_limits_in_order():
    price = roi.cost_per([-900.0, 900.0], Counts.of([100, 100], [9, 9]))
    assert_allclose(price.low[0], -price.high[1])
    assert_allclose(price.high[0], -price.low[1])
    assert price.low[0] < price.estimate[0] == -100 < price.high[0]
    effect = Intervals.of([0.02], [0.01], [0.04], n=[2000])
    back = roi.cost_per_additional([-1000.0], effect, treated=[1000])
    assert_allclose([back.low[0], back.high[0]], [-100, -25])


def test_missing_customers_are_said_to_be_missing():
    effect = Intervals.of([0.02] * 3, [0.01] * 3, [0.04] * 3, n=[2000] * 3)
    customers = [1000, np.nan, 0]
    priced = roi.cost_per_additional([1000.0] * 3, effect, treated=customers)
    assert priced.reason.tolist() == ["", Reason.NOT_RECORDED.value, Reason.TOO_FEW.value]
    assert roi.on_effect(effect, customers, [1000.0] * 3).reason.tolist()[:2] == ["", Reason.NOT_RECORDED.value]
    assert roi.cost_per([9.0], Counts.of([np.nan], [0])).reason.tolist() == [Reason.NOT_RECORDED.value]


def test_a_price_per_head_rests_on_those_who_did() -> None:
    assert roi.cost_per([900.0], Counts.of([100], [9])).n.tolist() == [9]
