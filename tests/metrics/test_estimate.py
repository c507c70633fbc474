import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Intervals, Reason, Verdict

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
