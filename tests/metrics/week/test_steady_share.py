"""A week at one mix of campaigns: by hand, and how often it alarms where nothing but the list changes."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from metrics.errors import DomainError, ShapeError
from metrics.moments import Counts
from metrics.week.business_calendar import monday
from metrics.week.control_chart import Rule, laney_p
from metrics.week.steady_share import steady_chart, steady_share

COLUMNS = ["week_start", "campaign_id", "watched", "watched_participated"]


def weeks(count, last="2026-11-09"):
    return monday([last]) - np.arange(count)[::-1] * np.timedelta64(7, "D")


def counted(*rows, mondays):
    return pd.DataFrame([(mondays[week], *row) for week, *row in rows], columns=COLUMNS)


def test_each_week_is_held_against_its_campaigns_in_the_other_weeks_of_the_baseline():
    """a: 20 of 100, 30 of 100 and now 10 of 50; b only now; c in the first week alone.

    The first week's a meets 30 % of the second, the second's 20 % of the first, the newest 50 of 200 of both.
    """
    mondays = weeks(3)
    counts = counted(
        (0, "a", 100, 20), (0, "c", 300, 90), (1, "a", 100, 30), (2, "a", 50, 10), (2, "b", 50, 40), mondays=mondays
    )
    steady = steady_share(mondays, counts)
    assert_allclose(steady.n, [400, 100, 100])
    assert_allclose(steady.comparable, [0.25, 1, 0.5])
    assert_allclose(steady.observed, [20, 30, 10])
    assert_allclose(steady.expected, [30, 20, 50 * 50 / 200])
    variance = [100 * 0.3 * 0.7 * 2, 100 * 0.2 * 0.8 * 2, 50 * 0.25 * 0.75 * (1 + 50 / 200)]
    assert_allclose(steady.variance, variance)
    assert steady.usual == 140 / 500
    # The first week is mostly of a campaign that nothing can be said of.
    assert_allclose(steady.share, [np.nan, 0.28 * 1.5, 0.28 * 10 / 12.5])
    assert_allclose(steady.error[1:], 0.28 * np.sqrt(variance[1:]) / steady.expected[1:])
    assert np.isnan(steady.error[0])
    assert_allclose(steady.frame()["share"], steady.share)


def test_a_campaign_known_from_thirty_customers_elsewhere_is_comparable_and_from_twenty_nine_is_not():
    mondays = weeks(2)
    counts = counted((0, "a", 30, 6), (1, "a", 50, 12), (0, "b", 29, 29), (1, "b", 50, 2), mondays=mondays)
    steady = steady_share(mondays, counts)
    assert_allclose([steady.observed[1], steady.expected[1], steady.comparable[1]], [12, 10, 0.5])
    assert steady_share(mondays, counts, fewest=1).expected[1] == 10 + 50


def test_weeks_that_are_not_asked_for_and_counts_that_are_not_recorded_are_passed_over():
    mondays = weeks(2)
    counts = counted((0, "a", 100, 20), (1, "a", 100, 25), mondays=mondays)
    more = pd.concat([counts, counts.assign(week_start=np.datetime64("2020-01-06"), watched_participated=99)])
    blank = counts.assign(campaign_id="b", watched_participated=np.nan)
    found = steady_share(mondays, pd.concat([more, blank]))
    assert_allclose([found.n, found.observed], [[100, 100], [0, 25]])


def test_what_does_not_belong_together_is_refused():
    mondays = weeks(2)
    counts = counted((0, "a", 100, 20), mondays=mondays)
    with pytest.raises(ShapeError, match="lack watched"):
        steady_share(mondays, counts.drop(columns="watched"))
    with pytest.raises(ShapeError, match="baseline of 1"):
        steady_share(mondays, counts, baseline=np.ones(1, dtype=bool))
    with pytest.raises(DomainError):
        steady_share(mondays, counts.assign(watched_participated=101))
    assert np.isnan(steady_share(mondays, counts.iloc[:0]).share).all()


def changing_lists(rng, mondays, runs_for=8, at_once=5, spread=0.0):
    """Campaigns that start one after the other, each with a rate of its own that does not move but by `spread`."""
    rows, weeks_each = [], len(mondays)
    for number in range(at_once * weeks_each // runs_for + at_once):
        first = (number - at_once) * runs_for // at_once + int(rng.integers(3))
        rate = rng.choice([0.05, 0.1, 0.2, 0.4])
        for week in range(max(first, 0), min(first + runs_for, weeks_each)):
            n = int(rng.integers(100, 800))
            moved = float(np.clip(rate * (1 + spread * rng.normal()), 0.001, 0.999))
            rows.append((week, f"K{number}", n, rng.binomial(n, moved)))
    return counted(*rows, mondays=mondays)


def newest_of(rng, mondays, spread):
    counts = changing_lists(rng, mondays, spread=spread)
    steady = steady_chart(steady_share(mondays, counts))
    whole = counts.groupby("week_start")[["watched", "watched_participated"]].sum().reindex(mondays)
    return steady, laney_p(Counts.of(whole["watched"], whole["watched_participated"])), counts


@pytest.mark.slow
@pytest.mark.parametrize(("spread", "count"), [(0.0, 53), (0.15, 27)])
def test_a_changing_list_alarms_at_most_about_once_in_fifty_weeks_where_the_plain_rate_wanders(spread, count):
    """Nobody works differently in any of these banks; what everything together shows moves by the list alone."""
    rng, mondays = np.random.default_rng(count), weeks(count)
    charts = [newest_of(rng, mondays, spread) for _ in range(300)]
    steady = np.array([chart.signal[-1] for chart, _, _ in charts])
    judged = np.array([chart.rule[-1] != Rule.NOT_JUDGED for chart, _, _ in charts])
    assert judged.mean() > 0.95
    assert steady.mean() <= 0.02 + 2 * np.sqrt(0.02 * 0.98 / 300)
    plain = np.array([chart.signal[-1] for _, chart, _ in charts])
    assert plain.mean() > 2 * steady.mean()


@pytest.mark.slow
def test_a_week_in_which_half_as_many_take_part_is_seen_through_a_changing_list():
    rng, mondays, seen, plain = np.random.default_rng(2), weeks(53), 0, 0
    for _ in range(100):
        counts = changing_lists(rng, mondays, spread=0.1)
        newest = counts["week_start"] == mondays[-1]
        fewer = rng.binomial(counts["watched_participated"], 0.5)
        counts["watched_participated"] = np.where(newest, fewer, counts["watched_participated"])
        seen += bool(steady_chart(steady_share(mondays, counts)).signal[-1])
        whole = counts.groupby("week_start")[["watched", "watched_participated"]].sum().reindex(mondays)
        plain += bool(laney_p(Counts.of(whole["watched"], whole["watched_participated"])).signal[-1])
    assert seen / 100 > 0.8
    assert seen > 1.5 * plain


def test_the_newest_week_does_not_move_the_rates_that_judge_it():
    rng, mondays = np.random.default_rng(3), weeks(30)
    counts = changing_lists(rng, mondays)
    collapsed = counts.assign(
        watched_participated=np.where(counts["week_start"] == mondays[-1], 0, counts["watched_participated"])
    )
    plain, fallen = steady_share(mondays, counts), steady_share(mondays, collapsed)
    assert_allclose(fallen.expected, plain.expected)
    assert_allclose(fallen.share[:-1], plain.share[:-1])
    assert fallen.share[-1] == 0
    assert steady_chart(fallen).rule[-1] == Rule.OUTSIDE
