import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.errors import ShapeError
from metrics.moments import Counts
from metrics.week.control_chart import FEWEST, Rule, judged_by_earlier_festivals, laney_p, natural_limits, xmr
from tests.oracles import control_chart as published


def quiet(weeks, seed=1):
    return 100 + np.random.default_rng(seed).normal(0, 1, weeks)


def test_limits_are_those_of_the_nist_handbook():
    centre, sigma = natural_limits(np.array(published.FLOW_RATE))
    assert centre == pytest.approx(published.CENTRE)
    assert centre + 3 * sigma == pytest.approx(published.UPPER, abs=1e-4)
    assert centre - 3 * sigma == pytest.approx(published.LOWER, abs=1e-4)


ALTERNATING = np.array([10, 13] * 8)  # mean 11.5, every moving range 3


def test_limits_of_whole_numbers_are_not_whole():
    """11.5 + 2.6596 x 3 = 19.48 and 3.268 x 3 = 9.80, by Wheeler's constants."""
    chart = xmr(np.append(ALTERNATING, 11))
    np.testing.assert_allclose([chart.centre[0], chart.low[0], chart.high[0]], [11.5, 3.521, 19.479], atol=5e-4)
    assert chart.moving_range_limit == pytest.approx(9.804, abs=5e-4)


def test_the_newest_week_does_not_move_its_own_limits():
    calm, wild = (xmr(np.append(ALTERNATING, newest)) for newest in (11, 900))
    np.testing.assert_array_equal(calm.high, wild.high)
    assert (calm.rule[-1], wild.rule[-1]) == (Rule.USUAL, Rule.OUTSIDE)
    rates = [laney_p(Counts.of([100] * 17, [*ALTERNATING, newest])) for newest in (11, 90)]
    np.testing.assert_array_equal(rates[0].high, rates[1].high)
    assert [rate.rule[-1] for rate in rates] == [Rule.USUAL, Rule.OUTSIDE]


def in_sigmas(*newest):
    """Rules of weeks so many sigma from the centre, after a baseline that alternates and has its limits by hand."""
    sigma = 3 / 1.128
    values = np.append(ALTERNATING, 11.5 + sigma * np.array(newest))
    return xmr(values, baseline=np.arange(len(values)) < len(ALTERNATING)).rule[len(ALTERNATING) :].tolist()


@pytest.mark.parametrize("side", [1, -1])
def test_each_rule_fires_at_its_published_bounds(side):
    near, count = published.NEARER_SIGMAS, published.NEARER[0]
    out = published.OUTSIDE_SIGMAS
    assert in_sigmas(side * (out - 0.01), -side * 0.1, side * (out + 0.01))[::2] == [Rule.USUAL, Rule.OUTSIDE]

    closer = side * (near + 0.01)
    assert in_sigmas(-side * 0.1, *[closer] * count)[-2:] == [Rule.USUAL, Rule.NEAR_LIMIT]
    assert in_sigmas(closer, closer, -side * 0.1, closer)[-1] == Rule.NEAR_LIMIT
    assert in_sigmas(-side * 0.1, *[side * (near - 0.01)] * count)[-1] == Rule.USUAL
    assert in_sigmas(closer, closer, -closer)[-1] == Rule.USUAL, "one of the three lies on the other side"
    assert in_sigmas(closer, closer, -side * 0.1, -side * 0.1, closer)[-1] == Rule.USUAL, "three of five"

    run = [-side * 0.1] + [side * 0.1] * published.ONE_SIDE
    assert in_sigmas(*run)[-2:] == [Rule.USUAL, Rule.RUN]


def judged_newest(weeks, runs, shift=0.0):
    """How often the newest of stable weeks is a signal when it lies `shift` sigma off."""
    rng = np.random.default_rng(weeks)
    series = rng.normal(0, 1, (runs, weeks + 1))
    series[:, -1] += shift
    return np.mean([xmr(values).signal[-1] for values in series])


@pytest.mark.slow
@pytest.mark.parametrize(("weeks", "most"), [(FEWEST, 0.025), (26, 0.02), (52, 0.02)])
def test_an_ordinary_newest_week_alarms_at_most_about_once_in_fifty(weeks, most):
    assert judged_newest(weeks, 6000) < most


@pytest.mark.slow
def test_an_ordinary_newest_rate_alarms_at_most_about_once_in_fifty():
    rng = np.random.default_rng(8)
    alarms = []
    for _ in range(3000):
        n = rng.integers(2000, 6000, 27)
        p = np.clip(rng.normal(0.06, 0.005, 27), 0.001, 1)  # the rate itself moves a little from week to week
        alarms.append(laney_p(Counts.of(n, rng.binomial(n, p))).signal[-1])
    assert np.mean(alarms) < 0.025


@pytest.mark.slow
def test_four_sigma_are_found_four_times_in_five():
    assert judged_newest(26, 2000, shift=4.0) > 0.78
    rng = np.random.default_rng(1)
    hiding = rng.normal(0, 1, (2000, FEWEST))
    hiding[:, -1] += 4
    everything = np.ones(FEWEST, dtype=bool)
    assert np.mean([xmr(values, baseline=everything).signal[-1] for values in hiding]) < 0.6


def test_false_alarms_of_a_quiet_process_are_as_rare_as_the_limits_say():
    """With limits known from a long baseline, 0.27 % of normal values lie outside three sigma."""
    values = np.random.default_rng(5).normal(0, 1, 200_000)
    rule = xmr(values).rule
    assert abs((rule == Rule.OUTSIDE).mean() - 0.0027) < 0.0006


def test_a_p_chart_would_alarm_where_laney_does_not():
    """Weekly rates that really differ a little, over 40,000 customers: binomial limits are far too narrow."""
    rng = np.random.default_rng(2)
    n = rng.integers(30_000, 50_000, 300).astype(float)
    p = np.clip(rng.normal(0.06, 0.006, 300), 0.001, 1)
    counts = Counts(n, rng.binomial(n.astype(int), p).astype(float))
    binomial = 3 * np.sqrt(0.06 * 0.94 / n)
    assert (np.abs(counts.share - 0.06) > binomial).mean() > 0.3
    assert (laney_p(counts).rule == Rule.OUTSIDE).mean() < 0.015


def test_without_extra_variation_laney_is_the_p_chart():
    rng = np.random.default_rng(3)
    n = np.full(4000, 500.0)
    counts = Counts(n, rng.binomial(500, 0.2, 4000).astype(float))
    chart = laney_p(counts)
    np.testing.assert_allclose(chart.high - chart.centre, 3 * np.sqrt(0.2 * 0.8 / n), rtol=0.03)


@given(st.floats(0.01, 1e6), st.floats(-1e6, 1e6))
def test_another_unit_or_origin_changes_no_verdict(scale, shift):
    values = quiet(40)
    values[20] += 9
    before, after = xmr(values), xmr(values * scale + shift)
    assert before.rule.tolist() == after.rule.tolist()


def test_a_mirrored_series_gets_the_same_rules():
    values = quiet(60, seed=9)
    values[50:] += 1.5
    assert xmr(values).rule.tolist() == xmr(-values).rule.tolist()


def test_few_weeks_have_no_limits_and_no_verdict():
    for weeks, judged in ((FEWEST, {Rule.NOT_JUDGED}), (FEWEST + 1, {Rule.USUAL})):
        chart = xmr(np.resize([10, 13], weeks))
        assert np.isnan(chart.high).all() == (judged == {Rule.NOT_JUDGED})
        assert set(chart.rule) == judged


def test_weeks_all_alike_set_no_limits():
    """Neither a new value nor the rounding of a mean makes a signal where nothing has varied so far."""
    assert set(xmr(np.append(np.full(20, 0.1), 0.3)).rule) == {Rule.NOT_JUDGED}
    assert set(laney_p(Counts.of([100, 200] * 10, [10, 20] * 10)).rule) == {Rule.NOT_JUDGED}


@pytest.mark.parametrize("successes", [0.0, 50.0])
def test_a_rate_that_never_moves_from_its_end_has_no_limits(successes):
    assert set(laney_p(Counts(np.full(20, 50.0), np.full(20, successes))).rule) == {Rule.NOT_JUDGED}


def test_a_week_without_customers_is_passed_over():
    counts = Counts.of([100, 0] * 20, [10, 0, 12, 0] * 10)
    chart = laney_p(counts)
    assert set(chart.rule[1::2]) == {Rule.NOT_JUDGED}
    assert set(chart.rule[::2]) == {Rule.USUAL}


def festival_series(years, trough, seed=0):
    values = quiet(52 * years, seed)
    offset = np.full(52 * years, np.nan)
    for year in range(years):
        offset[52 * year + 6 : 52 * year + 10] = [-1, 0, 1, 2]
    values[~np.isnan(offset)] *= np.tile(trough, years)
    return values, offset


def test_a_festival_raises_no_false_alarm_and_a_worse_one_does():
    values, offset = festival_series(3, [0.9, 0.3, 0.5, 0.95])
    chart = judged_by_earlier_festivals(xmr(values, apart=~np.isnan(offset)), offset)
    festival = ~np.isnan(offset)
    assert set(chart.rule[festival][:4]) == {Rule.NOT_JUDGED}
    assert set(chart.rule[festival][4:]) == {Rule.USUAL}
    assert (xmr(values).rule[festival][4:] != Rule.USUAL).any()

    values[52 * 2 + 7] *= 0.5
    worse = judged_by_earlier_festivals(xmr(values, apart=festival), offset)
    assert worse.rule[52 * 2 + 7] == Rule.OUTSIDE


def test_limits_of_a_share_stay_between_0_and_1_in_a_festival_too():
    offset = np.full(60, np.nan)
    offset[[20, 40]] = 0
    successes = np.resize([5, 3, 4, 6, 2], 60)
    successes[[20, 40]] = 0
    for counts in (Counts.of([50] * 60, successes), Counts.of([50] * 60, 50 - successes)):
        chart = judged_by_earlier_festivals(laney_p(counts, apart=~np.isnan(offset)), offset, additive=True)
        assert ((chart.low >= 0) & (chart.high <= 1) & (chart.low < chart.high)).all()
        assert ((chart.centre >= 0) & (chart.centre <= 1)).all()
        assert chart.rule[40] == Rule.USUAL


def test_a_festival_worse_than_nothing_is_expected_to_bring_nothing():
    """Shares of 4 % usually and 40 points less in one festival week would make a share of -36 %."""
    offset = np.full(60, np.nan)
    offset[[20, 40]] = 0
    share = np.resize([0.03, 0.05], 60)
    share[[20, 40]] = -0.36
    chart = xmr(share, apart=~np.isnan(offset), floor=0, ceiling=1)
    assert judged_by_earlier_festivals(chart, offset, additive=True).centre[40] == 0
    multiplied = judged_by_earlier_festivals(xmr(np.abs(share) * 2, apart=~np.isnan(offset), ceiling=0.5), offset)
    assert multiplied.centre[40] == 0.5


def test_after_a_festival_without_any_sale_one_or_two_are_no_signal():
    """54 of 56 ranges are 10 and the mean is 25.088: one event is 8.549^2 / 25.088, the limit 3 sqrt(2) times that."""
    offset = np.full(60, np.nan)
    offset[[20, 40]] = 0
    values = np.resize([20, 30], 60)
    for now, rule in ((12, Rule.USUAL), (13, Rule.OUTSIDE)):
        values[[20, 40]] = [0, now]
        chart = judged_by_earlier_festivals(xmr(values, apart=~np.isnan(offset), floor=0), offset)
        assert chart.high[40] == pytest.approx(12.36, abs=0.005)
        assert (chart.low[40], chart.rule[40]) == (0, rule)


def test_limits_stay_on_a_scale():
    chart = xmr(np.resize([4.2, 4.9], 20), floor=1, ceiling=5)
    assert chart.high.max() == 5
    assert chart.low.min() > 1


@pytest.mark.slow
def test_festival_weeks_alarm_no_more_often_than_three_sigma_allows():
    alarms = []
    for seed in range(300):
        values, offset = festival_series(3, [0.9, 0.4, 0.6, 0.95], seed)
        festival = ~np.isnan(offset)
        chart = judged_by_earlier_festivals(xmr(values, apart=festival), offset)
        alarms.append((chart.rule[festival][4:] == Rule.OUTSIDE).mean())
    assert np.mean(alarms) < 0.01


def test_masks_of_another_length_are_refused():
    with pytest.raises(ShapeError):
        xmr(quiet(20), baseline=np.ones(19, dtype=bool))
    with pytest.raises(ShapeError):
        judged_by_earlier_festivals(xmr(quiet(20)), np.zeros(3))


@pytest.mark.parametrize("side", [1, -1])
def test_a_week_that_is_back_at_the_centre_is_no_signal_for_the_three_before_it(side):
    near = side * (published.NEARER_SIGMAS + 0.01)
    assert in_sigmas(-side * 0.1, near, near, near, side * 0.1)[-2:] == [Rule.NEAR_LIMIT, Rule.USUAL]
