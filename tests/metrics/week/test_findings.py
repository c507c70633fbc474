import numpy as np
import pytest

from metrics.estimate import Intervals
from metrics.finding import FindingCode
from metrics.inference.effect import difference_in_shares
from metrics.moments import Counts, Moments
from metrics.week.business_calendar import monday
from metrics.week.findings import month_end_findings, share_findings, week_findings
from metrics.week.review import review_share, review_total
from metrics.week.run_rate import MonthEnd, month_end
from tests.metrics.week.mean_review import review_of_means

# Twenty usual weeks that wander a little around 4.0, so that three sigma of the XmR chart is about 0.27.
USUAL = [4.0, 4.1, 3.9, 4.05, 3.95] * 4


def scores(values, last="2026-11-09", n=200.0):
    """A review of mean scores whose newest week is `last`."""
    mondays = monday([last]) - np.arange(len(values))[::-1] * np.timedelta64(7, "D")
    size = np.full(len(values), n)
    return review_of_means(mondays, Moments(np.where(np.isnan(values), 0, size), np.array(values), size * 0.5))


def first(review):
    return week_findings("csat_mean", review)[0]


@pytest.mark.parametrize(
    ("newest", "code"),
    [
        ([4.05], FindingCode.WEEK_AS_USUAL),
        ([5.0], FindingCode.WEEK_ABOVE_LIMITS),
        ([3.0], FindingCode.WEEK_BELOW_LIMITS),
        ([4.02, 4.03] * 4, FindingCode.WEEK_RUN_ABOVE),
        ([3.98, 3.97] * 4, FindingCode.WEEK_RUN_BELOW),
        ([4.30, 4.28, 4.30], FindingCode.WEEK_NEAR_UPPER),
        ([3.70, 3.72, 3.70], FindingCode.WEEK_NEAR_LOWER),
        ([np.nan], FindingCode.WEEK_NO_VALUE),
    ],
)
def test_a_week_is_a_signal_only_by_a_rule_and_says_on_which_side(newest, code):
    found = first(scores(USUAL * 2 + newest))
    assert found.code == code
    if code != FindingCode.WEEK_NO_VALUE:
        assert found.values["value"] == newest[-1]
        assert found.values["low"] < found.values["centre"] < found.values["high"]


def test_a_week_of_few_working_days_is_not_judged():
    days = np.full(21, 6.0)
    days[-1] = 2
    mondays = monday(["2026-10-05"]) - np.arange(21)[::-1] * np.timedelta64(7, "D")
    totals = Moments(np.ones(21), np.array([*USUAL, 1.0]), np.ones(21))
    found = week_findings("new_money", review_total(mondays, totals, working_days=days))[0]
    assert (found.code, found.values["value"]) == (FindingCode.WEEK_OF_HOLIDAYS, 1.0)


def test_eleven_weeks_before_the_newest_or_all_alike_set_no_limits():
    few = first(scores(USUAL[:12]))
    assert (few.code, few.values["weeks"], few.values["needed"]) == (FindingCode.WEEK_TOO_FEW_WEEKS, 11, 12)
    assert first(scores(USUAL[:13])).code == FindingCode.WEEK_AS_USUAL
    mondays = monday(["2026-06-01"]) + np.arange(13) * np.timedelta64(7, "D")
    nobody = review_share(mondays, Counts.of(np.full(13, 50), np.zeros(13)))
    assert first(nobody).code == FindingCode.WEEK_NO_VARIATION


@pytest.mark.parametrize(
    ("festival", "code"),
    [
        ([2.0, 2.0], FindingCode.FESTIVAL_AS_USUAL),
        ([2.0, 1.0], FindingCode.FESTIVAL_BELOW),
        ([2.0, 4.0], FindingCode.FESTIVAL_ABOVE),
        ([np.nan, 2.0], FindingCode.FESTIVAL_NOT_JUDGED),
    ],
)
def test_a_festival_week_is_judged_by_the_festival_before_or_not_at_all(festival, code):
    """Half the usual value is no alarm where it was half the year before. New Year's Days: 29 Jan 2025, 17 Feb 2026."""
    mondays = np.arange(np.datetime64("2024-09-02"), np.datetime64("2026-02-17"), np.timedelta64(7, "D"))
    values = np.resize(USUAL, len(mondays))
    values[np.isin(mondays, monday(["2025-01-29"]))] = festival[0]
    values[-1] = festival[1]
    assert first(scores(values.tolist(), "2026-02-16")).code == code


def test_last_years_comparable_week_is_told_where_there_is_one():
    year_before = week_findings("csat_mean", scores([3.0, *[4.0, 4.1] * 25, 4.0, 4.1]))
    assert [finding.code for finding in year_before][1:] == [FindingCode.YEAR_HIGHER]
    values = year_before[1].values
    assert values["compared_with"] == "2025-11-10"
    assert values["estimate"] == pytest.approx(1.1)
    assert values["low"] < values["estimate"] < values["high"]
    assert len(week_findings("csat_mean", scores(USUAL))) == 1


MONTHS = [np.random.default_rng(seed).uniform(3, 7, 20) for seed in range(8)]  # about 100 in 20 days


@pytest.mark.parametrize(
    ("target", "code"),
    [
        (60.0, FindingCode.MONTH_END_LIKELY),
        (100.0, FindingCode.MONTH_END_OPEN),
        (200.0, FindingCode.MONTH_END_UNLIKELY),
        (None, FindingCode.MONTH_END_EXPECTED),
    ],
)
def test_a_month_end_is_likely_unlikely_or_open(target, code):
    month = month_end(MONTHS, np.full(2, 5.0), 20, target=target)
    found = month_end_findings("weekly_sales", month, target)
    assert [finding.code for finding in found] == [code]
    assert found[0].values["low"] < found[0].values["estimate"] < found[0].values["high"]


def test_a_month_that_is_over_is_counted_and_too_few_months_say_so():
    over = np.full(20, 5.0)
    ended = [month_end_findings("m", month_end(MONTHS, over, 20, target=t), t)[0].code for t in (100.0, 101.0, None)]
    assert ended == [FindingCode.MONTH_REACHED, FindingCode.MONTH_MISSED, FindingCode.MONTH_OVER]
    few = month_end_findings("m", month_end(MONTHS[:3], over[:5], 20, target=100.0), 100.0)[0]
    assert (few.code, few.values["months"], few.values["needed"]) == (FindingCode.MONTH_END_TOO_FEW, 3, 6)


def test_months_all_alike_say_nothing_of_the_next():
    alike = month_end([np.full(20, 5.5)] * 8, np.full(5, 5.5), 20, target=90.0)
    assert month_end_findings("weekly_sales", alike, 90.0) == []


@pytest.mark.parametrize(
    ("chance", "code"),
    [
        (0.8, FindingCode.MONTH_END_LIKELY),
        (0.79, FindingCode.MONTH_END_OPEN),
        (0.21, FindingCode.MONTH_END_OPEN),
        (0.2, FindingCode.MONTH_END_UNLIKELY),
    ],
)
def test_likely_is_four_in_five_and_unlikely_one_in_five(chance, code):
    total = Intervals.of([90.0], [80.0], [100.0], n=[8], level=0.8)
    assert month_end_findings("m", MonthEnd(total, chance, 0.5), 95.0)[0].code is code


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        (170, 195, FindingCode.SHARE_ROSE),
        (195, 170, FindingCode.SHARE_FELL),
        (180, 182, FindingCode.SHARE_HELD),
    ],
)
def test_a_share_moved_only_where_the_difference_leaves_no_doubt(before, after, code):
    counts = Counts.of([200], [before]), Counts.of([200], [after])
    (found,) = share_findings("top_two_box", *counts, difference_in_shares(*counts))
    assert found.code == code
    assert (found.values["before"], found.values["after"]) == (before / 200, after / 200)
    assert found.values["estimate"] == pytest.approx((after - before) / 200)


def test_a_share_of_nobody_has_not_moved():
    counts = Counts.of([0], [0]), Counts.of([200], [180])
    assert share_findings("top_two_box", *counts, difference_in_shares(*counts)) == []
