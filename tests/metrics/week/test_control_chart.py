import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.errors import ShapeError
from metrics.moments import Counts
from metrics.week.control_chart import Rule, judged_by_earlier_festivals, laney_p, xmr
from tests.oracles import control_chart as published


def quiet(weeks, seed=1):
    return 100 + np.random.default_rng(seed).normal(0, 1, weeks)


def test_limits_are_those_of_the_nist_handbook():
    chart = xmr(np.array(published.FLOW_RATE))
    np.testing.assert_allclose(chart.centre, published.CENTRE)
    np.testing.assert_allclose(chart.high, published.UPPER, atol=1e-4)
    np.testing.assert_allclose(chart.low, published.LOWER, atol=1e-4)
    assert set(chart.rule) == {Rule.USUAL}


def test_a_point_outside_a_run_and_an_outer_third_are_each_named():
    base = np.arange(60) < 40
    values = quiet(60)
    sigma = (xmr(values, baseline=base).high[0] - xmr(values, baseline=base).centre[0]) / 3
    centre = xmr(values, baseline=base).centre[0]
    values[40:] = centre + 0.01 * sigma * (-1.0) ** np.arange(20)
    values[42] = centre + 3.2 * sigma
    values[[46, 47, 49]] = centre - 2.5 * sigma
    values[50:58] = centre + 0.5 * sigma
    rule = xmr(values, baseline=base).rule
    assert rule[42] == Rule.OUTSIDE
    assert rule[49] == Rule.OUTER_THIRD
    assert rule[57] == Rule.RUN
    assert rule[56] == Rule.USUAL


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
    chart = xmr(np.arange(7.0))
    assert np.isnan(chart.high).all()
    assert set(chart.rule) == {Rule.NOT_JUDGED}


@pytest.mark.parametrize("successes", [0.0, 50.0])
def test_a_rate_that_never_moves_from_its_end_has_no_limits(successes):
    assert set(laney_p(Counts(np.full(20, 50.0), np.full(20, successes))).rule) == {Rule.NOT_JUDGED}


def test_a_week_without_customers_is_passed_over():
    counts = Counts.of([100, 0] * 10, [10, 0] * 10)
    chart = laney_p(counts)
    assert set(chart.rule[1::2]) == {Rule.NOT_JUDGED}
    assert set(chart.rule[::2]) <= {Rule.USUAL, Rule.RUN}


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
