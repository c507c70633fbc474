import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Intervals, Reason, Tests, Verdict

FINITE = st.floats(-1e6, 1e6)


def test_a_verdict_needs_both_limits_on_one_side() -> None:
    effects = Intervals.of([1, 1, -1, 1], [0.5, -0.5, -2, np.nan], [2, 2, -0.5, np.nan], n=[9] * 4)
    assert effects.verdict().tolist() == [Verdict.HIGHER, Verdict.NO_DIFFERENCE, Verdict.LOWER, Verdict.TOO_FEW]
    assert effects.verdict(against=3).tolist()[:3] == [Verdict.LOWER] * 3


def test_a_limit_on_the_line_shows_no_difference() -> None:
    assert Intervals.of([1], [0], [2], n=[9]).verdict().tolist() == [Verdict.NO_DIFFERENCE]


def test_missing_limits_without_a_reason_are_too_few() -> None:
    assert Intervals.of([1, 2], [np.nan, 1], [np.nan, 3], n=[1, 9]).reason.tolist() == [Reason.TOO_FEW, Reason.NONE]


@given(FINITE, st.floats(0, 1e6), FINITE, FINITE)
def test_an_image_keeps_the_order_of_its_limits(estimate: float, half: float, factor: float, shift: float) -> None:
    image = Intervals.of([estimate], [estimate - half], [estimate + half], n=[5]).scaled(factor, shift)
    assert image.low[0] <= image.high[0]
    assert_allclose(image.estimate[0], estimate * factor + shift)


def test_a_factor_for_each_row() -> None:
    image = Intervals.of([2, 2], [1, 1], [3, 3], n=[5, 5]).scaled(np.array([10.0, -10.0]))
    assert_allclose(image.low, [10, -30])
    assert_allclose(image.high, [30, -10])


def test_a_row_withheld_has_no_number_and_the_last_reason() -> None:
    effects = Intervals.of([1, 2], [0, np.nan], [2, np.nan], n=[9, 1])
    withheld = effects.withheld(np.array([False, True]), Reason.NO_CONTROL)
    assert withheld.reason.tolist() == [Reason.NONE, Reason.NO_CONTROL]
    assert np.isnan(withheld.estimate).tolist() == [False, True]
    assert effects.estimate[1] == 2


def test_columns_of_different_length_and_levels_outside_0_to_1_are_refused() -> None:
    with pytest.raises(ShapeError, match="one estimate, two limits"):
        Intervals.of([1, 2], [0], [3], n=[4])
    with pytest.raises(DomainError, match="between 0 and 1"):
        Intervals.of([1], [0], [3], n=[4], level=1.0)


def test_errors_follow_their_rows_and_are_nan_where_a_method_has_none() -> None:
    with_error = Intervals.of(
        [1, 2], [0, np.nan], [2, np.nan], n=[9, 9], standard_error=[0.5, 0.7], degrees_of_freedom=8
    )
    assert_allclose(with_error.standard_error, [0.5, np.nan])
    assert_allclose(with_error.degrees_of_freedom, [8, np.nan])
    assert_allclose(with_error[:1].scaled(-4, shift=3).standard_error, [2])
    assert np.isnan(with_error.withheld(np.array([True, False]), Reason.NO_CONTROL).degrees_of_freedom).all()
    plain = Intervals.of([5.0], [4.0], [6.0], n=[3])
    assert np.isnan(plain.standard_error).all()
    assert_allclose(plain.with_rows(np.array([0]), with_error[:1]).standard_error, [0.5])
    with pytest.raises(ShapeError, match="one standard error per row"):
        Intervals(*(np.ones(2),) * 4, 0.95, np.array(["", ""]), "", np.ones(3))


def test_a_frame_has_every_column_and_row() -> None:
    frame = Intervals.of([1, np.nan], [0, np.nan], [2, np.nan], n=[9, 1], level=0.9, method="Student").frame()
    assert frame.loc[0, ["estimate", "low", "high", "n", "level"]].tolist() == [1, 0, 2, 9, 0.9]
    assert frame["reason"].tolist() == ["", "too_few"]
    assert frame["method"].tolist() == ["Student"] * 2
    assert len(Intervals.of([], [], [], n=[]).frame()) == 0
    tests = Tests(np.array([2.0]), np.array([0.04]), np.array(["score"]), np.array([""])).frame()
    assert tests.to_dict("records") == [{"statistic": 2.0, "p_value": 0.04, "method": "score", "reason": ""}]


def test_a_limit_on_the_line_from_below_shows_no_difference_either() -> None:
    assert Intervals.of([-1], [-2], [0], n=[9]).verdict().tolist() == [Verdict.NO_DIFFERENCE]


def test_a_row_with_one_limit_missing_has_a_reason() -> None:
    assert Intervals.of([1, 1], [np.nan, 0], [2, np.nan], n=[9, 9]).reason.tolist() == [Reason.TOO_FEW] * 2


def test_some_tests_are_taken_with_all_that_belongs_to_them() -> None:
    three = Tests(
        np.array([1.0, 2.0, 3.0]), np.array([0.3, 0.05, 0.003]), np.array(["a", "b", ""]), np.array(["", "", "x"])
    )
    some = three[np.array([2, 0])]
    assert (some.statistic.tolist(), some.p_value.tolist()) == ([3, 1], [0.003, 0.3])
    assert (some.method.tolist(), some.reason.tolist()) == (["", "a"], ["x", ""])
