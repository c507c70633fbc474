"""The year of a month: what is booked, what the last months say of those to come, and its target."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from answers.summary import year
from metrics.finding import FindingCode

JANUARY = 2026 * 12
MONTHS = [3.0, 5.0, 4.0, -6.0, 9.0, 2.0, 7.0, 1.0, 8.0, 3.0, 5.0, 4.0, 6.0, 2.0]


def months(last: int, values: list[float]) -> pd.Series:
    return pd.Series(values, index=range(last - len(values) + 1, last + 1))


def test_a_year_counts_its_own_months_and_learns_from_the_last_twelve():
    """Data to February: two months of the year, ten of the year before, and two that are too old."""
    told = year.year(months(JANUARY + 1, MONTHS), JANUARY + 1)
    assert (told.period.key, told.booked, told.months) == ("2026", 8.0, 2)
    assert list(told.earlier) == MONTHS[2:]


def test_the_likely_end_is_the_sum_of_new_observations_of_a_normal():
    told = year.year(months(JANUARY + 1, MONTHS), JANUARY + 1)
    learned = np.array(MONTHS[2:])
    expected = 8.0 + 10 * learned.mean()
    error = learned.std(ddof=1) * np.sqrt(10 + 10**2 / 12)
    margin = stats.t.ppf(0.9, 11) * error
    total = told.towards(30.0).total
    assert [total.estimate[0], total.low[0], total.high[0]] == pytest.approx(
        [expected, expected - margin, expected + margin]
    )
    assert told.towards(30.0).chance == pytest.approx(stats.t.sf((30.0 - expected) / error, 11))


def test_a_year_that_is_over_has_no_doubt_left():
    told = year.year(months(JANUARY + 11, MONTHS), JANUARY + 11)
    ends = told.towards(50.0)
    assert told.booked == sum(MONTHS[2:]) == 45.0
    assert (ends.total.low[0], ends.total.high[0], ends.chance) == (45.0, 45.0, 0.0)
    assert year.without_target(told).found[0].code is FindingCode.MONTH_OVER


def test_a_year_with_a_month_that_is_not_recorded_is_not_told():
    held = months(JANUARY + 2, MONTHS)
    assert year.year(held.drop(JANUARY + 1), JANUARY + 2) is None
    assert year.year(held.drop(JANUARY - 1), JANUARY + 2).earlier.tolist() == [*MONTHS[2:10], *MONTHS[11:]]
    assert year.without_target(None) is None


def test_a_year_of_which_few_months_are_known_has_no_limits():
    told = year.without_target(year.year(months(JANUARY + 1, MONTHS[:5]), JANUARY + 1))
    assert told.found[0].code is FindingCode.MONTH_END_TOO_FEW
    assert np.isnan(told.ends.total.low[0])
