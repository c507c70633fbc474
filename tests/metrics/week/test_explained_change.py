import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.errors import DomainError, ShapeError
from metrics.week.explained_change import explain_rate, explain_total, to_whole_units

SEGMENT = st.tuples(st.integers(0, 500), st.integers(0, 500), st.integers(0, 10**6), st.integers(0, 10**6))


def periods(segments):
    columns = np.array(segments, dtype=float).T
    n_before, n_after, before, after = columns
    return n_before, np.where(n_before > 0, before, 0.0), n_after, np.where(n_after > 0, after, 0.0)


@given(st.lists(SEGMENT, min_size=1, max_size=12))
def test_the_parts_add_up_to_the_change_of_the_total(segments):
    columns = periods(segments)
    change = explain_total(*columns)
    total = columns[3].sum() - columns[1].sum()
    np.testing.assert_allclose(change.volume + change.by_segment.sum(), total, atol=1e-6 * max(1.0, abs(total)))
    whole = to_whole_units(np.append(change.by_segment, change.volume), int(total))
    assert sum(whole) == int(total)


@given(st.lists(SEGMENT, min_size=1, max_size=12))
def test_turning_time_round_turns_every_sign(segments):
    n0, t0, n1, t1 = periods(segments)
    forward, backward = explain_total(n0, t0, n1, t1), explain_total(n1, t1, n0, t0)
    scale = max(t0.sum(), t1.sum(), 1.0)
    np.testing.assert_allclose(forward.mix, -backward.mix, atol=1e-9 * scale)
    np.testing.assert_allclose(forward.rate, -backward.rate, atol=1e-9 * scale)
    np.testing.assert_allclose(forward.volume, -backward.volume, atol=1e-9 * scale)


def test_a_pure_change_of_each_kind_is_credited_to_it_alone():
    n, total = np.array([100.0, 100.0]), np.array([10.0, 30.0])
    volume = explain_total(n, total, 2 * n, 2 * total)
    assert volume.volume == 40.0
    np.testing.assert_allclose(volume.by_segment, 0.0, atol=1e-12)
    mix = explain_rate(n, total, np.array([50.0, 150.0]), np.array([5.0, 45.0]))
    np.testing.assert_allclose(mix.rate, 0.0, atol=1e-15)
    np.testing.assert_allclose(mix.mix.sum(), 0.05)
    rate = explain_rate(n, total, n, np.array([20.0, 30.0]))
    np.testing.assert_allclose([*rate.mix, *rate.rate], [0, 0, 0.05, 0], atol=1e-15)


def test_whole_numbers_are_explained_like_any_others():
    columns = [np.array(column) for column in ([60, 40], [6, 12], [30, 70], [6, 14])]
    whole, real = explain_total(*columns), explain_total(*(column.astype(float) for column in columns))
    np.testing.assert_array_equal(whole.by_segment, real.by_segment)
    assert whole.volume == real.volume


def test_two_factors_share_a_change_as_shapley_would():
    """Two factors, average over both orders of changing them, written out for one segment among two."""
    n0, t0 = np.array([60.0, 40.0]), np.array([6.0, 12.0])
    n1, t1 = np.array([30.0, 70.0]), np.array([6.0, 14.0])
    w0, w1, r0, r1 = n0 / 100, n1 / 100, t0 / n0, t1 / n1
    mix_first = (w1 * r0).sum() - (w0 * r0).sum()
    mix_last = (w1 * r1).sum() - (w0 * r1).sum()
    np.testing.assert_allclose(explain_rate(n0, t0, n1, t1).mix.sum(), (mix_first + mix_last) / 2)


def test_a_segment_that_comes_or_goes_is_mix():
    change = explain_rate(np.array([100.0, 0.0]), np.array([10.0, 0.0]), np.array([0.0, 100.0]), np.array([0.0, 30.0]))
    assert change.rate.tolist() == [0.0, 0.0]
    np.testing.assert_allclose(change.mix.sum(), 0.2)


def test_a_period_without_customers_has_no_rate_and_all_its_change_is_volume():
    n, total, nobody = np.array([10.0]), np.array([5.0]), np.array([0.0])
    assert np.isnan(explain_rate(nobody, nobody, n, total).by_segment).all()
    change = explain_total(nobody, nobody, n, total)
    assert (change.volume, change.by_segment.tolist()) == (5.0, [0.0])


def test_parts_that_do_not_fit_are_refused():
    with pytest.raises(DomainError):
        to_whole_units(np.array([1.0, 2.0]), 9)
    with pytest.raises(ShapeError):
        explain_rate(np.ones(2), np.ones(2), np.ones(3), np.ones(3))


def test_a_segment_s_mix_is_what_it_does_beyond_the_average():
    """Rates of 10 and 30 % stay; from half to three quarters in the better: 20 then 25 % overall, 22.5 on average.

    The better gains a quarter of the customers at 7.5 points above it, the other loses a quarter at 12.5 below it.
    """
    n, after = np.array([100.0, 100.0]), np.array([50.0, 150.0])
    change = explain_rate(n, n * [0.1, 0.3], after, after * [0.1, 0.3])
    np.testing.assert_allclose(change.mix, [0.25 * 0.125, 0.25 * 0.075])
    np.testing.assert_allclose(change.after - change.before, 0.05)


def test_the_cents_left_over_go_to_the_largest_remainders():
    """10.4, 20.5 and -5.9 are 10, 20 and -6 rounded down: the one that is left belongs to the 0.5."""
    assert to_whole_units(np.array([10.4, 20.5, -5.9]), 25) == [10, 21, -6]
    assert to_whole_units(np.array([0.2, 0.9, 0.9]), 2) == [0, 1, 1]
