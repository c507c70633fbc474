import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Reason
from metrics.week.run_rate import cumulative_share, month_end


def months(count, rng, days=21, level=1000.0, spread=100.0):
    pattern = np.linspace(0.5, 1.5, days)
    totals = rng.normal(level, spread, count)
    noise = rng.normal(0, 6, (count, days))
    return [total * pattern / pattern.sum() + wobble for total, wobble in zip(totals, noise, strict=True)]


@pytest.mark.slow
@pytest.mark.parametrize("day", [0, 5, 12, 18])
def test_the_interval_called_80_percent_holds_the_total_about_that_often(day):
    rng = np.random.default_rng(day)
    inside, runs = 0, 600
    for _ in range(runs):
        *earlier, month = months(13, rng)
        end = month_end(earlier, month[:day], 21)
        inside += bool(end.total.low[0] <= month.sum() <= end.total.high[0])
    assert 0.75 < inside / runs < 0.85


def test_the_interval_narrows_to_the_counted_total():
    rng = np.random.default_rng(1)
    *earlier, month = months(25, rng)
    widths = [float(e.high[0] - e.low[0]) for e in (month_end(earlier, month[:d], 21).total for d in (0, 10, 18, 21))]
    assert widths[0] > widths[1] > widths[2] > widths[3] == 0
    assert month_end(earlier, month, 21).total.estimate[0] == pytest.approx(month.sum())


def test_a_back_loaded_month_is_not_taken_for_a_bad_one():
    """Half the days bring three eighths of the usual total: the straight line would promise a quarter too little."""
    pattern = np.linspace(0.5, 1.5, 20)
    earlier = [1000 * f * pattern / pattern.sum() for f in (0.9, 1.0, 1.1, 0.95, 1.05, 1.0)]
    end = month_end(earlier, earlier[1][:10], 20, target=1000.0)
    assert end.total.estimate[0] == pytest.approx(1000.0)
    assert end.usual_share == pytest.approx(pattern[:10].sum() / pattern.sum())
    assert earlier[1][:10].sum() / 0.5 < 800


def test_the_chance_is_half_at_the_expected_total_and_falls_with_the_target():
    rng = np.random.default_rng(6)
    *earlier, month = months(13, rng)
    expected = float(month_end(earlier, month[:8], 21).total.estimate[0])
    chances = [month_end(earlier, month[:8], 21, target=t).chance for t in (expected - 80, expected, expected + 80)]
    assert chances[1] == pytest.approx(0.5)
    assert chances[0] > chances[1] > chances[2]


def test_few_months_have_an_estimate_and_no_interval():
    end = month_end([np.ones(20)] * 3, np.ones(5), 20, target=20)
    assert end.total.estimate[0] == pytest.approx(20)
    assert end.total.reason[0] == Reason.TOO_FEW
    assert np.isnan(end.chance)
    assert np.isnan(month_end([], np.array([]), 20).total.estimate[0])


def test_months_of_any_length_are_brought_to_the_same_share():
    shares = cumulative_share([np.ones(20), 2 * np.ones(23)], np.array([0.0, 0.5, 1.0]))
    np.testing.assert_allclose(shares, [[0, 10, 20], [0, 23, 46]])
    with pytest.raises(DomainError):
        cumulative_share([np.array([])], np.array([0.5]))
    with pytest.raises(ShapeError):
        month_end([np.ones(20)] * 6, np.ones(21), 20)


def two_days(before, after):
    """Months of two working days: what the first brought, and the second."""
    return [np.array(days) for days in zip(before, after, strict=True)]


def test_a_month_not_begun_has_the_textbook_interval_for_a_new_observation():
    """Totals of mean 10 and variance 0.5: 10 +- t(90 %, 5) x sqrt(0.5 x (1 + 1/6)) = 1.475884 x 0.763763."""
    totals = [9.0, 9.5, 10.0, 10.5, 11.0, 10.0]
    end = month_end([np.array([t / 2 - 0.125, t / 2 + 0.125]) for t in totals], np.array([]), 2, target=11.127225)
    limits = [end.total.low[0], end.total.estimate[0], end.total.high[0]]
    np.testing.assert_allclose(limits, [8.872775, 10.0, 11.127225], atol=1e-5)
    assert end.chance == pytest.approx(0.1, abs=1e-5)


# Rest on booked has slope 0, sum of squares 16 around it; error of the slope sqrt(16 / 4 / 16) = 0.5; in tenths.
UNRELATED = two_days([0.8, 1.0, 1.2, 0.8, 1.0, 1.2], [1.8, 2.0, 2.2, 2.2, 2.0, 1.8])


def test_a_month_as_far_as_usual_has_the_interval_of_the_rest():
    """The rest: 2 +- t(90 %, 4) x sqrt(0.04 x 7/6) = 1.533206 x 0.216025."""
    end = month_end(UNRELATED, np.array([1.0]), 2)
    limits = [end.total.low[0], end.total.estimate[0], end.total.high[0]]
    np.testing.assert_allclose(limits, [3 - 0.331211, 3.0, 3 + 0.331211], atol=1e-5)


def test_a_lead_carries_over_in_part_and_widens_the_limits():
    """The slope is half-normal: mean 0.5 sqrt(2 / pi) = 0.39894, variance 0.25 (1 - 2 / pi) = 0.090845."""
    end = month_end(UNRELATED, np.array([2.0]), 2)
    expected, error = 2 + 2 + 0.39894, np.sqrt(0.04 * 7 / 6 + 0.090845)
    limits = [end.total.low[0], end.total.estimate[0], end.total.high[0]]
    np.testing.assert_allclose(limits, expected + 1.533206 * error * np.array([-1, 0, 1]), rtol=1e-3)


def test_a_line_that_falls_is_held_level():
    """Rest on booked falls by -2; held at 0 the rest is 2, its sum of squares around that 2 x 0.4^2 x 2 = 0.64.

    The slope, fitted at -2 with an error of sqrt(0.64 / 4 / 0.16) = 1, is what a normal tail leaves above 0.
    """
    earlier = two_days([0.8, 1.0, 1.2, 0.8, 1.0, 1.2], [2.4, 2.0, 1.6, 2.4, 2.0, 1.6])
    end = month_end(earlier, np.array([1.0]), 2)
    half = 1.533206 * np.sqrt(0.64 / 4 * 7 / 6)
    np.testing.assert_allclose([end.total.low[0], end.total.high[0]], [3 - half, 3 + half], atol=1e-5)
    ahead = month_end(earlier, np.array([1.2]), 2).total
    assert ahead.estimate[0] == pytest.approx(1.2 + 2 + 0.2 * stats.truncnorm(2, 4, loc=-2).mean(), abs=1e-6)


def test_a_month_far_ahead_ends_above_what_it_has_booked():
    rng = np.random.default_rng(3)
    earlier = [rng.poisson(15, 20).astype(float) for _ in range(12)]
    end = month_end(earlier, np.full(5, 100.0), 20, target=500.0)
    assert end.total.low[0] > 500 + 100
    assert end.total.estimate[0] > 500 + 150
    assert end.chance == 1.0
    usual = month_end(earlier, np.full(5, 15.0), 20).total
    assert end.total.high[0] - end.total.low[0] > 3 * (usual.high[0] - usual.low[0])


def test_equal_months_of_whole_units_vary_at_least_as_their_number():
    """A rest of 225 has variance 225 or more: 1.475884 x sqrt(225 x 7/6) = 23.912."""
    end = month_end([np.full(20, 15.0)] * 6, np.full(5, 15.0), 20, target=300.0)
    np.testing.assert_allclose([end.total.low[0], end.total.high[0]], [276.088, 323.912], atol=1e-3)
    assert end.chance == pytest.approx(0.5)
    ahead = month_end([np.full(20, 15.0)] * 6, np.full(5, 100.0), 20).total  # carries over by 0 to 3 times: 1.5
    assert ahead.estimate[0] == pytest.approx(500 + 225 + 1.5 * 425)
    assert ahead.high[0] - ahead.low[0] > 2 * 425


@pytest.mark.parametrize(("daily", "booked"), [(15.3, 15.3), (15.3, 90.1), (-15.3, -15.3)])
def test_equal_months_of_amounts_have_no_limits(daily, booked):
    end = month_end([np.full(20, daily)] * 6, np.full(5, booked), 20, target=300.0)
    assert end.total.reason[0] == Reason.NO_VARIATION
    assert np.isnan([end.total.low[0], end.total.high[0], end.chance]).all()
    assert not np.isnan(end.total.estimate[0])


def test_a_net_flow_may_end_below_what_is_booked():
    rng = np.random.default_rng(5)
    earlier = [rng.normal(-2, 30, 20) for _ in range(12)]
    end = month_end(earlier, np.full(5, 100.0), 20, target=400.0)
    assert end.total.low[0] < 500
    assert 0 < end.chance < 1
    assert end.usual_share == 0.25, "a total near 0 has no share that is done"


DAYS = st.lists(st.integers(0, 50), min_size=20, max_size=20).map(lambda days: np.array(days, dtype=float))


@given(st.lists(DAYS, min_size=6, max_size=9), st.lists(st.integers(0, 400), max_size=19))
def test_no_month_of_counts_ends_below_what_is_booked(earlier, so_far):
    booked = np.array(so_far, dtype=float)
    end = month_end(earlier, booked, 20, target=float(booked.sum()) + 5)
    assert end.total.estimate[0] >= booked.sum() - 1e-9
    if end.total.known[0]:
        assert booked.sum() <= end.total.low[0] <= end.total.high[0]
        assert 0 <= end.chance <= 1


@pytest.mark.slow
@pytest.mark.parametrize("day", [0, 5, 12])
def test_the_interval_holds_for_counts_whose_level_moves_from_month_to_month(day):
    rng = np.random.default_rng(day)
    inside, runs = 0, 600
    for _ in range(runs):
        *earlier, month = [rng.poisson(5 * rng.gamma(25, 1 / 25), 20).astype(float) for _ in range(8)]
        end = month_end(earlier, month[:day], 20)
        inside += bool(end.total.low[0] <= month.sum() <= end.total.high[0])
    assert 0.77 < inside / runs < 0.9
